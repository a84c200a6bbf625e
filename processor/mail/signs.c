/* Signs of single lines: see signs.h. */
#include "mail/signs.h"

#include <string.h>

#include "mail/attribution.h"

enum { NAME_COLUMNS = 60, SIGN_OFF_COLUMNS = 30, DEVICE_WORDS = 4, BORDER_DASHES = 2 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The bytes of the rule character at the start, or 0. Marks (○ × △ and the like) are none, or a vote could be a rule.
 */
static size_t rule_character(struct span span)
{
    static const char wide[] = "─━―－＝＿＊～〜・…‥☆★◆◇■□▼▽※┌┐└┘┏┓┗┛│┃═＋＃♪♦♢￣ー—–／＼"; /* three bytes each */
    unsigned char first = (unsigned char)span.text[0];
    if (first < 0x80)
        return strchr("-=_*~+#/.:^<>|\\", span.text[0]) != NULL;
    if (span.length < 3 || (first != 0xE2 && first != 0xE3 && first != 0xEF))
        return 0;
    for (const char *character = wide; *character; character += 3)
        if (memcmp(span.text, character, 3) == 0)
            return 3;
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
        text = span_rest(text, length);
    }
    return width >= columns;
}

bool sign_is_border(struct span line)
{
    struct span text = span_trim(line);
    size_t dashes = 0;
    size_t length;
    struct span rest = text;
    while (rest.length && (length = rule_character(rest)) > 0) {
        dashes += length > 1 ? 2 : 1;
        rest = span_rest(rest, length);
    }
    static const char *const closers[] = {"--", "==", "__", "**", "~~", "++", "//", "-+",
                                          "*/", "━",  "─",  "☆",  "★",  "＝", "－", NULL};
    return rest.length && dashes >= BORDER_DASHES && span_width(text) <= 2 * NAME_COLUMNS &&
           span_ends_any(text, closers);
}

bool sign_is_signature_mark(struct span line)
{
    struct span text = span_trim(line);
    if (line.length > 8)
        return false;
    return (text.length == 2 && memcmp(text.text, "--", 2) == 0) ||
           (text.length == 4 && memcmp(text.text, "- --", 4) == 0) ||
           (text.length == strlen("—") && span_begins(text, "—"));
}

static const char *const contact_starts[] = {
    "tel", "fax",   "電話",   "内線",   "〒",     "e-mail", "email",  "mail", "メール", "携帯", "℡",   "☎", "✉",
    "ext", "phone", "mobile", "ＴＥＬ", "ＦＡＸ", "ｔｅｌ", "mailto", "直通", "cell",   "fon",  "mob", NULL};

bool sign_is_contact(struct span line)
{
    static const char *const anywhere[] = {
        "tel:",   "tel.",    "tel ", "tel：",       "内線",         "〒",     "http://", "https://",
        "fax",    "www.",    "ext.", "℡",           "ＴＥＬ",       "ext:",   "電話:",   "電話：",
        "phone:", "mailto:", "pgp",  "fingerprint", "finger print", "key id", NULL};
    struct span text = span_trim(line);
    return text.length <= 300 && (attribution_holds_address(text) || span_holds_any(text, anywhere));
}

/* Something that only stands behind a label: a colon, a figure, an address. */
static bool is_after_label(struct span text)
{
    static const char *const signs[] = {":", "：", ".", "(", "（", "+", "０", "/", "＆", "&", "・", "番号", NULL};
    return text.length && (is_digit(text.text[0]) || span_begins_any(text, signs));
}

bool sign_is_contact_alone(struct span line)
{
    static const char *const sentence_ends[] = {"。",   "です", "ます", "ください", "下さい", "で", "へ",
                                                "まで", "！",   "!",    "?",        "？",     NULL};
    struct span text = span_trim(line);
    while (text.length && strchr("([<|/ ", text.text[0]))
        text = span_rest(text, 1);
    if (text.length > 150 || span_ends_any(text, sentence_ends))
        return false;
    bool has_value = false;
    for (size_t i = 0; i < text.length && !has_value; i++)
        has_value = is_digit(text.text[i]) || text.text[i] == '@' || span_begins(span_rest(text, i), "０");
    for (const char *const *word = contact_starts; has_value && *word; word++)
        if (span_begins(text, *word) && is_after_label(span_trim(span_rest(text, strlen(*word)))))
            return true;
    return false;
}

bool sign_is_name(struct span line)
{
    static const char *const said[] = {"。",   "、",   "○",    "×",    "△",   "◯",     "◎",     "〇",   "OK",    "ok",
                                       "NG",   "可",   "不",   "参加", "欠",  "出席",  "全",    "無理", "http:", "?",
                                       "？",   "！",   "!",    "yes",  "no ", "maybe", "works", "はい", "了解",  "希望",
                                       "以外", "どれ", "いつ", "都合", ";",   "=",     "{",     NULL};
    static const char *const sentence_ends[] = {"です", "ます", "した", "ません", "ください", "下さい", "だ", "る",
                                                "ね",   "よ",   "か",   ".",      ":",        "：",     NULL};
    static const char *const bullets[] = {"・", "- ", "* ", "1", "2", "3", "4", "5",
                                          "①",  "②",  ">",  "#", "$", "%", NULL};
    struct span text = span_trim(line);
    return text.length && span_width(text) <= NAME_COLUMNS && !span_holds_any(text, said) &&
           !span_ends_any(text, sentence_ends) && !span_begins_any(text, bullets);
}

static size_t count_words(struct span text)
{
    size_t words = 0;
    for (size_t i = 0; i < text.length; i++)
        words += text.text[i] != ' ' && (i == 0 || text.text[i - 1] == ' ');
    return words;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool sign_is_sign_off(struct span line)
{
    struct span text = line;
    size_t dash = 0;
    if (span_begins(text, "—") || span_begins(text, "–"))
        dash = strlen("—");
    else if (span_begins(text, "--"))
        dash = 2;
    else if (span_begins(text, "-"))
        dash = 1;
    if (!dash || text.length <= dash || span_width(text) > SIGN_OFF_COLUMNS)
        return false;
    struct span name = span_rest(text, dash);
    if (dash > 1)
        name = span_trim(name);
    return name.length && is_letter(name.text[0]) && count_words(name) <= 3 &&
           !span_ends_any(name, (const char *const[]){".", "?", "!", ":", ",", ";", NULL});
}

/* "Sent from my iPhone", but not "Sent from my desk, which is better than my telephone." */
static bool is_sent_from(struct span text)
{
    static const char *const starts[] = {"sent from my ",
                                         "sent from mail",
                                         "sent from outlook",
                                         "sent from yahoo",
                                         "sent from samsung",
                                         "sent from gmail",
                                         "sent from proton",
                                         "sent from iphone",
                                         "sent from ipad",
                                         "sent from android",
                                         "sent from the all new",
                                         "sent from windows",
                                         "sent via ",
                                         "sent with proton",
                                         "sent from mobile",
                                         "von meinem ",
                                         "gesendet von ",
                                         "gesendet mit ",
                                         "envoyé de mon ",
                                         "envoyé depuis ",
                                         "envoyé à partir ",
                                         "enviado desde ",
                                         "enviado do meu ",
                                         "enviado de mi ",
                                         "inviato da ",
                                         "inviato dal ",
                                         "verzonden vanaf ",
                                         "verstuurd vanaf ",
                                         "sendt fra ",
                                         "skickat från ",
                                         "wysłane z ",
                                         "wysłano z ",
                                         "lähetetty ",
                                         "отправлено с ",
                                         "отправлено из ",
                                         "发自我的",
                                         "寄件自我的",
                                         "從我的",
                                         "내 iphone에서",
                                         "나의 ",
                                         "odesláno z ",
                                         "odoslané z ",
                                         "trimis de pe ",
                                         "elküldve az ",
                                         "iphone'umdan gönderildi",
                                         "sent from nine",
                                         "sent from spark",
                                         "sent from a mobile",
                                         NULL};
    return span_begins_any(text, starts) && !span_ends(text, ",") && count_words(text) <= 3 + 2 * DEVICE_WORDS &&
           !(span_begins(text, "sent from my ") && count_words(text) > 3 + DEVICE_WORDS);
}

bool sign_is_device_line(struct span line)
{
    static const char *const ends[] = {
        "から送信",         "からの送信", "から送信されました", "を入手", "を取得", "から送信しています",
        "から送信しました", "で送信",     "より送信",           NULL};
    static const char *const devices[] = {"iphone", "ipad",     "android", "outlook", "yahoo",    "icloud", "gmail",
                                          "携帯",   "スマート", "スマホ",  "windows", "モバイル", "xperia", "galaxy",
                                          "mail",   "メール",   "aquos",   "spark",   NULL};
    static const char *const outlook[] = {"get outlook for ",   "get outlook for", "télécharger outlook",
                                          "outlook für ",       "obtener outlook", "laden sie outlook",
                                          "hol dir outlook",    "ottieni outlook", "scarica outlook",
                                          "downloaden outlook", "hämta outlook",   NULL};
    struct span text = span_trim(line);
    if (text.length > 150)
        return false;
    const char *link = span_ends(text, ">") ? memrchr(text.text, '<', text.length) : NULL;
    if (link)
        text = span_trim((struct span){text.text, (size_t)(link - text.text)});
    if (is_sent_from(text) || span_begins_any(text, outlook))
        return true;
    if (span_begins(text, "外出先から") || span_begins(text, "携帯から"))
        return span_ends(text, "送信") || span_ends(text, "送信しています");
    return span_ends_any(text, ends) && span_holds_any(text, devices);
}

bool sign_is_footer(struct span line)
{
    static const char *const starts[] = {"to unsubscribe",
                                         "to unsubcribe",
                                         "unsubscribe:",
                                         "you received this message because",
                                         "you are receiving this",
                                         "for additional commands, e-mail",
                                         "to subscribe",
                                         "to post to this group",
                                         "このメールは google グループ",
                                         "このメールは、google グループ",
                                         "このグループから退会",
                                         "このグループに投稿",
                                         "このグループに登録",
                                         "この電子メールは アバスト",
                                         "この電子メールはアバスト",
                                         "this email has been checked for viruses",
                                         "this message was sent from",
                                         "do you yahoo",
                                         "yahoo! groups",
                                         "list archive:",
                                         "reply to this email directly",
                                         "view this message in context",
                                         "mailing list archive",
                                         "for more options, visit",
                                         "this sf.net email",
                                         "退会",
                                         "配信停止",
                                         "購読解除",
                                         "このメーリングリスト",
                                         "ウイルス フリー。",
                                         "ウイルスフリー。",
                                         "virus-free.",
                                         "to change your",
                                         "to visit your group",
                                         "メーリングリストの退会",
                                         "登録解除",
                                         NULL};
    struct span text = span_trim(line);
    while (text.length && strchr("[*<>#-~", text.text[0]))
        text = span_trim(span_rest(text, 1));
    return text.length <= 300 && span_begins_any(text, starts);
}
