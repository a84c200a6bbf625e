"""What the tests of polls share: a center with its mails, people, openings, and mails compared with golden files."""
import difflib
import os
import re

import kairan_test as kt

POLL = f"poll@{kt.DOMAIN}"
OPENED = "2025-12-18T10:00:00+09:00"
LATE = "2025-12-25T17:02:00+09:00"
GOLDEN = os.path.join(kt.TREE, "tests", "golden")

DATES_JA = """\
・1月15日(木) 13:00〜15:00
・1月16日(金) 10:00〜12:00
・1月19日(月) 13:00〜15:00
"""
DATES_EN = """\
- Thu 15 Jan 13:00-15:00
- Fri 16 Jan 10:00-12:00
- Mon 19 Jan 13:00-15:00
"""


class Center(kt.Kairan):
    """An instance of its own: `settings` is appended to its configuration, `circles` maps names to the text of files."""

    def __init__(self, settings="", circles=None, now=OPENED, transport=None, parent=None):
        super().__init__(os.path.join(parent or kt.new_folder(), "center"), now)
        self.seen = set()
        options = ["--transport", transport] if transport else []
        done = kt.run([kt.program("kairan"), "init", "--domain", kt.DOMAIN, *options, self.folder])
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        with open(os.path.join(self.folder, "kairan.conf"), "a", encoding="utf-8") as file:
            file.write("\n" + settings)
        for name, text in (circles or {}).items():
            with open(os.path.join(self.folder, "circles", name), "w", encoding="utf-8") as file:
                file.write(text)

    def all_mails(self):
        """Everything that was sent, oldest first."""
        letters = kt.read_maildir(os.path.join(self.folder, "out"))
        return sorted(letters, key=lambda letter: (os.stat(letter.path).st_mtime_ns, letter.path))

    def new_mails(self):
        """What was sent since the last call, as EmailMessages, oldest first."""
        letters = [letter for letter in self.all_mails() if letter.path not in self.seen]
        self.seen.update(letter.path for letter in letters)
        return [letter.message for letter in letters]

    def take(self, *mails, at=None):
        """Delivers mails, processes them, and returns what was sent because of them."""
        self.now = at or self.now
        for mail in mails:
            self.deliver(mail)
        self.run("process")
        return self.new_mails()

    def open(self, organiser, people, text=None, subject="定例会の日程調整"):
        """Opens a poll; {address: ballot}."""
        fields = [("Cc", ", ".join(f"{kt.encode_header(who.name, 'utf-8')} <{who.address}>" for who in people))]
        text = text or f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n"
        [preview] = self.take(organiser.write(POLL, subject, text, fields if people else ()))
        mails = self.take(organiser.reply(preview, "はい"))
        return {address_of(mail): mail for mail in mails if address_of(mail) != organiser.address}

    def codes(self):
        """The codes of all polls, the oldest first."""
        return [poll["code"] for poll in reversed(self.json("poll", "list")["polls"])]

    def show(self, code=None):
        return self.json("poll", "show", code or self.codes()[-1])

    def marks(self, name, code=None):
        """The marks of one person as they stand: "○×△"."""
        rows = self.show(code)["table"]["rows"]
        [row] = [row for row in rows if row["name"] == name]
        return "".join(cell["symbol"] for cell in row["cells"])

    def verdicts(self):
        """{verdict: how many letters}."""
        return {entry["verdict"]: entry["count"] for entry in self.json("status")["letters"]}

    def spooled(self, folder="new"):
        return sorted(os.listdir(os.path.join(self.folder, "spool", folder)))


def address_of(message):
    """Whom a mail of ours goes to."""
    return message["To"].addresses[0].addr_spec


def with_fields(mail, *lines):
    """The mail with further header lines on top."""
    return mail._replace(bytes="".join(f"{line}\r\n" for line in lines).encode() + mail.bytes)


def bounce_of(ballot, recipient, address=None):
    """The delivery failure (RFC 3464) of a ballot, as it comes back to the envelope sender of that ballot."""
    text = f"""\
From: MAILER-DAEMON@{kt.DOMAIN} (Mail Delivery System)
To: {address or ballot['Return-Path'].strip('<>')}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-{abs(hash(recipient))}@mx.{kt.DOMAIN}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

<{recipient}>: user unknown
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.{kt.DOMAIN}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
--b--
"""
    return kt.Mail("", address or ballot["Return-Path"].strip("<>"), text.encode())


def calendars_of(message):
    """The texts of the calendar alternatives of a mail."""
    return [part.get_payload(decode=True).decode() for part in message.walk()
            if part.get_content_type() == "text/calendar"]


# Golden files

SHOWN = ("From", "To", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
         "X-Auto-Response-Suppress", "Precedence", "List-Id", "Return-Path", "Content-Type")


def without_chance(text, codes):
    """The text with what differs from run to run replaced: codes, tokens, random parts of ids."""
    for number, code in enumerate(codes, 1):
        for old, new in ((code, f"c{number}d{number}"), (code.upper(), f"C{number}D{number}")):
            text = re.sub(rf"\b{old}((?:-\d+)+)-[A-Za-z2-7]{{16}}\b", rf"{new}\1-TOKEN", text)
            text = re.sub(rf"\b{old}\b", new, text)
    text = re.sub(r"TOKEN\.[a-z2-7]{13}@", "TOKEN.RANDOM@", text)
    text = re.sub(r"<[a-z2-7]{13}@", "<RANDOM@", text)
    return re.sub(r"<[0-9a-f-]{36}@mua\.example>", "<THEIRS@mua.example>", text)


def plain_view(message, codes):
    """The header fields that matter, then the text, as a golden file holds them."""
    head = []
    for name in SHOWN:
        value = message.get_content_type() if name == "Content-Type" else message[name]
        if value is not None:
            head.append(f"{name}: {value}")
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    return without_chance("\n".join(head) + "\n\n" + text, codes)


class Golden:
    """Compares mails with the files of tests/golden/LANGUAGE, or of tests/golden/PART/LANGUAGE; KAIRAN_GOLDEN=write
    writes them anew instead."""

    def __init__(self, tap, language, part=""):
        self.tap, self.language, self.names = tap, language, set()
        self.folder = os.path.join(GOLDEN, part, language)
        self.writes = os.environ.get("KAIRAN_GOLDEN") == "write"

    def compare(self, name, actual):
        path = os.path.join(self.folder, name)
        self.names.add(name)
        if self.writes:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(actual)
        try:
            with open(path, encoding="utf-8") as file:
                expected = file.read()
        except FileNotFoundError:
            expected = ""
        lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), "golden", "now", lineterm="")
        self.tap.ok(actual == expected, f"{self.language}/{name} reads as it should", "\n".join(lines))

    def mail(self, center, name, message):
        """One mail of ours, and its HTML alternative when it has one."""
        codes = center.codes()
        self.compare(f"{name}.txt", plain_view(message, codes))
        rich = message.get_body(("html",))
        if rich:
            self.compare(f"{name}.html", without_chance(rich.get_content().replace("\r\n", "\n"), codes))
        for calendar in calendars_of(message):
            self.compare(f"{name}.ics", without_chance(calendar.replace("\r\n", "\n"), codes))

    def finish(self):
        """Every golden file must have been asked for."""
        there = set(os.listdir(self.folder))
        self.tap.equal(sorted(there - self.names), [], f"{self.language}: no golden file is left over")
