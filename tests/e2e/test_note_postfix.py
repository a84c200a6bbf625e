#!/usr/bin/python3
"""A week of notes through the real Postfix: thirty of them from six mail programs, comments, edits, searches and digests in
both languages. What was written is kept as it was, whatever program wrote it; everybody is told of everything once."""
import collections
import email
import email.policy
import os
import re

import mail_corpus as corpus

from kairan_test import DOMAIN, Participant, Postfix, Tap, new_folder, text_of, wait_until
from note_test import NOTE, NoteCenter, NoteGolden, at
from town import Town

SATO = Participant("佐藤 花子", f"sato@{DOMAIN}")
TANAKA = Participant("田中 実", f"tanaka@{DOMAIN}", "iso-2022-jp", "7bit")
SUZUKI = Participant("鈴木 一郎", f"suzuki@{DOMAIN}", "shift_jis", "base64", "both")
ITO = Participant("伊藤 健", f"ito@{DOMAIN}", "iso-2022-jp", "7bit", "both")
SMITH = Participant("John Smith", f"smith@{DOMAIN}", "utf-8", "quoted-printable", "html")
JONES = Participant("Mary Jones", f"jones@{DOMAIN}", "utf-8", "quoted-printable", "both")
PEOPLE = (SATO, SMITH, TANAKA, JONES, SUZUKI, ITO)
ENGLISH = (SMITH, JONES)
STYLES = ("gmail-ja", "outlook-en", "iphone-ja", "gmail-en", "outlook-ja", "bare")
DAYS, NOTES = 7, 30
TOPICS = {"ja": ("ボリュームの縮小", "プールの更新", "証明書の期限", "障害の記録", "バックアップの確認"),
          "en": ("Shrinking a volume", "Updating a pool", "Expired certificates", "An outage", "Checking backups")}
TEXTS = {"ja": "{n}番めの記録です。\n①まず fsck -f、次に resize2fs。\n②㈱サンプルの機器は UUID で指定する。",
         "en": "This is record number {n}.\n- fsck -f first, then resize2fs.\n- Name the device by UUID."}
TAGS = ("disk", "xen", "ストレージ", "")


def language_of(who):
    return "en" if who in ENGLISH else "ja"


def moment(day, clock):
    return f"2026-01-{12 + day:02}T{clock}:00+09:00"


class Week(Town):
    """The town over a week; `receipts` are the answers to notes, by number."""

    def __init__(self, center, postfix, tap):
        super().__init__(center, postfix)
        self.tap, self.receipts, self.texts = tap, {}, {}
        self.told = {who.address: collections.Counter() for who in PEOPLE}
        self.digests = {who.address: [] for who in PEOPLE}

    def post(self, *mails):
        """Sends mails one after the other, so that they come in their order, and lets them take effect."""
        for mail in mails:
            waiting = len(self.center.spooled())
            self.postfix.send(mail)
            self.sent += 1
            wait_until(lambda: len(self.center.spooled()) > waiting)
        self.settle()

    def look(self, who):
        """What came to somebody, counted by what it tells of."""
        fresh = self.new(who)
        for mail in fresh:
            codes = re.findall(r"(?m)^Message: (N\d+)$", text_of(mail))
            if str(mail["Message-ID"]).startswith("<d"):
                self.digests[who.address].append(mail)
                self.told[who.address].update(codes)
        return fresh

    def write_notes(self, day):
        numbers = [number for number in range(NOTES) if number * DAYS // NOTES == day]
        mails = []
        for number in numbers:
            who = PEOPLE[number % len(PEOPLE)]
            language = language_of(who)
            tag = TAGS[number % len(TAGS)]
            title = f"{TOPICS[language][number % 5]} {number}"
            self.texts[title] = TEXTS[language].format(n=number)
            mails.append(who.write(NOTE, f"{title} #{tag}" if tag else title, self.texts[title]))
        self.post(*mails)
        for number in numbers:
            who = PEOPLE[number % len(PEOPLE)]
            for mail in self.look(who):
                title = re.search(r": (.*) \[N\d+\]$", str(mail["Subject"]))
                if title:
                    self.receipts[title[1]] = (who, mail)

    def discuss(self, day):
        """Two comments and an edit, from a reply to a digest and to a receipt, in the ways of the mail programs."""
        reader = PEOPLE[day % 2]  # both get a digest every morning
        digest = self.digests[reader.address][-1]
        [code] = re.findall(r"(?m)^Message: (N\d+)$", text_of(digest))[:1]
        comment = "なるほど、参考になります。" if reader is SATO else "Good to know."
        title, (author, receipt) = sorted(self.receipts.items())[day]
        word, text = ("correct", "Corrected.") if author in ENGLISH else ("訂正", "訂正した記録です。")
        self.post(reader.reply(digest, f"{code}\n{comment} ({day})", STYLES[day % len(STYLES)]),
                  author.reply(receipt, f"{word}\n{text} ({day})", STYLES[(day + 1) % len(STYLES)]))
        self.texts[title] = f"{text} ({day})"

    def night(self, day):
        self.center.now = moment(day, "06:30")
        self.center.run("nightly", "digest")
        self.settle()
        for who in PEOPLE:
            self.look(who)


def settings(week):
    """Some get notes otherwise than the center says; each has to confirm that."""
    for who, word in ((TANAKA, "weekly"), (JONES, "weekly"), (ITO, "daily")):
        week.post(who.write(at(word), "", ""))
        [asked] = week.look(who)
        week.post(who.reply(asked, "yes" if who in ENGLISH else "はい", "bare"))
        [done] = week.look(who)
    week.post(ITO.reply(done, "MIME", "outlook-ja"))
    week.look(ITO)


def searches(tap, week):
    for who, words in ((SUZUKI, "縮小 UUID from:佐藤"), (SMITH, "volume uuid since:2026-01-14")):
        week.look(who)
        week.post(who.write(at("search"), words, ""))
        [found] = week.look(who)
        NoteGolden(tap, language_of(who)).mail("week-found", found)


def comment_from_every_program(week):
    """A comment in the shape of each mail program of the reader's corpus, in its ways of quoting, charsets and encodings, by the author of a
    note in reply to its receipt; the texts that must come of them."""
    wanted = []
    receipts = [entry for _, entry in sorted(week.receipts.items())]
    for turn, client in enumerate(corpus.CLIENTS):
        who, receipt = receipts[turn % len(receipts)]
        own = corpus.TEXTS[client.language]
        text = {**own, "answers": [f"{own['answers'][0]} ({turn})", *own["answers"][1:]], "quoted": text_of(receipt).splitlines()}
        styles = [corpus.on_top] if not client.mark else [corpus.on_top, corpus.below]
        lines, new = styles[turn % len(styles)](client, text, (own["signature"], [])[turn % 2])
        charsets = corpus.CHARSETS.get(client.language, ["utf-8", "iso-8859-1"])
        charset = next(name for name in charsets[turn % len(charsets):] + ["utf-8"] if encodes(lines, name))
        mail = email.message_from_bytes(corpus.encode(lines, charset, corpus.ENCODINGS[turn % 3]), policy=email.policy.SMTP)
        for name, value in (("From", f"<{who.address}>"), ("To", str(receipt["Reply-To"])), ("Subject", "Re: note"),
                            ("In-Reply-To", str(receipt["Message-ID"]))):
            mail.replace_header(name, value)
        mail["Message-ID"] = f"<shape-{turn}@{DOMAIN}>"
        week.postfix.submit(who.address, [receipt["Reply-To"].addresses[0].addr_spec], mail.as_bytes())
        wanted.append("\n".join(new))
    week.sent += len(wanted)
    wait_until(lambda: len(week.center.spooled()) >= len(wanted))
    week.settle()
    return wanted


def encodes(lines, charset):
    try:
        return "\n".join(lines).encode(charset) != b""
    except UnicodeEncodeError:
        return False


def everything_was_told(tap, week, shapes):
    shown = {note["code"]: note for note in week.center.json("note", "list")["notes"]}
    tap.equal(len(shown), NOTES, "thirty notes were taken in")
    wrong = [note["title"] for note in shown.values() if note["text"] != week.texts[note["title"]]]
    tap.equal(wrong, [], "each reads as it was written, whatever program wrote it")
    comments = [comment for code in shown for comment in week.center.json("note", "show", code)["comments"]]
    tap.equal(sorted(comment["text"] for comment in comments),
              sorted([f"{'Good to know.' if day % 2 else 'なるほど、参考になります。'} ({day})" for day in range(1, DAYS)] + shapes),
              f"comments of {len(corpus.CLIENTS)} shapes of mail programs are without what they quote")
    for who in (SATO, SMITH, TANAKA, JONES, SUZUKI):
        missing = sorted(code for code in shown if not week.told[who.address][code])
        tap.equal(missing, [], f"{who.name} was told of every note")
        most = {code for code, times in week.told[who.address].items() if times > shown.get(code, {"version": 1})["version"]}
        tap.equal(most, set(), f"{who.name} was told of no version twice")


def nothing_is_lost(tap, week):
    tap.equal((week.postfix.queue(), week.center.spooled(), week.center.spooled("failed")), ([], [], []), "nothing is left anywhere")
    archived = sum(len(names) for _, _, names in os.walk(os.path.join(week.center.folder, "archive")))
    tap.equal(archived, week.sent, "the archive holds every mail that was sent to us")
    letters = [letter.message for who in PEOPLE for letter in week.postfix.mailbox(who.address.split("@")[0])]
    outbox = week.center.json("status")["outbox"]
    tap.equal((outbox["due"], outbox["sent"]), (0, len(letters)), "every mail of ours has arrived")
    tap.equal(len({str(mail["Message-ID"]) for mail in letters}), len(letters), "and none twice")


def main():
    tap = Tap()
    folder = new_folder()
    center = NoteCenter([(who, language_of(who)) for who in PEOPLE], transport="smtp://127.0.0.1:1", parent=folder,
                        settings="[notes]\nreaders = minna\nfrequency = daily\n[limits]\nanswers_a_day = 100\n")
    os.chmod(center.folder, 0o755)
    names = [who.address.split("@")[0] for who in PEOPLE]
    postfix = Postfix(names, spool=os.path.join(center.folder, "spool"))
    postfix.start()
    week = Week(center, postfix, tap)
    week.use(f"smtp://127.0.0.1:{postfix.port}")
    center.now = moment(0, "08:00")
    center.run("nightly", "digest")
    settings(week)
    for day in range(DAYS):
        center.now = moment(day, "09:00")
        week.write_notes(day)
        if day:
            week.discuss(day)
        week.night(day + 1)
    searches(tap, week)
    for who, name, number in ((SATO, "week-daily", 2), (SMITH, "week-daily", 2), (TANAKA, "week-weekly", 0),
                              (JONES, "week-weekly", 0), (ITO, "week-mime", 3)):
        NoteGolden(tap, language_of(who)).mail(name, week.digests[who.address][number])
    center.now = moment(DAYS, "09:00")
    shapes = comment_from_every_program(week)
    week.night(DAYS + 1)
    everything_was_told(tap, week, shapes)
    nothing_is_lost(tap, week)
    tap.done()


main()
