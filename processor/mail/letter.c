/*
 * Letters from views: see letter.h. The reader is not trusted: a parser that a hostile mail has taken over can write
 * any JSON it likes, so every form that struct letter promises is checked here, and nothing is repaired.
 */
#include "mail/letter.h"

#include <limits.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"

static const char *const class_names[] = {
    [LETTER_HUMAN] = "human",   [LETTER_AUTO_REPLY] = "auto-reply",
    [LETTER_BOUNCE] = "bounce", [LETTER_RECEIPT] = "receipt",
    [LETTER_LIST] = "list",     [LETTER_ROBOT] = "robot",
    [LETTER_OWN] = "own",
};

const char *letter_class_name(enum letter_class class)
{
    return class_names[class];
}

/* One view being taken over. The first key that is wrong is remembered and ends in a refusal; taking goes on, which
 * is harmless, since what is taken is dropped then. */
struct taking {
    const void *context;
    json_t *view;
    const char *wrong;
};

typedef bool form(const char *text);

static void complain(struct taking *taking, const char *key)
{
    if (!taking->wrong)
        taking->wrong = key;
}

static bool is_line(const char *text)
{
    for (; *text; text++)
        if (utf8_control_length(text))
            return false;
    return true;
}

static bool is_text(const char *text)
{
    static const char controls[] = "\x01\x02\x03\x04\x05\x06\x07\x08\x0B\x0C\x0D\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17"
                                   "\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F"; /* but for tab and line end */
    return !text[strcspn(text, controls)];
}

static bool is_envelope_address(const char *text)
{
    return !strpbrk(text, " <>") && is_line(text);
}

static bool is_message_id(const char *text)
{
    return *text && !strpbrk(text, " <>") && is_line(text);
}

static bool is_file_name(const char *text)
{
    return is_line(text) && !strpbrk(text, "/\\") && text[0] != '.';
}

static bool is_list_id(const char *text)
{
    return *text && is_line(text) && !strpbrk(text, " <>");
}

/* "2026-01-07" */
static bool is_day(const char *text)
{
    for (size_t i = 0; i < strlen("2026-01-07"); i++)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return false;
    return !text[strlen("2026-01-07")];
}

static bool is_sha256(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* A text of the given form below `context`; null and a missing key give NULL. */
static char *take_optional(struct taking *taking, json_t *object, const char *key, form *has_form)
{
    json_t *value = json_object_get(object, key);
    if (!value || json_is_null(value))
        return NULL;
    const char *text = json_string_value(value);
    if (!text || !has_form(text)) {
        complain(taking, key);
        return NULL;
    }
    return memory_copy_text(taking->context, text);
}

static char *take(struct taking *taking, json_t *object, const char *key, form *has_form)
{
    char *text = take_optional(taking, object, key, has_form);
    if (!text)
        complain(taking, key);
    return text;
}

static bool take_bool(struct taking *taking, const char *key)
{
    json_t *value = json_object_get(taking->view, key);
    if (value && !json_is_boolean(value))
        complain(taking, key);
    return json_is_true(value);
}

static json_t *take_array(struct taking *taking, const char *key)
{
    json_t *array = json_object_get(taking->view, key);
    if (array && !json_is_array(array))
        complain(taking, key);
    return array;
}

static char **take_texts(struct taking *taking, const char *key, form *has_form)
{
    json_t *array = take_array(taking, key);
    char **texts = memory_array(taking->context, char *, json_array_size(array));
    size_t index;
    json_t *value;
    json_array_foreach(array, index, value)
    {
        const char *text = json_string_value(value);
        if (!text || !has_form(text))
            complain(taking, key);
        texts[index] = memory_copy_text(texts, text ? text : "");
    }
    return texts;
}

static struct mailbox_list take_mailboxes(struct taking *taking, const char *key)
{
    json_t *array = take_array(taking, key);
    struct mailbox_list list = {.count = json_array_size(array)};
    list.mailboxes = memory_array(taking->context, struct mailbox, list.count);
    size_t index;
    json_t *pair;
    json_array_foreach(array, index, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0));
        const char *address = json_string_value(json_array_get(pair, 1));
        if (!name || !address || !is_line(name) || !address_is_valid(address))
            complain(taking, key);
        list.mailboxes[index].name = memory_copy_text(list.mailboxes, name ? name : "");
        list.mailboxes[index].address = memory_copy_text(list.mailboxes, address ? address : "");
    }
    return list;
}

static void take_attachments(struct taking *taking, struct letter *letter)
{
    json_t *array = take_array(taking, "attachments");
    letter->attachment_count = json_array_size(array);
    letter->attachments = memory_array(taking->context, struct letter_attachment, letter->attachment_count);
    size_t index;
    json_t *object;
    json_array_foreach(array, index, object)
    {
        struct letter_attachment *attachment = &letter->attachments[index];
        attachment->name = take(taking, object, "name", is_file_name);
        attachment->type = take(taking, object, "type", is_line);
        attachment->sha256 = take(taking, object, "sha256", is_sha256);
        json_int_t size = json_integer_value(json_object_get(object, "size"));
        if (size < 0 || size > LIMIT_LETTER_BYTES)
            complain(taking, "size");
        attachment->size = (size_t)size;
    }
}

/* What a calendar says, "" or NULL where it says nothing. */
static void take_calendar(struct taking *taking, struct letter *letter)
{
    json_t *view = json_object_get(taking->view, "calendar");
    if (!view || json_is_null(view))
        return;
    struct letter_calendar *calendar = memory_new(taking->context, struct letter_calendar);
    json_int_t sequence = json_integer_value(json_object_get(view, "sequence"));
    char *method = take(taking, view, "method", is_line);
    char *stamp = take_optional(taking, view, "stamp", is_line);
    calendar->is_counter = method && strcmp(method, "COUNTER") == 0;
    calendar->uid = take(taking, view, "uid", is_line);
    calendar->attendee = take(taking, view, "attendee", is_line);
    calendar->partstat = take(taking, view, "partstat", is_line);
    calendar->comment = take(taking, view, "comment", is_line);
    calendar->start = take_optional(taking, view, "start", is_line);
    calendar->end = take_optional(taking, view, "end", is_line);
    if (sequence < 0 || sequence > INT_MAX)
        complain(taking, "sequence");
    calendar->sequence = (int)sequence;
    if (!stamp || !clock_parse(stamp, &calendar->stamp))
        calendar->stamp = 0;
    letter->calendar = calendar;
}

static enum letter_class take_class(struct taking *taking)
{
    const char *name = json_string_value(json_object_get(taking->view, "class"));
    for (size_t i = 0; name && i < sizeof class_names / sizeof *class_names; i++)
        if (strcmp(name, class_names[i]) == 0)
            return (enum letter_class)i;
    complain(taking, "class");
    return LETTER_ROBOT;
}

static void take_envelope_and_header(struct taking *taking, struct letter *letter)
{
    json_t *view = taking->view;
    letter->return_path = take_optional(taking, view, "return_path", is_envelope_address);
    letter->delivered_to = take_optional(taking, view, "delivered_to", is_envelope_address);
    letter->original_to = take_optional(taking, view, "original_to", is_envelope_address);
    letter->queue_id = take_optional(taking, view, "queue_id", is_line);
    letter->from = take_mailboxes(taking, "from");
    letter->to = take_mailboxes(taking, "to");
    letter->cc = take_mailboxes(taking, "cc");
    letter->reply_to = take_mailboxes(taking, "reply_to");
    letter->subject = take(taking, view, "subject", is_line);
    char *date = take_optional(taking, view, "date", is_line);
    letter->has_date = date && clock_parse(date, &letter->date);
    if (date && !letter->has_date)
        complain(taking, "date");
    letter->message_id = take_optional(taking, view, "message_id", is_message_id);
    letter->in_reply_to = take_texts(taking, "in_reply_to", is_message_id);
    letter->references = take_texts(taking, "references", is_message_id);
    letter->loop_token = take_optional(taking, view, "loop_token", is_line);
    letter->list_id = take_optional(taking, view, "list_id", is_list_id);
}

static void take_verdict_and_body(struct taking *taking, struct letter *letter)
{
    json_t *view = taking->view;
    letter->class = take_class(taking);
    letter->class_reason = take(taking, view, "class_reason", is_line);
    letter->may_answer = take_bool(taking, "may_answer");
    letter->may_count = take_bool(taking, "may_count");
    letter->recipients = take_texts(taking, "recipients", address_is_valid);
    letter->status = take_optional(taking, view, "status", is_line);
    letter->is_permanent = take_bool(taking, "is_permanent");
    letter->away_until = take_optional(taking, view, "away_until", is_day);
    letter->reaction = take_optional(taking, view, "reaction", is_line);
    letter->text = take(taking, view, "text", is_text);
    letter->new_text = take(taking, view, "new_text", is_text);
    letter->signature = take(taking, view, "signature", is_text);
    letter->charset = take(taking, view, "charset", is_line);
    take_attachments(taking, letter);
    take_calendar(taking, letter);
    letter->is_cut = take_bool(taking, "is_cut");
    letter->warnings = take_texts(taking, "warnings", is_line);
}

struct letter *letter_from_view(const void *context, json_t *view, struct error **error)
{
    const char *sentence = json_string_value(json_object_get(view, "error"));
    if (sentence) {
        error_set(error, ERROR_REFUSED, "the mail cannot be read: %s", is_line(sentence) ? sentence : "(no reason)");
        return NULL;
    }
    struct letter *letter = memory_new(context, struct letter);
    struct taking taking = {.context = letter, .view = view};
    take_envelope_and_header(&taking, letter);
    take_verdict_and_body(&taking, letter);
    if (!taking.wrong)
        return letter;
    error_set(error, ERROR_REFUSED, "the reader's view of the mail has no valid \"%s\"", taking.wrong);
    talloc_free(letter);
    return NULL;
}

json_t *letter_complete_view(json_t *terse)
{
    static const struct {
        const char *key;
        json_type type; /* of what a terse view leaves out */
    } keys[] = {
        {"return_path", JSON_NULL},  {"delivered_to", JSON_NULL}, {"original_to", JSON_NULL}, {"queue_id", JSON_NULL},
        {"from", JSON_ARRAY},        {"to", JSON_ARRAY},          {"cc", JSON_ARRAY},         {"reply_to", JSON_ARRAY},
        {"subject", JSON_NULL},      {"date", JSON_NULL},         {"in_reply_to", JSON_ARRAY}, {"references", JSON_ARRAY},
        {"message_id", JSON_NULL},   {"loop_token", JSON_NULL},   {"list_id", JSON_NULL},     {"text", JSON_NULL},
        {"new_text", JSON_NULL},     {"signature", JSON_NULL},    {"charset", JSON_NULL},     {"attachments", JSON_ARRAY},
        {"is_cut", JSON_FALSE},      {"calendar", JSON_NULL},     {"class", JSON_NULL},       {"class_reason", JSON_NULL},
        {"may_answer", JSON_FALSE},  {"may_count", JSON_FALSE},   {"recipients", JSON_ARRAY}, {"status", JSON_NULL},
        {"is_permanent", JSON_FALSE}, {"away_until", JSON_NULL},  {"reaction", JSON_NULL},    {"warnings", JSON_ARRAY},
    };
    json_t *view = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(terse, keys[i].key);
        if (value)
            json_object_set(view, keys[i].key, value);
        else if (keys[i].type == JSON_ARRAY)
            json_object_set_new(view, keys[i].key, json_array());
        else
            json_object_set_new(view, keys[i].key, keys[i].type == JSON_FALSE ? json_false() : json_null());
    }
    return view;
}
