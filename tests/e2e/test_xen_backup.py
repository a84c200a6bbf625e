#!/usr/bin/env python3
"""A pool's nights: snapshots, verified exports, retention, room, faults in words; what is others' is never touched."""
import glob
import os
import shutil

from kairan_test import Tap, new_folder, program, run, text_of
from xen_test import Center, sim_pool, xapi

tap = Tap()
MIB, GIB = 1 << 20, 1 << 30


def center_of(server, exports=None, more=""):
    settings = f"[backup]\nkeep_newest = 2\n{f'export_folder = {exports}' if exports else ''}\n{more}\n"
    return Center(server, settings)


def night(center, day, **options):
    """One run; (status, its view)."""
    center.now = f"2026-01-{day:02d}T02:00:00+09:00"
    center.server.pool.clock = 1767200000 + day * 86400
    done = center.run("xen", "backup", "--json", check=False, **options)
    if done.returncode:
        return done.returncode, done.stderr.decode()
    import json
    return 0, json.loads(done.stdout)


def results(view):
    return {vm["name"]: vm["result"] for vm in view["vms"]}


def last_mail(center):
    center.run("post")
    return sorted(center.mails(), key=lambda mail: mail["Date"].datetime)[-1]


# snapshots only

server = xapi.Server(sim_pool.Pool("6.5", vms=6), "old")
pool = server.pool
center = center_of(server)
others = pool.snapshot(pool.vm("web01"), "before the upgrade", "crash_consistent")
status, view = night(center, 1)
tap.equal(set(results(view).values()), {"good"}, "every VM gets a snapshot")
tap.equal(len(pool.snapshots()), 7, "one each")
tap.ok(all(vm["other_config"].get("kairan:job", "").endswith("/center") for ref, vm in pool.snapshots().items()
           if ref != others), "tagged as ours")
mail = last_mail(center)
tap.contains(str(mail["Subject"]), "[OK] バックアップ center: 成功6 警告0 失敗0 未実施0", "the subject tells status and counts")
tap.contains(text_of(mail), "○ db01  2026-01-01 02:00  スナップショット", "and the mail each VM")
for day in (2, 3, 4):
    pool.coalesce()
    night(center, day)
tap.equal(len(pool.snapshots()), 13, "the newest two of each stay, and what is others'")
tap.ok(others in pool.snapshots(), "the snapshot of others is untouched")
tap.ok(not [entry for entry in pool.journal if "REAL" in entry[0]], "no disk and no VM that people use was destroyed")
calls = len(pool.calls)
tap.equal(night(center, 5, )[0], 0, "another night")
reads = [call for call in pool.calls[calls:] if call.endswith("get_all_records")]
tap.ok(len(reads) <= 5, "everything is read once", reads)

# faults, each in that night's mail in words

pool.coalesce()
pool.fault("VM.snapshot", "SR_BACKEND_FAILURE_44", "", "There is insufficient space", "", name="db01")
pool.fault("VM.snapshot", "OTHER_OPERATION_IN_PROGRESS", "VM", "x", name="mail", times=9)
pool.fault("VM.snapshot", "vanish", name="dns1")
pool.fault("Async.VM.snapshot", wire="cut")
status, view = night(center, 6)
found = results(view)
tap.equal((found["db01"], found["mail"], found["dns1"]), ("failed", "skipped", "good"),
          "no room fails, a busy VM is skipped, a task that vanished is looked for by its name")
text = text_of(last_mail(center))
tap.contains(text, "ストレージの空きが足りませんでした。", "the reason in words")
tap.contains(text, "(SR_BACKEND_FAILURE_44(, There is insufficient space, ))", "with the raw code")
tap.ok(text.index("失敗: db01") < text.index("○ web01"), "worst first")
pool.faults.clear()
kept = {vm["snapshot_of"] for ref, vm in pool.snapshots().items() if ref != others}
tap.equal(len(kept), 6, "nobody lost the last good one")

pool.fault("VDI.destroy", "VDI_IN_USE", "x", "destroy", times=3)
pool.coalesce()
status, view = night(center, 7)
orphans = [vdi for vdi in pool.tables["VDI"].values() if vdi["is_a_snapshot"] and not vdi["VBDs"]]
tap.equal(len(orphans), 1, "a disk that stays in use is left for the next night")
night(center, 8)
orphans = [vdi for vdi in pool.tables["VDI"].values() if vdi["is_a_snapshot"] and not vdi["VBDs"]]
tap.equal(orphans, [], "which removes it")

server.set_down(0)
server.set_down(1)
status, view = night(center, 9)
tap.equal(view["problem"]["code"], "unreachable", "a pool that is away")
tap.contains(text_of(last_mail(center)), "ホストに接続できません", "is reported all the same")
server.close()

# room

server = xapi.Server(sim_pool.Pool("6.5", vms=8, sr_size=90 * GIB), "old")
center = center_of(server)
dry = center.run("xen", "backup", "--dry-run").stdout.decode()
tap.ok("needed" in dry and not server.pool.snapshots(), "a dry run tells what there is no room for, and does nothing", dry)
for day in range(1, 5):
    night(center, day)
    server.pool.coalesce()
tap.ok(all(server.pool.free(sr) >= 9 * GIB for sr in server.pool.storage), "no repository is filled beyond its reserve")
skipped = [vm for vm in night(center, 5)[1]["vms"] if vm["code"] == "no_space"]
tap.ok(skipped and "needed" in skipped[0]["raw"] and "reserve" in skipped[0]["raw"], "and the mail says by how much", skipped)
server.close()

# exports

for version, setup in (("6.5", "old"), ("8", "modern")):
    server = xapi.Server(sim_pool.Pool(version, vms=3), setup)
    pool, exports = server.pool, new_folder()
    center = center_of(server, exports)
    small = pool.vm("web01")
    pool.tables["VDI"][pool.disks(small)[0]]["virtual_size"] = 64 * MIB
    status, view = night(center, 1)
    files = sorted(glob.glob(exports + "/*.xva"))
    tap.equal((set(results(view).values()), len(files)), ({"good"}, 3), f"{version}: VMs are exported and verified")
    tap.ok(len(glob.glob(exports + "/pool-center-*.xml")) == 1, f"{version}: with the pool's database beside them")
    tap.equal(pool.snapshots(), {}, f"{version}: no snapshot stays beside the exports")
    tap.equal(pool.tables["task"], {}, f"{version}: and no task")
    tap.ok(all(os.stat(name).st_mode & 0o077 == 0 for name in files), f"{version}: nobody else can read them")
    if version == "6.5" and shutil.which("xva-img"):
        folder = new_folder()
        unpacked = run(["tar", "-xf", next(name for name in files if pool.tables["VM"][small]["uuid"] in name), "-C", folder])
        tap.equal(unpacked.returncode, 0, "tar reads an export")
        judged = run(["xva-img", "-p", "disk-export", os.path.join(folder, "Ref:0"), os.path.join(folder, "raw")])
        tap.ok(judged.returncode == 0 and os.path.getsize(os.path.join(folder, "raw")) == 64 * MIB, "and xva-img makes a disk of it",
               judged.stderr)
    for kind, words in (("cut", None), ("cut-success", "damaged"), ("flip", "damaged"), ("swap", "damaged"), ("short", "damaged")):
        pool.fault("export", kind, name="db01")
        status, view = night(center, 2)
        failed = next(vm for vm in view["vms"] if vm["name"] == "db01")
        tap.ok(failed["result"] == "failed" and failed["code"] in ("damaged", words), f"{version}: an export of the kind {kind} is not good",
               failed)
        tap.equal(glob.glob(exports + "/*.part"), [], f"{version}: and leaves nothing behind ({kind})")
    tap.contains(text_of(last_mail(center)), "書き出したファイルが壊れていたため破棄しました。", f"{version}: it is told in words")
    pool.fault("redirect", "127.0.0.2")
    tap.equal(set(results(night(center, 3)[1]).values()), {"good"}, f"{version}: a host that sends us to another is followed")
    for day, pool.generation, back in ((4, 5000, False), (5, 4800, True), (6, 4900, False)):
        night(center, day)
        text = text_of(last_mail(center))
        tap.equal("構成情報が以前の状態に戻っています (世代 5000 → 4800)" in text, back, f"{version}: generation {pool.generation} of the database")
    tap.equal(len(glob.glob(exports + "/*.xva")), 6, f"{version}: the newest two of each stay")
    server.close()

# killed in the middle, at many places: the next run cleans up

server = xapi.Server(sim_pool.Pool("6.5", vms=2), "old")
pool, exports = server.pool, new_folder()
center = center_of(server, exports)
night(center, 1)
before = {name: os.path.getsize(name) for name in glob.glob(exports + "/*.xva")}
for call in range(6, 40, 5):
    center.now = "2026-01-02T02:00:00+09:00"
    environment = {**os.environ, "KAIRAN_NOW": center.now}
    run(["strace", "-f", "-o", "/dev/null", "-e", f"inject=writev:signal=KILL:when={call}", program("kairan"), "xen", "backup", "-C",
         center.folder], env=environment)
status, view = night(center, 3)
tap.equal(set(results(view).values()), {"good"}, "after runs that were killed the next one is good")
tap.equal((pool.snapshots(), glob.glob(exports + "/*.part")), ({}, []), "and nothing is left of them")
tap.ok(len(glob.glob(exports + "/*.xva")) >= 4, "no good export was lost")
server.close()
tap.done()
