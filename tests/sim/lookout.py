"""What a pool shows to those who only look: events with all records, updates of every generation, host plugins."""
import json

from xapi import Failure, now_text


class Lookout:
    """The part of a pool that updates and health are read from; pool.Pool has the tables."""

    # One call for all records

    def do_event_from(self, classes, token, timeout):
        if not self.knows_events:
            raise Failure("MESSAGE_METHOD_UNKNOWN", "event.from")
        wanted = {name.lower() for name in classes}
        events = []
        for table, rows in self.tables.items():
            if table.lower() in wanted:
                for ref, row in rows.items():
                    shown = {name: value for name, value in row.items() if name[0] != "_"}
                    events.append({"id": str(len(events)), "timestamp": 0.0, "class": table.lower(), "operation": "add",
                                   "ref": ref, "snapshot": shown})
        return {"events": events, "valid_ref_counts": {}, "token": "00000000000000000012,00000000000000000003"}

    # What hosts are like

    def make_links(self):
        """Two NICs a host, in a bond that carries the management network."""
        for host in self.host_refs():
            names = ("eth0", "eth1", "bond0")
            metrics = [self.add("PIF_metrics", carrier=True, speed=10000, other_config={}) for _ in names]
            pifs = [self.add("PIF", device=name, host=host, metrics=metric, VLAN=-1, physical=name != "bond0", currently_attached=True,
                             management=name == "bond0", bond_slave_of="OpaqueRef:NULL", bond_master_of=[], other_config={})
                    for name, metric in zip(names, metrics)]
            bond = self.add("Bond", master=pifs[2], slaves=pifs[:2], links_up=2, mode="balance-slb", other_config={})
            self.tables["PIF"][pifs[2]]["bond_master_of"] = [bond]
            for slave in pifs[:2]:
                self.tables["PIF"][slave]["bond_slave_of"] = bond

    # Updates

    def upload_patch(self, name, uuid, guidance=("restartHost",)):
        """An update that lies in the pool and is on no host."""
        table = "pool_update" if self.has_updates() else "pool_patch"
        ref = self.add(table, name_label=name, name_description="", version="1.0", size=0, pool_applied=False, hosts=[],
                       host_patches=[], after_apply_guidance=list(guidance), other_config={})
        self.tables[table][ref]["uuid"] = uuid
        return ref

    def apply_patch(self, number, patch, at):
        """Puts it on a host; `at`: seconds since the epoch."""
        host = self.host_refs()[number]
        if self.has_updates():
            self.tables["pool_update"][patch]["hosts"].append(host)
            self.tables["host"][host]["updates"].append(patch)
            return
        row = self.add("host_patch", host=host, pool_patch=patch, applied=True, timestamp_applied=now_text(at), name_label="",
                       name_description="", version="", size=0, other_config={})
        self.tables["host"][host]["patches"].append(row)
        self.tables["pool_patch"][patch]["host_patches"].append(row)

    def has_updates(self):
        return self.version not in ("6.2", "6.5", "7.0")

    def do_host_call_plugin(self, host, plugin, function, arguments):
        self.row("host", host)
        if (plugin, function) == ("raid.py", "check_raid_pool") and self.version == "xcp-ng" and self.raid:
            return json.dumps({"raid": {"State": self.raid, "Failed Devices": "0"}})
        if (plugin, function) != ("updater.py", "check_update") or self.version != "xcp-ng":
            raise Failure("XENAPI_MISSING_PLUGIN", plugin)
        return json.dumps(self.packages)

    def updates_document(self, refs):
        """What GET /updates of XenServer 8 answers; None: no repository is set up."""
        if not self.deliveries:
            return None
        ids = [update["id"] for update in self.deliveries]
        return {"hosts": [{"ref": ref, "guidance": {"mandatory": ["RebootHost"]}, "RPMS": [], "updates": ids, "livepatches": []}
                          for ref in refs], "updates": self.deliveries, "hash": "abc"}
