#!/usr/bin/python3
"""What a poll does by itself as the weeks go by, KAIRAN_NOW moved from hour to hour: whom it reminds and when, what
its organiser hears of at once, and that every mail is made once. KAIRAN_SANITIZE: yes"""
import datetime
import os
import sqlite3

import kairan_test as kt
from kairan_test import Tap
from poll_people import JAPANESE
from poll_test import DATES_JA, OPENED, Center, address_of, bounce_of

YAMADA = JAPANESE.organiser
SATO, SUZUKI, TANAKA = JAPANESE.asked


def at(day, hour=9, minute=0):
    """An instant of December 2025: the 18th is a Thursday."""
    return f"2025-12-{day:02d}T{hour:02d}:{minute:02d}:00+09:00"


HOURS = (0, 8, 12, 17, 18, 23)  # when it is looked at what has happened


def pass_time(center, until):
    """What is sent as the clock goes on to `until`, hour by hour of HOURS: {recipient: [("23 17:00", mail)]}. Whenever
    something was, one more run at the same time must send nothing."""
    sent = {}
    now, end = datetime.datetime.fromisoformat(center.now), datetime.datetime.fromisoformat(until)
    while now < end:
        now = (now + datetime.timedelta(hours=1)).replace(minute=0)
        if now.hour not in HOURS and now < end:
            continue
        mails = center.take(at=min(now, end).isoformat())
        for mail in mails + (center.take() if mails else []):
            sent.setdefault(address_of(mail), []).append((now.strftime("%d %H:%M"), mail))
    return sent


def times(sent, person):
    return [time for time, _ in sent.get(person.address, [])]


def opened(settings=""):
    center = Center(settings, now=OPENED)
    return center, center.open(YAMADA, JAPANESE.asked)


def the_silent_are_reminded_twice(tap):
    center, ballots = opened()
    center.take(SATO.reply(ballots[SATO.address], "○×△"), at=at(19))
    center.take(TANAKA.reply(ballots[TANAKA.address], "1○"), at=at(19))
    sent = pass_time(center, at(25, 16))
    tap.equal(times(sent, SUZUKI), ["23 17:00", "25 08:00"], "nobody has heard of them: two days before, and in the morning")
    tap.equal(times(sent, TANAKA), ["23 17:00", "25 08:00"], "who has answered a part is asked for the rest")
    tap.equal(times(sent, SATO), [], "who has answered is left alone")
    tap.equal(times(sent, YAMADA), [], "the organiser hears nothing of it")
    reminder = sent[SUZUKI.address][0][1]
    for style in ("gmail-ja", "outlook-ja", "inline"):
        center.take(SUZUKI.reply(reminder, "○○×", style))
        tap.equal(center.marks(SUZUKI.name), "○○×", f"an answer to the reminder counts ({style})")
        center.take(SUZUKI.reply(reminder, "取り消します"))


def an_answer_in_the_spool_stops_it(tap):
    center, ballots = opened()
    pass_time(center, at(23, 15))
    mails = center.take(SUZUKI.reply(ballots[SUZUKI.address], "○○×"), at=at(23, 17))
    tap.equal(sorted(address_of(mail) for mail in mails if "再送" in mail["Subject"]),
              sorted([SATO.address, TANAKA.address]), "an answer that lies in the spool is read before anybody is reminded")


def a_late_run_reminds_by_day(tap):
    center, _ = opened()
    tap.equal(center.take(at=at(23, 22)), [], "the machine was off, now it is night")
    tap.equal(center.take(at=at(24, 7, 59)), [], "nor before the office opens")
    mails = center.take(at=at(24, 8, 1))
    tap.equal(len(mails), 3, "in the morning all three are reminded")
    tap.equal(center.take(at=at(24, 8, 2)), [], "once")
    tap.equal([center.take(at=at(24, hour)) for hour in range(9, 24)], [[]] * 15, "and not again that day")


def a_new_deadline_has_reminders_of_its_own(tap):
    center = Center(now=OPENED)
    ballots = center.open(YAMADA, JAPANESE.asked)
    organiser = next(letter.message for letter in center.all_mails() if "開始しました" in str(letter.message["Subject"]))
    center.take(SATO.reply(ballots[SATO.address], "○×△"), at=at(22))
    mails = center.take(YAMADA.reply(organiser, "締切 12/29(月) 17:00"))
    tap.equal(len(mails), 3, "the silent and the organiser are told of a new deadline")
    sent = pass_time(center, at(29, 16))
    tap.equal(times(sent, SUZUKI), ["26 17:00"],
              "what is reminded of is the new one, not at a weekend nor while the house is closed")


def vacation_of(person, ballot, text, address=None):
    """What a vacation responder says to a ballot."""
    mail = kt.Participant(person.name, address or person.address).write(
        ballot["Return-Path"].strip("<>"), f"不在: {ballot['Subject']}", text,
        [("Auto-Submitted", "auto-replied"), ("In-Reply-To", str(ballot["Message-ID"]))])
    dated = mail.bytes.replace(b"Sat, 10 Jan 2026 15:00:00", b"Thu, 18 Dec 2025 10:05:00")
    return mail._replace(sender="", bytes=dated)


def away_until(center, person):
    [(until,)] = rows(center, f"SELECT away_until FROM person JOIN address ON person_id = person.id"
                              f" WHERE address = '{person.address}'")
    return until


def rows(center, query):
    database = sqlite3.connect(os.path.join(center.folder, "kairan.db"))
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def an_absence_is_kept(tap):
    center, ballots = opened()
    forwarded = vacation_of(SATO, ballots[SATO.address], "不在です", "hisho@elsewhere.example")
    tap.equal(center.take(forwarded), [], "an absence is not answered")
    tap.equal(away_until(center, SATO), None, "somebody else's absence is not theirs")
    center.take(vacation_of(SATO, ballots[SATO.address], "ただいま不在にしております。"))
    tap.equal(away_until(center, SATO), "", "away, nobody knows how long")
    center.take(SATO.reply(ballots[SATO.address], "○×△"))
    tap.equal(away_until(center, SATO), None, "whoever answers is back")


def nobody_is_reminded_while_away(tap):
    center, ballots = opened()
    center.take(vacation_of(SATO, ballots[SATO.address], "12月23日まで休暇のため不在にしております。"))
    tap.equal(away_until(center, SATO), "2025-12-23", "an absence with its last day")
    tap.contains(interim(center, at(19, 8))[0][1], "不在の方 (1名): 佐藤 花子(〜12月23日(火))", "the organiser hears of it")
    sent = pass_time(center, at(25, 16))
    tap.equal(times(sent, SATO), ["24 08:00", "25 08:00"], "reminded on the day of return, not before")
    tap.equal(times(sent, SUZUKI), ["23 17:00", "25 08:00"], "the others as ever")


def a_bounce_is_told_once(tap):
    center, ballots = opened()
    bounces = [bounce_of(ballots[who.address], who.address) for who in (SATO, SUZUKI)]
    mails = center.take(*bounces)
    tap.equal([(address_of(mail), str(mail["Subject"]).split(":")[0]) for mail in mails],
              [(YAMADA.address, "届かないメールがあります")], "two ballots bounce: the organiser hears of it in one mail")
    tap.ok(all(f"<{who.address}>" in kt.text_of(mails[0]) and "5.1.1" in kt.text_of(mails[0]) for who in (SATO, SUZUKI)),
           "of both, and why", kt.text_of(mails[0]))
    again = bounces[0]._replace(bytes=bounces[0].bytes.replace(b"<bounce-", b"<again-"))
    tap.equal(center.take(again), [], "another bounce of the same person is no news")
    delayed = bounce_of(ballots[TANAKA.address], TANAKA.address)
    delayed = delayed._replace(bytes=delayed.bytes.replace(b"Action: failed", b"Action: delayed").replace(b"5.1.1", b"4.4.1"))
    tap.equal(center.take(delayed), [], "a delay is none")
    states = {row[0]: row[1] for row in rows(center, "SELECT address, state FROM invitation")}
    tap.equal([states[who.address] for who in (SATO, SUZUKI, TANAKA)], ["undelivered", "undelivered", "waiting"], "states")
    sent = pass_time(center, at(25, 16))
    tap.equal([times(sent, who) for who in (SATO, SUZUKI)], [[], []], "nobody is reminded where no mail arrives")
    center.take(SATO.reply(ballots[SATO.address], "○×△"))
    tap.equal(rows(center, "SELECT state FROM invitation WHERE number = 1"), [("answered",)], "a later answer clears it")


def the_last_who_is_waited_for_bounces(tap):
    center, ballots = opened()
    mails = center.take(SATO.reply(ballots[SATO.address], "○×△"), SUZUKI.reply(ballots[SUZUKI.address], "○×△"),
                        bounce_of(ballots[TANAKA.address], TANAKA.address))
    [news] = [mail for mail in mails if "届かない" in mail["Subject"]]
    tap.contains(kt.text_of(news), "再開 12/28", "nobody is waited for any more: it closes, and the mail says what helps then")


def a_promise_is_kept_to(tap):
    center, ballots = opened()
    [ack] = center.take(SUZUKI.reply(ballots[SUZUKI.address], "12/22(月)に回答します"))
    tap.contains(kt.text_of(ack), "12月22日(月)にご回答いただける", "the promise is repeated")
    [ack] = center.take(TANAKA.reply(ballots[TANAKA.address], "後日回答します"))
    tap.contains(kt.text_of(ack), "あとでご回答いただける", "one without a day as well")
    tap.equal(rows(center, "SELECT promised FROM invitation ORDER BY number"), [(None,), ("2025-12-22",), (None,)], "kept")
    sent = pass_time(center, at(25, 16))
    tap.equal(times(sent, SUZUKI), ["22 08:00", "23 17:00"], "whoever promised is reminded on the day")
    tap.equal(times(sent, TANAKA), ["23 17:00", "25 08:00"], "whoever named no day with the others")
    center.take(SUZUKI.reply(ballots[SUZUKI.address], "○○○"))
    tap.equal(rows(center, "SELECT promised FROM invitation WHERE number = 2"), [(None,)], "an answer redeems it")


def a_required_person_who_cannot_is_told(tap):
    center = Center(now=OPENED)
    text = f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n必須: 佐藤, 鈴木\n"
    ballots = center.open(YAMADA, JAPANESE.asked, text)
    mails = center.take(TANAKA.reply(ballots[TANAKA.address], "×××"))
    tap.equal([address_of(mail) for mail in mails], [TANAKA.address], "who is not required may be away")
    mails = center.take(SATO.reply(ballots[SATO.address], "○×△"))
    news = [mail for mail in mails if address_of(mail) == YAMADA.address]
    tap.equal([str(mail["Subject"]).split(":")[0] for mail in news], ["必須の方が参加できない日程があります"],
              "a required person's × is told at once")
    text = kt.text_of(news[0])
    tap.ok("× 〔2〕" in text and "× 〔1〕" not in text and "〔3〕" in text, "with the dates that it blocks and that are left", text)
    tap.equal(len(center.take(SATO.reply(ballots[SATO.address], "○×○"))), 1, "the same × again is no news")
    mails = center.take(SUZUKI.reply(ballots[SUZUKI.address], "×○×"))
    tap.equal([str(mail["Subject"]) for mail in mails if address_of(mail) == YAMADA.address], 
              [f"【結果】定例会 [{center.codes()[0].upper()}]"], "with the last answer the result says it")


def all_have_answered_is_told(tap):
    center, ballots = opened()
    [mails] = [center.take(*[who.reply(ballots[who.address], "○○○") for who in JAPANESE.asked])]
    result = next(mail for mail in mails if address_of(mail) == YAMADA.address)
    center.take(YAMADA.reply(result, "再開 12/25 17:00"))
    center.take(SATO.reply(ballots[SATO.address], "取り消します"))
    mails = center.take(SATO.reply(ballots[SATO.address], "×××"))
    tap.equal(sorted((address_of(mail), str(mail["Subject"]).split(":")[0]) for mail in mails),
              [(SATO.address, "受け付けました"), (YAMADA.address, "全員の回答がそろいました")],
              "a poll that was opened again stays open, and its organiser hears that all have answered")


def interim(center, instant):
    """What `kairan nightly reminders` at an instant sends to the organiser, as [(subject, text)]."""
    center.now = instant
    for _ in range(2):
        center.run("nightly", "reminders")
    center.run("post")
    return [(str(mail["Subject"]), kt.text_of(mail)) for mail in center.new_mails() if address_of(mail) == YAMADA.address]


def the_organiser_hears_daily_of_what_is_new(tap):
    center, ballots = opened()
    tap.equal(interim(center, at(19, 8)), [], "nothing has come in: no mail")
    center.take(SATO.reply(ballots[SATO.address], "○×△"), TANAKA.reply(ballots[TANAKA.address], "22日に回答します"), at=at(19))
    mails = interim(center, at(20, 8))
    tap.equal([mail[0].split(" [")[0] for mail in mails], ["【途中経過】定例会 回答 1/3"], "the next morning: once")
    for line in ("前回のお知らせのあとにお返事のあった方 (2名): 佐藤 花子、田中 実", "未回答 (1名): 鈴木 一郎",
                 "回答を約束された方 (1名): 田中 実(12月22日(月))"):
        tap.contains(mails[0][1], line, "how it stands")
    tap.equal(interim(center, at(21, 8)), [], "nothing since: no mail")
    center.take(vacation_of(SUZUKI, ballots[SUZUKI.address], "ただいま不在にしております。"))
    mails = interim(center, at(22, 8))
    tap.ok(len(mails) == 1 and "不在の方 (1名): 鈴木 一郎" in mails[0][1] and "前回" not in mails[0][1],
           "an absence is something, though nobody has answered", mails)


def main():
    tap = Tap()
    the_silent_are_reminded_twice(tap)
    an_answer_in_the_spool_stops_it(tap)
    a_late_run_reminds_by_day(tap)
    a_new_deadline_has_reminders_of_its_own(tap)
    an_absence_is_kept(tap)
    nobody_is_reminded_while_away(tap)
    a_bounce_is_told_once(tap)
    the_last_who_is_waited_for_bounces(tap)
    a_promise_is_kept_to(tap)
    a_required_person_who_cannot_is_told(tap)
    all_have_answered_is_told(tap)
    the_organiser_hears_daily_of_what_is_new(tap)
    tap.done()


if __name__ == "__main__":
    main()
