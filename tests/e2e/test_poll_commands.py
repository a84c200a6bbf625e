#!/usr/bin/python3
"""The command line: every command, its help in both languages, its exit status, two at once, and what becomes of a mail
that kills the program that reads it. KAIRAN_SANITIZE: yes"""
import csv
import fcntl
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import time

import kairan_test as kt
from kairan_test import DOMAIN, Participant, Tap, wait_until
from poll_people import JAPANESE
from poll_test import DATES_JA, POLL, Center, address_of

YAMADA = JAPANESE.organiser
SATO, SUZUKI, TANAKA = JAPANESE.asked
COMMANDS = ("init", "process", "post", "nightly", "read", "answer", "dates", "poll", "note", "xen", "replay", "outbox", "status", "doctor",
            "config")

# Stands in for kairan-reader: does to the mails that say so what a bug in a library would do, and asks the real one
# about all others.
READER = """\
#!{python}
import os, signal, struct, subprocess, sys, time
os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
real = subprocess.Popen([{reader!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def take(stream):
    head = stream.read(4)
    return stream.read(struct.unpack(">I", head)[0]) if len(head) == 4 else None
def give(stream, data):
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()
while (mail := take(sys.stdin.buffer)) is not None:
    if b"KILL-READER" in mail:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"HANG-READER" in mail:
        time.sleep(60)
    if b"WAIT-READER" in mail:
        while not os.path.exists({folder!r} + "/go"):
            time.sleep(0.02)
    if b"LIE-READER" in mail:
        give(sys.stdout.buffer, b"this is no view")
        continue
    if b"FLOOD-READER" in mail:
        sys.stdout.buffer.write(b"\\x7f\\xff\\xff\\xff" + b"x" * 100)
        sys.stdout.buffer.flush()
        continue
    give(real.stdin, mail)
    give(sys.stdout.buffer, take(real.stdout))
"""


def kairan(*arguments, language="C.UTF-8", **options):
    """The bare program: (status, standard output, standard error)."""
    environment = {**os.environ, "KAIRAN_NOW": "2025-12-18T10:00:00+09:00", "LC_ALL": language}
    done = kt.run([kt.program("kairan"), *arguments], env=environment, **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def contents_of(folder):
    """{name: digest} of every file below a folder, but for what SQLite makes when it only reads."""
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(("-wal", "-shm")):
                with open(os.path.join(path, name), "rb") as file:
                    found[os.path.relpath(os.path.join(path, name), folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


def dates_are_listed(tap):
    text = "会議は1/15(木) 13:00〜15:00です".encode()
    slot = {"start": "2026-01-15T13:00", "end": "2026-01-15T15:00", "text": "1/15(木) 13:00〜15:00"}
    status, printed, said = kairan("dates", "--now", "2025-12-18T10:00:00+09:00", input=text)
    view = json.loads(printed) if status == 0 else {}
    tap.ok(view.get("verdict") == "ok" and slot.items() <= view["dates"][0].items(), "kairan dates lists a date",
           f"{status}\n{printed}\n{said}")
    status, printed, said = kairan("dates", "--now", "2025-12-18T01:00:00Z", input=b"tomorrow at 3pm JST")
    view = json.loads(printed) if status == 0 else {}
    tap.ok(status == 0 and view["dates"][0]["start"] == "2025-12-19T06:00", "kairan dates counts in the zone of --now",
           f"{status}\n{printed}\n{said}")
    for arguments, code in ((["--now", "soon"], 1), (["--lang", "fr"], 2), (["--when"], 2), (["a", "b"], 2),
                            (["/nonexistent"], 1)):
        status, printed, said = kairan("dates", *arguments, input=b"")
        tap.ok(status == code and said and not printed, f"kairan dates {' '.join(arguments)} ends with {code}",
               f"{status}\n{printed}\n{said}")


def help_speaks_both_languages(tap):
    for command in COMMANDS:
        for language, word in (("ja_JP.UTF-8", "使い方"), ("C.UTF-8", "usage")):
            status, text, said = kairan(command, "--help", language=language)
            tap.ok(status == 0 and text.startswith(f"{word}: kairan {command}") and not said,
                   f"kairan {command} --help in {language}", f"{status}\n{text}\n{said}")
    tap.equal(kairan("--help")[0], 0, "kairan --help ends with 0")
    tap.ok(all(command in kairan("--help")[1] for command in COMMANDS), "kairan --help names all commands")


def wrong_use_is_told(tap):
    center = Center()
    tap.equal(kairan()[0], 2, "kairan alone: 2")
    tap.equal(kairan("frobnicate")[0], 2, "an unknown command: 2")
    for command in COMMANDS:
        status, text, said = kairan(command, "--frobnicate")
        tap.ok(status == 2 and not text and said, f"kairan {command} --frobnicate: 2", f"{status} {text}")
    for words in (("init",), ("init", "a", "b"), ("poll",), ("poll", "dance"), ("poll", "show"), ("poll", "list", "x"),
                  ("read", "a", "b"), ("status", "x"), ("process", "x"), ("post", "x"), ("config", "x"),
                  ("process", "--json"), ("poll", "list", "--watch"), ("status", "-C")):
        status, text, _ = kairan(*words, cwd=kt.new_folder())
        tap.equal((status, text), (2, ""), f"kairan {' '.join(words)}: 2")
    for words in (("status", "-C", "/nonexistent"), ("poll", "show", "z9z9", "-C", center.folder),
                  ("read", "-C", center.folder, "/nonexistent")):
        status, text, said = kairan(*words)
        tap.ok(status == 1 and not text and len(said.splitlines()) == 1, f"kairan {' '.join(words[:2])}: 1 and one line",
               f"{status} {text} {said}")


def wrong_configuration_is_told(tap):
    broken = {"frob = 1": "frob", "[nowhere]": "nowhere", "[limits]\nletter_bytes = many": "letter_bytes",
              "[limits]\nletter_bytes = 1": "letter_bytes", "[limits]\nletter_bytes = 26214401": "letter_bytes",
              "[center]\nlanguage = de": "language",
              "[center]\ndomain = other.example": "twice", "[center]\ntime_zone = Mars/Base": "Mars/Base",
              "[mail]\npoll_address = two words": "poll_address", "no equals sign": "no equals sign"}
    for text, word in broken.items():
        center = Center(text + "\n")
        path = os.path.join(center.folder, "kairan.conf")
        with open(path, encoding="utf-8") as file:
            lines = file.read().rstrip("\n").split("\n")
        status, out, said = kairan("status", "-C", center.folder)
        what = " / ".join(text.split("\n"))
        tap.ok(status == 1 and not out and word in said, f"{what}: refused by name", f"{status} {said}")
        if "Mars" not in text:
            tap.contains(said, f"{path}:{len(lines)}", f"{what}: file and line")


def links_and_wrong_words(tap):
    center = Center()
    link = os.path.join(kt.new_folder(), "kairan.conf")
    os.symlink(os.path.join(center.folder, "kairan.conf"), link)
    for named in (link, os.path.dirname(link)):
        tap.equal(kairan("status", "-C", named)[0], 0, "an instance named by a link is found where it lies")
    for option, word in (("--transport", "frob"), ("--transport", "sendmail")):
        folder = os.path.join(kt.new_folder(), "new")
        status, _, said = kairan("init", option, word, folder)
        tap.ok(status == 1 and word in said, f"init {option} {word}: refused by name", said)
        tap.ok(not os.path.exists(os.path.join(folder, "kairan.conf")), f"init {option} {word}: makes no instance")


def init_makes_an_instance(tap):
    folder = os.path.join(kt.new_folder(), "deep", "center")
    os.makedirs(os.path.dirname(folder))
    tap.equal(kairan("init", "--domain", DOMAIN, folder)[:2], (0, f"{folder}\n"), "init: prints the folder")
    there = sorted(os.listdir(folder))
    tap.ok({"kairan.conf", "kairan.db", "secret.key", "spool", "archive", "circles", "out"} <= set(there), "init: all is there")
    tap.equal(os.stat(os.path.join(folder, "secret.key")).st_mode & 0o777, 0o600, "init: the key is for its owner only")
    before = contents_of(folder)
    status, _, said = kairan("init", folder)
    tap.ok(status == 1 and folder in said, "init again: refused", said)
    tap.equal(contents_of(folder), before, "init again: nothing is changed")
    status, printed, _ = kairan("config", "-C", folder)
    tap.ok(status == 0 and f"domain = {DOMAIN}" in printed and "# mail domain of the center (default: localhost)" in printed,
           "config: values, defaults and meanings")
    copy = os.path.join(folder, "printed.conf")
    with open(copy, "w", encoding="utf-8") as file:
        file.write(printed)
    tap.equal(kairan("config", "-C", copy)[1].split("\n")[1:], printed.split("\n")[1:], "config: what it prints can be read")
    os.unlink(os.path.join(folder, "kairan.conf"))
    tap.equal(kairan("init", "--domain", DOMAIN, folder)[0], 0, "init: goes on where it was interrupted")
    tap.equal(contents_of(folder)["secret.key"], before["secret.key"], "init: an old key stays")


def polls_from_the_shell(tap):
    center = Center()
    tap.equal(kairan("poll", "list", "-C", center.folder)[1], "There are no polls.\n", "poll list: none")
    tap.equal(center.json("poll", "list"), {"polls": []}, "poll list --json: none")
    people = [SATO, SUZUKI, Participant('=1+1 "x"', TANAKA.address)]
    text = f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n" + f"対象: {SATO.address}, {SUZUKI.address}, {TANAKA.address}\n"
    names = [("Cc", ", ".join(f"{kt.encode_header(who.name, 'utf-8')} <{who.address}>" for who in people[:2])
              + f', "=1+1 \\"x\\"" <{TANAKA.address}>')]
    center.take(YAMADA.write(POLL, "定例会の日程調整", text, names))
    [code] = center.codes()
    tap.equal(center.json("poll", "list")["polls"][0]["state"], "draft", "poll list: a draft")
    for words in (("close", code), ("remind", code)):
        tap.equal(center.run("poll", *words, check=False).returncode, 1, f"poll {words[0]} of a draft: refused")
    center.run("poll", "open", code.upper())
    tap.equal(center.run("poll", "open", code, check=False).returncode, 1, "poll open twice: refused")
    center.run("post")
    ballots = {address_of(mail): mail for mail in center.new_mails()}
    tap.ok({who.address for who in people} <= set(ballots), "poll open, post: the ballots are sent")
    center.take(SATO.reply(ballots[SATO.address], "○×△"))
    tap.equal(center.run("poll", "remind", code).stdout, b"2\n", "poll remind: tells how many")
    center.run("poll", "remind", code)
    center.run("post")
    tap.equal(sorted(address_of(mail) for mail in center.new_mails()), sorted([SUZUKI.address, TANAKA.address]),
              "poll remind: those who have not answered, once a day")
    show = center.show(code)
    tap.equal((show["state"], show["answered"], show["invited"]), ("open", 1, 3), "poll show --json: how it stands")
    tap.contains(kairan("poll", "show", code, "-C", center.folder)[1], "so far", "poll show: in English")
    tap.contains(kairan("poll", "show", code, "-C", center.folder, language="ja_JP.UTF-8")[1], "途中経過", "poll show: 日本語")
    exported = center.run("poll", "export", code).stdout.decode()
    rows = list(csv.reader(io.StringIO(exported.removeprefix("\ufeff"))))
    tap.equal((rows[1], rows[3][0]), (["佐藤 花子", "○", "×", "△", "answered", "", "sato@tc.example.ac.jp"], "'=1+1 \"x\""), "poll export: CSV, and no formula in it")
    tap.equal(len(center.json("poll", "export", code)["table"]["rows"]), 3, "poll export --json: everybody")
    center.run("poll", "close", code)
    center.run("process")
    tap.equal(len(center.new_mails()), 4, "poll close: the result goes to everybody")
    tap.equal(center.run("poll", "close", code, check=False).returncode, 1, "poll close twice: refused")
    status = center.json("status")
    tap.equal((status["polls"]["closed"], status["waiting"], status["failed"]), (1, 0, 0), "status --json")
    tap.equal(status["outbox"], {"due": 0, "refused": 0, "sent": len(center.all_mails())}, "status --json: the outbox")
    tap.contains(kairan("status", "-C", center.folder, language="ja_JP.UTF-8")[1], "送信箱", "status: 日本語")


def reading_changes_nothing(tap):
    center = Center()
    mail = SATO.write(POLL, "日程調整", "○×△\n\n> 引用\n")
    before = contents_of(center.folder)
    view = json.loads(center.run("read", input=mail.bytes).stdout)
    tap.equal((view["from"], view["subject"], view["class"]), ([["佐藤 花子", SATO.address]], "日程調整", "human"), "read: the header")
    tap.equal((view["new_text"].strip(), view["route"]["verb"]), ("○×△", "poll"), "read: what is new, and where it goes")
    tap.equal(contents_of(center.folder), before, "read: nothing is changed")
    alone = kairan("read", "-C", "/nonexistent", input=mail.bytes)
    tap.ok(alone[0] == 0 and json.loads(alone[1])["route"] is None, "read without an instance: no route", alone)
    path = os.path.join(center.folder, "mail")
    with open(path, "wb") as file:
        file.write(mail.bytes)
    tap.equal(json.loads(center.run("read", path).stdout)["subject"], "日程調整", "read FILE")


def use_other_reader(folder):
    """A build folder whose reader misbehaves on demand; gives the real one back."""
    real = kt.BUILD
    kt.BUILD = os.path.join(folder, "build", "other")
    os.makedirs(kt.BUILD)
    for name in ("kairan", "kairan-deliver", "kairan-sender"):
        shutil.copy(os.path.join(real, name), kt.BUILD)
    reader = os.path.join(kt.BUILD, "kairan-reader")
    with open(reader, "w", encoding="utf-8") as file:
        file.write(READER.format(python=sys.executable, reader=os.path.join(real, "kairan-reader"), folder=folder))
    os.chmod(reader, 0o755)
    shutil.copytree(os.path.join(kt.TREE, "templates"), os.path.join(folder, "templates"))
    return real


def deadly_mail_is_set_aside(tap):
    folder = kt.new_folder()
    real = use_other_reader(folder)
    center = Center("[limits]\nreader_seconds = 15\n", parent=folder)
    ballots = center.open(YAMADA, JAPANESE.asked)
    deadly = ("KILL-READER", "HANG-READER", "LIE-READER", "FLOOD-READER")
    for word in deadly:
        center.deliver(SATO.reply(ballots[SATO.address], "○○○")._replace(
            bytes=f"Subject: {word}\r\nFrom: {SATO.address}\r\n\r\n○○○\r\n".encode()))
    for who in JAPANESE.asked[:2]:
        center.deliver(who.reply(ballots[who.address], "○×△"))
    done = center.run("process", check=False)
    tap.equal(done.returncode, 0, "mails that kill, hang or confuse the reader: the run goes on")
    tap.equal((len(center.spooled("failed")), center.spooled()), (len(deadly), []), "they lie in spool/failed, the others are taken")
    tap.equal([center.marks(who.name) for who in JAPANESE.asked], ["○×△", "○×△", "・・・"], "the votes of the others are there")
    reasons = sorted(entry["reason"].split(" (")[0].split(":")[0] for entry in center.json("status")["set_aside"])
    tap.equal([sum(reason.startswith(f"the mail {what} the reader") for reason in reasons) for what in ("ended", "stalled")],
              [2, 1], "status says which ended the reader and which stalled it")
    tap.ok(done.stderr.count(b"spool/failed") >= len(deadly), "the log names each", done.stderr.decode())
    center.new_mails()
    two_at_once(tap, center, folder, ballots[TANAKA.address])
    kt.BUILD = real


def read_file(path):
    with open(path, "rb") as file:
        return file.read()


def two_at_once(tap, center, folder, ballot):
    mail = TANAKA.reply(ballot, "○○○")
    center.deliver(mail._replace(bytes=b"X-Word: WAIT-READER\r\n" + mail.bytes))
    environment = {**os.environ, "KAIRAN_NOW": center.now}
    settings = os.path.join(center.folder, "kairan.conf")
    with open(settings, encoding="utf-8") as file:
        text = file.read().replace("reader_seconds = 15\n", "reader_seconds = 60\n")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(text)
    attempt = os.path.join(center.folder, "spool", "attempt")
    idle = read_file(attempt)
    first = subprocess.Popen([kt.program("kairan"), "process", "-C", center.folder], env=environment)
    held = wait_until(lambda: read_file(attempt) != idle, 20)
    before = contents_of(center.folder)
    second = center.run("process", check=False)
    tap.ok(held and second.returncode == 75 and b"another kairan" in second.stderr, "two at once: the second says so, with 75",
           second.stderr.decode())
    tap.equal(center.run("post", check=False).returncode, 75, "post beside process: 75")
    tap.equal(center.run("poll", "close", center.codes()[0], check=False).returncode, 75, "poll close beside process: 75")
    tap.equal(center.run("status", check=False).returncode, 0, "status beside process: answers")
    tap.equal(contents_of(center.folder), before, "the second has changed nothing")
    with open(os.path.join(folder, "go"), "w", encoding="ascii"):
        tap.equal(first.wait(60), 0, "the first ends well")
    tap.equal(center.marks(TANAKA.name), "○○○", "and has done its work")


def a_watch_lets_others_in(tap):
    center = Center()
    ballots = center.open(YAMADA, JAPANESE.asked)
    environment = {**os.environ, "KAIRAN_NOW": center.now}
    watching = subprocess.Popen([kt.program("kairan"), "process", "--watch", "-C", center.folder], env=environment)
    for who in JAPANESE.asked[:2]:
        center.deliver(who.reply(ballots[who.address], "○×△"))
        tap.ok(wait_until(lambda: not center.spooled(), 10), "a watch takes in what comes")
        tap.ok(wait_until(lambda: center.run("post", check=False).returncode == 0, 10), "post beside a watch: 0")
    lock = os.open(os.path.join(center.folder, "kairan.db.lock"), os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    center.deliver(TANAKA.reply(ballots[TANAKA.address], "○×△"))
    time.sleep(0.5)
    tap.equal(len(center.spooled()), 1, "while another kairan is at work, a watch waits")
    os.close(lock)
    tap.ok(wait_until(lambda: not center.spooled(), 10), "and then works at once")
    watching.terminate()
    tap.equal(watching.wait(20), 0, "a watch ends well on SIGTERM")


def main():
    tap = Tap()
    for check in (help_speaks_both_languages, dates_are_listed, wrong_use_is_told, wrong_configuration_is_told,
                  links_and_wrong_words, init_makes_an_instance,
                  polls_from_the_shell, reading_changes_nothing, deadly_mail_is_set_aside,
                  a_watch_lets_others_in):
        check(tap)
    tap.done()


if __name__ == "__main__":
    main()
