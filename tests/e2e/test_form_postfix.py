#!/usr/bin/python3
"""Questionnaires through the real Postfix: eight questions from the opening to the result, in Japanese and English, every
mail as in tests/golden/form; and thirty people who sign up for ten places while two processes take their mail in."""
import os
import re
import subprocess
import threading

import kairan_test as kt
from kairan_test import DOMAIN, Participant, Postfix, Tap, encode_header, new_folder, text_of
from poll_people import ENGLISH, JAPANESE
from poll_test import OPENED, Center, Golden
from town import Town

SURVEY = f"survey@{DOMAIN}"
CLOSING = "2025-12-25T17:05:00+09:00"
RACERS = [Participant(f"参加 {n:02d}", f"racer{n:02d}@{DOMAIN}") for n in range(1, 31)]
PLACES = 10

FORMS = {
    "ja": {
        "people": JAPANESE, "yes": "はい", "subject": "年度末研修アンケート",
        "opening": "各位\n年度末の研修についてお聞かせください。\n\nQ1. 時期はいつがよいですか (1つ・必須)\n1) 1月\n2) 2月\n3) その他\n"
                   "Q2. 受けたい講座 (2つまで)\n・セキュリティ\n・バックアップ\n・ネットワーク\nQ3. 前回の満足度 (5段階)\n1) とても不満\n"
                   "2) 不満\n3) 普通\n4) 満足\n5) とても満足\nQ4. 参加人数 (数値、人、0-10)\nQ5. 会場の希望順 (順位)\na) 本館\nb) 別館\n"
                   "c) オンライン\nQ6. 懇親会 (出欠)\nQ7. 難易度 (1-3)\nQ8. ご意見 (自由記述)\n\n締切: 12/25(木) 17:00\n",
        "full": "Q1: 2\nQ2: 1と3\nQ3: 4 (満足)\nQ4: ３人です\nQ5: b > a > c\nQ6: 参加します\nQ7: 2\nQ8: 駅の近くでお願いします。\n"
                "二行目です。\n\nよろしくお願いします。",
        "partial": "問2 バックアップ / 問3 4くらい", "rest": "Q1: その他(3月)\nQ3: 3", "changed": "Q1: 1",
        "commands": "状況\n追加 1/22(木) 10:00\n締切 12/25(木) 17:03\n催促\n",
        "broken": "Q1. 時期は? (1つ)\n1) 春\n", "late": "Q1: 2", "withdrawn": "取り消します",
    },
    "en": {
        "people": ENGLISH, "yes": "yes", "subject": "Training survey",
        "opening": "Dear all,\nplease tell us about the training.\n\nQ1. When should it be? (one, required)\n1) January\n2) February\n"
                   "3) Other\nQ2. Which courses? (up to 2)\n- Security\n- Backup\n- Networking\nQ3. How was the last one? (scale 1-5)\n"
                   "1) very bad\n2) bad\n3) fair\n4) good\n5) very good\nQ4. How many of you? (number, people, 0-10)\n"
                   "Q5. Where? (ranking)\na) Main hall\nb) Annexe\nc) Online\nQ6. Dinner (attendance)\nQ7. Difficulty (1-3)\n"
                   "Q8. Anything else? (text)\n\nDeadline: Thu 25 Dec 17:00\n",
        "full": "Q1: 2\nQ2: 1 and 3\nQ3: 4 (good)\nQ4: 3 people\nQ5: b > a > c\nQ6: I will come\nQ7: 2\n"
                "Q8: Please hold it near the station.\nA second line.\n\nBest regards",
        "partial": "Q2 Backup\nQ3 about 4", "rest": "Q1: Other (March)\nQ3: 3", "changed": "Q1: 1",
        "commands": "status\nadd Thu 22 Jan 10:00\ndeadline Thu 25 Dec 17:03\nremind\n",
        "broken": "Q1. When? (one)\n1) Spring\n", "late": "Q1: 2", "withdrawn": "I withdraw my answer",
    },
}


def copies(people):
    return [("Cc", ", ".join(f"{encode_header(who.name, 'utf-8')} <{who.address}>" for who in people))]


class Play:
    """One questionnaire in one language; every mail is compared with its golden file."""

    def __init__(self, tap, town, language):
        self.tap, self.town, self.language = tap, town, language
        self.words = FORMS[language]
        self.organiser, self.asked = self.words["people"].organiser, self.words["people"].asked
        self.golden = Golden(tap, language, "form")

    def one(self, who, name):
        """The only new mail of somebody, as the golden file has it."""
        mails = self.town.new(who)
        if not self.tap.equal(len(mails), 1, f"{self.language}: {name}: one mail"):
            return mails[0] if mails else None
        self.golden.mail(self.town.center, name, mails[0])
        return mails[0]

    def say(self, who, mail, text, name, style="gmail-ja"):
        self.town.send(who.reply(mail, text, style))
        return self.one(who, name)

    def run(self):
        words, town, (first, second, third) = self.words, self.town, self.asked
        town.center.now = OPENED
        town.send(self.organiser.write(SURVEY, words["subject"], words["broken"], copies(self.asked)))
        self.one(self.organiser, "unclear-opening")
        town.send(self.organiser.write(SURVEY, words["subject"], words["opening"], copies(self.asked)))
        preview = self.one(self.organiser, "preview")
        opened = self.say(self.organiser, preview, words["yes"], "opened")
        ballot = {who: self.one(who, "ballot") if who == first else town.new(who)[0] for who in self.asked}
        self.say(first, ballot[first], words["full"], "ack")
        self.say(second, ballot[second], words["partial"], "ask", "outlook-ja")
        self.say(second, ballot[second], words["rest"], "ack-partial")
        acknowledged = self.say(first, ballot[first], words["changed"], "ack-changed")
        self.say(third, ballot[third], words["withdrawn"], "ack-withdrawn")
        self.say(self.organiser, opened, words["commands"], "transcript")
        self.tap.equal(len(town.new(third)), 2, f"{self.language}: who has not answered hears of the deadline, and is reminded")
        town.new(first), town.new(second)
        town.center.now = CLOSING
        town.settle()
        self.one(first, "result")
        self.tap.equal([len(town.new(who)) for who in (second, third, self.organiser)], [1, 1, 1],
                       f"{self.language}: everybody gets the result")
        self.say(first, acknowledged, words["late"], "ack-late")
        self.golden.finish()


def open_places(town, capacity):
    town.center.now = OPENED
    text = f"避難訓練の見学です。\n\n・1月20日(火) 10:00〜 見学 (定員{capacity}名)\n・1月21日(水) 10:00〜 見学 (定員{capacity}名)\n締切: 12/25(木) 17:00\n"
    organiser = JAPANESE.organiser
    town.send(organiser.write(SURVEY, "見学の申し込み", text, copies(RACERS)))
    [preview] = town.new(organiser)
    town.send(organiser.reply(preview, "はい"))
    town.new(organiser)
    return {who: town.new(who)[0] for who in RACERS}


def senders_in_order(town):
    """Who wrote, in the order in which the hook took the letters: the names in the archive begin with its time."""
    names = {}
    for folder, _, files in os.walk(os.path.join(town.center.folder, "archive")):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                found = re.search(rb"(?mi)^From: .*(racer\d\d)@", file.read())
            if found:
                names[name] = found[1].decode()
    return [names[name] for name in sorted(names)]


def seats(town):
    """(who has a place, who waits) for the first choice, in order."""
    question = town.center.show()["questions"][0]["seats"][0]
    number = {who.name: who.address.split("@")[0] for who in RACERS}
    return tuple([number[name] for name in re.split("[、,] ?", question[part] or "") if name] for part in ("names", "waiting"))


def places_go_by_time(tap, town):
    ballots = open_places(town, PLACES)
    tap.contains(text_of(ballots[RACERS[0]]), f"(残り{PLACES}/定員{PLACES})", "the ballot tells the places that are left")
    replies = [who.reply(ballots[who], "1") for who in RACERS]
    halves = [threading.Thread(target=lambda part=part: [town.postfix.send(mail) for mail in part])
              for part in (replies[0::2], replies[1::2])]
    for half in halves:
        half.start()
    for half in halves:
        half.join()
    town.postfix.wait_until_empty()
    command = [kt.program("kairan"), "process", "-C", town.center.folder]
    environment = {**os.environ, "KAIRAN_NOW": town.center.now}
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(2)]
    statuses = sorted(process.wait() for process in both)
    tap.ok(statuses in ([0, 0], [0, 75]), "two processes at once: both end well, or one is told to come later", statuses)
    town.settle()
    order = senders_in_order(town)
    tap.equal(seats(town), (order[:PLACES], order[PLACES:]), "ten have a place and twenty wait, by the time of their letters")
    mails = {who.address.split("@")[0]: town.new(who) for who in RACERS}
    tap.equal({len(found) for found in mails.values()}, {1}, "everybody hears once")
    tap.contains(text_of(mails[order[0]][0]), "お席を確保しました", "the first has a place")
    tap.contains(text_of(mails[order[PLACES]][0]), "キャンセル待ちの1番目", "the eleventh is the first who waits")
    by_name = {who.address.split("@")[0]: who for who in RACERS}
    leaver = by_name[order[2]]
    town.send(leaver.reply(ballots[leaver], "取り消します"))
    tap.equal(seats(town), (order[:2] + order[3:PLACES + 1], order[PLACES + 1:]), "the first who waits moves up")
    told = {name: town.new(who) for name, who in by_name.items()}
    tap.equal(sorted(name for name, found in told.items() if found), sorted([order[2], order[PLACES]]),
              "who left and who moved up hear of it, nobody else")
    tap.contains(text_of(told[order[PLACES]][0]), "空きが出たため繰り上がり、お席を確保しました", "in words")
    mover = by_name[order[0]]
    town.send(mover.reply(ballots[mover], "2"))
    tap.equal((seats(town)[0][:2], len(seats(town)[0])), ([order[1], order[3]], PLACES),
              "another choice gives the place back")


def main():
    tap = Tap()
    folder = new_folder()
    circles = {"staff": JAPANESE.circle("ja")}
    center = Center(transport="smtp://127.0.0.1:1", parent=folder, circles=circles)
    os.chmod(center.folder, 0o755)
    locals_of = [who.address.split("@")[0] for who in (JAPANESE.organiser, *JAPANESE.asked, *RACERS)]
    postfix = Postfix(locals_of, spool=os.path.join(center.folder, "spool"))
    postfix.start()
    town = Town(center, postfix)
    town.use(f"smtp://127.0.0.1:{postfix.port}")
    Play(tap, town, "ja").run()
    places_go_by_time(tap, town)
    tap.equal((center.spooled(), center.spooled("failed")), ([], []), "nothing is left in the spool")
    postfix.stop()
    folder = new_folder()
    center = Center(transport="smtp://127.0.0.1:1", parent=folder, circles={"staff": ENGLISH.circle("en")})
    os.chmod(center.folder, 0o755)
    postfix = Postfix(locals_of[:4], spool=os.path.join(center.folder, "spool"))
    postfix.start()
    town = Town(center, postfix)
    town.use(f"smtp://127.0.0.1:{postfix.port}")
    Play(tap, town, "en").run()
    postfix.stop()
    tap.done()


if __name__ == "__main__":
    main()
