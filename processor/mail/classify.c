/* Persons and machines: see classify.h. The surest sign comes first; the first that applies decides. */
#include "mail/classify.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "mail/bounce.h"
#include "mail/vacation.h"

enum { HOPS = 25, SIGN_BYTES = 200 };

/* Fills in the verdict; always true, so that `return judge(…);` is one line. */
static bool judge(struct classify_verdict *verdict, enum letter_class class, bool may_count, const char *reason)
{
    verdict->class = class;
    verdict->may_answer = false;
    verdict->may_count = may_count;
    verdict->reason = reason;
    return true;
}

/* "Subject: 自動返信: …": a field as a reason, as much of it as is bearable. */
static char *describe(const void *context, const char *name, const char *value)
{
    return memory_format(context, "%s: %.*s", name, (int)utf8_cut(value, SIGN_BYTES), value);
}

static bool judge_by_field(struct classify_verdict *verdict, enum letter_class class, bool may_count,
                           const struct header *header, const char *name)
{
    char *value = header_text(verdict, header, name);
    return judge(verdict, class, may_count, describe(verdict, name, value ? value : ""));
}

static struct span field_value(const struct header *header, const char *name)
{
    const struct header_field *field = header_find(header, name);
    return field ? field->value : (struct span){"", 0};
}

static const struct part *find_part(const struct part_list *parts, const char *type)
{
    for (size_t i = 0; i < parts->count; i++)
        if (strcmp(parts->parts[i].type, type) == 0)
            return &parts->parts[i];
    return NULL;
}

static bool is_own(const struct classify_input *input, struct classify_verdict *verdict)
{
    if (!header_find(input->header, "X-Kairan-Loop"))
        return false;
    return judge_by_field(verdict, LETTER_OWN, false, input->header, "X-Kairan-Loop");
}

/* multipart/report: RFC 6522, with RFC 3464, RFC 8098 or RFC 5965 inside. */
static bool is_report(const struct classify_input *input, struct classify_verdict *verdict)
{
    if (find_part(input->parts, "message/disposition-notification"))
        return judge(verdict, LETTER_RECEIPT, false, "message/disposition-notification");
    if (find_part(input->parts, "message/feedback-report")) {
        bounce_read_feedback(input, verdict);
        return judge(verdict, LETTER_ROBOT, false, "message/feedback-report");
    }
    const char *reason = find_part(input->parts, "message/delivery-status")          ? "message/delivery-status"
                         : find_part(input->parts, "message/global-delivery-status") ? "message/global-delivery-status"
                                                                                     : NULL;
    struct header_parameters content = header_parameters(verdict, input->header, "Content-Type");
    if (!reason && strcmp(content.value, "multipart/report") != 0)
        return false;
    const char *type = header_parameter(&content, "report-type");
    if (!reason && type && strcasecmp(type, "disposition-notification") == 0)
        return judge(verdict, LETTER_RECEIPT, false, "report-type=disposition-notification");
    if (!reason && type && strcasecmp(type, "feedback-report") == 0)
        return judge(verdict, LETTER_ROBOT, false, "report-type=feedback-report");
    if (!bounce_read(input, verdict))
        reason = "a delivery status notification of success";
    return judge(verdict, LETTER_BOUNCE, false, reason ? reason : "multipart/report");
}

/*
 * Somebody pressed "accept" in their calendar. It counts although some services mark it as sent by a machine, and wants
 * no answer: nobody waits for one.
 */
static bool is_calendar_answer(const struct classify_input *input, struct classify_verdict *verdict)
{
    const struct part *part = find_part(input->parts, "text/calendar");
    const char *method = part ? header_parameter(&part->content, "method") : NULL;
    if (!method || (strcasecmp(method, "REPLY") != 0 && strcasecmp(method, "COUNTER") != 0))
        return false;
    return judge(verdict, LETTER_HUMAN, input->from != NULL, "text/calendar with an answer");
}

/* An emoji that was put to a mail: Gmail sends it as a part of its own, Outlook as a sentence. */
static bool is_reaction(const struct classify_input *input, struct classify_verdict *verdict)
{
    static const char *const sentences[] = {"reacted to your message",        "reacted via gmail",
                                            "さんがリアクションしました",     "リアクションを送信しました",
                                            "さんがメッセージにリアクション", NULL};
    bool is_gmail = find_part(input->parts, "text/vnd.google.email-reaction+json") != NULL;
    const char *text = input->text + strspn(input->text, " \n");
    size_t length = strcspn(text, " \n");
    const char *rest = text + length + strspn(text + length, " \n");
    bool begins_with_emoji = length > 0 && length < 32 && (unsigned char)text[0] >= 0xE2;
    bool is_sentence = begins_with_emoji && strlen(rest) < 300 &&
                       span_holds_any((struct span){rest, strlen(rest)}, sentences);
    if (!is_gmail && !is_sentence)
        return false;
    if (begins_with_emoji)
        verdict->reaction = memory_copy_bytes(verdict, text, length);
    return judge(verdict, LETTER_ROBOT, false, is_gmail ? "text/vnd.google.email-reaction+json" : "an emoji reaction");
}

static bool judge_auto_reply(const struct classify_input *input, struct classify_verdict *verdict, const char *name)
{
    verdict->away_until = vacation_read_end(verdict, input);
    if (strcmp(name, "Subject") == 0)
        return judge(verdict, LETTER_AUTO_REPLY, false, describe(verdict, name, input->subject));
    return judge_by_field(verdict, LETTER_AUTO_REPLY, false, input->header, name);
}

static bool is_list_mail(const struct header *header)
{
    static const char *const names[] = {"List-Id",        "List-Post",  "Mailing-List",      "X-ML-Name",
                                        "X-Mailing-List", "X-ML-Count", "X-Mailman-Version", "X-Sequence"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (header_find(header, names[i]))
            return true;
    return span_begins(field_value(header, "Precedence"), "list") ||
           span_begins(field_value(header, "Sender"), "owner-");
}

/* The null sender and the daemons, without a report inside. */
static bool is_bounce(const struct classify_input *input, struct classify_verdict *verdict)
{
    struct span subject = {input->subject, strlen(input->subject)};
    const char *reason = is_list_mail(input->header) || vacation_is_subject(subject) ? NULL : bounce_sign(input);
    if (!reason)
        return false;
    bounce_read(input, verdict);
    return judge(verdict, LETTER_BOUNCE, false, reason);
}

/* Mail that wants its sender to prove that it is a person. */
static bool is_challenge(const struct classify_input *input, struct classify_verdict *verdict)
{
    static const char *const senders[] = {"spamarrest.com", "boxbe.com",  "bluebottle.com", "-confirm-", "-confirm+",
                                          "+confirm-",      "challenge@", "sender-verif",   "@confirm.", NULL};
    static const char *const subjects[] = {"please confirm your message",
                                           "please confirm your email",
                                           "confirm your message",
                                           "sender verification",
                                           "verify your email to",
                                           "your message to",
                                           "your mail to",
                                           "confirmation required",
                                           "please verify",
                                           "message held",
                                           "action required: confirm",
                                           "メール送信の確認",
                                           "送信者確認",
                                           NULL};
    struct span from = {input->from ? input->from : "", input->from ? strlen(input->from) : 0};
    struct span subject = {input->subject, strlen(input->subject)};
    struct span automatic = field_value(input->header, "Auto-Submitted");
    bool is_machine = (automatic.length && !span_begins(automatic, "no")) ||
                      (input->return_path && !*input->return_path) ||
                      span_begins(field_value(input->header, "Precedence"), "bulk") ||
                      span_begins(field_value(input->header, "Precedence"), "junk");
    if (!span_begins_any(subject, subjects) ||
        !(span_holds_any(from, senders) ||
          (is_machine && !vacation_field(input->header) &&
           span_holds_any(subject, (const char *const[]){"confirm", "verif", "held", "確認", NULL}))))
        return false;
    return judge(verdict, LETTER_ROBOT, false, describe(verdict, "Subject", input->subject));
}

/* RFC 3834 section 5, and the fields of older programs. */
static bool is_marked(const struct classify_input *input, struct classify_verdict *verdict)
{
    struct span value = field_value(input->header, "Auto-Submitted");
    struct span subject = {input->subject, strlen(input->subject)};
    bool is_automatic = value.length && !span_begins(value, "no");
    bool is_absence = is_automatic && (vacation_is_subject(subject) || vacation_is_topic(subject) ||
                                       vacation_is_likely_subject(subject));
    if (is_automatic && (span_begins(value, "auto-replied") || is_absence))
        return judge_auto_reply(input, verdict, "Auto-Submitted");
    const char *name = vacation_field(input->header);
    if (name)
        return judge_auto_reply(input, verdict, name);
    return is_automatic && judge_by_field(verdict, LETTER_ROBOT, false, input->header, "Auto-Submitted");
}

/* Whether something beside the subject speaks for a program. The text is looked at last: that costs most. */
static bool is_by_program(const struct classify_input *input, bool is_likely)
{
    static const char *const programs[] = {"vacation program", "autoresponder", "auto-reply",
                                           "autoreply",        "vacation@",     NULL};
    struct span precedence = field_value(input->header, "Precedence");
    struct span suppressed = field_value(input->header, "X-Auto-Response-Suppress");
    bool is_answer = header_find(input->header, "In-Reply-To") || header_find(input->header, "References");
    if (span_holds_any(field_value(input->header, "From"), programs))
        return true;
    if (input->return_path && !*input->return_path)
        return is_likely || vacation_is_text(input->text);
    if (span_begins(precedence, "bulk") || span_begins(precedence, "junk"))
        return is_likely || (is_answer && vacation_is_text(input->text));
    return is_likely && is_answer && span_holds(suppressed, "all") && vacation_is_text(input->text);
}

/* What programs without marks are told by: their subject, alone or with something that no person's mail has. */
static bool is_vacation(const struct classify_input *input, struct classify_verdict *verdict)
{
    struct span subject = {input->subject, strlen(input->subject)};
    if (vacation_is_subject(subject))
        return judge_auto_reply(input, verdict, "Subject");
    if (span_begins(subject, "開封済み:") || span_begins(subject, "開封済み："))
        return judge(verdict, LETTER_RECEIPT, false, describe(verdict, "Subject", input->subject));
    if (is_list_mail(input->header))
        return false;
    bool is_topic = vacation_is_topic(subject);
    bool is_answer = header_find(input->header, "In-Reply-To") != NULL;
    bool is_told = (is_topic && is_answer && vacation_is_text(input->text)) ||
                   is_by_program(input, is_topic || vacation_is_likely_subject(subject));
    return is_told && judge_auto_reply(input, verdict, "Subject");
}

static bool has_local_part(const char *address, const char *name)
{
    size_t length = strlen(name);
    return address && strncasecmp(address, name, length) == 0 && address[length] == '@';
}

/* The null sender, and nothing that tells why. */
static bool is_null_sender(const struct classify_input *input, struct classify_verdict *verdict)
{
    if (!input->return_path || *input->return_path)
        return false;
    bounce_read(input, verdict);
    return judge(verdict, LETTER_BOUNCE, false, "Return-Path: <>");
}

static bool is_looping(const struct classify_input *input, struct classify_verdict *verdict)
{
    size_t hops = header_count(input->header, "Received");
    if (hops <= HOPS)
        return false;
    return judge(verdict, LETTER_ROBOT, false, memory_format(verdict, "%zu Received fields", hops));
}

static bool is_list(const struct classify_input *input, struct classify_verdict *verdict)
{
    static const char *const names[] = {"List-Id",           "List-Post",      "Mailing-List",
                                        "X-ML-Name",         "X-Mailing-List", "X-ML-Count",
                                        "X-Mailman-Version", "X-Sequence",     "Sender"};
    if (!is_list_mail(input->header))
        return false;
    if (span_begins(field_value(input->header, "Precedence"), "list"))
        return judge_by_field(verdict, LETTER_LIST, true, input->header, "Precedence");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (header_find(input->header, names[i]))
            return judge_by_field(verdict, LETTER_LIST, true, input->header, names[i]);
    return false;
}

static bool is_bulk(const struct classify_input *input, struct classify_verdict *verdict)
{
    struct span precedence = field_value(input->header, "Precedence");
    if (span_begins(precedence, "bulk") || span_begins(precedence, "junk"))
        return judge_by_field(verdict, LETTER_ROBOT, true, input->header, "Precedence");
    if (header_find(input->header, "Feedback-ID"))
        return judge_by_field(verdict, LETTER_ROBOT, true, input->header, "Feedback-ID");
    return false;
}

/* A person, it seems; but one who must not be answered. */
static bool is_unanswerable(const struct classify_input *input, struct classify_verdict *verdict)
{
    static const char *const names[] = {"noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "nobody"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (has_local_part(input->from, names[i]))
            return judge(verdict, LETTER_ROBOT, true, describe(verdict, "From", input->from));
    struct span suppress = field_value(input->header, "X-Auto-Response-Suppress");
    if (suppress.length && !span_begins(suppress, "none"))
        return judge_by_field(verdict, LETTER_HUMAN, true, input->header, "X-Auto-Response-Suppress");
    return false;
}

typedef bool rule(const struct classify_input *input, struct classify_verdict *verdict);

struct classify_verdict *classify(const void *context, const struct classify_input *input)
{
    static rule *const rules[] = {is_own,       is_report, is_calendar_answer, is_reaction, is_bounce,
                                  is_challenge, is_marked, is_vacation,        is_null_sender, is_looping,
                                  is_list,      is_bulk,   is_unanswerable};
    struct classify_verdict *verdict = memory_new(context, struct classify_verdict);
    verdict->recipients = memory_array(verdict, char *, 0);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i](input, verdict))
            return verdict;
    verdict->class = LETTER_HUMAN;
    verdict->reason = "no sign of a machine";
    verdict->may_answer = input->from != NULL;
    verdict->may_count = input->from != NULL;
    return verdict;
}
