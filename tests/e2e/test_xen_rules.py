#!/usr/bin/env python3
"""What a pool's file says about backups, key by key: which VMs, how they come to rest, limits of time, room and speed."""
import glob
import os
import sqlite3
import time

from kairan_test import Tap, new_folder, text_of, wait_until
from xen_test import Center, sim_pool, xapi

tap = Tap()
MIB, GIB = 1 << 20, 1 << 30


def start(settings="", vms=4, version="6.5", setup="old", **options):
    server = xapi.Server(sim_pool.Pool(version, vms=vms, **options), setup)
    return server.pool, Center(server, "[backup]\n" + settings)


def night(center, now="2026-01-15T02:00:00+09:00"):
    """One run by hand: {name: what became of it}, and the whole view."""
    center.now = now
    view = center.xen_json("backup")
    return {vm["name"]: vm for vm in view["vms"]}, view


def last_mail(center):
    center.run("post")
    return text_of(sorted(center.mails(), key=lambda mail: mail["Date"].datetime)[-1])


# which VMs

pool, center = start()
rows = {name: pool.tables["VM"][pool.vm(name)] for name in ("web01", "db01", "mail", "教務システム")}
rows["web01"]["tags"] = ["nightly", "other"]
rows["db01"]["other_config"]["XenCenter.CustomFields.backup"] = "Yes"
rows["mail"]["other_config"]["XenCenter.CustomFields.backup"] = "no"
for rule, names in (("all", set(rows)), ("tag:nightly", {"web01"}), ("tag:night", set()), ("field:backup", {"db01"}),
                    ("db*, mail", {"db01", "mail"}), ("教務システム", {"教務システム"}), ("tag:nightly, field:backup", {"web01", "db01"}),
                    ("*\nexclude = ?eb01, tag:x", set(rows) - {"web01"}), ("all\nexclude = tag:nightly", set(rows) - {"web01"})):
    center.configure(settings=f"[backup]\nchoose = {rule}\n")
    seen = center.xen_json("backup", "--dry-run")
    tap.equal({vm["name"] for vm in seen["vms"]}, names, f"choose = {rule!r}")
center.configure(settings="[backup]\nchoose = web01, gone\n")
seen, view = night(center)
tap.equal((seen["web01"]["result"], seen["gone"]["result"], seen["gone"]["code"]), ("good", "failed", "vm_missing"),
          "a VM of the file that the pool does not have is told")
tap.contains(last_mail(center), "設定にある仮想マシンがプールにありません", "in words")

# guests that come to rest

center.configure(settings="[backup]\nchoose = web01, db01\nkeep_newest = 9\n")
for name in ("web01", "db01"):
    rows[name]["allowed_operations"].append("snapshot_with_quiesce")
pool.fault("VM.snapshot_with_quiesce", "VM_SNAPSHOT_WITH_QUIESCE_TIMEOUT", "OpaqueRef:x", name="db01")
seen, view = night(center, "2026-01-16T02:00:00+09:00")
kinds = {vm["snapshot_of"]: vm["snapshot_info"]["disk-snapshot-type"] for vm in pool.snapshots().values()}
tap.equal((seen["web01"]["result"], kinds[pool.vm("web01")]), ("good", "quiesced"), "a guest that can come to rest does")
tap.equal((seen["db01"]["result"], seen["db01"]["warning"], kinds[pool.vm("db01")]), ("warning", "not_quiesced", "crash_consistent"),
          "one that does not is taken as it is, and that is told")
center.configure(settings="[backup]\nchoose = web01\nquiesce = never\nkeep_newest = 9\n")
asked = pool.calls.count("Async.VM.snapshot_with_quiesce")
night(center, "2026-01-17T02:00:00+09:00")
tap.equal(pool.calls.count("Async.VM.snapshot_with_quiesce"), asked, "quiesce = never asks no guest")

# tags of an earlier life are not taken over

rows["web01"]["other_config"]["kairan:job"] = "somebody/else"
night(center, "2026-01-18T02:00:00+09:00")
newest = max((vm for vm in pool.snapshots().values() if vm["snapshot_of"] == pool.vm("web01")), key=lambda vm: vm["name_label"])
tap.ok(newest["other_config"]["kairan:job"].endswith("/center"), "a tag that came along with the VM is replaced")

# limits of time

pool.fault("VM.snapshot", "hang", name="db01")
center.configure(settings="[backup]\nchoose = db01\nquiesce = never\nsnapshot_seconds = 1\n")
begun = time.monotonic()
seen, view = night(center, "2026-01-19T02:00:00+09:00")
tap.equal((seen["db01"]["result"], seen["db01"]["code"], "task.cancel" in pool.calls), ("failed", "timeout", True),
          "a snapshot that takes too long is cancelled")
tap.ok(time.monotonic() - begun < 20, "in time")
with sqlite3.connect(os.path.join(center.folder, "kairan.db")) as database:
    name = database.execute("SELECT snapshot_name FROM vm_backup ORDER BY id DESC LIMIT 1").fetchone()[0]
late = pool.snapshot(pool.vm("db01"), name, "crash_consistent")
alike = pool.snapshot(pool.vm("db01"), name[:-4] + "else", "crash_consistent")
seen, view = night(center, "2026-01-20T02:00:00+09:00")
tap.ok(late not in pool.snapshots() and alike in pool.snapshots() and view["unfinished"] == ["db01"],
       "one that appears afterwards is cleaned up, and nothing that only looks like it", view["unfinished"])

exports = new_folder()
folder = f"[backup]\nchoose = db01\nquiesce = never\nexport_folder = {exports}\n"
center.configure(settings=folder + "window_begin = 01:00\nwindow_end = 02:00\n")
pool.fault("export", "hang", name="db01")
center.now = "2026-01-21T01:59:57+09:00"
begun = time.monotonic()
center.run("nightly", "backup")
mail = last_mail(center)
tap.contains(mail, "時間内に終わらず中止しました", "an export that falls silent ends with the window")
tap.ok(time.monotonic() - begun < 20, "in time")
tap.equal((glob.glob(exports + "/*.xva*"), pool.tables["task"]), ([], {}), "and leaves neither file nor task")
pool.go_on.set()
calls = len(pool.calls)
center.now = "2026-01-21T02:00:00+09:00"
center.run("nightly", "backup")
tap.contains(last_mail(center), "バックアップの時間帯ではない", "outside the window nothing is done, and that is told")
tap.equal(len(pool.calls), calls, "nobody was called")
tap.equal(night(center, "2026-01-21T12:00:00+09:00")[0]["db01"]["result"], "good", "by hand the window does not count")

# speed

center.configure(settings=f"[backup]\nchoose = all\nquiesce = never\nexport_folder = {exports}\nparallel_exports = 3\n")
pool.on_piece = lambda number: wait_until(lambda: pool.most_streams >= 3, 20)
seen, view = night(center, "2026-01-22T02:00:00+09:00")
tap.equal(({vm["result"] for vm in seen.values()}, pool.most_streams), ({"good"}, 3), "exports run side by side, as many as the file says")
center.configure(settings=f"[backup]\nchoose = all\nquiesce = never\nexport_folder = {exports}\nparallel_exports = 1\n")
pool.on_piece, pool.most_streams, pool.piece_seconds = None, 0, 0.02
night(center, "2026-01-23T02:00:00+09:00")
tap.equal(pool.most_streams, 1, "or one by one")
pool.piece_seconds = 0
center.configure(settings=folder + "rate_limit = 2500\nparallel_exports = 1\nmetadata = no\n")
begun = time.monotonic()
seen, view = night(center, "2026-01-24T02:00:00+09:00")
took = time.monotonic() - begun
tap.ok(seen["db01"]["result"] == "good" and took > seen["db01"]["bytes"] / 2500e3 * 0.6, "rate_limit holds an export back", took)

# whose turn it is

pool.fault("VM.snapshot", "SR_BACKEND_FAILURE_47", "", "The SR is not available", "", name="mail")
center.configure(settings="[backup]\nquiesce = never\n")
night(center, "2026-01-25T02:00:00+09:00")
tap.contains(last_mail(center), "ストレージに接続できません", "storage that is away, in words")
seen, view = night(center, "2026-01-26T02:00:00+09:00")
tap.equal(view["vms"][0]["name"], "mail", "whose last good backup is oldest comes first")

# chains and room

pool.coalesce()
leaf = pool.disks(pool.vm("mail"))[0]
parent = ""
for number in range(29):
    base = pool.make_vdi("base copy", GIB, pool.tables["VDI"][leaf]["SR"], 4 * MIB, managed=False, sm_config={"vhd-parent": parent})
    parent = pool.tables["VDI"][base]["uuid"]
pool.tables["VDI"][leaf]["sm_config"]["vhd-parent"] = parent
seen, view = night(center, "2026-01-27T02:00:00+09:00")
tap.equal((seen["mail"]["result"], seen["mail"]["code"]), ("skipped", "chain_long"), "a disk on a long chain is left to the coalesce")
tap.contains(last_mail(center), "つながりが長すぎる", "and that is told in words")
sr = pool.tables["SR"][pool.tables["VDI"][leaf]["SR"]]
sr["physical_utilisation"] = sr["physical_size"] - 17 * GIB
center.configure(settings="[backup]\nquiesce = never\nreserve_percent = 1\nchoose = web01\n")
seen, view = night(center, "2026-01-28T02:00:00+09:00")
tap.ok(seen["web01"]["code"] == "no_space" and "reserve" in seen["web01"]["raw"], "room for the largest disk to be merged stays free",
       seen["web01"])

# large pools

large, wide = start(vms=200, sr_size=16384 * GIB)
seen = wide.xen_json("backup", "--dry-run")
tap.ok(len(seen["vms"]) == 200 and len(large.calls) <= 10, f"a round over 200 VMs: {len(large.calls)} calls, and those that act",
       large.calls)

# answers without an end

pool.fault("VM.get_all_records", wire="huge", times=9)
done = center.xen("check", check=False)
tap.ok(done.returncode == 75 and b"longer than" in done.stderr, "an answer that is too long is refused", done.stderr)
tap.done()
