#!/usr/bin/python3
"""The ways between Postfix and Kairan, with the real Postfix: into the spool by pipe(8), alias and procmail; refusals
and deferrals of the hook; and out by SMTP and by the sendmail program."""
import json
import os
import socket
import struct
import subprocess
import threading

from kairan_test import DOMAIN, Participant, Postfix, Tap, new_folder, program, run, skip_all, text_of, wait_until

TARO = Participant("山田 太郎", f"taro@{DOMAIN}", charset="iso-2022-jp", encoding="7bit")
OWN = f"kairan+bounce-k7q2-13@{DOMAIN}"

ALIASES = """\
other: "|{folder}/other-hook"
"""

def envelope_of(letter):
    """The lines that the hook put on top, as a dictionary."""
    lines = letter.bytes.decode("utf-8", "surrogateescape").split("\n")
    names = ("Return-Path", "Delivered-To", "X-Original-To", "X-Kairan-Queue-ID")
    pairs = [line.split(": ", 1) for line in lines[:4] if ": " in line]
    return {name: value for name, value in pairs if name in names}


# In: from Postfix to the spool

def one_mail_lands_once(tap, postfix):
    mail = TARO.write(f"poll+k7q2-abcdefghijklmnop@{DOMAIN}", "Re: 日程", "○ ○ ×\n.\nFrom 山田\n")
    postfix.send(mail)
    tap.ok(postfix.wait_until_empty(), "pipe(8): the queue becomes empty", postfix.log())
    spooled = postfix.spooled()
    if tap.equal(len(spooled), 1, "pipe(8): one mail, one file"):
        envelope = envelope_of(spooled[0])
        tap.equal(envelope.get("Return-Path"), f"<{TARO.address}>", "pipe(8): Return-Path")
        tap.equal(envelope.get("Delivered-To"), mail.recipient, "pipe(8): Delivered-To keeps the extension")
        tap.equal(envelope.get("X-Original-To"), mail.recipient, "pipe(8): X-Original-To")
        tap.ok(envelope.get("X-Kairan-Queue-ID", "-") + ":" in postfix.log(), "pipe(8): the queue id is Postfix's")
        tap.equal(text_of(spooled[0].message), "○ ○ ×\n.\nFrom 山田\n", "pipe(8): the text is unchanged")
    postfix.clear_spool()


def large_mail_is_whole(tap, postfix):
    text = "".join(f"{number:09}\n" for number in range(150000))
    postfix.send(TARO.write(f"poll@{DOMAIN}", "1.5 MB", text))
    postfix.wait_until_empty()
    spooled = postfix.spooled()
    if tap.equal(len(spooled), 1, "1.5 MB: one file"):
        tap.ok(text_of(spooled[0].message) == text, "1.5 MB: every byte")
    postfix.clear_spool()


def null_sender_stays_null(tap, postfix):
    postfix.submit("", [f"kairan+bounce-k7q2-13@{DOMAIN}"], b"Subject: Undelivered\r\n\r\nx\r\n")
    postfix.wait_until_empty()
    spooled = postfix.spooled()
    if tap.equal(len(spooled), 1, "null sender: one file"):
        tap.equal(envelope_of(spooled[0]).get("Return-Path"), "<>", "null sender: Return-Path: <>")
    postfix.clear_spool()


def two_recipients_give_two_files(tap, postfix):
    recipients = [f"poll+k7q2@{DOMAIN}", f"kairan@{DOMAIN}"]
    postfix.submit(TARO.address, recipients, TARO.write(recipients[0], "both", "x\n").bytes)
    postfix.wait_until_empty()
    envelopes = [envelope_of(letter) for letter in postfix.spooled()]
    tap.equal(sorted(one["Delivered-To"] for one in envelopes), sorted(recipients), "two recipients: two files")
    tap.equal(len({one["X-Kairan-Queue-ID"] for one in envelopes}), 1, "two recipients: one queue id")
    postfix.clear_spool()


def many_mails_arrive(tap, postfix):
    count = 60
    for number in range(count):
        postfix.send(TARO.write(f"poll+k7q2-{number}@{DOMAIN}", f"number {number}", "x\n"))
    tap.ok(postfix.wait_until_empty(120), f"{count} mails: the queue becomes empty")
    subjects = sorted(str(letter.message["Subject"]) for letter in postfix.spooled())
    tap.equal(subjects, sorted(f"number {number}" for number in range(count)), f"{count} mails: each exactly once")
    postfix.clear_spool()


def alias_and_procmail_deliver(tap, postfix):
    for name, recipient in (("alias", f"poll+k7q2@local.{DOMAIN}"), ("procmail", f"daemon+k7q2@local.{DOMAIN}")):
        postfix.send(TARO.write(recipient, name, "○\n"))
        tap.ok(postfix.wait_until_empty(), f"{name}: the queue becomes empty", postfix.log())
        spooled = postfix.spooled()
        if tap.equal(len(spooled), 1, f"{name}: one mail, one file"):
            envelope = envelope_of(spooled[0])
            tap.equal(envelope.get("Return-Path"), f"<{TARO.address}>", f"{name}: Return-Path")
            tap.equal(envelope.get("Delivered-To"), recipient, f"{name}: Delivered-To keeps the extension")
            tap.ok(not spooled[0].bytes.startswith(b"From "), f"{name}: no From_ line")
            text = text_of(spooled[0].message)
            tap.equal(text.rstrip("\n"), "○", f"{name}: the text is unchanged (procmail adds an empty line)")
        postfix.clear_spool()


WAYS = {"pipe(8)": f"poll@{DOMAIN}", "alias": f"other@local.{DOMAIN}", "procmail": f"daemon@local.{DOMAIN}"}


def use_script(postfix, script):
    """Puts a shell script in the hook's place on all three ways."""
    hook = postfix.write("other-hook", "#!/bin/sh\n" + script, 0o755)
    postfix.write("procmailrc", postfix.shipped("procmail/procmailrc", hook))
    postfix.use_hook(hook)


def use_real_hook(postfix, options=""):
    use_script(postfix, f'exec {postfix.hook} --spool {postfix.spool} "$@" {options}\n')


def bounces_of(postfix):
    """The bounces that taro found in the mailbox, oldest first, as text."""
    letters = postfix.mailbox("taro")
    return [letter.bytes.decode("utf-8", "replace") for letter in letters if b"multipart/report" in letter.bytes]


def clear_mailbox(postfix):
    for letter in postfix.mailbox("taro"):
        os.unlink(letter.path)


def refusals_bounce_with_our_text(tap, postfix):
    for status, sentence in ((69, "5.2.3 this mail is too large for a poll"), (77, "5.7.1 this poll is not yours")):
        use_script(postfix, f"cat >/dev/null\necho '{sentence}' >&2\nexit {status}\n")
        for way, recipient in WAYS.items():
            clear_mailbox(postfix)
            postfix.send(TARO.write(recipient, "refuse me", "x\n"))
            tap.ok(postfix.wait_until_empty(), f"{way}, status {status}: nothing stays in the queue")
            if tap.ok(wait_until(lambda: bounces_of(postfix)), f"{way}, status {status}: it bounces", postfix.log()):
                bounce = " ".join(bounces_of(postfix)[0].split())
                tap.contains(bounce, sentence[6:], f"{way}, status {status}: the bounce has our sentence")
                tap.contains(bounce, f"Status: {sentence[:5]}", f"{way}, status {status}: the bounce has our code")
    clear_mailbox(postfix)
    tap.equal(postfix.spooled(), [], "refused mail is not in the spool")


def real_hook_refuses_what_is_too_large(tap, postfix):
    use_real_hook(postfix, "--max-size 5000")
    postfix.send(TARO.write(f"poll@{DOMAIN}", "large", ("x" * 70 + "\n") * 10000))
    tap.ok(wait_until(lambda: bounces_of(postfix)), "too large for the real hook: it bounces", postfix.log())
    bounce = " ".join("".join(bounces_of(postfix)).split())
    tap.contains(bounce, "Status: 5.2.3", "too large for the real hook: the bounce says so")
    tap.equal(postfix.spooled(), [], "too large for the real hook: nothing in the spool")
    clear_mailbox(postfix)


def all_defer_and_come_later(tap, postfix, name, repair):
    """On all three ways: mail waits while the hook is unwell, nobody hears of it, and it is taken once afterwards."""
    for way, recipient in WAYS.items():
        postfix.send(TARO.write(recipient, way, "x\n"))
    deferred = wait_until(lambda: [entry["queue_name"] for entry in postfix.queue()] == ["deferred"] * len(WAYS), 20)
    tap.ok(deferred, f"{name}: pipe(8), alias and procmail defer", postfix.log())
    tap.equal(postfix.spooled(), [], f"{name}: nothing in the spool")
    repair()
    postfix.flush()
    tap.ok(postfix.wait_until_empty(), f"{name}: the queue becomes empty after postqueue -f", postfix.log())
    subjects = sorted(str(letter.message["Subject"]) for letter in postfix.spooled())
    tap.equal(subjects, sorted(WAYS), f"{name}: each is once in the spool")
    tap.equal(bounces_of(postfix), [], f"{name}: nobody got a bounce")
    postfix.clear_spool()


def an_unwell_hook_defers(tap, postfix):
    scripts = {"status 75": "cat >/dev/null\necho '4.3.0 the disk is full' >&2\nexit 75\n",
               "killed at once": "kill -9 $$\n", "killed later": "cat >/dev/null\nkill -11 $$\n"}
    for name, script in scripts.items():
        use_script(postfix, script)
        all_defer_and_come_later(tap, postfix, name, lambda: use_real_hook(postfix))


def missing_spool_defers(tap, postfix):
    away = postfix.spool + ".away"
    os.rename(postfix.spool, away)
    all_defer_and_come_later(tap, postfix, "no spool", lambda: os.rename(away, postfix.spool))


def missing_hook_defers(tap, postfix):
    hook = os.path.join(postfix.folder, "other-hook")
    os.rename(hook, hook + ".away")
    all_defer_and_come_later(tap, postfix, "no hook", lambda: os.rename(hook + ".away", hook))


# Out: from Kairan to Postfix

class SenderHelper:
    """kairan-sender and the two frames a mail."""

    def __init__(self):
        self.process = subprocess.Popen([program("kairan-sender")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, "all_proxy": "http://127.0.0.1:1"})

    def frame(self, data):
        self.process.stdin.write(struct.pack(">I", len(data)) + data)

    def send(self, port, recipient, data, sender=OWN):
        request = {"url": f"smtp://127.0.0.1:{port}", "hostname": f"client.{DOMAIN}", "from": sender, "to": recipient}
        self.frame(json.dumps(request).encode())
        self.frame(data)
        self.process.stdin.flush()
        length = struct.unpack(">I", self.process.stdout.read(4))[0]
        answer = json.loads(self.process.stdout.read(length))
        return answer["outcome"], answer["reply"]

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(timeout=10)


def make_mail(subject="out", text="x\r\n"):
    fields = (f"From: kairan@{DOMAIN}", f"To: taro@{DOMAIN}", f"Subject: {subject}",
              f"Message-ID: <{subject}@{DOMAIN}>")
    return ("".join(field + "\r\n" for field in fields) + "\r\n" + text).encode()


def sender_speaks_to_postfix(tap, postfix):
    helper = SenderHelper()
    clear_mailbox(postfix)
    before = postfix.log().count("connect from")
    text = ".\r\n..\r\nFrom here\r\n" + "x" * 900 + "\r\n"
    outcome, reply = helper.send(postfix.port, TARO.address, make_mail("first", text))
    tap.equal(outcome, "accepted", "SMTP: accepted")
    tap.ok(reply.startswith("250 2.0.0 Ok: queued as "), "SMTP: the reply has the queue id", reply)
    tap.equal(helper.send(postfix.port, TARO.address, make_mail("second"), "")[0], "accepted", "SMTP: null sender")
    postfix.wait_until_empty()
    letters = {str(letter.message["Subject"]): letter for letter in postfix.mailbox("taro")}
    tap.equal(sorted(letters), ["first", "second"], "SMTP: both are in the mailbox")
    tap.equal(text_of(letters["first"].message), text.replace("\r\n", "\n"), "SMTP: dots and long lines arrive")
    tap.ok(letters["first"].bytes.startswith(f"Return-Path: <{OWN}>".encode()), "SMTP: the envelope sender arrives")
    tap.ok(letters["second"].bytes.startswith(b"Return-Path: <>"), "SMTP: the null sender arrives")
    tap.contains(letters["first"].bytes.decode(), f"from client.{DOMAIN}", "SMTP: the EHLO name is ours")
    tap.equal(postfix.log().count("connect from") - before, 1, "SMTP: one connection for both")
    outcome, reply = helper.send(postfix.port, f"nobody-here@{DOMAIN}", make_mail())
    tap.equal(outcome, "refused", "SMTP: an unknown user is refused")
    tap.ok(reply.startswith("550 5.1.1"), "SMTP: with the server's words", reply)
    tap.equal(helper.send(postfix.port, TARO.address, make_mail("third"))[0], "accepted", "SMTP: the next is accepted")
    postfix.stop()
    outcome, reply = helper.send(postfix.port, TARO.address, make_mail("fourth"))
    tap.equal(outcome, "later", "SMTP: later when the server is gone")
    tap.ok(reply, "SMTP: with a reason", reply)
    postfix.start()
    tap.equal(helper.send(postfix.port, TARO.address, make_mail("fifth"))[0], "accepted", "SMTP: accepted again")
    tap.equal(helper.close(), 0, "SMTP: the helper ends with its input")
    postfix.wait_until_empty()


class ScriptedServer:
    """An SMTP server that answers commands as told: replies = {"MAIL": "550 no", …}; counts connections."""

    def __init__(self, greeting="220 scripted ESMTP", drop_after=None, **replies):
        self.greeting, self.replies, self.drop_after = greeting, replies, drop_after
        self.connections, self.mails = 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            with connection, connection.makefile("rwb") as stream:
                try:
                    self.talk(stream)
                except OSError:
                    continue

    def say(self, stream, line):
        stream.write(line.encode() + b"\r\n")
        stream.flush()

    def talk(self, stream):
        self.say(stream, self.greeting)
        for line in stream:
            verb = line.split()[0].decode().upper() if line.split() else ""
            usual = {"DATA": "354 go on", "QUIT": "221 bye"}
            self.say(stream, self.replies.get(verb, usual.get(verb, "250 fine")))
            if verb == "QUIT":
                return
            if verb == "DATA" and "DATA" not in self.replies:
                while stream.readline() not in (b".\r\n", b""):
                    continue
                self.mails += 1
                self.say(stream, self.replies.get("END", "250 2.0.0 taken"))
                if self.drop_after == self.mails:
                    return


def sender_judges_every_stage(tap):
    stages = [
        ("greeting 554", {"greeting": "554 5.7.1 not you"}, "later", ""),
        ("EHLO and HELO 550", {"EHLO": "550 no", "HELO": "550 no"}, "later", ""),
        ("MAIL 451", {"MAIL": "451 4.3.0 busy"}, "later", "451 4.3.0 busy"),
        ("MAIL 553", {"MAIL": "553 5.1.8 bad sender"}, "refused", "553 5.1.8 bad sender"),
        ("RCPT 450", {"RCPT": "450 4.2.0 greylisted"}, "later", "450 4.2.0 greylisted"),
        ("RCPT 550", {"RCPT": "550 5.1.1 who?"}, "refused", "550 5.1.1 who?"),
        ("DATA 421", {"DATA": "421 4.3.2 closing"}, "later", "421 4.3.2 closing"),
        ("DATA 554", {"DATA": "554 5.5.1 no"}, "refused", "554 5.5.1 no"),
        ("text 452", {"END": "452 4.3.1 disk full"}, "later", "452 4.3.1 disk full"),
        ("text 552", {"END": "552 5.3.4 too large"}, "refused", "552 5.3.4 too large"),
        ("text 250", {}, "accepted", "250 2.0.0 taken"),
        ("reply with raw bytes", {"END": "250 \u00e9 \u65e5"}, "accepted", "250 ?? ???"),
    ]
    for name, script, expected, words in stages:
        helper, server = SenderHelper(), ScriptedServer(**script)
        outcome, reply = helper.send(server.port, TARO.address, make_mail())
        tap.equal(outcome, expected, f"{name}: {expected}")
        tap.ok(words in reply and reply, f"{name}: the reason is told", reply)
        tap.equal(helper.send(server.port, TARO.address, make_mail())[0], expected, f"{name}: and so for the next mail")
        helper.close()
        server.listener.close()


def sender_survives_a_dropped_connection(tap):
    helper, server = SenderHelper(), ScriptedServer(drop_after=1)
    outcomes = [helper.send(server.port, TARO.address, make_mail(f"n{number}"))[0] for number in range(3)]
    tap.equal(outcomes, ["accepted"] * 3, "a dropped connection: every mail is accepted")
    tap.equal((server.mails, server.connections >= 2), (3, True), "a dropped connection: each mail once")
    helper.close()
    server.listener.close()


def send(transport, recipient, data, sender=OWN, environment=None, name="outbox-1"):
    """The whole way through mail/send, by the unit test program's other role."""
    command = [program("tests/unit/test_mail_send"), "--send", transport, sender, recipient, name]
    done = run(command, input=data, env={**os.environ, **(environment or {})})
    return done.stdout.decode().strip()


def mail_send_uses_the_transports(tap, postfix):
    clear_mailbox(postfix)
    said = send(f"smtp://127.0.0.1:{postfix.port}", TARO.address, make_mail("by-smtp"))
    tap.contains(said, "accepted 250 2.0.0 Ok: queued as", "mail/send by SMTP: accepted")
    said = send(f"smtp://127.0.0.1:{postfix.port}", f"no-one@{DOMAIN}", make_mail())
    tap.contains(said, "refused 550 5.1.1", "mail/send by SMTP: refused")
    tap.contains(send(f"smtp://127.0.0.1:{Postfix.free_port()}", TARO.address, make_mail()), "later ",
                 "mail/send by SMTP: later without a server")
    sendmail = "sendmail:/usr/sbin/sendmail"
    own = {"MAIL_CONFIG": postfix.environment["MAIL_CONFIG"]}
    text = ".\r\n..\r\nFrom here\r\n"
    tap.contains(send(sendmail, TARO.address, make_mail("by-sendmail", text), environment=own), "accepted",
                 "mail/send by sendmail: accepted")
    tap.contains(send(sendmail, TARO.address, make_mail("null"), "", own), "accepted",
                 "mail/send by sendmail: null sender accepted")
    tap.contains(send(sendmail, f"-oMt@{DOMAIN}", make_mail("dash"), "", own), "accepted",
                 "mail/send by sendmail: a recipient that looks like an option is none")
    large = make_mail("large", ("x" * 70 + "\r\n") * 110000)
    tap.contains(send(sendmail, TARO.address, large, environment={"MAIL_CONFIG": small_limit(postfix)}),
                 "later sendmail: fatal", "mail/send by sendmail: too large, which Postfix calls temporary")
    tap.ok(wait_until(lambda: len(postfix.mailbox("taro")) == 3), "all three are in the mailbox", postfix.log())
    letters = {str(letter.message["Subject"]): letter for letter in postfix.mailbox("taro")}
    tap.equal(sorted(letters), ["by-sendmail", "by-smtp", "null"], "and no other")
    tap.equal(text_of(letters["by-sendmail"].message), text.replace("\r\n", "\n"), "sendmail: the text is unchanged")
    tap.ok(letters["null"].bytes.startswith(b"Return-Path: <>"), "sendmail: the null sender is null")
    tap.ok(letters["by-sendmail"].bytes.startswith(f"Return-Path: <{OWN}>".encode()), "sendmail: VERP sender arrives")
    broken = {"MAIL_CONFIG": new_folder()}
    tap.contains(send(sendmail, TARO.address, make_mail(), environment=broken), "later",
                 "mail/send by sendmail: later when Postfix has no configuration")


def small_limit(postfix):
    """The same instance with a message_size_limit below our largest mail, for the submitting side."""
    folder = new_folder()
    with open(os.path.join(postfix.folder, "etc/main.cf"), encoding="utf-8") as file:
        text = file.read()
    for name in ("main.cf", "master.cf"):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text + "message_size_limit = 1000000\n" if name == "main.cf" else "")
    return folder


def main():
    tap = Tap()
    if not os.access("/usr/bin/procmail", os.X_OK):
        skip_all("procmail is not installed")
    command = '/usr/bin/procmail -p -a "$EXTENSION" {folder}/procmailrc'
    postfix = Postfix(mailbox_command=command, aliases=ALIASES)
    postfix.write("procmailrc", postfix.shipped("procmail/procmailrc"))
    postfix.start()
    one_mail_lands_once(tap, postfix)
    large_mail_is_whole(tap, postfix)
    null_sender_stays_null(tap, postfix)
    two_recipients_give_two_files(tap, postfix)
    many_mails_arrive(tap, postfix)
    alias_and_procmail_deliver(tap, postfix)
    refusals_bounce_with_our_text(tap, postfix)
    real_hook_refuses_what_is_too_large(tap, postfix)
    an_unwell_hook_defers(tap, postfix)
    missing_spool_defers(tap, postfix)
    missing_hook_defers(tap, postfix)
    sender_judges_every_stage(tap)
    sender_survives_a_dropped_connection(tap)
    sender_speaks_to_postfix(tap, postfix)
    mail_send_uses_the_transports(tap, postfix)
    tap.done()


main()
