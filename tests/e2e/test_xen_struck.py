#!/usr/bin/env python3
"""Downloads of updates and the morning's report, struck at every call that changes something: the next run finishes, and nothing comes twice."""
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile

if os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = "/dev/shm"  # what must be durable is shown elsewhere

from kairan_test import Tap, new_folder, program, run, skip_all  # noqa: E402
from update_site import Site, make_zip  # noqa: E402
from xen_test import Center, sim_pool, xapi  # noqa: E402

CHANGES = "write,pwrite64,fsync,fdatasync,rename,ftruncate,unlink,link,mkdir,sync_file_range"
MOST = 300


def struck(number, argv, **options):
    """Runs a program and its children, each of which is killed at its `number`th change; False: none makes so many."""
    with tempfile.NamedTemporaryFile() as trace:
        subprocess.run(["strace", "-f", "-qq", "-o", trace.name, "-e", f"trace={CHANGES}", "-e", f"inject={CHANGES}:signal=KILL:when={number}",
                        *argv], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=60, **options)
        return b"+++ killed by SIGKILL +++" in trace.read()


# A download

class Download:
    def __init__(self, site, name):
        self.data = site.files["/" + name]
        self.file = os.path.join(new_folder(), "updates.zip")
        self.order = {"do": "download", "url": f"{site.address}/{name}", "file": self.file, "bytes": len(self.data), "rate": 0, "seconds": 30}

    def request(self):
        text = json.dumps(self.order).encode()
        return len(text).to_bytes(4, "big") + text

    def is_whole(self):
        with open(self.file, "rb") as file, open(self.file + ".sha256", encoding="ascii") as note:
            data, told = file.read(), note.read()
        return data == self.data and told == f"{hashlib.sha256(data).hexdigest()}  updates.zip\n"


def strike_downloads(tap, site):
    site.files["/large"] = make_zip("large.xsupdate", os.urandom(300000))
    places, wrong = 0, []
    for number in range(1, MOST):
        download = Download(site, "large")
        if not struck(number, [program("kairan-xen")], input=download.request()):
            break
        places += 1
        if os.path.exists(download.file) and not download.is_whole():
            wrong.append(f"{number}: what has its own name is not whole")
        answer = json.loads(run([program("kairan-xen")], input=download.request()).stdout[4:])
        if "value" not in answer or not download.is_whole() or len(os.listdir(os.path.dirname(download.file))) != 2:
            wrong.append(f"{number}: {answer}, {os.listdir(os.path.dirname(download.file))}")
    tap.ok(not wrong and places > 8, f"a download killed at {places} places, one by one, is whole after the next try", "\n".join(wrong) or places)


def kill_jobs(tap, site):
    """The whole job is killed while pieces come; each following night must have both updates, and ask for no byte twice that it has."""
    server = xapi.Server(sim_pool.Pool("6.5", vms=1), "old")
    names = ["XS65E001", "XS65E002"]
    for name in names:
        site.files["/" + name] = make_zip(f"{name}.xsupdate", os.urandom(150000))
    patches = "".join(f'<patch uuid="00000000-0000-0000-0000-00000000000{name[-1]}" name-label="{name}" patch-url="{site.address}/{name}" '
                      f'after-apply-guidance="restartHost" download-size="{len(site.files["/" + name])}"/>' for name in names)
    listed = "".join(f'<patch uuid="00000000-0000-0000-0000-00000000000{name[-1]}"/>' for name in names)
    for number in range(1, 7):
        center = Center(server, "[updates]\ncatalogue = catalogue.xml\nfolder = ../updates\n")
        center.write("pools/catalogue.xml", '<?xml version="1.0"?><patchdata><serverversions><version value="6.5.0" name="6.5" '
                     f'build-number="90233c">{listed}</version></serverversions><patches>{patches}</patches></patchdata>')
        seen = [0]
        process = subprocess.Popen([program("kairan"), "nightly", "updates", "-C", center.folder], start_new_session=True,
                                   env={**os.environ, "KAIRAN_NOW": center.now}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def strike():
            seen[0] += 1
            if seen[0] == number:
                os.killpg(process.pid, signal.SIGKILL)

        site.on_piece = strike
        process.wait(60)
        site.on_piece = None
        folder = os.path.join(center.folder, "updates")
        kept = sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if not name.endswith(".sha256"))
        asked = len(site.asked)
        center.run("nightly", "updates")
        came = sum(len(site.files[path]) - int(re.sub(r"\D", "", wanted or "0")) for path, wanted in site.asked[asked:])
        files = sorted(os.listdir(folder))
        tap.ok(process.returncode == -signal.SIGKILL and [name.partition(".")[2] for name in files] == ["zip", "zip.sha256"] * 2 and
               came + kept == sum(len(site.files["/" + name]) for name in names),
               f"the job killed at piece {number}: the next night goes on where it was", (process.returncode, files, kept, came))
    server.close()


# The report of the morning

def reports(center):
    center.run("post")
    return [str(mail["Subject"]) for mail in center.mails()]


def strike_reports(tap):
    server = xapi.Server(sim_pool.Pool("6.5", vms=2), "old")
    base = Center(server)
    with open(os.path.join(base.folder, "kairan.conf"), "a", encoding="utf-8") as file:
        file.write("[nightly]\n" + "".join(f"{job} = off\n" for job in ("deadlines", "reminders", "digest", "housekeeping")) + "watch = 0\n")
    for hour, jobs in (("02", ("backup",)), ("05", ("updates", "health"))):
        base.now = f"2026-01-15T{hour}:16:00+09:00"
        for job in jobs:
            base.run("nightly")
    base.run("post")
    shutil.rmtree(os.path.join(base.folder, "out", "new"))
    os.mkdir(os.path.join(base.folder, "out", "new"))
    places, wrong = 0, []
    for number in range(1, MOST, 2):
        center = Center.__new__(Center)
        center.__dict__.update(base.__dict__)
        center.folder = os.path.join(new_folder(), "i")
        shutil.copytree(base.folder, center.folder, symlinks=True)
        conf = os.path.join(center.folder, "kairan.conf")
        with open(conf, encoding="utf-8") as file:
            text = file.read().replace(base.folder, center.folder)
        with open(conf, "w", encoding="utf-8") as file:
            file.write(text)
        environment = {**os.environ, "KAIRAN_NOW": "2026-01-15T06:00:00+09:00"}
        if not struck(number, [program("kairan"), "nightly", "-C", center.folder], env=environment):
            break
        places += 1
        center.now = "2026-01-15T06:01:00+09:00"
        center.run("nightly")
        center.now = "2026-01-15T06:02:00+09:00"
        later = center.json("nightly")["jobs"]
        told = [subject for subject in reports(center) if "center:" in subject]
        if len(told) != 1 or later:
            wrong.append(f"{number}: {told}, {later}")
    tap.ok(not wrong and places > 8, f"the report killed at {places} places, one by one, comes once", "\n".join(wrong) or places)
    server.close()


def main():
    if not shutil.which("strace") or run(["strace", "-o", "/dev/null", "true"]).returncode:
        skip_all("strace is missing or may not trace")
    tap = Tap()
    site = Site()
    strike_downloads(tap, site)
    kill_jobs(tap, site)
    strike_reports(tap)
    site.shutdown()
    tap.done()


if __name__ == "__main__":
    main()
