#!/usr/bin/python3
"""A Postfix delivery agent that dies in the middle of a mail: the hook sees a clean end of file, and must not take the
part for the whole. Postfix delivers again, so in the end there is exactly one mail, whole. And a mail whose header a
milter has shortened, so that Postfix announces more than comes, is taken."""
import os
import signal
import socket
import struct
import threading
import time

from kairan_test import DOMAIN, Postfix, Tap, wait_until

TEXT = "".join(f"{number:09}\n" for number in range(150000))
MAIL = f"Subject: 1.5 MB\r\n\r\n{TEXT}".replace("\n", "\r\n").replace("\r\r", "\r").encode()

# Tells which delivery agent called it, and begins to read only when the test says so.
HOOK = """#!/bin/sh
[ -e {folder}/go ] && exec {hook} --spool {spool} "$@"
echo $PPID > {folder}/agent.new && mv {folder}/agent.new {folder}/agent
until [ -e {folder}/go ]; do sleep 0.05; done
exec {hook} --spool {spool} "$@"
"""


def spooled_texts(postfix):
    return [letter.bytes.split(b"\n\n", 1)[1].decode() for letter in postfix.spooled()]


def agent_dies(tap, postfix, way, recipient, when):
    """`when`: "early", the hook has begun and the agent is stopped in the middle of the mail before it is killed; "late",
    the agent is dead before the hook begins, so that only the announced size can tell."""
    title = f"{way}, hook begun {when}"
    agent, go = (os.path.join(postfix.folder, name) for name in ("agent", "go"))
    postfix.submit(f"taro@{DOMAIN}", [recipient], MAIL)
    tap.ok(wait_until(lambda: os.path.exists(agent)), f"{title}: the agent has called it", postfix.log())
    with open(agent, encoding="ascii") as file:
        process = int(file.read())
    os.unlink(agent)
    os.kill(process, signal.SIGSTOP if when == "early" else signal.SIGKILL)
    with open(go, "w", encoding="ascii"):
        time.sleep(0.5)  # the hook begins, and reads what the pipe holds
    if when == "early":
        os.kill(process, signal.SIGKILL)
        time.sleep(0.5)
    tap.equal(len(postfix.spooled()), 0, f"{title}: the part is not taken")

    def comes_again():
        postfix.flush()
        return wait_until(lambda: not postfix.queue(), 1)

    tap.ok(wait_until(comes_again, 60), f"{title}: Postfix delivers again", postfix.log())
    tap.ok(spooled_texts(postfix) == [TEXT], f"{title}: one mail, every byte")
    tap.equal(os.listdir(os.path.join(postfix.spool, "tmp")), [], f"{title}: tmp/ is empty")
    postfix.clear_spool()
    os.unlink(go)


class Milter:
    """Takes the field X-Spam-Report out of every mail (Sendmail's milter protocol, version 6)."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen()
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        stream = connection.makefile("rb")
        while len(head := stream.read(4)) == 4:
            command = stream.read(struct.unpack(">I", head)[0])[:1]
            for answer in self.answers(command):
                connection.sendall(struct.pack(">I", len(answer)) + answer)

    @staticmethod
    def answers(command):
        if command == b"O":  # negotiate: version, changing headers is wanted, every event is
            return [b"O" + struct.pack(">III", 6, 0x10, 0)]
        if command == b"E":  # end of the mail: the first field of that name becomes empty, that is, goes away
            return [b"m" + struct.pack(">I", 1) + b"X-Spam-Report\0\0", b"c"]
        return [] if command in (b"D", b"A", b"Q") else [b"c"]


def shortened_header_is_taken(tap, postfix):
    report = "X-Spam-Report: " + "x" * 900 + "\r\n"
    postfix.submit(f"taro@{DOMAIN}", [f"poll@{DOMAIN}"], f"{report}Subject: x\r\n\r\nhi\r\n".encode())
    tap.ok(postfix.wait_until_empty(), "milter: the mail does not stay in the queue", postfix.log())
    spooled = postfix.spooled()
    if tap.equal(len(spooled), 1, "milter: one mail, one file"):
        tap.ok(b"X-Spam-Report" not in spooled[0].bytes, "milter: it has taken the field out")
    postfix.clear_spool()


def main():
    tap = Tap()
    milter = Milter()
    postfix = Postfix(aliases='struck: "|{folder}/struck-hook --mta local"\n')
    os.chmod(postfix.folder, 0o777)  # the hook runs as nobody and leaves its marks here
    settings = os.path.join(postfix.folder, "etc/main.cf")
    with open(settings, "a", encoding="utf-8") as file:
        file.write(f"smtpd_milters = inet:127.0.0.1:{milter.port}\n")
        file.write("service_throttle_time = 1s\ntransport_retry_time = 1s\n")  # for a dead agent: a minute otherwise
    postfix.start()
    shortened_header_is_taken(tap, postfix)
    hook = HOOK.format(folder=postfix.folder, hook=postfix.hook, spool=postfix.spool)
    postfix.use_hook(postfix.write("struck-hook", hook, 0o755))
    agent_dies(tap, postfix, "pipe(8)", f"poll@{DOMAIN}", "early")
    agent_dies(tap, postfix, "pipe(8)", f"poll@{DOMAIN}", "late")
    agent_dies(tap, postfix, "alias", f"struck@local.{DOMAIN}", "early")  # it announces no size: late cannot be told
    tap.done()


if __name__ == "__main__":
    main()
