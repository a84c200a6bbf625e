#!/usr/bin/env python3
"""Updates of pools of every generation: what is missing, in order; what waits, differs, was forgotten; catalogues that lie or fail."""
import http.server
import json
import os
import shutil
import threading
import time

from kairan_test import TREE, Tap, new_folder
from xen_test import Center, sim_pool, xapi

tap = Tap()
CATALOGUE = os.path.join(TREE, "tests", "vectors", "xen", "updates.xml")
IDS = {"XS65ESP1": "7f2e4a3a-4098-4a71-84ff-b0ba919723c7", "XS65ESP1010": "4ef6bab2-6d13-440f-9c9c-5ee4ffad7136",
       "XS70E004": "561b0a27-f37e-4a91-9823-56c8597f8161"}
BOOT = 1767200000  # of the hosts


class Site(http.server.ThreadingHTTPServer):
    """A web site that gives out one document, or something else."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), SiteHandler)
        self.body, self.status, self.asked = b"", 200, 0
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/updates.xml"


class SiteHandler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.server.asked += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)


def center_of(version, setup, catalogue=CATALOGUE):
    server = xapi.Server(sim_pool.Pool(version, vms=2), setup)
    return server, server.pool, Center(server, f"[updates]\ncatalogue = {catalogue}\n")


def names(host):
    return [update["name"] for update in host["missing"]]


# 6.5: the catalogue, host by host

server, pool, center = center_of("6.5", "old")
first = center.xen_json("updates", "--dry-run")
tap.equal([names(host) for host in first["hosts"]], [["XS65ESP1", "XS65ESP1010", "XS65ESP1027", "XS65ESP1034"]] * 2,
          "both hosts lack what is recommended, in order")
tap.equal(first["kind"], "patches", "by patches")
tap.equal([len(host["listed"]) for host in first["hosts"]], [4, 4], "and XenCenter would offer four of all")
calls = pool.calls.count("event.from"), len(pool.calls)
tap.ok(calls[0] == 1 and calls[1] <= 5, "all of it was read in one call", pool.calls)
patch = pool.upload_patch("XS65ESP1", IDS["XS65ESP1"].upper())
pool.apply_patch(0, patch, BOOT + 3600)
pool.upload_patch("XS65E999", "99999999-0000-0000-0000-000000000000")
view = center.xen_json("updates")
tap.equal(names(view["hosts"][0]), ["XS65ESP1010", "XS65ESP1027", "XS65ESP1034"], "what is on the master is no longer missing there")
tap.equal(view["hosts"][0]["restart_host"], ["XS65ESP1"], "but waits for its restart")
tap.equal(view["differences"]["updates"], [{"name": "XS65ESP1", "without": ["xen2"]}], "and the other host lacks it")
tap.equal(view["uploads"], ["XS65E999"], "what was uploaded and never applied is told")
tap.ok(all(update["is_new"] for host in view["hosts"] for update in host["missing"]), "nobody has been told yet, so all are new")
text = center.shown("updates")
for part in ("未適用の更新が 4 件あります", "【新】", "ホストの再起動待ち: XS65ESP1", "XS65ESP1 が xen2 に適用されていません",
             "サポートは 2018-06-30 に終了", "前提: XS65ESP1", "どのホストにも適用されていません: XS65E999"):
    tap.contains(text, part, f"people read: {part}")
english = center.shown("updates", language="C.UTF-8")
tap.contains(english, "Updates that are missing: 4", "in English as well")
pool.tables["host"][pool.host_refs()[0]]["other_config"]["boot_time"] = f"{BOOT + 7200}."
tap.equal(center.xen_json("updates")["hosts"][0]["restart_host"], [], "until the host has been restarted")

# high availability: off before, on again after

record = pool.tables["pool"][pool.pool_ref]
record["ha_enabled"] = True
tap.contains(center.shown("updates"), "HAを無効にしてください", "HA is to be disabled before")
record["ha_enabled"] = False
tap.ok("無効のまま" not in center.shown("updates"), "just off is no news")
center.now = "2026-01-19T02:00:00+09:00"
tap.contains(center.shown("updates"), "HAが無効のまま 4 日たっています", "four days later it is")

# a pool that cannot be reached

server.set_down(0)
server.set_down(1)
done = center.xen("updates", "--json", check=False)
tap.equal((done.returncode, json.loads(done.stdout)["problem"]["code"]), (75, "unreachable"), "a pool that is away is told, not guessed")
tap.contains(center.shown("updates"), "ホストに接続できません", "in words as well")
server.close()

# old and new ways of the wire

server, pool, center = center_of("7.0", "strict")
pool.knows_events = False
pool.fault("pool_update.get_all_records", "MESSAGE_METHOD_UNKNOWN", "pool_update.get_all_records", times=9)
view = center.xen_json("updates")
tap.equal((view["kind"], len(view["hosts"][1]["listed"]), "XS70E016" in names(view["hosts"][0])), ("patches", 15, True),
          "7.0 without event.from, and without tables of later times")
second = pool.tables["host"][pool.host_refs()[1]]["software_version"]
second["build_number"] = "90233c"
second["product_version"] = "6.5.0"
view = center.xen_json("updates")
tap.ok(view["differences"]["versions"], "hosts of two versions are told")
tap.ok("XS65ESP1" in names(view["hosts"][1]) and "XS70E004" in names(view["hosts"][0]), "each by its own version")
server.close()

# 7.1: pool_update

server, pool, center = center_of("7.1", "modern")
update = pool.upload_patch("XS71E001", "11111111-0000-0000-0000-000000000000")
pool.apply_patch(0, update, BOOT)
pool.tables["host"][pool.host_refs()[0]]["updates_requiring_reboot"] = [update]
view = center.xen_json("updates")
tap.equal((view["kind"], view["hosts"][0]["restart_host"], view["differences"]["updates"][0]["without"]),
          ("updates", ["XS71E001"], ["xen2"]), "7.1 tells its updates and what needs a reboot")
tap.contains(center.shown("updates"), "このバージョンは更新一覧に載っていません", "a version that the catalogue does not know")
server.close()

# 8: the delivery network

server, pool, center = center_of("8", "modern")
view = center.xen_json("updates")
tap.contains(view["source"]["problem"], "404", "8 without a repository says so")
pool.deliveries = [{"id": "xs8-1", "title": "Security fix <1>", "summary": "for & all", "description": "", "URL": "https://example.org/1",
                    "issued": "2025-12-01T08:30:08Z", "severity": "high", "guidance": "RebootHost"}]
record = pool.tables["pool"][pool.pool_ref]
record["last_update_sync"] = xapi.Instant("20260114T01:00:00Z")
view = center.xen_json("updates")
tap.equal((view["kind"], names(view["hosts"][1]), view["hosts"][0]["missing"][0]["guidance"]["host"]),
          ("delivery", ["Security fix <1>"], True), "8 asks the pool what was delivered")
tap.contains(center.shown("updates"), "【至急】Security fix <1>", "and says what is urgent")
server.close()

# XCP-ng: packages

server, pool, center = center_of("xcp-ng", "modern")
pool.packages = [{"name": "xen-hypervisor", "version": "4.13.5", "release": "9.38", "description": "The hypervisor",
                  "changelog": {"date": 1, "author": "a", "description": "- fix XSA-1"}, "url": "", "size": 2500000, "license": "GPL"},
                 {"name": "xapi-core", "version": "1.249.32", "release": "2.1", "description": "xapi", "changelog": None, "url": "", "size": 1}]
pool.fault("host.call_plugin", "-1", "The updater plugin is busy (current operation: check_update)", "", "")
started = time.monotonic()
view = center.xen_json("updates")
tap.equal((view["kind"], names(view["hosts"][0])), ("packages", ["xen-hypervisor-4.13.5-9.38", "xapi-core-1.249.32-2.1"]),
          "XCP-ng's hosts are asked, again when they are busy")
tap.ok(view["hosts"][0]["missing"][0]["guidance"]["host"] and not view["hosts"][0]["missing"][1]["guidance"]["host"],
       "a new hypervisor wants a restart of the host")
server.close()

# the site

server, pool, center = center_of("6.5", "old")
site = Site()
center.configure(settings=f"[updates]\ncatalogue = {site.url}\n")
with open(CATALOGUE, "rb") as file:
    good = file.read()
site.body = good
tap.equal(len(names(center.xen_json("updates")["hosts"][0])), 4, "a catalogue comes from its site")
for kind, body, status in (("a login page", b"<html><body>Log in</body></html>", 200), ("an error", b"gone", 503),
                           ("half of it", good[:9000], 200), ("nothing", b"", 200),
                           ("a document type", b'<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><patchdata>&a;</patchdata>', 200)):
    site.body, site.status = body, status
    view = center.xen_json("updates")
    tap.ok(view["source"]["problem"] and len(names(view["hosts"][0])) == 4, f"{kind}: the last good copy is used, and that is told",
           view["source"])
os.utime(os.path.join(center.folder, "kairan.db.catalogue-center.xml"), (BOOT - 86400 * 20, BOOT - 86400 * 20))
tap.contains(center.shown("updates"), "日前)", "with its age")
fresh = Center(server, f"[updates]\ncatalogue = {site.url}\n")
view = fresh.xen_json("updates")
tap.ok(view["source"]["problem"] and not view["source"]["fetched_at"], "without a copy nothing is claimed", view["source"])
tap.contains(fresh.shown("updates"), "更新一覧を取得できませんでした", "and people are told")
site.shutdown()
server.close()
tap.done()
