#!/usr/bin/env python3
"""The mails about a pool: one summary a morning, alerts at once, quiet rules, who gets what; and silence that is noticed."""
import os
import shutil

from kairan_test import Tap, run, text_of
from xen_test import TREE, Center, sim_pool, xapi

tap = Tap()
DAY = 86400
START = 1768410000  # 2026-01-15T02:00:00+09:00
CATALOGUE = os.path.join(TREE, "tests", "vectors", "xen", "updates.xml")


class Week(Center):
    """A center whose mornings are played one after the other."""

    def __init__(self, settings="", version="6.5", setup="old"):
        self.sim = xapi.Server(sim_pool.Pool(version, vms=3), setup)
        super().__init__(self.sim, f"[updates]\ncatalogue = {CATALOGUE}\n{settings}")

    def at(self, day, hour="02"):
        self.now = f"2026-01-{day:02d}T{hour}:00:00+09:00"
        self.server.pool.clock = START + (day - 15) * DAY + (int(hour) - 2) * 3600
        return self

    def night(self, *jobs, check=True):
        """Runs the jobs; the mails that they left, as messages."""
        self.run("nightly", *jobs, check=check)
        return self.new_mails()

    def new_mails(self):
        self.run("post")
        found = sorted(self.mails(), key=lambda mail: (str(mail["Subject"]), str(mail["To"])))
        shutil.rmtree(os.path.join(self.folder, "out", "new"), ignore_errors=True)
        os.makedirs(os.path.join(self.folder, "out", "new"))
        return found


def subjects(mails):
    return [str(mail["Subject"]) for mail in mails]


# one summary of everything

week = Week()
pool = week.server.pool
mails = week.at(15).night("backup", "updates", "health")
tap.equal(len(mails), 1, "one mail for backup, updates and health")
tap.equal(subjects(mails)[0], "[注意] center: 成功3 警告0 失敗0 未実施0 更新4(新4) (2026-01-15)", "its subject has status and counts")
text = text_of(mails[0])
for part in ("【状態】", "【バックアップ】", "○ web01", "【ストレージの推移】", "【更新】", "【新】XS65ESP1", "正常: マスター"):
    tap.contains(text, part, f"it holds {part}")
tap.ok(text.index("【状態】") < text.index("【バックアップ】") < text.index("【更新】"), "in that order")
mails = week.at(16).night("backup", "updates", "health")
tap.contains(subjects(mails)[0], "更新4 (2026-01-16)", "what was told once is new no more")
tap.ok("【新】" not in text_of(mails[0]), "nor is it marked")
tap.contains(text_of(mails[0]), "前日比", "storage is compared with the day before")

# by the clock: each at its time, one mail in the morning

for hour, wanted in (("01", ["backup", "deadlines", "watch"]), ("05", ["housekeeping", "updates", "watch"])):
    week.at(17, hour)
    tap.equal(sorted(job["name"] for job in week.json("nightly")["jobs"]), wanted, f"at {hour}:00: {wanted}")
    tap.equal(week.new_mails(), [], f"and no mail at {hour}:00")
week.at(17, "06")
names = [job["name"] for job in week.json("nightly")["jobs"] if job["name"] != "watch"]
tap.ok(names[:2] == ["health", "report"], "health and the report follow", names)
mails = [mail for mail in week.new_mails() if "center" in str(mail["Subject"])]
tap.equal(len(mails), 1, "and the mail comes in the morning")

# what is bad comes at once, once

pool.tables["host_metrics"][pool.tables["host"][pool.host_refs()[1]]["metrics"]]["live"] = False
mails = week.at(18).night("health")
tap.equal([subject.split()[0] for subject in subjects(mails)], ["[失敗]", "[警報]"], "a host that died is alerted, and in the summary")
tap.contains(text_of(mails[1]), "★ xen2 (127.0.0.2) が応答していません", "with what to do")
tap.contains(subjects(mails)[0], "異常1", "the subject counts it")
mails = week.at(18, "03").night("health")
tap.equal([subject.split()[0] for subject in subjects(mails)], ["[失敗]"], "the same is not alerted again")
pool.tables["host_metrics"][pool.tables["host"][pool.host_refs()[1]]["metrics"]]["live"] = True
week.at(18, "04").night("health")
pool.tables["host_metrics"][pool.tables["host"][pool.host_refs()[1]]["metrics"]]["live"] = False
mails = week.at(18, "05").night("health")
tap.ok(any("[警報]" in subject for subject in subjects(mails)), "before it has been well in between")
pool.tables["host_metrics"][pool.tables["host"][pool.host_refs()[1]]["metrics"]]["live"] = True

# and between two nights, too

pool.coalesce()
week.at(18, "12").night()  # what the day has due, and the first look
tap.equal(week.at(18, "13").night(), [], "an hourly look tells nothing while nothing is wrong")
pool.tables["host_metrics"][pool.tables["host"][pool.host_refs()[1]]["metrics"]]["live"] = False
pool.add_message("HA_HOST_FAILED", 2)
before = len(week.xen_json("history")["health"])
mails = week.at(18, "14").night()
tap.ok(len(mails) == 1 and "[警報]" in subjects(mails)[0] and text_of(mails[0]).count("★") == 2, "what happens by day is alerted within the hour",
       [text_of(mail) for mail in mails])
week.now = "2026-01-18T14:15:00+09:00"
tap.equal(week.json("nightly")["jobs"], [], "a quarter of an hour later none is due")
tap.equal((week.at(18, "15").night(), len(week.xen_json("history")["health"])), ([], before), "it is told once, and takes nothing from the morning's report")
mails = week.at(18, "16").night("health")
tap.equal([subject.split()[0] for subject in subjects(mails)], ["[失敗]"], "which tells it as it would have, without a second alert")
tap.contains(text_of(mails[0]), "がHAにより障害と判定されました", "with what the pool said meanwhile")
pool.tables["host_metrics"][pool.tables["host"][pool.host_refs()[1]]["metrics"]]["live"] = True

pool.fault("VM.snapshot", "SR_BACKEND_FAILURE_44", "", "There is insufficient space", "", name="db01")
pool.coalesce()
mails = week.at(19).night("backup")
tap.equal([subject.split()[1] for subject in subjects(mails)], ["center:", "バックアップ"], "a backup that failed is told at once")

# a pool that is away, and jobs that did not run

week.server.set_down(0)
week.server.set_down(1)
mails = week.at(20).night("backup", "updates", "health")
summary = [mail for mail in mails if "接続不可" in str(mail["Subject"])]
tap.ok(len(summary) == 1, "the report comes also when the pool cannot be reached", subjects(mails))
tap.ok("[失敗]" in str(summary[0]["Subject"]) and text_of(summary[0]).count("ホストに接続できません") == 3, "and says so in every section")
tap.ok(any("[警報]" in subject for subject in subjects(mails)), "and it is alerted")
mails = week.at(20, "03").night("health")
tap.ok(not any("[警報]" in subject for subject in subjects(mails)), "once")
week.server.set_down(0, False)
week.server.set_down(1, False)
mails = week.at(23).night("report")
tap.contains(subjects(mails)[0], "バックアップなし", "a backup that did not run is in the subject")
tap.contains(text_of(mails[0]), "昨夜のバックアップの記録がありません", "and in the mail")
mails = [mail for mail in (week.at(25, "08").run("process"), week.new_mails())[1]]
tap.ok(any("report" in text_of(mail) and "backup" in text_of(mail) for mail in mails), "a report that is missing is noticed the next morning",
       subjects(mails))
history = week.xen_json("history")
tap.equal([entry["problem"] for entry in history["health"]][:3], ["unreachable", "unreachable", None], "history tells of every look, newest first")
tap.ok(any("HOST_NOT_LIVE xen2" in entry["codes"] and entry["bad"] for entry in history["health"]), "with what was wrong")
tap.equal({(entry["host"], entry["gone"]) for entry in history["updates"]}, {("xen1", None), ("xen2", None)}, "of updates by host")
tap.equal([day["date"] for day in history["storage"][0]["days"]][:3], ["2026-01-15", "2026-01-16", "2026-01-17"], "and of storage day by day")
text = week.shown("history")
tap.ok("いまも未適用" in text and "接続不可 (unreachable)" in text and "iSCSI A  ▁" in text, "for people as well", text)
week.sim.close()

# who gets what, and when

settings = """[report]
to = day@example.org, night@example.org
problem_to = boss@example.org
alert_to = phone@example.org
summary = changes
language = en
"""
week = Week(settings)
pool = week.server.pool
mails = week.at(15).night("backup", "updates", "health")
tap.equal([str(mail["To"]) for mail in mails], ["boss@example.org", "day@example.org", "night@example.org"], "recipients by what it says")
tap.contains(subjects(mails)[0], "[WARNING] center: 3 good, 0 warnings, 0 failed, 0 not done; updates: 4 (4 new)", "in the pool's language")
pool.coalesce()
tap.equal(week.at(16).night("backup", "updates", "health"), [], "quiet: nothing when nothing has changed")
pool.tables["host"][pool.host_refs()[1]]["enabled"] = False
pool.coalesce()
tap.equal(len(week.at(17).night("backup", "updates", "health")), 3, "but what is different is told")
pool.coalesce()
tap.equal(week.at(18).night("updates", "health", "backup"), [], "once")
pool.coalesce()
tap.equal(len(week.at(24).night("updates", "health", "backup")), 3, "and after a week it comes in any case")
pool.tables["SR"][pool.storage[0]]["physical_utilisation"] = pool.tables["SR"][pool.storage[0]]["physical_size"] * 96 // 100
mails = week.at(25).night("health")
tap.equal([str(mail["To"]) for mail in mails if "[ALERT]" in str(mail["Subject"])], ["phone@example.org"], "alerts go to their own")
week.sim.close()

good = Week("[report]\nsummary = problems\nproblem_to = boss@example.org\n", "8", "modern")
good.server.pool.deliveries = []
record = good.server.pool.tables["pool"][good.server.pool.pool_ref]
good.server.pool.updates_document = lambda refs: {"hosts": [], "updates": [], "hash": ""}
record["last_update_sync"] = xapi.Instant("20260114T01:00:00Z")
first = good.at(15).night("backup", "updates", "health")
tap.equal([(subject.split()[0], str(mail["To"])) for subject, mail in zip(subjects(first), first)], [("[OK]", "root@tc.example.ac.jp")],
          "all good: the first report, to those who always get it")
good.server.pool.coalesce()
tap.equal(good.at(16).night("backup", "updates", "health"), [], "then silence while all is good")
good.sim.close()
tap.done()
