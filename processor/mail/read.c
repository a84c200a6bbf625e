/*
 * The reader: one mail's bytes to the JSON view that letter_from_view() turns into a letter. Runs in the reader helper only,
 * as all that parses strangers' bytes does. Pure: the same bytes give the same view.
 */
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/memory.h"
#include "mail/address.h"
#include "mail/body.h"
#include "mail/charset.h"
#include "mail/classify.h"
#include "mail/date.h"
#include "mail/guard.h"
#include "mail/header.h"
#include "mail/letter.h"
#include "mail/part.h"
#include "mail/quote.h"

/* One mail while it is being read. */
struct reading {
    const void *context;
    struct header *header;
    struct part_list *parts;
    struct body body;
    json_t *view;
    json_t *warnings;
};

static json_t *text_value(const char *text)
{
    return text ? json_string(text) : json_null();
}

/* A key that cannot be set is missing, and letter_from_view() refuses a view that lacks one. */
static void set(struct reading *reading, const char *key, json_t *value)
{
    json_object_set_new(reading->view, key, value);
}

static void warn(struct reading *reading, const char *sentence)
{
    json_array_append_new(reading->warnings, json_string(sentence));
}

static json_t *texts_value(char **texts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < talloc_array_length(texts); i++)
        json_array_append_new(array, json_string(texts[i]));
    return array;
}

/* --- the envelope --- */

/* Without < > and as one line; NULL when no address of SMTP looks so. */
static char *envelope_value(const void *context, struct span value)
{
    if (value.length > 1 && value.text[0] == '<' && value.text[value.length - 1] == '>')
        value = (struct span){value.text + 1, value.length - 2};
    for (size_t i = 0; i < value.length; i++)
        if ((unsigned char)value.text[i] <= ' ' || strchr("<>\x7F", value.text[i]))
            return NULL;
    return charset_is_utf8(value.text, value.length) ? memory_copy_bytes(context, value.text, value.length) : NULL;
}

/* What kairan-deliver puts on top, in this order; a field further down is the sender's own word. */
static void read_envelope(struct reading *reading)
{
    static const char *const names[] = {"Return-Path", "Delivered-To", "X-Original-To", "X-Kairan-Queue-ID"};
    static const char *const keys[] = {"return_path", "delivered_to", "original_to", "queue_id"};
    size_t next = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct header_field *field = &reading->header->fields[next];
        char *value = NULL;
        if (next < reading->header->count && field->name.length == strlen(names[i]) &&
            strncasecmp(field->name.text, names[i], field->name.length) == 0) {
            value = envelope_value(reading->context, field->value);
            next++;
        }
        set(reading, keys[i], text_value(value));
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

static json_t *mailboxes_value(const struct mailbox_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_t *pair = json_array();
        json_array_append_new(pair, json_string(list->mailboxes[i].name));
        json_array_append_new(pair, json_string(list->mailboxes[i].address));
        json_array_append_new(array, pair);
    }
    return array;
}

static void read_addresses(struct reading *reading, const char **from)
{
    static const char *const names[] = {"From", "To", "Cc", "Reply-To"};
    static const char *const keys[] = {"from", "to", "cc", "reply_to"};
    *from = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct mailbox_list list = read_mailboxes(reading, names[i], i == 0);
        set(reading, keys[i], mailboxes_value(&list));
        if (i == 0 && list.count)
            *from = list.mailboxes[0].address;
    }
    if (header_count(reading->header, "From") > 1)
        warn(reading, "several From fields; the first one is taken");
    if (!*from)
        warn(reading, "no usable From address");
}

static void read_ids(struct reading *reading)
{
    static const char *const names[] = {"In-Reply-To", "References"};
    static const char *const keys[] = {"in_reply_to", "references"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct header_field *field = header_find(reading->header, names[i]);
        struct span value = field ? field->value : (struct span){"", 0};
        set(reading, keys[i], texts_value(address_read_ids(reading->context, value)));
    }
    const struct header_field *field = header_find(reading->header, "Message-ID");
    char **ids = field ? address_read_ids(reading->context, field->value) : NULL;
    set(reading, "message_id", text_value(ids && talloc_array_length(ids) ? ids[0] : NULL));
}

static void read_date(struct reading *reading)
{
    const struct header_field *field = header_find(reading->header, "Date");
    char *date = field ? date_read(reading->context, field->value) : NULL;
    set(reading, "date", text_value(date));
    if (!date)
        warn(reading, field ? "the Date field is no date" : "no Date field");
}

/* --- the body --- */

static void read_text(struct reading *reading)
{
    reading->body = body_read(reading->context, reading->parts);
    const struct body *body = &reading->body;
    struct reply *reply = reply_split(reading->context, body->text);
    set(reading, "text", text_value(body->text));
    set(reading, "new_text", text_value(reply->new_text));
    set(reading, "signature", text_value(reply->signature));
    set(reading, "charset", text_value(body->charset));
    if (body->is_cut)
        warn(reading, "the text is longer than the limit and was cut");
    if (body->is_guessed)
        warn(reading, "the charset was guessed");
    if (body->replaced)
        warn(reading, "some characters could not be decoded");
}

static json_t *attachment_value(const void *context, const struct part *part)
{
    static const char digits[] = "0123456789abcdef";
    size_t length;
    char *bytes = part_decode(context, part, LIMIT_LETTER_BYTES, &length);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)bytes, length, digest);
    talloc_free(bytes);
    char hex[2 * SHA256_DIGEST_LENGTH + 1] = "";
    for (size_t i = 0; i < sizeof digest; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    json_t *attachment = json_object();
    json_object_set_new(attachment, "name", json_string(part->name));
    json_object_set_new(attachment, "type", json_string(part->type));
    json_object_set_new(attachment, "size", json_integer((json_int_t)length));
    json_object_set_new(attachment, "sha256", json_string(hex));
    return attachment;
}

static void read_attachments(struct reading *reading)
{
    json_t *array = json_array();
    for (size_t i = 0; i < reading->parts->count; i++)
        if (reading->parts->parts[i].is_attachment)
            json_array_append_new(array, attachment_value(reading->context, &reading->parts->parts[i]));
    set(reading, "attachments", array);
    if (reading->parts->is_cut)
        warn(reading, "there are more parts than the limit; the rest is left out");
    if (reading->parts->is_changed)
        warn(reading, "the MIME structure is dangerous and was defused");
}

static void read_verdict(struct reading *reading, const char *subject, const char *from)
{
    struct classify_input input = {
        .header = reading->header,
        .parts = reading->parts,
        .subject = subject,
        .from = from,
        .return_path = json_string_value(json_object_get(reading->view, "return_path")),
        .text = reading->body.text,
    };
    struct classify_verdict *verdict = classify(reading->context, &input);
    set(reading, "class", json_string(letter_class_name(verdict->class)));
    set(reading, "class_reason", json_string(verdict->reason));
    set(reading, "may_answer", json_boolean(verdict->may_answer));
    set(reading, "may_count", json_boolean(verdict->may_count));
    set(reading, "recipients", texts_value(verdict->recipients));
    set(reading, "status", text_value(verdict->status));
    set(reading, "is_permanent", json_boolean(verdict->is_permanent));
}

static void read_all(struct reading *reading)
{
    const char *from;
    char *subject = header_text(reading->context, reading->header, "Subject");
    read_envelope(reading);
    read_addresses(reading, &from);
    set(reading, "subject", json_string(subject ? subject : ""));
    read_date(reading);
    read_ids(reading);
    set(reading, "loop_token", text_value(header_text(reading->context, reading->header, "X-Kairan-Loop")));
    read_text(reading);
    read_attachments(reading);
    read_verdict(reading, subject ? subject : "", from);
    set(reading, "warnings", json_incref(reading->warnings));
}

/* The view as JSON text below `context`; the jansson values end here. */
static char *dump(const void *context, json_t *view, struct error **error)
{
    char *dumped = json_dumps(view, JSON_COMPACT);
    size_t length = dumped ? strlen(dumped) : 0;
    char *text = NULL;
    if (!dumped || length > LIMIT_VIEW_BYTES)
        error_set(error, ERROR_REFUSED, "what was read of it is larger than %d bytes", LIMIT_VIEW_BYTES);
    else
        text = memory_copy_bytes(context, dumped, length);
    free(dumped);
    return text;
}

char *letter_read_view(const void *context, const char *bytes, size_t length, struct error **error)
{
    if (length > LIMIT_LETTER_BYTES) {
        error_set(error, ERROR_REFUSED, "it is larger than %d bytes", LIMIT_LETTER_BYTES);
        return NULL;
    }
    void *work = talloc_new(NULL);
    struct reading reading = {.context = work};
    size_t copied;
    char *copy = guard_copy(work, bytes, length, &copied);
    reading.header = header_read(work, copy, copied, error);
    if (reading.header)
        reading.parts = part_list_read(work, reading.header, copy, copied, error);
    char *text = NULL;
    if (reading.parts) {
        reading.view = json_object();
        reading.warnings = json_array();
        read_all(&reading);
        text = dump(context, reading.view, error);
        json_decref(reading.warnings);
        json_decref(reading.view);
    }
    talloc_free(work);
    return text;
}
