/* Reading letters through the reader helper: see reading.h. */
#include "job/reading.h"

#include <string.h>

#include "base/child.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/place.h"
#include "base/utf8.h"
#include "mail/limits.h"

struct reading {
    const struct config *config;
    struct child *reader; /* NULL: none is running */
    bool spent;
    bool late; /* the last question ran out of time */
    const char *announced; /* what the reader was sent and not asked for yet; NULL: nothing */
};

struct reading *reading_start(const void *context, const struct config *config)
{
    struct reading *reading = memory_new(context, struct reading);
    reading->config = config;
    return reading;
}

bool reading_is_spent(const struct reading *reading)
{
    return reading->spent;
}

/* What to give: "view" or "attachments". */
static struct child *start_child(const void *context, const struct config *config, const char *what,
                                 struct error **error)
{
    struct mail_limits limits = {.bytes = (size_t)config->letter_bytes,
                                 .header_bytes = (size_t)config->header_bytes,
                                 .header_lines = (size_t)config->header_lines,
                                 .parts = (size_t)config->parts,
                                 .depth = (size_t)config->depth};
    void *work = talloc_new(NULL);
    const char *const arguments[] = {place_helper(work, "kairan-reader"), what, mail_limits_format(work, &limits), NULL};
    struct child *child = child_start(context, arguments, error);
    talloc_free(work);
    return child;
}

static bool start_reader(struct reading *reading, struct error **error)
{
    if (!reading->reader)
        reading->reader = start_child(reading, reading->config, "view", error);
    return reading->reader != NULL;
}

/* The view, and behind a NUL the text that belongs into it. */
static json_t *parse_view(const char *answer, size_t length, struct error **error)
{
    json_error_t problem;
    size_t head = strnlen(answer, length);
    json_t *view = json_loadb(answer, head, 0, &problem);
    const char *refusal = json_string_value(json_object_get(view, "error"));
    json_t *text = NULL;
    if (head < length && utf8_is_valid(answer + head + 1, length - head - 1)) /* faster than jansson's own check */
        text = json_stringn_nocheck(answer + head + 1, length - head - 1);
    if (view && !refusal && text && json_object_set(view, "text", text) == 0) {
        json_decref(text);
        return view;
    }
    if (refusal)
        error_set(error, ERROR_REFUSED, "the mail cannot be read: %s", refusal);
    else
        error_set(error, ERROR_REFUSED, "what the reader says is no view: %s", view ? "the text is no UTF-8" : problem.text);
    json_decref(text);
    json_decref(view);
    return NULL;
}

static void drop_reader(struct reading *reading)
{
    talloc_free(reading->reader);
    reading->reader = NULL;
    reading->announced = NULL;
}

void reading_announce(struct reading *reading, const char *bytes, size_t length)
{
    if (reading->announced || !start_reader(reading, NULL))
        return;
    child_begin(reading->reader, (int)reading->config->reader_seconds);
    if (child_send(reading->reader, bytes, length, NULL))
        reading->announced = bytes;
    else
        drop_reader(reading);
}

/* Sends a mail unless the reader has it already; with another one in its hands, it is of no use. */
static bool send_mail(struct reading *reading, const char *bytes, size_t length, struct error **error)
{
    bool has_it = reading->announced == bytes;
    if (reading->announced && !has_it)
        drop_reader(reading);
    reading->announced = NULL;
    if (!start_reader(reading, error))
        return false;
    child_begin(reading->reader, (int)reading->config->reader_seconds);
    return has_it || child_send(reading->reader, bytes, length, error);
}

/* One question to a reader; one that fails is done away with. */
static char *ask_reader(struct reading *reading, const char *bytes, size_t length, size_t *answer_length,
                        struct error **error)
{
    char *answer = NULL;
    if (send_mail(reading, bytes, length, error))
        answer = child_receive(reading->reader, reading, LIMIT_VIEW_BYTES + LIMIT_TEXT_BYTES + 1, answer_length, error);
    reading->late = !answer && reading->reader && child_is_late(reading->reader);
    if (!answer)
        drop_reader(reading);
    return answer;
}

/* A reader may have been ended by others (short of memory, say): a letter is blamed only when a second one dies of it. */
static char *ask_twice(struct reading *reading, const char *bytes, size_t length, size_t *answer_length,
                       struct error **error)
{
    struct error *first = NULL;
    char *answer = ask_reader(reading, bytes, length, answer_length, &first);
    if (!answer && !reading->late && first->class == ERROR_TEMPORARY) {
        error_free(&first);
        answer = start_reader(reading, &first) ? ask_reader(reading, bytes, length, answer_length, &first) : NULL;
    }
    if (!answer && error)
        *error = first;
    else
        error_free(&first);
    return answer;
}

/* Whether a fresh reader reads the plainest of mails: if not, the installation is at fault, not the letter. */
static bool reader_works(struct reading *reading)
{
    static const char plain[] = "From: a@example.org\nSubject: probe\n\nprobe\n";
    size_t length;
    char *answer = start_reader(reading, NULL) ? ask_reader(reading, plain, sizeof plain - 1, &length, NULL) : NULL;
    bool works = answer != NULL;
    talloc_free(answer);
    return works;
}

json_t *reading_view(struct reading *reading, const char *bytes, size_t length, struct error **error)
{
    reading->spent = false;
    if (!start_reader(reading, error))
        return NULL;
    size_t answer_length;
    char *answer = ask_twice(reading, bytes, length, &answer_length, error);
    if (!answer) {
        bool was_late = reading->late;
        reading->spent = reader_works(reading);
        if (reading->spent)
            error_add(error, was_late ? "the mail stalled the reader (reader_seconds in [limits])" : "the mail ended the reader");
        return NULL;
    }
    json_t *view = parse_view(answer, answer_length, error);
    talloc_free(answer);
    return view;
}

static bool deal_out(const char *contents, size_t length, struct letter *letter, struct error **error)
{
    for (size_t i = 0; i < letter->attachment_count; i++) {
        struct letter_attachment *attachment = &letter->attachments[i];
        if (attachment->size > length ||
            strcmp(hash_sha256(letter, contents, attachment->size), attachment->sha256) != 0)
            return error_set(error, ERROR_REFUSED, "the attachments of the mail are not those that its view names");
        attachment->bytes = memory_copy_bytes(letter, contents, attachment->size);
        contents += attachment->size;
        length -= attachment->size;
    }
    return true;
}

/* A reader of its own, for one mail: notes with attachments are few. */
bool reading_fetch_attachments(struct reading *reading, const char *bytes, size_t length, struct letter *letter,
                               struct error **error)
{
    void *context = talloc_new(NULL);
    struct child *reader = start_child(context, reading->config, "attachments", error);
    char *contents = NULL;
    size_t received = 0;
    if (reader) {
        child_begin(reader, (int)reading->config->reader_seconds);
        if (child_send(reader, bytes, length, error))
            contents = child_receive(reader, context, LIMIT_LETTER_BYTES, &received, error);
        reading->spent = !contents && child_is_late(reader);
    }
    bool done = contents && deal_out(contents, received, letter, error);
    talloc_free(context);
    return done;
}

struct letter *reading_read(const void *context, struct reading *reading, const char *bytes, size_t length,
                            struct error **error)
{
    json_t *view = reading_view(reading, bytes, length, error);
    if (!view)
        return NULL;
    struct letter *letter = letter_from_view(context, view, error);
    json_decref(view);
    return letter;
}
