#!/usr/bin/python3
"""What becomes of a mail: whose answer it is, what is never answered, what happens once only, and that one bad mail
stops no other. KAIRAN_SANITIZE: yes"""
import email.utils
import os

from kairan_test import DOMAIN, Mail, Participant, Tap, to_html
from poll_people import JAPANESE, STRANGER
from poll_test import DATES_JA, LATE, OPENED, POLL, Center, address_of, bounce_of, with_fields

YAMADA = JAPANESE.organiser
SATO, SUZUKI, TANAKA = JAPANESE.asked
ITO = JAPANESE.other


def opened(settings="", **circles):
    """A center with one open poll, and its ballots."""
    center = Center(settings, circles)
    return center, center.open(YAMADA, JAPANESE.asked)


def subjects(mails):
    return [f"{address_of(mail)} {mail['Subject']}" for mail in mails]


def is_ack(mails, address):
    return [address_of(mail) for mail in mails] == [address] and str(mails[0]["Subject"]).startswith("受け付けました")


# Whose answer it is

def own_address_counts(tap):
    center, ballots = opened()
    mails = center.take(SATO.reply(ballots[SATO.address], "○×△"))
    tap.ok(is_ack(mails, SATO.address), "token and own address: one acknowledgement", subjects(mails))
    tap.equal(center.marks(SATO.name), "○×△", "token and own address: recorded")
    shouting = Participant(SATO.name, SATO.address.upper())
    center.take(shouting.reply(ballots[SATO.address], "×××"))
    tap.equal(center.marks(SATO.name), "×××", "the case of an address does not matter")
    plain = Participant(SUZUKI.name, SUZUKI.address).write(POLL, "Re: 日程", f"{center.codes()[0]} ○○○")
    tap.ok(is_ack(center.take(plain), SUZUKI.address), "no token, but invited and the code in the text: taken")
    tap.equal(center.marks(SUZUKI.name), "○○○", "code in the text: recorded")
    for form in ("{} ○×○", "[{}] ○×○", "{}\n○×○", "○×○ ({})", "{}: 1○ 2× 3○"):
        center.take(SATO.write(POLL, "Re: 日程", form.format(center.codes()[0].upper())))
        tap.equal(center.marks(SATO.name), "○×○", f"the code is no mark: {form!r}")
        center.take(SATO.write(POLL, "Re: 日程", form.format(center.codes()[0]).replace("○", "△")))
    only_subject = TANAKA.write(POLL, f"Re: 【日程調整】 [{center.codes()[0].upper()}]", "△△△")
    center.take(only_subject)
    tap.equal(center.marks(TANAKA.name, center.codes()[0]), "△△△", "the code in the subject alone: recorded")


def invited_without_reference_counts(tap):
    center, _ = opened()
    tap.ok(is_ack(center.take(SATO.write(POLL, "日程の件", "○○×")), SATO.address), "one open poll: no reference is needed")
    tap.equal(center.marks(SATO.name), "○○×", "one open poll: recorded")
    center.open(YAMADA, JAPANESE.asked)
    mails = center.take(SATO.write(POLL, "日程の件", "×××"))
    tap.equal([str(mail["Subject"]) for mail in mails], ["どの日程調整へのご回答ですか"], "two open polls: asked which")
    tap.equal([center.marks(SATO.name, code) for code in center.codes()], ["○○×", "・・・"], "two open polls: nothing recorded")


def alias_counts(tap):
    line = f"佐藤 花子 <{SATO.address}> sato@home.example\n"
    center, ballots = opened(staff=line)
    at_home = Participant("Hanako", "sato@home.example")
    tap.ok(is_ack(center.take(at_home.reply(ballots[SATO.address], "○○○")), "sato@home.example"),
           "an alias of the circle file: acknowledged where it was sent from")
    tap.equal(center.marks(SATO.name), "○○○", "an alias of the circle file: recorded")


def foreign_sender_is_held(tap):
    center, ballots = opened()
    mails = center.take(ITO.reply(ballots[SATO.address], "○○×"))
    tap.equal(sorted(address_of(mail) for mail in mails), sorted([ITO.address, SATO.address]), "foreign sender: both are told")
    tap.equal(center.marks(SATO.name), "・・・", "foreign sender: not recorded")
    held = [mail for mail in mails if address_of(mail) == SATO.address][0]
    center.take(ITO.reply(held, "はい"))
    tap.equal(center.marks(SATO.name), "・・・", "foreign sender: cannot confirm himself")
    tap.ok(is_ack(center.take(SATO.reply(held, "はい")), SATO.address), "the person's はい: acknowledged")
    tap.equal(center.marks(SATO.name), "○○×", "the person's はい: recorded")
    center.take(SUZUKI.reply(ballots[TANAKA.address], "×××"))
    tap.equal([center.marks(who.name) for who in (SUZUKI, TANAKA)], ["・・・", "・・・"],
              "an invited colleague with another's token is held as well")


def forged_token_is_none(tap):
    center, ballots = opened()
    reply = SATO.reply(ballots[SATO.address], "○○○")
    local, domain = reply.recipient.split("@")
    code, number, token = local.removeprefix("poll+").split("-")
    turned = ("a" if token[0] != "a" else "b") + token[1:]
    for sender, other_number, marks, what in ((ITO, number, "・・・", "a stranger's"), (SATO, "2", "○○○", "an invited person's")):
        forged = f"poll+{code}-{other_number}-{turned}@{domain}"
        mails = center.take(sender.write(forged, "Re: 日程", "○○○"))
        tap.equal(center.marks(SATO.name), marks, f"{what} forged token gives no more than the address does")
        tap.equal([address_of(mail) for mail in mails], [sender.address], f"{what} forged token: only the sender is answered")
    tap.equal(center.marks(SUZUKI.name), "・・・", "a forged token reaches nobody else's marks")
    guest = Participant("客員", STRANGER)
    mails = center.take(guest.write(POLL, code, "○○○"))
    tap.equal(subjects(mails), [], "a stranger gets no answer: his address may be forged")
    mails = center.take(Participant("新人", f"shinjin@{DOMAIN}").write(POLL, code, "○○○"))
    tap.ok("宛先に入っていない" in mails[0].get_content(), "not invited, but of the center: told so", subjects(mails))
    tap.ok(len(mails) == 1, "not invited: nobody else hears of it")


def yes_belongs_to_one_mail(tap):
    center, ballots = opened()
    [asked] = center.take(SATO.reply(ballots[SATO.address], "2は無理です"))
    held = [mail for mail in center.take(ITO.reply(ballots[SATO.address], "××○")) if address_of(mail) == SATO.address][0]
    center.take(SATO.reply(asked, "はい"))
    tap.equal(center.marks(SATO.name), "・×・", "はい to an earlier question does not confirm what was held since")
    center.take(SATO.write(str(held["Reply-To"]), "Re", "はい"))
    tap.equal(center.marks(SATO.name), "・×・", "はい to no mail in particular confirms nothing when there were two")
    held = [mail for mail in center.take(ITO.reply(ballots[SATO.address], "××○")) if address_of(mail) == SATO.address][0]
    center.take(SATO.reply(held, "はい"))
    tap.equal(center.marks(SATO.name), "××○", "はい to the mail that proposes: recorded")
    [asked] = center.take(SUZUKI.reply(ballots[SUZUKI.address], "2は無理です"))
    center.take(SUZUKI.write(str(asked["Reply-To"]), "Re", "はい"))
    tap.equal(center.marks(SUZUKI.name), "○×○", "はい to no mail in particular confirms the only proposal there was")


def only_the_organiser_opens(tap):
    center = Center()
    fields = [("Cc", SATO.address)]
    [preview] = center.take(YAMADA.write(POLL, "定例会の日程調整", f"{DATES_JA}締切: 12/25(木) 17:00\n", fields))
    center.take(ITO.reply(preview, "はい"))
    tap.equal(center.json("poll", "list")["polls"][0]["state"], "draft", "a forwarded preview opens nothing")
    center.take(YAMADA.reply(preview, "はい"))
    tap.equal(center.json("poll", "list")["polls"][0]["state"], "open", "the organiser's はい opens the poll")


def others_cannot_flood(tap):
    center, ballots = opened("[limits]\nanswers_a_day = 3\n")
    mails = center.take(*[ITO.reply(ballots[SATO.address], "○○" + "○×△"[i % 3]) for i in range(9)])
    counts = {who.address: sum(address_of(mail) == who.address for mail in mails) for who in (SATO, ITO)}
    tap.ok(all(count <= 3 for count in counts.values()), "nobody gets more mails a day than the cap because of another", counts)


def openers_are_checked(tap):
    center = Center("[center]\norganisers = yamada@tc.example.ac.jp, @lab.example\n")
    text = f"候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n対象: {SATO.address}\n"
    for sender, may in ((SATO, False), (YAMADA, True), (Participant("L", "x@lab.example"), True),
                        (Participant("L", "x@notlab.example"), False)):
        before = len(center.codes())
        center.take(sender.write(POLL, "打合せの日程調整", text))
        tap.equal(len(center.codes()) - before, int(may), f"{sender.address} {'may' if may else 'may not'} open polls")
    elsewhere = center.take(YAMADA.write(f"someone@{DOMAIN}", "Hello", "○○○"))
    tap.equal(elsewhere, [], "a mail to none of our addresses is not answered")
    tap.equal(center.verdicts().get("ignored"), 1, "a mail to none of our addresses is ignored")


# What happens once only

def repeated_mail_counts_once(tap):
    center, ballots = opened()
    mail = SATO.reply(ballots[SATO.address], "○×△")
    tap.ok(is_ack(center.take(mail, mail), SATO.address), "the same mail twice at once: one acknowledgement")
    tap.equal(center.take(mail), [], "the same mail later: silence")
    tap.equal(center.take(mail._replace(bytes=b"X-Kairan-Queue-ID: 4bXyZ12\r\nReceived: from b\r\n" + mail.bytes)), [],
              "the same mail under another queue id: silence")
    shouted = mail._replace(recipient=mail.recipient.upper())
    tap.equal(center.take(shouted), [], "the same mail to the same address in capitals: silence")
    two = SUZUKI.reply(ballots[SUZUKI.address], "○○○")
    mails = center.take(two, two._replace(recipient=POLL))
    tap.equal([address_of(mail) for mail in mails].count(SUZUKI.address), 1,
              "one mail to two of our addresses: one acknowledgement")
    tap.equal(center.marks(SATO.name) + center.marks(SUZUKI.name), "○×△○○○", "the marks are there once")
    tap.equal(len(center.all_mails()), len({letter.message["Message-ID"] for letter in center.all_mails()}),
              "no mail of ours was sent twice")


def changes_replace_and_parts_merge(tap):
    center, ballots = opened()
    ballot = ballots[SATO.address]
    center.take(SATO.reply(ballot, "○×△"))
    [ack] = center.take(SATO.reply(ballot, "×○△"))
    tap.contains(ack.get_content(), "前は ○", "a changed answer: the acknowledgement shows what it was")
    tap.equal(center.marks(SATO.name), "×○△", "a changed answer replaces")
    center.take(SATO.reply(ack, "1も○になりました"))
    tap.equal(center.marks(SATO.name), "○○△", "a part of an answer, replied to the acknowledgement, merges")
    center.take(SATO.reply(ballot, "取り消します"))
    tap.equal(center.marks(SATO.name), "・・・", "a withdrawn answer is gone")
    first = SATO.reply(ballot, "○○○")
    second = SATO.reply(ballot, "×××")
    mails = center.take(first, second)
    tap.equal(len(mails), 2, "two answers in one run: two acknowledgements")
    tap.equal(center.marks(SATO.name), "×××", "two answers in one run: the later delivery counts")


def late_answers_do_not_count(tap):
    center, ballots = opened()
    center.take(SATO.reply(ballots[SATO.address], "○×△"))
    results = center.take(at=LATE)
    tap.equal(sorted(address_of(mail) for mail in results), sorted(who.address for who in (YAMADA, *JAPANESE.asked)),
              "the deadline: everybody gets the result, once")
    tap.equal(center.take(), [], "the next run sends nothing")
    [late] = center.take(SUZUKI.reply(ballots[SUZUKI.address], "○○○"))
    tap.contains(str(late["Subject"]), "締切後", "a late answer is told so")
    tap.equal(center.marks(SUZUKI.name), "・・・", "a late answer is not counted")
    result = [mail for mail in results if address_of(mail) == TANAKA.address][0]
    mails = center.take(TANAKA.reply(result, "承知しました。"))
    tap.equal([address_of(mail) for mail in mails], [YAMADA.address], "a word about the result goes to the organiser")
    tap.equal(center.verdicts().get("late"), 2, "both are kept as late")


def all_answers_close(tap):
    center, ballots = opened()
    mails = center.take(*(who.reply(ballots[who.address], "○○○") for who in (SATO, SUZUKI)))
    tap.equal(len(mails), 2, "while somebody has not answered there is no result")
    center.take(TANAKA.reply(ballots[TANAKA.address], "1○"))
    tap.equal(center.show()["is_interim"], True, "a part of an answer does not close it")
    mails = center.take(TANAKA.reply(ballots[TANAKA.address], "2○ 3×"))
    tap.equal(sum(str(mail["Subject"]).startswith("【結果】") for mail in mails), 4, "the last answer closes it: four results")


# What is never answered

def machines_are_not_answered(tap):
    center, ballots = opened()
    ballot = ballots[SATO.address]
    quoted = SATO.reply(ballot, "1/7まで休暇のため不在です。○○○", "outlook-ja")
    robots = {
        "Auto-Submitted": with_fields(quoted, "Auto-Submitted: auto-replied"),
        "Auto-Submitted: auto-generated": with_fields(quoted, "Auto-Submitted: auto-generated"),
        "X-Autoreply": with_fields(quoted, "X-Autoreply: yes"),
        "Precedence: auto_reply": with_fields(quoted, "Precedence: auto_reply"),
    }
    recipient = email.utils.parseaddr(str(ballot["Reply-To"]))[1]
    for subject in ("自動応答: 【日程調整】定例会", "不在: 出張中です", "【自動返信】ありがとうございます", "Automatic reply: poll",
                    "Out of Office: poll", "Auto: away"):
        robots[subject] = SATO.write(recipient, subject, "○○○\n\n> ○△× を番号順に並べて\n")
    robots["null sender"] = quoted._replace(sender="")
    robots["read receipt"] = with_fields(SATO.write(recipient, "開封済み: 日程調整", "○○○"))
    robots["our own mail"] = Mail(f"kairan@{DOMAIN}", recipient, ballot.as_bytes())
    for name, mail in robots.items():
        mail = mail._replace(bytes=mail.bytes.replace(b"Message-ID: <", b"Message-ID: <" + name.encode().hex().encode()))
        tap.equal(subjects(center.take(mail)), [], f"{name}: not answered")
    tap.equal(center.marks(SATO.name), "・・・", "no machine has voted")
    tap.ok(set(center.verdicts()) <= {"ignored", "absent", "drafted", "opened"}, "all of them are ignored, or tell of an absence", center.verdicts())


def unanswerable_people_count(tap):
    center, ballots = opened()
    ways = {"List-Id": (SATO, "List-Id: <all.tc.example.ac.jp>"), "Precedence: list": (SUZUKI, "Precedence: list"),
            "X-Auto-Response-Suppress": (TANAKA, "X-Auto-Response-Suppress: All")}
    for name, (who, field) in ways.items():
        mails = center.take(with_fields(who.reply(ballots[who.address], "○×○"), field))
        tap.equal([mail for mail in mails if "受け付け" in str(mail["Subject"])], [], f"{name}: not answered")
        tap.equal(center.marks(who.name), "○×○", f"{name}: counted")


def bounces_are_told(tap):
    center, ballots = opened()
    ballot = ballots[TANAKA.address]
    genuine = ballot["Return-Path"].strip("<>")
    forged = genuine.replace(genuine.split("-")[-1][:2], "zz", 1)
    tap.equal(center.take(bounce_of(ballot, TANAKA.address, forged)), [], "a bounce with a forged token: silence")
    tap.equal(center.show()["undelivered"], None, "a bounce with a forged token: nothing recorded")
    tap.equal(center.take(with_fields(bounce_of(ballot, TANAKA.address), "X-Other: 1")._replace(
        bytes=bounce_of(ballot, "y@x.example").bytes.replace(b"Action: failed", b"Action: delayed"))), [], "delayed: silence")
    tap.equal(center.show()["undelivered"], None, "a delay is no failure")
    tap.equal([address_of(mail) for mail in center.take(bounce_of(ballot, TANAKA.address))], [YAMADA.address],
              "a bounce is not answered; the organiser is told")
    tap.equal(center.show()["undelivered"]["names"], TANAKA.name, "a bounce marks the person undelivered")
    mails = center.take(*(who.reply(ballots[who.address], "○○○") for who in (SATO, SUZUKI)))
    results = [address_of(mail) for mail in mails if str(mail["Subject"]).startswith("【結果】")]
    tap.equal(sorted(results), sorted(who.address for who in (YAMADA, SATO, SUZUKI)),
              "nobody waits for the undelivered, and nothing more is sent there")


def answers_have_a_cap(tap):
    center, ballots = opened("[limits]\nanswers_a_day = 3\n")
    mails = center.take(*(SATO.reply(ballots[SATO.address], marks) for marks in ("○○○", "×××", "△△△", "○×△", "×○△")))
    tap.equal(len(mails), 3, "three answers a day to one address, not five")
    tap.equal(center.marks(SATO.name), "×○△", "what is not answered counts all the same")
    tap.ok(is_ack(center.take(SUZUKI.reply(ballots[SUZUKI.address], "○○○")), SUZUKI.address), "others are answered")
    tap.ok(is_ack(center.take(SATO.reply(ballots[SATO.address], "○○○"), at="2025-12-19T10:00:00+09:00"), SATO.address),
           "the next day it is answered again")


def asking_has_an_end(tap):
    center, ballots = opened("[limits]\nasks_a_poll = 2\n")
    addresses = [address_of(mail) for number in range(3)
                 for mail in center.take(SATO.reply(ballots[SATO.address], f"よくわかりません{number}"))]
    tap.equal(addresses, [SATO.address, SATO.address, YAMADA.address], "asked twice, then the organiser is told")
    tap.ok(is_ack(center.take(SATO.reply(ballots[SATO.address], "○○○")), SATO.address), "a clear answer is still taken")


# One bad mail stops no other

def a_full_spool_is_emptied(tap):
    center, ballots = opened()
    replies = [SATO.reply(ballots[SATO.address], "○×△"[i % 3] * 3) for i in range(1300)]  # more than two commits
    for number, reply in enumerate(replies):
        with open(os.path.join(center.folder, "spool", "new", f"1766019600.M{number:06}.test"), "wb") as file:
            file.write(f"Delivered-To: {reply.recipient}\n".encode() + reply.bytes)
    center.run("process", "--no-post")
    tap.equal(center.spooled(), [], "1,300 replies: none is left")
    tap.equal(center.verdicts().get("answered"), 1300, "1,300 replies: each is taken once")
    tap.equal(center.marks(SATO.name), "○○○", "1,300 replies: the last one holds")


def bad_mail_is_set_aside(tap):
    center, ballots = opened()
    head = f"From: x@{DOMAIN}\r\nTo: {POLL}\r\nSubject: x\r\n".encode()
    bombs = {"30 MB": head + b"\r\n" + (b"x" * 76 + b"\r\n") * 403000}
    for name, data in bombs.items():
        path = os.path.join(center.folder, "spool", "new", f"0-{name.replace(' ', '-')}")
        with open(path, "wb") as file:
            file.write(data)
    mails = center.take(SATO.reply(ballots[SATO.address], "○○○"))
    tap.equal(sorted(address_of(mail) for mail in mails), [f"root@{DOMAIN}", SATO.address],
              "behind a mail of 30 MB the next one is taken, and the administrator is told")
    tap.equal(center.spooled("failed"), ["0-30-MB"], "the mail of 30 MB lies whole in spool/failed")
    tap.equal(center.spooled(), [], "nothing is left in the spool")
    tap.equal(center.json("status")["failed"], 1, "status tells of it")
    garbage = {"empty": b"", "null": b"\0" * 5000, "noise": bytes(range(256)) * 40, "no-header": b"\r\n\r\nbody",
               "deep": head + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3000)),
               "long": head[:-2] + b"x" * 900000 + b"\r\n\r\n", "fields": head + b"A: b\r\n" * 100000 + b"\r\n"}
    for name, data in garbage.items():
        with open(os.path.join(center.folder, "spool", "new", f"1-{name}"), "wb") as file:
            file.write(data)
    mails = center.take(SUZUKI.reply(ballots[SUZUKI.address], "×××"))
    tap.ok(SUZUKI.address in [address_of(mail) for mail in mails], "behind garbage the next one is taken", subjects(mails))
    tap.equal(center.spooled(), [], "all garbage is dealt with")
    archived = [name for _, _, names in os.walk(os.path.join(center.folder, "archive")) for name in names]
    tap.equal([name for name in garbage if f"1-{name}" not in archived + center.spooled("failed")], [], "no garbage is lost")
    tap.equal(center.show()["answered"], 2, "garbage votes for nobody")


def hard_mail_is_given_up(tap):
    center, ballots = opened("[limits]\nreader_seconds = 1\n")
    crowd = "<div>" * 100000 + to_html("○○○")
    mail = SATO.write(POLL, "x", crowd)
    mail = mail._replace(bytes=mail.bytes.replace(b"text/plain", b"text/html"))
    mails = center.take(mail, SUZUKI.reply(ballots[SUZUKI.address], "×××"))
    tap.ok(SUZUKI.address in [address_of(mail) for mail in mails], "behind a mail that is hard to read the next one is taken")
    tap.equal(center.spooled(), [], "the spool is empty")


def main():
    tap = Tap()
    for check in (own_address_counts, invited_without_reference_counts, alias_counts, foreign_sender_is_held,
                  forged_token_is_none, yes_belongs_to_one_mail, only_the_organiser_opens, others_cannot_flood,
                  openers_are_checked, repeated_mail_counts_once, changes_replace_and_parts_merge,
                  late_answers_do_not_count, all_answers_close, machines_are_not_answered, unanswerable_people_count,
                  bounces_are_told, answers_have_a_cap, asking_has_an_end, a_full_spool_is_emptied,
                  bad_mail_is_set_aside,
                  hard_mail_is_given_up):
        check(tap)
    tap.done()


if __name__ == "__main__":
    main()
