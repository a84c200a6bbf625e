#!/usr/bin/env python3
"""What a poll sends of itself is sent once, wherever `kairan process` is killed: reminders, what the organiser hears of a
bounce and of a required person who cannot come. As test_process_faults.py, with its tools."""
import concurrent.futures
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kairan_test as kt
import poll_test
import test_process_faults as faults
from poll_people import JAPANESE

REMINDS, LATER = "2025-12-23T17:00:00+09:00", "2025-12-23T17:30:00+09:00"


def make_template():
    """An instance at the time of the first reminder; a bounce and the answer of a required person lie in its spool."""
    center = poll_test.Center(now=poll_test.OPENED)
    text = f"候補日:\n{poll_test.DATES_JA}締切: 12/25(木) 17:00\n必須: 佐藤\n定足数: 1名\n"
    people = [*JAPANESE.asked, JAPANESE.other]
    ballots = center.open(JAPANESE.organiser, people, text)
    sato, suzuki, *_ = people
    center.deliver(sato.reply(ballots[sato.address], "○×△"))
    center.deliver(poll_test.bounce_of(ballots[suzuki.address], suzuki.address))
    return faults.Instance(center.folder)


def main():
    if not shutil.which("strace") or kt.run(["strace", "-o", "/dev/null", "true"]).returncode:
        kt.skip_all("strace is missing or may not trace")
    tap = kt.Tap()
    if os.access("/dev/shm", os.W_OK):
        tempfile.tempdir = "/dev/shm"
    series = faults.Series("process at the time of reminders", make_template(), ["process", "--no-post"], REMINDS, LATER)
    kinds = [row[0].split("/")[0] for row in series.wanted["outbox"] if row[2] == "due"]
    tap.equal(sorted(kinds), ["ack", "news", "reminder", "reminder"], "without faults: two reminders and one mail of news")
    series.calls = series.calls[:-1:4] + series.calls[-1:]  # most are pages of one write of the log
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        faults.kill_everywhere(tap, pool, series)
    tap.done()


if __name__ == "__main__":
    main()
