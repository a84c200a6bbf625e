#!/usr/bin/python3
"""kairan doctor: a fresh instance is well, and each thing that can be wrong with one is found, named, and found alone."""
import os
import shutil
import sqlite3
import time

import kairan_test as kt
from kairan_test import Participant, Tap
from poll_test import POLL, Center

YAMADA = Participant("山田 太郎", f"yamada@{kt.DOMAIN}")


def examine(center):
    """(status, {check: (state, reasons)})"""
    done = center.run("doctor", "--json", check=False)
    return done.returncode, {check["name"]: (check["state"], " ".join(check["reasons"]))
                             for check in kt.json.loads(done.stdout)["checks"]}


def path(center, *names):
    return os.path.join(center.folder, *names)


def write(center, name, text, mode=0o600):
    os.makedirs(os.path.dirname(path(center, name)), exist_ok=True)
    with open(path(center, name), "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path(center, name), mode)


def damage(center):
    """Zeroes pages in the middle of the database."""
    with open(path(center, "kairan.db"), "r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096 * 8)


def keep_waiting(center):
    center.deliver(YAMADA.write(POLL, "会", "1/15 10:00"))
    [name] = center.spooled()
    long_ago = time.time() - 3600
    os.utime(path(center, "spool", "new", name), (long_ago, long_ago))


def own_templates(center):
    shutil.copytree(os.path.join(kt.TREE, "templates"), path(center, "texts"))
    os.remove(path(center, "texts", "ja", "ballot.txt"))
    center.set_key("templates", path(center, "texts"))


def refuse(center):
    center.set_key("transport", "sendmail:/usr/bin/false")
    center.deliver(YAMADA.write(POLL, "会", "1/15 10:00"))
    center.run("process")
    database = sqlite3.connect(path(center, "kairan.db"))
    database.execute("UPDATE outbox SET state = 'refused'")
    database.commit()
    database.close()


def fail_a_job(center):
    database = sqlite3.connect(path(center, "kairan.db"))
    database.execute("INSERT INTO job_run VALUES (1, 'digest', '2025-12-18T00:00:00Z', '2025-12-18T00:01:00Z', 'crashed', 'signal 11')")
    database.commit()
    database.close()


FAULTS = [  # what is done to an instance, the check that must find it, with which state, and words of its reason
    ("a key that others may read", lambda center: os.chmod(path(center, "secret.key"), 0o644), "key", "failed", "secret.key"),
    ("a damaged database", damage, "database", "failed", "kairan.db"),
    ("a spool without new/", lambda center: os.rmdir(path(center, "spool", "new")), "folders", "failed", "spool/new"),
    ("own templates that lack one", own_templates, "templates", "failed", "ja/ballot.txt"),
    ("an MTA that is away", lambda center: center.set_key("transport", "smtp://127.0.0.1:1"), "transport", "failed", "smtp://127.0.0.1:1"),
    ("a sendmail that is not there", lambda center: center.set_key("transport", "sendmail:/nonexistent/sendmail"), "transport",
     "failed", "/nonexistent/sendmail"),
    ("a circle with a mistake", lambda center: write(center, "circles/all", "山田 <yamada@>\n"), "circles", "failed", "circles/all:1"),
    ("a pool without its password", lambda center: write(center, "pools/center.conf", "[pool]\naddresses = 192.0.2.1\npins = sha256//" + "A" * 43 + "=\n"),
     "pools", "failed", "center.password"),
    ("mail that nobody takes in", keep_waiting, "waiting", "warning", "kairan process"),
    ("mail that was set aside", lambda center: write(center, "spool/failed/1.x", "x"), "waiting", "warning", "spool/failed"),
    ("mail that was refused", refuse, "outbox", "warning", "kairan outbox list"),
    ("a job that crashed", fail_a_job, "jobs", "warning", "digest"),
]


def main():
    tap = Tap()
    center = Center()
    status, checks = examine(center)
    tap.equal((status, {name: reasons for name, (state, reasons) in checks.items() if state != "well"}), (0, {}),
              "a fresh instance is well")
    before = sorted(os.listdir(center.folder)), center.all_mails()
    center.run("doctor")
    tap.equal((sorted(os.listdir(center.folder)), center.all_mails()), before, "nothing is changed and nothing sent")
    for title, break_it, name, state, words in FAULTS:
        center = Center()
        break_it(center)
        status, checks = examine(center)
        tap.equal(status, 1 if state == "failed" else 0, f"{title}: status")
        tap.equal(checks[name][0], state, f"{title}: {name} is \"{state}\"")
        tap.contains(checks[name][1], words, f"{title}: the reason names it")
        others = {other: found for other, found in checks.items() if other != name and found[0] != "well"}
        tap.equal(others, {}, f"{title}: and nothing else is found")
        said = center.run("doctor", check=False).stdout.decode()
        tap.ok(words in said and ("FAILED" if state == "failed" else "look") in said, f"{title}: told in a terminal", said)
    tap.done()


main()
