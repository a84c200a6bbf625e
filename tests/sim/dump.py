"""A real pool's database (as `xe pool-dump-database` and /pool/xmldbdump write it) on the air, typed by XAPI's own model of its
classes, as a host of a wanted generation shows it."""
import json
import re
import xml.etree.ElementTree

import pool as sim_pool
from xapi import NULL, Instant

# What fields of later hosts hold where nobody has set them.
LATER = {"VM": {"tags": [], "suspend_VDI": NULL, "snapshot_of": NULL, "is_a_snapshot": False},
         "VDI": {"is_a_snapshot": False, "snapshot_of": NULL, "managed": True}}

# Fields that other tables hold the other side of, and that old dumps do not store: table, field, table of the others, their field.
SIDES = (("SR", "PBDs", "PBD", "SR"), ("SR", "VDIs", "VDI", "SR"), ("host", "PBDs", "PBD", "host"), ("host", "patches", "host_patch", "host"),
         ("host", "PIFs", "PIF", "host"), ("VM", "VBDs", "VBD", "VM"), ("VDI", "VBDs", "VBD", "VDI"), ("VM", "snapshots", "VM", "snapshot_of"),
         ("VDI", "snapshots", "VDI", "snapshot_of"), ("host", "resident_VMs", "VM", "resident_on"),
         ("pool_patch", "host_patches", "host_patch", "pool_patch"))
ESCAPES = {"%.": " ", "%t": "\t", "%n": "\n", "%r": "\r", "%%": "%", "%_": "  "}


def unescape(text):
    return re.sub(r"%[.tnr%_]", lambda match: ESCAPES[match[0]], text)


def quoted(text):
    """The texts between quotes, in order: of sets, and of maps key after value."""
    return [re.sub(r"\\(.)", r"\1", match) for match in re.findall(r"'((?:[^'\\]|\\.)*)'", text, re.S)]


def read_value(text, kind):
    text = unescape(text)
    if kind.endswith(" set"):
        return quoted(text)
    if kind.endswith(" map"):
        parts = quoted(text)
        return dict(zip(parts[::2], parts[1::2]))
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text or 0)
    if kind == "float":
        return float(text or 0)
    if kind == "datetime":
        return Instant(text or "19700101T00:00:00Z")
    return text


class Dump(sim_pool.Pool):
    """The pool of a dump, as a host of `version` would show it; its hosts answer at 127.0.0.1 and onwards."""

    def __init__(self, path, model, version="6.5"):
        super().__init__(version, vms=0)
        with open(model, encoding="utf-8") as file:
            types = {entry["name"]: {field["name"]: field["type"] for field in entry["fields"]} for entry in json.load(file)}
        names = {name.lower(): name for name in types}
        self.tables = {name: {} for name in self.tables}
        for table in xml.etree.ElementTree.parse(path).getroot().iter("table"):
            name = names.get(table.get("name").lower())
            for row in table.iterfind("row") if name else ():
                self.tables.setdefault(name, {})[row.get("ref") or row.get("_ref")] = self.read_row(row, types[name])
        self.rebuild()
        self.pool_ref = next(iter(self.tables["pool"]))
        self.storage = [ref for ref, sr in self.tables["SR"].items() if sr["type"].startswith(("lvm", "nfs", "ext"))]
        self.move(version)

    @staticmethod
    def read_row(row, types):
        values = {}
        for name, text in row.attrib.items():
            field = name.replace("__", "_")
            if name[0] != "_" and name != "ref" and field in types:
                values[field] = read_value(text, types[field])
        return values

    def rebuild(self):
        for table, values in LATER.items():
            for row in self.tables[table].values():
                for name, value in values.items():
                    row.setdefault(name, list(value) if isinstance(value, list) else value)
        for table, field, others, back in SIDES:
            for row in self.tables.get(table, {}).values():
                row[field] = []
            for ref, other in self.tables.get(others, {}).items():
                row = self.tables.get(table, {}).get(other.get(back, NULL))
                if row is not None:
                    row[field].append(ref)

    def move(self, version):
        """To the loopback, and to the generation that is wanted: dumps are older than any of those."""
        for number, host in enumerate(self.tables["host"].values()):
            host["address"] = f"127.0.0.{number + 1}"
            host["software_version"] = {**host["software_version"], **sim_pool.SOFTWARE[version]}
