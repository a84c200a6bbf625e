#!/usr/bin/python3
"""Every mail that a poll sends of itself as time goes by, in Japanese and in English, compared with the golden files in
tests/golden/time. The center speaks Japanese; the English-speaking are told by a circle file."""
import kairan_test as kt
from kairan_test import Tap
from poll_people import ENGLISH, JAPANESE
from poll_test import DATES_EN, DATES_JA, OPENED, Center, Golden, address_of, bounce_of

WORDS_JA = {
    "subject": "1月定例会の日程調整", "opening": f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n",
    "required": "必須: 佐藤\n", "promise": "12/22(月)に回答します", "answer": "○×△", "no": "×××", "reopen": "再開 12/25 17:00",
    "withdraw": "取り消します", "all": "○○○", "options": "上限: 2    結果: 公開\n定足数: 2名\n",
}
WORDS_EN = {
    "subject": "January meeting", "opening": f"Dates:\n{DATES_EN}Deadline: Thu 25 Dec 17:00\n",
    "required": "Required: Alice\n", "promise": "I will answer on Mon 22 Dec", "answer": "ox?", "no": "xxx",
    "reopen": "reopen 25 Dec 17:00", "withdraw": "I withdraw my answer",
    "all": "ooo", "options": "Limit: 2    Results: open\nQuorum: 2\n",
}


class Stage:
    """One language: its people, what they write, and the golden files of their mails."""

    def __init__(self, tap, language, people, words):
        self.tap, self.people, self.words = tap, people, words
        self.language = language
        self.golden = Golden(tap, language, "time")

    def open(self, further=""):
        """A center with one open poll, and its ballots."""
        center = Center(circles={"minna": self.people.circle(self.language)}, now=OPENED)
        return center, center.open(self.people.organiser, self.people.asked, self.words["opening"] + further,
                                   self.words["subject"])

    def check(self, center, name, mails, person):
        """That exactly one of the mails goes to a person, and reads as it should; gives it."""
        mails = [mail for mail in mails if address_of(mail) == person.address]
        if self.tap.equal(len(mails), 1, f"{self.language}/{name}: one mail"):
            self.golden.mail(center, name, mails[0])
        return mails[0]


def what_is_told_at_once(stage):
    organiser, [first, second, third] = stage.people.organiser, stage.people.asked
    center, ballots = stage.open(stage.words["required"])
    stage.check(center, "ack-promise", center.take(second.reply(ballots[second.address], stage.words["promise"])), second)
    mails = center.take(first.reply(ballots[first.address], stage.words["answer"]))
    stage.check(center, "news-cannot", mails, organiser)
    mails = center.take(first.reply(ballots[first.address], stage.words["no"]),
                        bounce_of(ballots[third.address], third.address))
    stage.check(center, "news-undelivered-cannot", mails, organiser)
    mails = center.take(second.reply(ballots[second.address], stage.words["answer"]))
    result = [mail for mail in mails if address_of(mail) == organiser.address][0]
    center.take(organiser.reply(result, stage.words["reopen"]))
    center.take(second.reply(ballots[second.address], stage.words["withdraw"]))
    mails = center.take(second.reply(ballots[second.address], stage.words["answer"]))
    stage.check(center, "news-complete", mails, organiser)


def what_is_told_daily(stage):
    organiser, [first, second, third] = stage.people.organiser, stage.people.asked
    center, ballots = stage.open()
    center.take(first.reply(ballots[first.address], stage.words["answer"]))
    center.take(second.reply(ballots[second.address], stage.words["promise"]), bounce_of(ballots[third.address], third.address))
    center.now = "2025-12-19T08:00:00+09:00"
    center.run("nightly", "reminders")
    center.run("post")
    stage.check(center, "interim", center.new_mails(), organiser)


def what_options_say(stage):
    organiser, [first, second, third] = stage.people.organiser, stage.people.asked
    center, ballots = stage.open(stage.words["options"])
    stage.check(center, "ballot-options", [ballots[first.address]], first)
    stage.check(center, "ask-limit", center.take(first.reply(ballots[first.address], stage.words["all"])), first)
    mails = center.take(first.reply(ballots[first.address], stage.words["answer"]),
                        second.reply(ballots[second.address], stage.words["answer"]))
    stage.check(center, "news-quorum", mails, organiser)
    stage.check(center, "standing", center.take(third.reply(ballots[third.address], "status")), third)


def main():
    tap = Tap()
    for language, people, words in (("ja", JAPANESE, WORDS_JA), ("en", ENGLISH, WORDS_EN)):
        stage = Stage(tap, language, people, words)
        what_is_told_at_once(stage)
        what_is_told_daily(stage)
        what_options_say(stage)
        stage.golden.finish()
    tap.done()


if __name__ == "__main__":
    main()
