#!/usr/bin/python3
"""kairan outbox: what waits for the MTA or was refused is listed, tried again and given up, and what was sent stays sent."""
import os
import re

import kairan_test as kt
from kairan_test import DOMAIN, Participant, Tap, encode_header
from poll_test import DATES_JA, POLL, Center

YAMADA = Participant("山田 太郎", f"yamada@{DOMAIN}")
SATO = Participant("佐藤 花子", f"sato@{DOMAIN}")
SUZUKI = Participant("鈴木 一郎", f"suzuki@{DOMAIN}")
NOBODY_LISTENS = "smtp://127.0.0.1:1"


def waiting(center):
    return {mail["recipient"]: mail for mail in center.json("outbox", "list")["mails"]}


def recipients(mails):
    return sorted(mail["To"].addresses[0].addr_spec for mail in mails)


def main():
    tap = Tap()
    center = Center()
    tap.contains(center.run("outbox", "list").stdout.decode(), "No mail waits", "an empty outbox says so")
    copies = ", ".join(f"{encode_header(who.name, 'utf-8')} <{who.address}>" for who in (SATO, SUZUKI))
    [preview] = center.take(YAMADA.write(POLL, "定例会", f"{DATES_JA}締切: 12/25 17:00\n", [("Cc", copies)]))
    with open(os.path.join(center.folder, "kairan.conf"), encoding="utf-8") as file:
        maildir = re.search(r"(?m)^transport = (.*)$", file.read())[1]
    center.set_key("transport", NOBODY_LISTENS)
    tap.equal(center.take(YAMADA.reply(preview, "はい")), [], "while the MTA is away, nothing goes out")
    mails = waiting(center)
    tap.equal(sorted(mails), sorted(who.address for who in (YAMADA, SATO, SUZUKI)), "the list holds every mail that waits")
    tap.equal({mail["state"] for mail in mails.values()}, {"due"}, "they are due")
    tap.equal([mail["attempts"] for mail in mails.values()], [1, 1, 1], "they were tried once")
    tap.ok(all(mail["reply"] for mail in mails.values()), "the reason is told", mails)
    said = center.run("outbox", "list").stdout.decode()
    tap.ok(all(address in said for address in mails), "in a terminal, too", said)
    number = {address: str(mail["id"]) for address, mail in mails.items()}
    wrong = center.run("outbox", "drop", number[SATO.address], "99999", check=False)
    tap.equal((wrong.returncode, len(waiting(center))), (1, 3), "with a number that is none, nothing is given up")
    tap.contains(wrong.stderr.decode(), "99999", "and the number is named")
    tap.equal(center.run("outbox", "drop", check=False).returncode, 2, "drop wants a number")
    tap.equal(center.run("outbox", "retry", "1x", check=False).returncode, 1, "1x is no number")
    center.run("outbox", "drop", number[SUZUKI.address])
    tap.equal(sorted(waiting(center)), sorted((YAMADA.address, SATO.address)), "a dropped mail waits no more")
    center.set_key("transport", maildir)
    center.run("post")
    tap.equal(center.new_mails(), [], "the MTA is back: a mail that was put off still waits for its time")
    center.run("outbox", "retry", number[SATO.address])
    center.run("post")
    tap.equal(recipients(center.new_mails()), [SATO.address], "retry sends it with the next post")
    tap.equal(center.run("outbox", "retry", number[SATO.address], check=False).returncode, 1, "what was sent is not sent again")
    tap.equal(center.run("outbox", "retry", number[SUZUKI.address], check=False).returncode, 1, "nor what was dropped")
    center.now = "2025-12-18T18:00:00+09:00"
    center.run("process")
    tap.equal(recipients(center.new_mails()), [YAMADA.address], "the rest goes out in its own time, the dropped one never")
    tap.equal(center.json("status")["outbox"], {"due": 0, "refused": 0, "sent": 3}, "status counts what was sent")
    tap.done()


main()
