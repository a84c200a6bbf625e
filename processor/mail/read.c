/*
 * The reader: one mail's bytes to the JSON view that letter_from_view() turns into a letter. Runs in the reader helper
 * only, as all that parses strangers' bytes does. Pure: the same bytes give the same view.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/body.h"
#include "mail/calendar_read.h"
#include "mail/classify.h"
#include "mail/date.h"
#include "mail/guard.h"
#include "mail/header.h"
#include "mail/letter.h"
#include "mail/part.h"
#include "mail/quote.h"
#include "mail/transfer.h"
#include "mail/view.h"

enum { UUENCODED = 100 }; /* lines that begin like an uuencoded file; each costs a look over the text */

/* One mail while it is being read. */
struct reading {
    const void *context;
    struct header *header;
    struct part_list *parts;
    struct body body;
    const char *return_path;
    const char *from;
    const char *from_name;
    const char *date;
    const char *subject;
    struct buffer *view;
    struct buffer *warnings; /* the values of an array */
    struct buffer *contents; /* the bytes of the attachments, one behind the other; NULL: they are not asked for */
    bool is_terse;           /* the text does not go into the view, nor does what is null, false or an empty list */
};

/* Of an object that is there: all members are. */
static void set_member(struct reading *reading, const char *key, const char *text)
{
    view_add_key(reading->view, key);
    view_add_text(reading->view, text);
}

static void set(struct reading *reading, const char *key, const char *text)
{
    if (text || !reading->is_terse)
        set_member(reading, key, text);
}

static void set_bool(struct reading *reading, const char *key, bool value)
{
    if (reading->is_terse && !value)
        return;
    view_add_key(reading->view, key);
    view_add_bool(reading->view, value);
}

static void set_texts(struct reading *reading, const char *key, char **texts)
{
    if (reading->is_terse && !talloc_array_length(texts))
        return;
    view_add_key(reading->view, key);
    view_add_texts(reading->view, texts);
}

static void warn(struct reading *reading, const char *sentence)
{
    view_add_text(reading->warnings, sentence);
}

/* --- the envelope --- */

/* Without < > and as one line; NULL when no address of SMTP looks so. */
static char *envelope_value(const void *context, struct span value)
{
    if (value.length > 1 && value.text[0] == '<' && value.text[value.length - 1] == '>')
        value = (struct span){value.text + 1, value.length - 2};
    if (!utf8_is_valid(value.text, value.length))
        return NULL;
    char *copy = memory_copy_bytes(context, value.text, value.length);
    for (size_t i = 0; i < value.length; i++)
        if (strchr("<> ", copy[i]) || utf8_control_length(copy + i))
            return NULL;
    return copy;
}

/* What kairan-deliver puts on top, in this order; a field further down is the sender's own word. */
static void read_envelope(struct reading *reading)
{
    static const char *const names[] = {"Return-Path", "Delivered-To", "X-Original-To", "X-Kairan-Queue-ID"};
    static const char *const keys[] = {"return_path", "delivered_to", "original_to", "queue_id"};
    size_t next = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct header_field *field = next < reading->header->count ? &reading->header->fields[next] : NULL;
        char *value = NULL;
        if (field && field->name.length == strlen(names[i]) &&
            strncasecmp(field->name.text, names[i], field->name.length) == 0) {
            value = envelope_value(reading->context, field->value);
            next++;
        }
        set(reading, keys[i], value);
        if (i == 0)
            reading->return_path = value;
    }
}

/* --- the header --- */

/* All fields of the name together; of From only the first field, since none of its copies is worth more. */
static struct mailbox_list read_mailboxes(struct reading *reading, const char *name, bool only_first)
{
    struct mailbox_list list = {0};
    list.mailboxes = memory_array(reading->context, struct mailbox, 0);
    size_t length = strlen(name);
    for (size_t i = 0; i < reading->header->count; i++) {
        const struct header_field *field = &reading->header->fields[i];
        if (field->name.length != length || strncasecmp(field->name.text, name, length) != 0)
            continue;
        address_read_list(reading->context, field->value, &list);
        if (only_first)
            break;
    }
    return list;
}

static void set_mailboxes(struct reading *reading, const char *key, const struct mailbox_list *list)
{
    if (reading->is_terse && !list->count)
        return;
    view_add_key(reading->view, key);
    view_open(reading->view, '[');
    for (size_t i = 0; i < list->count; i++) {
        view_open(reading->view, '[');
        view_add_text(reading->view, list->mailboxes[i].name);
        view_add_text(reading->view, list->mailboxes[i].address);
        view_close(reading->view, ']');
    }
    view_close(reading->view, ']');
}

static void read_addresses(struct reading *reading)
{
    static const char *const names[] = {"From", "To", "Cc", "Reply-To"};
    static const char *const keys[] = {"from", "to", "cc", "reply_to"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct mailbox_list list = read_mailboxes(reading, names[i], i == 0);
        set_mailboxes(reading, keys[i], &list);
        if (i == 0 && list.count) {
            reading->from = list.mailboxes[0].address;
            reading->from_name = list.mailboxes[0].name;
        }
    }
    if (header_count(reading->header, "From") > 1)
        warn(reading, "several From fields; the first one is taken");
    if (!reading->from)
        warn(reading, "no usable From address");
}

static void read_ids(struct reading *reading)
{
    static const char *const names[] = {"In-Reply-To", "References"};
    static const char *const keys[] = {"in_reply_to", "references"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct header_field *field = header_find(reading->header, names[i]);
        struct span value = field ? field->value : (struct span){"", 0};
        set_texts(reading, keys[i], address_read_ids(reading->context, value));
    }
    const struct header_field *field = header_find(reading->header, "Message-ID");
    char **ids = field ? address_read_ids(reading->context, field->value) : NULL;
    set(reading, "message_id", ids && talloc_array_length(ids) ? ids[0] : NULL);
}

static void read_date(struct reading *reading)
{
    const struct header_field *field = header_find(reading->header, "Date");
    char *date = field ? date_read(reading->context, field->value) : NULL;
    reading->date = date;
    set(reading, "date", date);
    if (!date)
        warn(reading, field ? "the Date field is no date" : "no Date field");
}

/* "Name <id>" (RFC 2919 section 3), or the bare id that some programs write. */
static void read_list_id(struct reading *reading)
{
    char *value = header_text(reading->context, reading->header, "List-Id");
    char *id = value ? strrchr(value, '<') : NULL;
    id = id ? id + 1 : value;
    size_t length = id ? strcspn(id, " <>") : 0;
    char *list_id = length ? memory_copy_bytes(reading->context, id, length) : NULL;
    for (char *c = list_id; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    set(reading, "list_id", list_id);
}

/* --- the body --- */

static void read_text(struct reading *reading)
{
    reading->body = body_read(reading->context, reading->parts);
    const struct body *body = &reading->body;
    struct reply *reply = reply_split(reading->context, body->text);
    if (!reading->is_terse)
        set(reading, "text", body->text);
    set(reading, "new_text", reply->new_text);
    set(reading, "signature", reply->signature);
    set(reading, "charset", body->charset);
    if (body->is_cut)
        warn(reading, "the text is longer than the limit and was cut");
    if (body->is_guessed)
        warn(reading, "the charset was guessed");
    if (body->replaced)
        warn(reading, "some characters could not be decoded");
}

static void set_attachment(struct reading *reading, const char *name, const char *type, char *bytes, size_t length)
{
    view_open(reading->view, '{');
    set(reading, "name", name);
    set(reading, "type", type);
    view_add_key(reading->view, "size");
    view_add_number(reading->view, length);
    set(reading, "sha256", hash_sha256(reading->context, bytes, length));
    view_close(reading->view, '}');
    if (reading->contents)
        buffer_add(reading->contents, bytes, length);
    talloc_free(bytes);
}

static void add_attachment(struct reading *reading, const struct part *part)
{
    size_t length;
    char *bytes = part_decode(reading->context, part, LIMIT_LETTER_BYTES, &length);
    set_attachment(reading, part->name, part->type, bytes, length);
    if (strcmp(part->type, "application/ms-tnef") == 0 || strcasecmp(part->name, "winmail.dat") == 0)
        warn(reading, "Outlook packed attachments into winmail.dat, which is not taken apart");
}

/* Files in the text itself, as people sent them before MIME: "begin 644 name" … "end". The text keeps them. */
static void add_uuencoded(struct reading *reading)
{
    const char *begin = reading->body.text;
    for (int tries = 0; begin && tries < UUENCODED; tries++) {
        if (strncmp(begin, "begin ", 6) != 0)
            begin = strstr(begin, "\nbegin ");
        if (!begin)
            return;
        begin += *begin == '\n';
        size_t mode = strspn(begin + 6, "01234567");
        const char *name = begin + 6 + mode;
        const char *end = strstr(begin, "\nend");
        size_t length = 0;
        char *bytes = NULL;
        if (end && mode >= 3 && mode <= 4 && *name == ' ')
            bytes = transfer_decode_uuencode(reading->context, begin, (size_t)(end - begin) + 5, &length);
        if (length) {
            char *line = memory_copy_bytes(reading->context, name + 1, strcspn(name + 1, "\n"));
            set_attachment(reading, words_file_name(reading->context, words_clean(line)), "application/octet-stream",
                           bytes, length);
            warn(reading, "the text holds an uuencoded file");
        }
        begin = strchr(length ? end + 1 : begin, '\n');
    }
}

static void read_attachments(struct reading *reading)
{
    view_add_key(reading->view, "attachments");
    view_open(reading->view, '[');
    for (size_t i = 0; i < reading->parts->count; i++)
        if (reading->parts->parts[i].is_attachment)
            add_attachment(reading, &reading->parts->parts[i]);
    add_uuencoded(reading);
    view_close(reading->view, ']');
    set_bool(reading, "is_cut", reading->body.is_cut);
}

/* The answer that a calendar sends in a part of its own; null in every other mail. */
static void read_calendar(struct reading *reading)
{
    struct calendar_reply *reply = NULL;
    for (size_t i = 0; i < reading->parts->count && !reply; i++) {
        const struct part *part = &reading->parts->parts[i];
        size_t length;
        if (strcmp(part->type, "text/calendar") != 0 || part->length > LIMIT_CALENDAR_BYTES)
            continue;
        char *bytes = part_decode(reading->context, part, LIMIT_CALENDAR_BYTES, &length);
        reply = calendar_read_reply(reading->context, bytes, length);
    }
    if (!reply) {
        set(reading, "calendar", NULL);
        return;
    }
    view_add_key(reading->view, "calendar");
    view_open(reading->view, '{');
    set_member(reading, "method", reply->method);
    set_member(reading, "uid", reply->uid);
    view_add_key(reading->view, "sequence");
    view_add_number(reading->view, reply->sequence > 0 ? (size_t)reply->sequence : 0);
    set_member(reading, "stamp", reply->stamp);
    set_member(reading, "attendee", reply->attendee);
    set_member(reading, "partstat", reply->partstat);
    set_member(reading, "comment", reply->comment);
    set_member(reading, "start", reply->start);
    set_member(reading, "end", reply->end);
    view_close(reading->view, '}');
}

static void read_verdict(struct reading *reading)
{
    struct classify_input input = {
        .header = reading->header,
        .parts = reading->parts,
        .subject = reading->subject,
        .from = reading->from,
        .from_name = reading->from_name,
        .date = reading->date,
        .return_path = reading->return_path,
        .text = reading->body.text,
    };
    struct classify_verdict *verdict = classify(reading->context, &input);
    set(reading, "class", letter_class_name(verdict->class));
    set(reading, "class_reason", verdict->reason);
    set_bool(reading, "may_answer", verdict->may_answer);
    set_bool(reading, "may_count", verdict->may_count);
    set_texts(reading, "recipients", verdict->recipients);
    set(reading, "status", verdict->status);
    set_bool(reading, "is_permanent", verdict->is_permanent);
    set(reading, "away_until", verdict->away_until);
    set(reading, "reaction", verdict->reaction);
}

static void read_all(struct reading *reading)
{
    char *subject = header_text(reading->context, reading->header, "Subject");
    reading->subject = subject ? subject : "";
    reading->warnings = buffer_new(reading->context, LIMIT_FIELD_BYTES);
    view_open(reading->view, '{');
    read_envelope(reading);
    read_addresses(reading);
    set(reading, "subject", reading->subject);
    read_date(reading);
    read_ids(reading);
    set(reading, "loop_token", header_text(reading->context, reading->header, "X-Kairan-Loop"));
    read_list_id(reading);
    read_text(reading);
    read_attachments(reading);
    read_calendar(reading);
    read_verdict(reading);
    if (!reading->is_terse || reading->warnings->length) {
        view_add_key(reading->view, "warnings");
        view_open(reading->view, '[');
        buffer_add(reading->view, reading->warnings->bytes, reading->warnings->length);
        view_close(reading->view, ']');
    }
    view_close(reading->view, '}');
}

/* Takes the bytes into a copy and finds header and parts; false when the mail cannot be read. */
static bool open_mail(struct reading *reading, const char *bytes, size_t length, const struct mail_limits *limits,
                      struct error **error)
{
    limits = limits ? limits : &mail_limits_default;
    if (length > limits->bytes) {
        error_set(error, ERROR_REFUSED, "it is larger than %zu bytes (letter_bytes in [limits])", limits->bytes);
        return false;
    }
    size_t copied;
    char *copy = guard_copy(reading->context, bytes, length, &copied);
    reading->header = header_read(reading->context, copy, copied, limits, error);
    if (reading->header)
        reading->parts = part_list_read(reading->context, reading->header, copy, copied, limits, error);
    return reading->parts != NULL;
}

char *letter_read_view(const void *context, const char *bytes, size_t length, const struct mail_limits *limits,
                       char **text, struct error **error)
{
    struct buffer *view = buffer_new(context, LIMIT_VIEW_BYTES);
    struct reading reading = {.context = view, .view = view, .is_terse = text != NULL};
    if (!open_mail(&reading, bytes, length, limits, error)) {
        talloc_free(view);
        return NULL;
    }
    read_all(&reading);
    if (view->overflowed) {
        error_set(error, ERROR_REFUSED, "what was read of it is larger than %d bytes", LIMIT_VIEW_BYTES);
        talloc_free(view);
        return NULL;
    }
    if (text)
        *text = talloc_steal(context, reading.body.text);
    return buffer_take(view, context);
}

/* The same walk as for the view, so that the order and the sizes are the same. */
struct buffer *letter_read_attachments(const void *context, const char *bytes, size_t length,
                                       const struct mail_limits *limits, struct error **error)
{
    struct buffer *contents = buffer_new(context, LIMIT_LETTER_BYTES);
    struct buffer *view = buffer_new(contents, LIMIT_VIEW_BYTES);
    struct reading reading = {.context = view, .view = view, .contents = contents, .is_terse = true};
    bool is_read = open_mail(&reading, bytes, length, limits, error);
    if (is_read)
        read_all(&reading);
    if (is_read && !contents->overflowed) {
        talloc_free(view);
        return contents;
    }
    if (is_read)
        error_set(error, ERROR_REFUSED, "its attachments are larger than %d bytes", LIMIT_LETTER_BYTES);
    talloc_free(contents);
    return NULL;
}
