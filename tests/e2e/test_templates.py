#!/usr/bin/python3
"""Templates: both languages say the same things, and every link that writes a mail is plain ASCII and answers the poll."""
import html
import os
import re
import urllib.parse

from kairan_test import TREE, Tap
from poll_people import ENGLISH, JAPANESE
from poll_test import Center

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


def main():
    tap = Tap()
    languages_match(tap)
    links_answer(tap, "ja", JAPANESE)
    links_answer(tap, "en", ENGLISH)
    tap.done()


if __name__ == "__main__":
    main()
