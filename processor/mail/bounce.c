/* Bounces: see bounce.h. */
#include "mail/bounce.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/memory.h"
#include "mail/address.h"
#include "mail/bounce_text.h"

enum { RECIPIENTS = 100, PART_BYTES = 64 * 1024, PROSE_LINES = 300, LINE_BYTES = 1000, SIGN_LINES = 40 };

static struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

/* Goes over the lines of a text: the next one, and false at its end. */
static bool next_line(const char **text, struct span *line)
{
    if (!**text)
        return false;
    size_t length = strcspn(*text, "\n");
    *line = (struct span){*text, length < LINE_BYTES ? length : LINE_BYTES};
    *text += length + ((*text)[length] == '\n');
    return true;
}

static void add_recipient(struct classify_verdict *verdict, struct span text)
{
    size_t count = talloc_array_length(verdict->recipients);
    char *address = count < RECIPIENTS ? address_read(verdict, text) : NULL;
    if (!address)
        return;
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(verdict->recipients[i], address) == 0)
            return;
    verdict->recipients = memory_resize(verdict, verdict->recipients, char *, count + 1);
    verdict->recipients[count] = address;
}

static bool has_recipients(const struct classify_verdict *verdict)
{
    return talloc_array_length(verdict->recipients) > 0;
}

/* --- RFC 3464 --- */

/* "rfc822; user@host": the type before the ";" says nothing that is needed. */
static struct span typed_address(const struct header_field *field)
{
    struct span value = field ? field->value : (struct span){"", 0};
    const char *semicolon = memchr(value.text, ';', value.length);
    if (!semicolon)
        return span_trim(value);
    return span_trim((struct span){semicolon + 1, (size_t)(value.text + value.length - semicolon) - 1});
}

/* What the groups of fields about the recipients told. */
struct report {
    bool tells_success;
    bool tells_failure;
};

/* One group of fields about one recipient. Both addresses are taken: the one we wrote to comes first. */
static void take_group(const struct header *group, struct classify_verdict *verdict, struct report *report)
{
    const struct header_field *final = header_find(group, "Final-Recipient");
    const struct header_field *action = header_find(group, "Action");
    const struct header_field *status = header_find(group, "Status");
    if (!final && !action)
        return;
    bool is_delayed = action && span_begins(action->value, "delayed");
    static const char *const successes[] = {"delivered", "relayed", "expanded", "deliverable", NULL};
    size_t length = status ? bounce_status_length(status->value) : 0;
    bool is_success = action ? span_begins_any(action->value, successes) : length && status->value.text[0] == '2';
    report->tells_success = report->tells_success || is_success;
    report->tells_failure = report->tells_failure || !is_success;
    if (is_success)
        return;
    add_recipient(verdict, typed_address(header_find(group, "Original-Recipient")));
    add_recipient(verdict, typed_address(final));
    bool is_permanent = !is_delayed && !(length && status->value.text[0] == '4' && !action);
    if (length && (!verdict->status || (is_permanent && !verdict->is_permanent)))
        verdict->status = memory_copy_bytes(verdict, status->value.text, length);
    verdict->is_permanent = verdict->is_permanent || is_permanent;
}

static void read_report(const struct part *part, struct classify_verdict *verdict, struct report *report)
{
    size_t length;
    char *bytes = part_decode(verdict, part, PART_BYTES, &length);
    size_t offset = 0;
    while (offset < length) {
        struct header *group = header_read(verdict, bytes + offset, length - offset, NULL, NULL);
        if (!group)
            return;
        take_group(group, verdict, report);
        offset += group->body ? group->body : 1;
        talloc_free(group);
    }
}

/* --- the prose --- */

/* Everybody whose address in a bounce is no failure: its sender, its recipients, daemons. */
static bool is_bystander(const struct classify_input *input, struct classify_verdict *verdict, const char *address)
{
    static const char *const daemons[] = {"mailer-daemon@", "postmaster@",   "mailer_daemon@",
                                          "abuse@",         "mailerdaemon@", NULL};
    static const char *const names[] = {"To", "From", "Delivered-To", "X-Original-To"};
    if (span_begins_any(span_of(address), daemons))
        return true;
    struct mailbox_list list = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct header_field *field = header_find(input->header, names[i]);
        if (field)
            address_read_list(verdict, field->value, &list);
    }
    for (size_t i = 0; i < list.count; i++)
        if (strcasecmp(list.mailboxes[i].address, address) == 0)
            return true;
    return false;
}

static void take_addresses_of_line(const struct classify_input *input, struct classify_verdict *verdict,
                                   struct span line, enum bounce_line wanted)
{
    size_t place = 0;
    struct span address;
    enum bounce_line kind;
    while (bounce_next_address(line, &place, &address, &kind)) {
        char *read = kind == wanted ? address_read(verdict, address) : NULL;
        if (read && !is_bystander(input, verdict, read))
            add_recipient(verdict, address);
    }
}

static bool is_indented(struct span line)
{
    return line.length && (line.text[0] == ' ' || line.text[0] == '\t');
}

/* The addresses of the prose that are named in one way. An indented line below one that begins with an address goes on
 * with the reason, and whoever it names is not the one we wrote to. */
static void take_addresses(const struct classify_input *input, struct classify_verdict *verdict,
                           enum bounce_line wanted)
{
    const char *text = input->text;
    struct span line;
    bool is_reason = false;
    for (int lines = 0; lines < PROSE_LINES && next_line(&text, &line) && !bounce_begins_original(line); lines++) {
        size_t place = 0;
        struct span address;
        enum bounce_line kind;
        if (!is_indented(line))
            is_reason = bounce_next_address(line, &place, &address, &kind) && kind == BOUNCE_LINE_ADDRESS;
        if (!is_reason || !is_indented(line))
            take_addresses_of_line(input, verdict, line, wanted);
    }
}

/* The status that the prose gives, else the one that its words mean; whether it is for good. */
static void take_status(const struct classify_input *input, struct classify_verdict *verdict)
{
    struct span subject = span_of(input->subject);
    bool is_delayed = bounce_tells_delay(subject);
    const char *meaning = NULL;
    const char *text = input->text;
    struct span line;
    for (int lines = 0; lines < PROSE_LINES && next_line(&text, &line) && !bounce_begins_original(line); lines++) {
        for (size_t i = 0; i < line.length && !verdict->status; i++) {
            bool starts = i == 0 || !strchr("0123456789.-", line.text[i - 1]);
            size_t length = starts ? bounce_status_length(span_rest(line, i)) : 0;
            if (length && line.text[i] != '2')
                verdict->status = memory_copy_bytes(verdict, line.text + i, length);
        }
        if (!meaning)
            meaning = bounce_status_of_words(line);
    }
    if (!verdict->status && meaning && has_recipients(verdict))
        verdict->status = memory_copy_text(verdict, meaning);
    verdict->is_permanent = !is_delayed && !(verdict->status && verdict->status[0] == '4');
}

/* --- the mail inside --- */

static void take_to(const struct classify_input *input, struct classify_verdict *verdict, const struct header *header)
{
    static const char *const names[] = {"X-Failed-Recipients", "To"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !has_recipients(verdict); i++) {
        const struct header_field *field = header_find(header, names[i]);
        struct mailbox_list list = {0};
        if (field)
            address_read_list(verdict, field->value, &list);
        for (size_t k = 0; k < list.count; k++)
            if (!is_bystander(input, verdict, list.mailboxes[k].address))
                add_recipient(verdict, span_of(list.mailboxes[k].address));
    }
}

static void take_to_of_bytes(const struct classify_input *input, struct classify_verdict *verdict, const char *bytes,
                             size_t length)
{
    struct header *header = header_read(verdict, bytes, length, NULL, NULL);
    if (header)
        take_to(input, verdict, header);
    talloc_free(header);
}

/* Whom the mail was for that came back: an attached one, or one below the prose. */
static void take_original(const struct classify_input *input, struct classify_verdict *verdict)
{
    static const char *const types[] = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers",
                                        "text/rfc822", "message/partial"};
    for (size_t i = 0; i < input->parts->count && !has_recipients(verdict); i++)
        for (size_t k = 0; k < sizeof types / sizeof *types; k++)
            if (strcmp(input->parts->parts[i].type, types[k]) == 0) {
                size_t length;
                char *bytes = part_decode(verdict, &input->parts->parts[i], PART_BYTES, &length);
                take_to_of_bytes(input, verdict, bytes, length);
            }
    const char *text = input->text;
    bool is_inside = false;
    struct span line;
    for (int lines = 0; lines < PROSE_LINES && !has_recipients(verdict) && next_line(&text, &line); lines++) {
        is_inside = is_inside || bounce_begins_original(line);
        if (is_inside && span_begins(span_trim(line), "to:"))
            take_to_of_bytes(input, verdict, line.text, line.length);
    }
}

/* --- the whole --- */

bool bounce_read(const struct classify_input *input, struct classify_verdict *verdict)
{
    struct report report = {0};
    for (size_t i = 0; i < input->parts->count; i++)
        if (strcmp(input->parts->parts[i].type, "message/delivery-status") == 0 ||
            strcmp(input->parts->parts[i].type, "message/global-delivery-status") == 0)
            read_report(&input->parts->parts[i], verdict, &report);
    if (report.tells_success && !report.tells_failure)
        return false;
    const struct header_field *failed = header_find(input->header, "X-Failed-Recipients");
    struct mailbox_list list = {0};
    if (failed)
        address_read_list(verdict, failed->value, &list);
    for (size_t i = 0; i < list.count; i++)
        add_recipient(verdict, span_of(list.mailboxes[i].address));
    for (int kind = 0; kind < BOUNCE_LINE_ANY && !has_recipients(verdict); kind++)
        take_addresses(input, verdict, (enum bounce_line)kind);
    if (!has_recipients(verdict))
        take_original(input, verdict);
    if (!has_recipients(verdict))
        take_addresses(input, verdict, BOUNCE_LINE_ANY);
    if (!report.tells_failure || !verdict->status) {
        bool is_permanent = verdict->is_permanent;
        take_status(input, verdict);
        if (report.tells_failure)
            verdict->is_permanent = is_permanent;
    }
    return true;
}

void bounce_read_feedback(const struct classify_input *input, struct classify_verdict *verdict)
{
    static const char *const names[] = {"Original-Rcpt-To", "Removal-Recipient", "X-HmXmrOriginalRecipient"};
    for (size_t i = 0; i < input->parts->count; i++) {
        if (strcmp(input->parts->parts[i].type, "message/feedback-report") != 0)
            continue;
        size_t length;
        char *bytes = part_decode(verdict, &input->parts->parts[i], PART_BYTES, &length);
        struct header *header = header_read(verdict, bytes, length, NULL, NULL);
        for (size_t k = 0; header && k < sizeof names / sizeof *names; k++)
            if (header_find(header, names[k]))
                add_recipient(verdict, typed_address(header_find(header, names[k])));
    }
    if (!has_recipients(verdict))
        take_original(input, verdict);
}

/* --- the look of one --- */

static bool is_daemon(struct span from)
{
    static const char *const words[] = {"mailer-daemon",   "mailer_daemon", "mailerdaemon", "mail-daemon", "maildaemon",
                                        "mail delivery s", "mail deliver",  "mdaemon@",     NULL};
    return span_holds_any(from, words);
}

/* Addresses that persons use as well: they need what the mail tells beside them. */
static bool is_office(struct span from)
{
    static const char *const words[] = {"postmaster",
                                        "post_master",
                                        "post-master",
                                        "system administrator",
                                        "mail administrator",
                                        "mail admin",
                                        "daemon",
                                        "delivery",
                                        "mail system",
                                        "internet mail",
                                        "interscan",
                                        "mailmarshal",
                                        "mail gateway",
                                        "bounce",
                                        "noreply",
                                        "no-reply",
                                        "mailsystem",
                                        "mailadmin",
                                        "email gateway",
                                        "mailscanner",
                                        "system attendant",
                                        "systemadministrator",
                                        "mms@",
                                        "messaging",
                                        "メール配信",
                                        NULL};
    return span_holds_any(from, words);
}

static bool tells_failure(const struct classify_input *input)
{
    const char *text = input->text;
    struct span line;
    for (int lines = 0; lines < SIGN_LINES && next_line(&text, &line) && !bounce_begins_original(line); lines++)
        if (bounce_tells_failure(line))
            return true;
    return false;
}

const char *bounce_sign(const struct classify_input *input)
{
    if (header_find(input->header, "X-Failed-Recipients"))
        return "X-Failed-Recipients";
    const struct header_field *field = header_find(input->header, "From");
    struct span from = field ? field->value : (struct span){"", 0};
    struct span decoded = span_of(input->from_name ? input->from_name : "");
    if (is_daemon(from) || is_daemon(decoded))
        return "From: MAILER-DAEMON";
    const char *path = input->return_path;
    bool is_null = path && (!*path || is_daemon(span_of(path)));
    const struct header_field *automatic = header_find(input->header, "Auto-Submitted");
    bool is_automatic = automatic && !span_begins(automatic->value, "no");
    bool is_subject = bounce_is_subject(span_of(input->subject));
    if (is_subject && (is_null || is_automatic || is_office(from) || is_office(decoded) || !from.length))
        return "a failure told by a mail system";
    bool is_answer = header_find(input->header, "In-Reply-To") != NULL;
    if ((is_null || (!is_answer && (is_office(from) || is_office(decoded)))) && tells_failure(input))
        return "a failure told by a mail system";
    return NULL;
}
