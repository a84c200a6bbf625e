#!/usr/bin/env python3
"""kairan process and kairan post are struck at every system call that changes the world: killed there, and answered
with the errors of a sick or full disk.

A template folder is worked through once without faults, under strace; that gives the calls and the state that must come
out. Then every call is struck in a run of its own on a fresh copy. One more run must bring exactly that state: every
vote and every mail once, each file of the spool in one place, the database whole; and the run after it changes nothing.
"""
import concurrent.futures
import hashlib
import os
import re
import shutil
import signal
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import demo
import kairan_test as kt

CHANGES = ("write", "writev", "pwrite64", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat",
           "fsync", "fdatasync", "ftruncate", "mkdir", "openat")
ERRORS = {"write": ("ENOSPC", "EIO"), "writev": ("ENOSPC", "EIO"), "pwrite64": ("ENOSPC", "EIO"), "fsync": ("EIO",),
          "fdatasync": ("EIO",), "rename": ("ENOSPC", "EIO"), "renameat": ("ENOSPC", "EIO"), "ftruncate": ("ENOSPC",),
          "mkdir": ("ENOSPC",), "openat": ("ENOSPC",), "unlink": ("EIO",)}
OPENED = "2025-12-18T10:00:00+09:00"
LATER = "2025-12-18T18:00:00+09:00"  # when a mail put off has come due again
CLOSES = "2025-12-25T17:02:00+09:00"
CLOSED = "2025-12-26T01:00:00+09:00"
LARGEST = 100_000
THOROUGH = bool(os.environ.get("KAIRAN_THOROUGH"))  # see tests/run


class Instance:
    """A folder of Kairan's, worked on with and without faults."""

    def __init__(self, folder):
        self.folder = folder

    def command(self, what, now, before=()):
        """Runs kairan `what`; `before` is strace and its options."""
        name, *options = what
        return kt.run([*before, kt.program("kairan"), name, "-C", self.folder, *options],
                      env={**os.environ, "KAIRAN_NOW": now, "LC_ALL": "C.UTF-8"})

    def copy(self, to):
        shutil.copytree(self.folder, to)
        return Instance(to)

    def edit_config(self, pattern, line):
        path = os.path.join(self.folder, "kairan.conf")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(f"(?m)^{pattern}$", line, text))

    def rows(self, query):
        database = sqlite3.connect(os.path.join(self.folder, "kairan.db"))
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def files(self, *below):
        """Names and digests of the files below a folder."""
        top = os.path.join(self.folder, *below)
        found = []
        for path, _, names in os.walk(top):
            for name in names:
                with open(os.path.join(path, name), "rb") as file:
                    found.append((os.path.relpath(os.path.join(path, name), top), digest(file.read())))
        return sorted(found)

    def state(self):
        """All that must be the same after a fault and a repair as without: a dict of comparable lists."""
        return {
            "integrity": self.rows("PRAGMA integrity_check") + self.rows("PRAGMA foreign_key_check"),
            "votes": self.rows("SELECT invitation.number, choice.number, mark, inferred, vote.note FROM vote JOIN choice"
                               " ON choice.id = choice_id JOIN invitation ON invitation.id = invitation_id"
                               " ORDER BY 1, 2"),
            "answers": self.rows("SELECT letter.identity, invitation_id, answer.verdict, late, source FROM answer"
                                 " JOIN letter ON letter.id = letter_id ORDER BY 1, 2"),
            "invitations": self.rows("SELECT number, state, asked, comment, proposal FROM invitation ORDER BY 1"),
            "polls": self.rows("SELECT code, state, invited, waiting FROM poll"),
            "letters": self.rows("SELECT identity, verdict, reason, archive FROM letter ORDER BY 1"),
            "outbox": sorted((kind(dedupe), recipient, state, said(dedupe, data)) for dedupe, recipient, state, data in
                             self.rows("SELECT dedupe, envelope_recipient, state, bytes FROM outbox")),
            "spool": self.files("spool", "new"),
            "failed": self.files("spool", "failed"),
            "archive": self.files("archive"),
            "sent": self.deliveries(),
        }

    def deliveries(self):
        """(what, whom, what it says) of every mail in the outgoing Maildir; a name that is not in the outbox shows."""
        known = dict(self.rows("SELECT message_id, dedupe FROM outbox"))
        return sorted((kind(known.get(name, name)), said(known.get(name, name), text))
                      for name, text in self.files("out", "new"))


def kind(dedupe):
    """What a mail is; an answer's letter is known by a number, and a fault may leave a gap there."""
    return re.sub(r"^([a-z-]+)/\d+$", r"\1", dedupe)


def said(dedupe, text):
    """What is compared of a mail: what was set aside is told with its path, which is the copy's own."""
    return "" if dedupe.startswith("set-aside/") else text if isinstance(text, str) else digest(text)


def digest(data):
    """What a mail says, without the instant and the random parts of its Message-ID and boundary."""
    data = re.sub(rb"(?m)^Date: [^\n]*\n|=_\w+", b"", data)
    made = re.search(rb"(?mi)^Message-ID:\s*<[^@>]*\.(\w+)@", data)
    return hashlib.sha256(data.replace(made[1], b"") if made else data).hexdigest()[:12]


def difference(state, wanted):
    """What differs between two states, or None."""
    for name, value in wanted.items():
        if state[name] != value:
            lost = [item for item in value if item not in state[name]]
            new = [item for item in state[name] if item not in value]
            return f"{name}: lost {lost[:3]}, new {new[:3]}, {len(state[name])} instead of {len(value)}"
    return None


# The templates

def make_templates(folder):
    """Instances just before the organiser's yes, before six replies, and before the deadline."""
    instance = Instance(os.path.join(folder, "replies"))
    kairan = kt.Kairan(instance.folder, now=OPENED)
    kt.run([kt.program("kairan"), "init", "--domain", kt.DOMAIN, instance.folder])
    instance.edit_config("#letter_bytes = .*", f"letter_bytes = {LARGEST}")
    organiser = kt.Participant("山田 太郎", f"yamada@{kt.DOMAIN}")
    everybody = demo.people()
    invited = ", ".join(f"{kt.encode_header(person.name, 'utf-8')} <{person.address}>"
                        for person in [*(entry[0] for entry in everybody), kt.Participant("小林", f"k@{kt.DOMAIN}")])
    outbox = os.path.join(instance.folder, "out")
    kairan.deliver(organiser.write(demo.POLL, "1月定例会の日程調整", demo.OPENING, [("Cc", invited)]))
    kairan.run("process")
    kairan.deliver(organiser.reply(demo.mail_to(outbox, organiser.address, "確認"), "はい"))
    opening = instance.copy(os.path.join(folder, "opening"))
    kairan.run("process")
    replies = [person.reply(demo.mail_to(outbox, person.address, "日程調整"), text, style, edit)
               for person, text, style, edit in everybody]
    for mail in [*replies[:2], replies[0], kt.Mail(replies[0].sender, demo.POLL, b"x" * (LARGEST + 1)), *replies[2:]]:
        kairan.deliver(mail)
    deadline = instance.copy(os.path.join(folder, "deadline"))
    kt.Kairan(deadline.folder, now=OPENED).run("process")
    posting = instance.copy(os.path.join(folder, "posting"))
    kt.Kairan(posting.folder, now=OPENED).run("process", "--no-post")
    return opening, instance, deadline, posting


# The strikes

class Series:
    """One command on one template: its calls, the state it leaves, and what the strikes found."""

    def __init__(self, title, template, what, now, repair_at):
        self.title, self.template, self.what, self.now, self.repair_at = title, template, what, now, repair_at
        self.folder = kt.new_folder()
        clean = template.copy(os.path.join(self.folder, "clean"))
        trace = os.path.join(self.folder, "trace")
        done = clean.command(what, now, ["strace", "-y", "-o", trace, "-e", f"trace={','.join(CHANGES)}"])
        if done.returncode:
            raise RuntimeError(f"{title}: {done.stderr.decode()}")
        self.wanted = clean.state()
        self.calls = list_calls(trace)

    def strike(self, label, options, now=None):
        """A copy after one struck run: (instance, its run, whether the fault was met)."""
        copy = self.template.copy(os.path.join(self.folder, re.sub(r"\W+", "-", label)))
        trace = copy.folder + ".trace"
        done = copy.command(self.what, now or self.now, ["strace", "-o", trace, *options])
        with open(trace, errors="replace") as file:
            text = file.read()
        os.remove(trace)
        return copy, done, "(INJECTED)" in text or "+++ killed by SIGKILL +++" in text

    def check_repair(self, copy, now, and_idle=True):
        """What is wrong after one more run, and after another, or None."""
        done = copy.command(self.what, now)
        if done.returncode:
            return f"the next run: status {done.returncode}, {done.stderr.decode()}"
        problem = difference(copy.state(), self.wanted)
        if problem or not and_idle:
            return problem
        done = copy.command(self.what, now)
        return difference(copy.state(), self.wanted) or (done.stderr.decode() and f"idle, but {done.stderr.decode()}")

    def check_kill(self, name, occurrence):
        copy, done, met = self.strike(f"kill {name} {occurrence}",
                                      ["-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={occurrence}"])
        try:
            if not met or done.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL):
                return f"not killed: status {done.returncode}, {done.stderr.decode()}"
            return self.check_repair(copy, self.now, and_idle=THOROUGH or occurrence % 3 == 1)
        finally:
            shutil.rmtree(copy.folder)

    def check_error(self, name, occurrence, error):
        """`occurrence` may end in "+": from there on all such calls fail, as on a full disk."""
        copy, done, met = self.strike(f"{error} {name} {occurrence.replace('+', ' on')}",
                                      ["-e", f"trace={name}", "-e", f"inject={name}:error={error}:when={occurrence}"])
        try:
            if not met:
                return f"the call was not met: status {done.returncode}, {done.stderr.decode()}"
            if done.returncode not in (0, 75):
                return f"status {done.returncode}: {done.stderr.decode()}"
            if done.returncode == 75 and not re.match(r"kairan: .+: .+", done.stderr.decode().splitlines()[-1]):
                return f"no sentence: {done.stderr.decode()!r}"
            problem = done.returncode == 0 and loss(copy.state(), self.wanted)
            return problem or self.check_repair(copy, self.repair_at)
        finally:
            shutil.rmtree(copy.folder)


def loss(state, wanted):
    """What a run that said 0 has left undone, or None; a mail put off with a reason is not undone."""
    state = {**state, "outbox": [(*row[:2], "sent" if row[2] == "due" else row[2], row[3]) for row in state["outbox"]]}
    return difference(state, {name: value for name, value in wanted.items() if name != "sent"})


def list_calls(trace):
    """
    (name, how manyeth of its name, whether on a file) of every call of a trace that changes the world: not those that
    failed, as mkdir of a folder that is there.
    """
    calls, seen = [], {}
    with open(trace, errors="replace") as file:
        for line in file:
            match = re.match(r"(\w+)\(", line)
            if not match:
                continue
            name = match[1]
            seen[name] = seen.get(name, 0) + 1
            if (name != "openat" or "O_CREAT" in line) and " = -1 E" not in line:
                calls.append((name, seen[name], not re.match(r"\w+\(\d+<(pipe|socket|UNIX|/dev)", line)))
    return calls


def report(tap, jobs):
    """One line of TAP for each (label, future)."""
    for label, future in jobs:
        problem = future.result()
        tap.ok(not problem, label, problem)


def kill_everywhere(tap, pool, series):
    started = time.monotonic()
    report(tap, [(f"{series.title}, call {index + 1}, {name} #{occurrence}: killed",
                  pool.submit(series.check_kill, name, occurrence))
                 for index, (name, occurrence, _) in enumerate(series.calls)])
    print(f"# {series.title}: {len(series.calls)} kills, {time.monotonic() - started:.1f} s", flush=True)


def fail_by_stride(tap, pool, series, stride):
    """Each kind of call fails once and from there on, at every `stride`th of its calls, the first and the last."""
    started = time.monotonic()
    jobs = []
    for name, errors in ERRORS.items():
        numbers = [occurrence for called, occurrence, on_file in series.calls if called == name and on_file]
        for number in sorted({*numbers[:1], *numbers[stride // 2::stride], *numbers[-1:]}):
            for error in errors:
                for occurrence in (f"{number}", f"{number}+"):
                    jobs.append((f"{series.title}, {name} #{occurrence}: {error}",
                                 pool.submit(series.check_error, name, occurrence, error)))
    report(tap, jobs)
    print(f"# {series.title}: {len(jobs)} errors, stride {stride}, {time.monotonic() - started:.1f} s", flush=True)


# SMTP: at least once, twice only when nobody could know

class Sink(socketserver.ThreadingTCPServer):
    """An SMTP server that says yes to everything and keeps it."""
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), SinkHandler)
        self.mails, self.open, self.lock = [], 0, threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def by_id(self):
        """The bytes of every copy of each mail."""
        found = {}
        with self.lock:
            for data in self.mails:
                found.setdefault(re.search(rb"(?mi)^Message-ID:\s*<([^>]+)>", data)[1].decode(), []).append(data)
        return found


class SinkHandler(socketserver.StreamRequestHandler):
    def handle(self):
        with self.server.lock:
            self.server.open += 1
        try:
            self.converse()
        except OSError:
            pass  # the client was killed
        finally:
            with self.server.lock:
                self.server.open -= 1

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def converse(self):
        self.say("220 sink")
        for line in iter(self.rfile.readline, b""):
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b"")
                data = b"".join(iter(lambda: next(lines, b".\r\n"), b".\r\n"))
                with self.server.lock:
                    self.server.mails.append(data)
            self.say("221 bye" if verb == b"QUIT" else "250 2.0.0 yes")
            if verb == b"QUIT":
                return


def check_smtp_kill(series, name, occurrence):
    """A kill of `kairan post` while it talks to a server."""
    copy = series.template.copy(os.path.join(series.folder, f"smtp-{name}-{occurrence}"))
    with Sink() as sink:
        try:
            copy.edit_config("transport = .*", f"transport = smtp://127.0.0.1:{sink.server_address[1]}")
            done = copy.command(series.what, series.now, [
                "strace", "-o", "/dev/null", "-e", f"trace={name}", "-e",
                f"inject={name}:signal=KILL:when={occurrence}"])
            if done.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL):
                return f"not killed: status {done.returncode}, {done.stderr.decode()}"
            kt.wait_until(lambda: sink.open == 0, 10)  # the helper ends the mail at hand, then sees that we are gone
            due = {row[0] for row in copy.rows("SELECT message_id FROM outbox WHERE state = 'due'")}
            unknown = due & set(sink.by_id())
            done = copy.command(series.what, series.now)
            mails = sink.by_id()
            doubled = {message_id for message_id, copies in mails.items() if len(copies) > 1}
            if done.returncode or set(mails) != series.due:
                return f"status {done.returncode}, {len(mails)} mails came: {done.stderr.decode()}"
            if doubled != unknown or len(doubled) > 1:
                return f"twice: {doubled}, taken but not recorded: {unknown}"
            if any(len(set(copies)) > 1 for copies in mails.values()):
                return "two copies of one mail differ"
            return difference(copy.state(), series.wanted)
        finally:
            sink.shutdown()
            shutil.rmtree(copy.folder)


def kill_smtp(tap, pool, template):
    """`kairan post` over SMTP: the calls are those of a clean run of its own."""
    with Sink() as sink:
        smtp = template.copy(os.path.join(kt.new_folder(), "smtp"))
        smtp.edit_config("transport = .*", f"transport = smtp://127.0.0.1:{sink.server_address[1]}")
        series = Series("post over SMTP", smtp, ["post"], OPENED, LATER)
        series.due = {row[0] for row in template.rows("SELECT message_id FROM outbox WHERE state = 'due'")}
        copies = sink.by_id()
        tap.equal({key: len(data) for key, data in copies.items()}, {key: 1 for key in series.due},
                  "post over SMTP: every mail once")
        sink.shutdown()
    started = time.monotonic()
    report(tap, [(f"{series.title}, call {index + 1}, {name} #{occurrence}: killed",
                  pool.submit(check_smtp_kill, series, name, occurrence))
                 for index, (name, occurrence, _) in enumerate(series.calls)])
    print(f"# {series.title}: {len(series.calls)} kills, {time.monotonic() - started:.1f} s", flush=True)


def check_unrecordable(tap, template):
    """When no outcome can be recorded, nothing is sent: or the same mail would go out with every run."""
    copy = template.copy(os.path.join(kt.new_folder(), "unrecordable"))
    with Sink() as sink:
        copy.edit_config("transport = .*", f"transport = smtp://127.0.0.1:{sink.server_address[1]}")
        full = ["strace", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=ENOSPC"]
        statuses = [copy.command(["post"], OPENED, full).returncode for _ in range(3)]
        tap.equal((statuses, len(sink.mails)), ([75] * 3, 0), "post on a full disk fails and sends nothing")
        copy.command(["post"], OPENED)
        due = template.rows("SELECT count(*) FROM outbox WHERE state = 'due'")[0][0]
        tap.equal([len(data) for data in sink.by_id().values()], [1] * due, "with space again: every mail once")
        sink.shutdown()


# What takes more than one strike

def check_full_disk(tap, series):
    """However often the disk is full at the commit, it is no letter's fault."""
    copy = series.template.copy(os.path.join(series.folder, "full"))
    statuses = [copy.command(series.what, series.now, ["strace", "-o", "/dev/null", "-e", "trace=pwrite64,fdatasync",
                                                       "-e", "inject=fdatasync:error=ENOSPC"]).returncode
                for _ in range(5)]
    tap.equal(statuses, [75] * 5, "five runs on a full disk fail and say that time may heal it")
    tap.equal(copy.files("spool", "failed"), [], "no letter is set aside for it")
    problem = series.check_repair(copy, series.repair_at)
    tap.ok(not problem, "with space again, one run does everything", problem)


def check_deadly_letter(tap, series):
    """A letter that ends the program whenever it is handled is set aside, and the others are taken."""
    copy = series.template.copy(os.path.join(series.folder, "deadly"))
    name, bait = copy.files("spool", "new")[2]
    handling = ["strace", "-o", "/dev/null", "-P", os.path.join(copy.folder, "spool", "new", name), "-e", "trace=newfstatat",
                "-e", "inject=newfstatat:signal=KILL:when=2+"]  # the first is of reading it, which may be ahead of its turn
    statuses = [copy.command(series.what, series.now, handling).returncode for _ in range(4)]
    tap.equal([status in (-9, 137) for status in statuses], [True] * 3 + [False], "a deadly letter ends three runs")
    tap.ok((name, bait) in copy.files("spool", "failed"), "it is set aside, whole", copy.files("spool", "failed"))
    tap.equal(len(copy.files("spool", "new")), 0, "the others are taken")


def check_worn_reader(tap, series):
    """A letter that wears out its reader is set aside; that the disk then errs at the next is not the next one's fault."""
    copy = series.template.copy(os.path.join(series.folder, "worn"))
    names = [name for name, _ in copy.files("spool", "new")]
    trace = copy.folder + ".trace"
    wear = ["-e", "trace=writev,openat", "-e", "inject=writev:error=EPIPE:when=1..3"]  # as one of several, alone, and once more
    series.template.copy(copy.folder + "-other").command(series.what, series.now, ["strace", "-o", trace, *wear])
    with open(trace, errors="replace") as file:
        opened = [line for line in file if line.startswith("openat(")]
    number = 1 + next(index for index, line in enumerate(opened) if names[1] in line)  # ahead, and then in its turn
    done = copy.command(series.what, series.now, [
        "strace", "-o", "/dev/null", *wear, "-e", f"inject=openat:error=EIO:when={number}..{number + 1}"])
    tap.equal(done.returncode, 75, "a spent reader and then a bad disk: status 75")
    tap.equal(([name for name, _ in copy.files("spool", "failed")], [name for name, _ in copy.files("spool", "new")]),
              (sorted(names[:1] + [name for name, _ in series.wanted["failed"]]), names[1:2]), "only the letter that spent two readers is set aside, and the unread one waits")


def check_killed_reader(tap, series):
    """A reader that somebody else ended is no letter's fault: a fresh one is asked."""
    copy = series.template.copy(os.path.join(series.folder, "idle"))
    done = copy.command(series.what, series.now, ["strace", "-o", "/dev/null", "-e", "trace=writev", "-e",
                                                  "inject=writev:error=EPIPE:when=2"])
    problem = difference(copy.state(), series.wanted)
    tap.ok(done.returncode == 0 and not problem, "a reader that died between two letters is replaced", problem)


def check_unreadable_file(tap, series):
    """A file that cannot be read waits, and the others are taken."""
    copy = series.template.copy(os.path.join(series.folder, "unreadable"))
    name, _ = copy.files("spool", "new")[2]
    path = os.path.join(copy.folder, "spool", "new", name)
    for error, status in (("EIO", 75), ("EACCES", 1)):
        done = copy.command(series.what, series.now, ["strace", "-o", "/dev/null", "-P", path, "-e", "trace=openat", "-e",
                                                      f"inject=openat:error={error}"])
        tap.equal((done.returncode, [left for left, _ in copy.files("spool", "new")]), (status, [name]),
                  f"{error} at one file: it waits, the others are taken, status {status}")
        tap.contains(done.stderr.decode(), name, f"{error} at one file: the log names it")
    problem = series.check_repair(copy, series.now)
    tap.ok(not problem, "readable again, it is taken", problem)


def check_told_again(tap, series):
    """Each time that something is set aside is told, whatever its name."""
    copy = series.template.copy(os.path.join(series.folder, "told"))
    def told():
        return copy.rows("SELECT count(*) FROM outbox WHERE dedupe LIKE 'set-aside/%'")[0][0]
    copy.command(series.what, series.now)
    name, _ = copy.files("spool", "failed")[0]
    failed, new = (os.path.join(copy.folder, "spool", folder) for folder in ("failed", "new"))
    counts = [told()]
    shutil.copy(os.path.join(failed, name), os.path.join(new, "0-earlier"))
    copy.command(series.what, series.now)
    counts.append(told())
    os.rename(os.path.join(failed, name), os.path.join(new, name))
    copy.command(series.what, series.now)
    counts.append(told())
    copy.command(series.what, series.now)
    counts.append(told())
    tap.equal(counts, [1, 2, 3, 3], "an earlier name and one moved back that fails again are told, each once")


def check_archive_day(tap, series):
    """A letter that was taken in and not moved before midnight goes where its record says."""
    copy = series.template.copy(os.path.join(series.folder, "midnight"))
    copy.command(series.what, series.now, ["strace", "-o", "/dev/null", "-e", "trace=rename", "-e",
                                           "inject=rename:signal=KILL:when=3"])
    copy.command(series.what, "2025-12-19T10:00:00+09:00")
    archives = [row[0] for row in copy.rows("SELECT archive FROM letter")]
    tap.equal([path for path in archives if not os.path.exists(os.path.join(copy.folder, "archive", path))], [],
              "killed before the move: on the next day each goes to the path of its record")


def check_missing_database(tap, series):
    """A database that has vanished is told, and no new one takes its place."""
    copy = series.template.copy(os.path.join(series.folder, "vanished"))
    path = os.path.join(copy.folder, "kairan.db")
    os.rename(path, path + ".old")
    done = copy.command(series.what, series.now)
    tap.equal((done.returncode, os.path.exists(path)), (1, False), "without its database: status 1, and none is made")
    tap.contains(done.stderr.decode(), "is missing; restore it", "without its database: told so")
    os.rename(path + ".old", path)
    problem = series.check_repair(copy, series.now)
    tap.ok(not problem, "with the database back, one run does everything", problem)


def check_upkeep(tap, series):
    """Once a day, what was sent long ago is forgotten."""
    copy = series.template.copy(os.path.join(series.folder, "upkeep"))
    copy.edit_config(r"#days_kept = .*", "days_kept = 3")
    copy.command(series.what, series.now)
    kept = copy.rows("SELECT count(*) FROM outbox WHERE state = 'sent'")[0][0]
    copy.command(series.what, "2025-12-20T10:00:00+09:00")
    early = copy.rows("SELECT count(*) FROM outbox WHERE state = 'sent'")[0][0]
    copy.command(series.what, "2025-12-22T10:00:00+09:00")
    late = copy.rows("SELECT (SELECT count(*) FROM outbox WHERE state = 'sent'), (SELECT count(*) FROM daily_answer)")[0]
    tap.ok(kept and early == kept and late == (0, 0), "days_kept: kept for that long, then forgotten",
           f"{kept} {early} {late}")


def check_missing_template(tap, series):
    """What the installation lacks is no letter's fault: all wait until it is repaired."""
    copy = series.template.copy(os.path.join(series.folder, "template"))
    texts = os.path.join(copy.folder, "texts")
    shutil.copytree(os.path.join(kt.TREE, "templates"), texts)
    copy.edit_config(r"#templates = .*", f"templates = {texts}")
    os.rename(os.path.join(texts, "ja", "ack.txt"), os.path.join(texts, "ack.txt"))
    done = copy.command(series.what, series.now)
    tap.equal((done.returncode, copy.files("spool", "failed")), (1, []), "without a template no letter is set aside")
    for mistake in ("{{nonesuch}}", "{{#title}}", "{{choices}}{{rows}}"):
        with open(os.path.join(texts, "ack.txt"), encoding="utf-8") as good:
            text = good.read()
        with open(os.path.join(texts, "ja", "ack.txt"), "w", encoding="utf-8") as bad:
            bad.write(text + mistake)
        done = copy.command(series.what, series.now)
        tap.equal((done.returncode, copy.files("spool", "failed")), (1, []), f"nor for {mistake} in a template")
    os.rename(os.path.join(texts, "ack.txt"), os.path.join(texts, "ja", "ack.txt"))
    problem = series.check_repair(copy, series.now)
    tap.ok(not problem, "with the template back, one run does everything", problem)


def check_two_at_once(tap, series):
    """While one works, another says so and does nothing."""
    copy = series.template.copy(os.path.join(series.folder, "two"))
    slow = subprocess.Popen(["strace", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
                             "inject=fdatasync:delay_enter=1500000:when=1", kt.program("kairan"), *series.what, "-C",
                             copy.folder], env={**os.environ, "KAIRAN_NOW": series.now}, stderr=subprocess.PIPE)
    kt.wait_until(lambda: os.path.getsize(os.path.join(copy.folder, "spool", "attempt")) and
                  os.path.exists(os.path.join(copy.folder, "kairan.db-wal")), 10)
    for what in (["process"], ["post"]):
        second = copy.command(what, series.now)
        tap.equal(second.returncode, 75, f"{what[0]} beside a process at work: status 75")
        tap.contains(second.stderr.decode(), "another kairan is at work", f"{what[0]} beside a process at work says so")
    tap.equal(slow.wait(60), 0, "the first ends well")
    slow.stderr.close()
    problem = difference(copy.state(), series.wanted)
    tap.ok(not problem, "and has done everything", problem)


def main():
    if not shutil.which("strace") or kt.run(["strace", "-o", "/dev/null", "true"]).returncode:
        kt.skip_all("strace is missing or may not trace")
    tap = kt.Tap()
    if os.access("/dev/shm", os.W_OK):
        tempfile.tempdir = "/dev/shm"  # a kill cannot show a missing fsync, so the syncs may be free here
    opening, replies, deadline, posting = make_templates(kt.new_folder())
    taking = Series("process with six replies", replies, ["process"], OPENED, LATER)
    tap.equal([len(taking.wanted[name]) for name in ("votes", "archive", "failed", "spool")], [30, 9, 1, 0],
              "without faults: 30 votes, 9 mails in the archive, one set aside, none left")
    tap.equal(sum(row[0] == "ack" and row[2] == "sent" for row in taking.wanted["outbox"]), 6,
              "without faults: six acknowledgements")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        kill_everywhere(tap, pool, taking)
        kill_everywhere(tap, pool, Series("process with the organiser's yes", opening, ["process"], OPENED, LATER))
        closing = Series("process at the deadline", deadline, ["process"], CLOSES, CLOSED)
        tap.equal(sum(row[0].startswith("result/") and row[2] == "sent" for row in closing.wanted["outbox"]), 8,
                  "without faults: eight results")
        kill_everywhere(tap, pool, closing)
        kill_smtp(tap, pool, posting)
        fail_by_stride(tap, pool, taking, 2 if THOROUGH else 6)
        fail_by_stride(tap, pool, closing, 4 if THOROUGH else 12)
    check_full_disk(tap, taking)
    check_deadly_letter(tap, taking)
    check_worn_reader(tap, taking)
    check_unrecordable(tap, posting)
    check_killed_reader(tap, taking)
    check_unreadable_file(tap, taking)
    check_told_again(tap, taking)
    check_archive_day(tap, taking)
    check_missing_database(tap, taking)
    check_upkeep(tap, taking)
    check_missing_template(tap, taking)
    check_two_at_once(tap, taking)
    tap.done()


if __name__ == "__main__":
    main()
