#!/usr/bin/python3
"""kairan replay: reading every answer again gives the votes of the database, and tells when somebody changed them or a mail.
KAIRAN_SANITIZE: yes"""
import json
import os
import re
import sqlite3

import kairan_test as kt
from kairan_test import Tap
from poll_people import JAPANESE
from poll_test import DATES_JA, LATE, Center, address_of

YAMADA = JAPANESE.organiser
SATO, SUZUKI, TANAKA = JAPANESE.asked
ITO = JAPANESE.other


def replay(center, *options):
    """Exit status and what it says."""
    done = kt.run([kt.program("kairan"), "replay", "-C", center.folder, "--json", *options])
    return done.returncode, json.loads(done.stdout)


def mail_to(mails, who):
    return [mail for mail in mails if address_of(mail) == who.address][-1]


def archived(center, verdict):
    """Where the letter of the only answer with that verdict lies in the archive."""
    database = sqlite3.connect(os.path.join(center.folder, "kairan.db"))
    query = "SELECT letter.archive FROM letter JOIN answer ON answer.letter_id = letter.id WHERE answer.verdict = ?"
    [[path]] = database.execute(query, [verdict]).fetchall()
    return path


def play():
    """A poll in which answers are changed, asked about, confirmed, held, withdrawn, given for others and come late."""
    center = Center()
    ballots = center.open(YAMADA, [*JAPANESE.asked, ITO])  # 伊藤 does not answer: the poll stays open
    mails = [letter.message for letter in center.all_mails()]
    note = [mail for mail in mails if address_of(mail) == YAMADA.address and "-0-" in mail["Reply-To"]][-1]
    [asked] = center.take(SATO.reply(ballots[SATO.address], "2は無理です"))
    center.take(SATO.reply(asked, "はい"))
    held = mail_to(center.take(ITO.reply(ballots[SUZUKI.address], "○○×")), SUZUKI)
    center.take(SUZUKI.reply(held, "はい"))
    center.take(TANAKA.reply(ballots[TANAKA.address], "×××"))
    center.take(TANAKA.reply(ballots[TANAKA.address], "取り消します"))
    center.take(YAMADA.reply(note, "代理 田中 ○×△"))
    center.take(YAMADA.reply(note, "追加 1/22(木) 13:00-15:00"))
    center.take(SUZUKI.reply(ballots[SUZUKI.address], "1は△(遅れます)"))
    return center, ballots


def answers_come_out_the_same(tap):
    center, ballots = play()
    status, found = replay(center)
    tap.equal((status, found["differences"]), (0, []), "the votes are those of the mails")
    tap.equal((found["polls"], found["answers"]), (1, 8), "every answer was read")
    tap.equal([center.marks(who.name) for who in (SATO, SUZUKI, TANAKA)], ["○×○・", "△○×・", "○×△・"], "and those are right")
    center.now = LATE
    center.take(SATO.reply(ballots[SATO.address], "×××"))
    tap.equal(replay(center)[0], 0, "an answer that came too late changes nothing")
    tap.equal(replay(center, center.codes()[0])[0], 0, "one poll")
    done = kt.run([kt.program("kairan"), "replay", "-C", center.folder, "zzzz"])
    tap.equal(done.returncode, 1, "a poll that is not there is refused")


def tampering_shows(tap):
    center, _ = play()
    before = [center.marks(who.name) for who in (SATO, SUZUKI, TANAKA)]
    database = sqlite3.connect(os.path.join(center.folder, "kairan.db"))
    database.execute("UPDATE vote SET mark = 'yes' WHERE mark = 'no' AND invitation_id = 1")
    database.execute("DELETE FROM vote WHERE invitation_id = 2 AND choice_id = 1")
    database.commit()
    status, found = replay(center)
    tap.equal(status, 1, "a changed database: exit status 1")
    told = sorted((entry["person"], entry["n"], entry["stored"], entry["derived"]) for entry in found["differences"])
    tap.equal(told, sorted([(SATO.name, 2, "○", "×"), (SUZUKI.name, 1, "・", "△")]), "who, which choice, and how it should be")
    text = kt.run([kt.program("kairan"), "replay", "-C", center.folder]).stdout.decode()
    tap.contains(text, SATO.name, "in words, too")
    tap.equal(center.marks(SATO.name)[1], "○", "nothing was changed")
    tap.equal(replay(center, "--write")[0], 0, "--write sets it right")
    tap.equal([center.marks(who.name) for who in (SATO, SUZUKI, TANAKA)], before, "as it was")
    tap.equal(replay(center)[0], 0, "and then there is no difference")


def missing_mails_show(tap):
    center, _ = play()
    held = archived(center, "held")
    os.unlink(os.path.join(center.folder, "archive", held))
    status, found = replay(center)
    tap.equal(status, 1, "a mail that is gone: exit status 1")
    missing = [entry for entry in found["differences"] if entry["missing"]]
    tap.equal([entry["archive"] for entry in missing], [held], "the mail is named")
    marks = center.marks(SUZUKI.name)
    replay(center, "--write")
    tap.equal(center.marks(SUZUKI.name), marks, "--write leaves alone whose mails are not all there")


def anonymous_stays_anonymous(tap):
    center = Center()
    ballots = center.open(YAMADA, JAPANESE.asked, f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n匿名: はい\n")
    [ack] = center.take(SATO.reply(ballots[SATO.address], "○△×"))
    receipt = re.search(r"受付番号 ([A-Z2-7]{4}-[A-Z2-7]{4}) ", kt.text_of(ack))[1]
    os.remove(os.path.join(center.folder, "archive", archived(center, "ok")))
    said = center.run("replay", check=False).stdout.decode() + str(replay(center))
    tap.ok(receipt in said and SATO.name not in said and SATO.address not in said, "a difference is told of a receipt", said)


def a_changed_mail_shows(tap):
    center, ballots = play()
    path = os.path.join(center.folder, "archive", archived(center, "withdraw"))
    with open(path, "rb") as file:
        head = file.read().partition(b"\r\n\r\n")[0]
    other = TANAKA.reply(ballots[TANAKA.address], "○○○").bytes.partition(b"\r\n\r\n")[2]
    with open(path, "wb") as file:
        file.write(head + b"\r\n\r\n" + other)
    status, found = replay(center)
    tap.equal((status, [entry["person"] for entry in found["differences"] if entry["changed"]]), (1, [TANAKA.name]),
              "a mail that was changed is named")


def a_change_asks_for_nothing_more(tap):
    center = Center()
    ballots = center.open(YAMADA, JAPANESE.asked)
    center.take(SATO.reply(ballots[SATO.address], "○○○"))
    [mail] = center.take(SATO.reply(ballots[SATO.address], "2は×になりました"))
    tap.ok(str(mail["Subject"]).startswith("受け付けました"), "a change of one mark is acknowledged", str(mail["Subject"]))
    tap.equal(center.marks(SATO.name), "○×○", "and changes that mark alone")
    tap.equal(replay(center)[0], 0, "and replays")


def main():
    tap = Tap()
    for check in (answers_come_out_the_same, tampering_shows, missing_mails_show, a_changed_mail_shows,
                  a_change_asks_for_nothing_more):
        check(tap)
    tap.done()


if __name__ == "__main__":
    main()
