#!/usr/bin/python3
"""What organisers are warned of before a poll starts: holidays, closed days, hours, overlaps; and the words and days that
an administrator adds. KAIRAN_SANITIZE: yes"""
import json
import os
import subprocess

import kairan_test as kt
from kairan_test import Tap, text_of
from poll_people import ENGLISH, JAPANESE
from poll_test import POLL, Center

DAYS = """\
1/12(月) 10:00-12:00
12/30(火) 10:00-12:00
1/15(木) 13:00-15:00
1/15(木) 14:00-16:00
1/17(土) 13:00-15:00
1/22(木) 19:00-20:00
"""


def preview(center, who, text):
    mails = center.take(who.write(POLL, "定例会", text, [("Cc", f"sato@{kt.DOMAIN}")]))
    return text_of(mails[-1])


def line_of(text, number):
    return next(line for line in text.splitlines() if line.startswith(f"〔{number}〕"))


def previews_warn(tap):
    said = preview(Center(), JAPANESE.organiser, DAYS)
    for number, end in ((1, "← 祝日(成人の日)"), (2, "← 休業期間"), (3, "13:00-15:00"), (4, "← 〔3〕と重なります"), (5, "← 土日"),
                        (6, "← 勤務時間外")):
        tap.ok(line_of(said, number).endswith(end), f"choice {number} ends with {end}", line_of(said, number))
    center = Center("[center]\nlanguage = en\n")
    said = preview(center, ENGLISH.organiser, "Mon 12 Jan 10:00-12:00\nTue 30 Dec 10:00-11:00\nThu 15 Jan 13:00-15:00\nThu 15 Jan 14:00-16:00\n")
    tap.contains(line_of(said, 1), "a holiday (Coming of Age Day)", "a holiday in English")
    tap.contains(line_of(said, 2), "the house is closed", "a closed day in English")
    tap.contains(line_of(said, 4), "overlaps with 〔3〕", "an overlap in English")


def openings_say_what_is_wrong(tap):
    for text, part in (("1/15(金) 13:00-15:00", "曜日が日付と合わない"), ("2025/12/15(月) 13:00-15:00", "過ぎた日時です"),
                       ("1/15 朝イチ", "時刻が決まりません"), ("1/15〜1/17", "1件の期間か")):
        tap.contains(preview(Center(), JAPANESE.organiser, text), part, f"{text}: {part}")


def administrators_add(tap):
    center = Center("[days]\nperiods = 夕方 16:00-18:00, 6限 18:10-19:40\nclosures = 1/15\nworking_hours =\n")
    with open(os.path.join(center.folder, "holidays"), "w", encoding="utf-8") as file:
        file.write("# 本学の休日\n2026-01-20 創立記念日\n2026-01-12 off\n")
    said = preview(center, JAPANESE.organiser, "1/15(木) 夕方\n1/20(火) 6限\n1/12(月) 10:00-12:00\n12/30(火) 10:00-11:00\n")
    tap.ok(line_of(said, 1).endswith("16:00-18:00  ← 休業期間"), "a word and a closed day of the center", line_of(said, 1))
    tap.ok(line_of(said, 2).endswith("18:10-19:40  ← 祝日(創立記念日)"), "a lesson and a holiday of the center", line_of(said, 2))
    tap.ok(line_of(said, 3).endswith("12:00"), "a holiday of the law that is none here", line_of(said, 3))
    tap.ok(line_of(said, 4).endswith("11:00"), "no other closed days", line_of(said, 4))
    dates = subprocess.run([kt.program("kairan"), "dates", "-C", center.folder, "--now", "2025-12-18T10:00"], input="1/15 夕方",
                           capture_output=True, text=True)
    [date] = json.loads(dates.stdout)["dates"]
    tap.equal((date["start"], date["end"], date["warnings"]), ("2026-01-15T16:00", "2026-01-15T18:00", ["closure"]),
              "kairan dates knows them")
    question = {"kind": "dates", "now": "2025-12-18T10:00", "choices": [
        {"n": 1, "start": "2026-01-20T10:30", "end": "2026-01-20T12:00"}, {"n": 2, "start": "2026-01-20T18:10", "end": "2026-01-20T19:40"}]}
    with open(os.path.join(center.folder, "question"), "w", encoding="utf-8") as file:
        json.dump(question, file)
    answer = subprocess.run([kt.program("kairan"), "answer", "-C", center.folder, "--poll", file.name], input="6限はOK、2限は無理です",
                            capture_output=True, text=True)
    tap.equal(json.loads(answer.stdout)["marks"], ["no", "yes"], "kairan answer knows its lessons")
    tap.contains(kt.run([kt.program("kairan"), "config", "-C", center.folder]).stdout.decode(), "\nperiods = 夕方 16:00-18:00", "kairan config")


def mistakes_are_named(tap):
    center = Center("[days]\nperiods = 夕方\n")
    done = kt.run([kt.program("kairan"), "config", "-C", center.folder])
    tap.equal(done.returncode, 1, "a bad table is refused")
    tap.contains(done.stderr.decode(), "\"夕方\" in periods", "and named")


def main():
    tap = Tap()
    previews_warn(tap)
    openings_say_what_is_wrong(tap)
    administrators_add(tap)
    mistakes_are_named(tap)
    tap.done()


if __name__ == "__main__":
    main()
