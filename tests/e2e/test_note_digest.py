#!/usr/bin/python3
"""Who gets notes and how: joining, leaving and pausing by mail, digests that are never empty, never sent twice and never
leave a gap, and what comes back. Digests are compared with the golden files in tests/golden/notes-*."""
import email
import email.policy
import os
import re
import sqlite3
import urllib.parse

from kairan_test import DOMAIN, Participant, Tap, text_of
from note_test import NOTE, NoteCenter, NoteGolden, at, files_of, with_files, without_chance
from poll_test import LATE, address_of, bounce_of, with_fields

SATO = Participant("佐藤 花子", f"sato@{DOMAIN}")
TANAKA = Participant("田中 実", f"tanaka@{DOMAIN}")
SMITH = Participant("John Smith", f"smith@{DOMAIN}")
COLLEAGUE = Participant("新人 一郎", f"shinjin@{DOMAIN}")
STRANGER = Participant("他人", "tanin@elsewhere.example")
MONDAY = "2026-01-12T09:00:00+09:00"


def day(number, clock="06:30"):
    """An instant of January 2026; the 12th is a Monday."""
    return f"2026-01-{number:02}T{clock}:00+09:00"


class Readers(NoteCenter):
    def __init__(self, settings="", **options):
        super().__init__([(SATO, "ja"), (TANAKA, "ja"), (SMITH, "en")],
                         settings=f"[center]\nadministrator = admin\n[notes]\nreaders = minna\n{settings}", now=MONDAY, **options)
        self.digests()

    def digests(self, now=None):
        """Runs the job and posts; {address: digest}."""
        self.now = now or self.now
        self.run("nightly", "digest")
        self.run("post")
        return {address_of(mail): mail for mail in self.new_mails()}

    def unsubscribe_address(self, mail):
        return re.search(r"mailto:([^?>]+)", mail["List-Unsubscribe"])[1]


def codes_of(mail):
    """The notes that a digest tells of."""
    return re.findall(r"(?m)^Message: (N\d+)$", text_of(mail))


def item_reply(mail, code):
    """The address that the mailto link of an item names."""
    items = text_of(mail).split("-" * 30)
    [item] = [item for item in items if f"\nMessage: {code}\n" in item]
    return urllib.parse.unquote(re.search(r"mailto:([^?\s]+)", item)[1])


def weekly_and_daily(tap):
    center = Readers("frequency = daily\n")
    tap.equal(center.digests(day(13)), {}, "a digest without anything in it is not sent")
    center.take(SATO.write(NOTE, "RAID の交換 #disk", "手順\n" + "-" * 40 + "\n以上"))
    receipt = center.take(SMITH.write(NOTE, "Backup of VMs #xen", "vm-export works.", ))[0]
    center.take(TANAKA.write(NOTE, "Re: [N1] RAID の交換", "ホットスペアも確認を。"))
    sent = center.digests(day(14))
    tap.equal(sorted(sent), sorted(who.address for who in (SATO, TANAKA, SMITH)), "everybody gets one digest")
    for language, who in (("ja", TANAKA), ("en", SMITH)):
        NoteGolden(tap, language).mail("digest", sent[who.address])
    tap.equal(codes_of(sent[TANAKA.address]), ["N1", "N3", "N2"], "threads stand together, in the order of their tags")
    tap.equal(codes_of(sent[SATO.address]), ["N1", "N2"], "a comment that its author was sent already does not come again")
    tap.equal(center.digests(), {}, "the same night again sends nothing")
    tap.equal(center.digests(day(15)), {}, "nor does the next one, when nothing is new")
    center.take(SMITH.reply(receipt, "add\nNot for suspended ones."))
    center.take(SATO.write(NOTE, "三つめ", "本文"))
    sent = center.digests(day(16))
    tap.equal(codes_of(sent[TANAKA.address]), ["N2", "N4"], "what is changed or new since then, and no more")
    digest = sent[TANAKA.address]
    mails = center.take(TANAKA.write(item_reply(digest, "N4"), "Re: [N4] 三つめ", "項目への返信です"))
    tap.equal(center.json("note", "show", "N4")["comments"][0]["text"], "項目への返信です", "an item of a digest can be answered")
    tap.equal(sorted(address_of(mail) for mail in mails), sorted((SATO.address, TANAKA.address)), "and its author hears of it")
    center.take(TANAKA.reply(digest, "N2\nまとめへの返信です"))
    tap.equal(center.json("note", "show", "N2")["comments"][0]["text"], "まとめへの返信です",
              "a reply to the digest itself names the note on its first line")
    mails = center.take(TANAKA.reply(digest, "よい話ですね"))
    tap.contains(text_of(mails[0]), "何も保存していません", "and is asked for it when it does not")


def weekly(tap):
    center = Readers()
    center.take(SATO.write(NOTE, "火曜の話", "本文"), at=day(13))
    tap.equal(center.digests(day(14)), {}, "a weekly digest waits for its day")
    sent = center.digests(day(19))
    tap.equal(codes_of(sent[SATO.address]), ["N1"], "which is Monday")
    center.take(SATO.write(NOTE, "次の話", "本文"), at=day(20))
    sent = center.digests(day(28))
    tap.equal(codes_of(sent[SATO.address]), ["N2"], "a Monday on which nothing ran is made up for")


def by_mail(tap):
    center = Readers("frequency = daily\n")
    [asked] = center.take(COLLEAGUE.write(at("join"), "", ""))
    tap.equal(center.take(STRANGER.write(at("join"), "", "")), [], "a stranger cannot join, and hears nothing")
    center.take(SATO.write(NOTE, "参加前の話", "本文"))
    [joined] = center.take(COLLEAGUE.reply(asked, "はい"))
    NoteGolden(tap, "ja").mail("member-joined", joined)
    center.take(SATO.write(NOTE, "参加後の話", "本文"))
    sent = center.digests(day(13))
    tap.equal(codes_of(sent[COLLEAGUE.address]), ["N2"], "who joins is told of what comes from then on")
    tap.equal(codes_of(sent[SATO.address]), ["N1", "N2"], "others of all")
    [paused] = center.take(COLLEAGUE.reply(joined, "休止 3日"))
    tap.contains(text_of(paused), "2026-01-16 まで休止中", "a pause is acknowledged with its end")
    center.take(SATO.write(NOTE, "休止中の話", "本文"))
    tap.ok(COLLEAGUE.address not in center.digests(day(14)), "who pauses gets nothing")
    sent = center.digests(day(17))
    tap.equal(codes_of(sent[COLLEAGUE.address]), ["N3"], "and afterwards what came meanwhile")
    [changed] = center.take(SMITH.write(center.unsubscribe_address(sent[COLLEAGUE.address]), "leave", ""))
    tap.contains(text_of(changed), "お送りしていません", "the address in List-Unsubscribe ends it at once")
    center.take(SATO.write(NOTE, "退会後の話", "本文"))
    tap.ok(COLLEAGUE.address not in center.digests(day(18)), "who has left gets nothing")
    NoteGolden(tap, "en").mail("member-help", center.take(SMITH.write(at("help"), "", ""))[0])
    [asked] = center.take(SMITH.write(at("leave"), "", ""))
    center.take(SATO.write(NOTE, "まだ", "本文"))
    tap.ok(SMITH.address in center.digests(day(19)), "without a token nothing changes …")
    center.take(SMITH.reply(asked, "yes"))
    center.take(SATO.write(NOTE, "もう", "本文"))
    tap.ok(SMITH.address not in center.digests(day(20)), "… until the address has confirmed it")


def each(tap):
    center = Readers("frequency = each\n")
    mails = center.take(SATO.write(NOTE, "すぐ届く話", "本文"))
    told = {address_of(mail): mail for mail in mails}
    tap.equal(sorted(told), sorted(who.address for who in (SATO, TANAKA, SMITH)), "who wants each note gets it at once")
    NoteGolden(tap, "ja").mail("news-each", told[TANAKA.address])
    tap.equal(center.digests(day(13)), {}, "and no digest of it")
    mails = center.take(TANAKA.reply(told[TANAKA.address], "なるほど"))
    tap.equal(sorted(address_of(mail) for mail in mails), sorted(who.address for who in (SATO, TANAKA, SMITH)),
              "a comment reaches its author's receipt, the thread and the readers once each")
    settings = center.unsubscribe_address(told[TANAKA.address])
    center.take(TANAKA.write(settings, "daily", ""))
    center.take(TANAKA.write(settings, "mime", ""))
    center.take(SATO.write(NOTE, "MIME で #xen", "一つめ"), SMITH.write(NOTE, "Second", "two"))
    digest = center.digests(day(14))[TANAKA.address]
    NoteGolden(tap, "ja").mail("digest-mime", digest)
    inner = [part.get_payload()[0] for part in digest.walk() if part.get_content_type() == "message/rfc822"]
    tap.equal(len(inner), 2, "each item of a MIME digest is a mail")
    item = email.message_from_bytes(inner[0].as_bytes(), policy=email.policy.default)
    center.take(TANAKA.reply(item, "中の項目への返信"))
    tap.equal(center.json("note", "show", "N3")["comments"][0]["text"], "中の項目への返信", "and can be answered as one")


def bounces(tap):
    center = Readers("frequency = daily\n")
    status = {"content": "5.7.1", "gone": "5.1.1"}
    for number in range(13, 16):
        center.take(SATO.write(NOTE, f"{number}日", "本文"), at=day(number, "05:00"))
        digest = center.digests(day(number))[TANAKA.address]
        back = bounce_of(digest, TANAKA.address)
        center.take(back._replace(bytes=back.bytes.replace(b"5.1.1", status["content"].encode())))
    center.take(SATO.write(NOTE, "16日", "本文"), at=day(16, "05:00"))
    digest = center.digests(day(16)).get(TANAKA.address)
    tap.ok(digest, "mail that is refused for its content holds nobody back")
    for number in range(17, 20):
        center.take(bounce_of(digest, f"{number}@x.example"), at=day(number, "05:00"))
        center.take(bounce_of(digest, f"again-{number}@x.example"))
    center.take(SATO.write(NOTE, "19日", "本文"))
    tap.ok(TANAKA.address not in center.digests(day(19)), "mail that comes back on three days holds it")
    center.take(TANAKA.write(NOTE, "戻りました", "本文"), at=day(20, "05:00"))
    tap.equal(codes_of(center.digests(day(20))[TANAKA.address]), ["N5", "N6"], "until the person writes again; nothing is left out")


def held_authors(tap):
    """Whoever writes and reads nothing else can be held, too."""
    center = NoteCenter([(SATO, "ja"), (TANAKA, "ja")], now=MONDAY)
    [receipt] = center.take(SATO.write(NOTE, "話題", "本文"))
    for number in range(12, 15):
        mails = center.take(TANAKA.write(NOTE, "Re: [N1] 話題", f"{number}日の返事"), at=day(number, "09:00"))
        [news] = [mail for mail in mails if address_of(mail) == SATO.address]
        center.take(bounce_of(news, f"{number}@x.example"))
    mails = center.take(TANAKA.write(NOTE, "Re: [N1] 話題", "四つめ"), at=day(16))
    tap.equal([address_of(mail) for mail in mails], [TANAKA.address], "an author whose mail comes back is told nothing more")
    center.take(SATO.reply(receipt, "戻りました"), at=day(17))
    mails = center.take(TANAKA.write(NOTE, "Re: [N1] 話題", "五つめ"))
    tap.ok(SATO.address in [address_of(mail) for mail in mails], "until they write again")
    apart = [day(18), "2026-03-01T09:00:00+09:00", "2026-05-01T09:00:00+09:00", "2026-07-01T09:00:00+09:00"]
    for number, now in enumerate(apart):
        mails = center.take(TANAKA.write(NOTE, "Re: [N1] 話題", f"{now} の返事"), at=now)
        news = [mail for mail in mails if address_of(mail) == SATO.address]
        if tap.ok(news, f"bounces far apart hold nobody ({number + 1})"):
            center.take(bounce_of(news[0], f"apart-{number}@x.example"))


def list_fields(tap):
    """What goes to readers can be left by a mail to one address; nothing of ours has a web address for it (RFC 8058)."""
    center = Readers("frequency = each\n")
    told = {address_of(mail): mail for mail in center.take(SATO.write(NOTE, "知らせ", "本文"))}
    news = told[TANAKA.address]
    for name in ("List-Id", "List-Help", "List-Post", "List-Subscribe", "List-Unsubscribe", "List-Owner"):
        tap.ok(news[name], f"{name} is there")
    tap.equal(news["List-Unsubscribe-Post"], None, "no one-click without a web address")
    receipts = center.take(TANAKA.reply(news, "通知停止"))
    tap.equal([mail["List-Unsubscribe"] for mail in receipts], [None], "an answer to one person is no list")
    leave = TANAKA.write(center.unsubscribe_address(news), "unsubscribe", "")
    center.take(with_fields(leave, "Auto-Submitted: auto-generated"))
    center.take(SATO.write(NOTE, "次", "本文"))
    tap.ok(TANAKA.address not in [address_of(mail) for mail in center.all_mails()[-2:] for mail in [mail.message]],
           "a mail program that leaves by itself is heard")


def moving(tap):
    """Another address: asked for at the old one, confirmed at the new one, and nobody else's."""
    new = Participant("佐藤 花子", "hanako@new.example")
    center = Readers("frequency = each\n")
    news = {address_of(mail): mail for mail in center.take(TANAKA.write(NOTE, "話題", "本文"))}[SATO.address]
    settings = center.unsubscribe_address(news)
    mails = {address_of(mail): mail for mail in center.take(SATO.write(settings, "宛先の件", f"宛先: {new.address}\n"))}
    tap.equal(sorted(mails), sorted((SATO.address, new.address)), "the new address is asked, the old one told")
    for name, who in (("move-asked", new), ("move-asks", SATO)):
        NoteGolden(tap, "ja").mail(name, mails[who.address])
    told = center.take(TANAKA.write(NOTE, "まだ", "本文"))
    tap.ok(new.address not in [address_of(mail) for mail in told], "nothing goes there before it has said yes")
    tap.equal(center.take(SATO.write(settings, "", f"宛先 {new.address}"))[0]["Subject"][:3], "Re:", "an address is asked once a day")
    done = {address_of(mail): mail for mail in center.take(new.reply(mails[new.address], "はい"))}
    for name, who in (("move-done", new), ("move-was_done", SATO)):
        NoteGolden(tap, "ja").mail(name, done[who.address])
    told = [address_of(mail) for mail in center.take(TANAKA.write(NOTE, "もう", "本文"))]
    tap.ok(new.address in told and SATO.address not in told, "then everything goes there and nothing to the old one")
    center.digests()
    told = [address_of(mail) for mail in center.take(TANAKA.write(NOTE, "その後", "本文"))]
    tap.ok(new.address in told and SATO.address not in told, "also after the circles were read again")
    center.take(SATO.write(NOTE, "旧から", "本文"))
    center.take(new.write(NOTE, "新から", "本文"))
    tap.equal(len({note["author"] for note in center.json("note", "list")["notes"][:2]}), 1, "both addresses are one person")
    for text, words in ((f"宛先 {TANAKA.address}", "別の方"), ("宛先 @@", "見つかりません"), ("address a@b@c", "見つかりません")):
        mails = center.take(SATO.write(settings, "", text))
        tap.ok(len(mails) == 1 and words in text_of(mails[0]), f"{text} is refused with a reason")
    forged = re.sub(r"-[a-z2-7]{16}@", "-aaaaaaaaaaaaaaaa@", settings)
    center.take(STRANGER.write(forged, "", f"宛先 {STRANGER.address}"))
    told = [address_of(mail) for mail in center.take(TANAKA.write(NOTE, "さらに", "本文"))]
    tap.ok(new.address in told and STRANGER.address not in told, "without the token nobody's mail is led away")


def insert(database, table, values):
    """A row of which only some columns matter; the others that must have a value get 0."""
    columns = database.execute(f"PRAGMA table_info({table})").fetchall()
    row = {name: values.get(name, 0) for _, name, _, needed, _, _ in columns if needed or name in values}
    database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))


def polls_and_pools(tap):
    """Decisions and backups of the period, one line each."""
    center = Readers("frequency = daily\n")
    dates = "・2月16日(月) 13:00〜15:00\n・2月17日(火) 10:00〜12:00\n・2月18日(水) 13:00〜15:00\n"
    ballots = center.open(TANAKA, [SATO, SMITH], text=f"候補日:\n{dates}締切: 1/20(火) 17:00\n", subject="春の定例会")
    center.take(SATO.reply(ballots[SATO.address], "○△×"), SMITH.reply(ballots[SMITH.address], "○○○"))
    center.run("poll", "decide", center.codes()[0], "1")
    center.run("post")
    center.new_mails()
    with sqlite3.connect(os.path.join(center.folder, "kairan.db")) as database:
        when = {"started_at": "2026-01-12T16:00:00Z", "ended_at": "2026-01-12T17:00:00Z"}
        for run, (pool, status, states) in enumerate((("center", "good", "ggg"), ("center", "failed", "ggf"), ("annex", "good", "g")), 1):
            insert(database, "xen_run", {"id": run, "pool": pool, "job": "backup", "status": status, **when})
            for number, state in enumerate(states):
                insert(database, "vm_backup", {"id": run * 10 + number, "run_id": run, "pool": pool, **when,
                                               "state": {"g": "good", "f": "failed"}[state]})
    database.close()
    sent = center.digests(day(13))
    text, english = text_of(sent[SATO.address]), text_of(sent[SMITH.address])
    NoteGolden(tap, "ja").compare("digest-polls.txt", re.sub(r"\[[A-Z0-9]{4}\]", "[CODE]", without_chance(text)))
    NoteGolden(tap, "en").compare("digest-polls.txt", re.sub(r"\[[A-Z0-9]{4}\]", "[CODE]", without_chance(english)))
    tap.ok(TANAKA.address not in sent, "backups alone are no reason for a digest")
    tap.equal(center.digests(day(14)), {}, "and each is told once")


def minutes(tap):
    center = NoteCenter([(SATO, "ja"), (TANAKA, "ja"), (SMITH, "en")], now="2025-12-18T10:00:00+09:00")
    center.open(SATO, [TANAKA, SMITH])
    center.now = LATE
    center.run("process")
    results = {address_of(mail): mail for mail in center.new_mails()}
    code = center.codes()[0]
    letter = TANAKA.reply(results[TANAKA.address], "議事録\n1. 予算の件、承認。\n2. 次回は2月。")
    told = {address_of(mail): mail for mail in center.take(with_files(letter, ("資料.pdf", "application/pdf", b"%PDF-1")))}
    tap.equal(sorted(told), sorted(who.address for who in (SATO, TANAKA, SMITH)), "minutes go to all invited, once")
    tap.contains(str(told[SMITH.address]["Subject"]), "[N1] Minutes: ", "in their own language")
    tap.equal(center.search(f"tag:{code} 予算"), ["N1"], "they are a note, tagged with the poll")
    [shown] = center.take(SATO.write(NOTE, "N1", ""))
    tap.equal([data for _, _, data in files_of(shown)], [b"%PDF-1"], "with its files")
    center.take(TANAKA.reply(told[SATO.address], "訂正\n取り消し"))
    mails = center.take(STRANGER.reply(results[TANAKA.address], "議事録\n偽物"))
    tap.equal(center.search("偽物"), [], "a stranger with a forwarded mail writes no minutes")


def main():
    tap = Tap()
    for scene in (weekly_and_daily, weekly, by_mail, each, bounces, held_authors, list_fields, moving, polls_and_pools, minutes):
        scene(tap)
    tap.done()


main()
