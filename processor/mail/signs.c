/* Signs of single lines: see signs.h. Structure first (dates, addresses, colons, rules), words where they are needed.
 */
#include "mail/signs.h"

#include <string.h>
#include <strings.h>

static const char ideographic_space[] = "\u3000";
enum { IDEOGRAPHIC_SPACE_BYTES = 3 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct span span_trim(struct span span)
{
    for (;;) {
        size_t cut = 0;
        if (span.length && is_blank(span.text[0]))
            cut = 1;
        else if (span.length >= IDEOGRAPHIC_SPACE_BYTES &&
                 memcmp(span.text, ideographic_space, IDEOGRAPHIC_SPACE_BYTES) == 0)
            cut = IDEOGRAPHIC_SPACE_BYTES;
        if (!cut)
            break;
        span.text += cut;
        span.length -= cut;
    }
    for (;;) {
        const char *end = span.text + span.length;
        if (span.length && is_blank(end[-1]))
            span.length--;
        else if (span.length >= IDEOGRAPHIC_SPACE_BYTES &&
                 memcmp(end - IDEOGRAPHIC_SPACE_BYTES, ideographic_space, IDEOGRAPHIC_SPACE_BYTES) == 0)
            span.length -= IDEOGRAPHIC_SPACE_BYTES;
        else
            return span;
    }
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool span_begins(struct span span, const char *word)
{
    if (!span.length || lower(span.text[0]) != lower(word[0]))
        return !word[0];
    size_t length = strlen(word);
    return span.length >= length && strncasecmp(span.text, word, length) == 0;
}

bool span_ends(struct span span, const char *word)
{
    size_t length = strlen(word);
    return span.length >= length && strncasecmp(span.text + span.length - length, word, length) == 0;
}

bool span_holds(struct span span, const char *word)
{
    size_t length = strlen(word);
    char first = lower(word[0]);
    for (size_t i = 0; i + length <= span.length; i++)
        if (lower(span.text[i]) == first && strncasecmp(span.text + i, word, length) == 0)
            return true;
    return false;
}

static bool holds_any(struct span span, const char *const words[])
{
    for (; *words; words++)
        if (span_holds(span, *words))
            return true;
    return false;
}

static bool begins_any(struct span span, const char *const words[])
{
    for (; *words; words++)
        if (span_begins(span, *words))
            return true;
    return false;
}

static bool ends_with_colon(struct span span)
{
    return span_ends(span, ":") || span_ends(span, "：");
}

/* "name@host.domain" somewhere; what stands around it does not matter. */
static bool holds_address(struct span span)
{
    for (size_t i = 1; i + 1 < span.length; i++) {
        if (span.text[i] != '@' || is_blank(span.text[i - 1]))
            continue;
        for (size_t j = i + 1; j < span.length && !is_blank(span.text[j]) && span.text[j] != '>'; j++)
            if (span.text[j] == '.')
                return true;
    }
    return false;
}

/* "13:00", "1:00 PM", "13時00分". */
static bool holds_time(struct span span)
{
    for (size_t i = 1; i + 2 < span.length; i++) {
        if (!is_digit(span.text[i - 1]))
            continue;
        if (span.text[i] == ':' && is_digit(span.text[i + 1]) && is_digit(span.text[i + 2]))
            return true;
        if (span_begins((struct span){span.text + i, span.length - i}, "時"))
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
    struct span rest = {span.text + 4, span.length - 4};
    if (span_begins(rest, "年"))
        length += strlen("年");
    else if (strchr("/-.", rest.text[0]))
        length += 1;
    else
        return 0;
    while (length < span.length && span.text[length] == ' ')
        length++;
    return length < span.length && is_digit(span.text[length]) ? length : 0;
}

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may",  "jun",  "jul", "aug", "sep", "oct", "nov",
                                          "dec", "mai", "mär", "avr", "juin", "juil", "aoû", "déc", "fév", "okt", "dez",
                                          "ene", "ago", "dic", "gen", "giu",  "lug",  "ott", "mag", "kes", "tam", NULL};

/* A date with its year: in figures, in Japanese, or a month's name and a year of four digits. */
static bool holds_full_date(struct span span)
{
    bool has_year = false;
    for (size_t i = 0; i + 3 < span.length; i++) {
        if (i && is_digit(span.text[i - 1]))
            continue;
        struct span rest = {span.text + i, span.length - i};
        if (year_length(rest))
            return true;
        bool four = (memcmp(rest.text, "19", 2) == 0 || memcmp(rest.text, "20", 2) == 0) && is_digit(rest.text[2]) &&
                    is_digit(rest.text[3]);
        has_year = has_year || four;
    }
    if (span_holds(span, "令和"))
        return true;
    if (!has_year)
        return false;
    for (size_t i = 2; i + 5 < span.length; i++) /* "10.01.2026", "1/10/2026" */
        if (strchr("/.-", span.text[i]) && is_digit(span.text[i - 1]) && memcmp(span.text + i + 1, "20", 2) == 0)
            return true;
    return holds_any(span, month_names);
}

static const char *const closing_words[] = {
    "wrote",    "writes:",   "書きました", "さんのメール", ">のメール",  "のメール:", "のメール：", "のメッセージ",
    "さんから", "schrieb",   "a écrit",    "escribió",     "ha scritto", "schreef",   "skrev",      "napisał",
    "escreveu", "kirjoitti", "писал",      "написал",      "写道",       "寫道",      "작성",       NULL};

enum attribution sign_attribution(struct span paragraph)
{
    struct span text = span_trim(paragraph);
    bool ends = ends_with_colon(text);
    bool address = holds_address(text);
    if (!ends && !address && !span_ends(text, ">"))
        return ATTRIBUTION_NONE;
    bool closes = holds_any(text, closing_words);
    bool dated = holds_full_date(text);
    bool timed = holds_time(text);
    if (ends && dated && timed && (address || closes))
        return ATTRIBUTION_ANYWHERE;
    if (ends && dated && closes && address)
        return ATTRIBUTION_ANYWHERE;
    if ((ends && (address || closes || (dated && timed))) || (address && (dated || timed || closes)))
        return ATTRIBUTION_ABOVE_QUOTE;
    return ATTRIBUTION_NONE;
}

bool sign_begins_attribution(struct span line)
{
    static const char *const starts[] = {"on ",  "at ", "am ",   "le ", "el ",  "op ", "il ",
                                         "den ", "em ", "dnia ", "在 ", "令和", NULL};
    struct span text = span_trim(line);
    while (text.length && strchr("([*", text.text[0])) {
        text.text++;
        text.length--;
    }
    if (year_length(text) || begins_any(text, starts))
        return true;
    static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
    return begins_any(text, weekdays) && holds_full_date(text);
}

struct label {
    const char *word;
    unsigned bit;
};

static const struct label labels[] = {
    {"from", HEADER_FROM},
    {"差出人", HEADER_FROM},
    {"送信者", HEADER_FROM},
    {"送信元", HEADER_FROM},
    {"発信者", HEADER_FROM},
    {"von", HEADER_FROM},
    {"de", HEADER_FROM},
    {"van", HEADER_FROM},
    {"da", HEADER_FROM},
    {"från", HEADER_FROM},
    {"od", HEADER_FROM},
    {"fra", HEADER_FROM},
    {"sent", HEADER_DATE},
    {"date", HEADER_DATE},
    {"送信日時", HEADER_DATE},
    {"送信日", HEADER_DATE},
    {"日時", HEADER_DATE},
    {"日付", HEADER_DATE},
    {"gesendet", HEADER_DATE},
    {"datum", HEADER_DATE},
    {"envoyé", HEADER_DATE},
    {"enviado", HEADER_DATE},
    {"verzonden", HEADER_DATE},
    {"inviato", HEADER_DATE},
    {"skickat", HEADER_DATE},
    {"受信日時", HEADER_DATE},
    {"to", HEADER_TO},
    {"宛先", HEADER_TO},
    {"an", HEADER_TO},
    {"à", HEADER_TO},
    {"aan", HEADER_TO},
    {"para", HEADER_TO},
    {"till", HEADER_TO},
    {"subject", HEADER_SUBJECT},
    {"件名", HEADER_SUBJECT},
    {"betreff", HEADER_SUBJECT},
    {"objet", HEADER_SUBJECT},
    {"onderwerp", HEADER_SUBJECT},
    {"asunto", HEADER_SUBJECT},
    {"oggetto", HEADER_SUBJECT},
    {"ämne", HEADER_SUBJECT},
    {"cc", HEADER_OTHER},
    {"bcc", HEADER_OTHER},
    {"reply-to", HEADER_OTHER},
    {"importance", HEADER_OTHER},
    {"重要度", HEADER_OTHER},
    {"返信先", HEADER_OTHER},
    {"添付ファイル", HEADER_OTHER},
    {"attachments", HEADER_OTHER},
    {"organization", HEADER_OTHER},
};

enum { LABEL_BYTES = 40 };

unsigned sign_header_label(struct span line)
{
    struct span text = span_trim(line);
    struct span head = {text.text, text.length < LABEL_BYTES ? text.length : LABEL_BYTES};
    if (!span_holds(head, ":") && !span_holds(head, "："))
        return 0;
    while (text.length && text.text[0] == '*') { /* bold, as HTML to text programs write it */
        text.text++;
        text.length--;
    }
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (!span_begins(text, labels[i].word))
            continue;
        size_t length = strlen(labels[i].word);
        struct span rest = span_trim((struct span){text.text + length, text.length - length});
        if (span_begins(rest, ":") || span_begins(rest, "：") || span_begins(rest, "*:"))
            return labels[i].bit;
    }
    return 0;
}

bool sign_is_delimiter(struct span line)
{
    static const char *const words[] = {"original message",
                                        "元のメッセージ",
                                        "オリジナルメッセージ",
                                        "引用元メッセージ",
                                        "forwarded message",
                                        "転送",
                                        "message transféré",
                                        "message d'origine",
                                        "ursprüngliche nachricht",
                                        "weitergeleitete nachricht",
                                        "mensaje original",
                                        "messaggio originale",
                                        "oorspronkelijk bericht",
                                        "original-nachricht",
                                        "ursprungligt meddelande",
                                        "mensagem original",
                                        "original appointment",
                                        "元の予定",
                                        "original mail",
                                        "元のメール",
                                        NULL};
    static const char *const whole[] = {"begin forwarded message", "転送されたメッセージ", "転送メッセージ", NULL};
    struct span text = span_trim(line);
    if (text.length > 200)
        return false;
    if (text.length < 50 && begins_any(text, whole))
        return true;
    return (span_begins(text, "---") || span_begins(text, "___") || span_begins(text, "===") ||
            span_begins(text, "－－") || span_begins(text, "──")) &&
           holds_any(text, words);
}

/* The bytes of the rule character at the start, or 0. Marks (○ × △ and the like) are none, or a vote could be a rule.
 */
static size_t rule_character(struct span span)
{
    static const char *const wide[] = {"─",  "━", "―", "－", "＝", "＿", "＊", "～", "〜", "・", "…",
                                       "‥",  "☆", "★", "◆",  "◇",  "■",  "□",  "▼",  "▽",  "※",  "┌",
                                       "┐",  "└", "┘", "┏",  "┓",  "┗",  "┛",  "│",  "┃",  "═",  "＋",
                                       "＃", "♪", "♦", "♢",  "￣", "ー", "—",  "–",  "／", "＼", NULL};
    if (strchr("-=_*~+#/.:^<>|\\", span.text[0]))
        return 1;
    for (const char *const *word = wide; *word; word++)
        if (span_begins(span, *word))
            return strlen(*word);
    return 0;
}

bool sign_is_rule(struct span line, size_t columns)
{
    struct span text = span_trim(line);
    size_t width = 0;
    while (text.length) {
        size_t length = text.text[0] == ' ' ? 1 : rule_character(text);
        if (!length)
            return false;
        width += length > 1 ? 2 : 1;
        text.text += length;
        text.length -= length;
    }
    return width >= columns;
}

static const char *const contact_starts[] = {"tel",    "fax",     "電話",     "内線",     "〒",   "e-mail", "email",
                                             "mail:",  "mail：",  "メール:",  "メール：", "携帯", "℡",      "☎",
                                             "✉",      "http://", "https://", "url",      "ext.", "phone",  "mobile",
                                             "ＴＥＬ", "ＦＡＸ",  "ｔｅｌ",   NULL};

bool sign_is_contact(struct span line)
{
    static const char *const anywhere[] = {"tel:", "tel.", "tel ", "tel：", "内線",   "〒",   "http://", "https://",
                                           "fax",  "www.", "ext.", "℡",     "ＴＥＬ", "ext:", NULL};
    struct span text = span_trim(line);
    return text.length <= 300 && (holds_address(text) || holds_any(text, anywhere) || begins_any(text, contact_starts));
}

bool sign_is_contact_alone(struct span line)
{
    struct span text = span_trim(line);
    while (text.length && strchr("([<|/ ", text.text[0])) {
        text.text++;
        text.length--;
    }
    if (text.length > 150 || !begins_any(text, contact_starts))
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (is_digit(text.text[i]) || text.text[i] == '@' || text.text[i] == '/' ||
            span_begins((struct span){text.text + i, text.length - i}, "０"))
            return !span_ends(text, "。") && !span_ends(text, "です") && !span_ends(text, "ます");
    return false;
}

bool sign_is_device_line(struct span line)
{
    static const char *const starts[] = {"sent from my ",
                                         "sent from mail",
                                         "sent from outlook",
                                         "sent from yahoo",
                                         "sent from samsung",
                                         "sent from gmail",
                                         "sent via ",
                                         "get outlook for ",
                                         "von meinem ",
                                         "envoyé de mon ",
                                         "enviado desde mi ",
                                         "inviato da ",
                                         NULL};
    static const char *const ends[] = {"から送信",           "からの送信", "から送信されました", "を入手", "を取得",
                                       "から送信しています", NULL};
    static const char *const devices[] = {"iphone", "ipad",   "android",  "outlook", "yahoo",
                                          "gmail",  "携帯",   "スマート", "スマホ",  "windows",
                                          "xperia", "galaxy", "mail",     "メール",  NULL};
    struct span text = span_trim(line);
    if (text.length > 150)
        return false;
    if (begins_any(text, starts))
        return true;
    const char *link = span_ends(text, ">") ? memrchr(text.text, '<', text.length) : NULL;
    if (link)
        text = span_trim((struct span){text.text, (size_t)(link - text.text)});
    for (const char *const *end = ends; *end; end++)
        if (span_ends(text, *end))
            return holds_any(text, devices);
    return false;
}

size_t sign_width(struct span line)
{
    size_t width = 0;
    for (size_t i = 0; i < line.length; i++) {
        unsigned char byte = (unsigned char)line.text[i];
        if (byte < 0x80)
            width += 1;
        else if (byte >= 0xC0)
            width += 2;
    }
    return width;
}
