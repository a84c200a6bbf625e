"""The people of the poll tests and what they write, in Japanese and in English; the keys are the same in both."""
import kairan_test as kt
from poll_test import DATES_EN, DATES_JA

STRANGER = "guest@elsewhere.example"


class People:
    """An organiser, three who are asked, one of the center who is not, and a guest who may not open polls."""

    def __init__(self, names):
        addresses = ("yamada", "sato", "suzuki", "tanaka", "ito")
        people = [kt.Participant(name, f"{local}@{kt.DOMAIN}") for name, local in zip(names, addresses)]
        self.organiser, *self.asked, self.other = people
        self.guest = kt.Participant(names[5], STRANGER)

    def circle(self, language):
        """A circle file that names everybody's language."""
        return "".join(f"{who.name} <{who.address}> {language}\n"
                       for who in (self.organiser, *self.asked, self.other, self.guest))


JAPANESE = People(["山田 太郎", "佐藤 花子", "鈴木 一郎", "田中 実", "伊藤 健", "客員 次郎"])
ENGLISH = People(["Emma Brown", "Alice Green", "Bob Stone", "Chloe Reed", "Dan Hill", "Guy Fox"])

WORDS_JA = {
    "subject": "1月定例会の日程調整",
    "opening": f"各位\n1月の定例会の日程を決めます。前回(12/11)の続きです。\n12/22(月)に資料を送ります。\n\n候補日:\n{DATES_JA}・1月24日(土) 10:00\n\n"
               "締切: 12/25(木) 17:00    場所: 第2会議室\n必須: 佐藤\n以上\n",
    "short": f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n必須: 佐藤\n",
    "plain": "○×△○", "changed": "1○(オンラインなら) 2○ 3× 4○", "partial": "1○", "inferred": "できれば1、だめなら3で",
    "withdrawn": "取り消します", "deferred": "後日回答します", "yes": "はい", "unclear": "15日(金)は無理です",
    "negative": "2は無理です", "vague": "よくわかりません",
    "cancel": "中止", "chat": "少し考えます。",
    "no_choices": "そろそろ集まりませんか。\n", "unclear_date": "・1月15日(金) 13:00-15:00\n", "unclear_deadline": "締切: 年内\n",
    "past_deadline": "締切: 12/18(木) 9:00\n", "unknown_participant": "対象: 経理の人たち\n", "broken_circle": "対象: kowareta\n",
    "unclear_option": "定足数: たくさん\n", "anonymous": "匿名: はい\n", "too_many_participants": "対象: ookii\n", "thanks": "承知しました。ありがとうございます。",
}

WORDS_EN = {
    "subject": "January meeting",
    "opening": "Dear all,\nwe need a date for the January meeting. It follows the one of 11 Dec.\nThe papers come on Mon 22 Dec.\n\n"
               f"Dates:\n{DATES_EN}- Sat 24 Jan 10:00\n\nDeadline: Thu 25 Dec 17:00    Place: Room 2\nRequired: Alice\nend\n",
    "short": f"Dates:\n{DATES_EN}Deadline: Thu 25 Dec 17:00\nRequired: Alice\n",
    "plain": "ox?o", "changed": "1 yes (online only), 2 yes, 3 no, 4 yes", "partial": "1 yes",
    "inferred": "1 or 3", "withdrawn": "I withdraw my answer", "deferred": "I will answer later",
    "yes": "yes", "unclear": "Fri 15 Jan is impossible", "negative": "2 is impossible", "vague": "I do not know yet",
    "cancel": "cancel", "chat": "Let me think about it.",
    "no_choices": "Shall we meet soon?\n", "unclear_date": "- Fri 15 Jan 13:00-15:00\n", "unclear_deadline": "Deadline: soon\n",
    "past_deadline": "Deadline: Thu 18 Dec 9:00\n", "unknown_participant": "Participants: the accountants\n",
    "broken_circle": "Participants: kowareta\n", "unclear_option": "Quorum: many\n", "anonymous": "Anonymous: yes\n",
    "too_many_participants": "Participants: ookii\n", "thanks": "Understood, thank you.",
}
