#!/usr/bin/env python3
"""Exports of a pool: speed with every checksum computed against `curl -o` of the same stream, memory, and API calls of a night.

A host of one long export is played over one TLS connection, chunks of 1 MiB with checksums that were
made beforehand. Prints figures, judges nothing.
"""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import kairan_test as kt  # noqa: E402
from xen_test import Center, sim_pool, xapi  # noqa: E402

sys.path.insert(0, os.path.join(kt.TREE, "tests", "sim"))
import xva  # noqa: E402

MEGABYTES = int(os.environ.get("KAIRAN_BENCH_EXPORT", "1024"))
ROUNDS = 3


def frame(value):
    data = json.dumps(value).encode()
    return len(data).to_bytes(4, "big") + data


def peak(process):
    """MB that a process ever had in memory."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("VmHWM")).split()[1]) / 1024


def export(server, session, uuid, path):
    """(seconds, processor time, MB of memory, answer) of one export by the helper alone."""
    order = {"do": "export", "address": "127.0.0.1", "port": server.port, "pins": ", ".join(server.pins), "session": session,
             "uuid": uuid, "file": path, "rate": 0, "seconds": 0, "reserve": 0, "disks": 1}
    begun = time.monotonic()
    process = subprocess.Popen([kt.program("kairan-xen")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdin.write(frame(order))
    process.stdin.flush()
    length = int.from_bytes(process.stdout.read(4), "big")
    answer = json.loads(process.stdout.read(length))
    took, memory = time.monotonic() - begun, peak(process)
    process.stdin.close()
    _, _, usage = os.wait4(process.pid, 0)
    return took, usage.ru_utime + usage.ru_stime, memory, answer


def fetch(server, session, uuid, path):
    """The same by curl, which looks at nothing."""
    url = f"https://127.0.0.1:{server.port}/export?uuid={uuid}&use_compression=false"
    begun = time.monotonic()
    process = subprocess.Popen(["curl", "-s", "-k", "-o", path, "-b", f"session_id={session}", url])
    _, status, usage = os.wait4(process.pid, 0)
    with open(path, "rb") as file:
        os.fsync(file.fileno())
    if status:
        raise RuntimeError(f"curl ended with {status}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime


def members(xx):
    """A long export in pieces, made of few chunks, so that the host has little to do."""
    disk = ("Ref:0", MEGABYTES << 20, ())
    yield next(xva.stream([disk]))
    known = [(data, xva.xxhash64(data) if xx else digest) for data, digest in (xva.chunk_of(number) for number in range(7))]
    for number in range(MEGABYTES):
        data, digest = known[number % 7]
        name = f"Ref:0/{number:08d}"
        yield xva.tar_member(name, data)[:512]
        yield data
        yield xva.tar_member(name + (".xxhash" if xx else ".checksum"), digest.encode())
    yield bytes(1024)


def bench_speed(folder, xx):
    pool = sim_pool.Pool("6.5", vms=1)
    pool.export = lambda query, task: members(xx)
    server = xapi.Server(pool, "modern")
    session, vm = pool.ref(), pool.tables["VM"][pool.vm("web01")]["uuid"]
    pool.sessions.add(session)
    path = os.path.join(folder, "export")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(fetch(server, session, vm, path))
        ours.append(export(server, session, vm, path))
        if "value" not in ours[-1][3]:
            raise RuntimeError(ours[-1][3])
    best, other = min(ours), min(theirs)
    print(f"{'xxHash' if xx else 'SHA-1'}: {MEGABYTES * 1.05 / best[0]:.0f} MB/s to disk, every checksum computed; curl -o "
          f"{MEGABYTES * 1.05 / other[0]:.0f} MB/s: {other[0] / best[0]:.2f} of it")
    print(f"  processor time {best[1]:.2f} s, curl {other[1]:.2f} s; memory {best[2]:.1f} MB for {MEGABYTES} MiB")
    server.close()


def bench_night():
    """A night over 200 VMs: calls that read, calls that act, seconds."""
    pool = sim_pool.Pool("6.5", vms=200, sr_size=16384 << 30)
    server = xapi.Server(pool, "old")
    center = Center(server, "[backup]\nkeep_newest = 2\n")
    begun = time.monotonic()
    center.run("xen", "backup")
    acting = sum(any(word in call for word in ("Async.", "task.", "other_config", ".get_record", ".destroy")) for call in pool.calls)
    print(f"a night over 200 VMs: {len(pool.calls) - acting} calls and {acting} that act, {time.monotonic() - begun:.1f} s")
    server.close()


def main():
    folder = kt.new_folder()
    for xx in (False, True):
        bench_speed(folder, xx)
    bench_night()


if __name__ == "__main__":
    main()
