#!/usr/bin/python3
"""A decision, a change and a cancellation as they arrive in people's calendars, in Japanese and in English: every mail is
compared with its golden file, and every calendar is read by other programs. KAIRAN_SANITIZE: yes"""
import base64
import json
import os

from calendar_readers import line_faults, read_by_icalendar, read_by_khal
from kairan_test import DOMAIN, Tap, skip_all, text_of
from poll_people import ENGLISH, JAPANESE, WORDS_EN, WORDS_JA
from poll_test import GOLDEN, POLL, Center, Golden, address_of, calendars_of

ALL_DAY = {"ja": "候補日:\n・2月26日(木)\n・2月27日(金)\n締切: 12/25(木) 17:00\n",
           "en": "Dates:\n- Thu 26 Feb\n- Fri 27 Feb\nDeadline: Thu 25 Dec 17:00\n"}


class Stage:
    """A poll of one language from its ballots on."""

    def __init__(self, tap, language, people, words):
        self.tap, self.language, self.people, self.words = tap, language, people, words
        self.golden = Golden(tap, language, "calendar")
        self.move()

    def move(self):
        """To a center of its own: nobody has got any mail today."""
        self.center = Center(circles={"minna": self.people.circle(self.language)})
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


def answer_of(who, mail, partstat, *lines, method="REPLY", recipient=None, fields=(), sequence=None):
    """What the calendar of `who` sends back for the entry in `mail`: Google and Exchange answer to ORGANIZER like this."""
    event = read_by_icalendar(calendars_of(mail)[0])["events"][0]
    organiser = event["organiser"][0][0].split(":", 1)[1]
    words = {"ACCEPTED": "Accepted", "TENTATIVE": "Tentative", "DECLINED": "Declined"}
    entry = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//Test//EN", f"METHOD:{method}", "BEGIN:VEVENT",
             f"UID:{event['uid']}", f"SEQUENCE:{event['sequence'] if sequence is None else sequence}",
             "DTSTAMP:20251219T010203Z", f"ORGANIZER:mailto:{organiser}",
             f"ATTENDEE;PARTSTAT={partstat}:mailto:{who.address}", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    plain = who.write(recipient or organiser, f"{words[partstat]}: {event['summary']}", f"{who.name} has {partstat}.\n", fields)
    head, _, _ = plain.bytes.partition(b"MIME-Version: 1.0\r\n")
    calendar = base64.encodebytes("\r\n".join(entry).encode()).decode()
    body = (f'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain; '
            f'charset=utf-8\n\n{who.name} has {partstat.lower()} this invitation.\n--b\nContent-Type: text/calendar; '
            f'charset=utf-8; method={method}\nContent-Transfer-Encoding: base64\n\n{calendar}--b--\n')
    return plain._replace(bytes=head + body.encode())


def coming(stage):
    """Who comes, as the organiser sees it: {"coming": "Alice, Bob", …}."""
    decision = stage.center.show(stage.code)["decision"]
    return {key: decision[key] and decision[key]["names"] for key in ("coming", "perhaps", "declining", "silent")}


def rsvps(stage):
    tap, people, language = stage.tap, stage.people, stage.language
    first, second, third = people.asked
    stage.open(stage.words["opening"])
    own = {address_of(mail): mail for mail in stage.command("decide", stage.code, "1")[1]}
    nobody = {"coming": None, "perhaps": None, "declining": None, "silent": ", ".join(who.name for who in people.asked)}
    tap.equal(coming(stage), nobody, f"{language}: at first nobody has said anything")
    mails = stage.center.take(answer_of(second, own[second.address], "ACCEPTED"),
                              answer_of(third, own[third.address], "TENTATIVE", recipient=POLL,
                                        fields=[("Auto-Submitted", "auto-generated")]))
    tap.equal(mails, [], f"{language}: a button is not answered")
    tap.equal(coming(stage), {**nobody, "coming": second.name, "perhaps": third.name, "silent": first.name},
              f"{language}: who comes, also by a service that sends to the plain address")
    [mail] = stage.center.take(answer_of(first, own[first.address], "DECLINED", "COMMENT:出張です"))
    stage.golden.mail(stage.center, "rsvp-note-declined", mail)
    [mail] = stage.center.take(answer_of(second, own[second.address], "TENTATIVE", "DTSTART:20260116T040000Z",
                                         "DTEND:20260116T060000Z", method="COUNTER"))
    stage.golden.mail(stage.center, "rsvp-note-counter", mail)
    [mail] = stage.center.take(answer_of(people.other, own[second.address], "DECLINED"))
    stage.golden.mail(stage.center, "rsvp-note-strange", mail)
    tap.equal(coming(stage), {"coming": second.name, "perhaps": third.name, "declining": first.name, "silent": None},
              f"{language}: neither a proposal nor somebody else's answer counts")
    status = stage.center.run("poll", "show", stage.code).stdout.decode()
    tap.contains(status, second.name, f"{language}: the status shows it")
    stage.center.take(answer_of(third, own[third.address], "ACCEPTED", sequence=7))
    tap.equal(coming(stage)["perhaps"], third.name, f"{language}: an answer to an entry that was never sent counts for nothing")
    moved = {address_of(mail): mail for mail in stage.command("decide", stage.code, "2")[1]}
    tap.equal(coming(stage), nobody, f"{language}: another time asks everybody anew")
    stage.center.take(answer_of(third, own[third.address], "ACCEPTED"))
    tap.equal(coming(stage), nobody, f"{language}: an answer to the earlier time counts for nothing")
    stage.center.take(answer_of(third, moved[third.address], "DECLINED"), answer_of(third, moved[third.address], "ACCEPTED"))
    tap.equal(coming(stage)["coming"], third.name, f"{language}: the last answer holds")
    stage.command("cancel", stage.code)
    mails = stage.center.take(answer_of(second, moved[second.address], "ACCEPTED"))
    tap.equal((mails, coming(stage)["coming"]), ([], third.name), f"{language}: nothing comes of an answer to what is off")


def anonymous_rsvps(stage):
    """Nobody learns who comes to what an anonymous poll decided on: the organiser gets numbers, and words without names."""
    tap, people, language = stage.tap, stage.people, stage.language
    names = [word for who in (*people.asked, people.other) for word in (who.name, who.address)]
    _, second, third = people.asked
    stage.open(ALL_DAY[language] + stage.words["anonymous"])
    own = {address_of(mail): mail for mail in stage.command("decide", stage.code, "1")[1]}
    mails = stage.center.take(answer_of(second, own[second.address], "ACCEPTED"),
                              answer_of(people.other, own[second.address], "DECLINED"))
    tap.equal(mails, [], f"{language}: of an anonymous poll a strange answer is not passed on")
    [mail] = stage.center.take(answer_of(third, own[third.address], "DECLINED", "COMMENT:出張です"))
    stage.golden.mail(stage.center, "rsvp-note-anonymous", mail)
    view = stage.center.show(stage.code)
    tap.equal([view["decision"][key] and (view["decision"][key]["count"], view["decision"][key]["names"])
               for key in ("coming", "perhaps", "declining", "silent")], [(1, None), None, (1, None), (1, None)],
              f"{language}: how many come is counted")
    note = [letter.message for letter in stage.center.all_mails() if address_of(letter.message) == people.organiser.address]
    [status] = stage.center.take(people.organiser.reply(note[-1], {"ja": "状況", "en": "status"}[language]))
    said = json.dumps(view, ensure_ascii=False) + "".join(map(text_of, (mail, status)))
    tap.ok(not any(name in said for name in names), f"{language}: and nobody is named", said)


def decision_change_cancellation(stage):
    tap, people, code = stage.tap, stage.people, None
    ballots = stage.open(stage.words["opening"])
    first, second, third = people.asked
    stage.center.take(first.reply(ballots[first.address], "○×△○"), second.reply(ballots[second.address], "○○○×"))
    code = stage.code
    done, mails = stage.command("decide", code, "2")
    tap.equal((done.returncode, mails), (1, []), f"{stage.language}: nothing is decided when a required person cannot come")
    tap.contains(done.stdout.decode(), first.name, f"{stage.language}: who is named")
    done, mails = stage.command("decide", "--anyway", code, "2")
    tap.contains(done.stdout.decode(), first.name, f"{stage.language}: and again for who insists")
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


COMMANDS = {"ja": {"doubt": "確定 2 でお願いします", "decide": "確定 2 それでもお願いします。", "again": "確定 2", "other": "確定 〔1〕", "move": "訂正 1 1/20(火) 10:00-12:00",
                   "not decided": "訂正 2 1/21(水) 10:00-12:00", "which": "確定", "none": "確定 9", "one": "中止 1",
                   "cancel": "中止してください。"},
            "en": {"doubt": "confirm 2", "decide": "confirm 2 anyway", "again": "Confirm 2", "other": "decide 1", "move": "fix 1 Tue 20 Jan 10:00-12:00",
                   "not decided": "fix 2 Wed 21 Jan 10:00-12:00", "which": "confirm", "none": "confirm 9", "one": "cancel 1",
                   "cancel": "Cancel please."}}


def decided_by_mail(stage):
    """The organiser does the same by replying: each command's transcript, what the others get, the entry's next sequence."""
    tap, people, language = stage.tap, stage.people, stage.language
    third = people.asked[2]
    ballots = stage.open(stage.words["opening"])
    note = [letter.message for letter in stage.center.all_mails() if address_of(letter.message) == people.organiser.address][-1]
    stage.center.take(*(who.reply(ballots[who.address], "○×△○") for who in people.asked))
    everybody = sorted(who.address for who in (*people.asked, people.organiser))

    def command(*names):
        """The transcript, what goes to the third, and everybody who got a mail beside it."""
        text = "".join(COMMANDS[language][name] + "\n" for name in names)
        mails = stage.center.take(people.organiser.reply(note, text))
        [transcript] = [mail for mail in mails if mail["Subject"].startswith(("ご指示の結果", "Your commands"))]
        others = [mail for mail in mails if mail is not transcript]
        return transcript, [mail for mail in others if address_of(mail) == third.address], sorted(map(address_of, others))

    transcript, mails, told = command("doubt")
    stage.golden.mail(stage.center, "transcript-doubt", transcript)
    tap.equal((mails, told, stage.center.show(stage.code)["decision"]), ([], [], None),
              f"{language}: nothing is decided before the organiser knows that a required person cannot come")
    transcript, [mail], told = command("which", "none", "decide")
    stage.golden.mail(stage.center, "transcript-decision", transcript)
    tap.equal(told, everybody, f"{language}: a decision by mail goes to everybody")
    stage.check_calendar(mail, "REQUEST", 0, "2026-01-16T10:00:00+09:00")
    _, mails, told = command("again")
    tap.equal((mails, told), ([], []), f"{language}: the same decision once more tells nobody")
    _, [mail], _ = command("other")
    stage.check_calendar(mail, "REQUEST", 1, "2026-01-15T13:00:00+09:00")
    transcript, [mail], told = command("not decided", "move")
    stage.golden.mail(stage.center, "transcript-moved", transcript)
    stage.golden.mail(stage.center, "decision-moved", mail)
    tap.equal(told, everybody, f"{language}: a corrected time goes to everybody, once")
    stage.check_calendar(mail, "REQUEST", 2, "2026-01-20T10:00:00+09:00")
    transcript, [mail], told = command("one", "cancel", "again")
    stage.golden.mail(stage.center, "transcript-cancellation", transcript)
    tap.equal(told, everybody, f"{language}: so does calling it off")
    stage.check_calendar(mail, "CANCEL", 3, "2026-01-20T10:00:00+09:00")
    tap.equal(stage.center.show(stage.code)["decision"]["is_cancelled"], True, f"{language}: it is off")


def entries_of(stage, mail, name, method):
    """The events in one of the files of a mail, as icalendar reads them."""
    [text] = [file.get_payload(decode=True).decode() for file in mail.iter_attachments() if file.get_filename() == name]
    stage.tap.equal(line_faults(text), [], f"{stage.language}/{name}: lines")
    read = read_by_icalendar(text)
    stage.tap.equal((read["method"], read["errors"], len(read_by_khal(text))), (method, [], len(read["events"])),
                    f"{stage.language}/{name}: as icalendar and khal read it")
    return [(event["uid"].rsplit("-", 1)[0], event["sequence"], event["status"], event["start"]) for event in read["events"]]


def tentative(stage):
    """○ choices as entries until the decision: on request, changed with the answer, taken back by the decision."""
    tap, people, language = stage.tap, stage.people, stage.language
    _, second, third = people.asked
    word = {"ja": "仮予定をお願いします。", "en": "Tentative, please."}[language]
    ballots = stage.open(stage.words["opening"])

    def reply(who, text):
        [mail] = stage.center.take(who.reply(ballots[who.address], text))
        return mail

    mail = reply(second, word)
    tap.equal(list(mail.iter_attachments()), [], f"{language}: nothing to hold without an answer")
    reply(second, "○×○×")
    mail = reply(second, word)
    stage.golden.mail(stage.center, "tentative", mail)
    uid, days = f"{stage.code}-2", ("2026-01-15T13:00:00+09:00", "2026-01-16T10:00:00+09:00", "2026-01-19T13:00:00+09:00")
    tap.equal(entries_of(stage, mail, "tentative.ics", "PUBLISH"),
              [(uid, 0, "TENTATIVE", days[0]), (uid, 0, "TENTATIVE", days[2])], f"{language}: the ○ choices as entries")
    reply(second, "×○○×")
    mail = reply(second, word)
    stage.golden.mail(stage.center, "tentative-changed", mail)
    tap.equal((entries_of(stage, mail, "tentative.ics", "PUBLISH"), entries_of(stage, mail, "withdraw.ics", "CANCEL")),
              ([(uid, 0, "TENTATIVE", days[1]), (uid, 1, "TENTATIVE", days[2])], [(uid, 1, "CANCELLED", days[0])]),
              f"{language}: what is ○ no more is taken back")
    own = {address_of(mail): mail for mail in stage.command("decide", stage.code, "2")[1]}
    stage.golden.mail(stage.center, "decision-withdrawing", own[second.address])
    tap.equal(sorted(entries_of(stage, own[second.address], "withdraw.ics", "CANCEL")),
              [(uid, 1, "CANCELLED", days[1]), (uid, 2, "CANCELLED", days[2])], f"{language}: the decision takes all of it back")
    tap.equal([file.get_filename() for file in own[third.address].iter_attachments()], ["invite.ics"],
              f"{language}: but nothing of those who held nothing")
    mail = reply(second, word)
    tap.equal(list(mail.iter_attachments()), [], f"{language}: after the decision there is nothing to hold")


def called_off_by_mail(stage):
    tap, people, language = stage.tap, stage.people, stage.language
    stage.open(stage.words["short"])
    note = [letter.message for letter in stage.center.all_mails() if address_of(letter.message) == people.organiser.address][-1]
    mails = stage.center.take(people.organiser.reply(note, COMMANDS[language]["cancel"]))
    tap.equal((sorted(map(address_of, mails)), stage.center.show(stage.code)["state"]),
              (sorted([*(who.address for who in people.asked), *[people.organiser.address] * 2]), "cancelled"),
              f"{language}: an open poll is called off by mail, and everybody is told")


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
        rsvps(stage)
        anonymous_rsvps(stage)
        stage.move()
        decided_by_mail(stage)
        called_off_by_mail(stage)
        stage.move()
        tentative(stage)
        stage.golden.finish()
    tap.equal(*(sorted(os.listdir(os.path.join(GOLDEN, "calendar", language))) for language in ("ja", "en")),
              "both languages have the same golden files")
    tap.done()


if __name__ == "__main__":
    main()
