#!/usr/bin/env python3
"""What one mail may cost: every limit of the configuration refuses with its own sentence, `kairan status` and `kairan read`
say it, and the mail behind is taken all the same."""
import contextlib
import os
import sqlite3

from kairan_test import DOMAIN, Tap
from poll_test import Center

SETTINGS = """
[limits]
letter_bytes = 20000
header_bytes = 2000
header_lines = 30
parts = 4
depth = 2
"""
HEAD = f"From: x@{DOMAIN}\nTo: nobody@{DOMAIN}\nSubject: x\n"


def multipart(boundary, *parts):
    return f"Content-Type: multipart/mixed; boundary={boundary}\n\n" + "".join(
        f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"


def nested(depth):
    return multipart(f"b{depth}", nested(depth - 1)) if depth else "\ntext"


CASES = {  # name: what is within the limit, what is beyond it, what the sentence holds
    "bytes": ("\n" + "x" * 19000, "\n" + "x" * 20000, "larger than 20000 bytes"),
    "header-bytes": ("A: " + "b" * 1800 + "\n\n", "A: " + "b" * 2000 + "\n\n", "2000 bytes (header_bytes"),
    "header-lines": ("A: b\n" * 25 + "\n", "A: b\n" * 30 + "\n", "30 lines (header_lines"),
    "part-header": (multipart("b", "A: b\n" * 25 + "\n"), multipart("b", "A: b\n" * 40 + "\n"), "header of a part"),
    "parts": (multipart("b", *["\nx"] * 4), multipart("b", *["\nx"] * 5), "4 parts (parts"),
    "depth": (nested(2), nested(3), "2 levels (depth"),
}


def put(center, name, text):
    with open(os.path.join(center.folder, "spool", "new", name), "w", encoding="ascii", newline="") as file:
        file.write(HEAD + text)


def limits_refuse(tap):
    center = Center(SETTINGS)
    for name, (within, beyond, _) in CASES.items():
        put(center, f"1.{name}.within", within)
        put(center, f"1.{name}.beyond", beyond)
    put(center, "2.last", "\nlast")
    center.run("process", "--no-post")
    tap.equal(center.spooled(), [], "nothing is left in the spool")
    tap.equal(center.spooled("failed"), sorted(f"1.{name}.beyond" for name in CASES),
              "what is beyond a limit lies in spool/failed, what is within one was taken")
    reasons = {entry["name"]: entry["reason"] for entry in center.json("status")["set_aside"]}
    shown = center.run("status").stdout.decode()
    for name, (_, beyond, sentence) in CASES.items():
        tap.contains(reasons[f"1.{name}.beyond"], sentence, f"{name}: status --json says why")
        tap.contains(shown, f"1.{name}.beyond: ", f"{name}: status has a line")
        done = center.run("read", input=(HEAD + beyond).encode(), check=False)
        tap.ok(done.returncode == 1 and sentence.encode() in done.stderr, f"{name}: so does kairan read", done.stderr)
    explained = center.run("config").stdout.decode()
    for key in ("letter_bytes = 20000", "header_bytes = 2000", "header_lines = 30", "parts = 4", "depth = 2"):
        tap.contains(explained, key, f"kairan config: {key}")


def reasons_are_forgotten(tap):
    center = Center(SETTINGS)
    put(center, "1.parts", CASES["parts"][1])
    center.run("process", "--no-post")
    tap.equal(len(center.json("status")["set_aside"]), 1, "one lies there")
    os.rename(os.path.join(center.folder, "spool", "failed", "1.parts"), os.path.join(center.folder, "spool", "new", "1.parts"))
    with open(os.path.join(center.folder, "kairan.conf"), "r+", encoding="utf-8") as file:
        text = file.read().replace("parts = 4", "parts = 5")
        file.seek(0)
        file.truncate()
        file.write(text)
    center.run("process", "--no-post")
    status = center.json("status")
    tap.equal((status["failed"], status["set_aside"]), (0, []), "with a higher limit it is taken, and status is silent")
    center.now = "2026-02-18T10:00:00+09:00"
    center.run("process", "--no-post")
    with contextlib.closing(sqlite3.connect(os.path.join(center.folder, "kairan.db"))) as database:
        kept = database.execute("SELECT name FROM meta WHERE name LIKE 'set aside%'").fetchall()
    tap.equal(kept, [], "and the reason is forgotten")


def main():
    tap = Tap()
    limits_refuse(tap)
    reasons_are_forgotten(tap)
    tap.done()


if __name__ == "__main__":
    main()
