#!/usr/bin/python3
"""Every mail that a poll sends, in Japanese and in English, compared with the golden files in tests/golden. The center
speaks Japanese; the English-speaking are told by a circle file. KAIRAN_SANITIZE: yes"""
import os

from kairan_test import DOMAIN, Participant, Tap, encode_header
from poll_people import ENGLISH, JAPANESE, WORDS_EN, WORDS_JA
from poll_test import GOLDEN, LATE, POLL, Center, Golden, address_of, bounce_of


class Theatre:
    """The people of one language, what they write, and the golden files that their mails are compared with."""

    def __init__(self, tap, language, people, words):
        self.tap, self.language, self.people, self.words = tap, language, people, words
        self.golden = Golden(tap, language)

    def center(self, **circles):
        return Center(circles={"minna": self.people.circle(self.language), **circles})

    def open(self, center, text="short", people=None):
        return center.open(self.people.organiser, people or self.people.asked, self.words[text], self.words["subject"])

    def check(self, center, name, mails, recipient=None):
        """That one mail was sent (to the recipient), and that it reads as it should; gives that mail."""
        mails = [mail for mail in mails if recipient in (None, address_of(mail))]
        if self.tap.equal([str(mail["Subject"]) for mail in mails][1:], [], f"{self.language}/{name}: no second mail"):
            if self.tap.ok(mails, f"{self.language}/{name}: a mail"):
                self.golden.mail(center, name, mails[0])
        return mails[0]


def opening_goes_out(theatre):
    center, organiser, asked = theatre.center(), theatre.people.organiser, theatre.people.asked
    copies = ", ".join(f"{encode_header(who.name, 'utf-8')} <{who.address}>" for who in asked)
    mail = organiser.write(POLL, theatre.words["subject"], theatre.words["opening"], [("Cc", copies)])
    preview = theatre.check(center, "preview", center.take(mail))
    note = theatre.check(center, "organiser-note-not-understood",
                         center.take(organiser.reply(preview, theatre.words["chat"])))
    mails = center.take(organiser.reply(note, theatre.words["yes"]))
    theatre.check(center, "organiser-note-opened", mails, organiser.address)
    ballot = theatre.check(center, "ballot", mails, asked[0].address)
    theatre.check(center, "organiser-note-opened-already", center.take(organiser.reply(preview, theatre.words["yes"])))
    center.run("poll", "remind", center.codes()[0])
    center.run("post")
    theatre.check(center, "ballot-reminder", center.new_mails(), asked[1].address)
    answers_are_acknowledged(theatre, center, ballot)


def answers_are_acknowledged(theatre, center, ballot):
    who, others = theatre.people.asked[0], theatre.people.asked[1:]
    for name in ("plain", "changed", "withdrawn", "partial", "deferred"):
        theatre.check(center, f"ack-{name}", center.take(who.reply(ballot, theatre.words[name])), who.address)
    for person in others:
        copy = Participant(person.name, person.address)
        mail = center.take(copy.write(POLL, center.codes()[0], theatre.words["inferred"]))
        if person is others[0]:
            theatre.check(center, "ack-inferred", mail)
    mails = center.take(at=LATE)
    result = [mail for mail in mails if address_of(mail) == who.address][0]
    theatre.check(center, "ack-late", center.take(who.reply(ballot, theatre.words["plain"])))
    theatre.check(center, "late-word", center.take(who.reply(result, theatre.words["thanks"])),
                  theatre.people.organiser.address)


def unclear_answers_are_asked(theatre):
    center = theatre.center()
    ballots = theatre.open(center)
    first, second, third = theatre.people.asked
    ballot = ballots[first.address]
    theatre.check(center, "ask-unclear", center.take(first.reply(ballot, theatre.words["unclear"])))
    theatre.check(center, "ask-empty", center.take(first.reply(ballot, "")))
    theatre.check(center, "ask-bare-yes", center.take(first.reply(ballot, theatre.words["yes"])))
    theatre.check(center, "unclear-answer", center.take(first.reply(ballot, theatre.words["vague"])),
                  theatre.people.organiser.address)
    question = theatre.check(center, "ask-proposal",
                             center.take(second.reply(ballots[second.address], theatre.words["negative"])))
    theatre.check(center, "ack-confirmed", center.take(second.reply(question, theatre.words["yes"])))
    third_ballot = ballots[third.address]
    mails = center.take(theatre.people.other.reply(third_ballot, "○○×"))
    held = theatre.check(center, "held", mails, third.address)
    theatre.check(center, "held-sender", mails, theatre.people.other.address)
    theatre.check(center, "ack-held", center.take(third.reply(held, theatre.words["yes"])))


def requests_are_refused(theatre):
    center, people, words = theatre.center(), theatre.people, theatre.words
    mail = people.guest.write(POLL, words["subject"], words["short"], [("Cc", people.other.address)])
    theatre.check(center, "refusal-not-organiser", center.take(mail))
    theatre.check(center, "refusal-unknown-poll", center.take(people.asked[0].write(POLL, "a2b3", words["plain"])))
    theatre.check(center, "refusal-no-answer", center.take(people.other.write(f"kairan@{DOMAIN}", "?", "?")))
    theatre.open(center)
    code = center.codes()[0]
    theatre.check(center, "refusal-not-invited", center.take(people.other.write(POLL, code, "○○○")))
    theatre.open(center)
    theatre.check(center, "which-poll", center.take(people.asked[1].write(POLL, words["subject"], "○○○")))
    copies = [("Cc", people.asked[0].address)]
    [preview] = center.take(people.organiser.write(POLL, words["subject"], words["short"], copies))
    theatre.check(center, "organiser-note-cancelled", center.take(people.organiser.reply(preview, words["cancel"])))
    theatre.check(center, "organiser-note-closed-already", center.take(people.organiser.reply(preview, words["yes"])))
    theatre.check(center, "refusal-cancelled", center.take(people.asked[0].write(POLL, center.codes()[-1], "○○○")))


def openings_are_asked_back(theatre):
    crowd = "".join(f"p{number}@{DOMAIN}\n" for number in range(20001))
    center = theatre.center(kowareta="nobody in particular\n", ookii=crowd)
    words, short = theatre.words, theatre.words["short"]
    many = short + "".join(f"- 2026-02-{day:02} {hour}:00-{hour + 1}:00\n" for day in range(2, 11) for hour in range(10, 17))
    first_line = short.splitlines()[0] + "\n"
    without_deadline = short.replace(short.splitlines()[-2] + "\n", "")
    openings = {
        "no-choices": words["no_choices"], "too-many-choices": many, "unclear-date": words["unclear_date"] + short,
        "unclear-deadline": without_deadline + words["unclear_deadline"],
        "past-deadline": without_deadline + words["past_deadline"], "no-participants": None,
        "too-many-participants": short + words["too_many_participants"],
        "unknown-participant": short + words["unknown_participant"],
        "broken-circle": short + words["broken_circle"], "unclear-option": first_line + words["unclear_option"] + short,
        "anonymous": words["anonymous"] + short,
    }
    for name, text in openings.items():
        copies = ", ".join(f"{encode_header(who.name, 'utf-8')} <{who.address}>" for who in theatre.people.asked)
        text, fields = (text, [("Cc", copies)]) if text else (short.rsplit("\n", 2)[0] + "\n", ())
        mail = theatre.people.organiser.write(POLL, words["subject"], text, fields)
        theatre.check(center, f"unclear-opening-{name}", center.take(mail))


def results_tell_all(theatre):
    first, second, third = theatre.people.asked
    answers = {
        "complete": {first: "○○×", second: "◎×△", third: "○○○"}, "blocked": {first: "×○○", second: "○○○", third: "○△○"},
        "only-missing": {first: "○○○", second: "○×○"}, "undelivered": {first: "○○×"}, "empty": {},
    }
    for name, replies in answers.items():
        center = theatre.center()
        ballots = theatre.open(center)
        mails = center.take(*(who.reply(ballots[who.address], text) for who, text in replies.items()))
        if name == "undelivered":
            center.take(bounce_of(ballots[third.address], third.address))
        if name in ("only-missing", "undelivered", "empty"):
            mails = center.take(at=LATE)
        results = [mail for mail in mails if str(mail["Subject"]).startswith(("【結果】", "[Result]"))]
        theatre.check(center, f"result-{name}", results, second.address)


def trouble_is_reported(theatre):
    center = Center(f"[limits]\nletter_bytes = 1024\n[center]\nlanguage = {theatre.language}\n")
    with open(os.path.join(center.folder, "spool", "new", "1765000000.M1P1.mx"), "wb") as file:
        file.write(b"Subject: x\r\n\r\n" + b"x" * 1024)
    theatre.check(center, "set-aside", center.take(), f"root@{DOMAIN}")


def main():
    tap = Tap()
    theatres = [Theatre(tap, "ja", JAPANESE, WORDS_JA), Theatre(tap, "en", ENGLISH, WORDS_EN)]
    for theatre in theatres:
        opening_goes_out(theatre)
        unclear_answers_are_asked(theatre)
        requests_are_refused(theatre)
        openings_are_asked_back(theatre)
        results_tell_all(theatre)
        trouble_is_reported(theatre)
        theatre.golden.finish()
    tap.equal(*(sorted(theatre.golden.names) for theatre in theatres), "both languages have the same mails")
    tap.equal(*(sorted(os.listdir(os.path.join(GOLDEN, language))) for language in ("ja", "en")),
              "both languages have the same golden files")
    tap.done()


if __name__ == "__main__":
    main()
