#!/usr/bin/python3
"""What an organiser may ask for beside the dates: quorum, who sees results, anonymity, a limit of ○, place and duration;
in the opening mail and by command. KAIRAN_SANITIZE: yes"""
import re

import kairan_test as kt
from kairan_test import Tap
from poll_people import JAPANESE
from poll_test import DATES_JA, LATE, OPENED, POLL, Center, address_of, bounce_of

YAMADA = JAPANESE.organiser
SATO, SUZUKI, TANAKA = JAPANESE.asked


def opened(options, now=OPENED):
    center = Center(now=now)
    text = f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n{options}\n"
    return center, center.open(YAMADA, JAPANESE.asked, text)


def to(mails, person):
    return [mail for mail in mails if address_of(mail) == person.address]


def kinds(mails, person):
    """What a person was sent: the subjects up to the title."""
    return [re.split("[:】]", str(mail["Subject"]))[0].strip("【") for mail in to(mails, person)]


def note_of(center):
    return next(letter.message for letter in center.all_mails() if "開始しました" in str(letter.message["Subject"]))


def what_is_not_understood_is_told(tap):
    center = Center()
    text = f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n定足数: たくさん\n上限: 少し\n"
    fields = [("Cc", SATO.address)]
    [mail] = center.take(YAMADA.write(POLL, "定例会の日程調整", text, fields))
    tap.ok(all(line in kt.text_of(mail) for line in ("「定足数: たくさん」", "「上限: 少し」")), "options that are not understood",
           kt.text_of(mail))
    text = f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n会費: 3000円\n"
    [preview] = center.take(YAMADA.write(POLL, "定例会の日程調整", text, fields))
    tap.contains(kt.text_of(preview), "指定として読めなかった行(そのまま始めると、何も起こりません): 会費: 3000円", "a label nobody knows")


def a_quorum_is_told_when_it_is_reached(tap):
    center, ballots = opened("定足数: 2名")
    tap.contains(kt.text_of(ballots[SATO.address]), "定足数: 2名", "the ballot names the quorum")
    tap.equal(kinds(center.take(SATO.reply(ballots[SATO.address], "○△×")), YAMADA), [], "one ○ is less than two")
    tap.equal(kinds(center.take(SUZUKI.reply(ballots[SUZUKI.address], "△△○")), YAMADA), [], "△ is no ○")
    mails = center.take(SUZUKI.reply(ballots[SUZUKI.address], "○×○"))
    tap.equal(kinds(mails, YAMADA), ["定足数に達しました"], "the second ○: the organiser hears of it at once")
    tap.ok("〔1〕" in kt.text_of(to(mails, YAMADA)[0]) and "〔3〕" not in kt.text_of(to(mails, YAMADA)[0]), "and for which date")
    center.take(SUZUKI.reply(ballots[SUZUKI.address], "×××"))
    tap.equal(kinds(center.take(SUZUKI.reply(ballots[SUZUKI.address], "○×○")), YAMADA), [], "once")
    tap.contains(kt.text_of(to(center.take(at=LATE), SATO)[0]), "定足数 2名: 成立", "the result says so")
    center, ballots = opened("定足数: 過半数")
    center.take(SATO.reply(ballots[SATO.address], "○△×"), SUZUKI.reply(ballots[SUZUKI.address], "×△×"))
    tap.contains(kt.text_of(to(center.take(at=LATE), SATO)[0]), "定足数 2名: ○だけでは足りず、△の方しだいです", "△ may make it")
    center, ballots = opened("定足数: 100%")
    center.take(SATO.reply(ballots[SATO.address], "○△×"))
    tap.contains(kt.text_of(to(center.take(at=LATE), SATO)[0]), "定足数 3名: 不成立", "nothing can")


def a_quorum_may_come_later(tap):
    center, ballots = opened("")
    center.take(SATO.reply(ballots[SATO.address], "○△×"), SUZUKI.reply(ballots[SUZUKI.address], "○×△"))
    [transcript] = center.take(YAMADA.reply(note_of(center), "定足数 3名"))
    tap.contains(kt.text_of(transcript), "定足数: 3名", "set by command")
    mails = center.take(TANAKA.reply(ballots[TANAKA.address], "1○"))
    tap.equal(kinds(mails, YAMADA), ["定足数に達しました"], "what was answered before counts")
    [transcript] = center.take(YAMADA.reply(note_of(center), "定足数 たぶん"))
    tap.contains(kt.text_of(transcript), "読み取れませんでした", "what is not understood changes nothing")


def a_decision_below_the_quorum_is_asked_about(tap):
    center, ballots = opened("定足数: 3名")
    center.take(SATO.reply(ballots[SATO.address], "○△×"), SUZUKI.reply(ballots[SUZUKI.address], "○○○"))
    [transcript] = center.take(YAMADA.reply(note_of(center), "確定 2"))
    for part in ("〔2〕 1月16日(金) 10:00-12:00 は、次のご注意があるため、まだ決定していません", "○は1名で、定足数の3名に足りません。",
                 "「確定 2 それでも」"):
        tap.contains(kt.text_of(transcript), part, "a decision below the quorum: why, and what to do")
    done = center.run("poll", "decide", center.codes()[0], "2", check=False)
    tap.equal((done.returncode, "--anyway" in done.stdout.decode()), (1, True), "at the terminal likewise")
    tap.equal(center.run("poll", "show", "--anyway", center.codes()[0], check=False).returncode, 2, "where no other word takes that")
    mails = center.take(YAMADA.reply(transcript, "確定 2 それでも"))
    tap.equal((kinds(mails, TANAKA), "定足数の3名に足りません" in kt.text_of(to(mails, YAMADA)[-1])), (["決定"], True),
              "who insists decides, and has been told")
    [transcript] = center.take(YAMADA.reply(note_of(center), "確定 1"))
    tap.contains(kt.text_of(transcript), "まだ決定していません", "another one is judged anew")
    [transcript] = center.take(YAMADA.reply(note_of(center), "確定 2"))
    tap.contains(kt.text_of(transcript), "決定済みで、変わったところはありません", "what stands is not")
    center, ballots = opened("定足数: 2名")
    center.take(SATO.reply(ballots[SATO.address], "○△×"), SUZUKI.reply(ballots[SUZUKI.address], "○○○"))
    mails = center.take(YAMADA.reply(note_of(center), "確定 2"))
    tap.ok(kinds(mails, SATO) == ["決定"] and "△の方も参加できれば足ります" in kt.text_of(to(mails, YAMADA)[-1]),
           "within reach it is decided, with a word about the △", kt.text_of(mails[-1]))


def a_limit_is_kept(tap):
    center, ballots = opened("上限: 2")
    tap.contains(kt.text_of(ballots[SATO.address]), "○は一人2つまで", "the ballot says so")
    [asked] = center.take(SATO.reply(ballots[SATO.address], "○○○"))
    tap.contains(kt.text_of(asked), "○は一人2つまでのところ、お返事では3つになります", "one too many is asked back")
    tap.equal(center.marks(SATO.name), "・・・", "and nothing of it recorded")
    center.take(SATO.reply(asked, "○○△"))
    tap.equal(center.marks(SATO.name), "○○△", "the corrected answer counts")
    center.take(SATO.reply(ballots[SATO.address], "3も○になりました"))
    tap.equal(center.marks(SATO.name), "○○△", "one more, later, does not")
    center.take(SATO.reply(ballots[SATO.address], "1× 3○"))
    tap.equal(center.marks(SATO.name), "×○○", "in exchange for another it does")


def results_may_be_the_organisers(tap):
    center, ballots = opened("結果: 幹事のみ")
    center.take(SATO.reply(ballots[SATO.address], "○△×"))
    [mail] = center.take(SATO.reply(ballots[SATO.address], "状況"))
    tap.ok("幹事の 山田 太郎 さんだけがご覧になります" in kt.text_of(mail) and "○1" not in kt.text_of(mail), "hidden results",
           kt.text_of(mail))
    mails = center.take(at=LATE)
    tap.equal([address_of(mail) for mail in mails], [YAMADA.address], "the result goes to the organiser alone")


def results_may_be_open(tap):
    center, ballots = opened("結果: 公開")
    center.take(SATO.reply(ballots[SATO.address], "○△×"))
    [mail] = center.take(SUZUKI.reply(ballots[SUZUKI.address], "状況"))
    tap.contains(kt.text_of(mail), "〔1〕 1月15日(木) 13:00-15:00  ○1", "who asks is told how it stands")
    tap.equal(center.marks(SUZUKI.name), "・・・", "and has not answered by that")
    center, ballots = opened("")
    center.take(SATO.reply(ballots[SATO.address], "○△×"))
    [mail] = center.take(SUZUKI.reply(ballots[SUZUKI.address], "status"))
    tap.ok("○1" not in kt.text_of(mail) and "締切" in kt.text_of(mail), "otherwise after the close", kt.text_of(mail))


def anonymous_is_anonymous(tap):
    center, ballots = opened("匿名: はい")
    names = [who.name for who in JAPANESE.asked] + [who.address for who in JAPANESE.asked]
    tap.contains(kt.text_of(ballots[SATO.address]), "匿名です", "the ballot says so")
    acks = {who: to(center.take(who.reply(ballots[who.address], text)), who)[0]
            for who, text in ((SATO, "○△×"), (SUZUKI, "×△○\nよろしくお願いします。"))}
    receipts = {who: re.search(r"受付番号 ([A-Z2-7]{4}-[A-Z2-7]{4}) ", kt.text_of(ack))[1] for who, ack in acks.items()}
    tap.ok(receipts[SATO] != receipts[SUZUKI], "each voter has a receipt", receipts)
    told = center.take(YAMADA.reply(note_of(center), "状況"), YAMADA.reply(note_of(center), "結果 詳細"),
                       YAMADA.reply(note_of(center), "催促 佐藤"), YAMADA.reply(note_of(center), "代理 佐藤 ○○○"))
    center.now = "2025-12-19T08:00:00+09:00"
    center.run("nightly", "reminders")
    center.run("post")
    told += center.new_mails() + center.take(*[TANAKA.reply(ballots[TANAKA.address], "よくわかりません")] * 5)
    texts = "".join(kt.text_of(mail) for mail in told if address_of(mail) == YAMADA.address)
    tap.ok(len([mail for mail in told if address_of(mail) == YAMADA.address]) >= 5 and
           not any(name in texts for name in names), "nothing that the organiser gets names anybody", texts)
    result = kt.text_of(to(center.take(at=LATE), YAMADA)[0])
    tap.ok(not any(name in result for name in names), "nor does the result", result)
    rows = {line.split()[0]: "".join(line.split()[1:]) for line in result.splitlines() if re.match("[A-Z2-7]{4}-[A-Z2-7]{4} ", line)}
    tap.equal([rows.get(receipts[who]) for who in (SATO, SUZUKI)], ["○△×", "×△○"], "a receipt finds its line")
    tap.equal(list(rows), sorted(rows), "the lines stand in the order of receipts")
    shown = "".join(center.run("poll", *words).stdout.decode() for words in (
        ("list",), ("show", center.codes()[0]), ("show", center.codes()[0], "--json"), ("export", center.codes()[0]),
        ("export", center.codes()[0], "--json")))
    tap.ok(not any(name in shown for name in names), "nor does the command line", shown)
    late = to([letter.message for letter in center.all_mails()], SATO)[-1]
    mails = center.take(SATO.reply(late, "承知しました。"))
    tap.equal(to(mails, YAMADA), [], "a word that comes after the close is passed on to nobody")


def a_removal_would_show_an_answer(tap):
    center, ballots = opened("匿名: はい")
    center.take(SATO.reply(ballots[SATO.address], "○△×"), bounce_of(ballots[SUZUKI.address], SUZUKI.address))
    mails = center.take(YAMADA.reply(note_of(center), "除外 佐藤"))
    tap.ok(kinds(mails, SATO) == [] and "匿名のため" in kt.text_of(to(mails, YAMADA)[-1]), "whose line vanished would be known",
           kt.text_of(mails[-1]))
    mails = center.take(YAMADA.reply(note_of(center), "除外 鈴木"))
    tap.contains(kt.text_of(to(mails, YAMADA)[-1]), "鈴木 一郎 さんを外しました", "whom mail does not reach has no line")


def options_are_commands(tap):
    center = Center()
    fields = [("Cc", ", ".join(who.address for who in JAPANESE.asked))]
    [preview] = center.take(YAMADA.write(POLL, "定例会の日程調整", f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n必須: sato\n", fields))
    commands = "上限 2\n結果の公開 幹事のみ\n定足数 50%\n所要 90分\n場所 第3会議室\n備考 資料は当日配ります\n匿名\n追加 1/22(木) 13:00"
    [preview] = center.take(YAMADA.reply(preview, commands))
    text = kt.text_of(preview)
    for part in ("○は一人2つまで", "定足数: お尋ねした方の50%", "集計の結果は、幹事だけ", "匿名です", "場所: 第3会議室",
                 "資料は当日配ります", "〔4〕 2026年1月22日(木) 13:00-14:30"):
        tap.contains(text, part, "a draft takes all options by command")
    tap.ok("(必須)" not in text, "nobody is required in an anonymous poll")
    mails = center.take(YAMADA.reply(preview, "はい"))
    mails = center.take(YAMADA.reply(to(mails, YAMADA)[0], "場所 講堂\n上限 3"))
    tap.equal(kinds(mails, SATO), ["変更"], "a new place is told to everybody")
    tap.contains(kt.text_of(to(mails, SATO)[0]), "場所が変わりました: 講堂", "and which")
    tap.contains(kt.text_of(to(mails, YAMADA)[0]), "受付中のため、できません", "a limit is not changed while people answer")


def night(center, instant):
    """What the nightly jobs of a morning, run twice, send."""
    center.now = instant
    for _ in range(2):
        center.run("nightly", "reminders")
    center.run("post")
    return center.new_mails()


def months_follow_each_other(tap):
    center = Center(now=OPENED)
    text = "繰り返し: 第3水曜 13:00-15:00、最終金曜 10:00-12:00\n締切: 1/14(水) 17:00\n必須: sato\n定足数: 2名\n"
    fields = [("Cc", ", ".join(who.address for who in JAPANESE.asked))]
    [preview] = center.take(YAMADA.write(POLL, "月例会の日程調整", text, fields))
    for part in ("〔1〕 2026年1月21日(水) 13:00-15:00", "〔2〕 2026年1月30日(金) 10:00-12:00",
                 "繰り返し: 第3水曜 13:00-15:00、最終金曜 10:00-12:00"):
        tap.contains(kt.text_of(preview), part, "a series begins with the dates of its rules")
    center.take(YAMADA.reply(preview, "はい"))
    center.take(at="2026-01-14T17:05:00+09:00")
    tap.equal([mail for mail in night(center, "2026-01-20T08:00:00+09:00") if "確認" in mail["Subject"]], [], "not yet")
    mails = night(center, "2026-01-22T08:00:00+09:00")
    tap.equal([(address_of(mail), "確認" in mail["Subject"]) for mail in mails], [(YAMADA.address, True)],
              "four weeks before the next month's first date its draft comes, once")
    for part in ("次の月の下書き", "〔1〕 2026年2月18日(水) 13:00-15:00", "〔2〕 2026年2月27日(金) 10:00-12:00", "締切: 2月11日(水) 17:00",
                 "(必須)", "定足数: 2名"):
        tap.contains(kt.text_of(mails[0]), part, "with all that the last month had")
    tap.equal(night(center, "2026-01-25T08:00:00+09:00"), [], "it waits for the organiser's word")
    mails = center.take(YAMADA.reply(mails[0], "はい"), at="2026-01-26T09:00:00+09:00")
    tap.equal(len(mails), 4, "はい opens it")
    note = to(mails, YAMADA)[0]
    center.take(at="2026-02-11T17:05:00+09:00")
    mails = night(center, "2026-02-25T08:00:00+09:00")
    tap.contains(kt.text_of(mails[0]), "2026年3月18日(水)", "and is followed by March")
    [transcript] = center.take(YAMADA.reply(note, "繰り返し たまに"))
    tap.contains(kt.text_of(transcript), "読み取れませんでした", "a rule that is none")
    [preview] = center.take(YAMADA.reply(mails[0], "繰り返し なし"))
    tap.ok("繰り返し:" not in kt.text_of(preview).split("件名")[1], "繰り返し なし ends it")
    center.take(YAMADA.reply(preview, "はい"))
    center.take(at="2026-03-12T17:05:00+09:00")
    tap.equal(night(center, "2026-04-10T08:00:00+09:00"), [], "April has no draft")


def main():
    tap = Tap()
    what_is_not_understood_is_told(tap)
    a_quorum_is_told_when_it_is_reached(tap)
    a_quorum_may_come_later(tap)
    a_decision_below_the_quorum_is_asked_about(tap)
    a_limit_is_kept(tap)
    results_may_be_the_organisers(tap)
    results_may_be_open(tap)
    anonymous_is_anonymous(tap)
    a_removal_would_show_an_answer(tap)
    options_are_commands(tap)
    months_follow_each_other(tap)
    tap.done()


if __name__ == "__main__":
    main()
