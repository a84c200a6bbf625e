#!/usr/bin/env python3
"""The databases of real pools, put on the air: each is looked at and reckoned through, and two of them are backed up for three nights."""
import glob
import os
import sys

from kairan_test import Tap, skip_all
from xen_test import SHARED, Center, xapi

import dump  # noqa: E402 (of tests/sim)

FOLDER = os.path.join(SHARED, "dbdumps")
MODEL = os.path.join(SHARED, "datamodel", "xenapi.json")
NIGHTS = ("TampaTwoHostPoolSelectioniSCSI.xml", "tampa-db_inc_snapshots.xml")


def look(tap, path):
    """Everything there is to see, and nothing changed."""
    name = os.path.basename(path)
    pool = dump.Dump(path, MODEL)
    server = xapi.Server(pool, "old")
    center = Center(server, "[backup]\nreserve_percent = 0\n")
    center.configure(addresses=", ".join(host["address"] for host in pool.tables["host"].values()))
    seen = center.xen_json("check")
    tap.equal((seen["vms"], len(seen["hosts"])), (len(pool.vms()), len(pool.host_refs())), f"{name}: its VMs and hosts are seen")
    plan = center.xen_json("backup", "--dry-run")
    codes = {vm["code"] for vm in plan["vms"]} - {None}
    tap.ok(len(plan["vms"]) == len(pool.vms()) and not pool.journal and codes <= {"no_space", "not_storage", "OTHER_OPERATION_IN_PROGRESS"},
           f"{name}: a dry run tells what could be done with each, and does nothing", (codes, plan["problem"]))
    if name in NIGHTS:
        back_up(tap, name, pool, center)
    server.close()


def back_up(tap, name, pool, center):
    others = {ref: dict(row) for ref, row in pool.snapshots().items()}
    for day in range(1, 4):
        center.now = f"2026-01-{day:02d}T02:00:00+09:00"
        pool.clock = 1767200000 + day * 86400
        view = center.xen_json("backup")
        pool.coalesce()
    good = [vm for vm in view["vms"] if vm["result"] == "good"]
    ours = [row for ref, row in pool.snapshots().items() if ref not in others]
    tap.ok(good and len(ours) == 2 * len(good), f"{name}: three nights leave the newest two of {len(good)} VMs", view["vms"])
    tap.ok(all(pool.tables["VM"].get(ref, {}).get("VBDs") == row["VBDs"] for ref, row in others.items()) and
           not [entry for entry in pool.journal if "REAL" in entry[0]], f"{name}: {len(others)} snapshots of others are untouched")


def main():
    paths = sorted(glob.glob(os.path.join(FOLDER, "*.xml")))
    if not paths or not os.path.exists(MODEL):
        skip_all("the recorded databases are not there (../shared/xen/data)")
    tap = Tap()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            if '<table name="pool"><row' in file.read().replace("\n", ""):
                look(tap, path)
    tap.ok(tap.count > 6, "there were several")
    tap.done()


if __name__ == "__main__":
    sys.exit(main())
