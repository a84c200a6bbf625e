/* The envelope of a mail: see envelope.h. */
#include "mta-hooks/envelope.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct slice slice_of(const char *text)
{
    return (struct slice){.bytes = text, .length = text ? strlen(text) : 0};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct slice trim(struct slice text)
{
    while (text.length && is_blank(text.bytes[0])) {
        text.bytes++;
        text.length--;
    }
    while (text.length && (is_blank(text.bytes[text.length - 1]) || text.bytes[text.length - 1] == '\r'))
        text.length--;
    return text;
}

/* Without blanks and a CR around it, and without one pair of angle brackets. */
static struct slice bare_address(struct slice text)
{
    text = trim(text);
    if (text.length >= 2 && text.bytes[0] == '<' && text.bytes[text.length - 1] == '>') {
        text.bytes++;
        text.length -= 2;
    }
    return text;
}

/* Short enough for a header line, and nothing in it that could end one: no CR, LF, NUL or other control. */
static bool is_clean(struct slice text, size_t longest)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.bytes[i] < ' ' || text.bytes[i] == 0x7F)
            return false;
    return text.length <= longest;
}

static bool equals(struct slice text, const char *other)
{
    return text.length == strlen(other) && strncasecmp(text.bytes, other, text.length) == 0;
}

static void use_if_unknown(struct slice *known, struct slice offered)
{
    if (!known->bytes)
        *known = offered;
}

static struct slice environment(const char *name, const char *other_name)
{
    const char *value = getenv(name);
    return slice_of(value ? value : getenv(other_name));
}

void envelope_ask_environment(struct envelope *envelope)
{
    use_if_unknown(&envelope->sender, slice_of(getenv("SENDER")));
    use_if_unknown(&envelope->recipient, slice_of(getenv("RECIPIENT")));
    use_if_unknown(&envelope->original_recipient, environment("ORIGINAL_RECIPIENT", "ORIG_RECIPIENT"));
    use_if_unknown(&envelope->extension, environment("EXTENSION", "LOCAL_PART_SUFFIX"));
}

/* --- the top of the mail --- */

/* The "From " line of the mailbox format; "From : a@b" would be a header field in the old syntax (RFC 5322, 4.5). */
static bool is_from_line(struct slice line)
{
    size_t at = strlen("From ");
    if (line.length < at || memcmp(line.bytes, "From ", at) != 0)
        return false;
    while (at < line.length && is_blank(line.bytes[at]))
        at++;
    return at == line.length || line.bytes[at] != ':';
}

/* The sender in "From SENDER  Thu Jan 15 …"; blanks inside a quoted local part belong to it. */
static struct slice from_line_sender(struct slice line)
{
    const struct slice rest = trim((struct slice){line.bytes + strlen("From "), line.length - strlen("From ")});
    size_t end = 0;
    bool quoted = false;
    while (end < rest.length && (quoted || !is_blank(rest.bytes[end]))) {
        if (rest.bytes[end] == '"')
            quoted = !quoted;
        end += rest.bytes[end] == '\\' && end + 1 < rest.length ? 2 : 1;
    }
    return (struct slice){.bytes = rest.bytes, .length = end};
}

/* The value of the line when it is a field of that name, else no bytes. */
static struct slice field_value(struct slice line, const char *name)
{
    const struct slice none = {.bytes = NULL};
    size_t at = strlen(name);
    if (line.length < at || strncasecmp(line.bytes, name, at) != 0)
        return none;
    while (at < line.length && is_blank(line.bytes[at]))
        at++;
    if (at == line.length || line.bytes[at] != ':')
        return none;
    return (struct slice){.bytes = line.bytes + at + 1, .length = line.length - at - 1};
}

/* Whether the line is one that an MTA puts on top, or the hook itself; what it tells goes into `found`. */
static bool read_top_field(struct slice line, struct envelope *found)
{
    struct slice unused = {.bytes = NULL}; /* of our own lines nothing is believed: they are a loop, or forged */
    const struct {
        const char *name;
        struct slice *into;
    } fields[] = {
        {"Return-Path", &found->sender},     {"X-Original-To", &found->original_recipient},
        {"Delivered-To", &found->recipient}, {"Envelope-To", &found->recipient},
        {"Delivery-Date", &unused},          {"X-Kairan-Queue-ID", &unused},
        {"X-Kairan-Note", &unused},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct slice value = field_value(line, fields[i].name);
        if (!value.bytes)
            continue;
        value = bare_address(value);
        if (is_clean(value, ENVELOPE_ADDRESS_BYTES))
            use_if_unknown(fields[i].into, value);
        return true;
    }
    return false;
}

/* The first line of `rest` without its line end; `*whole` tells whether the line end is there, or nothing can follow.
 */
static struct slice first_line(struct slice rest, bool ended, bool *whole)
{
    const char *stop = memchr(rest.bytes, '\n', rest.length);
    *whole = stop || ended;
    return (struct slice){.bytes = rest.bytes, .length = stop ? (size_t)(stop - rest.bytes) : rest.length};
}

bool envelope_read_top(struct envelope *envelope, struct slice mail, bool ended, size_t *length)
{
    struct envelope found = {.sender.bytes = NULL};
    struct slice mailbox_sender = {.bytes = NULL};
    bool inside = false; /* the line before was a field: a folded line belongs to it */
    bool whole = true;
    *length = 0;
    while (*length < mail.length && whole) {
        struct slice line = first_line((struct slice){mail.bytes + *length, mail.length - *length}, ended, &whole);
        if (*length == 0 && is_from_line(line))
            mailbox_sender = from_line_sender(line);
        else if ((inside && line.length && is_blank(line.bytes[0])) || read_top_field(line, &found))
            inside = true;
        else
            break;
        *length += line.length;
        *length += *length < mail.length; /* the line end */
    }
    use_if_unknown(&envelope->sender, found.sender);
    use_if_unknown(&envelope->recipient, found.recipient);
    use_if_unknown(&envelope->original_recipient, found.original_recipient);
    if (is_clean(mailbox_sender, ENVELOPE_ADDRESS_BYTES))
        use_if_unknown(&envelope->sender, mailbox_sender);
    return ended || *length < mail.length;
}

/* --- the block --- */

static void drop_if_empty(struct slice *text)
{
    if (!text->length)
        text->bytes = NULL;
}

const char *envelope_check(struct envelope *envelope)
{
    envelope->sender = bare_address(envelope->sender);
    envelope->recipient = bare_address(envelope->recipient);
    envelope->original_recipient = bare_address(envelope->original_recipient);
    envelope->extension = trim(envelope->extension);
    if (!is_clean(envelope->sender, ENVELOPE_ADDRESS_BYTES))
        return "5.1.7 the sender's address is too long or holds a control character";
    if (!is_clean(envelope->recipient, ENVELOPE_ADDRESS_BYTES) ||
        !is_clean(envelope->original_recipient, ENVELOPE_ADDRESS_BYTES) ||
        !is_clean(envelope->extension, ENVELOPE_ADDRESS_BYTES))
        return "5.1.3 the recipient's address is too long or holds a control character";
    if (!is_clean(envelope->queue_id, ENVELOPE_QUEUE_ID_BYTES))
        return "4.3.5 the queue id is too long or holds a control character";
    if (equals(envelope->sender, "MAILER-DAEMON"))
        envelope->sender.length = 0; /* how the "From " line, and Postfix without null_sender=, name the null sender */
    drop_if_empty(&envelope->recipient);
    drop_if_empty(&envelope->original_recipient);
    drop_if_empty(&envelope->queue_id);
    return NULL;
}

struct block {
    char *bytes; /* large enough: envelope_check has measured all that goes in */
    size_t length;
};

static void add(struct block *block, struct slice text)
{
    if (text.length)
        memcpy(block->bytes + block->length, text.bytes, text.length);
    block->length += text.length;
}

static void add_field(struct block *block, const char *before, struct slice value, const char *after)
{
    if (!value.bytes)
        return;
    add(block, slice_of(before));
    add(block, value);
    add(block, slice_of(after));
}

static bool is_delimiter(char c)
{
    return c && strchr("+-=_.", c);
}

/* Whether a local part ends with the extension, so that "s" is not one of "polls" but is one of "poll+s". */
static bool has_extension(struct slice local, struct slice extension)
{
    if (!extension.length)
        return true;
    if (extension.length >= local.length)
        return false;
    const char *tail = local.bytes + local.length - extension.length;
    return strncasecmp(tail, extension.bytes, extension.length) == 0 &&
           (is_delimiter(extension.bytes[0]) || is_delimiter(tail[-1]));
}

static void add_recipient(struct block *block, struct slice recipient, struct slice extension)
{
    if (!recipient.bytes)
        return;
    const char *at = memrchr(recipient.bytes, '@', recipient.length);
    const struct slice local = {recipient.bytes, at ? (size_t)(at - recipient.bytes) : recipient.length};
    const struct slice domain = {local.bytes + local.length, recipient.length - local.length};
    add_field(block, "Delivered-To: ", local, "");
    if (!has_extension(local, extension))
        add_field(block, is_delimiter(extension.bytes[0]) ? "" : "+", extension, "");
    add_field(block, "", domain, "\n");
}

size_t envelope_write_block(const struct envelope *envelope, struct slice mail, char block[ENVELOPE_BLOCK_BYTES])
{
    struct block out = {.bytes = block};
    add_field(&out, "Return-Path: <", envelope->sender, ">\n");
    add_recipient(&out, envelope->recipient, envelope->extension);
    add_field(&out, "X-Original-To: ", envelope->original_recipient, "\n");
    add_field(&out, "X-Kairan-Queue-ID: ", envelope->queue_id, "\n");
    if (mail.length && is_blank(mail.bytes[0]))
        add(&out, slice_of("X-Kairan-Note: the mail began with a blank\n"));
    return out.length;
}
