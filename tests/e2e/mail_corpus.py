#!/usr/bin/env python3
"""A corpus of replies: what people write × how their mail programs quote × charsets × transfer encodings.

Each mail is put together here out of its parts, so that what is new in it is known and not read back from any program.
`python3 tests/e2e/mail_corpus.py DIR` writes the mails, each with the JSON that is expected of `kairan read`, for a look.
The texts are composed for this; the shapes are those of the programs named.
"""
import base64
import collections
import html
import json
import os
import quopri
import sys

# How a program quotes: `above` are the lines between what is written and what is quoted; `mark` stands before every
# quoted line; None: no marks at all, so the answer can only stand on top. `below`: the program's own line under the text.
Client = collections.namedtuple("Client", "name language above mark below", defaults=(None,))

TEXTS = {
    "ja": {
        "quoted": ["〔1〕 1月15日(木) 13:00-15:00", "〔2〕 1月16日(金) 10:00-12:00", "都合のよい日をお知らせください。"],
        "answers": ["参加できます。", "この日は授業があります。", "よろしくお願いします。"],
        "signature": ["-- ", "鈴木 花子", "工学部 技術部 内線 1234"],
        "card": ["====================", "鈴木 花子", "TEL 03-1234-5678", "===================="],
    },
    "en": {
        "quoted": ["[1] Thu 15 Jan 13:00-15:00", "[2] Fri 16 Jan 10:00-12:00", "Please tell us which day suits you."],
        "answers": ["I can come.", "I am teaching then.", "See you, and thanks."],
        "signature": ["-- ", "Hanako Suzuki", "Technical Center"],
        "card": ["--------------------", "Hanako Suzuki", "Phone: +81 3 1234 5678"],
    },
}
for other, answers in {
    "de": ["Ich kann kommen.", "Da habe ich Unterricht.", "Viele Grüße"],
    "fr": ["Je peux venir.", "J'ai cours à ce moment-là.", "À bientôt"],
    "es": ["Puedo ir.", "Ese día tengo clase.", "Un saludo"],
    "it": ["Posso venire.", "Quel giorno ho lezione.", "A presto"],
    "nl": ["Ik kan komen.", "Dan heb ik les.", "Tot dan"],
    "pt": ["Posso ir.", "Nesse dia tenho aula.", "Até lá"],
    "pl": ["Mogę przyjść.", "Wtedy mam zajęcia.", "Pozdrawiam"],
    "sv": ["Jag kan komma.", "Då har jag lektion.", "Vi ses"],
}.items():
    TEXTS[other] = {**TEXTS["en"], "answers": answers}

RULE = "_" * 32
BLOCK_JA = ["差出人: 山田 太郎 <yamada@example.jp>", "送信日時: 2026年1月10日 13:00", "宛先: 鈴木 花子", "件名: 日程", ""]
BLOCK_EN = ["From: Taro Yamada <yamada@example.jp>", "Sent: Saturday, January 10, 2026 1:00 PM", "To: Hanako Suzuki",
            "Subject: Dates", ""]

CLIENTS = [
    Client("Gmail", "ja", ["", "2026年1月10日(土) 13:00 山田 太郎 <yamada@example.jp>:", ""], "> "),
    Client("Gmail without a weekday", "ja", ["", "2026年1月10日 13:00 <yamada@example.jp>:", ""], "> "),
    Client("Gmail", "en", ["", "On Sat, Jan 10, 2026 at 1:00 PM Taro Yamada <yamada@example.jp> wrote:", ""], "> "),
    Client("Gmail, wrapped", "en", ["", "On Sat, Jan 10, 2026 at 1:00 PM Taro Yamada of the Center",
                                    "<yamada.taro.of.the.center@mail.example.jp> wrote:", ""], "> "),
    Client("Outlook", "ja", ["", RULE, *BLOCK_JA], None),
    Client("Outlook, wide colons", "ja", ["", "-----元のメッセージ-----", *[line.replace(": ", "： ") for line in BLOCK_JA]], None),
    Client("Outlook", "en", ["", "-----Original Message-----", *BLOCK_EN], None),
    Client("Outlook without a rule", "en", ["", *BLOCK_EN], None),
    Client("OWA", "ja", [RULE + "________", *BLOCK_JA], None),
    Client("Outlook for iOS", "ja", ["", RULE, *BLOCK_EN], None, "Outlook for iOS を入手"),
    Client("Outlook, marked", "ja", ["", "-----Original Message-----", *BLOCK_EN], "> "),
    Client("iPhone", "ja", ["", "2026/01/10 13:00、山田 太郎 <yamada@example.jp>のメール:", ""], "> ", "iPhoneから送信"),
    Client("Mac Mail", "ja", ["", "2026/01/10 13:00、山田 太郎 <yamada@example.jp>のメッセージ:", ""], "> "),
    Client("iPhone", "en", ["", "On Jan 10, 2026, at 13:00, Taro Yamada <yamada@example.jp> wrote:", ""], "> ", "Sent from my iPhone"),
    Client("Thunderbird", "ja", ["", "2026/01/10 13:00、山田 太郎 さんは書きました:"], "> "),
    Client("Thunderbird of old", "ja", ["", "(2026/01/10 13:00), 山田 太郎 wrote:"], "> "),
    Client("Thunderbird", "en", ["", "On 1/10/2026 1:00 PM, Taro Yamada wrote:"], "> "),
    Client("Roundcube", "ja", ["", "2026-01-10 13:00 に 山田 太郎 さんは書きました:"], "> "),
    Client("Evolution", "ja", ["", "2026-01-10 (土) の 13:00 +0900 に 山田 太郎 さんは書きました:"], "> "),
    Client("Yahoo", "en", ["On Saturday, January 10, 2026 at 01:00:00 PM GMT+9, Taro Yamada <yamada@example.jp> wrote:", ""], None),
    Client("a phone without quotes", "ja", None, None),
    Client("Becky!", "ja", ["", "On Sat, 10 Jan 2026 13:00:00 +0900", "山田 太郎 <yamada@example.jp> wrote:", ""], "> "),
    Client("Mew", "ja", ["", "In message <20260110.130000.1234.yamada@example.jp>", "    on Sat, 10 Jan 2026 13:00:00 +0900 (JST),",
                         " Yamada Taro <yamada@example.jp> writes:", ""], "> "),
    Client("Mew's fields", "ja", ["", "From: Yamada Taro <yamada@example.jp>", "Subject: 日程",
                                  "Date: Sat, 10 Jan 2026 13:00:00 +0900", ""], "> "),
    Client("Wanderlust", "ja", ["", "At Sat, 10 Jan 2026 13:00:00 +0900,", "Yamada Taro wrote:"], "> "),
    Client("Shuriken", "ja", ["", "--- Original Message ---", "差出人 : 山田 太郎", "宛先   : 鈴木 花子", "日時   : 2026/1/10 13:00:00",
                              "件名   : 日程", ""], None),
    Client("AL-Mail", "ja", ["", "\"山田 太郎\" <yamada@example.jp> さんは書きました:"], "> "),
    Client("Gnus", "ja", ["", ">>>>> In <m3@example.jp>", ">>>>>\tYamada Taro <yamada@example.jp> wrote:", ""], "YT> "),
    Client("mutt", "en", ["", "On Sat, Jan 10, 2026 at 01:00:00PM +0900, Taro Yamada wrote:"], "> "),
    Client("Lotus Notes", "ja", ["", "", "山田 太郎 <yamada@example.jp>", "2026/01/10 13:00", "", "        宛先:     鈴木 花子", "        cc:",
                                 "        件名:     日程", "", ""], None),
    Client("news", "ja", ["", "<20260110@example.jp> の記事において", "   yamada@example.jp さんは書きました。", ""], "> "),
    Client("bars", "ja", ["", "山田さん wrote:"], "| "),
    Client("wide marks", "ja", ["", "山田さんは書きました:"], "＞"),
    Client("colons", "ja", ["", "yamadaさん writes:"], ": "),
    Client("no attribution", "ja", [""], "> "),
    Client("Gmail", "de", ["", "Am Sa., 10. Jan. 2026 um 13:00 Uhr schrieb Taro Yamada <yamada@example.jp>:", ""], "> "),
    Client("Outlook", "de", ["", "Von: Taro Yamada", "Gesendet: Samstag, 10. Januar 2026 13:00", "An: Hanako", "Betreff: Termine", ""], None),
    Client("Gmail", "fr", ["", "Le sam. 10 janv. 2026 à 13:00, Taro Yamada <yamada@example.jp> a écrit :", ""], "> "),
    Client("Outlook", "fr", ["", "De : Taro Yamada", "Envoyé : samedi 10 janvier 2026 13:00", "À : Hanako", "Objet : Dates", ""], None),
    Client("Gmail", "es", ["", "El sáb, 10 ene 2026 a las 13:00, Taro Yamada (<yamada@example.jp>) escribió:", ""], "> "),
    Client("Gmail", "it", ["", "Il giorno sab 10 gen 2026 alle ore 13:00 Taro Yamada <", "yamada@example.jp> ha scritto:", ""], "> "),
    Client("Gmail", "nl", ["", "Op za 10 jan 2026 om 13:00 schreef Taro Yamada <yamada@example.jp>:", ""], "> "),
    Client("Gmail", "pt", ["", "Em sáb., 10 de jan. de 2026 às 13:00, Taro Yamada <yamada@example.jp> escreveu:", ""], "> "),
    Client("Gmail", "pl", ["", "sob., 10 sty 2026 o 13:00 Taro Yamada <yamada@example.jp> napisał(a):", ""], "> "),
    Client("Gmail", "sv", ["", "Den lör 10 jan. 2026 kl 13:00 skrev Taro Yamada <yamada@example.jp>:", ""], "> "),
]

CHARSETS = {"ja": ["utf-8", "iso-2022-jp", "cp932", "euc-jp"], "pl": ["utf-8", "iso-8859-2"]}
LABELS = {"cp932": "Shift_JIS"}
ENCODINGS = ["8bit", "quoted-printable", "base64"]


def quote(client, lines):
    return [(client.mark + line).rstrip() if client.mark else line for line in lines]


def on_top(client, text, ending):
    """Answers above the quote; gives the lines of the mail and the new ones."""
    quoted = [] if client.above is None else [*client.above, *quote(client, text["quoted"])]
    below = ["", client.below] if client.below else []
    return [*text["answers"], "", *ending, *below, *quoted], text["answers"]


def below(client, text, ending):
    return [*client.above[1:], *quote(client, text["quoted"]), "", *text["answers"], "", *ending], text["answers"]


def between(client, text, ending):
    """Each answer below the line that it answers."""
    lines = list(client.above[1:])
    for asked, answer in zip(text["quoted"], text["answers"]):
        lines += [*quote(client, [asked]), "", answer, ""]
    return [*lines, *ending], text["answers"]


def footer(lines):
    return [*lines, "", "_" * 47, "staff mailing list", "staff@lists.example.jp", "https://lists.example.jp/mailman/listinfo/staff"]


def encode(lines, charset, encoding, subtype="plain"):
    """The bytes of a mail with this text."""
    body = ("\n".join(lines) + "\n").encode(charset)
    if charset == "iso-2022-jp":
        encoding = "7bit" if encoding == "8bit" else encoding
    if encoding == "quoted-printable":
        body = quopri.encodestring(body)
    elif encoding == "base64":
        body = base64.encodebytes(body)
    head = ["From: Hanako Suzuki <suzuki@example.jp>", "To: poll@tc.example.ac.jp", "Date: Sat, 10 Jan 2026 14:00:00 +0900",
            "Subject: Re: poll", "In-Reply-To: <b1@tc.example.ac.jp>", "MIME-Version: 1.0",
            f"Content-Type: text/{subtype}; charset={LABELS.get(charset, charset)}", f"Content-Transfer-Encoding: {encoding}"]
    return "\n".join(head).encode() + b"\n\n" + body


def expect(new, signature=None):
    wanted = {"class": "human", "may_answer": True, "may_count": True, "new_text": "\n".join(new)}
    if signature is not None:
        wanted["signature"] = "\n".join(signature)
    return wanted


def html_replies():
    """The same answers in HTML alone, quoted as the programs do it."""
    for language in ("ja", "en"):
        text = TEXTS[language]
        own = "".join(f"<div>{html.escape(line)}</div>" for line in text["answers"])
        asked = "".join(f"<div>{html.escape(line)}</div>" for line in text["quoted"])
        date = "2026年1月10日(土) 13:00 山田 太郎" if language == "ja" else "On Sat, Jan 10, 2026 at 1:00 PM Taro Yamada"
        end = "" if language == "ja" else " wrote"
        block = BLOCK_JA if language == "ja" else BLOCK_EN
        labels = "<br>".join("<b>{}:</b> {}".format(*map(html.escape, line.split(": ", 1))) for line in block if line)
        yield f"Gmail's HTML ({language})", (
            f'<div dir="ltr">{own}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{date} &lt;'
            f'<a href="mailto:yamada@example.jp">yamada@example.jp</a>&gt;{end}:<br></div>'
            f'<blockquote class="gmail_quote" style="margin:0px">{asked}</blockquote></div>'), text
        yield f"Outlook's HTML ({language})", (
            f'<body>{own}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">{labels}</p></div></div>'
            f"<p>&nbsp;</p>{asked}</body>"), text
        yield f"Apple's HTML ({language})", (
            f'<body>{own}<br><div><blockquote type="cite"><div>{date} &lt;yamada@example.jp&gt;{end}:</div><br>{asked}</blockquote></div>'), text


def mails():
    """All of the corpus: (name, bytes, what `kairan read` must say)."""
    turn = 0
    for client in CLIENTS:
        text = TEXTS[client.language]
        charsets = CHARSETS.get(client.language, ["utf-8", "iso-8859-1"])
        styles = [on_top] if not client.mark else [on_top, below, between]
        for style in styles:
            endings = [[], text["signature"], text["card"]]
            for ending in (endings if not client.mark else [endings[turn % 3], endings[(turn + 1) % 3]]):
                charset, encoding = charsets[turn % len(charsets)], ENCODINGS[turn // len(charsets) % len(ENCODINGS)]
                lines, new = style(client, text, ending)
                is_listed = turn % 5 == 4 and style is not on_top
                name = f"{client.name} ({client.language}), {style.__name__}, {ending[:1]}, {charset}, {encoding}" + ", list" * is_listed
                # what a phone and a list add belongs to no signature of the writer's
                signature = None if client.below or is_listed else ending
                yield name, encode(footer(lines) if is_listed else lines, charset, encoding), expect(new, signature)
                turn += 1
    for name, page, text in html_replies():
        yield name, encode([page], "utf-8", ENCODINGS[turn % 3], "html"), expect(text["answers"])
        turn += 1


def write(folder):
    os.makedirs(folder, exist_ok=True)
    for number, (name, mail, wanted) in enumerate(mails(), 1):
        with open(os.path.join(folder, f"{number:03}.eml"), "wb") as file:
            file.write(mail)
        with open(os.path.join(folder, f"{number:03}.json"), "w", encoding="utf-8") as file:
            json.dump({"case": name, **wanted}, file, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    write(sys.argv[1])
