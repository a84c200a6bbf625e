"""What the tests of notes share: a center with readers, and mails compared with golden files."""
import os
import re

import kairan_test as kt
from poll_test import GOLDEN, SHOWN, Center, Golden

NOTE = f"note@{kt.DOMAIN}"
BEGIN = "2026-01-12T09:00:00+09:00"
LIST_FIELDS = ("List-Help", "List-Post", "List-Subscribe", "List-Unsubscribe", "List-Owner")


def at(word):
    """The notes' address with an extension."""
    return f"note+{word}@{kt.DOMAIN}"


def without_chance(text):
    """The text with tokens, random parts of ids and boundaries replaced."""
    text = re.sub(r"\b([NnPpRrDd]\d+-\d+)-[A-Za-z2-7]{16}\b", r"\1-TOKEN", text)
    text = re.sub(r"TOKEN\.[a-z2-7]{13}@", "TOKEN.RANDOM@", text)
    text = re.sub(r"<[a-z2-7]{13}@", "<RANDOM@", text)
    return re.sub(r"<[0-9a-f-]{36}@mua\.example>", "<THEIRS@mua.example>", text)


def files_of(message):
    """The files that go with a mail, as (name, type, bytes)."""
    return [(part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
            for part in message.walk() if part.get_content_disposition() == "attachment"]


def plain_view(message):
    """The header fields that matter, the text, and what goes with it, as a golden file holds them."""
    lines = []
    for name in SHOWN + LIST_FIELDS:
        value = message.get_content_type() if name == "Content-Type" else message[name]
        if value is not None:
            lines.append(f"{name}: {value}")
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            text += "\n[message/rfc822]\n" + plain_view(part.get_payload()[0])
    text += "".join(f"\n[{kind}; {name}; {len(data)} bytes]\n" for name, kind, data in files_of(message))
    return without_chance("\n".join(lines) + "\n\n" + text)


class NoteGolden(Golden):
    """Golden files of notes, in tests/golden/notes-LANGUAGE."""

    def __init__(self, tap, language):
        super().__init__(tap, f"notes-{language}")

    def mail(self, name, message):
        self.compare(f"{name}.txt", plain_view(message))


class NoteCenter(Center):
    """A center whose members, given as (Participant, language), get notes."""

    def __init__(self, people, settings="", **options):
        lines = "".join(f"{who.name} <{who.address}> {language}\n" for who, language in people)
        super().__init__(settings=settings, circles={"minna": lines}, **{"now": BEGIN, **options})

    def search(self, words):
        """The codes that `kairan note search` finds."""
        return [hit["code"] for hit in self.json("note", "search", words)["hits"]]


def with_files(mail, *files):
    """A Mail in plain text with files, given as (name, type, bytes), behind its text."""
    head, body = mail.bytes.split(b"\r\n\r\n", 1)
    fields = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-")]
    rest = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-")]
    parts = [b"\r\n".join(fields) + b"\r\n\r\n" + body]
    for name, kind, data in files:
        disposition = kt.encode_header(name, "utf-8").replace("\r\n", "") if name else ""
        part = f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{disposition}"\r\n'
        parts.append(part.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + kt.base64.encodebytes(data))
    whole = b"\r\n".join(rest) + b'\r\nContent-Type: multipart/mixed; boundary="files"\r\n\r\n'
    whole += b"".join(b"--files\r\n" + part + b"\r\n" for part in parts) + b"--files--\r\n"
    return mail._replace(bytes=whole)
