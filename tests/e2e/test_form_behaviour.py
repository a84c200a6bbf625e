#!/usr/bin/python3
"""Questionnaires, without an MTA: who may answer for whom, what a quoted acknowledgement does not say, what is asked back
and when the organiser hears of it, and who moves up when somebody is removed. KAIRAN_SANITIZE: yes"""
import csv
import io
import re

import kairan_test as kt
from kairan_test import DOMAIN, Participant, Tap, text_of
from poll_people import JAPANESE
from poll_test import Center, address_of

SURVEY = f"survey@{DOMAIN}"
TEXT = """\
Q1. 時期は? (1つ・必須)
1) 春
2) 夏
Q2. 講座は? (いくつでも)
1) 防災
2) 監査
締切: 12/25(木) 17:00
"""
PLACES = "・1/20 見学 (定員1)\n・1/21 見学 (定員1)\n締切: 12/25(木) 17:00\n"
ORGANISER, (FIRST, SECOND, THIRD) = JAPANESE.organiser, JAPANESE.asked


def open_form(text=TEXT, settings=""):
    center = Center(settings, circles={"staff": JAPANESE.circle("ja")})
    fields = [("Cc", ", ".join(f"{kt.encode_header(who.name, 'utf-8')} <{who.address}>" for who in JAPANESE.asked))]
    [preview] = center.take(ORGANISER.write(SURVEY, "研修", text, fields))
    mails = {address_of(mail): mail for mail in center.take(ORGANISER.reply(preview, "はい"))}
    return center, mails


def said(center, question=0):
    """{label: count} of one question as it stands."""
    return {line["label"]: line["count"] for line in center.show()["questions"][question]["lines"]}


def others_are_held(tap):
    center, ballots = open_form()
    private = Participant("佐藤(自宅)", "hanako@home.example")
    mails = center.take(private.reply(ballots[FIRST.address], "Q1: 2\nQ2: 1と2"))
    tap.equal(sorted(address_of(mail) for mail in mails), sorted([FIRST.address, private.address]),
              "an answer from another address: the invited person is asked, the sender told")
    tap.equal((said(center), said(center, 1)), ({"春": 0, "夏": 0}, {"防災": 0, "監査": 0}), "nothing is recorded yet")
    held = next(mail for mail in mails if address_of(mail) == FIRST.address)
    [ack] = center.take(FIRST.reply(held, "はい"))
    tap.contains(text_of(ack), "防災、監査", "the acknowledgement tells what was confirmed")
    tap.equal((said(center), said(center, 1)), ({"春": 0, "夏": 1}, {"防災": 1, "監査": 1}), "a yes makes it count")
    [again] = center.take(FIRST.reply(held, "はい"))
    tap.contains(str(again["Subject"]), "確認のお願い", "the same yes once more confirms nothing")


def quotes_are_no_answers(tap):
    center, ballots = open_form()
    [ack] = center.take(FIRST.reply(ballots[FIRST.address], "Q1: 2\nQ2: 1"))
    center.take(FIRST.reply(ballots[FIRST.address], "Q1: 1"))
    for style in ("gmail-ja", "outlook-ja"):
        center.take(FIRST.reply(ack, "Q2: 2", style))
        tap.equal((said(center), said(center, 1)), ({"春": 1, "夏": 0}, {"防災": 0, "監査": 1}),
                  f"{style}: what an acknowledgement quotes is no answer of today")
    [ask] = center.take(SECOND.reply(ballots[SECOND.address], "", "outlook-ja"))
    tap.contains(str(ask["Subject"]), "確認のお願い", "nothing but the ballot: asked")


def few_questions_back(tap):
    center, ballots = open_form(settings="[limits]\nasks_a_poll = 1\n")
    [ask] = center.take(FIRST.reply(ballots[FIRST.address], "Q1: 1か2\nQ2: 1"))
    tap.contains(text_of(ask), "「1か2」を一つの答えに決められませんでした", "what is unclear is asked back in words")
    tap.equal((said(center), said(center, 1)), ({"春": 0, "夏": 0}, {"防災": 1, "監査": 0}), "what is clear is recorded")
    [note] = center.take(FIRST.reply(ask, "Q1: どちらでも"))
    tap.equal(address_of(note), ORGANISER.address, "after that the organiser hears of it, and the person is left alone")


def places_move_up(tap):
    center, ballots = open_form(PLACES)
    center.take(FIRST.reply(ballots[FIRST.address], "1"))
    [second] = center.take(SECOND.reply(ballots[SECOND.address], "1"))
    tap.contains(text_of(second), "キャンセル待ちの1番目", "the second waits")
    mails = center.take(ORGANISER.reply(ballots[ORGANISER.address], f"除外 {FIRST.address}"))
    tap.equal(sorted(address_of(mail) for mail in mails),
              sorted([FIRST.address, SECOND.address, ORGANISER.address]), "one is removed: each whom it concerns hears once")
    tap.equal(center.show()["questions"][0]["seats"][0]["names"], SECOND.name, "who waited has the place")
    mails = center.take(ORGANISER.reply(ballots[ORGANISER.address], f"招待 ito@{DOMAIN}\n状況"))
    late = next(mail for mail in mails if address_of(mail) == f"ito@{DOMAIN}")
    tap.contains(text_of(late), "(残り0・キャンセル待ち/定員1)", "a ballot of now tells that nothing is left")
    tap.contains(text_of(late), "(残り1/定員1)", "and where a place is")


def results_are_handed_out(tap):
    center, ballots = open_form()
    center.take(FIRST.reply(ballots[FIRST.address], "Q1: 2\nQ2: 1と2"))
    code = center.codes()[-1]
    rows = center.json("poll", "export", code)["rows"]
    tap.equal(rows[0]["cells"][0], "夏", "exported: what each person answered, in words")
    tap.contains(center.run("poll", "show", code).stdout.decode(), "夏", "shown at the terminal")
    anonymous, ballots = open_form("匿名: はい\n" + TEXT + "Q3. ご意見 (自由記述)\n")
    [ack] = anonymous.take(FIRST.reply(ballots[FIRST.address], "Q1: 2\nQ3: 静かな部屋がよいです。"))
    tap.contains(text_of(ack), "受付番号", "an anonymous one: a receipt in the acknowledgement")
    results = anonymous.take(at="2025-12-25T17:05:00+09:00")
    result = text_of(results[0])
    tap.contains(result, "静かな部屋がよいです。", "the words are in the result")
    tap.ok(FIRST.name not in result, "and the name is not", result)
    mails = anonymous.take(FIRST.reply(next(mail for mail in results if address_of(mail) == FIRST.address), "承知しました。"))
    tap.equal(list(map(address_of, mails)), [], "nor is it told who writes after the close")


WHOLE = """\
Q1. 時期は? (1つ・必須): 春 / 夏
Q2. 講座は? (いくつでも): 防災 / その他
Q3. 人数は? (数値 人)
Q4. 満足度は? (5段階)
Q5. 会場の希望は? (順位): 甲館 / 乙館 / 丙館
Q6. ご意見 (自由記述)
締切: 12/25(木) 17:00
"""


def cells_of(mail):
    """The rows of the CSV file that a mail brings."""
    [file] = mail.iter_attachments()
    data = file.get_payload(decode=True)
    assert data.startswith(b"\xef\xbb\xbf") and file.get_content_type() == "text/csv"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def letters_of_one_run_are_alike(tap):
    center, mails = open_form(WHOLE)
    acks = center.take(*(who.reply(mails[who.address], f"Q1: 春\nQ3: {number}人\nQ4: 4")
                         for number, who in enumerate(JAPANESE.asked, 2)))
    tap.equal([f"{number}人" in text_of(mail) for number, mail in enumerate(acks[:3], 2)], [True] * 3,
              "of several answers in one run each is acknowledged with its unit")


def answers_come_as_csv(tap):
    center, mails = open_form(WHOLE)
    center.take(FIRST.reply(mails[FIRST.address], "Q1: 夏(8月は除く)\nQ2: 1、その他(夜間)\nQ3: 3人\nQ4: 4\nQ5: 3 > 1 > 2\n"
                                                  "Q6: =HYPERLINK(\"http://example.com\")です。\n二行目, です。"),
                SECOND.reply(mails[SECOND.address], "Q1: 春\nQ5: 丙館 > 乙館 > 甲館"))
    [mail] = center.take(ORGANISER.reply(mails[ORGANISER.address], "CSV"))
    rows = cells_of(mail)
    tap.equal(rows[0], ["氏名", "Q1. 時期は?", "Q1. ひとこと", "Q2. 講座は?", "Q3. 人数は? (人)", "Q4. 満足度は?", "Q5. 会場の希望は?", "Q6. ご意見", "状況",
                        "ひとこと", "アドレス"], "a questionnaire as a file: a column a question, one for remarks where there are any")
    tap.equal(rows[1], [FIRST.name, "夏", "(8月は除く)", "防災、その他(夜間)", "3", "4", "丙館 > 甲館 > 乙館",
                        "'=HYPERLINK(\"http://example.com\")です。\n二行目, です。", "回答済み", "", FIRST.address],
              "numbers without their unit, several lines in one field, and no formula")
    tap.equal([row[1] for row in rows[1:]], ["夏", "春", ""], "one line a person")
    shown = center.run("poll", "export", center.codes()[-1]).stdout
    tap.ok(shown.startswith(b"\xef\xbb\xbf") and b"HYPERLINK" in shown, "the terminal gives the same")
    text = text_of(center.take(ORGANISER.reply(mails[ORGANISER.address], "状況"))[0])
    tap.ok(re.search(r"丙館 +2名 100% 平均1\.0位 ■+\n  甲館 +0名 0% 平均2\.5位\n  乙館 +0名 0% 平均2\.5位", text), "a ranking, best first", text)
    places, mails = open_form(PLACES)
    places.take(FIRST.reply(mails[FIRST.address], "1"))
    places.take(SECOND.reply(mails[SECOND.address], "1"))
    [mail] = places.take(ORGANISER.reply(mails[ORGANISER.address], "CSV"))
    tap.equal([row[1] for row in cells_of(mail)[1:]], ["1/20 見学", "1/20 見学 [キャンセル待ち 1]", ""], "who waits for a place")


def called_off(tap):
    center, mails = open_form()
    told = center.take(ORGANISER.reply(mails[ORGANISER.address], "中止"))
    [mail] = [mail for mail in told if address_of(mail) == FIRST.address]
    for part in (text_of(mail), mail.get_body(("html",)).get_content(), str(mail["From"])):
        tap.ok("アンケート" in part and "日程" not in part, "a questionnaire is called off in words of its own", part)
    tap.equal(sorted(map(address_of, told)), sorted([*(who.address for who in JAPANESE.asked), *[ORGANISER.address] * 2]),
              "everybody is told once")
    [mail] = center.take(ORGANISER.reply(mails[ORGANISER.address], "状況"))
    tap.contains(text_of(mail), "このアンケートは取りやめになったため、できません", "and so are commands refused")


def questions_are_corrected(tap):
    center = Center()
    fields = [("Cc", f"{FIRST.address}, {SECOND.address}")]
    [first] = center.take(ORGANISER.write(SURVEY, "研修", TEXT, fields))
    commands = ("訂正 Q2 希望する講座は?\n・防災\n・監査\n・広報\n\n追加 Q1 参加人数は? (数値 人)\n削除 Q9\n追加 会場は? (1つ): 甲館\n"
                "追加 場所は? (1つ): 甲館 / 乙館\n追加 1/22(木) 13:00-15:00 (5段階)\n締切 12/26(金) 17:00")
    [preview] = center.take(ORGANISER.reply(first, commands))
    text = text_of(preview)
    for part in ("> 訂正 Q2 希望する講座は?\n> ・防災\n> ・監査\n> ・広報\n  Q2「希望する講座は?」に改めました。", "Q1「参加人数は?」を加えました。",
                 "Q9 という設問はありません。", "> 追加 会場は? (1つ): 甲館\n  設問を読み取れませんでした。", "Q4「場所は?」を加えました。", "締切を 12月26日(金) 17:00 にしました。",
                 "Q3. 希望する講座は? (いくつでも)\n  1) 防災\n  2) 監査\n  3) 広報\n", "Q1. 参加人数は? (数字・人)\n"):
        tap.contains(text, part, "the questions of a draft are corrected by command")
    [stale] = center.take(ORGANISER.reply(first, "はい"))
    tap.contains(text_of(stale), "直す前の確認メール", "a yes to what has been corrected since starts nothing")
    [preview] = center.take(ORGANISER.reply(stale, "削除 Q5"))
    mails = {address_of(mail): mail for mail in center.take(ORGANISER.reply(preview, "はい"))}
    center.take(FIRST.reply(mails[FIRST.address], "Q1: 3人\nQ2: 夏\nQ3: 3\nQ4: 乙館"))
    tap.equal([said(center, question) for question in (1, 2, 3)],
              [{"春": 0, "夏": 1}, {"防災": 0, "監査": 0, "広報": 1}, {"甲館": 0, "乙館": 1}], "and answered as they stand then")
    [transcript] = center.take(ORGANISER.reply(mails[ORGANISER.address], "削除 Q1\n追加 Q5 まだ? (1つ)\n・はい\n・中止"))
    tap.equal((text_of(transcript).count("このアンケートは受付中のため、できません"), center.json("poll", "list")["polls"][0]["state"]), (2, "open"),
              "but no longer once people answer; and 「・中止」 is a choice there")


def one_is_cloned(tap):
    center, mails = open_form()
    center.take(FIRST.reply(mails[FIRST.address], "Q1: 2\nQ2: 1"))
    told = center.take(ORGANISER.reply(mails[ORGANISER.address], "複製"))
    [preview] = [mail for mail in told if "確認" in mail["Subject"]]
    tap.contains(text_of(preview), "Q2. 講座は? (いくつでも)\n  1) 防災\n  2) 監査\n", "複製: the same questions as a draft")
    again = {address_of(mail): mail for mail in center.take(ORGANISER.reply(preview, "はい"))}
    center.take(FIRST.reply(again[FIRST.address], "Q1: 1"), SECOND.reply(mails[SECOND.address], "Q1: 2"))
    original, clone = (center.show(code)["questions"][0]["lines"] for code in center.codes())
    tap.equal([[line["count"] for line in lines] for lines in (original, clone)], [[0, 2], [1, 0]],
              "with answers of its own")


def main():
    tap = Tap()
    for check in (others_are_held, quotes_are_no_answers, few_questions_back, places_move_up,
                  results_are_handed_out, letters_of_one_run_are_alike, answers_come_as_csv, called_off, questions_are_corrected, one_is_cloned):
        check(tap)
    tap.done()


if __name__ == "__main__":
    main()
