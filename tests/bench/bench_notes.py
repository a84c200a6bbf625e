#!/usr/bin/python3
"""Taking in 10,000 mails, finding words in them beside mu and notmuch, and making a digest of 200 notes. Prints; judges
nothing. `bench_notes.py COUNT` takes fewer."""
import os
import random
import resource
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import kairan_test as kt  # noqa: E402
from note_test import NOTE, NoteCenter  # noqa: E402

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
ROUNDS = 7
WORDS = ("鯨", "会議", "縮小", "仮想化", "バックアップ", "稀な言葉", "e", "fs", "uuid", "snapshot", "zfs", "海底ケーブル")
PIECES = ("仮想", "化", "ディスク", "の", "縮小", "手順", "を", "まとめた", "。\n", "バックアップ", "が", "失敗", "する", "と", "XenServer ",
          "UUID ", "snapshot ", "fsck -f ", "/dev/sda1 ", "更新", "適用", "再起動", "確認", "会議", "資料", "\n", "resize2fs ", "容量", "不足")
STAFF = [kt.Participant(name, f"p{number}@{kt.DOMAIN}", charset, encoding, form) for number, (name, charset, encoding, form) in
         enumerate((("佐藤 花子", "utf-8", "base64", "text"), ("田中 実", "iso-2022-jp", "7bit", "text"),
                    ("John Smith", "utf-8", "quoted-printable", "both"), ("鈴木 一郎", "iso-2022-jp", "7bit", "both")))]


def fill(box):
    """A Maildir of COUNT mails, a quarter of them answers; one in a thousand holds what no other does."""
    random.seed(1)
    ids = []
    for number in range(COUNT):
        who = STAFF[number % len(STAFF)]
        text = ("稀な言葉 zfs 鯨\n" if number % 1000 == 7 else "") + "".join(random.choices(PIECES, k=random.randint(40, 200)))
        answered = random.choice(ids[-50:]) if ids and number % 4 == 0 else None
        mail = who.write(NOTE, f"記録 {number} #disk", text, [("In-Reply-To", answered)] if answered else ())
        head = mail.bytes.split(b"\r\n\r\n", 1)[0]
        ids.append(next(line for line in head.split(b"\r\n") if line.startswith(b"Message-ID"))[12:].decode())
        with open(f"{box}/cur/{number:06}:2,S", "wb") as file:
            file.write(mail.bytes.replace(b"\r\n", b"\n"))


def timed(command, environment):
    """(seconds, standard output) of the fastest of some runs."""
    best, output = 1e9, b""
    for _ in range(ROUNDS):
        start = time.perf_counter()
        output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        best = min(best, time.perf_counter() - start)
    return best, output


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def index(name, commands, environment):
    if not shutil.which(name):
        print(f"  {name} is not installed")
        return False
    start, used = time.perf_counter(), processor_seconds()
    for command in commands:
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    taken, used = time.perf_counter() - start, processor_seconds() - used
    print(f"  {name:8} {COUNT / taken:8.0f} mails/s {used / COUNT * 1e3:6.2f} ms of processor a mail")
    return True


def race(center, box, folder):
    environment = {**os.environ, "HOME": folder, "MUHOME": f"{folder}/mu", "NOTMUCH_CONFIG": f"{folder}/notmuch",
                   "XAPIAN_CJK_NGRAM": "1", "LC_ALL": "C.UTF-8"}
    with open(environment["NOTMUCH_CONFIG"], "w", encoding="utf-8") as file:
        file.write(f"[database]\npath={box}\n[user]\nname=x\nprimary_email=x@example.jp\n[new]\ntags=\n")
    print(f"taking in {COUNT} mails ({sum(os.stat(f'{box}/cur/{name}').st_size for name in os.listdir(f'{box}/cur')) / 1e6:.0f} MB)")
    start, used = time.perf_counter(), processor_seconds()
    counts = center.json("note", "import", box)
    taken, used = time.perf_counter() - start, processor_seconds() - used
    print(f"  kairan   {COUNT / taken:8.0f} mails/s {used / COUNT * 1e3:6.2f} ms of processor a mail   "
          f"({counts['notes']} notes, {counts['comments']} comments)")
    programs = {"kairan": lambda word: [kt.program("kairan"), "note", "-C", center.folder, "search", "--json", word]}
    if index("mu", (["mu", "init", f"--maildir={box}"], ["mu", "index", "--quiet"]), environment):
        programs["mu"] = lambda word: ["mu", "find", "--skip-dups", "--fields", "i", word]
    if index("notmuch", (["notmuch", "new", "--quiet"],), environment):
        programs["notmuch"] = lambda word: ["notmuch", "search", "--output=messages", word]
    print("finding words: hits and time of the whole program, and how long its start takes alone")
    starts = {name: timed([command("x")[0], "--help"], environment)[0] for name, command in programs.items()}
    print(f"  {'':14}" + "".join(f"{name + f' ({starts[name] * 1e3:.0f} ms)':>24}" for name in programs))
    for word in WORDS:
        line = f"  {word}" + " " * (14 - sum(1 + (ord(letter) > 255) for letter in word))
        for name, command in programs.items():
            seconds, output = timed(command(word), environment)
            hits = kt.json.loads(output)["total"] if name == "kairan" else len(output.splitlines())
            line += f"{hits:12} {seconds * 1e3:8.1f} ms"
        print(line)


def digest():
    people = [(kt.Participant(f"読者 {number}", f"r{number}@{kt.DOMAIN}"), "ja") for number in range(1)]
    center = NoteCenter(people, settings="[notes]\nreaders = minna\nfrequency = daily\n[limits]\nanswers_a_day = 1000\n",
                        now="2026-01-12T09:00:00+09:00")
    center.run("nightly", "digest")
    random.seed(2)
    for number in range(200):
        center.deliver(STAFF[number % 4].write(NOTE, f"記録 {number} #t{number % 9}", "".join(random.choices(PIECES, k=150))))
    for who in STAFF:
        with open(f"{center.folder}/circles/staff", "a", encoding="utf-8") as file:
            file.write(f"{who.name} <{who.address}>\n")
    center.run("process", "--no-post")
    times = []
    for day in ("2026-01-13T06:30:00+09:00", "2026-01-14T06:30:00+09:00"):
        center.now = day
        start = time.perf_counter()
        center.run("nightly", "digest")
        times.append(time.perf_counter() - start)
    print(f"a digest of 200 notes: {times[0] * 1e3:.0f} ms, of nothing {times[1] * 1e3:.0f} ms, so {(times[0] - times[1]) * 1e3:.0f} ms for its making")


def main():
    folder = kt.new_folder()
    box = kt.make_maildir(f"{folder}/mail")
    fill(box)
    race(NoteCenter([]), box, folder)
    digest()


main()
