"""What the end-to-end tests share: TAP, folders, programs, participants who reply, and a private Postfix.

Only the standard library of Python 3. A test is a program tests/e2e/test_NAME.py that makes a Tap, checks, and ends
with tap.done(). The programs under test come from the folder KAIRAN_BUILD (default: build/release of this tree). With
KAIRAN_KEEP=1 temporary folders stay for a look.
"""
import atexit
import base64
import collections
import email
import email.policy
import email.utils
import html
import json
import os
import quopri
import re
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import uuid

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TREE, os.environ.get("KAIRAN_BUILD", "build/release"))
DOMAIN = "tc.example.ac.jp"


class Tap:
    """Checks, told as TAP on standard output."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, condition, name, detail=""):
        """One check; `detail` is shown when it fails. Returns whether it passed."""
        self.count += 1
        self.failed += not condition
        print(f"{'ok' if condition else 'not ok'} {self.count} - {name}", flush=True)
        if not condition:
            for line in str(detail).splitlines():
                print(f"#   {line}", flush=True)
        return bool(condition)

    def equal(self, actual, expected, name):
        return self.ok(actual == expected, name, f"expected {expected!r}\ngot      {actual!r}")

    def contains(self, text, part, name):
        return self.ok(part in text, name, f"expected {part!r} in\n{text}")

    def done(self):
        """Prints the plan and ends the program."""
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed or not self.count else 0)


def skip_all(reason):
    """Ends the program as skipped."""
    print(f"1..0 # SKIP {reason}", flush=True)
    sys.exit(0)


def program(name):
    """The path of a program under test; skips the whole test when it is not built."""
    path = os.path.join(BUILD, name)
    if not os.access(path, os.X_OK):
        skip_all(f"{path} is not built")
    return path


def new_folder(mode=0o755):
    """A folder of its own, gone at the end. Other users may pass through, because MTAs deliver as somebody else."""
    path = tempfile.mkdtemp(prefix="kairan-test-")
    os.chmod(path, mode)
    if os.environ.get("KAIRAN_KEEP"):
        print(f"# keeping {path}", flush=True)
    else:
        atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def run(arguments, **options):
    """subprocess.run with both outputs as bytes, and with a time limit: a test never hangs."""
    options.setdefault("timeout", 120)
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **options)


def wait_until(condition, seconds=30):
    """Whether `condition()` became true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


class Kairan:
    """An instance in a folder and the command line to work on it, with the clock stopped at `now`."""

    def __init__(self, folder, now="2026-01-10T13:00:00+09:00"):
        self.folder = folder
        self.now = now

    def run(self, *arguments, input=b"", check=True):
        """kairan COMMAND -C FOLDER …; raises with what it said when it fails, unless `check` is false."""
        command = [program("kairan"), arguments[0], "-C", self.folder, *arguments[1:]]
        done = run(command, input=input, env={**os.environ, "KAIRAN_NOW": self.now, "LC_ALL": "C.UTF-8"})
        if check and done.returncode:
            said = done.stderr.decode("utf-8", "replace")
            raise RuntimeError(f"{' '.join(command)}: status {done.returncode}\n{said}")
        return done

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--json", **options).stdout)

    def set_key(self, key, value):
        """Sets a key that kairan.conf holds, also one that is commented out."""
        path = os.path.join(self.folder, "kairan.conf")
        with open(path, encoding="utf-8") as file:
            text, count = re.subn(rf"(?m)^#?{key} = .*$", lambda _: f"{key} = {value}", file.read())
        if count != 1:
            raise RuntimeError(f"{path} holds {key} {count} times")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def deliver(self, mail):
        """Puts a Mail into the spool as an MTA would."""
        command = [program("kairan-deliver"), "--spool", os.path.join(self.folder, "spool"), "--sender", mail.sender]
        done = run([*command, "--rcpt", mail.recipient], input=mail.bytes)
        if done.returncode:
            raise RuntimeError(f"kairan-deliver: status {done.returncode}: {done.stderr.decode()}")


def make_maildir(path, mode=0o777):
    """A Maildir that every user may deliver into: the tests' MTAs do so under several accounts."""
    for folder in ("", "tmp", "new", "cur"):
        os.makedirs(os.path.join(path, folder), exist_ok=True)
        os.chmod(os.path.join(path, folder), mode)
    return path


Letter = collections.namedtuple("Letter", "path bytes message")


def read_maildir(path):
    """The mails in new/ and cur/, by name, as Letters; `message` is an email.message.EmailMessage."""
    letters = []
    for folder in ("new", "cur"):
        names = os.listdir(os.path.join(path, folder)) if os.path.isdir(os.path.join(path, folder)) else []
        for name in sorted(names):
            with open(os.path.join(path, folder, name), "rb") as file:
                data = file.read()
            message = email.message_from_bytes(data, policy=email.policy.default)
            letters.append(Letter(os.path.join(path, folder, name), data, message))
    return letters


def text_of(message):
    """The text a person would read in a mail that came in."""
    return message.get_body(("plain", "html")).get_content().replace("\r\n", "\n")


# Participants and their mail programs

Mail = collections.namedtuple("Mail", "sender recipient bytes")


def to_iso_2022_jp(text):
    """ISO-2022-JP as Outlook writes it (CP50221): row 13 of CP932 (①, ㈱) and half-width kana included; Python's own
    codec refuses those."""
    output, mode = bytearray(), b"\x1b(B"
    for character in text:
        code = character.encode("cp932", "replace")
        if len(code) == 2:
            wanted = b"\x1b$B"
            lead = (code[0] - (0x71 if code[0] < 0xA0 else 0xB1)) * 2 + 1
            trail = code[1] - (code[1] > 0x7F)
            code = bytes((lead + 1, trail - 0x7D) if trail >= 0x9E else (lead, trail - 0x1F))
        else:
            wanted = b"\x1b(I" if code[0] > 0x7F else b"\x1b(B"
            code = bytes([code[0] & 0x7F])
        output += code if wanted == mode else wanted + code
        mode = wanted
    return bytes(output + (b"" if mode == b"\x1b(B" else b"\x1b(B"))


def encode_text(text, charset):
    if charset == "iso-2022-jp":
        return to_iso_2022_jp(text)
    return text.encode("cp932" if charset == "shift_jis" else charset, "replace")


def encode_header(text, charset):
    if text.isascii():
        return text
    pieces = [text[i:i + 10] for i in range(0, len(text), 10)]
    words = (base64.b64encode(encode_text(piece, charset)).decode() for piece in pieces)
    return "\r\n ".join(f"=?{charset.upper()}?B?{word}?=" for word in words)


def encode_body(text, charset, encoding):
    data = encode_text(text, charset).replace(b"\n", b"\r\n")
    if encoding == "base64":
        return base64.encodebytes(data).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return data


def part_of(text, subtype, charset, encoding):
    fields = f"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return fields.encode() + encode_body(text, charset, encoding)


def quote(lines, mark="> "):
    return [mark + line if line else mark.rstrip() for line in lines]


def edited(lines, edit):
    """`lines` quoted, each passed through `edit`: a text replaces the line, a list adds unquoted lines below it."""
    output = []
    for line in lines:
        result = edit(line) if edit else line
        first, *own = [result] if isinstance(result, str) else result
        output += quote([first]) + own
    return output


def reply_text(style, text, original, edit=None):
    """What a mail program sends when `text` is written into a reply to `original` (an EmailMessage)."""
    lines = text_of(original).rstrip("\n").split("\n")
    name, address = email.utils.parseaddr(str(original["From"]))
    own = text.rstrip("\n").split("\n") if text else []
    if style == "bare":
        output = own
    elif style == "gmail-ja":
        output = own + ["", f"2026年1月10日(土) 13:00 {name} <{address}>:", ""] + edited(lines, edit)
    elif style == "gmail-en":
        output = own + ["", f"On Sat, Jan 10, 2026 at 1:00 PM {name} <{address}> wrote:", ""] + edited(lines, edit)
    elif style == "inline":
        output = [f"{name} さんは書きました:"] + edited(lines, edit) + own
    elif style == "outlook-ja":
        head = ["________________________________", f"差出人: {name} <{address}>",
                "送信日時: 2026年1月10日 13:00",
                f"宛先: {original['To']}", f"件名: {original['Subject']}", ""]
        output = own + [""] + head + [line if not edit else edit(line) for line in lines]
    elif style == "outlook-en":
        head = ["-----Original Message-----", f"From: {name} <{address}>", "Sent: Saturday, January 10, 2026 1:00 PM",
                f"To: {original['To']}", f"Subject: {original['Subject']}", ""]
        output = own + [""] + head + [line if not edit else edit(line) for line in lines]
    elif style == "iphone-ja":
        output = own + ["", "iPhoneから送信", "", f"> 2026/01/10 13:00、{name} <{address}>のメール:", ">"]
        output += edited(lines, edit)
    else:
        raise ValueError(style)
    return "\n".join(output) + "\n"


def to_html(text):
    """A text as the HTML of a webmail: one div a line, quoted lines in a blockquote."""
    output, quoted = [], False
    for line in text.rstrip("\n").split("\n"):
        if line.startswith(">") != quoted:
            quoted = not quoted
            output.append('<blockquote type="cite">' if quoted else "</blockquote>")
        output.append(f"<div>{html.escape(line[1:].lstrip() if quoted else line) or '<br>'}</div>")
    return "<html><body>" + "\n".join(output) + ("</blockquote>" if quoted else "") + "</body></html>\n"


class Participant:
    """Somebody with a mail program. charset: utf-8, iso-2022-jp or shift_jis; form: text, html or both."""

    def __init__(self, name, address, charset="utf-8", encoding="base64", form="text"):
        self.name, self.address, self.charset, self.encoding, self.form = name, address, charset, encoding, form

    def write(self, recipient, subject, text, fields=()):
        """A Mail to `recipient`; `fields` are further header lines as (name, value)."""
        charset = self.charset
        head = [("From", f"{encode_header(self.name, charset)} <{self.address}>"), ("To", recipient),
                ("Subject", encode_header(subject, charset)), ("Date", "Sat, 10 Jan 2026 15:00:00 +0900"),
                ("Message-ID", f"<{uuid.uuid4()}@mua.example>"), ("MIME-Version", "1.0"), *fields]
        head = "".join(f"{name}: {value}\r\n" for name, value in head).encode()
        plain = part_of(text, "plain", charset, self.encoding)
        rich = part_of(to_html(text), "html", charset, self.encoding)
        if self.form == "both":
            body = (b'Content-Type: multipart/alternative; boundary="frontier"\r\n\r\n--frontier\r\n' + plain +
                    b"\r\n--frontier\r\n" + rich + b"\r\n--frontier--\r\n")
        else:
            body = rich if self.form == "html" else plain
        return Mail(self.address, email.utils.parseaddr(recipient)[1], head + body)

    def reply(self, original, text, style="gmail-ja", edit=None):
        """A Mail that answers `original` as a mail program would: To, Subject, thread and quotation."""
        subject = str(original["Subject"])
        subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        own_id = str(original["Message-ID"])
        references = " ".join(filter(None, [str(original["References"] or ""), own_id]))
        recipient = email.utils.parseaddr(str(original["Reply-To"] or original["From"]))[1]
        return self.write(recipient, subject, reply_text(style, text, original, edit),
                          [("In-Reply-To", own_id), ("References", references)])


# A private Postfix

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mx.{domain}
mydestination = local.{domain}
local_recipient_maps =
alias_maps = hash:{folder}/etc/aliases
alias_database = hash:{folder}/etc/aliases
mailbox_command = {mailbox_command}
default_privs = nobody
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_mailbox_base = {folder}/mailboxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
default_transport = error:5.4.4 this instance sends nothing away
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_tls_security_level = none
disable_dns_lookups = yes
smtp_host_lookup = native
queue_run_delay = 1000s
in_flow_delay = 0s
"""

MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n  -  n  1  1  pickup
cleanup   unix  n  -  n  -  0  cleanup
qmgr      unix  n  -  n  1000  1  qmgr
rewrite   unix  -  -  n  -  -  trivial-rewrite
bounce    unix  -  -  n  -  0  bounce
defer     unix  -  -  n  -  0  bounce
trace     unix  -  -  n  -  0  bounce
proxymap  unix  -  -  n  -  -  proxymap
showq     unix  n  -  n  -  -  showq
error     unix  -  -  n  -  -  error
retry     unix  -  -  n  -  -  error
local     unix  -  n  n  -  -  local
virtual   unix  -  n  n  -  -  virtual
anvil     unix  -  -  n  -  1  anvil
postlog   unix-dgram n - n - 1 postlogd
"""


SERVICES = ("poll", "kairan", "note", "survey")


class Postfix:
    """A Postfix of our own below `folder`, on a free port of 127.0.0.1; nothing of the system's is touched.

    Participants are virtual mailboxes NAME@tc.example.ac.jp below folder/mailboxes/NAME; the SERVICES go to the hook,
    at tc.example.ac.jp through pipe(8) and at local.tc.example.ac.jp through aliases, as mta-hooks/postfix/ says.
    Options: spool, hook, mailbox_command, and aliases, which are further lines for local.tc.example.ac.jp; in the last
    two {folder} becomes the folder.
    """

    def __init__(self, participants=("taro", "hanako"), **options):
        for path in ("/usr/sbin/postfix", "/usr/lib/postfix/sbin/master"):
            if not os.access(path, os.X_OK):
                skip_all("Postfix is not installed")
        if os.geteuid() != 0:
            skip_all("a private Postfix needs root")
        self.folder = new_folder()
        self.spool = make_maildir(options.get("spool") or os.path.join(self.folder, "spool"))
        self.hook = options.get("hook") or self.install(program("kairan-deliver"))
        self.port = self.free_port()
        self.environment = {**os.environ, "MAIL_CONFIG": os.path.join(self.folder, "etc")}
        self.running = False
        for name in ("etc", "queue", "data", "mailboxes"):
            os.makedirs(os.path.join(self.folder, name))
        shutil.chown(os.path.join(self.folder, "data"), "postfix")
        shutil.chown(os.path.join(self.folder, "mailboxes"), 65534, 65534)
        mailbox_command = options.get("mailbox_command", "/bin/false").format(folder=self.folder)
        settings = MAIN_CF.format(folder=self.folder, domain=DOMAIN, mailbox_command=mailbox_command)
        self.write("etc/main.cf", settings + self.shipped("postfix/main.cf"))
        self.write_master(self.hook)
        mailboxes = "".join(f"{name}@{DOMAIN} {name}/\n" for name in (*participants, *SERVICES, "postmaster"))
        self.write("etc/mailboxes", mailboxes)
        aliases = options.get("aliases", "").format(folder=self.folder)
        self.write("etc/aliases", "postmaster: root\n" + self.shipped("postfix/aliases") + aliases)
        self.command("postalias", "hash:" + os.path.join(self.folder, "etc/aliases"))

    @staticmethod
    def free_port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def install(self, path):
        """A copy of a program at a place that every account can reach."""
        copy = os.path.join(self.folder, os.path.basename(path))
        shutil.copy(path, copy)
        os.chmod(copy, 0o755)
        return copy

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def shipped(self, name, hook=None):
        """A file of mta-hooks/ with our own program, spool, account and domain in place of the installed ones."""
        with open(os.path.join(TREE, "mta-hooks", name), encoding="utf-8") as file:
            text = file.read()
        text = text.replace("/usr/lib/kairan/kairan-deliver", f"{hook or self.hook} --spool {self.spool}")
        return text.replace("user=kairan", "user=nobody").replace("example.org", DOMAIN)

    def write_master(self, hook):
        self.write("etc/master.cf", MASTER_CF.format(port=self.port) + self.shipped("postfix/master.cf", hook))

    def use_hook(self, hook):
        """Lets pipe(8) call another program from now on."""
        self.write_master(hook)
        self.command("postfix", "reload")
        time.sleep(0.5)

    def command(self, *arguments, **options):
        return run([os.path.join("/usr/sbin", arguments[0]), *arguments[1:]], env=self.environment, **options)

    def start(self):
        done = self.command("postfix", "start")
        self.running = True
        atexit.register(self.stop)
        if not wait_until(self.answers):
            raise RuntimeError(f"Postfix does not start\n{done.stderr.decode()}\n{self.log()}")
        return self

    def answers(self):
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as client:
                return client.noop()[0] == 250
        except OSError:
            return False

    def stop(self):
        if self.running:
            self.command("postfix", "stop")
            self.running = False

    def log(self):
        try:
            with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def submit(self, sender, recipients, data):
        """One mail by SMTP to one or more recipients."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.sendmail(sender, recipients, data)

    def send(self, mail):
        self.submit(mail.sender, [mail.recipient], mail.bytes)

    def queue(self):
        """The queued mails as postqueue -j tells them."""
        done = self.command("postqueue", "-j")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def flush(self):
        self.command("postqueue", "-f")

    def wait_until_empty(self, seconds=60):
        return wait_until(lambda: not self.queue(), seconds)

    def wait_until_deferred(self, seconds=60):
        """Until what is left in the queue waits for another try."""
        return wait_until(lambda: all(entry["queue_name"] == "deferred" for entry in self.queue()), seconds)

    def mailbox(self, name):
        """A participant's mails."""
        return read_maildir(os.path.join(self.folder, "mailboxes", name))

    def spooled(self):
        return read_maildir(self.spool)

    def clear_spool(self):
        for letter in self.spooled():
            os.unlink(letter.path)
