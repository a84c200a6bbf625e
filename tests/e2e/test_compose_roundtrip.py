#!/usr/bin/python3
"""What Kairan composes, read by another implementation: Python's email gives back every text as it went in."""
import email
import email.header
import email.policy
import email.utils
import json
import random

from kairan_test import Tap, program, run, text_of

PANGRAM = "いろはにほへと散りぬるを①㈱髙～𠮷😀👩‍💻"
TEXTS = {
    "nothing": "",
    "ASCII": "Maintenance window",
    "Japanese": "第2回ネットワーク障害対策会議の日程調整について（至急）",
    "emoji": "😀🎉👩‍👩‍👧‍👦 終了",
    "mixed": "[k7q2] 日程: 1/15 (木) 13:00〜 会議室A",
    "2,000 ASCII characters": "word and more " * 143,
    "2,000 characters in one word": "x" * 2000,
    "2,000 Japanese characters": (PANGRAM * 100)[:2000],
    "2,000 emoji": "😀" * 2000,
    "encoded-word look-alike": "=?UTF-8?B?44GC?= is not decoded",
    "blanks inside": "a  b   c",
    "blanks around": "  a b  ",
    "quotes": 'Yamada "T" \\ Taro, (技術) <x@y>; "',
    "ASCII quotes": 'Yamada "T" \\ Taro, (tech) <x@y>; "',
    "combining": "か\u3099き\u3099 e\u0301",
    "half-width": "ﾃｽﾄ ｶﾀｶﾅ",
}
BODIES = {
    "nothing": "",
    "one line": "Which day?\n",
    "no line end": "Which day?",
    "dots and From_": ".\n..\n.hidden\nFrom here on\n>From there\nFrom\n",
    "blanks at ends": "trailing \n  leading\n\ttab\t\n \n\n\nend \n",
    "a line of 5,000 ASCII characters": "x" * 5000 + "\n",
    "a line of 5,000 words": "From . " * 5000 + "\n",
    "a line of 5,000 Japanese characters": (PANGRAM * 250)[:5000] + "\n",
    "a line of 5,000 emoji": "😀" * 5000 + "\n",
    "a little Japanese": "ASCII " * 40 + "会\n" * 2,
    "equal signs": "a=b =20 =\n= =\n" * 20,
    "controls": "\x1b$B\x07 bell\x0b\x0c\n",
    "every width": "".join("x" * n + " \n" for n in range(60, 90)),
    "every width of Japanese": "".join("x" * n + "会.\n" for n in range(60, 90)),
}


PIECES = ["a", "Z9", " ", "  ", ".", ",", '"', "\\", "(", ")", "<", ">", "@", "=?", "?=", "=", "会", "①", "😀", "é",
          "か\u3099", "word ", "From ", "-" * 30, "x" * 80, "日本語" * 15]


def random_text(generator, most):
    return "".join(generator.choices(PIECES, k=generator.randrange(most)))


def random_cases(count):
    """Mixtures that nobody would think of; the same ones in every run."""
    generator = random.Random(42)
    for number in range(count):
        text = "".join(random_text(generator, 40) + generator.choice(["", "\n", " \n"]) for _ in range(6))
        yield f"mixture {number}", {"from_name": random_text(generator, 8), "to_name": random_text(generator, 20),
                                    "subject": random_text(generator, 30), "text": text, "html": text}


FORMS = (("text", "text/plain"), ("html", "text/html"), ("calendar", "text/calendar"))


def canonical(text):
    """Line ends as mail has them: every line has one."""
    return text if text.endswith("\n") or not text else text + "\n"


def folded(text):
    """What RFC 2047 decoding gives of a header; controls come out as blanks."""
    return "".join(" " if character < " " else character for character in text)


def decoded(value):
    """The old-style decoder, another reader than the policy's."""
    return str(email.header.make_header(email.header.decode_header(value)))


def check_lines(tap, mail, name):
    lines = mail.split("\r\n")
    tap.ok(mail.isascii() and "\r" not in "".join(lines) and "\n" not in "".join(lines), f"{name}: ASCII and CRLF")
    tap.ok(max(map(len, lines)) <= 78, f"{name}: no long line", max(lines, key=len))
    tap.ok(not any(line.startswith((".", "From ")) for line in lines), f"{name}: nothing for relays to mangle")


def check_mail(tap, entry, mail, name):
    check_lines(tap, mail, name)
    message = email.message_from_string(mail.replace("\r\n", "\n"), policy=email.policy.default)
    old_style = email.message_from_string(mail)
    tap.equal(message.defects, [], f"{name}: no defects")
    tap.equal(str(message["Subject"]).strip(), folded(entry["subject"]).strip(), f"{name}: subject")
    tap.equal(decoded(old_style["Subject"] or "").strip(), folded(entry["subject"]).strip(), f"{name}: subject, again")
    for field, key, address in (("From", "from_name", "poll"), ("To", "to_name", "taro")):
        mailboxes = message[field].addresses
        tap.equal(len(mailboxes), 1, f"{name}: one mailbox in {field}")
        tap.equal(mailboxes[0].addr_spec, f"{address}@tc.example.ac.jp", f"{name}: address in {field}")
        # the policy's parser puts blanks between the encoded-words of a phrase, against RFC 2047 section 6.2
        phrase = email.utils.parseaddr(str(old_style[field]).replace("\n", ""))[0]
        tap.equal(decoded(phrase).strip(), folded(entry[key]).strip(), f"{name}: name in {field}")
    tap.equal(text_of(message), canonical(entry["text"]), f"{name}: text")
    reading = message
    if "file" in entry:
        tap.equal(message.get_content_type(), "multipart/mixed", f"{name}: a mail with a file")
        [file] = message.iter_attachments()
        tap.equal((file.get_filename(), file.get_content_type()), ("answers.csv", "text/csv"), f"{name}: its name")
        tap.equal(file.get_payload(decode=True), entry["file"].encode(), f"{name}: its bytes")
        reading = next(message.iter_parts())
    if "html" in entry:
        tap.equal(reading.get_content_type(), "multipart/alternative", f"{name}: alternatives")
        page = message.get_body(("html",)).get_content().replace("\r\n", "\n")
        tap.equal(page, canonical(entry["html"]), f"{name}: HTML")
    alternatives = [part.get_content_type() for part in reading.iter_parts()]
    tap.equal(alternatives, [kind for key, kind in FORMS if key in entry] if len(alternatives) else [],
              f"{name}: the richest form stands last")
    if "calendar" in entry:
        calendar = list(reading.iter_parts())[-1]
        tap.equal(calendar.get_param("method"), "REQUEST", f"{name}: the method of the calendar")
        tap.equal(calendar.get_payload(decode=True), entry["calendar"].encode(), f"{name}: its bytes")


def cases():
    for name, text in TEXTS.items():
        yield f"header, {name}", {"from_name": text, "to_name": text, "subject": text, "text": "x\n"}
    for name, text in BODIES.items():
        entry = {"from_name": "日程調整", "to_name": "Taro", "subject": "s", "text": text}
        yield f"body, {name}", entry
        yield f"alternative, {name}", {**entry, "html": f"<p>{text}</p>"}
        yield f"calendar, {name}", {**entry, "html": f"<p>{text}</p>", "calendar": text}
        yield f"file, {name}", {**entry, "file": text}
        yield f"file with alternatives, {name}", {**entry, "html": f"<p>{text}</p>", "calendar": text, "file": text}
    yield from random_cases(300)


def main():
    tap = Tap()
    names, entries = zip(*cases())
    done = run([program("tests/unit/test_mail_compose"), "--compose"], input=json.dumps(entries).encode())
    if tap.equal(done.returncode, 0, "the composer runs"):
        for name, entry, mail in zip(names, entries, json.loads(done.stdout)):
            if tap.ok(mail, f"{name}: composed"):
                check_mail(tap, entry, mail, name)
    tap.done()


main()
