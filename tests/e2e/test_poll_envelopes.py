#!/usr/bin/python3
"""What may come around an answer: signatures, proxies, several people in one mail, order, lists, subjects, attachments,
reactions, charsets. Each row is one poll, the mails that come, the marks then, and who is told. KAIRAN_SANITIZE: yes"""
import base64

from kairan_test import DOMAIN, Participant, Tap
from poll_people import JAPANESE
from poll_test import POLL, Center, address_of, with_fields

YAMADA = JAPANESE.organiser
SATO, SUZUKI, TANAKA = JAPANESE.asked
ITO = JAPANESE.other
PDF = base64.b64encode(b"%PDF-1.4 nothing").decode()
REACTION = ("Content-Type: text/vnd.google.email-reaction+json; charset=utf-8", "", '{"emoji":"\\ud83d\\udc4d","version":1}')
PLAIN = ("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "")


def fields_of(mail):
    return mail.bytes.split(b"\r\n\r\n", 1)[0].split(b"\r\n")


def dated(mail, date):
    head = [f"Date: {date}".encode() if field.startswith(b"Date:") else field for field in fields_of(mail)]
    return mail._replace(bytes=b"\r\n".join(head) + b"\r\n\r\n" + mail.bytes.split(b"\r\n\r\n", 1)[1])


def with_body(mail, *lines):
    """The mail with another body: its MIME fields, a blank line, and what follows."""
    head = [field for field in fields_of(mail) if not field.lower().startswith((b"content-", b"mime-version"))]
    return mail._replace(bytes=b"\r\n".join([*head, b"MIME-Version: 1.0"]) + b"\r\n" + "\r\n".join(lines).encode())


def of_parts(mail, kind, *parts):
    lines = [line for part in parts for line in ("--x", *part)]
    return with_body(mail, f'Content-Type: multipart/{kind}; boundary="x"', "", *lines, "--x--", "")


def empty(mail):
    return with_body(mail, "Content-Type: text/plain", "", "")


# What 佐藤 or somebody for her sends, her marks then, and who gets a mail; `b` is her ballot, `c` the center.
ROWS = {
    "figures of a signature": (lambda b, c: SATO.reply(b, "○×○\n\n-- \n佐藤\nTEL 03-1234-5678 (内線1234) 〒113-8656"), "○×○", [SATO]),
    "iPhoneから送信": (lambda b, c: SATO.reply(b, "○×○\n\niPhoneから送信"), "○×○", [SATO]),
    "a proxy who says so is held": (lambda b, c: ITO.reply(b, "佐藤の代理で回答します。○○×"), "・・・", [SATO, ITO]),
    "an invited proxy is held, too": (lambda b, c: SUZUKI.reply(b, "佐藤さんの代理で回答いたします。\n○○×"), "・・・", [SATO, SUZUKI]),
    "two people in one mail are asked about": (lambda b, c: SATO.reply(b, "佐藤 ○×○\n鈴木 ○○×"), "・・・", [SATO]),
    "the code in a new mail": (lambda b, c: SATO.write(POLL, "日程", f"{c.codes()[0].upper()} ○×○"), "○×○", [SATO]),
    "a reply to all": (lambda b, c: with_fields(SATO.reply(b, "○○×"), f"Cc: {SUZUKI.address}"), "○○×", [SATO]),
    "through a list: counted, the list not answered": (
        lambda b, c: with_fields(SATO.write(f"all@{DOMAIN}", f"Re: 日程 [{c.codes()[0].upper()}]", "○○×"),
                                 f"List-Id: <all.{DOMAIN}>", "Precedence: list")._replace(recipient=POLL), "○○×", []),
    "an attachment alone": (lambda b, c: of_parts(SATO.reply(b, ""), "mixed", ("Content-Type: text/plain", "", ""), (
        'Content-Type: application/pdf; name="a.pdf"', "Content-Transfer-Encoding: base64", "", PDF)), "・・・", [SATO]),
    "添付のとおりです": (lambda b, c: of_parts(SATO.reply(b, ""), "mixed", (*PLAIN, "添付のとおりです。"), (
        'Content-Type: application/pdf; name="a.pdf"', "Content-Transfer-Encoding: base64", "", PDF)), "・・・", [SATO]),
    "a reaction of Gmail": (lambda b, c: of_parts(SATO.reply(b, ""), "alternative", (*PLAIN, "👍"), REACTION), "・・・", []),
    "circled digits and half-width kana in ISO-2022-JP": (
        lambda b, c: Participant(SATO.name, SATO.address, "iso-2022-jp", "7bit").reply(b, "①○ ②× ③ｻﾝｶｸ"), "○×△", [SATO]),
    "a byte among the marks that is no character": (
        lambda b, c: with_body(SATO.reply(b, ""), "Content-Type: text/plain; charset=utf-8",
                               "Content-Transfer-Encoding: quoted-printable", "", "=E2=97=8B=E2=97=E2=97=8B"), "・・・", [SATO]),
    "20,000 quoted lines below the answer": (
        lambda b, c: SATO.reply(b, "○×○\n" + "".join(f"> line {i}\n" for i in range(20000))), "○×○", [SATO]),
    "the answer in the subject": (
        lambda b, c: empty(SATO.write(str(b["Reply-To"]), "○×○ Re:【日程調整】1月定例会", "")), "○×○", [SATO]),
    "a voting button of a poll of several dates": (
        lambda b, c: empty(SATO.write(str(b["Reply-To"]), "○: 【日程調整】1月定例会", "")), "・・・", [SATO]),
    "nothing at all": (lambda b, c: empty(SATO.reply(b, "")), "・・・", [SATO]),
}


def rows_mean_what_they_say(tap):
    for name, (make, marks, told) in ROWS.items():
        center = Center()
        ballot = center.open(YAMADA, JAPANESE.asked)[SATO.address]
        mails = center.take(make(ballot, center))
        tap.equal(center.marks(SATO.name), marks, f"{name}: what is recorded")
        tap.equal(sorted(address_of(mail) for mail in mails), sorted(who.address for who in told), f"{name}: who is told")


def the_proxy_counts_when_confirmed(tap):
    center = Center()
    ballot = center.open(YAMADA, JAPANESE.asked)[SATO.address]
    mails = center.take(ITO.reply(ballot, "佐藤の代理で回答します。○○×"))
    [held] = [mail for mail in mails if address_of(mail) == SATO.address]
    center.take(SATO.reply(held, "はい"))
    tap.equal(center.marks(SATO.name), "○○×", "what a proxy said, confirmed by the person")


def the_newer_of_two_holds(tap):
    center = Center()
    ballot = center.open(YAMADA, JAPANESE.asked)[SATO.address]
    center.take(dated(SATO.reply(ballot, "○○○"), "Thu, 18 Dec 2025 10:40:00 +0900"), at="2025-12-18T10:41:00+09:00")
    slow = dated(SATO.reply(ballot, "××△"), "Thu, 18 Dec 2025 10:20:00 +0900")
    [asked] = center.take(slow, at="2025-12-18T11:00:00+09:00")
    tap.equal(center.marks(SATO.name), "○○○", "a mail that was under way longer than a newer one changes nothing")
    tap.contains(asked.get_content(), "先に届いたお返事よりも前に書かれた", "and is asked about")
    center.take(dated(SATO.reply(asked, "はい"), "Thu, 18 Dec 2025 10:25:00 +0900"))
    tap.equal(center.marks(SATO.name), "××△", "はい makes it count, whatever that clock says")
    center.take(dated(SATO.reply(ballot, "×○△"), "Thu, 18 Dec 2025 10:39:00 +0900"), at="2025-12-18T11:20:00+09:00")
    tap.equal(center.marks(SATO.name), "×○△", "a clock that is slow by less than ten minutes is no doubt")
    same = dated(SATO.reply(ballot, "×○△"), "Thu, 18 Dec 2025 09:00:00 +0900")
    [ack] = center.take(same, at="2025-12-18T11:30:00+09:00")
    tap.ok(str(ack["Subject"]).startswith("受け付けました"), "an older mail that says the same is no doubt either", ack["Subject"])
    done = center.run("replay", center.codes()[0])
    tap.equal(done.returncode, 0, "replay comes to the same votes")


def one_date_can_be_voted_by_subject(tap):
    center = Center()
    ballots = center.open(YAMADA, JAPANESE.asked, "・1月15日(木) 13:00〜15:00\n締切: 12/25(木) 17:00\n")
    for who, word, mark in ((SATO, "○", "○"), (SUZUKI, "辞退", "×")):
        center.take(empty(who.write(str(ballots[who.address]["Reply-To"]), f"{word}: 【日程調整】定例会", "")))
        tap.equal(center.marks(who.name), mark, f"a voting button, {word}")


def main():
    tap = Tap()
    rows_mean_what_they_say(tap)
    the_proxy_counts_when_confirmed(tap)
    the_newer_of_two_holds(tap)
    one_date_can_be_voted_by_subject(tap)
    tap.done()


if __name__ == "__main__":
    main()
