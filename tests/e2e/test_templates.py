#!/usr/bin/python3
"""Templates: both languages say the same things, and every link that writes a mail is plain ASCII and answers the poll."""
import html
import os
import re
import unicodedata
import urllib.parse

from kairan_test import DOMAIN, TREE, Participant, Tap
from poll_people import ENGLISH, JAPANESE
from poll_test import GOLDEN, Center

# how each language shows by example what may be written
SAMPLES = {"sample_marks", "sample_marks_ascii", "sample_day"}


def names_of(language, name):
    """What a template asks its view for."""
    with open(os.path.join(TREE, "templates", language, name), encoding="utf-8") as file:
        tags = re.findall(r"\{\{\{?(.*?)\}\}", file.read(), re.S)
    return {tag.lstrip("#^/&> ").strip() for tag in tags if not tag.startswith("!")} - SAMPLES


def languages_match(tap):
    files = {language: sorted(os.listdir(os.path.join(TREE, "templates", language))) for language in ("ja", "en")}
    tap.equal(files["ja"], files["en"], "both languages have the same templates")
    for name in files["ja"]:
        tap.equal(names_of("ja", name), names_of("en", name), f"{name}: both languages show the same")


def links_answer(tap, language, people):
    """The link is followed as a mail program does: a new mail, without quotation or thread."""
    center = Center(circles={"minna": people.circle(language)})
    ballots = center.open(people.organiser, people.asked)
    who = people.asked[0]
    ballot = ballots[who.address]
    links = [html.unescape(link) for link in re.findall(r'href="([^"]*)"', ballot.get_body(("html",)).get_content())]
    tap.ok(links and all(link.startswith("mailto:") for link in links), f"{language}: every link writes a mail", repr(links))
    for link in links:
        tap.ok(link.isascii() and not re.search(r"[\s<>]", link), f"{language}: it is plain ASCII", link)
        parts = urllib.parse.urlsplit(link)
        fields = urllib.parse.parse_qs(parts.query, strict_parsing=True)
        address = urllib.parse.unquote(parts.path)
        tap.equal(address, ballot["Reply-To"].addresses[0].addr_spec, f"{language}: it goes where replies go")
        center.take(who.write(address, fields["subject"][0], fields["body"][0]))
        tap.equal(center.marks(who.name), "○○○", f"{language}: what it says is an answer")


def links_write_mails(tap):
    """In every template and in every mail as people get it: a link writes a mail, in ASCII, with what blanks and & need."""
    folders = [os.path.join(TREE, "templates"), GOLDEN]
    paths = [os.path.join(folder, name) for top in folders for folder, _, names in os.walk(top) for name in names]
    links = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        found = re.findall(r'href="([^"]*)"', text) + re.findall(r"mailto:[^\s\"'<>)]*", text if path.endswith(".txt") else "")
        links += [(path, link) for link in found]
    bad = [(path, link) for path, link in links
           if "archive-" not in path and not re.fullmatch(r"mailto:[!-~]+", re.sub(r"\{\{\w+\}\}", "x", html.unescape(link)))]
    tap.ok(len(links) >= 8 and not bad, "every link of every mail writes a mail, in ASCII", bad)


def tables_fit(tap):
    """The table of 22 dates and long names, by the width of its characters."""
    center = Center()
    days = "".join(f"・2月{day}日 10:00〜12:00\n・2月{day}日 13:00〜15:00\n" for day in range(2, 13))
    people = [Participant(name, f"p{number}@{DOMAIN}") for number, name in
              enumerate(("勅使河原 権左衛門", "Maria Fernanda González Hernández", "伊藤 健"))]
    ballots = center.open(JAPANESE.organiser, people, f"候補日:\n{days}締切: 12/25(木) 17:00\n")
    center.take(*(who.reply(ballots[who.address], "○△×◎" * 5 + "○○") for who in people))
    table = center.show()["table"]["lines"]
    widths = [sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line) for line in table]
    tap.ok(len(table) >= 8 and 60 < max(widths) <= 78, "no line of a table is wider than 78 columns", table)
    rows = [line for line in table if line.startswith(("勅使", "Maria", "伊藤"))]
    ends = {sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in re.split("  [○△×◎]", line)[0]) for line in rows}
    tap.equal(len(ends), 1, "and the marks stand below each other, however wide a name is")


def main():
    tap = Tap()
    languages_match(tap)
    links_answer(tap, "ja", JAPANESE)
    links_answer(tap, "en", ENGLISH)
    links_write_mails(tap)
    tables_fit(tap)
    tap.done()


if __name__ == "__main__":
    main()
