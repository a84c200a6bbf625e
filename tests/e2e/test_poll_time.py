#!/usr/bin/python3
"""What a poll does by itself as the weeks go by, KAIRAN_NOW moved from hour to hour: whom it reminds and when, and that
every mail of it is made once. KAIRAN_SANITIZE: yes"""
import datetime

from kairan_test import Tap
from poll_people import JAPANESE
from poll_test import OPENED, Center, address_of

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
    tap.equal(times(sent, SUZUKI), ["26 17:00", "29 08:00"], "what is reminded of is the new one, and not at a weekend")


def main():
    tap = Tap()
    the_silent_are_reminded_twice(tap)
    an_answer_in_the_spool_stops_it(tap)
    a_late_run_reminds_by_day(tap)
    a_new_deadline_has_reminders_of_its_own(tap)
    tap.done()


if __name__ == "__main__":
    main()
