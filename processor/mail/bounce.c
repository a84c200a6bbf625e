/* Bounces: see bounce.h. */
#include "mail/bounce.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/memory.h"
#include "mail/address.h"

enum { RECIPIENTS = 100, STATUS_BYTES = 64 * 1024, PROSE_LINES = 200 };

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

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "5.1.1" (RFC 3463) at the start: its length, or 0. */
static size_t status_length(struct span text)
{
    if (text.length < 5 || !strchr("245", text.text[0]) || text.text[1] != '.')
        return 0;
    size_t i = 2;
    size_t subject = i;
    while (i < text.length && i < subject + 3 && is_digit(text.text[i]))
        i++;
    if (i == subject || i + 1 >= text.length || text.text[i] != '.')
        return 0;
    size_t detail = ++i;
    while (i < text.length && i < detail + 3 && is_digit(text.text[i]))
        i++;
    bool ends = i == text.length || (!is_digit(text.text[i]) && text.text[i] != '.');
    return i > detail && ends ? i : 0;
}

/* "rfc822; user@host": the type before the ";" says nothing that is needed. */
static struct span typed_address(const struct header_field *field)
{
    struct span value = field ? field->value : (struct span){"", 0};
    const char *semicolon = memchr(value.text, ';', value.length);
    if (!semicolon)
        return span_trim(value);
    return span_trim((struct span){semicolon + 1, (size_t)(value.text + value.length - semicolon) - 1});
}

/* One group of fields about one recipient. Both addresses are taken: the one we wrote to comes first. */
static void take_group(const struct header *group, struct classify_verdict *verdict)
{
    const struct header_field *final = header_find(group, "Final-Recipient");
    const struct header_field *action = header_find(group, "Action");
    const struct header_field *status = header_find(group, "Status");
    if (!final && !action)
        return;
    bool is_delayed = action && span_begins(action->value, "delayed");
    if (action && !is_delayed && !span_begins(action->value, "failed"))
        return; /* delivered, relayed, expanded: not a failure */
    size_t length = status ? status_length(status->value) : 0;
    if (!action && length && status->value.text[0] == '2')
        return;
    add_recipient(verdict, typed_address(header_find(group, "Original-Recipient")));
    add_recipient(verdict, typed_address(final));
    bool is_permanent = !is_delayed && !(length && status->value.text[0] == '4' && !action);
    if (length && (!verdict->status || (is_permanent && !verdict->is_permanent)))
        verdict->status = memory_copy_bytes(verdict, status->value.text, length);
    verdict->is_permanent = verdict->is_permanent || is_permanent;
}

void bounce_read_status(const void *context, const struct part *part, struct classify_verdict *verdict)
{
    size_t length;
    char *bytes = part_decode(context, part, STATUS_BYTES, &length);
    size_t offset = 0;
    while (offset < length) {
        struct header *group = header_read(context, bytes + offset, length - offset, NULL);
        if (!group)
            return;
        take_group(group, verdict);
        offset += group->body ? group->body : 1;
        talloc_free(group);
    }
}

/* Below such a line stands the mail that bounced: its addresses are nobody's failure. */
static bool begins_original(struct span line)
{
    static const char *const signs[] = {"--- below this line",
                                        "------ this is a copy",
                                        "--- the header of the original",
                                        "--- original message",
                                        "received:",
                                        "return-path:",
                                        "----- original message",
                                        "--- undelivered message",
                                        "  ----- unsent message",
                                        "----- message header",
                                        "------ this is the original",
                                        NULL};
    struct span text = span_trim(line);
    for (const char *const *sign = signs; *sign; sign++)
        if (span_begins(text, *sign))
            return true;
    return span_begins(text, "---") &&
           (span_holds(text, "original message") || span_holds(text, "copy of the message"));
}

/* "<user@host>: reason", "  user@host", "user@host: host … said: …". */
static void take_line(struct span line, struct classify_verdict *verdict)
{
    struct span text = span_trim(line);
    size_t end = 0;
    while (end < text.length && !strchr(" \t,;)", text.text[end]))
        end++;
    while (end && strchr(":.", text.text[end - 1]))
        end--;
    bool is_bracketed = text.length && text.text[0] == '<';
    if (is_bracketed || end == text.length || (end + 1 == text.length) || text.text[end] == ':')
        add_recipient(verdict, (struct span){text.text, end});
    for (size_t i = 0; i < text.length && !verdict->status; i++) {
        bool is_start = i == 0 || !(is_digit(text.text[i - 1]) || text.text[i - 1] == '.');
        size_t length = is_start ? status_length((struct span){text.text + i, text.length - i}) : 0;
        if (length && text.text[i] != '2')
            verdict->status = memory_copy_bytes(verdict, text.text + i, length);
    }
}

void bounce_read_text(const void *context, const struct classify_input *input, struct classify_verdict *verdict)
{
    const struct header_field *failed = header_find(input->header, "X-Failed-Recipients");
    struct mailbox_list list = {0};
    if (failed)
        address_read_list(context, failed->value, &list);
    for (size_t i = 0; i < list.count; i++)
        add_recipient(verdict, (struct span){list.mailboxes[i].address, strlen(list.mailboxes[i].address)});
    static const char *const delays[] = {
        "delayed", "warning:", "will be retried", "not yet been delivered", "遅延", "will continue to try", NULL};
    struct span subject = {input->subject, strlen(input->subject)};
    verdict->is_permanent = true;
    for (const char *const *delay = delays; *delay; delay++)
        if (span_holds(subject, *delay))
            verdict->is_permanent = false;
    const char *line = input->text;
    for (int lines = 0; *line && lines < PROSE_LINES; lines++) {
        struct span text = {line, strcspn(line, "\n")};
        if (begins_original(text))
            break;
        take_line(text, verdict);
        line += text.length + (line[text.length] == '\n');
    }
    if (verdict->status && verdict->status[0] == '4')
        verdict->is_permanent = false;
}
