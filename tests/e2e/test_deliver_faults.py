#!/usr/bin/env python3
"""kairan-deliver is struck at every system call it makes: killed there, and answered with every error of a sick disk.

One clean run under strace lists the calls. Then each call is struck in runs of its own, and after each run holds:
status 0 means exactly one file in new/, byte for byte the mail; another status means an empty spool; a kill may leave
a part in tmp/ and a whole mail in new/, never a part there; and the delivery after it succeeds. Injection cannot see a
missing fsync, so the order fsync(file), close, rename, fsync(new/) is read from the clean run's list."""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

HOOK = os.path.abspath(os.path.join(os.environ.get("KAIRAN_BUILD", "build/release"), "kairan-deliver"))
ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EINTR")
CANNOT_FAIL = ("getpid", "getppid", "exit_group", "rt_sigprocmask", "uname")
FIRST_OWN_CALL = "getppid"  # before it the dynamic linker works
BLOCK = b"Return-Path: <a@example.org>\n"
MAILS = {
    "a small mail": b"Subject: small\n\n" + b"0123456789abcde\n" * 190,
    "a mail of many writes": b"Subject: large\n\n" + b"0123456789abcde\n" * 25000,
}
RESULTS = []


def report(passed, name, problem=""):
    RESULTS.append(passed)
    print(f"{'ok' if passed else 'not ok'} {len(RESULTS)} - {name}")
    if not passed:
        print(f"# {problem}")
    sys.stdout.flush()


class Run:
    """One delivery under strace, in a spool of its own."""

    def __init__(self, mail_path, strace_options=()):
        self.spool = tempfile.mkdtemp(prefix="kairan-faults-")
        for folder in ("tmp", "new", "cur"):
            os.mkdir(os.path.join(self.spool, folder))
        self.trace = os.path.join(self.spool, "trace")
        self.mail_path = mail_path
        self.deliver(["strace", "-o", self.trace, *strace_options])

    def deliver(self, before=()):
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "ASAN_OPTIONS": "detect_leaks=0"}
        with open(self.mail_path, "rb") as mail:
            done = subprocess.run([*before, HOOK, "--mta", "postfix", "--spool", self.spool, "--sender",
                                   "a@example.org"], stdin=mail, capture_output=True, env=environment, timeout=60)
        self.status = done.returncode
        self.errors = done.stderr.decode(errors="replace")

    def mails(self):
        folder = os.path.join(self.spool, "new")
        return [open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)]

    def leftovers(self):
        return os.listdir(os.path.join(self.spool, "tmp"))

    def was_struck(self):
        """Whether the injection has met its call: without that a run proves nothing."""
        text = open(self.trace).read()
        return "(INJECTED)" in text or "+++ killed by SIGKILL +++" in text

    def close(self):
        shutil.rmtree(self.spool, ignore_errors=True)


def list_calls(trace):
    """(name, line) of every call of a trace but the execve that starts it."""
    calls = []
    for line in open(trace, errors="replace"):
        match = re.match(r"(\w+)\(", line)
        if match and match[1] != "execve":
            calls.append((match[1], line.rstrip()))
    return calls


def strike(mail_path, name, occurrence, what):
    return Run(mail_path, ["-e", f"trace={name}", "-e", f"inject={name}:{what}:when={occurrence}"])


def is_look(calls, index):
    """Whether a call belongs to the look at /proc for a dying parent: without /proc the mail is believed."""
    looks = [at for at, (_, line) in enumerate(calls) if 'AT_FDCWD, "/proc/' in line]
    return any(at <= index <= at + 2 for at in looks)


def must_defer(calls, index, error):
    """Whether the error at this call means that the disk may not have the mail: it must not be overlooked."""
    name, line = calls[index]
    if error == "EINTR" or is_look(calls, index):
        return False
    file_descriptor = next(line.split()[-1] for _, line in calls if "O_EXCL" in line)
    return name in ("openat", "read", "writev", "fsync", "renameat") or line.startswith(f"close({file_descriptor})")


def check_error(mail_path, wanted, call, error, defers):
    """What is wrong after the call has failed with `error`, or None."""
    name, occurrence = call
    run = strike(mail_path, name, occurrence, f"error={error}")
    try:
        mails = run.mails()
        if not run.was_struck():
            return f"{error}: the call was not met"
        if run.status == 0 and mails != [wanted]:
            return f"{error}: status 0 with {len(mails)} files"
        if run.status != 0 and mails:
            return f"{error}: status {run.status} with {len(mails)} files"
        if run.status not in (0, 75) or (defers and run.status == 0):
            return f"{error}: status {run.status}"
        if run.status == 75 and not re.fullmatch(r"4\.\d\.\d [^\n]+\n", run.errors):
            return f"{error}: {run.errors!r}"
        if run.leftovers():
            return f"{error}: left {run.leftovers()} in tmp/"
        return None
    finally:
        run.close()


def check_kill(mail_path, wanted, name, occurrence):
    run = strike(mail_path, name, occurrence, "signal=KILL")
    try:
        mails = run.mails()
        if not run.was_struck():
            return "the call was not met"
        if run.status == 0:
            return "status 0 of a killed hook"
        if mails not in ([], [wanted]):
            return f"{len(mails)} files in new/, {[len(mail) for mail in mails]} bytes"
        if len(run.leftovers()) + len(mails) > 1:
            return f"{len(mails)} files in new/ and {len(run.leftovers())} in tmp/"
        run.deliver()
        if run.status != 0 or run.mails() != mails + [wanted]:
            return f"the next try: status {run.status}, {len(run.mails())} files"
        return None
    finally:
        run.close()


def check_order(calls):
    """What is wrong with the order of the calls, or None."""
    lines = [line for _, line in calls]

    def positions(pattern):
        return [index for index, line in enumerate(lines) if re.match(pattern, line)]

    created = positions(r'openat\(AT_FDCWD, "[^"]*/tmp/[^"]+", O_WRONLY\|O_CREAT\|O_EXCL\|O_CLOEXEC, 0600\) = \d+')
    folder = positions(r'openat\(AT_FDCWD, "[^"]*/new[^"]*", O_RDONLY\|O_CLOEXEC\|O_DIRECTORY\) = \d+')
    if len(created) != 1 or len(folder) != 1:
        return f"{len(created)} files made, {len(folder)} folders opened"
    file_descriptor = lines[created[0]].split()[-1]
    new_descriptor = lines[folder[0]].split()[-1]
    after = lambda found: [index for index in found if index > created[0]]
    steps = [
        ("write", after(positions(rf"writev?\({file_descriptor}, "))[-1:]),
        ("fsync(file)", after(positions(rf"fsync\({file_descriptor}\) += 0"))),
        ("close(file)", after(positions(rf"close\({file_descriptor}\) += 0"))[:1]),  # the look at /proc takes the number again
        ("last look at the parent", after(positions(r"getppid\("))),
        ("rename", positions(rf"renameat\(AT_FDCWD, .*, {new_descriptor}, .*\) = 0")),
        ("fsync(new/)", positions(rf"fsync\({new_descriptor}\) += 0")[-1:]),
        ("exit", positions(r"exit_group\(0\)")),
    ]
    for name, found in steps:
        if len(found) != 1:
            return f"{name}: {len(found)} times"
    order = [found[0] for _, found in steps]
    return None if order == sorted(order) else f"in the order {order}"


def strike_all(pool, title, mail_path, wanted, calls):
    own = next(index for index, (name, _) in enumerate(calls) if name == FIRST_OWN_CALL)
    seen = {}
    struck = []
    for index, (name, _) in enumerate(calls):
        seen[name] = seen.get(name, 0) + 1
        label = f"{title}, call {index + 1}, {name} #{seen[name]}"
        if index < own and "sanitize" in HOOK:
            continue  # hundreds of calls of the sanitizer's own start
        struck.append((f"{label}: killed", [pool.submit(check_kill, mail_path, wanted, name, seen[name])]))
        if index >= own and name not in CANNOT_FAIL:
            struck.append((f"{label}: {' '.join(ERRORS)}",
                           [pool.submit(check_error, mail_path, wanted, (name, seen[name]), error,
                                        must_defer(calls, index, error)) for error in ERRORS]))
    for label, futures in struck:
        problems = [problem for problem in (future.result() for future in futures) if problem]
        report(not problems, label, "; ".join(problems))


def check_cleanup(mail_path, wanted):
    """A second blow: new/ cannot be synced, and the hook is killed while it takes the name back."""
    run = Run(mail_path, ["-e", "inject=fsync:error=EIO:when=2", "-e", "inject=unlinkat:signal=KILL"])
    try:
        met = run.was_struck() and run.status not in (0, 75)
        return None if met and run.mails() == [wanted] else f"status {run.status}, {len(run.mails())} files"
    finally:
        run.close()


def can_trace():
    try:
        return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def main():
    if not can_trace():
        print("1..1\nok 1 - system calls struck # SKIP strace is missing or may not trace")
        return
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(3) as pool:
        for title, mail in MAILS.items():
            wanted = BLOCK + mail
            mail_path = os.path.join(folder, title)
            with open(mail_path, "wb") as file:
                file.write(mail)
            clean = Run(mail_path)
            calls = list_calls(clean.trace)
            whole = clean.status == 0 and clean.mails() == [wanted]
            clean.close()
            report(whole, f"{title}: the run without faults delivers", f"status {clean.status} {clean.errors}")
            problem = check_order(calls)
            report(problem is None, f"{title}: fsync(file), close, last look, rename, fsync(new/), exit", problem)
            strike_all(pool, title, mail_path, wanted, calls)
            problem = check_cleanup(mail_path, wanted)
            report(problem is None, f"{title}: killed while taking back what could not be synced", problem)
    print(f"1..{len(RESULTS)}")
    sys.exit(not all(RESULTS))


if __name__ == "__main__":
    main()
