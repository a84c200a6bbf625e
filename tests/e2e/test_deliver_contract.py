#!/usr/bin/env python3
"""kairan-deliver keeps its contract with the MTA: statuses, envelope, limits, and never a part of a mail.

Every delivery of this file goes through Spool.deliver, which holds each answer against the vocabulary: status 0 in
silence, or 65, 69 or 75 with exactly one line that begins with an enhanced status code of the right class."""

import collections
import ctypes
import fcntl
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import termios
import time

BUILT = os.path.abspath(os.path.join(os.environ.get("KAIRAN_BUILD", "build/release"), "kairan-deliver"))
PLACE = tempfile.TemporaryDirectory()  # the tree may lie where another user cannot go
os.chmod(PLACE.name, 0o755)
HOOK = shutil.copy(BUILT, PLACE.name)
MAIL = b"Received: from client by mx\nFrom: hanako@example.org\nSubject: Re: date\n\n\xe2\x97\x8b\xe2\x96\xb3\xc3\x97\n"
CASES = []

Answer = collections.namedtuple("Answer", "status line")


def case(name):
    """Registers a test function; it is handed a fresh spool and fails by an assertion."""
    def register(function):
        CASES.append((name, function))
        return function
    return register


class Spool:
    """A Maildir in a temporary folder, and the hook run against it."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="kairan-deliver-")
        for folder in ("tmp", "new", "cur"):
            os.mkdir(os.path.join(self.path, folder), 0o700)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def files(self, folder="new"):
        root = os.path.join(self.path, folder)
        return [os.path.join(root, name) for name in sorted(os.listdir(root))]

    def mails(self):
        return [open(path, "rb").read() for path in self.files()]

    def start(self, *options, env=None, spool=None, **more):
        more.setdefault("stdin", subprocess.PIPE)
        return subprocess.Popen([HOOK, "--spool", spool or self.path, *options], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env={"PATH": "/usr/bin:/bin", **(env or {})}, **more)

    def answer(self, process, mail=None):
        output, errors = process.communicate(mail, timeout=60)
        assert output == b"", f"standard output: {output!r}"
        check_vocabulary(process.returncode, errors)
        return Answer(process.returncode, errors.decode())

    def deliver(self, mail, *options, **more):
        return self.answer(self.start(*options, **more), mail)

    def take(self, mail, *options, **more):
        """Delivers, expects success, and returns the one file as bytes; the spool is empty again afterwards."""
        answer = self.deliver(mail, *options, **more)
        assert answer.status == 0, answer
        mails = self.mails()
        assert len(mails) == 1, f"{len(mails)} files in new/"
        os.unlink(self.files()[0])
        self.assert_empty()
        return mails[0]

    def refuse(self, status, code, mail, *options, **more):
        answer = self.deliver(mail, *options, **more)
        assert answer.status == status and answer.line.startswith(code + " "), answer
        self.assert_empty()

    def assert_empty(self):
        for folder in ("tmp", "new", "cur"):
            assert self.files(folder) == [], f"left in {folder}/: {self.files(folder)}"


def check_vocabulary(status, errors):
    if status == 0:
        assert errors == b"", f"status 0 with {errors!r}"
        return
    assert status in (65, 67, 69, 75, 77), f"status {status} with {errors!r}"
    wanted = rb"4\.\d\.\d [^\n]+\n" if status == 75 else rb"5\.\d\.\d [^\n]+\n"
    assert re.fullmatch(wanted, errors), f"status {status} with {errors!r}"


def equal(got, wanted):
    assert got == wanted, f"got {got!r}, wanted {wanted!r}"


# --- taking ---


@case("a mail that is taken lies in new/, whole, private, under a Maildir name, and the hook is silent")
def _(spool):
    equal(spool.deliver(MAIL).status, 0)
    [path] = spool.files()
    equal(open(path, "rb").read(), MAIL)
    equal(os.stat(path).st_mode & 0o7777, 0o600)
    assert re.fullmatch(r"\d{10}\.M\d{6}P\d+_[0-9a-f]{16}\.[^/:]+", os.path.basename(path)), path
    equal(spool.files("tmp"), [])


@case("the bytes are kept: NUL, 8 bit, CRLF, bare CR, no last line end, long lines")
def _(spool):
    for body in (b"a\0b\n", bytes(range(256)), b"a\r\nb\r\n", b"a\rb", b"no line end", b"x" * 70000 + b"\n", b"\n\n\n"):
        equal(spool.take(b"Subject: x\n\n" + body), b"Subject: x\n\n" + body)
        equal(spool.take(b"\n" + body), b"\n" + body)


@case("all sizes around the buffer are kept, from a pipe and from a file")
def _(spool):
    for size in (1, 4095, 65536, 131071, 131072, 131073, 262144, 262145):
        mail = (b"0123456789abcde\n" * (size // 16 + 1))[:size]
        equal(spool.take(mail, "--sender", "a@example.org"), b"Return-Path: <a@example.org>\n" + mail)
        with tempfile.TemporaryFile() as file:
            file.write(mail)
            file.seek(0)
            equal(spool.take(None, stdin=file), mail)


@case("10 MB are taken")
def _(spool):
    mail = MAIL + b"0123456789abcde\n" * 655360
    assert spool.take(mail) == mail


@case("a mail that comes byte by byte is taken")
def _(spool):
    process = spool.start("--sender", "a@example.org")
    for byte in MAIL:
        process.stdin.write(bytes([byte]))
        process.stdin.flush()
    equal(spool.answer(process).status, 0)
    equal(spool.mails(), [b"Return-Path: <a@example.org>\n" + MAIL])


@case("2 x 200 mails at once: each is there once, byte for byte")
def _(spool):
    failures = []

    def deliver_many(half):
        for number in range(200):
            answer = spool.deliver(MAIL + b"%d-%d\n" % (half, number) * (number + 1))
            if answer.status:
                failures.append(answer)

    threads = [threading.Thread(target=deliver_many, args=(half,)) for half in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(failures, [])
    wanted = sorted(MAIL + b"%d-%d\n" % (half, number) * (number + 1) for half in range(2) for number in range(200))
    assert sorted(spool.mails()) == wanted
    equal(spool.files("tmp"), [])


# --- the envelope ---


@case("options become the block on top, in its order")
def _(spool):
    got = spool.take(MAIL, "--mta", "postfix", "--sender", "a@example.org", "--rcpt", "poll+x@example.org",
                     "--orig-rcpt", "date@example.org", "--ext", "x", "--queue-id", "4XyZ12")
    equal(got, b"Return-Path: <a@example.org>\nDelivered-To: poll+x@example.org\nX-Original-To: date@example.org\n"
          b"X-Kairan-Queue-ID: 4XyZ12\n" + MAIL)


@case("what nobody told is not made up")
def _(spool):
    equal(spool.take(MAIL), MAIL)
    equal(spool.take(MAIL, "--rcpt", "", "--orig-rcpt", "", "--queue-id", ""), MAIL)
    equal(spool.take(MAIL, "--ext", "x"), MAIL)


@case("the null sender is told by an empty option, by <>, and by MAILER-DAEMON")
def _(spool):
    for sender in ("", "<>", "MAILER-DAEMON", "mailer-daemon"):
        equal(spool.take(MAIL, "--mta", "postfix", "--sender", sender), b"Return-Path: <>\n" + MAIL)
    equal(spool.take(b"From MAILER-DAEMON  Thu Jan 15 10:00:00 2026\n" + MAIL), b"Return-Path: <>\n" + MAIL)
    equal(spool.take(MAIL, env={"SENDER": ""}), b"Return-Path: <>\n" + MAIL)


@case("each MTA's environment is understood")
def _(spool):
    base = {"SENDER": "a@example.org", "RECIPIENT": "poll+x@example.org"}
    block = b"Return-Path: <a@example.org>\nDelivered-To: poll+x@example.org\n"
    original = b"X-Original-To: date@example.org\n"
    rows = [
        ("local", {**base, "ORIGINAL_RECIPIENT": "date@example.org", "EXTENSION": "x"}, block + original),
        ("opensmtpd", {**base, "ORIGINAL_RECIPIENT": "date@example.org", "EXTENSION": "x"}, block + original),
        ("sieve", {**base, "ORIG_RECIPIENT": "date@example.org"}, block + original),
        ("maildrop", base, block),
        ("procmail", base, block),
        ("none", base, block),
        ("exim", {**base, "LOCAL_PART_SUFFIX": "+x", "MESSAGE_ID": "1qX-0001", "MESSAGE_SIZE": "10"},
         block + b"X-Kairan-Queue-ID: 1qX-0001\n"),
        ("postfix", base, b""),   # pipe(8) exports nothing: what is there is somebody else's
        ("sendmail", base, b""),  # the same
    ]
    for mta, environment, wanted in rows:
        equal(spool.take(MAIL, "--mta", mta, env=environment), wanted + MAIL)


@case("an extension that the recipient has lost comes back, once")
def _(spool):
    rows = [
        ("poll@example.org", "k7-tok", "poll+k7-tok@example.org"),
        ("poll@example.org", "-k7", "poll-k7@example.org"),
        ("poll", "k7", "poll+k7"),
        ("poll+K7@example.org", "k7", "poll+K7@example.org"),
        ("poll-k7@example.org", "+k7", "poll-k7+k7@example.org"),
        ("poll-k7@example.org", "k7", "poll-k7@example.org"),
        ("polls@example.org", "s", "polls+s@example.org"),
        ("s@example.org", "s", "s+s@example.org"),
        ("poll@example.org", "", "poll@example.org"),
    ]
    for recipient, extension, wanted in rows:
        got = spool.take(MAIL, "--rcpt", recipient, "--ext", extension)
        equal(got, b"Delivered-To: " + wanted.encode() + b"\n" + MAIL)


@case("options win over the environment, that over the lines on top, those over the From line")
def _(spool):
    from_line = b"From d@example.org  Thu Jan 15 10:00:00 2026\n"
    top = b"Return-Path: <c@example.org>\n"
    environment = {"SENDER": "b@example.org"}
    wanted = b"Return-Path: <%s@example.org>\n" + MAIL
    mail = from_line + top + MAIL
    equal(spool.take(mail, "--mta", "local", "--sender", "a@example.org", env=environment), wanted % b"a")
    equal(spool.take(mail, "--mta", "local", env=environment), wanted % b"b")
    equal(spool.take(mail, "--mta", "local"), wanted % b"c")
    equal(spool.take(from_line + MAIL, "--mta", "local"), wanted % b"d")


@case("the From line is dropped and its sender read, also a quoted one; From: and From : are header fields")
def _(spool):
    equal(spool.take(b'From "a b"@example.org  Thu Jan 15\r\n' + MAIL), b'Return-Path: <"a b"@example.org>\n' + MAIL)
    equal(spool.take(b"From a@example.org\n" + MAIL), b"Return-Path: <a@example.org>\n" + MAIL)
    equal(spool.take(b"From a@b  Thu\nFrom c@d  Thu\n" + MAIL), b"Return-Path: <a@b>\nFrom c@d  Thu\n" + MAIL)
    for mail in (b"From: a@b\n\nx\n", b"From : a@b\n\nx\n", b"Fro", b">From a@b\n"):
        equal(spool.take(mail), mail)


@case("lines the MTA put on top are written anew, never twice; Exim's are known too")
def _(spool):
    wanted = b"Return-Path: <a@b>\nDelivered-To: c@d\nX-Original-To: e@f\n" + MAIL
    equal(spool.take(b"Return-Path: <a@b>\nX-Original-To: e@f\nDelivered-To: c@d\n" + MAIL), wanted)
    equal(spool.take(b"Return-Path: <a@b>\r\nX-Original-To: e@f\r\nDelivered-To: c@d\r\n" + MAIL), wanted)
    equal(spool.take(wanted), wanted)
    equal(spool.take(b"Return-path: <a@b>\nEnvelope-to: c@d\nDelivery-date: Thu\n" + MAIL, "--mta", "exim"),
          b"Return-Path: <a@b>\nDelivered-To: c@d\n" + MAIL)


# --- forging ---


@case("line ends and controls in options and environment never reach the header")
def _(spool):
    for bad in ("a\nDelivered-To: evil@example.org", "a\r", "a\tb", "a\x7f", "a" * 901):
        spool.refuse(65, "5.1.7", MAIL, "--sender", bad + "@x")
        spool.refuse(65, "5.1.3", MAIL, "--rcpt", bad + "@x")
        spool.refuse(65, "5.1.3", MAIL, "--orig-rcpt", bad + "@x")
        spool.refuse(65, "5.1.3", MAIL, "--rcpt", "a@b", "--ext", bad + "x")
        spool.refuse(75, "4.3.5", MAIL, "--queue-id", bad + "x")
        spool.refuse(65, "5.1.3", MAIL, "--mta", "local", env={"RECIPIENT": bad + "@x"})


@case("a sender's own envelope lines below the MTA's stay where they are and are not believed")
def _(spool):
    forged = b"Received: x\nDelivered-To: evil@x\nX-Kairan-Queue-ID: evil\n\nhi\n"
    equal(spool.take(forged), forged)
    equal(spool.take(forged, "--rcpt", "a@b"), b"Delivered-To: a@b\n" + forged)


@case("nothing at the top of the input can lengthen the block: repeated, folded, spaced, our own names")
def _(spool):
    rest = b"Subject: x\n\nhi\n"
    for forged in (b"Delivered-To: evil@x\nDelivered-To: evil2@x\n", b"Delivered-To: evil@x\n more\n\tmore\n",
                   b"DELIVERED-TO \t: evil@x\n", b"X-Kairan-Queue-ID: evil\n", b"X-Kairan-Note: evil\n",
                   b"Delivered-To: a\rX-Original-To: evil@x\n"):
        equal(spool.take(forged + rest, "--rcpt", "a@b"), b"Delivered-To: a@b\n" + rest)
    equal(spool.take(b"X-Kairan-Queue-ID: evil\n" + rest), rest)
    equal(spool.take(b"Delivered-To: a\rb@x\n" + rest), rest)


@case("a mail that begins with a blank does not continue the block's last line")
def _(spool):
    got = spool.take(b" evil@x\nSubject: x\n\n", "--rcpt", "a@b")
    equal(got, b"Delivered-To: a@b\nX-Kairan-Note: the mail began with a blank\n evil@x\nSubject: x\n\n")


@case("a header that is nothing but envelope lines for 128 kB is refused")
def _(spool):
    spool.refuse(65, "5.6.0", b"Delivered-To: a@b\n" * 20000 + MAIL)
    spool.refuse(65, "5.6.0", b"Delivered-To: " + b"a" * 300000)


# --- refusing and deferring ---


@case("an administrator's mistyped option defers and never bounces")
def _(spool):
    for options in (["--mta", "qmail"], ["--nonsense"], ["--sender"], ["word"], ["--timeout", "0"], ["--timeout", "x"],
                    ["--max-size", "0"], ["--max-size", "-1"], ["--max-size", "10k"], ["--max-size", "9" * 30],
                    ["--size", "many"], ["-h"], ["--help"], ["--", "word"], ["--spool", ""]):
        spool.refuse(75, "4.3.5", MAIL, *options)


@case("a spool that is missing, a file, or shut defers and names the folder")
def _(spool):
    spool.refuse(75, "4.3.0", MAIL, spool="/nonexistent/kairan")
    spool.refuse(75, "4.3.0", MAIL, spool=HOOK)
    spool.refuse(75, "4.3.0", MAIL, spool="x" * 5000)
    spool.refuse(75, "4.3.0", MAIL, spool="/nonexistent/\nkairan")
    os.chmod(spool.path, 0o755)
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    for folder in ("new", "tmp"):
        os.chmod(os.path.join(spool.path, folder), 0o500)
        answer = spool.deliver(MAIL, **nobody)
        assert answer.status == 75 and spool.path in answer.line and "Permission denied" in answer.line, answer
        os.chmod(os.path.join(spool.path, folder), 0o700)
        os.rename(os.path.join(spool.path, folder), os.path.join(spool.path, "away"))
        equal(spool.deliver(MAIL).status, 75)
        os.rename(os.path.join(spool.path, "away"), os.path.join(spool.path, folder))
    spool.assert_empty()


@case("empty input defers: no MTA sends a mail without a byte")
def _(spool):
    spool.refuse(75, "4.3.0", b"")
    spool.refuse(75, "4.3.0", b"From a@b  Thu\n")
    spool.refuse(75, "4.3.0", b"Return-Path: <a@b>\nDelivered-To: c@d\n", "--mta", "postfix")


@case("closed standard input defers")
def _(spool):
    process = subprocess.Popen(["/bin/sh", "-c", 'exec "$0" --spool "$1" <&-', HOOK, spool.path],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    equal(spool.answer(process).status, 75)
    spool.assert_empty()


@case("the size limit is exact, 69, and counts the mail without the block")
def _(spool):
    for size in (1000, 200000):
        mail = b"x" * (size - 1) + b"\n"
        spool.take(mail, "--max-size", str(size), "--sender", "a@b")
        spool.take(b"Return-Path: <a@b>\n" + mail, "--max-size", str(size))
        spool.refuse(69, "5.2.3", mail + b"\n", "--max-size", str(size))


@case("a mail that is refused is read to its end")
def _(spool):
    huge = b"x" * (3 << 20)
    for options in (["--max-size", "10"], ["--nonsense"], ["--spool", "/nonexistent"], ["--sender", "a\nb"]):
        process = spool.start(*options)
        process.stdin.write(huge)  # a hook that stops reading breaks this pipe
        assert spool.answer(process).status != 0
    spool.assert_empty()


@case("a reader of standard error that is gone changes nothing")
def _(spool):
    process = spool.start("--max-size", "10")
    process.stderr.close()
    process.stderr = None
    process.communicate(MAIL)
    equal(process.returncode, 69)


@case("a file size limit of the caller defers and leaves nothing")
def _(spool):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50000, 50000))
    spool.refuse(75, "4.3.0", b"x" * 60000 + b"\n", preexec_fn=limit)


# --- mails that are cut short ---


def postfix_size(mail):
    """What Postfix counts for a text of short lines: 2 bytes of record header a line, and not its line end."""
    return len(mail) + mail.count(b"\n")


@case("Postfix's size tells a cut mail from a whole one, also from one whose header a milter has shortened")
def _(spool):
    line = b"0123456789abcde\n"
    mail = MAIL + line * 1000
    top = b"Return-Path: <a@b>\nX-Original-To: e@f\nDelivered-To: c@d\n"
    size = postfix_size(mail)
    for given in (mail, top + mail, b"From a@b  Thu\n" + top + mail):
        spool.take(given, "--mta", "postfix", "--size", str(size))
        spool.take(given, "--mta", "postfix", "--size", str(size + 3000))
        for missing in (len(line) * 400, len(line) * 400 + 1, 8 * 1024 + 5, 1500 - 1500 % len(line) + 3):
            spool.refuse(75, "4.3.0", given[:-missing], "--mta", "postfix", "--size", str(size))
    spool.take(mail, "--mta", "postfix", "--size", "0")


@case("Exim's size is exact")
def _(spool):
    added = b"Return-path: <a@b>\nEnvelope-to: c@d\nDelivery-date: Thu\n"
    for given in (MAIL, added + MAIL):
        spool.take(given, "--mta", "exim", env={"MESSAGE_SIZE": str(len(MAIL))})
        spool.refuse(75, "4.3.0", given[:-1], "--mta", "exim", env={"MESSAGE_SIZE": str(len(MAIL))})
    spool.refuse(75, "4.3.5", MAIL, "--mta", "exim", env={"MESSAGE_SIZE": "some"})


def deliver_orphan(spool, mta):
    """A parent that hands over a part of the mail and is killed. Returns the hook's wait status."""
    set_child_subreaper = 36
    ctypes.CDLL(None, use_errno=True).prctl(set_child_subreaper, 1, 0, 0, 0)
    told, tell = os.pipe()
    parent = os.fork()
    if parent == 0:
        process = spool.start("--mta", mta, "--spool", spool.path)
        process.stdin.write(MAIL)
        process.stdin.flush()
        while struct.unpack("i", fcntl.ioctl(process.stdin, termios.FIONREAD, b"\0" * 4))[0]:
            time.sleep(0.01)  # the hook must be at work, or it never had this parent
        os.write(tell, b"%d" % process.pid)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(parent, 0)
    hook = int(os.read(told, 20))
    os.close(told)
    os.close(tell)
    return os.waitstatus_to_exitcode(os.waitpid(hook, 0)[1])


@case("an MTA that dies in the middle leaves no mail; under procmail the parent may be gone by right")
def _(spool):
    for mta in ("postfix", "local", "exim", "opensmtpd", "maildrop", "sendmail"):
        equal(deliver_orphan(spool, mta), 75)
        spool.assert_empty()
    equal(deliver_orphan(spool, "procmail"), 0)
    equal(spool.mails(), [MAIL])


# --- time and signals ---


@case("the hook's own time limit ends in 75, for a sender that is silent and for one that never stops")
def _(spool):
    started = time.monotonic()
    process = spool.start("--timeout", "1")
    process.stdin.write(MAIL)
    process.stdin.flush()
    equal(process.wait(timeout=10), 75)
    process.stdin.close()
    process.stdin = None
    assert spool.answer(process).line.startswith("4.3.0 ")
    with open("/dev/zero", "rb") as zero:
        spool.refuse(75, "4.3.0", None, "--timeout", "1", "--max-size", str(1 << 50), stdin=zero)
        spool.refuse(69, "5.2.3", None, "--timeout", "1", "--max-size", "1000", stdin=zero)
    took = time.monotonic() - started
    assert 2.9 < took < 8, f"{took:.1f} s"
    spool.assert_empty()


@case("a signal that asks to stop ends in 75 and leaves nothing")
def _(spool):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM):
        for size in (100, 300000):  # before and after the file in tmp/ is begun
            process = spool.start()
            process.stdin.write(b"x" * size)
            process.stdin.flush()
            time.sleep(0.05)
            process.send_signal(number)
            process.wait(timeout=10)
            process.stdin.close()
            process.stdin = None
            equal(spool.answer(process).status, 75)
            spool.assert_empty()


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [entry for entry in CASES if only in entry[0]]
    print(f"1..{len(chosen)}")
    failed = 0
    for number, (name, function) in enumerate(chosen, 1):
        spool = Spool()
        try:
            function(spool)
            print(f"ok {number} - {name}", flush=True)
        except Exception as problem:
            failed += 1
            print(f"not ok {number} - {name}\n# {type(problem).__name__}: {str(problem)[:2000]}", flush=True)
        finally:
            spool.remove()
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
