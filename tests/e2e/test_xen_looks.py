#!/usr/bin/env python3
"""Real pools: recorded databases served as a 6.5 and as a strict 7.0 host would, looked at for updates and health. The generated pool of
the other tests carries the same everywhere; this one needs the recorded data beside the tree."""
import os

from kairan_test import TREE, Tap
from xen_test import SHARED, Center, xapi

tap = Tap()
CATALOGUE = os.path.join(TREE, "tests", "vectors", "xen", "updates.xml")
MODEL = os.path.join(SHARED, "datamodel", "xenapi.json")
DUMPS = ("TampaTwoHostPoolSelectioniSCSI.xml", "tampa-db_inc_snapshots.xml", "updatesState.xml", "state2.xml", "cowleyPolicies.xml")
NOW = 1768410000

if not os.path.exists(MODEL):
    print("1..0 # SKIP there is no recorded data beside the tree")
    raise SystemExit(0)
import dump  # noqa: E402  (in tests/sim, which xen_test has put on the path)


def center_of(name, version, setup):
    sim = dump.Dump(os.path.join(SHARED, "dbdumps", name), MODEL, version)
    sim.clock = NOW
    server = xapi.Server(sim, setup)
    return server, sim, Center(server, f"[updates]\ncatalogue = {CATALOGUE}\n")


for name in DUMPS:
    for version, setup, offered in (("6.5", "old", 4), ("7.0", "strict", 15)):
        server, sim, center = center_of(name, version, setup)
        seen = center.xen_json("check")
        hosts = sim.tables["host"]
        tap.equal((len(seen["hosts"]), seen["vms"]), (len(hosts), len(sim.vms())), f"{name} as {version}: hosts and VMs are seen")
        updates = center.xen_json("updates", "--dry-run")
        tap.equal((updates["problem"], {len(host["listed"]) for host in updates["hosts"]}), (None, {offered}),
                  f"{name} as {version}: every host lacks what its version lists")
        health = center.xen_json("health", "--dry-run")
        tap.ok(health["problem"] is None and len(health["lines"]) == 19 and health["hosts"]["all"] == len(hosts),
               f"{name} as {version}: every line of health is judged", health)
        tap.equal(health["vms"]["all"], len(sim.vms()), f"{name} as {version}: and every VM counted")
        text = center.shown("health") + center.shown("updates")
        tap.ok(all(host["name_label"] in text for host in hosts.values()), f"{name} as {version}: people read of every host")
        server.close()

server, sim, center = center_of("updatesState.xml", "6.5", "old")
view = center.xen_json("updates", "--dry-run")
tap.equal(sorted(host["applied"] for host in view["hosts"]), [0, 7] if len(view["hosts"]) == 2 else [7],
          "patches that a real host has are found through host_patch")
tap.equal(len(view["uploads"]), 1, "and the one that was uploaded only")
server.close()

server, sim, center = center_of("tampa-db_inc_snapshots.xml", "6.5", "old")
center.run("nightly", "health")
view = center.xen_json("health", "--dry-run")
tap.ok(not any(entry["line"] == "chains" for entry in view["findings"]), "chains of a real pool: every hidden disk has two children",
       view["findings"])
disks = sim.tables["VDI"]
base = next(vdi for vdi in disks.values() if vdi["uuid"].startswith("2c454374"))
gone = next(ref for ref, vdi in disks.items() if vdi["sm_config"].get("vhd-parent") == base["uuid"] and vdi["is_a_snapshot"])
del disks[gone]
center.run("nightly", "health")
view = center.xen_json("health", "--dry-run")
tap.ok(any(entry["code"] == "coalesce_stuck" for entry in view["findings"]), "one whose snapshot was removed waits to be merged",
       view["findings"])
server.close()

server, sim, center = center_of("state2.xml", "6.5", "old")
view = center.xen_json("health", "--dry-run")
codes = {entry["code"] for entry in view["findings"] if entry["line"] == "protection"}
tap.ok("ha_off" not in codes, "a real pool with HA is one", codes)
server.close()
tap.done()
