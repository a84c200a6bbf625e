"""kairan process: replies a second, memory over a long spool, an idle run, and the result of a large poll.

One core (taskset), replies of 3 kB in Japanese, each with its own votes, acknowledgement and place in a durable
transaction; posting is measured apart, because its price is the MTA's. Prints figures, judges nothing.
"""
import email
import email.policy
import os
import random
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import kairan_test as kt

PEOPLE = int(os.environ.get("KAIRAN_BENCH_PEOPLE", "10000"))
REPLIES = int(os.environ.get("KAIRAN_BENCH_REPLIES", "100000"))
NOW = "2025-12-18T10:00:00+09:00"
ENVIRONMENT = {**os.environ, "KAIRAN_NOW": NOW}


def timed(*arguments):
    """(seconds, peak kB) of one kairan on one core."""
    before = time.monotonic()
    process = subprocess.Popen(["taskset", "-c", "0", kt.program("kairan"), *arguments],
                               env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"kairan {' '.join(arguments)} ended with {status}")
    print(f"  processor time: user {usage.ru_utime:.2f} s, system {usage.ru_stime:.2f} s")
    return time.monotonic() - before, usage.ru_maxrss


def make_instance(folder, people, choices, options=""):
    """An instance with one open poll, with further lines of its opening mail; returns the references of its invitations."""
    kt.run([kt.program("kairan"), "init", "--domain", kt.DOMAIN, folder])
    with open(os.path.join(folder, "circles", "all"), "w", encoding="utf-8") as file:
        for number in range(people):
            file.write(f"職員{number:05d} <u{number}@{kt.DOMAIN}>\n")
    days = "\n".join(f"・1月{5 + day // 2}日 {'10:00〜12:00' if day % 2 else '13:00〜15:00'}" for day in range(choices))
    organiser = kt.Participant("山田", f"yamada@{kt.DOMAIN}")
    kairan = kt.Kairan(folder, now=NOW)
    kairan.deliver(organiser.write(f"poll@{kt.DOMAIN}", "大きな会", f"{days}\n締切: 12/25 17:00\n対象: all\n{options}"))
    kairan.run("process", "--no-post")
    code = kairan.json("poll", "list")["polls"][0]["code"]
    kairan.run("poll", "open", code)
    database = sqlite3.connect(os.path.join(folder, "kairan.db"))
    ballots = database.execute("SELECT message_id, bytes FROM outbox WHERE dedupe LIKE 'ballot/%' ORDER BY id").fetchall()
    database.close()
    text = kt.text_of(email.message_from_bytes(ballots[0][1], policy=email.policy.default))
    return code, [row[0] for row in ballots], text.split("整理番号")[0]


def reply(number, message_id, choices, ballot):
    """About 3 kB: an answer above the quoted ballot, as a Japanese mail program writes it."""
    reference = message_id.split(".")[0]
    address = f"u{int(reference.split('-')[1]) - 1}@{kt.DOMAIN}"
    marks = "".join(random.choice("○△×") for _ in range(choices))
    quoted = "".join(f"> {line}\n" if line else ">\n" for line in (ballot + f"整理番号 {reference.upper()}").split("\n"))
    body = (f"お疲れさまです。\n{marks}\nよろしくお願いします。\n\n"
            f"2025年12月18日(木) 10:30 日程調整 <poll@{kt.DOMAIN}>:\n{quoted}")
    head = (f"Return-Path: <{address}>\nDelivered-To: poll+{reference}@{kt.DOMAIN}\n"
            f"Received: from mx.{kt.DOMAIN} (mx.{kt.DOMAIN} [192.0.2.1])\n"
            f"\tby mail.{kt.DOMAIN} (Postfix) with ESMTP id A{number}\n"
            f"From: =?ISO-2022-JP?B?GyRCP3EwdxsoQg==?= <{address}>\nTo: poll+{reference}@{kt.DOMAIN}\n"
            f"Subject: Re: =?UTF-8?B?5aSn44GN44Gq5Lya?=\nDate: Thu, 18 Dec 2025 10:31:00 +0900\n"
            f"Message-ID: <m{number}@mua.example>\nIn-Reply-To: <{message_id}>\nReferences: <{message_id}>\n"
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=ISO-2022-JP\nContent-Transfer-Encoding: 7bit\n\n")
    padding = "> " + "本メールは日程調整のご案内です。" * 12 + "\n"
    while len(head) + len((body + padding).encode("iso-2022-jp", "replace")) < 3000:
        body += padding
    return head.encode() + body.encode("iso-2022-jp", "replace")


def fill_spool(folder, ids, ballot, replies, choices, first=0):
    new = os.path.join(folder, "spool", "new")
    size = 0
    for number in range(replies):
        data = reply(first + number, ids[number % len(ids)], choices, ballot)
        size += len(data)
        with open(os.path.join(new, f"1766020000.M{number:06d}P1.bench"), "wb") as file:
            file.write(data)
    return size / replies


def spawned(*command):
    """Milliseconds of one process, with as little of Python in them as possible."""
    before = time.monotonic()
    process = os.posix_spawn(command[0], command, ENVIRONMENT)
    os.waitpid(process, 0)
    return (time.monotonic() - before) * 1000


def bench_idle(folder):
    """By turns with a program that does nothing, and with one that does nothing but open the same database."""
    commands = {"kairan": (kt.program("kairan"), "process", "-C", folder), "/bin/true": ("/bin/true",),
                "the database alone": (kt.program("tests/bench/floor_idle"), os.path.join(folder, "kairan.db"))}
    spawned(*commands["kairan"])  # sends what is due
    times = {name: [] for name in commands}
    for _ in range(200):
        for name, command in commands.items():
            times[name].append(spawned(*command))
    median = {name: sorted(measured)[100] for name, measured in times.items()}
    print(f"idle run: median {median['kairan']:.2f} ms, p99 {sorted(times['kairan'])[198]:.2f} ms (target: under 5 ms);"
          f" {median['kairan'] / median['the database alone']:.2f} x opening the database alone"
          f" ({median['the database alone']:.2f} ms), /bin/true {median['/bin/true']:.2f} ms")


def bench_replies(choices=5):
    folder = os.path.join(kt.new_folder(), "center")
    _, ids, ballot = make_instance(folder, PEOPLE, choices)
    bench_idle(folder)
    peaks = []
    for first, replies in ((0, REPLIES // 10), (REPLIES, REPLIES)):
        average = fill_spool(folder, ids[1:], ballot, replies, choices, first)  # one stays silent: the poll stays open
        os.sync()
        seconds, peak = timed("process", "-C", folder, "--no-post")
        peaks.append(peak)
        print(f"process: {replies} replies of {average:.0f} bytes in {seconds:.2f} s = {replies / seconds:.0f} mails/s,"
              f" peak {peak / 1024:.1f} MB (target: 3000 mails/s, flat memory)", flush=True)
        verdicts = kt.Kairan(folder, now=NOW).json("status")["letters"]
        print("  " + ", ".join(f"{entry['verdict']} {entry['count']}" for entry in verdicts))
    print(f"memory of the longer run: {peaks[1] / peaks[0]:.2f} × the shorter one's")


def bench_result(people=10000, choices=20):
    folder = os.path.join(kt.new_folder(), "center")
    code, ids, ballot = make_instance(folder, people, choices)
    fill_spool(folder, ids[1:], ballot, people - 1, choices)  # one stays silent, or the poll would close by itself
    timed("process", "-C", folder, "--no-post")
    seconds, peak = timed("poll", "show", code, "-C", folder)
    print(f"tally of {people} × {choices}, shown: {seconds * 1000:.0f} ms, peak {peak / 1024:.1f} MB")
    seconds, peak = timed("poll", "close", code, "-C", folder)
    print(f"tally, result and {people} mails queued: {seconds * 1000:.0f} ms, peak {peak / 1024:.1f} MB (target: under 1 s)")


def main():
    random.seed(7)
    bench_replies()
    bench_result()


if __name__ == "__main__":
    main()
