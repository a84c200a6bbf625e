#!/usr/bin/python3
"""kairan answer: what a reply means, as JSON, from a text and from a whole mail. KAIRAN_SANITIZE: yes"""
import json
import os

import kairan_test as kt

SLOTS = ((15, 13, 15), (16, 10, 12), (19, 13, 15), (20, 10, 12), (20, 15, 17))
POLL = {"kind": "dates", "now": "2025-12-18T10:00",
        "choices": [{"n": n, "start": f"2026-01-{day}T{start}:00", "end": f"2026-01-{day}T{end}:00"}
                    for n, (day, start, end) in enumerate(SLOTS, 1)]}
BALLOT = "〔1〕 1月15日(木) 13:00-15:00   [    ]\n〔2〕 1月16日(金) 10:00-12:00   [    ]\n"
NOTHING = [None] * 5


def kairan(*arguments, text=""):
    done = kt.run([kt.program("kairan"), "answer", *arguments], input=text if isinstance(text, bytes) else text.encode(),
                  env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def write(poll):
    path = os.path.join(kt.new_folder(), "poll.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(poll if isinstance(poll, str) else json.dumps(poll))
    return path


def read(poll, text):
    status, printed, said = kairan("--poll", write(poll), text=text)
    return json.loads(printed) if status == 0 else {"said": said}


def mail(text, subject="Re: 1", **fields):
    head = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    return (f"From: sato@example.org\nTo: poll@example.org\nSubject: {kt.encode_header(subject, 'utf-8')}\n{head}"
            f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}")


def texts_are_read(tap):
    found = read(POLL, "第1希望 19日、第2希望 15日")
    tap.equal(sorted(found), sorted(["verdict", "marks", "inferred", "notes", "evidence", "preference", "proposal",
                                     "comment", "unclear"]), "all that is told")
    tap.equal((found["verdict"], found["marks"], found["inferred"], found["preference"]),
              ("inferred", ["yes", None, "best", None, None], [1, 3], [3, 1]), "wishes in their order")
    found = read(POLL, "16日は11時までなら可。会場はどちらですか？")
    tap.equal((found["verdict"], found["marks"][1], found["notes"]), ("ok", "maybe", {"2": "11時まで"}), "a note")
    tap.equal((found["evidence"], found["comment"]), ({"2": "16日は11時までなら可"}, "会場はどちらですか？"),
              "the words it was read from, and the rest")
    found = read(POLL, "2は無理です")
    tap.equal((found["verdict"], found["marks"], found["proposal"]),
              ("ask", [None, "no", None, None, None], ["yes", "no", "yes", "yes", "yes"]), "what a bare yes would confirm")
    found = read(POLL, "大丈夫じゃないです")
    tap.equal((found["verdict"], found["marks"], found["unclear"]), ("ask", NOTHING, ["大丈夫じゃないです"]), "what is unclear")
    for text, verdict in (("", "none"), ("取り消します", "withdraw"), ("後日回答します", "defer"), ("はい", "ask"),
                          ("了解です", "ask")):
        found = read(POLL, text)
        tap.equal((found["verdict"], found["marks"]), (verdict, NOTHING), f"{text!r}: {verdict}")
    quoted = "> 〔1〕 1月15日(木) 13:00-15:00   [ ○ ]\n> 〔2〕 1月16日(金) 10:00-12:00   [    ]\n"
    tap.equal(read({**POLL, "ballot": BALLOT}, quoted)["marks"], ["yes", None, None, None, None], "a mark in the ballot")


def mails_are_read(tap):
    tap.equal(read(POLL, mail("○×△○○\n\n> 全部OK\n-- \n佐藤 1 2 3\n"))["marks"], ["yes", "no", "maybe", "yes", "yes"],
              "a mail: without quotes and signature")
    found = read(POLL, mail("", "○×○○○ Re: 【日程調整】定例会"))
    tap.equal((found["verdict"], found["inferred"]), ("inferred", [1, 2, 3, 4, 5]), "an answer in the subject is inferred")
    tap.equal(read(POLL, mail("", "Re: 【日程調整】定例会 ○×○○○"))["verdict"], "none", "what we wrote in the subject is none")
    tap.equal(read(POLL, mail("全部○\n", Auto_Submitted="auto-replied"))["verdict"], "none", "a machine answers nothing")
    single = {**POLL, "choices": POLL["choices"][:1]}
    for subject, mark in (("○: 【日程調整】定例会", "yes"), ("×: 定例会", "no"), ("承諾: 定例会", "yes"), ("Declined: Meeting", "no"),
                          ("仮承諾: 定例会", "maybe"), ("Accepted: Meeting", "yes"), ("辞退：定例会", "no")):
        found = read(single, mail("", subject))
        tap.equal((found["verdict"], found["marks"]), ("inferred", [mark]), f"{subject}: {mark}")
    tap.equal(read(POLL, mail("", "承諾: 定例会"))["verdict"], "none", "an acceptance of one of five dates is none")


def questions_are_read(tap):
    choices = [{"label": "春"}, {"label": "夏"}, {"label": "その他"}]
    found = read({"kind": "single", "choices": choices}, mail("3 (梅雨の前)\n\nよろしくお願いします。\n"))
    tap.equal((found["verdict"], found["marks"], found["chosen"], found["text"]), ("ok", [None, None, "yes"], [3], "梅雨の前"),
              "one of several, with words of one's own")
    tap.equal(read({"kind": "multiple", "choices": choices}, "1と2")["chosen"], [1, 2], "several")
    found = read({"kind": "scale", "low": 1, "high": 5}, "4くらい")
    tap.equal((found["verdict"], found["number"], found["unclear"]), ("ask", None, ["4くらい"]), "nearly a step is none")
    tap.equal(read({"kind": "number", "unit": "人"}, "３名です")["number"], 3, "a number")
    tap.equal(read({"kind": "ranking", "choices": choices[:2]}, "夏 > 春")["chosen"], [2, 1], "a ranking")
    tap.equal(read({"kind": "text"}, "特になし")["blank"], True, "nothing to say is an answer")
    form = {"kind": "questionnaire", "questions": [{"kind": "single", "choices": choices, "mandatory": True},
                                              {"kind": "scale", "mandatory": True}]}
    found = read(form, "Q2: 4")
    tap.equal((found["verdict"], [(one["verdict"], one["missing"]) for one in found["answers"]]),
              ("ask", [("none", True), ("ok", False)]), "what is mandatory and left out is asked for")


def polls_are_checked(tap):
    for name, poll in (("no JSON", "{"), ("no kind", {**POLL, "kind": "dance"}), ("no choices", {**POLL, "choices": []}),
                       ("a list", [POLL]), ("a wrong time", {**POLL, "now": "noon"}),
                       ("a choice twice", {**POLL, "choices": [{"n": 1, "start": "2026-01-15"}] * 2}),
                       ("a choice without a date", {**POLL, "choices": [{"n": 1, "label": "赤"}]}),
                       ("no choices to choose from", {"kind": "single"}), ("no questions", {"kind": "questionnaire", "questions": []}),
                       ("a scale upside down", {"kind": "scale", "low": 5, "high": 1}),
                       ("too many choices", {**POLL, "choices": [{"start": "2026-01-15"}] * 61})):
        status, printed, said = kairan("--poll", write(poll), text="○")
        tap.ok(status == 1 and not printed and len(said.splitlines()) == 1, f"{name}: refused", f"{status} {said}")
    found = read({"kind": "dates", "now": "2025-12-18", "choices": [{"label": "1/15(木) 13:00-15:00"}, {"label": "1/16(金)"}]},
                 "15日○、16日×")
    tap.equal(found.get("marks"), ["yes", "no"], "a label tells the date as well")
    path = write(POLL)
    for words, status in (((), 2), (("--poll",), 2), (("--poll", path, "a", "b"), 2), (("--poll", "/nonexistent"), 1),
                          (("--poll", path, "/nonexistent"), 1)):
        tap.equal(kairan(*words, text="○")[0], status, f"kairan answer {' '.join(words[:1])} …: {status}")
    tap.equal(kairan("--poll", path, text=b"\xff\xfe")[0], 1, "no text: refused")


def main():
    tap = kt.Tap()
    for check in (texts_are_read, mails_are_read, questions_are_read, polls_are_checked):
        check(tap)
    tap.done()


if __name__ == "__main__":
    main()
