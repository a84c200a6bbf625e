#!/usr/bin/python3
"""A decision, a change and a cancellation as they arrive in people's calendars, in Japanese and in English: every mail is
compared with its golden file, and every calendar is read by other programs. KAIRAN_SANITIZE: yes"""
import os

from calendar_readers import line_faults, read_by_icalendar, read_by_khal
from kairan_test import DOMAIN, Tap, skip_all
from poll_people import ENGLISH, JAPANESE, WORDS_EN, WORDS_JA
from poll_test import GOLDEN, Center, Golden, address_of, calendars_of

ALL_DAY = {"ja": "候補日:\n・2月26日(木)\n・2月27日(金)\n締切: 12/25(木) 17:00\n",
           "en": "Dates:\n- Thu 26 Feb\n- Fri 27 Feb\nDeadline: Thu 25 Dec 17:00\n"}


class Stage:
    """A poll of one language from its ballots on."""

    def __init__(self, tap, language, people, words):
        self.tap, self.language, self.people, self.words = tap, language, people, words
        self.golden = Golden(tap, language, "calendar")
        self.center = Center(circles={"minna": people.circle(language)})
        self.code = None

    def open(self, text):
        center, people = self.center, self.people
        ballots = center.open(people.organiser, people.asked, text, self.words["subject"])
        self.code = center.codes()[-1]
        return ballots

    def command(self, *arguments):
        """What the shell says, and the mails that follow from it."""
        done = self.center.run("poll", *arguments, check=False)
        self.center.run("post")
        return done, self.center.new_mails()

    def check_calendar(self, mail, method, sequence, start):
        """That other programs read the entry of a mail as it is meant; gives the event."""
        name = f"{self.language}/{method} {sequence}"
        [text] = calendars_of(mail)
        [file] = mail.iter_attachments()
        self.tap.equal((file.get_filename(), file.get_content_type()), ("invite.ics", "application/ics"), f"{name}: a file")
        self.tap.equal(file.get_payload(decode=True).decode(), text, f"{name}: it holds the same")
        self.tap.equal(line_faults(text), [], f"{name}: lines")
        read = read_by_icalendar(text)
        self.tap.equal(read["errors"] + [event["errors"] for event in read["events"] if event["errors"]], [],
                       f"{name}: nothing that icalendar complains about")
        [event] = read["events"]
        self.tap.equal((read["method"], event["sequence"], event["uid"], event["start"]),
                       (method, sequence, f"{self.code}@{DOMAIN}", start), f"{name}: as icalendar reads it")
        [[title, shown, _, place, uid]] = read_by_khal(text)
        self.tap.equal((title, uid, place), (event["summary"], event["uid"], event["place"]), f"{name}: as khal reads it")
        self.tap.equal(shown, start[:16].replace("T", " "), f"{name}: khal's time")
        return event


def decision_change_cancellation(stage):
    tap, people, code = stage.tap, stage.people, None
    ballots = stage.open(stage.words["opening"])
    first, second, third = people.asked
    stage.center.take(first.reply(ballots[first.address], "○×△○"), second.reply(ballots[second.address], "○○○×"))
    code = stage.code
    done, mails = stage.command("decide", code, "2")
    tap.contains(done.stdout.decode(), first.name, f"{stage.language}: whoever is required and cannot come is named")
    tap.equal(sorted(map(address_of, mails)), sorted(who.address for who in (*people.asked, people.organiser)),
              f"{stage.language}: everybody gets it")
    own = {address_of(mail): mail for mail in mails}
    stage.golden.mail(stage.center, "decision", own[third.address])
    event = stage.check_calendar(own[third.address], "REQUEST", 0, "2026-01-16T10:00:00+09:00")
    tap.equal(event["organiser"][0][0], f"mailto:{own[third.address]['Reply-To']}", f"{stage.language}: RSVPs come back")
    tap.equal([entry[1]["CN"] for entry in event["attendees"]],
              [who.name for who in (*people.asked, people.organiser)], f"{stage.language}: who is invited")
    tap.ok(all(entry[1]["RSVP"] == "TRUE" for entry in event["attendees"]), f"{stage.language}: an answer is asked for")
    tap.equal(stage.center.json("poll", "list")["polls"][0]["state"], "closed", f"{stage.language}: the poll is closed")
    done, mails = stage.command("decide", code, "2")
    tap.equal((done.returncode, mails), (0, []), f"{stage.language}: the same decision again sends nothing")
    done, mails = stage.command("decide", code, "1")
    mail = [mail for mail in mails if address_of(mail) == third.address][0]
    stage.golden.mail(stage.center, "decision-changed", mail)
    stage.check_calendar(mail, "REQUEST", 1, "2026-01-15T13:00:00+09:00")
    done, mails = stage.command("cancel", code)
    mail = [mail for mail in mails if address_of(mail) == third.address][0]
    stage.golden.mail(stage.center, "cancellation", mail)
    event = stage.check_calendar(mail, "CANCEL", 2, "2026-01-15T13:00:00+09:00")
    tap.equal(event["status"], "CANCELLED", f"{stage.language}: the entry is called off")
    for words in (("decide", code, "1"), ("cancel", code)):
        done, mails = stage.command(*words)
        tap.equal((done.returncode, mails), (1, []), f"{stage.language}: {words[0]} is refused once it is cancelled")


def whole_days(stage):
    stage.open(ALL_DAY[stage.language])
    done, mails = stage.command("decide", stage.code, "7")
    stage.tap.equal((done.returncode, mails), (1, []), f"{stage.language}: a choice that is none")
    stage.command("decide", stage.code, "1")
    _, mails = stage.command("decide", stage.code, "2")
    event = stage.check_calendar(mails[0], "REQUEST", 1, "2026-02-27")
    stage.tap.equal(event["end"], "2026-02-28", f"{stage.language}: the day ends with it")
    stage.golden.mail(stage.center, "decision-day", [m for m in mails if address_of(m) == stage.people.asked[1].address][0])


def calling_off_early(stage):
    stage.open(stage.words["short"])
    _, mails = stage.command("cancel", stage.code)
    mail = [mail for mail in mails if address_of(mail) == stage.people.asked[1].address][0]
    stage.golden.mail(stage.center, "cancellation-early", mail)
    stage.tap.equal(calendars_of(mail), [], f"{stage.language}: there is no entry to take back")


def main():
    for needed in ("/usr/bin/khal", "/usr/lib/python3/dist-packages/icalendar"):
        if not os.path.exists(needed):
            skip_all(f"{needed} is not installed")
    tap = Tap()
    stages = [Stage(tap, "ja", JAPANESE, WORDS_JA), Stage(tap, "en", ENGLISH, WORDS_EN)]
    for stage in stages:
        decision_change_cancellation(stage)
        whole_days(stage)
        calling_off_early(stage)
        stage.golden.finish()
    tap.equal(*(sorted(os.listdir(os.path.join(GOLDEN, "calendar", language))) for language in ("ja", "en")),
              "both languages have the same golden files")
    tap.done()


if __name__ == "__main__":
    main()
