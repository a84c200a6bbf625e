#!/usr/bin/python3
"""Notes by mail: submitted, discussed, changed, searched and fetched, in Japanese and in English, compared with the golden
files in tests/golden/notes-*. KAIRAN_SANITIZE: yes"""
import glob
import hashlib
import os
import re

from kairan_test import DOMAIN, Mail, Participant, Tap, program, run, text_of
from note_test import NOTE, NoteCenter, NoteGolden, at, files_of, with_files
from poll_test import address_of, with_fields

SATO = Participant("佐藤 花子", f"sato@{DOMAIN}")
TANAKA = Participant("田中 実", f"tanaka@{DOMAIN}", charset="iso-2022-jp", encoding="7bit")
SMITH = Participant("John Smith", f"smith@{DOMAIN}", form="html")
JONES = Participant("Mary Jones", f"jones@{DOMAIN}", encoding="quoted-printable")
GUEST = Participant("客 人", "guest@elsewhere.example")
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40

WORDS = {
    "ja": {"subject": "500GBのボリュームを100GBに縮小 #disk [LVM]", "reply": "デバイス名より UUID で指定するのが確実です。",
           "text": "作業の記録です。\nタグ: ストレージ\n\nまず fsck -f、次に resize2fs。\nデバイスは ＵＵＩＤ で指定する。\n-- \n佐藤 花子\n内線 1234\n",
           "correct": "訂正\n作業の記録(改)。\n\numount、fsck -f、resize2fs、lvreduce の順です。", "add": "追記\nxfs は縮小できません。",
           "withdraw": "取り下げ", "mute": "通知停止", "unmute": "通知再開", "search": "縮小 from:佐藤 tag:disk -zfs",
           "nothing": "海底ケーブル", "empty": "訂正"},
    "en": {"subject": "Shrinking a 500 GB volume to 100 GB #disk [LVM]", "reply": "Naming the device by UUID is safer.",
           "text": "How it was done.\nTags: storage\n\nfsck -f first, then resize2fs.\nName the device by UUID.\n-- \nJohn Smith\nphone 1234\n",
           "correct": "correct\nHow it was done (again).\n\numount, fsck -f, resize2fs, lvreduce.", "add": "add\nxfs cannot shrink.",
           "withdraw": "withdraw", "mute": "mute", "unmute": "unmute", "search": "shrinking from:smith tag:disk -zfs",
           "nothing": "submarine cable", "empty": "correct"},
}


class Theatre:
    """The people of one language, and the golden files that their mails are compared with."""

    def __init__(self, tap, language):
        self.tap, self.language, self.words, self.golden = tap, language, WORDS[language], NoteGolden(tap, language)
        self.author, self.other = (SATO, TANAKA) if language == "ja" else (SMITH, JONES)
        self.center = NoteCenter([(SATO, "ja"), (TANAKA, "ja"), (SMITH, "en"), (JONES, "en")],
                                 settings="[center]\nadministrator = admin\n")

    def check(self, name, mails, recipient=None):
        """That one mail went to the recipient (or to nobody else), and that it reads as it should."""
        chosen = [mail for mail in mails if recipient is None or address_of(mail) == recipient.address]
        if self.tap.equal(len(chosen), 1, f"{self.language}/{name}: one mail"):
            self.golden.mail(name, chosen[0])
        return chosen[0] if chosen else None


def life_of_a_note(stage):
    tap, center, words, author, other = stage.tap, stage.center, stage.words, stage.author, stage.other
    letter = with_files(author.write(NOTE, words["subject"], words["text"]), ("手順 書.pdf", "application/pdf", PDF))
    receipt = stage.check("receipt", center.take(letter))
    tap.equal(center.take(letter), [], f"{stage.language}: the same mail again is no second note")
    mails = center.take(other.reply(receipt, words["reply"]))
    comment = stage.check("news-comment", mails, author)
    stage.check("receipt-comment", mails, other)
    mails = center.take(author.reply(receipt, words["correct"]))
    stage.check("receipt-correction", mails, author)
    news = stage.check("news-correction", mails, other)
    stage.check("news-addition", center.take(author.reply(receipt, words["add"], style="outlook-ja")), other)
    stage.check("refusal-not_author", center.take(other.reply(news, words["correct"])))
    stage.check("refusal-no_text", center.take(author.reply(receipt, words["empty"])))
    stage.check("changed-muted", center.take(author.reply(comment, words["mute"])))
    mails = center.take(other.write(NOTE, f"Re: [N1] {words['subject']}", words["reply"]))
    tap.equal([address_of(mail) for mail in mails], [other.address], f"{stage.language}: who has muted a thread hears nothing")
    stage.check("changed-unmuted", center.take(author.reply(comment, words["unmute"])))
    stage.check("found", center.take(other.write(at("search"), words["search"], "")))
    stage.check("found-nothing", center.take(other.write(at("search"), words["nothing"], "")))
    stage.check("refusal-no_words", center.take(other.write(at("search"), "検索", "")))
    shown = stage.check("show", center.take(other.write(NOTE, "N1", "")))
    tap.equal(files_of(shown), [("手順 書.pdf", "application/pdf", PDF)], f"{stage.language}: the file comes back byte by byte")
    stage.check("refusal-unknown_note", center.take(other.write(NOTE, "N99", "")))
    stage.check("changed-withdrawn", center.take(author.reply(receipt, words["withdraw"])))
    stage.check("refusal-is_withdrawn", center.take(other.write(NOTE, "N1", "")))
    tap.equal(center.json("note", "search", words["search"])["total"], 0, f"{stage.language}: what is withdrawn is not found")
    hits = center.json("note", "search", words["reply"].split()[0])["hits"]
    tap.ok(hits and all(hit["is_comment"] and words["subject"].split()[0] not in hit["title"] for hit in hits),
           f"{stage.language}: nor does its title stand over the comments that stay", hits)
    stage.check("refusal-empty", center.take(author.write(NOTE, words["subject"], "\n")))


def strangers_confirm(tap, stage):
    center = stage.center
    asked = stage.check("confirm", center.take(GUEST.write(NOTE, "外から", "本文の秘密")))
    tap.ok("秘密" not in text_of(asked), "an unknown address is told nothing but the subject")
    tap.equal(center.take(GUEST.write(NOTE, "もう一通", "本文")), [], "an unknown address is asked once a day")
    tap.equal(center.search("秘密"), [], "what is not confirmed is not found")
    stage.check("refusal-unknown_words", center.take(GUEST.reply(asked, "どういうことでしょうか")))
    mails = center.take(GUEST.reply(asked, "はい"))
    tap.equal([str(mail["Subject"])[:7] for mail in mails], ["受け付けました"], "a yes makes a note of it")
    tap.equal(len(center.search("秘密")), 1, "what is confirmed is found")
    stage.check("refusal-expired", center.take(GUEST.reply(asked, "はい")))
    tap.equal(len(center.search("秘密")), 1, "a second yes makes no second note")
    mails = center.take(GUEST.write(NOTE, "次の件", "今度は知っている人"))
    tap.equal([str(mail["Subject"])[:7] for mail in mails], ["受け付けました"], "who has confirmed is known from then on")
    forged = asked["Reply-To"].addresses[0].addr_spec.replace("r1-0-", "r2-0-")
    tap.equal(center.take(GUEST.write(forged, "Re: x", "はい"))[0]["Subject"].split(":")[0], "受け付けました",
              "a token of another request opens nothing; from a known person it is a note")


def robots_and_lists(tap):
    center = NoteCenter([(SATO, "ja"), (TANAKA, "ja")], settings="[notes]\nlists = gijutsu.example.jp=gijutsu\n")
    mail = SATO.write(NOTE, "不在", "出張中です")
    tap.equal(center.take(with_fields(mail, "Auto-Submitted: auto-replied")), [], "an absence reply is no note")
    post = TANAKA.write(NOTE, "更新の手順", "メーリングリストの投稿です")
    fields = ("List-Id: =?utf-8?q?x?= <Gijutsu.example.jp>", "Precedence: list")
    tap.equal(center.take(with_fields(post, *fields)), [], "a post of a list is not answered")
    tap.equal(center.search("tag:gijutsu"), ["N1"], "it becomes a note with the circle's tag")
    tap.equal(center.take(with_fields(SATO.write(NOTE, "x", "別のリスト"), "List-Id: <other.example.jp>")), [],
              "a post of any other list is not answered")
    tap.equal(center.search("別のリスト"), [], "nor kept")
    original = str([line for line in post.bytes.split(b"\r\n") if line.startswith(b"Message-ID")][0], "ascii")[12:]
    answer = SATO.write(NOTE, "Re: 更新の手順", "うまくいきました", [("In-Reply-To", original)])
    center.take(with_fields(answer, *fields))
    shown = center.json("note", "show", "N1")
    tap.equal([comment["text"] for comment in shown["comments"]], ["うまくいきました"], "an answer on the list is a comment")


def attachments_are_kept_once(tap):
    center = NoteCenter([(SATO, "ja")], settings="[limits]\nattachment_bytes = 20000\n")
    for number in range(2):
        letter = with_files(SATO.write(NOTE, f"添付{number}", "本文"), ("a.pdf", "application/pdf", PDF))
        center.take(letter)
    kept = [path for path in glob.glob(f"{center.folder}/attachments/*/*")]
    tap.equal([os.path.basename(path) for path in kept], [hashlib.sha256(PDF).hexdigest()], "a content is kept once, by its hash")
    big = os.urandom(15000)
    letter = with_files(SATO.write(NOTE, "大きな添付", "本文は残る"), ("a.pdf", "application/pdf", PDF), ("big.bin", "a/b", big))
    [receipt] = center.take(letter)
    tap.contains(text_of(receipt), "次の添付は保存していません", "what is too large is refused clearly")
    tap.contains(text_of(receipt), "  big.bin (15 kB)", "by its name")
    tap.equal([file["name"] for file in center.json("note", "show", "N3")["attachments"]], ["a.pdf"], "the rest is kept whole")
    names = ("../../etc/passwd", "..\\boot.ini", "x.zip/../../../etc/passwd.zip", "C:\\boot.tar.gz", "/etc/passwd", "a.txt::$DATA", "a\r\nBcc: x@y.example", "-rf", ".htaccess", "a" * 300, "")
    files = [(name, "text/html", b"<script>alert(1)</script>" + name.encode()) for name in names]
    center.take(with_files(SATO.write(NOTE, "名前", "本文"), *files))
    [shown] = center.take(SATO.write(NOTE, "N4", ""))
    tap.equal([data for _, _, data in files_of(shown)], [data for _, _, data in files], "oddly named files come back whole")
    tap.equal({kind for _, kind, _ in files_of(shown)}, {"application/octet-stream"}, "and never as a page to be shown")
    tap.equal(shown["Bcc"], None, "no name of a file becomes a field")
    outside = [path for path, _, names in os.walk(center.folder) for name in names if "passwd" in name or "boot" in name]
    tap.equal(outside, [], "no name of a file becomes a path")


def odd_letters_do_no_harm(tap):
    center = NoteCenter([(SATO, "ja"), (TANAKA, "ja")])
    parts = [(f"{number}.txt", "text/plain", b"x") for number in range(10000)]
    mails = center.take(with_files(SATO.write(NOTE, "一万個", "本文"), *parts))
    tap.equal([address_of(mail) for mail in mails], [f"root@{DOMAIN}"], "ten thousand parts are refused, and the administrator hears of it")
    tap.equal((len(center.spooled("failed")), center.json("note", "list")["notes"]), (1, []), "nothing of them is kept as a note")
    huge = with_files(SATO.write(NOTE, "巨大", "本文"), ("huge.bin", "application/octet-stream", bytes(14 * 1024 * 1024)))
    [receipt] = center.take(huge)
    tap.contains(text_of(receipt), "huge.bin (14.6 MB)", "a part as large as the hook lets through is refused by name")
    tap.equal(center.json("note", "show", "N1")["attachments"], [], "and its note is kept without it")
    [receipt] = center.take(SATO.write(NOTE, "=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "本文"))
    tap.equal((receipt["Bcc"], center.json("note", "show", "N2")["title"]), (None, "a Bcc: x@y.example"),
              "a line end in a subject ends no field of ours")
    long = SATO.write(NOTE, "長い本文", "長" * 500000)
    [refusal] = center.take(long)
    tap.contains(text_of(refusal), "何も保存していません", "a text beyond the limit is refused whole")
    tap.equal(len(center.spooled("failed")), 1, "nothing else was set aside")


def the_largest_part(tap):
    """One huge part: what the hook takes is refused by name with its note kept, what is larger bounces with a sentence."""
    center = NoteCenter([(SATO, "ja")])
    head, _ = SATO.write(NOTE, "一番大きな添付", "本文").bytes.split(b"\r\nContent-Type", 1)
    part = b"Content-Type: application/octet-stream; name=big.bin\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    text = b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xe6\x9c\xac\xe6\x96\x87\r\n"
    whole = (head + b'\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' + text + b"--b\r\n" + part)
    end = b"\r\n--b--\r\n"
    [receipt] = center.take(Mail(SATO.address, NOTE, whole + b"x" * 20500000 + end))
    tap.contains(text_of(receipt), "big.bin (20.5 MB)", "a part as large as a mail may be is refused by name")
    tap.equal((center.json("note", "show", "N1")["text"], glob.glob(f"{center.folder}/attachments/*/*")), ("本文", []), "its note is kept")
    command = [program("kairan-deliver"), "--spool", f"{center.folder}/spool", "--sender", SATO.address, "--rcpt", NOTE]
    refused = run(command, input=whole + b"x" * 25000000 + end)
    tap.equal((refused.returncode, refused.stderr[:6], center.spooled()), (69, b"5.2.3 ", []), "one of 25 MB bounces with a reason")


def names_end_no_fields(tap):
    """Whatever a sender calls themselves, their subject, their tags and what they look for stay within their fields."""
    center = NoteCenter([(TANAKA, "ja")], settings="[notes]\nreaders = minna\nfrequency = each\n")
    center.run("nightly", "digest")
    center.run("post")
    evil = "=?utf-8?q?=0D=0ABcc:_x@y.example=0D=0A=0D=0A<b>?="
    mail = SATO.write(NOTE, f"{evil} #tag", "本文")
    mail = mail._replace(bytes=re.sub(rb"From: [^<]*<", b"From: " + evil.encode() + b" <", mail.bytes, flags=re.S))
    [asked] = center.take(mail)
    sent = [asked, *center.take(SATO.reply(asked, "はい")), *center.take(TANAKA.write(at("search"), f"{evil}本文", ""))]
    sent += center.take(TANAKA.write(NOTE, "N1", ""))
    tap.equal(len(sent), 5, "a confirmation, a receipt, the news, what was found and what was fetched")
    for mail in sent:
        tap.equal((mail["Bcc"], mail.defects, len(mail.get_all("From"))), (None, [], 1), f"nothing ends a field in {str(mail['Subject'])[:20]}")


def main():
    tap = Tap()
    for language in ("ja", "en"):
        stage = Theatre(tap, language)
        life_of_a_note(stage)
        if language == "ja":
            strangers_confirm(tap, stage)
    robots_and_lists(tap)
    attachments_are_kept_once(tap)
    odd_letters_do_no_harm(tap)
    the_largest_part(tap)
    names_end_no_fields(tap)
    tap.done()


main()
