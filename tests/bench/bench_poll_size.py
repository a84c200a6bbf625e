"""Polls of 100, 1,000 and 10,000 people: what one more reply costs in each, what reminding, closing, showing and deciding the
largest costs, and how much memory that takes. Prints figures, judges nothing."""
import os
import random
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench_process as bench
import kairan_test as kt

SIZES = [int(size) for size in os.environ.get("KAIRAN_BENCH_SIZES", "100,1000,10000").split(",")]
CHOICES, REPLIES = 20, 90
OPTIONS = "定足数: 50%\n必須: u0\n"  # what has to be looked at with every reply
REMINDS, CLOSES = "2025-12-23T17:00:00+09:00", "2025-12-25T17:05:00+09:00"


def at(instant, *arguments):
    """(user and system seconds, peak MB) of one kairan at an instant."""
    bench.ENVIRONMENT["KAIRAN_NOW"] = instant
    before = os.times()
    _, peak = bench.timed(*arguments)
    after = os.times()
    bench.ENVIRONMENT["KAIRAN_NOW"] = bench.NOW
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, peak / 1024


def queued(folder, pattern):
    database = sqlite3.connect(os.path.join(folder, "kairan.db"))
    [(count,)] = database.execute("SELECT COUNT(*) FROM outbox WHERE dedupe LIKE ?", (pattern,)).fetchall()
    database.close()
    return count


def measure(people):
    folder = os.path.join(kt.new_folder(), "center")
    code, ids, ballot = bench.make_instance(folder, people, CHOICES, OPTIONS)
    bench.fill_spool(folder, ids[1:], ballot, 3, CHOICES)
    at(bench.NOW, "process", "-C", folder, "--no-post")  # what the first replies of a poll cost more
    bench.fill_spool(folder, ids[1:], ballot, REPLIES, CHOICES, 1000)
    spent, peak = at(bench.NOW, "process", "-C", folder, "--no-post")
    print(f"{people} people × {CHOICES}: {spent / REPLIES * 1e6:.0f} µs of processing a reply, peak {peak:.0f} MB", flush=True)
    if people != SIZES[-1]:
        return
    whole = 0
    for what, instant, arguments in (("reminders", REMINDS, ("process", "--no-post")), ("status", REMINDS, ("poll", "show", code)),
                                     ("digest", REMINDS, ("nightly", "reminders")), ("close and result", CLOSES, ("process", "--no-post")),
                                     ("decision", CLOSES, ("poll", "decide", "--anyway", code, "1"))):
        spent, peak = at(instant, arguments[0], "-C", folder, *arguments[1:])
        whole += spent
        print(f"{what}: {spent:.2f} s of processing, peak {peak:.0f} MB", flush=True)
    mails = ", ".join(f"{queued(folder, f'{kind}/%')} of {kind}" for kind in ("reminder", "result", "decision"))
    print(f"mails queued: {mails}; all of it {whole:.2f} s"
          " (target: 5 s, 200 MB)")


def main():
    random.seed(7)
    for people in SIZES:
        measure(people)


if __name__ == "__main__":
    main()
