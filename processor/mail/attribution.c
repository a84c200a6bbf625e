/* What stands above quotes: see attribution.h. Structure first, words where they are needed. */
#include "mail/attribution.h"

#include <string.h>

enum {
    NARROW_COLUMNS = 80,
    LABEL_BYTES = 40, /* of the longest label, with what may stand around it */
    DELIMITER_BYTES = 200,
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool attribution_holds_address(struct span span)
{
    for (size_t i = 1; i + 1 < span.length; i++) {
        if (span.text[i] != '@' || is_blank(span.text[i - 1]))
            continue;
        for (size_t j = i + 1; j < span.length && !is_blank(span.text[j]) && span.text[j] != '>'; j++)
            if (strchr(".*", span.text[j]) || span_begins(span_rest(span, j), "xx")) /* archives hide domains */
                return true;
    }
    return false;
}

/* "13:00", "1:00 PM", "13.00", "13h00", "13時00分". */
static bool holds_time(struct span span)
{
    for (size_t i = 1; i + 2 < span.length; i++) {
        if (!is_digit(span.text[i - 1]))
            continue;
        char c = span.text[i];
        if ((c == ':' || c == 'h') && is_digit(span.text[i + 1]) && is_digit(span.text[i + 2]))
            return true;
        if (span_begins(span_rest(span, i), "時"))
            return true;
    }
    return false;
}

/* The length of "2026/", "2026-", "2026.", "2026年" followed by a digit, at the start; 0 when it is none. */
static size_t year_length(struct span span)
{
    if (span.length < 6 || !is_digit(span.text[2]) || !is_digit(span.text[3]))
        return 0;
    if (memcmp(span.text, "19", 2) != 0 && memcmp(span.text, "20", 2) != 0)
        return 0;
    size_t length = 4;
    while (length < span.length && span.text[length] == ' ')
        length++;
    struct span rest = span_rest(span, length);
    if (span_begins(rest, "年"))
        length += strlen("年");
    else if (rest.length && strchr("/-.", rest.text[0]))
        length += 1;
    else
        return 0;
    while (length < span.length && span.text[length] == ' ')
        length++;
    return length < span.length && is_digit(span.text[length]) ? length : 0;
}

/* "10/01/", "10-01-", "98/01/" and the like: three groups of at most two or four digits. */
static bool is_numeric_date(struct span span)
{
    size_t groups = 0;
    size_t i = 0;
    while (groups < 3) {
        size_t start = i;
        while (i < span.length && is_digit(span.text[i]))
            i++;
        if (i == start || i - start > 4)
            return false;
        groups++;
        if (groups < 3 && (i >= span.length || !strchr("/.-", span.text[i])))
            return false;
        i += groups < 3;
    }
    return true;
}

static const char *const month_names[] = {
    "jan", "feb",  "mar",  "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai",   "mär",
    "avr", "juin", "juil", "aoû", "déc", "fév", "okt", "dez", "ene", "ago", "dic", "gen", "giu",   "lug",
    "ott", "mag",  "kes",  "tam", "maa", "hel", "huh", "tou", "hei", "elo", "syy", "lok", "mrt",   "mei",
    "fev", "abr",  "set",  "out", "sty", "lut", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź",   "lis",
    "gru", "led",  "úno",  "bře", "янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен",   "окт",
    "ноя", "дек",  "oca",  "şub", "nis", "haz", "tem", "ağu", "eyl", "eki", "kas", "ara", "tháng", NULL};

static bool is_year(struct span rest)
{
    return rest.length >= 4 && (memcmp(rest.text, "19", 2) == 0 || memcmp(rest.text, "20", 2) == 0) &&
           is_digit(rest.text[2]) && is_digit(rest.text[3]) && (rest.length == 4 || !is_digit(rest.text[4]));
}

static bool is_era(struct span rest)
{
    static const char reiwa[] = "令和";
    static const char heisei[] = "平成";
    return rest.length >= sizeof reiwa - 1 &&
           (memcmp(rest.text, reiwa, sizeof reiwa - 1) == 0 || memcmp(rest.text, heisei, sizeof heisei - 1) == 0);
}

/* A date with its year: in figures, in Japanese, or a month's name and a year of four digits. */
static bool holds_full_date(struct span span)
{
    bool has_year = false;
    for (size_t i = 0; i + 3 < span.length; i++) {
        if ((unsigned char)span.text[i] >= 0xE4 && is_era(span_rest(span, i)))
            return true;
        if (!is_digit(span.text[i]) || (i && is_digit(span.text[i - 1])))
            continue;
        struct span rest = span_rest(span, i);
        if (year_length(rest) || is_numeric_date(rest))
            return true;
        has_year = has_year || is_year(rest);
    }
    return has_year && span_holds_any(span, month_names);
}

bool attribution_is_dated(struct span paragraph)
{
    return holds_full_date(paragraph);
}

/* Words that close an attribution, whatever follows them up to the colon (a name, in languages that put the verb
 * first). */
static const char *const verbs[] = {" wrote",      "writes",    "schrieb",    "geschrieben",  " a écrit",
                                    "écrivait",    "écrit",     "escribió",   "ha scritto",   "scrisse",
                                    "scriveva",    "schreef",   "geschreven", " skrev",       "napisał",
                                    "escreveu",    "kirjoitti", "писал",      "написал",      "写道",
                                    "寫道",        "作성",      "작성:",      "님이 작성",    "napsal",
                                    "írta",        "yazdı",     "a scris",    "đã viết",      "έγραψε",
                                    "пише",        " wrote:",   "napísal",    "está escrito", "escrigué",
                                    "va escriure", "menulis",   "さんwrote",  "さん wrote",   NULL};

/* The same where they must stand at the end, because people use them in sentences as well. */
static const char *const endings[] = {"wrote",          "writes",           "書きました",       "書かれました",
                                      "書いています",   "書いてます",       "書いた",           "さんのメール",
                                      ">のメール",      "さん曰く",         "さんいわく",       "さん、曰く",
                                      "さんの発言",     "さんは曰く",       "さんのお言葉",     "さんが言った",
                                      "のご発言",       "さんからのメール", "様のメール",       "様wrote",
                                      "さんwrote",      "からの引用です",   "書いておられます", "おっしゃいました",
                                      "のたまいました", "さんは言いました", "さんの書込み",     "さん談",
                                      "さんの記事",     "さん writes",      "さん said",        NULL};

/* Those that need a date, an address or a colon beside them. */
static const char *const weak_endings[] = {
    "said",           "says",     "write",        "のメール",   "のメッセージ", "さんから",   "さんより", "の記事",
    "の記事において", "の記事で", "において",     "にて",       "記述",         "からの引用", "の投稿",   "さんは",
    "様より",         "様から",   "のメールから", "のメールで", "の発言から",   "いわく",     "曰く",     "の中で",
    "で、",           NULL};

/* Without what may stand behind the last word: colons, commas, dots, brackets. */
static struct span strip_end(struct span text)
{
    static const char *const marks[] = {":", "：", "，", "、", ",", "…", "。", ".", "=", ">>", NULL};
    for (;;) {
        text = span_trim(text);
        const char *const *mark = marks;
        while (*mark && !span_ends(text, *mark))
            mark++;
        if (!*mark)
            return text;
        text.length -= strlen(*mark);
    }
}

/* Marks of a vote, and words that end a sentence of one's own: such a line says something. */
static bool is_saying(struct span text)
{
    static const char *const marks[] = {"○", "×", "△", "◯", "◎", "〇", "✕", "⭕", "❌", "OK", NULL};
    static const char *const sentence_ends[] = {
        "です", "ます", "ません", "でした", "ください", "下さい", "した", "しょう", "ですか", "ますか", "だ", "る",
        "い",   "可",   "?",      "？",     "!",        "！",     "す",   "ね",     "よ",     "か",     NULL};
    return span_ends_any(strip_end(text), sentence_ends) || span_holds_any(text, marks);
}

/* "Yamada Taro <yamada@example.jp>" and nothing else. */
static bool is_mailbox(struct span text)
{
    const char *open = memchr(text.text, '<', text.length);
    return open && span_ends(text, ">") && !memchr(text.text, '\n', text.length) &&
           !memchr(text.text, ':', text.length) &&
           attribution_holds_address((struct span){open, (size_t)(text.text + text.length - open)});
}

/* What the paragraph holds, seen once. */
struct looks {
    struct span text;
    struct span head; /* without what may stand at its end */
    bool ends;        /* with a colon */
    bool has_address;
    bool ends_words; /* in words that close an attribution */
    bool is_dated;
    bool is_timed;
};

static struct looks look(struct span paragraph)
{
    struct looks looks = {.text = span_trim(paragraph)};
    looks.head = strip_end(looks.text);
    looks.ends = span_ends_with_colon(looks.text);
    looks.has_address = attribution_holds_address(looks.text);
    looks.ends_words = span_ends_any(looks.head, endings);
    looks.is_dated = holds_full_date(looks.text);
    looks.is_timed = holds_time(looks.text);
    return looks;
}

/* It ends in words that close an attribution or, with an address or a colon, in weaker ones, or holds such words. To be
 * asked last: there are many. */
static bool closes(const struct looks *looks)
{
    return looks->ends_words || ((looks->ends || looks->has_address) && (span_ends_any(looks->head, weak_endings) ||
                                                                         span_holds_any(looks->text, verbs)));
}

static bool is_unmistakable(const struct looks *looks)
{
    if (!looks->ends || (!looks->is_dated && !looks->is_timed))
        return false;
    if (looks->is_dated && looks->is_timed && looks->has_address)
        return true;
    return ((looks->is_dated && looks->is_timed) || looks->has_address) && closes(looks);
}

/* Without a colon at its end: a date and a time at the start, and only a name behind them. */
static bool is_date_and_name(const struct looks *looks)
{
    return looks->is_dated && looks->is_timed && attribution_begins(looks->text) &&
           span_width(looks->text) < NARROW_COLUMNS && !is_saying(looks->text) &&
           !memchr(looks->text.text, '\n', looks->text.length);
}

enum attribution attribution_judge(struct span paragraph)
{
    struct span text = span_trim(paragraph);
    if (!text.length)
        return ATTRIBUTION_NONE;
    struct looks looks = look(text);
    if (is_unmistakable(&looks))
        return ATTRIBUTION_ANYWHERE;
    if (looks.ends_words && (span_width(text) < NARROW_COLUMNS || looks.has_address || looks.is_dated))
        return ATTRIBUTION_ABOVE_QUOTE;
    if (looks.ends && (looks.has_address || (looks.is_dated && looks.is_timed) || closes(&looks)))
        return ATTRIBUTION_ABOVE_QUOTE;
    if (looks.has_address && (looks.is_dated || looks.is_timed || closes(&looks)) && !is_saying(text))
        return ATTRIBUTION_ABOVE_QUOTE;
    if (is_mailbox(text) || is_date_and_name(&looks))
        return ATTRIBUTION_ABOVE_FIRST;
    return ATTRIBUTION_NONE;
}

/* Without the brackets, stars and marks that may open one. */
static struct span strip_start(struct span line)
{
    struct span text = span_trim(line);
    while (text.length && strchr("([*>\"", text.text[0]))
        text = span_trim(span_rest(text, 1));
    return text;
}

bool attribution_is_head(struct span line)
{
    static const char *const starts[] = {"in message",
                                         "in article",
                                         "in the message",
                                         "in <",
                                         "message-id",
                                         "in mail",
                                         "from message",
                                         "in your message",
                                         "in your mail",
                                         "in a message dated",
                                         "記事 <",
                                         "メッセージ <",
                                         "\"[",
                                         "\"re:",
                                         "subject:",
                                         NULL};
    struct span text = span_trim(line);
    static const char *const leads[] = {"において", "の記事で", "というメールで", "という記事で", NULL};
    if (span_begins_any(text, starts) || span_begins_any(strip_start(text), starts) || span_ends_any(text, leads))
        return true;
    return text.length > 2 && text.text[0] == '<' && attribution_holds_address(text) && !span_ends_with_colon(text);
}

bool attribution_begins(struct span line)
{
    static const char *const starts[] = {"on ",  "at ",  "am ",   "le ", "el ",  "op ",  "il ",
                                         "den ", "em ",  "dnia ", "在 ", "令和", "平成", "w dniu ",
                                         "dne ", "vào ", "pe ",   "в ",  "от ",  "el ",  NULL};
    static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo",  "di",  "mi",
                                           "do",  "fr",  "sa",  "so",  "lun", "mar", "mer", "jeu", "ven", "sam",
                                           "dim", "月",  "火",  "水",  "木",  "金",  "土",  "日",  NULL};
    struct span text = strip_start(line);
    if (year_length(text) || (text.length && is_digit(text.text[0]) && is_numeric_date(text)))
        return true;
    if (span_begins_any(text, starts) || attribution_is_head(text))
        return true;
    if (text.length && is_digit(text.text[0]))
        return holds_full_date(text);
    return span_begins_any(text, weekdays) && holds_full_date(text);
}

/* --- header blocks and delimiters --- */

struct label {
    unsigned bit;
    const char *const *words;
};

static const char *const from_labels[] = {
    "from",      "差出人",   "送信者", "送信元",     "発信者", "発信元",    "発信人",    "von",        "de",
    "van",       "da",       "från",   "od",         "fra",    "lähettäjä", "remitente", "expéditeur", "absender",
    "mittente",  "afzender", "от",     "feladó",     "kimden", "gönderen",  "发件人",    "發件人",     "寄件者",
    "보낸 사람", "sender",   "từ",     "odesílatel", "από",    "送り主",    NULL};
static const char *const date_labels[] = {
    "sent",     "date",      "送信日時",  "送信日",   "送信時刻",   "日時",    "日付",       "gesendet",
    "datum",    "envoyé",    "envoyé le", "enviado",  "enviado el", "enviada", "enviada em", "verzonden",
    "inviato",  "skickat",   "受信日時",  "作成日時", "発信日時",   "発信日",  "sendt",      "wysłano",
    "wysłane",  "lähetetty", "fecha",     "data",     "päiväys",    "dato",    "отправлено", "дата",
    "elküldve", "küldve",    "tarih",     "发送时间", "发送日期",   "日期",    "寄件日期",   "보낸 날짜",
    "날짜",     "sent on",   "sendt på",  "odesláno", "đã gửi",     "ngày",    NULL};
static const char *const to_labels[] = {
    "to",     "宛先",   "受信者",    "受取人",        "送信先",       "an",        "à",    "a",       "aan",  "para",
    "till",   "til",    "do",        "vastaanottaja", "destinatario", "empfänger", "кому", "címzett", "kime", "alıcı",
    "收件人", "收件者", "받는 사람", "komu",          "destinataire", "pour",      NULL};
static const char *const subject_labels[] = {
    "subject", "件名", "題名", "標題",  "タイトル", "betreff", "objet",  "onderwerp", "asunto",
    "oggetto", "ämne", "emne", "temat", "aihe",     "assunto", "тема",   "tárgy",     "konu",
    "主题",    "主旨", "主題", "제목",  "předmět",  "sujet",   "chủ đề", NULL};
static const char *const other_labels[] = {
    "cc",           "bcc",        "ｃｃ",        "ＣＣ",         "reply-to",         "importance",  "重要度", "返信先",
    "添付ファイル", "添付",       "attachments", "organization", "message-id",       "priority",    "優先度", "kopie",
    "copie",        "copia",      "kopia",       "in-reply-to",  "x-mailer",         "sensitivity", "抄送",   "副本",
    "attachment",   "newsgroups", "list-id",     "mailing list", "メーリングリスト", "参照",        "同報",   NULL};

static const struct label labels[] = {
    {HEADER_FROM, from_labels},       {HEADER_DATE, date_labels},   {HEADER_TO, to_labels},
    {HEADER_SUBJECT, subject_labels}, {HEADER_OTHER, other_labels},
};

/* What stands before the first colon, without blanks and the stars that HTML to text programs write for bold; empty: none. */
static struct span label_of(struct span line)
{
    struct span text = span_trim(line);
    struct span head = {text.text, text.length < LABEL_BYTES ? text.length : LABEL_BYTES};
    const char *colon = memchr(head.text, ':', head.length);
    const char *wide = memmem(head.text, head.length, "：", strlen("："));
    if (!colon || (wide && wide < colon))
        colon = wide;
    if (!colon)
        return (struct span){text.text, 0};
    head.length = (size_t)(colon - head.text);
    while (head.length && head.text[0] == '*')
        head = span_rest(head, 1);
    head = span_trim(head);
    while (head.length && head.text[head.length - 1] == '*')
        head.length--;
    return span_trim(head);
}

unsigned attribution_header_label(struct span line)
{
    struct span label = label_of(line);
    for (size_t i = 0; label.length && i < sizeof labels / sizeof *labels; i++)
        for (const char *const *word = labels[i].words; *word; word++)
            if (span_may_begin(label, *word) && span_begins(label, *word) && strlen(*word) == label.length)
                return labels[i].bit;
    return 0;
}

static bool is_dash(struct span text)
{
    static const char *const dashes[] = {"--", "__", "==", "－－", "──", "——", "**", "~~", "━━", "＝＝", "‐‐", NULL};
    return span_begins_any(text, dashes);
}

bool attribution_is_framed(struct span line)
{
    static const char *const dashes[] = {"--", "__", "==", "－－", "──", "——", "**", "~~", "━━", "＝＝", "‐‐", NULL};
    struct span text = span_trim(line);
    return text.length < DELIMITER_BYTES && is_dash(text) && span_ends_any(text, dashes);
}

/* What stands between the dashes of a delimiter … */
static const char *const delimiter_words[] = {"original message",
                                              "元のメッセージ",
                                              "オリジナルメッセージ",
                                              "引用元メッセージ",
                                              "forwarded message",
                                              "転送",
                                              "message transféré",
                                              "message d'origine",
                                              "message original",
                                              "ursprüngliche nachricht",
                                              "weitergeleitete nachricht",
                                              "mensaje original",
                                              "mensaje reenviado",
                                              "messaggio originale",
                                              "messaggio inoltrato",
                                              "oorspronkelijk bericht",
                                              "doorgestuurd bericht",
                                              "original-nachricht",
                                              "originalnachricht",
                                              "ursprungligt meddelande",
                                              "originalmeddelande",
                                              "mensagem original",
                                              "mensagem encaminhada",
                                              "original appointment",
                                              "元の予定",
                                              "original mail",
                                              "元のメール",
                                              "reply message",
                                              "返信元メッセージ",
                                              "受信メッセージ",
                                              "引用元",
                                              "以下引用",
                                              "oprindelig meddelelse",
                                              "opprinnelig melding",
                                              "oryginalna wiadomość",
                                              "wiadomość oryginalna",
                                              "wiadomość przesłana",
                                              "alkuperäinen viesti",
                                              "eredeti üzenet",
                                              "původní zpráva",
                                              "исходное сообщение",
                                              "пересылаемое сообщение",
                                              "原始邮件",
                                              "原始郵件",
                                              "转发",
                                              "轉寄",
                                              "원본 메시지",
                                              "mesaj original",
                                              "orijinal mesaj",
                                              "オリジナル メッセージ",
                                              "forwarded by",
                                              "original post",
                                              "previous message",
                                              "replied message",
                                              "送信元メール",
                                              "受信メール",
                                              "original email",
                                              NULL};

/* … and what is one without dashes. */
static const char *const delimiter_starts[] = {
    "begin forwarded message",    "転送されたメッセージ",        "転送メッセージ",
    "début du message réexpédié", "anfang der weitergeleiteten", "inicio del mensaje reenviado",
    "inizio messaggio inoltrato", "start of forwarded message",  NULL};

bool attribution_is_delimiter(struct span line)
{
    struct span text = span_trim(line);
    if (text.length > DELIMITER_BYTES)
        return false;
    if (text.length < 60 && span_begins_any(text, delimiter_starts))
        return true;
    if (!is_dash(text))
        return false;
    return span_holds_any(text, delimiter_words) || (attribution_is_framed(text) && span_holds_any(text, verbs));
}
