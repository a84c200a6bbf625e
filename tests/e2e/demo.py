"""A poll from the first mail to the result, in a temporary folder and without an MTA: what `make demo` shows.

Six people answer as six people do: in three charsets, in HTML, in marks, in words and between the quoted lines. A
seventh does not, so that it is the deadline that brings the result.
"""
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kairan_test as kt

POLL = f"poll@{kt.DOMAIN}"
OPENING = """各位
1月の定例会の日程を決めます。

候補日:
・1月15日(木) 13:00〜15:00
・1月16日(金) 10:00〜12:00
・1月19日(月) 13:00〜15:00
・1月20日(火) 10:00〜12:00
・1月20日(火) 15:00〜17:00

締切: 12/25(木) 17:00    場所: 第2会議室
必須: 佐藤
以上
"""


def answer_inline(marks):
    """Writes a mark into the brackets of each quoted choice."""
    left = list(marks)

    def edit(line):
        return line.replace("[    ]", f"[ {left.pop(0)} ]") if line.startswith("〔") else line
    return edit


def people():
    """Who answers, how their mail program writes, what they say."""
    return [
        (kt.Participant("佐藤 花子", f"sato@{kt.DOMAIN}", "iso-2022-jp", "7bit"), "○×△○○", "gmail-ja", None),
        (kt.Participant("鈴木 一郎", f"suzuki@{kt.DOMAIN}", "shift_jis", "base64"), "全部OKです", "outlook-ja", None),
        (kt.Participant("田中 実", f"tanaka@{kt.DOMAIN}", "utf-8", "base64", "html"), "1○ 2× 3○ 4△ 5×", "gmail-ja", None),
        (kt.Participant("高橋 京子", f"takahashi@{kt.DOMAIN}"), "", "inline", answer_inline("○○×○△")),
        (kt.Participant("伊藤 健", f"ito@{kt.DOMAIN}", "utf-8", "quoted-printable"), "2以外OKです。よろしくお願いします。",
         "iphone-ja", None),
        (kt.Participant("渡辺 亮", f"watanabe@{kt.DOMAIN}"), "○△×○○", "bare", None),
    ]


def mail_to(outbox, address, word=""):
    """The newest mail to somebody whose subject holds a word."""
    letters = [letter for letter in kt.read_maildir(outbox)
               if address in str(letter.message["To"]) and word in str(letter.message["Subject"])]
    return max(letters, key=lambda letter: os.stat(letter.path).st_mtime_ns).message


def show(title, message):
    print(f"\n━━━ {title} " + "━" * (60 - len(title)))
    for field in ("From", "To", "Subject"):
        print(f"{field}: {message[field]}")
    print("\n" + kt.text_of(message).rstrip("\n"))


def main():
    folder = tempfile.mkdtemp(prefix="kairan-demo-")
    instance = os.path.join(folder, "center")
    outbox = os.path.join(instance, "out")
    kairan = kt.Kairan(instance, now="2025-12-18T10:00:00+09:00")
    kt.run([kt.program("kairan"), "init", "--domain", kt.DOMAIN, instance])
    organiser = kt.Participant("山田 太郎", f"yamada@{kt.DOMAIN}")
    everybody = people()
    silent = kt.Participant("小林 恵", f"kobayashi@{kt.DOMAIN}")
    asked = [person for person, *_ in everybody] + [silent]
    invited = ", ".join(f"{kt.encode_header(person.name, 'utf-8')} <{person.address}>" for person in asked)

    kairan.deliver(organiser.write(POLL, "1月定例会の日程調整", OPENING, [("Cc", invited)]))
    kairan.run("process")
    preview = mail_to(outbox, organiser.address, "確認")
    show("1. 幹事への確認 / the preview", preview)
    kairan.deliver(organiser.reply(preview, "はい", "gmail-ja"))
    kairan.run("process")
    show("2. 案内 / the ballot", mail_to(outbox, "sato@", "日程調整"))
    for person, text, style, edit in everybody:
        kairan.deliver(person.reply(mail_to(outbox, person.address, "日程調整"), text, style, edit))
    kairan.run("process", "--no-post")
    kairan.run("post")
    show("3. 受付の返事 / an acknowledgement", mail_to(outbox, "ito@", "受け付け"))
    kairan.now = "2025-12-25T17:05:00+09:00"
    kairan.run("process")
    show("4. 結果 / the result", mail_to(outbox, "yamada@", "結果"))
    if os.environ.get("KAIRAN_KEEP"):
        print(f"\n{instance}")
    else:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
