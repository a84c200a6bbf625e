"""A pool as the dump of a real one's database shows it (`xe pool-dump-database`, /pool/xmldbdump), on the air like a generated one.

Attributes "name__label" are fields "name_label"; sets are "('a' 'b')", maps "(('k' 'v'))", and lists that the database does not keep
(the VDIs of an SR, the VBDs of a VM, …) are rebuilt from the other side. Fields that later hosts have are simply missing.
"""
import re
import xml.etree.ElementTree

import pool as sim_pool
from xapi import NULL, Instant

TOKEN = re.compile(r"""[()]|'((?:[^'\\]|\\.)*)'""")
TEXT = {"%.": " ", "%t": "\t", "%n": "\n", "%r": "\r", "%%": "%", "%_": "  "}

# (table, field that names the owner, table of the owner, list of the owner)
BACK = (("VDI", "SR", "SR", "VDIs"), ("PBD", "SR", "SR", "PBDs"), ("PBD", "host", "host", "PBDs"), ("VBD", "VM", "VM", "VBDs"),
        ("VBD", "VDI", "VDI", "VBDs"), ("VM", "snapshot_of", "VM", "snapshots"), ("VDI", "snapshot_of", "VDI", "snapshots"),
        ("VM", "resident_on", "host", "resident_VMs"), ("host_patch", "host", "host", "patches"))


def read_list(text):
    """The nested lists of "(('k' 'v') 'a')"."""
    stack = [[]]
    for match in TOKEN.finditer(text):
        if match[0] == "(":
            stack.append([])
        elif match[0] == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(re.sub(r"\\(.)", r"\1", match[1]))
    return stack[0][0] if stack[0] else []


MAPS = ("other_config", "sm_config", "current_operations", "device_config", "software_version", "license_params", "xenstore_data",
        "snapshot_info", "blocked_operations", "ha_configuration", "platform", "gui_config", "cpu_info", "restrictions", "blobs")


def read_field(name, text):
    text = re.sub(r"%[.tnr%_]", lambda match: TEXT[match[0]], text)
    if text[:1] == "(" and text[-1:] == ")":
        items = read_list(text)
        pairs = all(isinstance(item, list) and len(item) == 2 for item in items)
        return dict(items) if items and pairs else {} if not items and name in MAPS else items
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"\d{8}T\d\d:\d\d:\d\dZ", text):
        return Instant(text)
    return int(text) if re.fullmatch(r"0|-?[1-9]\d{0,17}", text) else text


class DumpedPool(sim_pool.Pool):
    """Its hosts are put at 127.0.0.1, 127.0.0.2, …"""

    def __init__(self, path):
        super().__init__("6.5", vms=0)
        tables = {name: {} for name in self.tables}
        for table in xml.etree.ElementTree.parse(path).getroot().iter("table"):
            rows = tables.setdefault(table.get("name"), {})
            for row in table.iter("row"):
                fields = {name.replace("__", "_"): read_field(name.replace("__", "_"), value) for name, value in row.attrib.items()
                          if name not in ("ref", "_ref", "__ctime", "__mtime")}
                rows[row.get("ref")] = fields
        self.tables = tables
        self.rebuild()
        self.pool_ref = next(iter(tables["pool"]))
        self.storage = [ref for ref, sr in tables["SR"].items() if sr["type"].startswith(("lvm", "nfs", "ext"))]
        for number, host in enumerate(self.host_refs()):
            tables["host"][host]["address"] = f"127.0.0.{number + 1}"

    def rebuild(self):
        for _, _, table, field in BACK:
            for row in self.tables[table].values():
                row[field] = []
        for table, owner, other, field in BACK:
            for ref, row in self.tables[table].items():
                found = self.tables[other].get(row.get(owner, NULL))
                if found is not None and ref not in found[field]:
                    found[field].append(ref)
        for vm in self.tables["VM"].values():
            for name, value in (("tags", []), ("suspend_VDI", NULL), ("snapshot_of", NULL), ("is_a_snapshot", False)):
                vm.setdefault(name, value)
        for vdi in self.tables["VDI"].values():
            for name, value in (("is_a_snapshot", False), ("snapshot_of", NULL), ("managed", True)):
                vdi.setdefault(name, value)
