/* The prose of bounces: see bounce_text.h. */
#include "mail/bounce_text.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_local_byte(char c)
{
    return is_alphanumeric(c) || (c && strchr("!#$%&*+-/=?^_`{|}~.", c));
}

static bool is_domain_byte(char c)
{
    return is_alphanumeric(c) || (c && strchr("-._", c));
}

size_t bounce_status_length(struct span text)
{
    if (text.length < 5 || !strchr("245", text.text[0]) || text.text[1] != '.')
        return 0;
    size_t i = 2;
    while (i < text.length && i < 5 && is_digit(text.text[i]))
        i++;
    if (i == 2 || i + 1 >= text.length || text.text[i] != '.')
        return 0;
    size_t detail = ++i;
    while (i < text.length && i < detail + 3 && is_digit(text.text[i]))
        i++;
    bool ends = i == text.length || (!is_digit(text.text[i]) && text.text[i] != '.') ||
                (text.text[i] == '.' && (i + 1 == text.length || !is_digit(text.text[i + 1])));
    return i > detail && ends ? i : 0;
}

/* The address around the "@" at `at`; empty when it is none. */
static struct span address_around(struct span line, size_t at)
{
    size_t start = at;
    size_t end = at + 1;
    while (start > 0 && is_local_byte(line.text[start - 1]))
        start--;
    while (end < line.length && is_domain_byte(line.text[end]))
        end++;
    while (end > at + 1 && !is_alphanumeric(line.text[end - 1]))
        end--;
    while (start < at && strchr("=*#", line.text[start])) /* "Original-Rcpt-To=user@host" */
        start++;
    return start < at && end > at + 1 ? (struct span){line.text + start, end - start} : (struct span){line.text, 0};
}

/* Marks that stand before an address that begins a line. */
static struct span strip_marks(struct span line)
{
    static const char *const marks[] = {"<", "\"", "'", "(",    "[",     "- ",      "* ",      "・", "●",
                                        "■", "◆",  "•", ">>> ", "smtp;", "rfc822;", "mailto:", NULL};
    bool is_stripped = true;
    while (is_stripped) {
        line = span_trim(line);
        is_stripped = false;
        for (const char *const *mark = marks; *mark && !is_stripped; mark++)
            if (span_begins(line, *mark)) {
                line = span_rest(line, strlen(*mark));
                is_stripped = true;
            }
    }
    return line;
}

/* Whether what follows an address at the start of a line is a reason, or nothing: not the rest of a sentence. */
static bool is_reason(struct span rest)
{
    static const char *const starts[] = {
        ":",       "：",          "(",         "（",        "...",       "-",         ",",       ";",
        "<",       "on ",         "sorry",     "user",      "unknown",   "does not",  "is not",  "mailbox",
        "no such", "host",        "invalid",   "relay",     "failed",    "undeliver", "unable",  "の",
        "は",      "address",     "permanent", "delivery",  "recipient", "not ",      "account", "because",
        "#",       "unrouteable", "deferred",  "could not", NULL};
    static const char *const closers[] = {">", "\"", "'", ")", "]", ".", NULL};
    for (const char *const *closer = closers; *closer; closer++)
        if (span_begins(rest, *closer) && !span_begins(rest, "..."))
            rest = span_rest(rest, 1);
    rest = span_trim(rest);
    return !rest.length || is_digit(rest.text[0]) || span_begins_any(rest, starts);
}

static bool is_labelled(struct span before)
{
    static const char *const labels[] = {"recipient",      "rcpt to",   "addressed to", "deliver",       "unknown",
                                         "user",           "mailbox",   "failed",       "undeliverable", "rejected",
                                         "address",        "sent to",   "宛先",         "あて先",        "送信先",
                                         "受信者",         "not found", "envelope-to",  "destin",        "empfänger",
                                         "rcpt:",          "account",   "could not be", "to:",           "to <",
                                         "does not exist", "full",      "send to",      "reach",         NULL};
    static const char *const others[] = {"mail from", "from:",         "sender",   "postmaster",
                                         "contact",   "administrator", "reply-to", "message-id",
                                         "差出人",    "送信者",        "sent by",  "expanded from",
                                         "questions", "question",      "http",     "original message from",
                                         NULL};
    return span_holds_any(before, labels) && !span_holds_any(before, others);
}

/* "550 …", "<<< 550 …", "said: 550 …", "(reason: 550 …". */
static bool is_server_reply(struct span before)
{
    for (size_t i = 0; i + 3 < before.length; i++) {
        bool starts = i == 0 || !is_alphanumeric(before.text[i - 1]);
        if (starts && (before.text[i] == '5' || before.text[i] == '4') && is_digit(before.text[i + 1]) &&
            is_digit(before.text[i + 2]) && strchr(" -", before.text[i + 3]))
            return true;
    }
    return false;
}

bool bounce_next_address(struct span line, size_t *place, struct span *address, enum bounce_line *kind)
{
    for (size_t at = *place; at < line.length; at++) {
        if (line.text[at] != '@')
            continue;
        *address = address_around(line, at);
        if (!address->length)
            continue;
        *place = (size_t)(address->text + address->length - line.text);
        struct span before = {line.text, (size_t)(address->text - line.text)};
        struct span after = span_rest(line, *place);
        if (strip_marks(line).text == address->text && is_reason(after))
            *kind = BOUNCE_LINE_ADDRESS;
        else if (is_labelled(before))
            *kind = BOUNCE_LINE_LABEL;
        else
            *kind = is_server_reply(before) ? BOUNCE_LINE_REPLY : BOUNCE_LINE_ANY;
        return true;
    }
    return false;
}

bool bounce_begins_original(struct span line)
{
    static const char *const starts[] = {"--- below this line",
                                         "------ this is a copy",
                                         "--- the header of the original",

                                         "----- message header",
                                         "------ this is the original",
                                         "original message follows",
                                         "original message header",
                                         "original headers",
                                         "original message:",
                                         "message header:",
                                         "message headers",
                                         "----- unsent message",
                                         "below is a copy of the original",
                                         "your original message",
                                         "the original message headers",
                                         "content-type: message/rfc822",
                                         "------- returned message",
                                         "-------- returned message",

                                         "the headers of the original",
                                         "headers of the original",
                                         "here is a copy of",
                                         "the text of your message",
                                         "your message reads",
                                         "--- begin of returned",
                                         "the following is a copy",
                                         "a copy of the original",
                                         "a copy of the message",
                                         "元のメール",
                                         "元のメッセージ",
                                         "以下は元の",
                                         "以下は送信された",
                                         NULL};
    static const char *const held[] = {"original message",
                                       "copy of the message",
                                       "copy of your message",
                                       "unsent message",
                                       "returned message",
                                       "undelivered message",
                                       "message header",
                                       "original mail",
                                       "returned mail",
                                       "your message follows",
                                       "元のメ",
                                       "original header",
                                       NULL};
    static const char *const fields[] = {
        "received:", "return-path:", "mime-version:", "x-mailer:", "message-id:", NULL};
    struct span text = span_trim(line);
    if (span_begins_any(line, fields) || span_begins_any(text, starts))
        return true;
    return (span_begins(text, "---") || span_begins(text, "===") || span_begins(text, "***")) &&
           span_holds_any(text, held);
}

/* What mail systems say of mail that they could not deliver. */
static const char *const failures[] = {"could not be delivered",
                                       "couldn't be delivered",
                                       "undeliverable",
                                       "did not reach",
                                       "user unknown",
                                       "unknown user",
                                       "failed permanently",
                                       "permanent error",
                                       "permanent fatal",
                                       "unable to deliver",
                                       "able to deliver",
                                       "delivery failed",
                                       "delivery to the following",
                                       "following addresses had",
                                       "transcript of session",
                                       "returned to sender",
                                       "returned mail",
                                       "not delivered",
                                       "cannot be delivered",
                                       "can not be delivered",
                                       "can't be delivered",
                                       "no such user",
                                       "mailbox full",
                                       "mailbox is full",
                                       "over quota",
                                       "could not send",
                                       "could not be sent",
                                       "will be retried",
                                       "not yet been delivered",
                                       "delivery failure",
                                       "non-delivery",
                                       "nondelivery",
                                       "had delivery problems",
                                       "delivery problem",
                                       "failed to deliver",
                                       "attempting to deliver",
                                       "delivery error",
                                       "undelivered",
                                       "unknown recipient",
                                       "not listed in",
                                       "mail system error",
                                       "recipients of your message",
                                       "error sending",
                                       "trouble delivering",
                                       "recipients affected",
                                       "were affected",
                                       "user(s) account is disabled",
                                       "配信できません",
                                       "届きませんでした",
                                       "配送できません",
                                       "送信できません",
                                       "送信できなかった",
                                       "配信に失敗",
                                       "お届けできません",
                                       "配達できません",
                                       "配信されません",
                                       "配送されません",
                                       "配信が遅れ",
                                       "宛先不明",
                                       "存在しません",
                                       "エラーメール",
                                       "配信エラー",
                                       "送信エラー",
                                       "お届けすることができません",
                                       "nicht zugestellt",
                                       "unzustellbar",
                                       "non remis",
                                       "n'a pas pu être",
                                       "no se pudo entregar",
                                       "non è stato",
                                       "kon niet worden",
                                       "не доставлено",
                                       "Не доставлено",
                                       "не может быть доставлено",
                                       NULL};

bool bounce_tells_failure(struct span line)
{
    return span_holds_any(line, failures);
}

bool bounce_tells_delay(struct span line)
{
    static const char *const words[] = {"delayed",
                                        "warning:",
                                        "will be retried",
                                        "will retry",
                                        "not yet been delivered",
                                        "will continue to try",
                                        "will keep trying",
                                        "still being retried",
                                        "遅延",
                                        "遅れ",
                                        "再送",
                                        "temporarily deferred",
                                        "deferred",
                                        "delivery delay",
                                        "still trying",
                                        "incomplete delivery",
                                        "no action is required",
                                        NULL};
    return span_holds_any(line, words);
}

const char *bounce_status_of_words(struct span line)
{
    static const struct {
        const char *status;
        const char *words[16];
    } meanings[] = {
        {"5.1.1",
         {"user unknown", "unknown user", "no such user", "no mailbox here", "unknown recipient", "user not found",
          "recipient unknown", "unknown local", "no such recipient", "not listed in", "does not exist",
          "mailbox unavailable", "存在しません", "宛先不明", "recipient name is not recognized"}},
        {"5.2.2",
         {"mailbox full", "mailbox is full", "over quota", "quota exceeded", "exceeded storage",
          "exceeded the local limit", "over the maximum", "exceeded the quota", "容量"}},
        {"5.1.2",
         {"host unknown", "unknown host", "no such domain", "domain not found", "host not found", "name service error",
          "unrouteable", "couldn't find any host"}},
        {"5.2.1", {"disabled", "not active", "inactive", "suspended"}},
        {"5.3.4", {"too large", "too big", "size limit", "exceeds the maximum", "サイズ"}},
        {"5.7.1", {"spam", "blocked", "blacklist", "denied", "rejected for policy", "拒否"}},
    };
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (span_holds_any(line, meanings[i].words))
            return meanings[i].status;
    return NULL;
}

/* What the subjects of bounces hold. */
static const char *const subjects[] = {"undeliver",
                                       "delivery status notification",
                                       "delivery failure",
                                       "delivery has failed",
                                       "failure notice",
                                       "failure notification",
                                       "returned mail",
                                       "mail delivery",
                                       "could not be delivered",
                                       "delivery problem",
                                       "delivery notification",
                                       "delivery error",
                                       "mail system error",
                                       "returned message",
                                       "message not delivered",
                                       "mail not delivered",
                                       "not delivered",
                                       "fail delivery",
                                       "failed to deliver",
                                       "permanent delivery",
                                       "error sending your mail",
                                       "trouble delivering",
                                       "mail failure",
                                       "delivery delayed",
                                       "warning: could not send",
                                       "message you sent blocked",
                                       "non delivery",
                                       "non-delivery",
                                       "nondelivery",
                                       "nondeliverable",
                                       "non recapitabile",
                                       "échec de la remise",
                                       "Échec de la remise",
                                       "non remis",
                                       "nicht zugestellt",
                                       "unzustellbar",
                                       "no se puede entregar",
                                       "no se ha podido",
                                       "配信不能",
                                       "配信できません",
                                       "配達不能",
                                       "送信できません",
                                       "未配達",
                                       "不達",
                                       "エラーメール",
                                       "配信エラー",
                                       "配信に失敗",
                                       "user unknown",
                                       "unknown user",
                                       "mailbox full",
                                       "returned to sender",
                                       "deferred mail",
                                       "delayed mail",
                                       "message delayed",
                                       "mail error",
                                       "error mail",
                                       "status notification",
                                       "delivery report",
                                       "送信エラー",
                                       "配信遅延",
                                       "delivery incomplete",
                                       "message status",
                                       "rejected:",
                                       "delivery failed",
                                       "onbestelbaar",
                                       "kan inte levereras",
                                       "не доставлено",
                                       "退信",
                                       "unable to deliver",
                                       "message delivery",
                                       NULL};

bool bounce_is_subject(struct span subject)
{
    static const char *const replies[] = {
        "re:", "re[", "fw:", "fwd:", "aw:", "wg:", "sv:", "ｒｅ", "転送:", "tr:", "rv:", NULL};
    struct span text = span_trim(subject);
    return !span_begins_any(text, replies) && span_holds_any(text, subjects);
}
