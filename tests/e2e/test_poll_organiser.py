#!/usr/bin/python3
"""What organisers do by replying to a mail of their poll: each command, in Japanese and English, what it changes, whom it
tells, and what is not taken for one. KAIRAN_SANITIZE: yes"""
import csv
import io

from kairan_test import Participant, Tap, text_of
from poll_people import ENGLISH, JAPANESE
from poll_test import DATES_JA, LATE, POLL, Center, address_of

YAMADA = JAPANESE.organiser
SATO, SUZUKI, TANAKA = JAPANESE.asked
ITO = JAPANESE.other
EVERYBODY = sorted(who.address for who in JAPANESE.asked)


class Play:
    """An open poll, its ballots, and the organiser who replies to the mail that told of its start."""

    def __init__(self, tap, settings="", asked=JAPANESE.asked, organiser=YAMADA, text=None, **circles):
        self.tap, self.organiser = tap, organiser
        self.center = Center(settings, circles)
        self.ballots = self.center.open(organiser, asked, text)
        mails = [letter.message for letter in self.center.all_mails()]
        self.note = [mail for mail in mails if address_of(mail) == organiser.address and "-0-" in mail["Reply-To"]][-1]

    def command(self, text, at=None):
        """Gives commands; the transcript, and the other mails by address."""
        mails = self.center.take(self.organiser.reply(self.note, text), at=at)
        transcripts = [mail for mail in mails if str(mail["Subject"]).startswith(("ご指示の結果", "Your commands"))]
        self.others = [mail for mail in mails if mail not in transcripts[-1:]]
        return text_of(transcripts[-1]) if transcripts else ""

    def told(self):
        return sorted(address_of(mail) for mail in self.others)

    def answer(self, who, text, mail=None):
        return self.center.take(who.reply(mail or self.ballots[who.address], text))

    def state(self):
        return self.center.show()["state"]


def commands_answer_line_by_line(tap):
    play = Play(tap)
    play.answer(SATO, "○×△")
    said = play.command("状況をお願いします\n・締切 12/26(金) 17:00\n結果 詳細\nこれは何でしょう\n以上\n締める\n")
    for part in ("> 状況をお願いします\n", "途中経過 (回答 1/3名)", "締切を 12月26日(金) 17:00 にしました。", "> ○×△", "12月18日(木) 10:00",
                 "> これは何でしょう\n  指示として読めませんでした。", "2 名に知らせました"):
        tap.contains(said, part, f"transcript: {part.strip()}")
    tap.ok("締める" not in said and play.state() == "open", "what stands below 以上 is not read", said)
    tap.equal(play.told(), sorted([SUZUKI.address, TANAKA.address]), "a new deadline is told to those who have not answered")
    said = play.command("そろそろ締める予定です。\nまた連絡します。\n")
    tap.equal((said, play.state()), ("", "open"), "prose is no command")
    said = play.command("状況\nあ\nい\nう\nえ\nお\n締める\n")
    tap.contains(said, "ここまでで止めました", "five lines that are none end it")
    tap.equal(play.state(), "open", "and nothing behind them is done")
    tap.contains(play.command("ヘルプ"), "催促 佐藤", "help")


def english_commands_do_the_same(tap):
    play = Play(tap, staff=ENGLISH.circle("en"), asked=ENGLISH.asked, organiser=ENGLISH.organiser)
    play.answer(ENGLISH.asked[0], "ox?")
    said = play.command("Status\nextend 2 days\nremind Bob\nresult detail\nthanks\nclose\n")
    for part in ("so far", "The deadline is now Sat 27 Dec 17:00.", "Reminders sent: 1.", "> ox?", "told of the change: 2"):
        tap.contains(said, part, f"transcript in English: {part}")
    tap.equal(play.state(), "open", "what stands below thanks is not read")
    play.command("deadline 26 Dec 12:00", at="2025-12-19T10:00:00+09:00")
    tap.contains(play.command("deadline soon\ndeadline 17 Dec 12:00\nremind Nobody\n"), "could not be read", "an unclear deadline")
    tap.contains(play.command("close"), "is closed", "close")
    tap.equal(play.state(), "closed", "it is closed")
    tap.contains(play.command("extend 2 days"), "cannot be done: the poll is closed", "what needs an open poll says so")


def deadlines_move(tap):
    play = Play(tap)
    for text, part in (("締切 年内", "読み取れませんでした"), ("締切 12/17(水) 9:00", "これから先"), ("締切", "読み取れませんでした"),
                       ("締切 12/25(木) 17:00", "すでに")):
        tap.contains(play.command(text), part, f"{text}: not taken")
        tap.equal(play.told(), [], f"{text}: nobody is told")
    tap.contains(play.command("延長 1週間"), "1月1日(木) 17:00", "延長 1週間")
    tap.contains(play.command("〆切:12/26(金)"), "12月26日(金) 17:00", "a day without a time ends at five")
    play.command("締切 12/27(土) 12:00\n締切 12/28(日) 12:00")
    tap.equal(play.told(), EVERYBODY, "two changes in one letter are one mail to each")
    play.center.take(at=LATE)
    tap.equal(play.state(), "open", "the old deadline closes nothing")
    play.center.take(at="2025-12-28T12:03:00+09:00")
    tap.equal(play.state(), "closed", "the new one does")


def reminders_are_sent_once_a_day(tap):
    play = Play(tap)
    play.answer(SATO, "○×△")
    tap.contains(play.command("催促"), "2名に", "催促: those who have not answered")
    tap.equal(play.told(), sorted([SUZUKI.address, TANAKA.address]), "催促: a ballot each")
    tap.contains(play.command("催促"), "再送する方はいません", "催促 twice on a day: once")
    tap.contains(play.command("催促 鈴木さん、経理の人", at="2025-12-19T10:00:00+09:00"), "「経理の人」がどなたか", "催促 of somebody unknown")
    tap.equal(play.told(), [SUZUKI.address], "催促 鈴木さん: only him")
    tap.contains(play.command("催促 佐藤"), "再送する方はいません", "催促 of one who has answered: none")


def closing_and_opening_again(tap):
    play = Play(tap)
    for who in JAPANESE.asked[:2]:
        play.answer(who, "○×△")
    play.command("締める")
    tap.equal((play.state(), play.told()), ("closed", sorted(EVERYBODY + [YAMADA.address])), "締める: the result goes to everybody")
    tap.contains(play.command("再開", at="2025-12-26T10:00:00+09:00"), "読み取れませんでした", "再開 after the deadline needs a new one")
    tap.equal(play.state(), "closed", "and changes nothing")
    play.command("再開 12/27 12:00")
    tap.equal((play.state(), play.told()), ("open", EVERYBODY), "再開: everybody is told")
    play.answer(TANAKA, "○○○")
    tap.equal(play.state(), "open", "all have answered: one that was opened again stays open")
    play.answer(SATO, "2○")
    mails = play.center.take(at="2025-12-27T12:03:00+09:00")
    tap.equal(sorted(address_of(mail) for mail in mails), sorted(EVERYBODY + [YAMADA.address]), "its second result goes out, too")
    tap.equal(play.center.marks(SATO.name), "○○△", "with what was answered meanwhile")


def only_the_organiser_commands(tap):
    play = Play(tap)
    mails = play.center.take(SATO.reply(play.note, "締める"))
    tap.equal((play.state(), len(mails)), ("open", 1), "the organiser's mail in other hands: refused")
    play.answer(SATO, "締める")
    tap.equal(play.state(), "open", "a participant commands nothing")
    code = play.center.codes()[0]
    play.center.take(YAMADA.write(POLL, f"Re: [{code}]", "締める"))
    tap.equal(play.state(), "open", "without a token nobody commands anything")


def the_csv_comes_with_the_transcript(tap):
    play = Play(tap, asked=(JAPANESE.asked[0], JAPANESE.asked[1], Participant("=1+1", TANAKA.address)))
    play.answer(SATO, "1：○\n2：×（出張のため）\n3：△（午後から会議）")
    mails = play.center.take(YAMADA.reply(play.note, "CSV"))
    [file] = mails[0].iter_attachments()
    data = file.get_payload(decode=True)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    tap.equal((file.get_content_type(), file.get_filename(), data[:3]), ("text/csv", f"{play.center.codes()[0]}.csv", b"\xef\xbb\xbf"),
              "CSV: a file with a byte order mark")
    tap.equal((len(data.split(b"\r\n")), set(map(len, rows))), (5, {7}), "a line of headings and one a person")
    tap.equal(rows[0][1], "1: 1月15日(木) 13:00-15:00", "the headings are the dates")
    tap.equal(rows[1][:5], [SATO.name, "○", "× （出張のため）", "△ （午後から会議）", "回答済み"], "marks with what was said about them")
    tap.equal((rows[3][0], rows[3][4]), ("'=1+1", "未回答"), "a name is no formula")


def an_answer_stays_an_answer(tap):
    play = Play(tap, text=f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n対象: {YAMADA.address}\n")
    [ballot] = [letter.message for letter in play.center.all_mails()
                if address_of(letter.message) == YAMADA.address and "-1-" in letter.message["Reply-To"]]
    play.answer(YAMADA, "○×△", ballot)
    tap.equal(play.center.marks(YAMADA.name), "○×△", "the organiser's own ballot is answered")
    play.answer(YAMADA, "×××", play.note)
    tap.equal(play.center.marks(YAMADA.name), "×××", "marks in reply to another mail of the poll are an answer, too")
    mails = play.answer(YAMADA, "締切 12/26 17:00", ballot)
    tap.ok(any("締切を 12月26日" in text_of(mail) for mail in mails), "commands in reply to the ballot are carried out")
    mails = play.answer(YAMADA, "○○○\n締切 12/27 17:00", ballot)
    tap.equal((play.center.marks(YAMADA.name), [address_of(mail) for mail in mails]), ("×××", [YAMADA.address]),
              "an answer and a command in one: asked, and neither is done")
    tap.contains(text_of(mails[0]), "決められませんでした", "asked which")
    play.answer(YAMADA, "○○○", mails[0])
    tap.equal(play.center.marks(YAMADA.name), "○○○", "the answer to that counts")


def choices_change_under_answers(tap):
    play = Play(tap)
    play.answer(SATO, "○×△")
    said = play.command("追加\n1/23(金) 10:00-12:00\n1/26(月) 10:00-12:00\n削除 1\n訂正 2 1/20(火) 10:00-12:00\n削除 9\n追加 1月中旬\n")
    for part in ("〔4〕 1月23日(金) 10:00-12:00 を加えました", "〔1〕 1月15日(木) 13:00-15:00 を外しました", "〔2〕 を 1月20日(火) 10:00-12:00 に",
                 "〔9〕 という候補はありません", "日時が一つに決まりません", "3 名に知らせました"):
        tap.contains(said, part, f"changing choices: {part}")
    tap.equal((play.told(), play.center.show()["table"]["heads"]), (EVERYBODY, [2, 3, 4, 5]),
              "one mail to each; numbers stay with their dates")
    [mine] = [mail for mail in play.others if address_of(mail) == SATO.address]
    tap.ok("〔3〕 1月19日(月) 13:00-15:00   [" not in text_of(mine) and "〔2〕 1月20日(火) 10:00-12:00   [" in text_of(mine),
           "only what is new or has moved is asked", text_of(mine))
    tap.equal(play.center.marks(SATO.name), "・△・・", "the vote on what moved is withdrawn, the others stay")
    [said] = play.answer(SATO, "○○○")
    tap.equal(play.center.marks(SATO.name), "・○・・", "an answer to the old ballot counts for nothing it did not show")
    tap.contains(text_of(said), "〔2〕 1月16日(金) 10:00-12:00 はもう候補にない", "and its writer is told")
    play.answer(SATO, "○×△○", mine)
    tap.equal(play.center.marks(SATO.name), "○×△○", "the new mail is answered in its order")
    code = play.center.codes()[0]
    [asked] = play.center.take(SUZUKI.write(POLL, f"[{code}]", "○○○○"))
    tap.equal(play.center.marks(SUZUKI.name), "・・・・", "a mail that names no edition is only proposed")
    play.answer(SUZUKI, "はい", asked)
    tap.equal(play.center.marks(SUZUKI.name), "○○○○", "and counts after はい")
    said = play.command("削除 2 3 4 5")
    tap.equal(play.center.show()["table"]["heads"], [2], "a number that has moved since the mail that is replied to is not touched")
    tap.contains(said, "日時が変わっています", "and its writer is told")


def people_change(tap):
    play = Play(tap)
    said = play.command(f"招待 {ITO.address}\n必須 佐藤\n任意 佐藤\n除外 鈴木\n代理 田中 実 ○×○\n代理 田中 たぶん\n")
    for part in ("ito さんを加えました", "佐藤 花子 さんを必須に", "佐藤 花子 さんを任意に", "鈴木 一郎 さんを外しました",
                 "田中 実 さんの回答を ○×○ と登録", "どんな回答か読み取れませんでした"):
        tap.contains(said, part, f"people: {part}")
    tap.equal(play.told(), sorted([ITO.address, SUZUKI.address, TANAKA.address]), "the invited, the removed and the answered for get a mail each")
    tap.equal((play.center.show()["invited"], play.center.marks(TANAKA.name)), (3, "○×○"), "they are counted so")
    play.answer(SUZUKI, "○○○")
    tap.equal(play.center.show()["answered"], 1, "who was removed answers no more")
    play.command(f"招待 {SUZUKI.address}")
    tap.equal(play.told(), [SUZUKI.address], "invited again, he gets a ballot again")


def drafts_are_corrected(tap):
    center = Center()
    fields = [("Cc", ", ".join(who.address for who in JAPANESE.asked))]
    [first] = center.take(YAMADA.write(POLL, "定例会", f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n", fields))
    [second] = center.take(YAMADA.reply(first, "3 → 14:00-16:00\n削除 2\n追加 1/22(木) 13:00-15:00\n締切 12/26\n除外 suzuki\n"))
    for part in ("〔2〕 2026年1月19日(月) 14:00-16:00", "〔3〕 2026年1月22日(木) 13:00-15:00", "締切: 12月26日(金) 17:00", "(2名)"):
        tap.contains(text_of(second), part, f"a corrected draft: {part}")
    [stale] = center.take(YAMADA.reply(first, "はい"))
    tap.contains(text_of(stale), "直す前の確認メール", "はい to the preview before the correction")
    tap.equal(center.show()["state"], "draft", "opens nothing")
    tap.equal(len(center.take(YAMADA.reply(second, "はい"))), 3, "はい to the new one does")
    [*_, note] = [letter.message for letter in center.all_mails() if address_of(letter.message) == YAMADA.address]
    mails = center.take(YAMADA.reply(note, "複製"))
    tap.equal((len(mails), len(center.codes())), (2, 2), "複製: a draft, its preview and the transcript")


def main():
    tap = Tap()
    for check in (commands_answer_line_by_line, english_commands_do_the_same, deadlines_move, reminders_are_sent_once_a_day,
                  closing_and_opening_again, choices_change_under_answers,
                  the_csv_comes_with_the_transcript, people_change, drafts_are_corrected, only_the_organiser_commands, an_answer_stays_an_answer):
        check(tap)
    tap.done()


if __name__ == "__main__":
    main()
