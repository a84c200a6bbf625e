/* Persons and machines: see classify.h. The surest sign comes first; the first that applies decides. */
#include "mail/classify.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "mail/bounce.h"

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
    const struct part *status = find_part(input->parts, "message/delivery-status");
    if (status) {
        bounce_read_status(verdict, status, verdict);
        if (!talloc_array_length(verdict->recipients))
            bounce_read_text(verdict, input, verdict);
        return judge(verdict, LETTER_BOUNCE, false, "message/delivery-status");
    }
    if (find_part(input->parts, "message/disposition-notification"))
        return judge(verdict, LETTER_RECEIPT, false, "message/disposition-notification");
    if (find_part(input->parts, "message/feedback-report"))
        return judge(verdict, LETTER_ROBOT, false, "message/feedback-report");
    struct header_parameters content = header_parameters(verdict, input->header, "Content-Type");
    if (strcmp(content.value, "multipart/report") != 0)
        return false;
    const char *type = header_parameter(&content, "report-type");
    if (type && strcasecmp(type, "disposition-notification") == 0)
        return judge(verdict, LETTER_RECEIPT, false, "report-type=disposition-notification");
    bounce_read_text(verdict, input, verdict);
    return judge(verdict, LETTER_BOUNCE, false, "multipart/report");
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

/* RFC 3834 section 5. */
static bool is_auto_submitted(const struct classify_input *input, struct classify_verdict *verdict)
{
    struct span value = field_value(input->header, "Auto-Submitted");
    if (!value.length || span_begins(value, "no"))
        return false;
    bool is_reply = span_begins(value, "auto-replied");
    return judge_by_field(verdict, is_reply ? LETTER_AUTO_REPLY : LETTER_ROBOT, false, input->header, "Auto-Submitted");
}

static bool is_marked_reply(const struct classify_input *input, struct classify_verdict *verdict)
{
    static const char *const names[] = {"X-Autoreply", "X-Autorespond", "X-Autoreply-From", "X-Mail-Autoreply",
                                        "X-Auto-Reply-From"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (header_find(input->header, names[i]) && !span_begins(field_value(input->header, names[i]), "no"))
            return judge_by_field(verdict, LETTER_AUTO_REPLY, false, input->header, names[i]);
    struct span precedence = field_value(input->header, "Precedence");
    if (span_begins(precedence, "auto_reply") || span_begins(precedence, "auto-reply"))
        return judge_by_field(verdict, LETTER_AUTO_REPLY, false, input->header, "Precedence");
    return false;
}

/* How vacation programs begin subjects. A person's "Re: 自動応答の件" does not begin so. */
static bool is_vacation_subject(const struct classify_input *input, struct classify_verdict *verdict)
{
    static const char *const starts[] = {"automatic reply:",
                                         "automatic reply ",
                                         "auto-reply:",
                                         "autoreply:",
                                         "auto reply:",
                                         "auto:",
                                         "out of office",
                                         "out of the office",
                                         "[auto-reply]",
                                         "(auto-reply)",
                                         "auto response:",
                                         "automatic response",
                                         "自動応答",
                                         "自動返信",
                                         "【自動返信",
                                         "[自動返信",
                                         "【自動応答",
                                         "[自動応答",
                                         "（自動返信",
                                         "(自動返信",
                                         "不在:",
                                         "不在：",
                                         "不在通知",
                                         "【不在",
                                         "[不在",
                                         "不在のお知らせ",
                                         "不在応答",
                                         "abwesenheit",
                                         "automatische antwort",
                                         "réponse automatique",
                                         "absence du bureau",
                                         "respuesta automática",
                                         "fuera de la oficina",
                                         "risposta automatica",
                                         "automatisch antwoord",
                                         "autosvar",
                                         "automaattinen vastaus",
                                         "vacation:",
                                         "自动回复",
                                         "自動回覆",
                                         "자동 회신"};
    struct span subject = {input->subject, strlen(input->subject)};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (span_begins(subject, starts[i]))
            return judge(verdict, LETTER_AUTO_REPLY, false, describe(verdict, "Subject", input->subject));
    if (span_begins(subject, "開封済み:") || span_begins(subject, "開封済み："))
        return judge(verdict, LETTER_RECEIPT, false, describe(verdict, "Subject", input->subject));
    return false;
}

static bool has_local_part(const char *address, const char *name)
{
    size_t length = strlen(name);
    return address && strncasecmp(address, name, length) == 0 && address[length] == '@';
}

/* The null sender and the daemons, without a report inside. */
static bool is_daemon(const struct classify_input *input, struct classify_verdict *verdict)
{
    const char *reason = NULL;
    if (has_local_part(input->from, "mailer-daemon"))
        reason = "From: MAILER-DAEMON";
    else if (header_find(input->header, "X-Failed-Recipients"))
        reason = "X-Failed-Recipients";
    else if (input->return_path && (!*input->return_path || has_local_part(input->return_path, "mailer-daemon")))
        reason = "Return-Path: <>";
    if (!reason)
        return false;
    bounce_read_text(verdict, input, verdict);
    return judge(verdict, LETTER_BOUNCE, false, reason);
}

static bool is_looping(const struct classify_input *input, struct classify_verdict *verdict)
{
    size_t hops = header_count(input->header, "Received");
    if (hops <= HOPS)
        return false;
    return judge(verdict, LETTER_ROBOT, false, memory_format(verdict, "%zu Received fields", hops));
}

static bool is_bulk(const struct classify_input *input, struct classify_verdict *verdict)
{
    struct span precedence = field_value(input->header, "Precedence");
    if (span_begins(precedence, "bulk") || span_begins(precedence, "junk"))
        return judge_by_field(verdict, header_find(input->header, "List-Id") ? LETTER_LIST : LETTER_ROBOT, true,
                              input->header, "Precedence");
    if (header_find(input->header, "Feedback-ID"))
        return judge_by_field(verdict, LETTER_ROBOT, true, input->header, "Feedback-ID");
    return false;
}

static bool is_list(const struct classify_input *input, struct classify_verdict *verdict)
{
    static const char *const names[] = {"List-Id",   "List-Post",      "Mailing-List",
                                        "X-ML-Name", "X-Mailing-List", "X-ML-Count"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (header_find(input->header, names[i]))
            return judge_by_field(verdict, LETTER_LIST, true, input->header, names[i]);
    if (span_begins(field_value(input->header, "Precedence"), "list"))
        return judge_by_field(verdict, LETTER_LIST, true, input->header, "Precedence");
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
    static rule *const rules[] = {is_own,    is_report,  is_calendar_answer, is_auto_submitted, is_marked_reply, is_vacation_subject,
                                  is_daemon, is_looping, is_bulk,           is_list,         is_unanswerable};
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
