#!/usr/bin/env python3
"""How well a pool is: a good one says so, and whatever is wrong in it is told with its object, in words, at its priority."""
import os
import signal
import time

from kairan_test import Tap
from xen_test import Center, sim_pool, xapi

tap = Tap()
NOW = 1768410000  # 2026-01-15T02:00:00+09:00
GIB = 1 << 30


def center_of(version="6.5", setup="old", vms=4, settings=""):
    server = xapi.Server(sim_pool.Pool(version, vms=vms), setup)
    server.pool.clock = NOW
    return server, server.pool, Center(server, settings)


server, pool, center = center_of()
hosts = pool.host_refs()
first, second = (pool.tables["host"][ref] for ref in hosts)
record = pool.tables["pool"][pool.pool_ref]


def look(*arguments):
    return center.xen_json("health", "--dry-run", *arguments)


def state(view, line):
    return next(entry["state"] for entry in view["lines"] if entry["line"] == line)


def expect(line, code, priority, object, detail, words):
    """What is now wrong is found, and told; returns the finding."""
    view = look()
    found = [entry for entry in view["findings"] if entry["code"] == code and object in entry["object"]]
    wanted = {1: "bad", 2: "bad", 3: "warning", 4: "good", 5: "good"}[priority]
    tap.ok(len(found) == 1 and found[0]["priority"] == priority and detail in found[0]["detail"] and state(view, line) == wanted,
           f"{line}: {code}", [entry for entry in view["findings"]])
    tap.contains(center.shown("health", "--dry-run"), words, f"{line}: {words}")


# a good pool, in few calls

before = len(pool.calls)
view = look()
tap.equal([entry["code"] for entry in view["findings"]], ["ha_off"], "a good pool has nothing to tell but that HA is off")
tap.equal({entry["state"] for entry in view["lines"]}, {"good"}, "every line is good")
tap.ok(len(pool.calls) - before <= 10, "in at most ten calls", pool.calls[before:])
tap.equal((view["hosts"], view["vms"]), ({"all": 2, "live": 2}, {"all": 4, "running": 4}), "hosts and VMs are counted")
tap.contains(center.shown("health"), "正常: マスター、ホストの稼働、HA", "people read what is fine")
tap.contains(center.shown("health", language="C.UTF-8"), "fine: master, hosts alive", "in English as well")

# hosts

metrics = pool.tables["host_metrics"][second["metrics"]]
metrics["live"] = False
expect("hosts", "HOST_NOT_LIVE", 2, "xen2", "127.0.0.2", "xen2 (127.0.0.2) が応答していません")
metrics["live"] = True
second["enabled"] = False
expect("hosts", "HOST_DISABLED", 3, "xen2", "", "xen2 は保守モードです")
second["enabled"] = True
first["address"] = "10.9.9.9"
expect("master", "address_unknown", 3, "xen1", "10.9.9.9", "設定の addresses にありません")
first["address"] = "127.0.0.1"

# high availability

record.update(ha_enabled=True, ha_host_failures_to_tolerate=1, ha_plan_exists_for=1, ha_statefiles=["OpaqueRef:state"])
for host, other in ((first, hosts[1]), (second, hosts[0])):
    host.update(ha_statefiles=["OpaqueRef:state"], ha_network_peers=[other])
for vm in pool.vms().values():
    vm["ha_restart_priority"] = "restart"
tap.equal(look()["findings"], [], "with HA there is nothing to tell at all")
record["ha_plan_exists_for"] = 0
expect("protection", "ha_no_plan", 2, "Center pool", "0", "HAで守られているVMも止まります")
record.update(ha_plan_exists_for=1, ha_host_failures_to_tolerate=2)
expect("protection", "HA_POOL_DROP_IN_PLAN_EXISTS_FOR", 3, "Center pool", "1 / 2", "設定を下回っています(1 / 2)")
record.update(ha_host_failures_to_tolerate=1, ha_overcommitted=True)
expect("protection", "HA_POOL_OVERCOMMITTED", 3, "Center pool", "1 / 1", "HAの計画が成り立っていません")
record["ha_overcommitted"] = False
second["ha_statefiles"] = []
expect("protection", "HA_STATEFILE_LOST", 2, "xen2", "0 / 1", "HAの状態ファイルが見えません")
second["ha_statefiles"] = ["OpaqueRef:state"]
first["ha_network_peers"] = []
expect("protection", "ha_peers_missing", 2, "xen1", "0 / 1", "HAの相手ホストが見えません")
first["ha_network_peers"] = [hosts[1]]
pool.tables["VM"][pool.vm("mail")]["ha_restart_priority"] = ""
expect("protected_vms", "vms_unprotected", 3, "mail", "1", "守られていないサーバーが 1 台あります: mail")
pool.tables["VM"][pool.vm("mail")]["ha_restart_priority"] = "restart"
pool.capacity = 0
expect("capacity", "no_capacity", 3, "Center pool", "0", "すべてのサーバーを動かすだけのメモリがありません")
pool.capacity = 1
center.run("nightly", "health")
record["ha_enabled"] = False
center.now, pool.clock = "2026-01-18T03:00:00+09:00", NOW + 3 * 86400 + 3600
expect("protection", "ha_still_off", 3, "Center pool", "3", "HAが 3 日間無効のままです")
center.now, pool.clock = "2026-01-15T02:00:00+09:00", NOW
record["ha_enabled"] = True

# storage

sr = pool.tables["SR"][pool.storage[0]]
pbd = pool.tables["PBD"][sr["PBDs"][1]]
pbd["currently_attached"] = False
expect("attachments", "PBD_PLUG_FAILED_ON_SERVER_START", 2, "iSCSI A", "xen2", "iSCSI A が xen2 で切り離されています")
pbd["currently_attached"] = True
del pool.tables["PBD"][sr["PBDs"][1]]
expect("attachments", "pbd_missing", 2, "iSCSI A", "xen2", "接続されていません")
pool.tables["PBD"][sr["PBDs"][1]] = pbd
path = next(name for name in pbd["other_config"] if name.startswith("mpath-"))
pbd["other_config"][path] = "[1, 2]"
expect("paths", "MULTIPATH_PERIODIC_ALERT", 3, "iSCSI A", "xen2 1 / 2", "経路が減っています(xen2 1 / 2)")
pbd["other_config"][path] = "[0L, 2L]"
expect("paths", "MULTIPATH_PERIODIC_ALERT", 2, "iSCSI A", "xen2 0 / 2", "経路が減っています(xen2 0 / 2)")
pbd["other_config"][path] = "[2, 2]"
second["other_config"]["multipathing"] = "false"
expect("paths", "multipathing_differs", 3, "", "", "マルチパスの設定がホスト間でそろっていません")
second["other_config"]["multipathing"] = "true"
used = sr["physical_utilisation"]
sr["physical_utilisation"] = sr["physical_size"] * 85 // 100
expect("space", "sr_low", 3, "iSCSI A", "15 %", "空きが残り 15 % です")
sr["physical_utilisation"] = sr["physical_size"] * 95 // 100
expect("space", "sr_low", 2, "iSCSI A", "5 %", "空きが残り 5 % です")
sr["physical_utilisation"] = used
for day in range(6):
    sr["physical_utilisation"] = used + day * 100 * GIB
    center.now, pool.clock = f"2026-01-{20 + day}T02:00:00+09:00", NOW + (5 + day) * 86400
    center.run("nightly", "health")
expect("space", "sr_full_soon", 3, "iSCSI A", "29", "約 29 日で満杯になります")
text = center.shown("health")
tap.contains(text, "前日比 -100.0 GiB", "the change since the day before")
tap.contains(text, "▂▃▅▆█", "and the shape of the week")
sr["physical_utilisation"] = used
center.now, pool.clock = "2026-01-15T02:00:00+09:00", NOW
web = pool.vm("web01")
pool.snapshot(web, "by hand", "crash_consistent")
pool.do_VDI_destroy(next(ref for ref, row in pool.tables["VDI"].items() if row["is_a_snapshot"] and not pool.tables["VBD"].pop(row["VBDs"].pop())["empty"]))
tap.ok(not any(entry["code"] == "coalesce_stuck" for entry in look()["findings"]), "a disk that waits once is no news")
center.run("nightly", "health")
expect("chains", "coalesce_stuck", 3, "iSCSI A", "1", "統合が進んでいません(1 個)")
pool.coalesce()
leaf = pool.tables["VDI"][pool.disks(web)[0]]
for number in range(12):
    base = pool.make_vdi("base copy", GIB, pool.storage[0], 0, managed=False, sm_config=dict(leaf["sm_config"]))
    leaf["sm_config"] = {"vhd-parent": pool.tables["VDI"][base]["uuid"]}
expect("chains", "chain_long", 3, "web01 disk 0", "13 / 30", "ディスクチェーンが長くなっています(13 / 30)")
pool.coalesce()

# memory, clocks, starts

pool.tables["host_metrics"][first["metrics"]]["memory_free"] = GIB
expect("memory", "no_room_for_host", 3, "xen2", "> 1024 MiB", "xen2 が止まると、そのVMを他のホストに収められません")
pool.tables["host_metrics"][first["metrics"]]["memory_free"] = 40 * GIB
pool.clock = NOW + 90
expect("clocks", "HOST_CLOCK_SKEW_DETECTED", 3, "xen1", "+90 s", "xen1 の時計が +90 s ずれています")
pool.clock = NOW - 600
expect("clocks", "HOST_CLOCK_SKEW_DETECTED", 2, "xen2", "-600 s", "xen2 の時計が -600 s ずれています")
pool.clock = NOW
center.run("nightly", "health")
first["other_config"]["boot_time"] = "1768400000."
expect("starts", "host_rebooted", 4, "xen1", "2026-01-14T14:13:20Z", "xen1 が再起動しました")
second["other_config"]["agent_start_time"] = "1768400000."
expect("starts", "toolstack_restarted", 4, "xen2", "2026-01-14T14:13:20Z", "xen2 のツールスタックが再起動しました")
record["master"] = hosts[1]
expect("master", "POOL_MASTER_TRANSITION", 3, "xen2", "xen1", "xen2 がマスターになっています(前回は xen1)")
record["master"] = hosts[0]

# links, licences, certificates

nic = next(row for row in pool.tables["PIF"].values() if row["device"] == "eth1" and row["host"] == hosts[1])
pool.tables["PIF_metrics"][nic["metrics"]]["carrier"] = False
expect("network", "nic_down", 3, "xen2", "eth1", "xen2 のNIC eth1 がリンクダウンしています")
pool.tables["PIF_metrics"][nic["metrics"]]["carrier"] = True
bond = pool.tables["Bond"][nic["bond_slave_of"]]
bond["links_up"] = 1
expect("network", "BOND_STATUS_CHANGED", 3, "xen2", "bond0 1 / 2", "xen2 のボンド bond0 1 / 2")
bond["links_up"] = 2
first["license_params"]["expiry"] = "20260120T02:00:00Z"
expect("licences", "LICENSE_EXPIRES_SOON", 2, "xen1", "5", "ライセンスはあと 5 日です")
first["license_params"]["expiry"] = "20260110T02:00:00Z"
expect("licences", "LICENSE_EXPIRED", 2, "xen1", "-4", "ライセンスが切れています")
first["license_params"]["expiry"] = "20300101T02:00:00Z"
center.now = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 3630 * 86400))
tap.ok(any(entry["code"].startswith("certificate_expire") for entry in look()["findings"]), "certificates: one that runs out")
center.now = "2026-01-15T02:00:00+09:00"
server.set_down(1)
expect("certificates", "host_silent", 3, "127.0.0.2", "127.0.0.2", "127.0.0.2 に接続できません")
server.set_down(1, False)

# tasks and messages

task = pool.make_task("Async.VM.migrate")
pool.tables["task"][task]["created"] = xapi.Instant("20260113T00:00:00Z")
expect("tasks", "task_stuck", 3, "Async.VM.migrate", "41", "タスク「Async.VM.migrate」が 41 時間終わっていません")
del pool.tables["task"][task]
for number in range(3):
    pool.add_message("MULTIPATH_PERIODIC_ALERT", 3, "Unhealthy paths:\n[...] host=1; current=1; max=2", timestamp=NOW - 60 + number)
pool.add_message("HA_STATEFILE_APPROACHING_TIMEOUT", 5, timestamp=NOW - 60)
pool.add_message("VM_STARTED", 5, timestamp=NOW - 60)
expect("messages", "MULTIPATH_PERIODIC_ALERT", 3, "Center pool", "Unhealthy paths: ×3", "×3")
pool.add_message("SOMETHING_NEW", 1, "<b>&", timestamp=NOW - 60)
view = look()
tap.equal([entry["code"] for entry in view["findings"]][:1], ["SOMETHING_NEW"], "messages: the worst is told first, whatever it is")
tap.ok(any(entry["code"] == "HA_STATEFILE_APPROACHING_TIMEOUT" and entry["priority"] == 3 for entry in view["findings"]),
       "messages: what comes before fencing is a warning")
tap.ok(not any(entry["code"] == "VM_STARTED" for entry in view["findings"]), "messages: mere information is left out")
center.run("nightly", "health")
tap.ok(not any(entry["line"] == "messages" for entry in look()["findings"]), "messages: once told, they are not told again")

# checks of others

folder = os.path.join(center.folder, "checks.d")
os.makedirs(folder)
os.environ["KAIRAN_CANARY"] = "leaked"


def plugin(name, text, mode=0o755):
    center.write(f"checks.d/{name}", f"#!/bin/sh\n{text}\n", mode)


plugin("ups", "echo 'UPS OK - 98 % | charge=98%;20;10'; echo more; exit 0")
plugin("raid", "echo 'RAID CRITICAL - disk 3 failed'; exit 2")
plugin("ipmi", "echo 'fan 2 slow'; exit 1")
plugin("nas", "exit 3")
plugin("odd", "exit 77")
plugin("crash", "kill -SEGV $$")
plugin("env", "env | grep -c KAIRAN_CANARY; echo >&2 noise; exit 0")
plugin("flood", "head -c 3000000 /dev/zero | tr '\\0' x; exit 0")
plugin("not-executable", "exit 2", 0o644)
plugin("hang", "sleep 100 & sleep 100")
center.configure(settings="[health]\ncheck_seconds = 1\n")
started = time.monotonic()
view = look()
tap.ok(time.monotonic() - started < 10, "checks: one that hangs is ended")
found = {entry["object"]: (entry["code"], entry["priority"]) for entry in view["findings"] if entry["line"] == "hardware"}
tap.equal(found, {"raid": ("check_critical", 2), "ipmi": ("check_warning", 3), "nas": ("check_unknown", 3), "odd": ("check_nonsense", 3),
                  "crash": ("check_crashed", 3), "hang": ("check_late", 3)}, "checks: each is told as its status says")
ups = next(entry for entry in view["checks"] if entry["name"] == "ups")
tap.equal((ups["text"], ups["performance"]), ("UPS OK - 98 %", "charge=98%;20;10"), "checks: first line and performance data")
tap.equal(next(entry for entry in view["checks"] if entry["name"] == "env")["text"], "0", "checks: a clean environment")
tap.contains(center.shown("health", "--dry-run"), "★ raid: RAID CRITICAL - disk 3 failed", "checks: people read them")
for name in os.listdir(folder):
    os.unlink(os.path.join(folder, name))

# a pool that is away

server.set_down(0)
server.set_down(1)
done = center.xen("health", "--json", check=False)
tap.equal(done.returncode, 75, "a pool that is away")
text = center.shown("health")
tap.contains(text, "プールの状態を確認できませんでした", "is told")
tap.ok("ホストの稼働" not in text, "and nothing is called fine that nobody asked", text)
server.close()

# snapshots of others

server, pool, center = center_of()
manual = pool.snapshot(pool.vm("web01"), "before the upgrade", "crash_consistent")
for months in (11, 10):
    pool.tables["VM"][manual]["snapshot_time"] = xapi.Instant(f"2025{months}01T03:00:00Z")
    if months == 11:
        manual = pool.snapshot(pool.vm("web01"), "before the next", "crash_consistent")
young = pool.snapshot(pool.vm("db01"), "today", "crash_consistent")
expect("snapshots", "snapshots_old", 5, "web01", "2, 2025-10-01", "web01 に手動のスナップショットが残っています(件数と最古の日付: 2, 2025-10-01)")
for row in pool.tables["VM"].values():
    if row["is_a_snapshot"]:
        row["other_config"]["kairan:job"] = "tc.example.ac.jp/center"
tap.ok("snapshots_old" not in {entry["code"] for entry in look()["findings"]}, "snapshots: ours are not told as those of others")
server.close()

# XCP-ng

server, pool, center = center_of("xcp-ng", "modern")
pool.raid = "clean"
hosts = pool.host_refs()
tap.ok(not any(entry["line"] == "hardware" for entry in look()["findings"]), "XCP-ng: a RAID that is clean")
pool.raid = "clean, degraded"
expect("hardware", "raid_degraded", 3, "xen1", "clean, degraded", "xen1 のRAIDが正常ではありません")
server.close()
tap.done()
