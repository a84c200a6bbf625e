"""A generated pool: two hosts, shared LVM-over-iSCSI storage, virtual machines; its calls, its space, its time.

Space is charged by LVHD's formula, tasks end after a while, exports stream. `Pool` is what xapi.Server puts on the air;
tests reach into it from the same process: `pool.tables`, `pool.faults`, `pool.journal` (every call that changed something).
"""
import random
import threading
import time
import uuid as uuids

import xva
from lookout import Lookout
from xapi import NULL, Failure, Instant, now_text, read_value, to_xml

MIB, GIB = 1 << 20, 1 << 30
META = 4329472  # of a VHD of 2 TiB
THIN = 8 * MIB

SOFTWARE = {
    "6.5": {"product_version": "6.5.0", "product_version_text": "6.5", "platform_name": "XCP", "platform_version": "1.9.0",
            "product_brand": "XenServer", "build_number": "90233c"},
    "7.0": {"product_version": "7.0.0", "product_version_text": "7.0", "platform_name": "XCP", "platform_version": "2.1.0",
            "product_brand": "XenServer", "build_number": "125380c"},
    "7.1": {"product_version": "7.1.2", "product_version_text": "7.1", "platform_name": "XCP", "platform_version": "2.3.1",
            "product_brand": "XenServer", "build_number": "137272c"},
    "8": {"product_version": "8.4.0", "product_version_text": "8", "platform_name": "XCP", "platform_version": "3.4.0",
          "product_brand": "XenServer", "build_number": "8.4.0"},
    "xcp-ng": {"product_version": "8.2.1", "product_version_text": "8.2", "platform_name": "XCP",
               "platform_version": "3.2.1", "product_brand": "XCP-ng", "build_number": "release/yangtze/master/58"},
}

NAMES = ("web01", "db01", "mail", "教務システム", "dns1", "<test> & \"x\"", "file-server", "計測サーバ", "license", "wiki",
         "backup-proxy", "vpn", "ldap", "print", "gitlab", "監視", "radius", "jump", "lab-win10", "lab-ubuntu")


def round_up(number, step):
    return (number + step - 1) // step * step


def full(size):
    return round_up(size + META + (size + 2 * MIB - 1) // (2 * MIB) * 4096, 4 * MIB)


class Pool(Lookout):
    """The tables and what happens to them."""

    def __init__(self, version="6.5", vms=20, seed=1, sr_size=2048 * GIB):
        self.version, self.modern = version, version != "6.5" and version != "6.2"
        self.random = random.Random(seed)
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.go_on = threading.Event()  # ends what hangs
        self.clock = None              # None: the real time; else seconds since the epoch
        self.password = "secret & more"
        self.sessions, self.journal, self.calls = set(), [], []
        self.faults = []               # see fault()
        self.quirks = set()            # "tagged" strings, "unknown" fields, "missing" fields
        self.refused = []              # repositories that really had no room for a snapshot
        self.knows_events = True
        self.capacity = 1              # hosts that may fail with every server protected
        self.packages, self.deliveries, self.raid = [], [], ""  # updates of XCP-ng and of XenServer 8: see lookout.py
        self.data = {}                 # VDI ref -> bytes of real data in its own node
        self.tables = {name: {} for name in
                       ("pool host host_metrics SR PBD VM VDI VBD PIF PIF_metrics Bond task message pool_patch host_patch "
                        "pool_update").split()}
        self.task_seconds = 0.0
        self.piece_seconds = 0.0       # between two members of an export
        self.streams = self.most_streams = 0
        self.on_call = self.on_piece = None  # called before each call, and each piece of an export, with its number
        self.make_hosts()
        self.make_links()
        self.generation = 4711  # of its database
        self.storage = [self.make_sr(f"iSCSI {letter}", "lvmoiscsi", sr_size) for letter in "AB"]
        self.make_sr("DVD drives", "iso", -1, "iso")
        for number in range(vms):
            name = NAMES[number] if number < len(NAMES) else f"vm{number:03d}"
            self.make_vm(name, [(8 + 4 * (number % 5)) * GIB], self.storage[number % 2])

    # Making things

    def ref(self):
        return "OpaqueRef:" + str(uuids.UUID(int=self.random.getrandbits(128), version=4))

    def add(self, table, **fields):
        ref = self.ref()
        self.tables[table][ref] = {"uuid": str(uuids.UUID(int=self.random.getrandbits(128), version=4)), **fields}
        return ref

    def make_hosts(self):
        refs = []
        for number in range(2):
            metrics = self.add("host_metrics", memory_total=64 * GIB, memory_free=40 * GIB, live=True,
                               last_updated=now_text(), other_config={})
            refs.append(self.add(
                "host", name_label=f"xen{number + 1}", name_description="", hostname=f"xen{number + 1}",
                address=f"127.0.0.{number + 1}", enabled=True, software_version=dict(SOFTWARE[self.version]),
                other_config={"boot_time": "1767200000.", "agent_start_time": "1767200060.", "multipathing": "true"},
                license_params={"expiry": "20300101T02:00:00Z", "sku_type": "free"}, edition="free",
                license_server={"address": "localhost", "port": "27000"}, metrics=metrics, patches=[], updates=[],
                updates_requiring_reboot=[], PBDs=[], resident_VMs=[], ha_statefiles=[], ha_network_peers=[],
                memory_overhead=600 * MIB, API_version_major=2, API_version_minor=3, current_operations={}))
        self.pool_ref = self.add("pool", name_label="Center pool", name_description="", master=refs[0], default_SR=NULL,
                                 other_config={}, ha_enabled=False, ha_configuration={}, ha_statefiles=[],
                                 ha_host_failures_to_tolerate=0, ha_plan_exists_for=0, ha_allow_overcommit=False,
                                 ha_overcommitted=False)
        for number, ref in enumerate(refs):
            control = self.vm_record(f"Control domain on host: xen{number + 1}", ref)
            control["is_control_domain"] = True
            self.tables["VM"][self.ref()] = control

    def make_sr(self, name, kind, size, content="user"):
        sr = self.add("SR", name_label=name, name_description="", allowed_operations=["scan", "vdi_snapshot"],
                      current_operations={}, VDIs=[], PBDs=[], virtual_allocation=0, physical_utilisation=4 * MIB,
                      physical_size=size, type=kind, content_type=content, shared=True, other_config={}, tags=[],
                      sm_config={"allocation": "thick", "use_vhd": "true"})
        for host in self.host_refs():
            device = {"SCSIid": "360a98000" + name[-1], "target": "10.0.0.9"}
            paths = {"multipathed": "true", f"mpath-{device['SCSIid']}": "[2, 2]"} if kind == "lvmoiscsi" else {}
            pbd = self.add("PBD", host=host, SR=sr, device_config=device, currently_attached=True, other_config=paths)
            self.tables["SR"][sr]["PBDs"].append(pbd)
        return sr

    def vm_record(self, name, host=NULL):
        return {"uuid": str(uuids.UUID(int=self.random.getrandbits(128), version=4)), "name_label": name, "name_description": "",
                "power_state": "Running" if host != NULL else "Halted", "is_a_template": False, "is_a_snapshot": False,
                "is_control_domain": False, "resident_on": host, "VBDs": [], "VIFs": [], "snapshots": [],
                "snapshot_of": NULL, "snapshot_time": Instant("19700101T00:00:00Z"), "snapshot_info": {},
                "parent": NULL, "children": [], "other_config": {}, "tags": [], "current_operations": {},
                "allowed_operations": ["snapshot", "checkpoint"], "blocked_operations": {}, "suspend_VDI": NULL,
                "memory_dynamic_min": 2 * GIB, "memory_static_max": 2 * GIB, "memory_overhead": 20 * MIB,
                "ha_restart_priority": "", "order": 0, "start_delay": 0, "guest_metrics": NULL}

    def make_vm(self, name, sizes, sr):
        host = self.host_refs()[len(self.tables["VM"]) % 2]
        vm = self.ref()
        self.tables["VM"][vm] = self.vm_record(name, host)
        self.tables["host"][host]["resident_VMs"].append(vm)
        for number, size in enumerate(sizes):
            vdi = self.make_vdi(f"{name} disk {number}", size, sr, full(size))
            self.data[vdi] = size // 4
            self.make_vbd(vm, vdi, number)
        self.make_vbd(vm, NULL, 3, "CD")
        return vm

    def make_vdi(self, name, size, sr, used, **fields):
        vdi = self.add("VDI", name_label=name, name_description="", SR=sr, VBDs=[], virtual_size=size,
                       physical_utilisation=used, type="user", sharable=False, read_only=False, managed=True,
                       is_a_snapshot=False, snapshot_of=NULL, snapshot_time=Instant("19700101T00:00:00Z"), snapshots=[],
                       other_config={}, sm_config={"vdi_type": "vhd"}, current_operations={}, allowed_operations=[])
        self.tables["VDI"][vdi].update(fields)
        self.tables["SR"][sr]["VDIs"].append(vdi)
        self.charge(sr, used)
        return vdi

    def make_vbd(self, vm, vdi, device, kind="Disk"):
        vbd = self.add("VBD", VM=vm, VDI=vdi, device=f"xvd{'abcd'[device]}", userdevice=str(device), type=kind, mode="RW",
                       empty=vdi == NULL, bootable=device == 0, currently_attached=True, other_config={})
        self.tables["VM"][vm]["VBDs"].append(vbd)
        if vdi != NULL:
            self.tables["VDI"][vdi]["VBDs"].append(vbd)

    def charge(self, sr, bytes_):
        self.tables["SR"][sr]["physical_utilisation"] += bytes_

    # Looking

    def host_refs(self):
        return list(self.tables["host"])

    def vm(self, name):
        """The ref of the real VM of that name."""
        return next(ref for ref, vm in self.tables["VM"].items()
                    if vm["name_label"] == name and not vm["is_a_snapshot"])

    def vms(self):
        return {ref: vm for ref, vm in self.tables["VM"].items()
                if not vm["is_a_snapshot"] and not vm["is_control_domain"] and not vm["is_a_template"]}

    def snapshots(self):
        return {ref: vm for ref, vm in self.tables["VM"].items() if vm["is_a_snapshot"]}

    def free(self, sr):
        record = self.tables["SR"][sr]
        return record["physical_size"] - record["physical_utilisation"]

    def now(self):
        return time.time() if self.clock is None else self.clock

    # Faults

    def fault(self, method, *description, times=1, name=None, wire=None, host=None, after=0):
        """
        Plays a fault at the next `times` calls of `method` ("*": any): an error of XAPI (`description`), or with `wire` one
        of "500", "empty", "silent", "cut", "huge", "doctype". `name` restricts it to the VM, `host` to the number of a host.
        """
        self.faults.append({"method": method, "description": description, "times": times, "name": name, "wire": wire,
                            "host": host, "after": after, "played": False})

    def take_fault(self, method, wire, name=None, host=None):
        for fault in self.faults:
            if bool(fault["wire"]) != wire or fault["times"] < 1 or fault["method"] not in (method, "*"):
                continue
            if fault["name"] not in (None, name) or fault["host"] not in (None, host):
                continue
            if fault["after"] > 0:
                fault["after"] -= 1
                continue
            fault["times"] -= 1
            fault["played"] = True
            return fault
        return None

    def wire_fault(self, host, method):
        with self.lock:
            fault = self.take_fault(method, True, host=self.host_refs().index(host))
            return fault["wire"] if fault else None

    # Calls

    def methods(self):
        return ["session.login_with_password", "session.logout", "pool.get_all_records", "host.get_all_records",
                "VM.get_all_records", "Async.VM.snapshot", "event.from", "system.listMethods"]

    def call(self, host, method, params):
        if self.on_call:
            self.on_call(len(self.calls))
        with self.lock:
            self.calls.append(method)
            if method == "session.login_with_password":
                return self.login(host, params)
            if not params or params[0] not in self.sessions:
                raise Failure("SESSION_INVALID", params[0] if params else "")
            name = self.name_of(params[1]) if len(params) > 1 else None
            fault = self.take_fault(method, False, name=name)
            if fault:
                raise Failure(*fault["description"])
            if method == "session.logout":
                self.sessions.discard(params[0])
                return ""
            if method.startswith("Async."):
                return self.start_task(method, params[1:])
            return self.act(method, params[1:])

    def name_of(self, ref):
        if not isinstance(ref, str):
            return None
        vm = self.tables["VM"].get(ref)
        return vm and vm["name_label"]

    def login(self, host, params):
        master = self.tables["pool"][self.pool_ref]["master"]
        fault = self.take_fault("session.login_with_password", False, host=self.host_refs().index(host))
        if fault:
            raise Failure(*fault["description"])
        if host != master:
            raise Failure("HOST_IS_SLAVE", self.tables["host"][master]["address"])
        if params[:2] != ["root", self.password]:
            raise Failure("SESSION_AUTHENTICATION_FAILED", params[0], "Authentication failure")
        session = self.ref()
        self.sessions.add(session)
        return session

    def act(self, method, params):
        """One call that is done at once."""
        table, _, verb = method.partition(".")
        special = getattr(self, f"do_{table}_{verb}", None)
        if special:
            if verb not in ("get_since", "from", "call_plugin", "get_servertime", "compute_free_memory", "create"):
                self.journal.append((method, *params))
            return special(*params)
        if table not in self.tables or not verb.startswith("get_"):
            raise Failure("MESSAGE_METHOD_UNKNOWN", method)
        rows = self.tables[table]
        if verb == "get_all_records":
            return {ref: self.show(row) for ref, row in rows.items()}
        if verb == "get_all":
            return list(rows)
        if verb == "get_by_uuid":
            found = [ref for ref, row in rows.items() if row["uuid"] == params[0]]
            if not found:
                raise Failure("UUID_INVALID", table, params[0])
            return found[0]
        if verb == "get_by_name_label":
            return [ref for ref, row in rows.items() if row["name_label"] == params[0]]
        row = self.row(table, params[0])
        if verb == "get_record":
            return self.show(row)
        field = verb[4:]
        if field not in row:
            raise Failure("MESSAGE_METHOD_UNKNOWN", method)
        return row[field]

    def show(self, row):
        """A record as a host of another version may have it."""
        shown = dict(row)
        if "unknown" in self.quirks:
            shown["field_of_tomorrow"] = {"a": [], "b": {"c": ""}}
        if "missing" in self.quirks:
            for name in ("tags", "blocked_operations", "snapshot_info", "content_type", "allowed_operations"):
                shown.pop(name, None)
        return shown

    def row(self, table, ref):
        if ref not in self.tables[table]:
            raise Failure("HANDLE_INVALID", table, ref)
        return self.tables[table][ref]

    # Tasks

    def do_task_create(self, label, description):
        return self.make_task(label, description)

    def make_task(self, label, description=""):
        return self.add("task", name_label=label, name_description=description, status="pending", progress=0.0, result="",
                        error_info=[], created=now_text(self.now()), finished=Instant("19700101T00:00:00Z"), type="",
                        other_config={}, current_operations={}, allowed_operations=[])

    def start_task(self, method, params):
        """Done at once inside, visible only when its time has come."""
        task = self.make_task(method)
        row = self.tables["task"][task]
        row["_due"] = time.monotonic() + self.task_seconds
        fault = self.take_fault(method[6:], False, name=self.name_of(params[0]) if params else None)
        try:
            if fault and fault["description"] == ("vanish",):
                self.act(method[6:], params)
                del self.tables["task"][task]
                return task
            if fault and fault["description"] == ("hang",):
                row["_due"] = time.monotonic() + 3600
                return task
            if fault:
                raise Failure(*fault["description"])
            result = self.act(method[6:], params)
            row["_end"] = ("success", f"<value>{result}</value>" if self.modern or result else "", [])
        except Failure as failure:
            row["_end"] = ("failure", "", failure.description)
        return task

    def finish_task(self, task, status="success", error=()):
        if task in self.tables["task"]:
            self.tables["task"][task].update(status=status, error_info=list(error), progress=1.0,
                                             finished=now_text(self.now()))

    def do_task_get_record(self, task):
        row = self.row("task", task)
        if row.get("_due", 0) <= time.monotonic() and "_end" in row:
            row["status"], row["result"], row["error_info"] = row.pop("_end")
            row["progress"] = 1.0
        return {name: value for name, value in row.items() if name[0] != "_"}

    def do_task_get_all_records(self):
        return {task: self.do_task_get_record(task) for task in self.tables["task"]}

    def do_task_cancel(self, task):
        row = self.row("task", task)
        row.pop("_end", None)
        row["status"] = "cancelled"
        return ""

    def do_task_destroy(self, task):
        self.row("task", task)
        del self.tables["task"][task]
        return ""

    # Snapshots

    def disks(self, vm):
        rows = (self.tables["VBD"][vbd] for vbd in self.tables["VM"][vm]["VBDs"])
        return [row["VDI"] for row in rows if row["type"] == "Disk" and row["VDI"] != NULL]

    def do_VM_snapshot(self, vm, name):
        return self.snapshot(vm, name, "crash_consistent")

    def do_VM_snapshot_with_quiesce(self, vm, name):
        if "snapshot_with_quiesce" not in self.row("VM", vm)["allowed_operations"]:
            raise Failure("VM_SNAPSHOT_WITH_QUIESCE_NOT_SUPPORTED", vm, "")
        return self.snapshot(vm, name, "quiesced")

    def snapshot(self, vm, name, kind):
        record = self.row("VM", vm)
        for vdi in self.disks(vm):
            need = self.data.get(vdi, 0) + THIN + 8 * MIB
            if self.free(self.tables["VDI"][vdi]["SR"]) < need:
                self.refused.append(self.tables["VDI"][vdi]["SR"])
                raise Failure("SR_BACKEND_FAILURE_44", "", "There is insufficient space", "")
        copy = self.vm_record(name)
        copy.update(is_a_snapshot=True, is_a_template=True, snapshot_of=vm, snapshot_time=now_text(self.now()),
                    other_config=dict(record["other_config"]), tags=list(record["tags"]), power_state="Halted",
                    snapshot_info={"disk-snapshot-type": kind, "power-state-at-snapshot": record["power_state"]},
                    allowed_operations=["destroy", "export", "revert", "clone", "copy"])
        snapshot = self.ref()
        self.tables["VM"][snapshot] = copy
        record["snapshots"].append(snapshot)
        for number, vdi in enumerate(self.disks(vm)):
            self.make_vbd(snapshot, self.snapshot_disk(vdi), number)
        return snapshot

    def snapshot_disk(self, vdi):
        """The leaf becomes a hidden base with what it holds, and gets a new leaf above; the snapshot is a thin node."""
        row = self.tables["VDI"][vdi]
        data = round_up(self.data.get(vdi, 0), 4 * MIB)
        base = self.make_vdi("base copy", row["virtual_size"], row["SR"], data, managed=False,
                             sm_config={"vhd-parent": row["sm_config"].get("vhd-parent", "")})
        self.data[base], self.data[vdi] = self.data.get(vdi, 0), 0
        parent = {"vdi_type": "vhd", "vhd-parent": self.tables["VDI"][base]["uuid"]}
        row["sm_config"] = dict(parent)
        snapshot = self.make_vdi(row["name_label"], row["virtual_size"], row["SR"], THIN, is_a_snapshot=True, snapshot_of=vdi,
                                 snapshot_time=now_text(self.now()), sm_config=dict(parent))
        row["snapshots"].append(snapshot)
        return snapshot

    def do_VM_set_is_a_template(self, vm, value):
        self.row("VM", vm)["is_a_template"] = value
        return ""

    def do_VM_add_to_other_config(self, vm, key, value):
        config = self.row("VM", vm)["other_config"]
        if key in config:
            raise Failure("MAP_DUPLICATE_KEY", "VM", vm, key)
        config[key] = value
        return ""

    def do_VM_remove_from_other_config(self, vm, key):
        self.row("VM", vm)["other_config"].pop(key, None)
        return ""

    def do_VM_hard_shutdown(self, vm):
        self.row("VM", vm)["power_state"] = "Halted"
        return ""

    def do_VM_destroy(self, vm):
        row = self.row("VM", vm)
        if not row["is_a_snapshot"]:
            self.journal.append(("DESTROYED A REAL VM", vm))
        for vbd in row["VBDs"]:
            vdi = self.tables["VBD"].pop(vbd)["VDI"]
            if vdi in self.tables["VDI"]:
                self.tables["VDI"][vdi]["VBDs"].remove(vbd)
        origin = self.tables["VM"].get(row["snapshot_of"])
        if origin and vm in origin["snapshots"]:
            origin["snapshots"].remove(vm)
        del self.tables["VM"][vm]
        return ""

    def do_VDI_destroy(self, vdi):
        row = self.row("VDI", vdi)
        if row["VBDs"]:
            raise Failure("VDI_IN_USE", vdi, "destroy")
        if not row["is_a_snapshot"]:
            self.journal.append(("DESTROYED A REAL DISK", vdi))
        self.remove_vdi(vdi)
        return ""

    def remove_vdi(self, vdi):
        row = self.tables["VDI"].pop(vdi)
        self.tables["SR"][row["SR"]]["VDIs"].remove(vdi)
        self.charge(row["SR"], -row["physical_utilisation"])
        origin = self.tables["VDI"].get(row["snapshot_of"])
        if origin and vdi in origin["snapshots"]:
            origin["snapshots"].remove(vdi)

    def do_SR_scan(self, sr):
        self.row("SR", sr)
        return ""

    def coalesce(self):
        """What the storage manager does behind the scenes: hidden nodes with one child are merged into it."""
        with self.lock:
            while True:
                children = {}
                for ref, row in self.tables["VDI"].items():
                    children.setdefault(row["sm_config"].get("vhd-parent"), []).append(ref)
                for ref, row in list(self.tables["VDI"].items()):
                    below = children.get(row["uuid"], [])
                    if not row["managed"] and len(below) == 1:
                        child = self.tables["VDI"][below[0]]
                        child["sm_config"]["vhd-parent"] = row["sm_config"].get("vhd-parent", "")
                        self.data[below[0]] = self.data.get(below[0], 0) + self.data.get(ref, 0)
                        if not child["managed"]:
                            more = round_up(self.data[below[0]], 4 * MIB) - child["physical_utilisation"]
                            child["physical_utilisation"] += more
                            self.charge(child["SR"], more)
                        self.remove_vdi(ref)
                        break
                else:
                    return

    def write(self, vdi, bytes_):
        """A guest writes to its disk."""
        self.data[vdi] = min(self.data.get(vdi, 0) + bytes_, self.tables["VDI"][vdi]["virtual_size"])

    # Exports

    def export_place(self, query, host):
        """The address of another host when this one cannot see the disks."""
        fault = self.take_fault("redirect", False)
        return fault["description"][0] if fault else None

    def export(self, query, task):
        """The archive in pieces; a fault cuts or bends it, and the task ends as real ones do."""
        with self.lock:
            vm = next((ref for ref, row in self.tables["VM"].items() if query.get("uuid") == row["uuid"]), query.get("ref"))
            row = self.tables["VM"].get(vm)
            name = row and self.tables["VM"].get(row["snapshot_of"], row)["name_label"]
            fault = self.take_fault("export", False, name=name)
            kind = fault["description"][0] if fault else None
            disks = [] if row is None else [(f"Ref:{number}", *self.content(vdi)) for number, vdi in
                                            enumerate(self.disks(vm))]
        if row is None:
            self.finish_task(task, "failure", ["HANDLE_INVALID", "VM", str(vm)])
            return
        members = [xva.tar_member(*member) for member in xva.members(disks, xx=self.version == "8", vm=row)]
        members.append(bytes(1024))
        if kind in ("cut", "cut-success"):
            members = members[:len(members) // 2]
        elif kind == "flip":
            victim = bytearray(members[1])
            victim[512 + 70000] ^= 1
            members[1] = bytes(victim)
        elif kind == "swap":
            members[1:3], members[3:5] = members[3:5], members[1:3]
        elif kind == "short":
            members = members[:-3] + members[-1:]
        with self.lock:
            self.streams += 1
            self.most_streams = max(self.streams, self.most_streams)
        try:
            yield from self.paced(members, kind)
        finally:
            with self.lock:
                self.streams -= 1
        if kind == "cut":
            self.finish_task(task, "failure", ["SR_BACKEND_FAILURE_46", "", "The VDI is not available", ""])
        else:
            self.finish_task(task)

    def paced(self, members, kind):
        """The pieces as they leave the host: it may be slow, or fall silent halfway."""
        for number, piece in enumerate(members):
            if kind == "hang" and number == len(members) // 2:
                self.go_on.wait(600)
            if self.on_piece:
                self.on_piece(number)
            time.sleep(self.piece_seconds)
            yield piece

    def content(self, vdi):
        """(size, numbers of chunks with data): few, so that tests stay quick."""
        row = self.tables["VDI"][vdi]
        last = (row["virtual_size"] + MIB - 1) // MIB - 1
        return row["virtual_size"], sorted({0, 1, min(5, last)})

    def dump(self):
        rows = "".join(f'<row ref="{ref}" uuid="{vm["uuid"]}"/>' for ref, vm in self.tables["VM"].items())
        yield (f'<?xml version="1.0"?><database><manifest><pair key="generation_count" value="{self.generation}"/></manifest>'
               f'<table name="VM">{rows}</table></database>').encode()

    # The rest

    def do_host_get_servertime(self, host):
        self.row("host", host)
        return now_text(self.now())

    def do_host_compute_free_memory(self, host):
        return self.row("host_metrics", self.row("host", host)["metrics"])["memory_free"]

    def do_message_get_since(self, instant):
        return {ref: row for ref, row in self.tables["message"].items() if row["timestamp"] >= instant}

    def add_message(self, name, priority, body="", cls="Pool", timestamp=None):
        return self.add("message", name=name, priority=priority, cls=cls, obj_uuid=self.tables["pool"][self.pool_ref]["uuid"],
                        timestamp=now_text(timestamp or self.now()), body=body)

    def do_pool_ha_compute_hypothetical_max_host_failures_to_tolerate(self, configuration):
        return self.capacity if configuration else 2
