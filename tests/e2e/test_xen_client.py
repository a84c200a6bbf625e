#!/usr/bin/env python3
"""Connecting to a pool: TLS of every generation by pinned key alone, the master found, passwords kept, broken answers told."""
import os
import shutil
import ssl
import subprocess
import warnings
import xmlrpc.client

from kairan_test import TREE, Tap, new_folder, run
from xen_test import SHARED, Center, sim_pool, xapi

tap = Tap()
warnings.simplefilter("ignore", DeprecationWarning)

# every generation, by pin alone

for version, setup in (("6.5", "old"), ("7.0", "strict"), ("8", "modern")):
    server = xapi.Server(sim_pool.Pool(version), setup)
    center = Center(server)
    seen = center.xen_json("check")
    tap.equal((seen["name"], seen["vms"], len(seen["hosts"])), ("Center pool", 20, 2), f"{version}: the pool is seen")
    tap.equal([entry["pin"] for entry in seen["certificates"]], server.pins, f"{version}: keys are those that openssl tells")
    tap.equal(server.pool.sessions, set(), f"{version}: the session is ended")
    pins = center.xen_json("show-pin")
    tap.equal(pins["pins"], ", ".join(server.pins), f"{version}: show-pin prints what the file takes")
    center.configure(pins=server.pins[1])
    done = center.xen("check", check=False)
    tap.ok(done.returncode == 75 and "the pool" not in done.stdout.decode(), f"{version}: a slave alone is no pool")
    calls = len(server.pool.calls)
    center.configure(pins="sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    done = center.xen("check", check=False)
    tap.contains(done.stderr.decode(), "a key that is not pinned", f"{version}: another key is refused")
    center.configure(pins="")
    done = center.xen("check", check=False)
    tap.contains(done.stderr.decode(), "no key is pinned", f"{version}: without a pin nothing is tried")
    tap.equal(len(server.pool.calls), calls, f"{version}: and nothing, no password either, was said to a stranger")
    server.close()

# the way to the master

server = xapi.Server(sim_pool.Pool("6.5", vms=2), "old")
pool, center = server.pool, Center(server)
hosts = pool.host_refs()
pool.tables["pool"][pool.pool_ref]["master"] = hosts[1]
tap.equal(center.xen_json("check")["address"], "127.0.0.2", "a host that is a slave names the master")
center.configure(addresses="127.0.0.1")
tap.equal(center.xen_json("check")["address"], "127.0.0.2", "also one that is not configured, if its key is pinned")
center.configure()
pool.fault("session.login_with_password", "HOST_IS_SLAVE", "127.0.0.2", host=0, times=9)
pool.fault("session.login_with_password", "HOST_IS_SLAVE", "127.0.0.1", host=1, times=9)
done = center.xen("check", check=False)
tap.ok(done.returncode == 75 and b"has no master" in done.stderr, "hosts that name each other end the walk", done.stderr)
pool.faults.clear()
pool.tables["pool"][pool.pool_ref]["master"] = hosts[1]
server.set_down(0)
tap.equal(center.xen_json("check")["address"], "127.0.0.2", "a dead first host does not matter")
server.set_down(0, False)
pool.tables["pool"][pool.pool_ref]["master"] = hosts[0]
pool.fault("session.login_with_password", "HOST_IS_SLAVE", "127.0.0.9", host=0)
pool.fault("session.login_with_password", "HOST_STILL_BOOTING", host=1)
done = center.xen("check", check=False)
tap.ok(done.returncode == 75 and b"127.0.0.9" not in done.stdout, "a slave that names a dead master")
pool.faults.clear()
center.configure(settings="uuid = 00000000-0000-0000-0000-000000000000\n")
done = center.xen("check", check=False)
tap.contains(done.stderr.decode(), "not the configured", "another pool at the same address is not taken for ours")
center.configure()

# passwords

center.write("pools/center.password", "wrong\n", 0o600)
before = pool.calls.count("session.login_with_password")
done = center.xen("check", check=False)
tap.contains(done.stderr.decode(), "SESSION_AUTHENTICATION_FAILED", "a wrong password is told")
tap.equal(pool.calls.count("session.login_with_password"), before + 1, "and tried once")
os.chmod(center.password_file, 0o640)
done = center.xen("check", check=False)
tap.contains(done.stderr.decode(), "set its mode to 0600", "a password that others may read is not used")
center.write("pools/center.password", pool.password + "\n", 0o600)
os.chmod(center.password_file, 0o600)
traced = run(["strace", "-f", "-e", "trace=execve,write,writev", "-s", "100000", "-o", os.path.join(center.folder, "trace"),
              os.path.join(TREE, os.environ.get("KAIRAN_BUILD", "build/release"), "kairan"), "xen", "check", "-C", center.folder])
with open(os.path.join(center.folder, "trace"), "rb") as file:
    trace = file.read()
tap.ok(traced.returncode == 0 and b"secret &" not in trace, "the password is in no argument and no line that is written")

# broken answers

for wire, words in (("500", "HTTP status 500"), ("empty", "127.0.0.1"), ("cut", "127.0.0.1"), ("doctype", "document type")):
    pool.fault("VM.get_all_records", wire=wire, times=9)
    done = center.xen("check", check=False)
    tap.ok(done.returncode == 75 and words.encode() in done.stderr, f"an answer of the kind \"{wire}\" is told", done.stderr)
    pool.faults.clear()
    pool.fault("VM.get_all_records", wire=wire, times=1)
    tap.equal(center.xen_json("check")["vms"], 2, f"and once is no more than a hiccup (\"{wire}\")")
pool.fault("VM.get_all_records", "SESSION_INVALID", "OpaqueRef:x")
tap.equal(center.xen_json("check")["vms"], 2, "a session that the pool has forgotten is renewed")
pool.fault("VM.get_all_records", "MESSAGE_METHOD_UNKNOWN", "VM.get_all_records", times=9)
done = center.xen("check", check=False)
tap.contains(done.stderr.decode(), "MESSAGE_METHOD_UNKNOWN(VM.get_all_records)", "an error of XAPI comes with code and parameters")
pool.faults.clear()
tap.equal(pool.sessions, set(), "no session stays behind")

# others' clients judge the simulator

context = ssl._create_unverified_context()
context.set_ciphers("DEFAULT:@SECLEVEL=0")
context.minimum_version = ssl.TLSVersion.TLSv1
proxy = xmlrpc.client.ServerProxy(f"https://127.0.0.1:{server.port}/", context=context)
session = proxy.session.login_with_password("root", pool.password, "2.3", "judge")["Value"]
vm = pool.vm("web01")
task = getattr(proxy, "Async.VM.snapshot")(session, vm, "judged")["Value"]
tap.equal(proxy.task.get_record(session, task)["Value"]["status"], "success", "xmlrpc.client takes a snapshot")
tap.equal(proxy.VM.get_record(session, vm)["Value"]["snapshots"], list(pool.snapshots()), "and sees it")
server.close()

server = xapi.Server(sim_pool.Pool("7.0"), "strict")
folder = os.environ.get("KAIRAN_NODE_MODULES") or new_folder()
if not os.path.isdir(os.path.join(folder, "node_modules", "xen-api")) and shutil.which("npm"):
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "xen-api@4.7.6"], timeout=90,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
if os.path.isdir(os.path.join(folder, "node_modules", "xen-api")):
    script = f"""
const {{ createClient }} = require('{folder}/node_modules/xen-api');
(async () => {{
  const xapi = createClient({{ url: 'https://127.0.0.1:{server.port}', allowUnauthorized: true, watchEvents: false,
    auth: {{ user: 'root', password: 'secret & more' }} }});
  await xapi.connect();
  const vms = await xapi.call('VM.get_all_records');
  const ref = Object.keys(vms).find(ref => vms[ref].name_label === 'web01');
  const task = await xapi.call('Async.VM.snapshot', ref, 'judged by xen-api');
  const record = await xapi.call('task.get_record', task);
  console.log(Object.keys(vms).length, record.status);
  process.exit(0);
}})().catch(error => {{ console.error(error); process.exit(1); }});
"""
    environment = {**os.environ, "NODE_OPTIONS": "--tls-cipher-list=DEFAULT:@SECLEVEL=0 --tls-min-v1.0"}
    done = run(["node", "-e", script], env=environment)
    tap.equal(done.stdout.decode().strip(), "22 success", "npm's xen-api connects, lists and runs a snapshot")
    if done.returncode:
        print("#", done.stderr.decode()[:600].replace("\n", "\n# "))
else:
    tap.count += 1
    print(f"ok {tap.count} - npm's xen-api # SKIP npm cannot be reached")
server.close()
tap.done()
