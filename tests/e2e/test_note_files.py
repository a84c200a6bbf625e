#!/usr/bin/python3
"""Notes as files: exported as Maildir and mbox for Python's mailbox, mu and notmuch, as pages for browsers, and imported
again, duplicates and hostile mails among them."""
import hashlib
import html.parser
import mailbox
import os
import shutil
import urllib.parse

import kairan_test as kt
from kairan_test import DOMAIN, Participant, Tap
from note_test import NOTE, NoteCenter, with_files

SATO = Participant("佐藤 花子", f"sato@{DOMAIN}")
TANAKA = Participant("田中 &lt;b&gt; 実", f"tanaka@{DOMAIN}", charset="iso-2022-jp", encoding="7bit")
SMITH = Participant('John "J" Smith', f"smith@{DOMAIN}", form="html")
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40
PAGE = b"<script>alert(document.domain)</script>"
HOSTILE = '<script>alert(1)</script> & "x" \'y\''
KEPT = ("title", "tags", "text", "author", "date", "time", "is_comment")


def fill(now="2025-12-20T09:00:00+09:00"):
    """A center with six notes and two comments, one of the notes withdrawn."""
    center = NoteCenter([(SATO, "ja"), (TANAKA, "ja"), (SMITH, "en")], now=now)
    letter = SATO.write(NOTE, "500GBのボリュームを縮小 #disk [LVM]", "まず fsck -f。\n手順は https://wiki.example.jp/lvm?a=1&b=2 (社内)。\n")
    first = center.take(with_files(letter, ("手順 書.pdf", "application/pdf", PDF), ("../x.html", "text/html", PAGE)))[0]
    center.take(TANAKA.reply(first, "UUID で指定を。\nFrom here on it is easy."))
    center.take(SMITH.write(NOTE, "Backup of VMs #xen", "vm-export works.\nFrom now on use it."), at="2026-01-05T10:00:00+09:00")
    center.take(SATO.write(NOTE, f"{HOSTILE} #a<b", f"{HOSTILE}\n</div></body>\njavascript:alert(1) http://x.example/\"onclick=1"))
    gone = center.take(TANAKA.write(NOTE, "間違い", "取り下げるもの"))[0]
    center.take(SMITH.write(NOTE, "Re: [N5] 間違い", "To a note that goes"))
    center.take(TANAKA.reply(gone, "取り下げ"))
    center.take(SATO.write(NOTE, "長い本文", "行\n" * 300 + ">From quoted\n\n>>From x Mon Jan 12 09:00:00 2026\n\nFrom x Mon Jan 12 09:00:00 2026\nFrom now on."), at="2026-01-20T10:00:00+09:00")
    return center


def notes_of(center):
    """All that a center holds, by code: what must be the same after an export and an import."""
    found = {}
    for entry in center.json("note", "list")["notes"]:
        shown = center.json("note", "show", entry["code"])
        for note in [shown, *shown["comments"]]:
            found[note["title"], note["is_comment"], note["text"]] = (
                {key: note[key] for key in KEPT}, [(file["name"], file["sha256"]) for file in note["attachments"]])
    return found


def mail_programs(tap, center, folder):
    exported = center.run("note", "export", "maildir", f"{folder}/maildir")
    tap.contains(exported.stdout.decode(), "6 notes and comments", "the export tells how many there are")
    center.run("note", "export", "mbox", f"{folder}/mbox")
    boxes = {"Maildir": mailbox.Maildir(f"{folder}/maildir"), "mbox": mailbox.mbox(f"{folder}/mbox")}
    for form, box in boxes.items():
        mails = {str(kt.email.message_from_bytes(mail.as_bytes(), policy=kt.email.policy.default)["X-Kairan-Note"]):
                 kt.email.message_from_bytes(mail.as_bytes(), policy=kt.email.policy.default) for mail in box}
        tap.equal(sorted(mails), ["N1", "N2", "N3", "N4", "N6", "N7"], f"{form}: notes have their ids")
        tap.equal(len(box), 6, f"{form}: a mail a note, none of what was withdrawn")
        tap.equal(mails["N1"]["Subject"], "500GBのボリュームを縮小 #disk #lvm", f"{form}: title and tags are the subject")
        tap.equal(str(mails["N1"]["From"]), f"佐藤 花子 <{SATO.address}>", f"{form}: its author is the sender")
        tap.equal(mails["N2"]["In-Reply-To"], mails["N1"]["Message-ID"], f"{form}: a comment stands below its note")
        tap.contains(kt.text_of(mails["N2"]), "\nFrom here on it is easy.", f"{form}: no line of the text is changed")
        tap.contains(kt.text_of(mails["N7"]), "\n\n>>From x Mon Jan 12 09:00:00 2026\n\nFrom x Mon Jan 12 09:00:00 2026\nFrom now on.", f"{form}: nor of another")
        tap.equal([part.get_payload(decode=True) for part in mails["N1"].iter_attachments()], [PDF, PAGE], f"{form}: files are whole")
        tap.equal(mails["N3"]["Date"].datetime.isoformat(), "2026-01-05T10:00:00+09:00", f"{form}: dates are those of the notes")
    again = center.run("note", "export", "mbox", f"{folder}/mbox", check=False)
    tap.equal((again.returncode, b"must be new" in again.stderr), (1, True), "what is there is not written over")
    center.run("note", "export", "mbox", f"{folder}/mbox2")
    with open(f"{folder}/mbox", "rb") as one, open(f"{folder}/mbox2", "rb") as other:
        tap.ok(one.read() == other.read(), "an export of the same notes is the same")


def searchers(tap, folder):
    """mu and notmuch find in the exported Maildir what was written."""
    home = os.path.join(folder, "home")
    os.makedirs(home, exist_ok=True)
    environment = {**os.environ, "HOME": home, "XAPIAN_CJK_NGRAM": "1", "MUHOME": f"{home}/mu", "NOTMUCH_CONFIG": f"{home}/notmuch"}
    if shutil.which("mu"):
        kt.run(["mu", "init", f"--maildir={folder}/maildir"], env=environment)
        kt.run(["mu", "index", "--quiet"], env=environment)
        found = kt.run(["mu", "find", "--fields", "s", "縮小"], env=environment).stdout.decode().splitlines()
        tap.equal(found.count("500GBのボリュームを縮小 #disk #lvm"), 1, "mu finds a note in the export")
    else:
        tap.ok(True, "mu finds a note in the export # SKIP mu is not installed")
    if shutil.which("notmuch"):
        with open(environment["NOTMUCH_CONFIG"], "w", encoding="utf-8") as file:
            file.write(f"[database]\npath={folder}/maildir\n[user]\nname=x\nprimary_email=x@example.jp\n")
        kt.run(["notmuch", "new", "--quiet"], env=environment)
        threads = kt.run(["notmuch", "count", "--output=threads", "*"], env=environment).stdout.strip()
        found = kt.run(["notmuch", "count", "UUID"], env=environment).stdout.strip()
        tap.equal((threads, found), (b"5", b"1"), "notmuch sees threads and finds a comment in the export")
        shutil.rmtree(f"{folder}/maildir/.notmuch")
    else:
        tap.ok(True, "notmuch sees threads and finds a comment in the export # SKIP notmuch is not installed")


def comes_back(tap, center, folder):
    written = notes_of(center)
    for form in ("maildir", "mbox"):
        other = NoteCenter([], now="2026-02-01T09:00:00+09:00")
        counts = other.json("note", "import", f"{folder}/{form}")
        tap.equal((counts["notes"] + counts["comments"], counts["refused"], counts["skipped"]), (6, 0, 0), f"{form}: all is taken in")
        back = notes_of(other)
        lost = [key[0][:40] for key in written if back.get(key) != written[key]]
        tap.equal(lost, [], f"{form}: every note comes back as it was")
        tap.equal(other.search("UUID"), center.search("UUID") and other.search("UUID"), f"{form}: it is found")
        tap.equal(other.json("note", "import", f"{folder}/{form}")["known"], 6, f"{form}: the same again is known")
        other.run("nightly", "digest")
        other.run("post")
        tap.equal(other.new_mails(), [], f"{form}: nobody is told of what was imported")
    tap.equal(center.json("note", "import", f"{folder}/maildir")["known"], 6, "a center knows its own notes")


class Page(html.parser.HTMLParser):
    """What a page consists of: tags, links, text."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.links, self.attributes, self.text = [], [], set(), ""
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data):
        self.text += data


def pages(tap, center, folder):
    place = f"{folder}/archive"
    center.run("note", "export", "html", place)
    names = [os.path.relpath(os.path.join(path, name), place) for path, _, names in os.walk(place) for name in names]
    parsed = {name: Page(os.path.join(place, name)) for name in names if name.endswith(".html")}
    tap.equal(sorted(name for name in parsed if name[0] == "N"), ["N1.html", "N3.html", "N4.html", "N5.html", "N7.html"],
              "a page a thread")
    allowed = set("html head meta style title body nav a article h1 h2 p small br ul li pre".split())
    tap.equal({tag for page in parsed.values() for tag in page.tags} - allowed, set(), "no script and no foreign tag on any page")
    tap.equal({name for page in parsed.values() for name in page.attributes} -
              set("lang charset name content http-equiv href rel class id download".split()), set(), "nor a foreign attribute")
    links = [(name, link) for name, page in parsed.items() for link in page.links]
    outside = {link for _, link in links if ":" in link}
    tap.equal(outside, {"https://wiki.example.jp/lvm?a=1&b=2", "http://x.example/"}, "addresses in texts are links, and nothing else is")
    lost = [link for _, link in links if ":" not in link and not link.startswith("#") and
            urllib.parse.unquote(link.split("#")[0]) not in names]
    tap.equal(lost, [], "every other link leads to a page of the archive")
    tap.contains(parsed["N4.html"].text, f"{HOSTILE}\n</div></body>\n", "what looks like markup is text")
    tap.contains(parsed["N1.html"].text, "田中 &lt;b&gt; 実", "names, too")
    tap.contains(parsed["index.html"].text, HOSTILE, "and titles in lists")
    tap.equal(sorted(name for name in parsed if name[:2] == "20"), ["2025.html", "2026.html"], "a list a year")
    tap.ok("N7.html" in parsed["index.html"].links and "N1.html" not in parsed["index.html"].links, "the first page is the newest year")
    tap.equal(sorted(name for name in parsed if name.startswith("tag-") and "N1.html" in parsed[name].links),
              ["tag-disk.html", "tag-lvm.html"], "a list a tag")
    sums = {name: hashlib.sha256(open(os.path.join(place, name), "rb").read()).hexdigest() for name in names if name.startswith("files/")}
    tap.equal(sums, {f"files/{digest}.{ending}": digest for digest, ending in
                     ((hashlib.sha256(PDF).hexdigest(), "pdf"), (hashlib.sha256(PAGE).hexdigest(), "bin"))},
              "files are there under their hashes; a page that came with a note is none of ours")
    center.take(SATO.write(NOTE, "もう一つ", "本文"))
    center.run("note", "export", "html", place)
    tap.ok(os.path.exists(f"{place}/N8.html"), "an archive is replaced by a newer one")
    os.mkdir(f"{folder}/mine")
    open(f"{folder}/mine/thesis.tex", "w", encoding="utf-8").close()
    refused = center.run("note", "export", "html", f"{folder}/mine", check=False)
    tap.equal((refused.returncode, os.listdir(f"{folder}/mine")), (1, ["thesis.tex"]), "any other folder is left alone")


def hostile_mails(tap, folder):
    center = NoteCenter([])
    box = kt.make_maildir(f"{folder}/hostile")
    good = SATO.write(NOTE, "よいもの", "本文")
    long_line = b"From: a@x.example\r\nSubject: long\r\n\r\n" + b"x" * 3000000
    many = with_files(SATO.write(NOTE, "一万個", "本文"), *[(f"{i}.txt", "text/plain", b"x") for i in range(10000)])
    absent = SATO.write(NOTE, "不在", "出張中", [("Auto-Submitted", "auto-replied")])
    nameless = b"\r\n".join(line for line in SATO.write(NOTE, "名無し", "ID のない本文").bytes.split(b"\r\n") if b"Message-ID" not in line)
    mails = {"1-empty": b"", "2-nul": bytes(5000), "3-nobody": b"Subject: x\r\n\r\nhello\r\n", "4-long": long_line, "5-many": many.bytes,
             "6-absent": absent.bytes, "7-good": good.bytes, "8-good-again": good.bytes, "9-nameless": nameless, "91-nameless": nameless,
             "92-noise": os.urandom(20000)}
    for name, data in mails.items():
        with open(f"{box}/new/{name}", "wb") as file:
            file.write(data)
    os.symlink("/etc/passwd", f"{box}/new/93-link")
    done = center.run("note", "import", f"{box}/", "--json", check=False)
    counts = kt.json.loads(done.stdout)
    tap.equal(done.returncode, 1, "an import that had to refuse something says so")
    tap.equal((counts["notes"], counts["known"], counts["skipped"] + counts["refused"]), (2, 2, 7),
              "what is good goes in once, whatever stands around it")
    for name in ("4-long", "5-many"):
        tap.contains(done.stderr.decode("utf-8", "replace"), f"{name}: not taken in: ", f"a sentence tells why {name[2:]} does not")
    tap.equal(sorted(note["title"] for note in center.json("note", "list")["notes"]), ["よいもの", "名無し"], "and nothing else")
    done = center.run("note", "import", f"{folder}/nowhere", check=False)
    tap.equal((done.returncode, b"nowhere" in done.stderr), (1, True), "a path that is not there is named")


def threads_out_of_order(tap, folder):
    center = NoteCenter([])
    first = SATO.write(NOTE, "はじめ", "本文", [])
    own = [line for line in first.bytes.split(b"\r\n") if line.startswith(b"Message-ID")][0][12:].decode()
    answer = TANAKA.write(NOTE, "Re: はじめ", "返事\n> 本文", [("In-Reply-To", own)])
    answer = answer._replace(bytes=answer.bytes.replace(b"Sat, 10 Jan 2026 15:00:00", b"Fri, 09 Jan 2026 16:00:00"))
    with open(f"{folder}/order", "wb") as file:
        for mail in (answer, first):
            file.write(b"From x Sat Jan 10 15:00:00 2026\n" + mail.bytes.replace(b"\r\n", b"\n") + b"\n\n")
    tap.equal(center.json("note", "import", f"{folder}/order")["comments"], 1, "an answer that stands before what it answers, and is dated so, is its comment")
    tap.equal([note["text"] for note in center.json("note", "show", "N1")["comments"]], ["返事"], "without what it quotes")


def many_hits(tap, folder):
    """A word of more notes than are counted."""
    center = NoteCenter([])
    with open(f"{folder}/many", "wb") as file:
        for number in range(1010):
            file.write(f"From x Sat Jan 10 15:00:00 2026\nFrom: a@x.example\nMessage-ID: <{number}@x>\nSubject: note {number}\n\nresize2fs\n\n".encode())
    center.json("note", "import", f"{folder}/many")
    found = center.json("note", "search", "resize2fs note 1009")
    tap.equal((found["total"], found["is_at_least"], found["hits"][0]["title"]), (1, False, "note 1009"), "a search is complete")
    found = center.json("note", "search", "resize2fs")
    tap.equal((found["total"], found["is_at_least"], found["is_more"]), (1000, True, True), "notes beyond a thousand are not counted, and that is told")
    tap.contains(center.run("note", "search", "resize2fs").stdout.decode(), "1000 or more found", "which people read, too")


def main():
    tap = Tap()
    folder = kt.new_folder()
    center = fill()
    mail_programs(tap, center, folder)
    searchers(tap, folder)
    comes_back(tap, center, folder)
    pages(tap, center, folder)
    hostile_mails(tap, folder)
    threads_out_of_order(tap, folder)
    many_hits(tap, folder)
    tap.done()


if __name__ == "__main__":
    main()
