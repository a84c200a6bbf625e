#!/usr/bin/env python3
"""What is remembered of a pool's nights: sizes against the usual, last good backups, reports that got lost, reports that are missing."""
import json
import os
import sqlite3
import subprocess
import time

from kairan_test import Tap, new_folder, program, text_of, wait_until
from xen_test import Center, sim_pool, xapi

tap = Tap()
server = xapi.Server(sim_pool.Pool("6.5", vms=2), "old")
pool, exports = server.pool, new_folder()
center = Center(server, f"[backup]\nexport_folder = {exports}\nkeep_newest = 3\n")


def at(day, hour="02:00"):
    center.now = f"2026-01-{day:02d}T{hour}:00+09:00"


def mails():
    """The texts of all mails so far, oldest first."""
    center.run("post")
    return [text_of(mail) for mail in sorted(center.mails(), key=lambda mail: mail["Date"].datetime)]


def missing():
    """How many mails tell of missing jobs or reports."""
    center.run("process")
    return sum("報告がありません" in text for text in mails())


tap.equal(center.xen_json()["pools"], [{"pool": "center", "started": None, "date": None, "status": None, "is_good": False, "vms": 0,
                                        "good": 0, "oldest": None}], "a pool that was never backed up is shown as such")
content = pool.content
pool.content = lambda vdi: (content(vdi)[0], range(8))
for day in (1, 2, 3):
    at(day)
    center.run("nightly", "backup")
tap.ok("普段" not in mails()[-1], "what is as usual needs no word")
pool.content = lambda vdi: (content(vdi)[0], [0, 1])
at(4)
center.run("nightly", "backup")
pool.content = lambda vdi: (content(vdi)[0], range(8))
text = mails()[-1]
tap.contains(text, "大きさがいつもと大きく違います", "an export of less than half the usual size is a warning")
tap.contains(text, "普段は", "with the usual size")
seen = center.xen_json("history")
tap.equal(len(seen["backups"]), 8, "the history has every backup")
tap.equal([entry["is_odd"] for entry in seen["backups"]], [True] * 2 + [False] * 6, "and which were odd")
tap.equal({(entry["state"], entry["verified"]) for entry in seen["backups"]}, {("good", "blocks")}, "how far each was proven")
tap.equal({(entry["kept"], entry["age_days"]) for entry in seen["vms"]}, {(3, 0)}, "how many are kept")
tap.equal({entry["vm"] for entry in center.xen_json("history", "center", "web01")["backups"]}, {"web01"}, "of one VM alone")
tap.ok("web01  last good" in center.xen("history").stdout.decode(), "people can read it")

pool.fault("VM.snapshot", "SR_BACKEND_FAILURE_44", "", "x", "", name="web01", times=9)
for day in (5, 6):
    at(day)
    center.run("nightly", "backup")
tap.contains(mails()[-1], "2026-01-04 02:00 (2日前)", "the mail tells the last good backup and its age")
seen = center.xen_json()["pools"][0]
tap.equal((seen["status"], seen["good"], seen["vms"], seen["oldest"]["vm"], seen["oldest"]["age_days"]), ("failed", 1, 2, "web01", 2),
          "and the overview whose is oldest")
tap.contains(center.xen().stdout.decode(), "oldest last good backup: web01", "for people, too")
pool.faults.clear()

# a report that was not queued before its run was killed is sent by the next

at(7)
center.run("nightly", "backup")
with sqlite3.connect(os.path.join(center.folder, "kairan.db")) as database:
    database.execute("DELETE FROM outbox")
    database.execute("UPDATE xen_run SET is_told = 0 WHERE id = (SELECT max(id) FROM xen_run)")
before = len(mails())
at(8)
center.run("nightly", "backup")
new = mails()[before:]
tap.equal(sorted(text.splitlines()[0][-16:] for text in new), ["2026-01-07 02:00", "2026-01-08 02:00"], "a report that was lost comes later")

# a report that is missing

at(8, "12:00")
tap.equal(missing(), 0, "the day after a report nothing is missing")
at(9, "06:50")
tap.equal(missing(), 0, "nobody is woken")
at(9, "09:30")
tap.equal(missing(), 1, "no report of the night: told in the morning, when its time is over")
tap.contains(mails()[-1], "center  前回 2026-01-08 02:00", "with the pool and its last run")
at(9, "12:00")
tap.equal(missing(), 1, "once a day")
at(10, "02:00")
center.run("nightly", "backup")
at(10, "12:00")
tap.equal(missing(), 1, "until it comes again")
at(11, "02:00")
pool.on_piece = lambda number: pool.go_on.wait(60)
night = subprocess.Popen([program("kairan"), "nightly", "backup", "-C", center.folder], env={**os.environ, "KAIRAN_NOW": center.now})
wait_until(lambda: pool.streams)
at(11, "08:00")
tap.equal(missing(), 1, "a backup that is at work within its time is not missing yet")

# and while it is at work, the digest does not wait

at(11, "06:30")
done = center.run("nightly", "--json", check=False)
jobs = [job["name"] for job in json.loads(done.stdout)["jobs"]]
tap.ok(done.returncode == 0 and "digest" in jobs and "backup" not in jobs and night.poll() is None, "a digest does not wait for a backup",
       (done, jobs))
pool.go_on.set()
tap.equal(night.wait(60), 0, "which goes on undisturbed")
pool.on_piece = lambda number: number and time.sleep(0.05)
at(12)
done = center.run("nightly", "--json", "backup", "deadlines")
tap.equal([job["name"] for job in json.loads(done.stdout)["jobs"]], ["deadlines", "backup", "report"], "nor do others in the same run")
server.close()
tap.done()
