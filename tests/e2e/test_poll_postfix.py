#!/usr/bin/python3
"""Whole polls through the real Postfix: mails come in by pipe(8) (and one by procmail), ours go out by SMTP and by the
sendmail program. Every reply has one acknowledgement, nothing is lost or doubled, and ballots that cannot be delivered
are told in the result."""
import os

from kairan_test import DOMAIN, Participant, Postfix, Tap, encode_header, new_folder, skip_all, text_of
from poll_test import DATES_JA, LATE, OPENED, POLL, Center
from town import Town

YAMADA = Participant("山田 太郎", f"yamada@{DOMAIN}")
SATO = Participant("佐藤 花子", f"sato@{DOMAIN}", "iso-2022-jp", "7bit")
SUZUKI = Participant("鈴木 一郎", f"suzuki@{DOMAIN}", form="both")
TANAKA = Participant("田中 実", f"tanaka@{DOMAIN}", "shift_jis")
GONE = Participant("去田 三郎", f"gone@local.{DOMAIN}")  # local(8) takes it and bounces
REFUSED = Participant("拒田 四郎", f"refused@{DOMAIN}")  # smtpd does not take it
ASKED = (SATO, SUZUKI, TANAKA)


def poll_runs(tap, town, way, procmail=False):
    """One poll from the opening to the result."""
    town.center.now = OPENED
    everybody = (*ASKED, GONE, REFUSED)
    copies = ", ".join(f"{encode_header(who.name, 'utf-8')} <{who.address}>" for who in everybody)
    text = f"各位\n{way}\n\n候補日:\n{DATES_JA}締切: 12/25(木) 17:00\n"
    town.send(YAMADA.write(POLL, "定例会の日程調整", text, [("Cc", copies)]))
    previews = town.new(YAMADA)
    if not tap.equal([str(mail["Subject"])[:4] for mail in previews], ["【確認】"], f"{way}: the preview arrives, once"):
        print(f"# {town.postfix.log()[-3000:]}")
        return
    town.send(YAMADA.reply(previews[0], "はい"))
    tap.equal(sorted(str(mail["Subject"])[:6] for mail in town.new(YAMADA)), ["届かないメー", "開始しました"],
              f"{way}: the organiser hears that it began, and whom no mail reaches")
    ballots = {who.address: town.new(who) for who in ASKED}
    tap.equal([len(mails) for mails in ballots.values()], [1, 1, 1], f"{way}: everybody gets one ballot")
    ballots = {address: mails[0] for address, mails in ballots.items()}
    tap.contains(ballots[SATO.address]["Return-Path"], "kairan+bounce-", f"{way}: its envelope sender takes bounces")
    undelivered = town.center.show()["undelivered"] or {"names": ""}
    tap.equal(undelivered["names"], f"{GONE.name}, {REFUSED.name}", f"{way}: who bounced and who was refused are undelivered")
    queue = town.postfix.queue()
    doctor = {check["name"]: check["state"] for check in town.center.json("doctor")["checks"]}
    tap.equal((doctor["transport"], doctor["outbox"]), ("well", "warning"), f"{way}: kairan doctor finds the way out open")
    tap.equal(town.postfix.queue(), queue, f"{way}: and sends nothing to find out")
    refused = [mail for mail in town.center.json("outbox", "list")["mails"] if mail["state"] == "refused"]
    tap.equal({mail["recipient"] for mail in refused}, {REFUSED.address}, f"{way}: kairan outbox lists what was refused")
    replies = [SATO.reply(ballots[SATO.address], "○×△"), SUZUKI.reply(ballots[SUZUKI.address], "全部OKです", "outlook-ja")]
    if procmail:
        local = replies[0].recipient.replace("poll+", "daemon+").replace(f"@{DOMAIN}", f"@local.{DOMAIN}")
        replies[0] = replies[0]._replace(recipient=local)
    town.send(*replies)
    for who, marks in ((SATO, "○×△"), (SUZUKI, "○○○")):
        mails = town.new(who)
        tap.equal([str(mail["Subject"])[:7] for mail in mails], ["受け付けました"], f"{way}: one acknowledgement for {who.name}")
        tap.equal(town.center.marks(who.name), marks, f"{way}: what {who.name} meant is recorded")
        tap.equal(mails[0]["Return-Path"] if mails else None, "<>", f"{way}: nobody can bounce it back")
    tap.equal(town.new(TANAKA) + town.new(YAMADA), [], f"{way}: nobody else hears of it")
    town.center.now = LATE
    town.settle()
    results = {who.name: [mail for mail in town.new(who) if str(mail["Subject"]).startswith("【結果】")]
               for who in (YAMADA, *ASKED)}
    tap.equal([len(mails) for mails in results.values()], [1, 1, 1, 1], f"{way}: everybody gets the result, once")
    result = text_of(results[TANAKA.name][0])
    tap.contains(result, f"未回答 (1名): {TANAKA.name}", f"{way}: the result says who has not answered")
    tap.contains(result, f"メールが届かなかった方 (2名): {GONE.name}、{REFUSED.name}", f"{way}: and whom no mail reached")


def nothing_is_lost(tap, town, bounces):
    tap.equal(town.postfix.queue(), [], "nothing is left in the queue of Postfix")
    tap.equal((town.center.spooled(), town.center.spooled("failed")), ([], []), "nothing is left in the spool")
    archived = sum(len(names) for _, _, names in os.walk(os.path.join(town.center.folder, "archive")))
    tap.equal(archived, town.sent + bounces, "the archive holds every mail that was sent to us, and the bounces")
    outbox = town.center.json("status")["outbox"]
    letters = [letter for name in ("yamada", "sato", "suzuki", "tanaka") for letter in town.postfix.mailbox(name)]
    tap.equal((outbox["due"], outbox["sent"]), (0, len(letters) + bounces), "every mail of ours has arrived or bounced")
    ids = [str(letter.message["Message-ID"]) for letter in letters]
    tap.equal(len(set(ids)), len(ids), "no mail of ours arrived twice")


def main():
    tap = Tap()
    if not os.access("/usr/bin/procmail", os.X_OK):
        skip_all("procmail is not installed")
    folder = new_folder()
    center = Center(transport="smtp://127.0.0.1:1", parent=folder)
    os.chmod(center.folder, 0o755)
    command = '/usr/bin/procmail -p -a "$EXTENSION" {folder}/procmailrc'
    postfix = Postfix(("yamada", "sato", "suzuki", "tanaka"), spool=os.path.join(center.folder, "spool"),
                      mailbox_command=command)
    postfix.write("procmailrc", postfix.shipped("procmail/procmailrc"))
    postfix.start()
    os.environ["MAIL_CONFIG"] = postfix.environment["MAIL_CONFIG"]
    town = Town(center, postfix)
    town.use(f"smtp://127.0.0.1:{postfix.port}")
    poll_runs(tap, town, "SMTP")
    town.use("sendmail:/usr/sbin/sendmail")
    poll_runs(tap, town, "sendmail, with a reply by procmail", procmail=True)
    nothing_is_lost(tap, town, bounces=3)
    tap.done()


main()
