#!/usr/bin/env python3
"""Killed at any call and at any piece of an export, the job or its helper: the next run finishes or cleans up, and no good backup is lost.

`test_xen_killed.py all` kills at every place of every kind of run; else at every one of a job with an export, and at some of the others.
"""
import glob
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile

if os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = "/dev/shm"  # what must be durable is shown elsewhere

from kairan_test import Tap, new_folder, program  # noqa: E402
from xen_test import Center, sim_pool, xapi  # noqa: E402

MOST = 200


class Stage:
    """A pool with one VM whose backups are killed."""

    def __init__(self, exports):
        self.pool = sim_pool.Pool("6.5", vms=1)
        self.pool.content = lambda vdi: (self.pool.tables["VDI"][vdi]["virtual_size"], (0, 3))
        self.server = xapi.Server(self.pool, "old")
        self.exports = new_folder() if exports else None
        folder = f"export_folder = {self.exports}\n" if exports else ""
        self.center = Center(self.server, f"[backup]\n{folder}keep_newest = 1\n")
        self.others = self.pool.snapshot(self.pool.vm("web01"), "before the upgrade", "crash_consistent")
        self.minute = 0
        self.run()

    def start(self):
        self.minute += 1
        now = f"2026-01-15T{self.minute // 60:02d}:{self.minute % 60:02d}:00+09:00"
        return subprocess.Popen([program("kairan"), "xen", "backup", "-C", self.center.folder],
                                env={**os.environ, "KAIRAN_NOW": now}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self):
        return self.start().wait(60)

    def run_killed(self, hook, number, kill):
        """A run that gets `kill(process)` at the `number`th event of the hook; False: there were not so many."""
        seen, hit = [0], []
        process = None

        def strike(_):
            seen[0] += 1
            if seen[0] == number:
                hit.append(True)
                kill(process)

        process = self.start()
        setattr(self.pool, hook, strike)
        process.wait(60)
        setattr(self.pool, hook, None)
        return bool(hit)

    def good(self):
        with sqlite3.connect(os.path.join(self.center.folder, "kairan.db")) as database:
            return database.execute("SELECT snapshot_uuid, file FROM vm_backup WHERE state = 'good' ORDER BY id").fetchall()

    def has_good(self):
        """Whether there is a backup that is called good, and is."""
        there = {row["uuid"] for row in self.pool.snapshots().values()}
        return any(snapshot in there or (file and is_whole(file)) for snapshot, file in self.good())

    def is_tidy(self):
        if self.exports:
            files = glob.glob(self.exports + "/*.xva*")
            return list(self.pool.snapshots()) == [self.others] and len(files) == 1 and is_whole(files[0])
        return len(self.pool.snapshots()) == 2 and self.others in self.pool.snapshots()

    def disks(self):
        return len([vdi for vdi in self.pool.tables["VDI"].values() if vdi["is_a_snapshot"]])


def is_whole(path):
    """By its length and its end: every archive of this VM is as long as any other."""
    with open(path, "rb") as file:
        data = file.read()
    return len(data) % 512 == 0 and data[-1024:] == bytes(1024) and data.count(b".checksum") == 3


def kill_job(process):
    os.kill(process.pid, signal.SIGKILL)


def kill_helper(process):
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
        for child in file.read().split():
            os.kill(int(child), signal.SIGKILL)


def play(tap, name, exports, hook, kill, step=1):
    stage = Stage(exports)
    disks = stage.disks()
    wrong, places, number = [], 0, 1
    while number < MOST and stage.run_killed(hook, number, kill):
        places += 1
        if not stage.has_good():
            wrong.append(f"{number}: no good backup is left")
        if stage.run() or not stage.is_tidy() or not stage.has_good() or stage.disks() != disks:
            wrong.append(f"{number}: the next run leaves {sorted(row['name_label'] for row in stage.pool.snapshots().values())}, "
                         f"{stage.disks()} disks, {glob.glob(str(stage.exports) + '/*')}")
        stage.pool.coalesce()
        number += 1 if "all" in sys.argv else step
    if [entry for entry in stage.pool.journal if "REAL" in entry[0]]:
        wrong.append("something that people use was destroyed")
    tap.ok(not wrong and 3 < number < MOST, f"{name}: killed at {places} places, one by one", "\n".join(wrong) or number)
    stage.server.close()


def main():
    tap = Tap()
    play(tap, "the job, at calls of a snapshot", False, "on_call", kill_job, 3)
    play(tap, "the job, at calls of an export", True, "on_call", kill_job)
    play(tap, "the job, at pieces of an export", True, "on_piece", kill_job, 2)
    play(tap, "its helpers, at calls of an export", True, "on_call", kill_helper, 3)
    play(tap, "its helpers, at pieces of an export", True, "on_piece", kill_helper, 3)
    tap.done()


if __name__ == "__main__":
    main()
