/* Composing outgoing mail: see compose.h. */
#include "mail/compose.h"

#include <string.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/encode.h"

enum { HEAD_BYTES_MAXIMUM = 256 * 1024, BOUNDARY_BYTES_MAXIMUM = 60, LAST_REFERENCES = 10 };

struct composed_body {
    char *fields; /* MIME-Version and Content-…, each ended by CRLF */
    char *bytes;
    size_t length;
};

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    return false;
}

static bool check_address(const char *field, const char *address, struct error **error)
{
    return (address && address_is_valid(address)) ||
           error_set(error, ERROR_REFUSED, "%s: \"%s\" is no address that a mail can carry", field,
                     address ? address : "");
}

static bool check_field(const char *field, const char *value, struct error **error)
{
    return !value || encode_is_field(value) ||
           error_set(error, ERROR_REFUSED, "%s: \"%s\" is not printable ASCII", field, value);
}

/* Ids of strangers may be odd, and are then left out; a control in one means that somebody did not read them right. */
static bool check_thread(const char *field, const char *ids, struct error **error)
{
    return !ids || !has_control(ids) || error_set(error, ERROR_REFUSED, "%s holds a control character", field);
}

static bool check_list_fields(const struct message_field *fields, struct error **error)
{
    for (size_t i = 0; i < memory_count(fields); i++)
        if (!check_field(fields[i].name, fields[i].value, error))
            return false;
    return true;
}

static bool check_head(const struct message *message, struct error **error)
{
    if (!message->message_id || !encode_is_message_id(message->message_id, strlen(message->message_id)))
        return error_set(error, ERROR_REFUSED, "Message-ID: \"%s\" is no message id",
                         message->message_id ? message->message_id : "");
    return check_address("From", message->from.address, error) && check_address("To", message->to.address, error) &&
           (!message->reply_to.address || check_address("Reply-To", message->reply_to.address, error)) &&
           check_thread("In-Reply-To", message->in_reply_to, error) &&
           check_thread("References", message->references, error) &&
           check_field("Auto-Submitted", message->auto_submitted, error) &&
           check_field("X-Auto-Response-Suppress", message->suppress, error) &&
           check_field("Precedence", message->precedence, error) && check_field("List-Id", message->list_id, error) &&
           check_list_fields(message->list_fields, error) && check_field("X-Kairan-Loop", message->loop_token, error);
}

/* RFC 5322 section 3.3, in the center's own zone: readers show it, and people compare it with their clock. */
static void add_date(struct buffer *head, time_t date)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil local = clock_to_civil(date);
    long offset = clock_utc_offset(date) / 60;
    long distance = offset < 0 ? -offset : offset;
    int second = (int)(((date % 60) + 60) % 60); /* the zones of today are whole minutes apart */
    buffer_format(head, "Date: %s, %02d %s %04d %02d:%02d:%02d %c%02ld%02ld\r\n", days[civil_weekday(local)], local.day,
                  months[local.month - 1], local.year, local.hour, local.minute, second, offset < 0 ? '-' : '+',
                  distance / 60, distance % 60);
}

static void add_mailbox(struct buffer *head, const char *field, const struct mailbox *mailbox)
{
    if (!mailbox->address)
        return;
    buffer_format(head, "%s: ", field);
    encode_mailbox(head, mailbox->name, mailbox->address);
    buffer_add_text(head, "\r\n");
}

static void add_field(struct buffer *head, const char *field, const char *value)
{
    if (!value)
        return;
    buffer_format(head, "%s: ", field);
    encode_field(head, value);
    buffer_add_text(head, "\r\n");
}

static void add_subject(struct buffer *head, const char *subject)
{
    buffer_add_text(head, "Subject: ");
    encode_header_text(head, subject ? subject : "");
    buffer_add_text(head, "\r\n");
}

static void add_id(struct buffer *head, const char *field, const char *id)
{
    if (id && encode_is_message_id(id, strlen(id)))
        buffer_format(head, "%s: <%s>\r\n", field, id);
}

/* The next "<id>" of a list, or NULL; *list moves behind it, *length is the id without < >. */
static const char *next_id(const char **list, size_t *length)
{
    const char *opening;
    while ((opening = strchr(*list, '<')) != NULL) {
        size_t inside = strcspn(opening + 1, "<>");
        *list = opening + 1 + inside;
        if (**list == '>' && encode_is_message_id(opening + 1, inside)) {
            *length = inside;
            return opening + 1;
        }
    }
    return NULL;
}

/* RFC 5322 section 3.6.4 without a bound would let a thread grow its header until relays refuse it. */
static void add_references(struct buffer *head, const char *references)
{
    size_t count = 0;
    size_t length;
    if (!references)
        return;
    const char *list = references;
    while (next_id(&list, &length))
        count++;
    if (!count)
        return;
    struct buffer *kept = buffer_new(head, HEAD_BYTES_MAXIMUM);
    list = references;
    for (size_t i = 0; i < count; i++) {
        const char *id = next_id(&list, &length);
        if (i == 0 || i + LAST_REFERENCES >= count)
            buffer_format(kept, "%s<%.*s>", i ? " " : "", (int)length, id);
    }
    add_field(head, "References", kept->bytes);
    talloc_free(kept);
}

/* Any line ends become CRLF, and the last line gets one (RFC 2046 section 4.1.1). */
static struct buffer *to_crlf(const void *context, const char *text)
{
    struct buffer *out = buffer_new(context, LIMIT_MAIL_OUT_BYTES);
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        buffer_add(out, text, length);
        buffer_add_text(out, "\r\n");
        text += length;
        if (text[0] == '\r' && text[1] == '\n')
            text++;
        if (*text)
            text++;
    }
    return out;
}

/* The fields of one part into `fields`, its bytes into `bytes`; they may be the same buffer only in a multipart. */
static void add_part(struct buffer *fields, struct buffer *bytes, const char *type, const char *content, size_t length,
                     bool base64)
{
    buffer_format(fields, "Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n", type,
                  base64 ? "base64" : "quoted-printable");
    if (fields == bytes)
        buffer_add_text(bytes, "\r\n");
    if (base64)
        encode_base64(bytes, content, length);
    else
        encode_quoted_printable(bytes, content, length);
}

static bool add_text(struct buffer *fields, struct buffer *bytes, const char *type, const char *text)
{
    struct buffer *canonical = to_crlf(NULL, text ? text : "");
    add_part(fields, bytes, type, canonical->bytes, canonical->length,
             encode_prefers_base64(canonical->bytes, canonical->length));
    bool fits = !canonical->overflowed;
    talloc_free(canonical);
    return fits;
}

static bool has_alternatives(const struct message *message)
{
    return message->html || message->calendar;
}

/*
 * "=_" can stand in neither quoted-printable nor base64, so the boundary never occurs in a part (RFC 2045 6.7). The
 * richest form stands last: programs that know calendars show the invitation, others the HTML.
 */
static bool add_alternatives(struct buffer *fields, struct buffer *bytes, const struct message *message)
{
    buffer_format(fields, "Content-Type: multipart/alternative;\r\n boundary=\"=_%s\"\r\n", message->boundary);
    if (fields == bytes)
        buffer_add_text(bytes, "\r\n");
    buffer_format(bytes, "--=_%s\r\n", message->boundary);
    bool fits = add_text(bytes, bytes, "text/plain; charset=utf-8", message->text);
    if (message->html) {
        buffer_format(bytes, "\r\n--=_%s\r\n", message->boundary);
        fits = add_text(bytes, bytes, "text/html; charset=utf-8", message->html) && fits;
    }
    if (message->calendar) {
        char *type = memory_format(NULL, "text/calendar; charset=utf-8; method=%s; component=VEVENT",
                                   message->calendar_method);
        buffer_format(bytes, "\r\n--=_%s\r\n", message->boundary);
        add_part(bytes, bytes, type, message->calendar, strlen(message->calendar), true); /* it must keep its CRLF */
        talloc_free(type);
    }
    buffer_format(bytes, "\r\n--=_%s--\r\n", message->boundary);
    return fits;
}

/* What there is to read: one text, or its alternatives. */
static bool add_reading(struct buffer *fields, struct buffer *bytes, const struct message *message)
{
    return has_alternatives(message) ? add_alternatives(fields, bytes, message)
                                     : add_text(fields, bytes, "text/plain; charset=utf-8", message->text);
}

/* Files are base64, text or not: their bytes must arrive as they are. */
static void add_attachment(struct buffer *bytes, const struct attachment *attachment)
{
    buffer_format(bytes, "Content-Type: %s\r\nContent-Disposition: attachment", attachment->type);
    if (*attachment->name)
        encode_parameter(bytes, "filename", attachment->name);
    buffer_add_text(bytes, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    encode_base64(bytes, attachment->bytes, attachment->length);
}

/* Mails in a mail, each under its own header (RFC 2046 section 5.1.5). */
static void add_digest(struct buffer *bytes, const struct message *message)
{
    buffer_format(bytes, "Content-Type: multipart/digest;\r\n boundary=\"=_mails-%s\"\r\n\r\n", message->boundary);
    for (size_t i = 0; i < memory_count(message->mails); i++) {
        buffer_format(bytes, "--=_mails-%s\r\n\r\n", message->boundary);
        buffer_add_text(bytes, message->mails[i]);
        buffer_add_text(bytes, "\r\n");
    }
    buffer_format(bytes, "--=_mails-%s--\r\n", message->boundary);
}

static bool has_more_than_text(const struct message *message)
{
    return message->attachment_count || memory_count(message->mails);
}

static bool add_mixed(struct buffer *fields, struct buffer *bytes, const struct message *message)
{
    buffer_format(fields, "Content-Type: multipart/mixed;\r\n boundary=\"=_files-%s\"\r\n", message->boundary);
    buffer_format(bytes, "--=_files-%s\r\n", message->boundary);
    bool fits = add_reading(bytes, bytes, message);
    if (memory_count(message->mails)) {
        buffer_format(bytes, "\r\n--=_files-%s\r\n", message->boundary);
        add_digest(bytes, message);
    }
    for (size_t i = 0; i < message->attachment_count; i++) {
        buffer_format(bytes, "\r\n--=_files-%s\r\n", message->boundary);
        add_attachment(bytes, &message->attachments[i]);
    }
    buffer_format(bytes, "\r\n--=_files-%s--\r\n", message->boundary);
    return fits;
}

static bool check_attachments(const struct message *message, struct error **error)
{
    for (size_t i = 0; i < message->attachment_count; i++) {
        const char *name = message->attachments[i].name;
        if (has_control(name))
            return error_set(error, ERROR_REFUSED, "\"%s\" is no name for an attachment", name);
        if (!check_field("Content-Type", message->attachments[i].type, error))
            return false;
    }
    return check_field("method", message->calendar_method, error);
}

static bool check_boundary(const char *boundary, struct error **error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t length = boundary ? strspn(boundary, allowed) : 0;
    return (length && length <= BOUNDARY_BYTES_MAXIMUM && !boundary[length]) ||
           error_set(error, ERROR_REFUSED, "\"%s\" is no MIME boundary", boundary ? boundary : "");
}

struct composed_body *message_compose_body(const void *context, const struct message *message, struct error **error)
{
    bool is_multipart = has_alternatives(message) || has_more_than_text(message);
    if ((is_multipart && !check_boundary(message->boundary, error)) || !check_attachments(message, error))
        return NULL;
    struct composed_body *body = memory_new(context, struct composed_body);
    struct buffer *fields = buffer_new(body, HEAD_BYTES_MAXIMUM);
    struct buffer *bytes = buffer_new(body, LIMIT_MAIL_OUT_BYTES);
    buffer_add_text(fields, "MIME-Version: 1.0\r\n");
    bool fits = has_more_than_text(message) ? add_mixed(fields, bytes, message) : add_reading(fields, bytes, message);
    if (!fits || bytes->overflowed) {
        error_set(error, ERROR_REFUSED, "the mail would be larger than %d bytes", (int)LIMIT_MAIL_OUT_BYTES);
        talloc_free(body);
        return NULL;
    }
    body->fields = buffer_take(fields, body);
    body->length = bytes->length;
    body->bytes = buffer_take(bytes, body);
    return body;
}

const char *message_body_bytes(const struct composed_body *body, size_t *length)
{
    *length = body->length;
    return body->bytes;
}

struct composed *message_compose_with_body(const void *context, const struct message *message,
                                           const struct composed_body *body, struct error **error)
{
    if (!check_head(message, error))
        return NULL;
    struct composed *composed = memory_new(context, struct composed);
    struct buffer *head = buffer_new(composed, HEAD_BYTES_MAXIMUM);
    add_date(head, message->date);
    add_mailbox(head, "From", &message->from);
    add_mailbox(head, "To", &message->to);
    add_mailbox(head, "Reply-To", &message->reply_to);
    add_subject(head, message->subject);
    add_id(head, "Message-ID", message->message_id);
    add_id(head, "In-Reply-To", message->in_reply_to);
    add_references(head, message->references);
    add_field(head, "Auto-Submitted", message->auto_submitted);
    add_field(head, "X-Auto-Response-Suppress", message->suppress);
    add_field(head, "Precedence", message->precedence);
    add_field(head, "List-Id", message->list_id);
    for (size_t i = 0; i < memory_count(message->list_fields); i++)
        add_field(head, message->list_fields[i].name, message->list_fields[i].value);
    add_field(head, "X-Kairan-Loop", message->loop_token);
    buffer_add_text(head, body->fields);
    if (head->overflowed) {
        error_set(error, ERROR_REFUSED, "the header would be larger than %d bytes", (int)HEAD_BYTES_MAXIMUM);
        talloc_free(composed);
        return NULL;
    }
    composed->head_length = head->length;
    composed->head = buffer_take(head, composed);
    composed->body = body->bytes;
    composed->body_length = body->length;
    return composed;
}

struct composed *message_compose(const void *context, const struct message *message, struct error **error)
{
    struct composed_body *body = message_compose_body(context, message, error);
    if (!body)
        return NULL;
    struct composed *composed = message_compose_with_body(context, message, body, error);
    if (composed)
        talloc_steal(composed, body);
    else
        talloc_free(body);
    return composed;
}
