#!/usr/bin/env python3
"""Ninety nights of a pool of two hosts and 20 VMs, with faults drawn by chance: what must hold holds every morning.

No snapshot of others is touched, no last good backup pruned, no repository overfilled, every fault is in that night's mail in words,
no run is longer than its limit. `test_xen_nights.py [NIGHTS [SEED]]` plays a longer or another sequence.
"""
import datetime
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time

if os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = "/dev/shm"  # 90 nights of fsync tell nothing new

from kairan_test import Tap, new_folder, read_maildir, text_of  # noqa: E402
from xen_test import Center, sim_pool, xapi  # noqa: E402

MIB, GIB = 1 << 20, 1 << 30
NIGHTS, SEED = (int(number) for number in (sys.argv[1:] + ["90", "7"][len(sys.argv) - 1:])[:2])
FIRST = datetime.datetime(2026, 1, 1, 2, 0, 57)
LIMIT = 40  # seconds that any run may take here; the runs that are made to hang have a window of three
ARCHIVED = ("mail", "dns1")
CENTER = "[backup]\nkeep_newest = 2\nexclude = mail, dns1\nreserve_percent = 10\nsnapshot_seconds = 2\n"
ARCHIVE = "[backup]\nchoose = mail, dns1\nkeep_newest = 1\nkeep_daily = 2\nkeep_weekly = 2\nsnapshot_seconds = 2\nmetadata = no\n"


class World:
    """The pool, its users and its two files: one for snapshots, one for exports."""

    def __init__(self):
        self.chance = random.Random(SEED)
        self.pool = sim_pool.Pool("6.5", vms=20, sr_size=360 * GIB)
        self.server = xapi.Server(self.pool, "old")
        self.pool.content = lambda vdi: (self.pool.tables["VDI"][vdi]["virtual_size"], (0, 3))  # few bytes, for speed
        self.exports = new_folder()
        self.center = Center(self.server, CENTER)
        self.archive = ARCHIVE + f"export_folder = {self.exports}\n"
        self.pool.tables["VM"][self.pool.vm("db01")]["name_label"] = "web01"  # two of one name
        self.pool.tables["VM"][self.pool.vm("wiki")]["name_label"] = "📦 箱 <&> \"x\" 'y'"
        shutil.copy(self.center.password_file, os.path.join(self.center.folder, "pools", "archive.password"))
        self.report_backups_alone()
        self.others = {}  # ref -> record, as others made it
        self.night = self.skipped = 0
        self.reset()

    def report_backups_alone(self):
        """Updates and health are not looked at here, so every backup tells of itself."""
        with open(os.path.join(self.center.folder, "kairan.conf"), encoding="utf-8") as file:
            text = file.read()
        self.center.write("kairan.conf", text.replace("#report = 06:00", "report = off"))

    def reset(self):
        """What a fault of last night changed is as it was."""
        pool = self.pool
        pool.faults.clear()
        pool.quirks.clear()
        pool.go_on.clear()
        pool.modern, pool.skew = self.night % 2 == 1, 0
        for number in range(2):
            self.server.set_down(number, False)
        pool.tables["pool"][pool.pool_ref]["master"] = pool.host_refs()[0]
        self.configure()

    def archives(self, name):
        """Whether tonight is one with exports: every third is, and those whose fault is one of exports."""
        return self.night % 3 == 0 or bool(name and "export" in name)

    def keep_archive(self, kept):
        paths = [os.path.join(self.center.folder, "pools", name) for name in ("archive.conf", "archive.off")]
        if not kept:
            os.replace(*paths)

    def configure(self, more="", **options):
        self.center.configure(settings=self.archive + more, **options)
        os.replace(os.path.join(self.center.folder, "pools", "center.conf"), os.path.join(self.center.folder, "pools", "archive.conf"))
        self.center.configure(settings=CENTER + more, **options)

    def day(self):
        """People work: they write, and now and then take snapshots of their own."""
        for ref in self.pool.vms():
            for vdi in self.pool.disks(ref):
                self.pool.write(vdi, self.chance.randrange(0, 256) * MIB)
        if self.chance.random() < 0.15 and len(self.others) < 6:
            vm = self.chance.choice(sorted(self.pool.vms()))
            name = self.chance.choice(("before the upgrade", "kairan-20260101T000000Z-00000000-web01", "手動"))
            try:
                ref = self.pool.snapshot(vm, name, "crash_consistent")
            except xapi.Failure:
                self.pool.refused.clear()
                return
            if self.chance.random() < 0.5:
                self.pool.tables["VM"][ref]["other_config"]["kairan:job"] = "tc.example.ac.jp/center"  # of a reverted VM
            self.others[ref] = dict(self.pool.tables["VM"][ref])
        if self.chance.random() < 0.9:
            self.pool.coalesce()

    def run(self):
        """One night: (texts of its mails as one, seconds it took)."""
        now = FIRST + datetime.timedelta(days=self.night)
        self.center.now = now.isoformat() + "+09:00"
        self.pool.clock = now.timestamp() - 9 * 3600 + self.pool.skew
        begun = time.monotonic()
        self.center.run("nightly", "backup", check=False)
        took = time.monotonic() - begun
        self.center.run("post")
        out = os.path.join(self.center.folder, "out")
        text = "\n".join(text_of(letter.message) for letter in read_maildir(out))
        for letter in read_maildir(out):
            os.unlink(letter.path)
        return text, took

    def rows(self):
        with sqlite3.connect(os.path.join(self.center.folder, "kairan.db")) as database:
            return database.execute("SELECT vm_uuid, snapshot_uuid, file FROM vm_backup WHERE state = 'good' ORDER BY id").fetchall()

    def lost(self):
        """VMs that had a good backup once and have none now."""
        there = {row["uuid"] for row in self.pool.snapshots().values()}
        had, have = set(), set()
        for vm, snapshot, file in self.rows():
            had.add(vm)
            if snapshot in there or (file and os.path.exists(file)):
                have.add(vm)
        return had - have


def api(method, *description, **options):
    return lambda world: world.pool.fault(method, *description, **options)


def stream(kind):
    return lambda world: world.pool.fault("export", kind, name=world.chance.choice(ARCHIVED))


def loop(world):
    for number in (0, 1):
        world.pool.fault("session.login_with_password", "HOST_IS_SLAVE", f"127.0.0.{2 - number}", host=number, times=9)


def dead_master(world):
    world.pool.fault("session.login_with_password", "HOST_IS_SLAVE", "127.0.0.9", host=0, times=9)
    world.server.set_down(1)


def fail_over(world):
    world.pool.tables["pool"][world.pool.pool_ref]["master"] = world.pool.host_refs()[1]


def away(world):
    world.server.set_down(0)
    world.server.set_down(1)


def quirk(name):
    return lambda world: world.pool.quirks.add(name)


def skew(world):
    world.pool.skew = 600


def stranger(world):
    world.configure(pins="sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")


def wrong_pool(world):
    path = os.path.join(world.center.folder, "pools", "center.conf")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    world.center.write("pools/center.conf", text.replace("[pool]\n", "[pool]\nuuid = 00000000-0000-0000-0000-000000000000\n"))


def silence(world):
    world.configure("window_begin = 01:00\nwindow_end = 02:01\n")
    world.pool.fault("export", "hang", name="dns1")


# What is played, and the words that the mail must have for it; none: nobody notices.
FAULTS = {
    "slave redirect": (fail_over, None),
    "redirect to a dead host": (dead_master, "応答するマスターがありません"),
    "redirect loop": (loop, "応答するマスターがありません"),
    "500 once": (api("VM.get_all_records", wire="500"), None),
    "500 always": (api("VM.get_all_records", wire="500", times=99), "応答が正しくありません"),
    "empty reply once": (api("VDI.get_all_records", wire="empty"), None),
    "empty reply always": (api("SR.get_all_records", wire="empty", times=99), "接続できません"),
    "reset in the middle": (api("VM.get_all_records", wire="cut"), None),
    "reset in the middle of a snapshot": (api("Async.VM.snapshot", wire="cut"), None),
    "tagged strings": (quirk("tagged"), None),
    "unknown fields": (quirk("unknown"), None),
    "missing fields": (quirk("missing"), None),
    "session forgotten": (api("VBD.get_all_records", "SESSION_INVALID", "OpaqueRef:x"), None),
    "session forgotten in the middle": (api("task.get_record", "SESSION_INVALID", "OpaqueRef:x", after=3), None),
    "task fails": (api("VM.snapshot", "SR_BACKEND_FAILURE_47", "", "The SR is not available", "", name="vpn"), "ストレージに接続できません"),
    "task vanishes": (api("VM.snapshot", "vanish", name="ldap"), None),
    "task hangs": (api("VM.snapshot", "hang", name="print"), "時間内に終わらず中止しました"),
    "export cut, task failed": (stream("cut"), "壊れていたため破棄しました"),
    "export cut, task well": (stream("cut-success"), "壊れていたため破棄しました"),
    "export bent": (stream("flip"), "壊れていたため破棄しました"),
    "export out of order": (stream("swap"), "壊れていたため破棄しました"),
    "export short": (stream("short"), "壊れていたため破棄しました"),
    "export falls silent": (silence, "時間内に終わらず中止しました"),
    "export from the slave": (api("redirect", "127.0.0.2"), None),
    "storage full at the third": (api("VM.snapshot", "SR_BACKEND_FAILURE_44", "", "There is insufficient space", "", after=2),
                                  "ストレージの空きが足りませんでした"),
    "disk in use twice": (api("VDI.destroy", "VDI_IN_USE", "OpaqueRef:x", "destroy", times=2), None),
    "VM busy": (api("VM.snapshot", "OTHER_OPERATION_IN_PROGRESS", "VM", "OpaqueRef:x", name="jump", times=9), "別の操作の最中でした"),
    "clock ten minutes off": (skew, None),
    "certificate changed": (stranger, "公開鍵が登録と違います"),
    "another pool at the address": (wrong_pool, "別のプールが応答しました"),
    "password changed": (api("session.login_with_password", "SESSION_AUTHENTICATION_FAILED", "root", "x", times=9),
                         "ユーザー名かパスワードが違います"),
    "hosts away": (away, "ホストに接続できません"),
}


def draw(chance):
    """Every fault at least once, in any order, with quiet nights between; again from the start when all were played."""
    while True:
        names = [*FAULTS, *[None] * (len(FAULTS) // 3)]
        chance.shuffle(names)
        yield from names


def judge(world, name, text, took):
    """What is wrong this morning, in sentences."""
    pool = world.pool
    words = FAULTS[name][1] if name else None
    if words and words not in text and all(fault["played"] for fault in pool.faults):
        yield f"{words!r} is not in the mail:\n{text}"
    if "うまくいきませんでした" in text:
        yield f"a fault without words:\n{text}"
    if not words and ("失敗" in text or "★" in text):
        yield f"something failed although nothing should:\n{text}"
    if ("プール archive" in text) != world.archives(name) or "プール center" not in text:
        yield f"a report is missing:\n{text}"
    if [entry for entry in pool.journal if "REAL" in entry[0]]:
        yield "something that people use was destroyed"
    for ref, record in world.others.items():
        now = pool.tables["VM"].get(ref)
        if now is None or any(now[field] != record[field] for field in ("VBDs", "name_label", "other_config")):
            yield f"a snapshot of others was touched: {record['name_label']}"
    if world.lost():
        yield f"the last good backup of {world.lost()} is gone"
    if pool.refused or any(pool.free(sr) < 0 for sr in pool.storage):
        yield "a repository was overfilled"
    if took > LIMIT:
        yield f"the run took {took:.0f} seconds"
    if [part for part in os.listdir(world.exports) if part.endswith(".part")] or pool.sessions:
        yield "something was left behind"


def main():
    tap = Tap()
    world = World()
    faults = draw(world.chance)
    played, findings = {}, []
    for world.night in range(NIGHTS):
        world.day()
        name = next(faults) if world.night >= 3 else None
        world.reset()
        if name:
            FAULTS[name][0](world)
        world.keep_archive(world.archives(name))
        text, took = world.run()
        wrong = list(judge(world, name, text, took))
        world.pool.go_on.set()
        if all(fault["played"] for fault in world.pool.faults):  # else there was no room for the VM that it was meant for
            played[name] = played.get(name, True) and not wrong
        world.skipped += text.count("空きが足りないため、実行前に見送りました")
        findings += [f"night {world.night} ({name}): {sentence}" for sentence in wrong]
        if os.environ.get("KAIRAN_VERBOSE"):
            print(f"# night {world.night}: {name}, {took:.1f} s, {[pool_free(world, sr) for sr in world.pool.storage]}", flush=True)
    for name in FAULTS:
        if name in played:
            tap.ok(played[name], f"a night with: {name}", "\n".join(line for line in findings if f"({name})" in line))
    tap.ok(played[None], "nights without a fault", "\n".join(line for line in findings if "(None)" in line))
    tap.ok(NIGHTS < 60 or len(played) == len(FAULTS) + 1, f"{NIGHTS} nights played every fault", set(FAULTS) - set(played))
    tap.ok(NIGHTS < 60 or len(world.others) > 2, "others took snapshots meanwhile")
    tap.ok(NIGHTS < 60 or world.skipped, f"{world.skipped} times there was no room for a snapshot, and it was not tried")
    tap.ok(len(world.rows()) > NIGHTS * 10, f"{len(world.rows())} backups were good")
    world.server.close()
    tap.done()


def pool_free(world, sr):
    return f"{world.pool.free(sr) / GIB:.0f} GiB"


if __name__ == "__main__":
    main()
