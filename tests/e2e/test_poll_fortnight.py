#!/usr/bin/python3
"""Two polls of twelve people, one in Japanese and one in English, through a fortnight and the real Postfix: opened with
corrections, answered early, late, by proxy and not at all, with a bounce, an absence, a promise, reminders, a date that is
added and a deadline that moves, decided, answered by calendars, changed and called off. Every mail that Kairan sends is
compared with a golden file, one a step."""
import contextlib
import os
import re
import sqlite3

from calendar_readers import line_faults, read_by_icalendar
from kairan_test import DOMAIN, Mail, Participant, Postfix, Tap, encode_header, new_folder
from poll_test import POLL, Center, Golden, address_of, calendars_of, plain_view, without_chance
from town import Town

GONE = f"gone@local.{DOMAIN}"  # local(8) takes mail for it and bounces


class Side:
    """One language's poll: its organiser, its twelve people, its words."""

    def __init__(self, language, names, words):
        self.language, self.words = language, words
        people = []
        for place, name in enumerate(names):
            charset, encoding = (("utf-8", "base64"), ("iso-2022-jp", "7bit"), ("shift_jis", "base64"))[place % 3 if language == "ja" else 0]
            address = GONE.replace("gone", f"gone-{language}") if place == len(names) - 1 else f"{language}{place}@{DOMAIN}"
            people.append(Participant(name, address, charset, encoding, ("text", "both", "html")[place % 3]))
        self.organiser, *self.asked = people
        self.ballots, self.invitations = {}, {}
        self.preview = self.note = self.code = None

    def people(self):
        return [self.organiser, *self.asked]

    def answer(self, place, key, style="gmail-ja", mails=None):
        """What the person at a place (from 1) replies to the ballot, or to another mail."""
        who = self.asked[place - 1]
        return who.reply((mails or self.ballots)[who.address], self.words[key], style)

    def command(self, key):
        return self.organiser.reply(self.note, self.words[key])

    def away(self, place):
        """What the vacation program of somebody answers."""
        who = self.asked[place - 1]
        ballot = self.ballots[who.address]
        head = (f"From: {encode_header(who.name, 'utf-8')} <{who.address}>\nTo: {ballot['Reply-To']}\n"
                f"Subject: {encode_header(self.words['away subject'], 'utf-8')}\nMessage-ID: <away-{who.address}>\n"
                f"In-Reply-To: {ballot['Message-ID']}\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n")
        return Mail(who.address, ballot["Reply-To"].addresses[0].addr_spec, (head + self.words["away"]).encode())

    def rsvp(self, place, partstat, method="REPLY", lines=()):
        """What the calendar of somebody answers to the entry: as Google writes it."""
        who = self.asked[place - 1]
        invitation = self.invitations[who.address]
        event = read_by_icalendar(calendars_of(invitation)[0])["events"][0]
        organiser = event["organiser"][0][0].split(":", 1)[1]
        entry = "\r\n".join(["BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0",
                             f"METHOD:{method}", "BEGIN:VEVENT", f"UID:{event['uid']}", f"SEQUENCE:{event['sequence']}",
                             "DTSTAMP:20260213T020000Z", f"ORGANIZER;CN=Kairan:mailto:{organiser}",
                             f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN={who.address};X-NUM-GUEST",
                             f" S=0:mailto:{who.address}", *lines, "END:VEVENT", "END:VCALENDAR", ""])
        head = (f"From: {who.address}\nTo: {organiser}\nSubject: {partstat.title()}: {event['uid']}\n"
                f"Message-ID: <rsvp-{partstat}-{who.address}>\nMIME-Version: 1.0\n"
                'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n'
                f"{who.name}: {partstat}\n--b\nContent-Type: text/calendar; charset=utf-8; method={method}\n"
                "Content-Transfer-Encoding: 8bit\n\n")
        return Mail(who.address, organiser, f"{head}{entry}--b--\n".encode())


JAPANESE = Side("ja", ["山田 太郎", "佐藤 花子", "鈴木 一郎", "田中 実", "高橋 京子", "伊藤 健", "渡辺 亮", "小林 恵", "加藤 誠", "吉田 直美",
                       "山本 学", "中村 光", "去田 三郎"], {
    "subject": "3月定例会の日程調整",
    "opening": "各位\n3月の定例会の日程を決めます。前回(1/28)の続きです。\n\n候補日:\n・2月25日(水) 13:00〜15:00\n・2月26日(木) 10:00〜12:00\n"
               "・2月27日(金) 13:00〜15:00\n・2月28日(土) 10:00〜12:00\n\n締切: 2/10(火) 17:00    場所: 第2会議室\n必須: 佐藤\n以上\n",
    "correction": "2 → 14:00-16:00\n削除 4\n追加 3/3(火) 10:00-12:00\n締切 2/12(木) 17:00\n", "yes": "はい",
    "marks": "○×○○", "all": "全部OKです。よろしくお願いします。", "but": "2以外OKです", "prose": "25日は○、26日は午後遅くなら△、27日と3月3日は×です",
    "first only": "1○", "away subject": "不在のお知らせ", "away": "出張のため、2月9日(月)まで不在にしております。\n", "later": "2月9日に回答します。",
    "proxy": "代理 加藤 ×○○×\n", "add": "追加\n3/4(水) 13:00-15:00\n", "new": "5○", "status": "状況\n結果 詳細\n",
    "extend": "延長 1日\n", "own status": "状況", "late": "○○○○", "decide": "確定 3\n", "move": "訂正 3 2/27(金) 15:00-17:00\n",
    "cancel": "中止\n", "changed": "1×", "hold": "仮予定",
})
ENGLISH = Side("en", ["Emma Brown", "Alice Green", "Bob Stone", "Chloe Reed", "Dan Hill", "Eve Moss", "Frank Ford", "Grace Lake",
                      "Henry Wood", "Iris Field", "Jack Dale", "Kate Marsh", "Leo Gone"], {
    "subject": "March meeting",
    "opening": "Dear all,\nwe need a date for the March meeting. It follows the one of 28 Jan.\n\nDates:\n- Wed 25 Feb 13:00-15:00\n"
               "- Thu 26 Feb 10:00-12:00\n- Fri 27 Feb 13:00-15:00\n- Sat 28 Feb 10:00-12:00\n\nDeadline: Tue 10 Feb 17:00    Place: Room 2\n"
               "Required: Alice\nend\n",
    "correction": "fix 2 14:00-16:00\ndrop 4\nadd Tue 3 Mar 10:00-12:00\ndeadline Thu 12 Feb 17:00\n", "yes": "yes",
    "marks": "oxoo", "all": "All fine, thank you.", "but": "all but 2", "prose": "25 Feb yes, 26 Feb maybe, the others no",
    "first only": "1 yes", "away subject": "Out of office", "away": "I am out of the office until Monday, 9 February 2026.\n",
    "later": "I will answer on 9 Feb.", "proxy": "proxy Henry xoox\n", "add": "add\nWed 4 Mar 13:00-15:00\n", "new": "5 yes",
    "status": "status\nresult detail\n", "extend": "extend 1 day\n", "own status": "status", "late": "oooo", "decide": "confirm 3\n",
    "move": "fix 3 Fri 27 Feb 15:00-17:00\n", "cancel": "cancel\n", "changed": "1 no", "hold": "tentative",
})
SIDES = (JAPANESE, ENGLISH)


def whole_view(mail, codes):
    """Everything that a mail shows: its fields and text, its HTML, its calendar."""
    parts = [plain_view(mail, codes)]
    rich = mail.get_body(("html",))
    if rich:
        parts.append("---- HTML\n" + without_chance(rich.get_content().replace("\r\n", "\n"), codes))
    for calendar in calendars_of(mail):
        parts.append("---- calendar\n" + without_chance(calendar.replace("\r\n", "\n"), codes))
    return "".join(parts)


def bundle(mails, codes):
    """Mails as one text. Those that differ in nothing but whom they go to stand in it once, below all who get them. Which mail
    of one second was the last to come, and was answered, is Postfix's to say: that is seen in References alone."""
    same = {}
    for mail in mails:
        text = whole_view(mail, codes)
        general = re.sub(r"((?:c|C)\d(?:d|D)\d)-\d+(?=(?:-\d+)?-TOKEN)", r"\1-#", re.sub(r"(?m)^(To|References): .*\n", "", text))
        general = re.sub(r"(?m)(^ORGANIZER.*\n(?: .*\n)*)", lambda match: match[0].replace("\n ", ""), general)
        same.setdefault(general, []).append(address_of(mail))
    texts = [f"To: {', '.join(sorted(addresses))}\n{general}" for general, addresses in same.items()]
    return ("\n" + "=" * 32 + "\n").join(sorted(texts))


class Fortnight:
    def __init__(self, tap):
        self.tap = tap
        folder = new_folder()
        circle = "".join(f"{who.name} <{who.address}> {side.language}\n" for side in SIDES for who in side.people())
        self.center = Center(transport="smtp://127.0.0.1:1", parent=folder, circles={"minna": circle})
        os.chmod(self.center.folder, 0o755)
        locals_ = [who.address.split("@")[0] for side in SIDES for who in side.people() if "gone" not in who.address]
        self.postfix = Postfix(locals_, spool=os.path.join(self.center.folder, "spool"))
        self.postfix.start()
        self.town = Town(self.center, self.postfix)
        self.town.use(f"smtp://127.0.0.1:{self.postfix.port}")
        self.goldens = {side.language: Golden(tap, side.language, "fortnight") for side in SIDES}
        self.steps = self.arrived = 0

    def step(self, name, at, *mails):
        """Time passes, mails are sent; {language: {address: the last mail that came}}, all of them compared with the golden file."""
        self.center.now = f"2026-{at}:00+09:00"
        for mail in mails:  # they arrive in the order in which they were sent
            self.postfix.send(mail)
            self.postfix.wait_until_empty()
        self.town.settle()
        self.steps += 1
        came = {}
        for side in SIDES:
            fresh = [mail for who in side.people() if "gone" not in who.address for mail in self.town.new(who)]
            self.arrived += len(fresh)
            self.goldens[side.language].compare(f"{self.steps:02}-{name}.txt", bundle(fresh, self.center.codes()))
            came[side.language] = {address_of(mail): mail for mail in fresh}
            for mail in fresh:
                for calendar in calendars_of(mail):
                    if line_faults(calendar):
                        self.tap.ok(False, f"{name}: the lines of a calendar", calendar)
        return came

    def each(self, make):
        return [make(side) for side in SIDES]


def opening(play):
    def write(side):
        copies = ", ".join(f"{encode_header(who.name, 'utf-8')} <{who.address}>" for who in side.asked)
        return side.organiser.write(POLL, side.words["subject"], side.words["opening"], [("Cc", copies)])

    # one after the other: codes are told apart by their age
    for side in SIDES:
        came = play.step(f"preview-{side.language}", "02-02T10:00", write(side))
        side.preview = came[side.language][side.organiser.address]
        side.code = play.center.codes()[-1]
    came = play.step("correction", "02-02T10:10", *play.each(lambda side: side.organiser.reply(side.preview, side.words["correction"])))
    for side in SIDES:
        side.preview = came[side.language][side.organiser.address]
    came = play.step("ballots", "02-02T10:20", *play.each(lambda side: side.organiser.reply(side.preview, side.words["yes"])))
    for side in SIDES:
        side.ballots = came[side.language]
        side.note = side.ballots.pop(side.organiser.address)
        play.tap.equal(len(side.ballots), 11, f"{side.language}: a ballot to everybody whom mail reaches")


def answering(play):
    for_all = [mail for side in SIDES for mail in
               (side.answer(1, "marks"), side.answer(2, "all", "outlook-ja"), side.answer(3, "but"), side.answer(4, "prose"),
                side.answer(5, "first only"))]
    play.step("early-answers", "02-02T13:00", *for_all)
    play.step("absence-and-promise", "02-03T09:00", *play.each(lambda side: side.away(6)), *play.each(lambda side: side.answer(7, "later")))
    play.step("proxy", "02-04T10:00", *play.each(lambda side: side.command("proxy")))
    came = play.step("added-date", "02-05T10:00", *play.each(lambda side: side.command("add")))
    changes = {side.language: came[side.language] for side in SIDES}
    play.step("answers-to-the-added", "02-05T15:00", *[side.answer(place, "new", mails=changes[side.language]) for side in SIDES
                                                      for place in (1, 2, 8)])
    play.step("status", "02-06T10:00", *play.each(lambda side: side.command("status")))
    for side in SIDES:
        status = play.center.show(side.code)
        names = [side.asked[place - 1].name for place in (7, 6, 12)]
        found = [(status[key] or {"names": ""})["names"].split("(")[0].strip() for key in ("deferred", "away", "undelivered")]
        play.tap.equal(found, names, f"{side.language}: who promised, who is away and whom no mail reaches stand apart")
    play.step("promised-day", "02-09T08:30")
    play.step("first-reminder", "02-10T17:00")
    play.step("extension", "02-11T10:00", *play.each(lambda side: side.command("extend")))
    play.step("answers-and-wishes", "02-12T11:00", *[mail for side in SIDES for mail in
                                                     (side.answer(9, "marks"), side.answer(1, "hold"), side.answer(2, "own status"))])
    play.step("last-reminder", "02-13T08:30")
    play.step("corrected-answer", "02-13T10:00", *play.each(lambda side: side.answer(3, "changed")))
    play.step("result", "02-13T17:05")
    play.step("late-answer", "02-13T18:00", *play.each(lambda side: side.answer(10, "late")))


def deciding(play):
    came = play.step("decision", "02-16T09:00", *play.each(lambda side: side.command("decide")))
    for side in SIDES:
        side.invitations = came[side.language]
        play.tap.equal(len(side.invitations), 12, f"{side.language}: the decision goes to everybody whom mail reaches")
    counter = ("DTSTART:20260227T060000Z", "DTEND:20260227T080000Z")
    play.step("calendars-answer", "02-16T10:00", *[mail for side in SIDES for mail in
                                                   (side.rsvp(1, "ACCEPTED"), side.rsvp(2, "TENTATIVE"), side.rsvp(3, "DECLINED"),
                                                    side.rsvp(4, "TENTATIVE", "COUNTER", counter))])
    for side in SIDES:
        decision = play.center.show(side.code)["decision"]
        play.tap.equal([decision[key]["names"] for key in ("coming", "perhaps", "declining")],
                       [side.asked[place].name for place in range(3)], f"{side.language}: who comes")
    came = play.step("change", "02-16T11:00", *play.each(lambda side: side.command("move")))
    for side in SIDES:
        sequences = {read_by_icalendar(calendars_of(mail)[0])["events"][0]["sequence"]
                     for address, mail in came[side.language].items() if address == side.asked[0].address}
        play.tap.equal(sequences, {1}, f"{side.language}: the change is the next sequence")
    play.step("cancellation", "02-16T15:00", *play.each(lambda side: side.command("cancel")))
    for side in SIDES:
        play.tap.equal(play.center.show(side.code)["state"], "cancelled", f"{side.language}: it is off")


def main():
    tap = Tap()
    play = Fortnight(tap)
    opening(play)
    answering(play)
    deciding(play)
    for golden in play.goldens.values():
        golden.finish()
    with contextlib.closing(sqlite3.connect(os.path.join(play.center.folder, "kairan.db"))) as database:
        sent, gone, due = database.execute("SELECT COUNT(*), SUM(envelope_recipient LIKE 'gone-%'), SUM(state = 'due') FROM outbox").fetchone()
    tap.equal((sent - gone, due), (play.arrived, 0), "every mail but those that bounced has come and been compared")
    tap.equal((play.center.spooled(), play.center.spooled("failed"), play.postfix.queue()), ([], [], []), "nothing is left over")
    tap.done()


if __name__ == "__main__":
    main()
