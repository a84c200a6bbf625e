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

enum { ANNOUNCED_MOST = 8 };

struct reading {
    const struct config *config;
    struct child *reader; /* NULL: none is running */
    size_t room;          /* for what is on the way to it: half a pipe, so that sending never waits */
    bool spent;
    bool late;     /* the last question ran out of time … */
    bool was_last; /* … and the reader had no other mail behind it */
    const char *announced[ANNOUNCED_MOST]; /* what was not asked for yet, in this order … */
    size_t lengths[ANNOUNCED_MOST];
    size_t announced_count;
    struct buffer *unsent; /* … and the frames of the last of it, which the reader has not */
};

struct reading *reading_start(const void *context, const struct config *config)
{
    struct reading *reading = memory_new(context, struct reading);
    reading->config = config;
    reading->unsent = buffer_new(reading, LIMIT_LETTER_BYTES);
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
    if (reading->reader)
        return true;
    reading->reader = start_child(reading, reading->config, "view", error);
    if (!reading->reader)
        return false;
    reading->room = child_room(reading->reader) / 2;
    return true;
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
    reading->announced_count = 0;
    buffer_clear(reading->unsent);
}

bool reading_announce(struct reading *reading, const char *bytes, size_t length)
{
    enum { HEAD_BYTES = 4 };
    if (reading->announced_count == ANNOUNCED_MOST || !start_reader(reading, NULL))
        return false;
    size_t on_the_way = length + HEAD_BYTES;
    for (size_t i = 0; i < reading->announced_count; i++)
        on_the_way += reading->lengths[i] + HEAD_BYTES;
    if (on_the_way > reading->room)
        return false;
    frames_add(reading->unsent, bytes, length);
    reading->announced[reading->announced_count] = bytes;
    reading->lengths[reading->announced_count++] = length;
    return true;
}

void reading_push(struct reading *reading)
{
    if (!reading->unsent->length)
        return;
    child_begin(reading->reader, (int)reading->config->reader_seconds);
    if (child_send_frames(reading->reader, reading->unsent, NULL))
        buffer_clear(reading->unsent);
    else
        drop_reader(reading);
}

/* A reader with mails in its hands that nobody asks for is of no use. */
void reading_forget(struct reading *reading)
{
    if (reading->announced_count)
        drop_reader(reading);
}

/* Whether the reader was sent this mail already; then it is announced no more. */
static bool take_announced(struct reading *reading, const char *bytes)
{
    if (!reading->announced_count || reading->announced[0] != bytes) {
        reading_forget(reading);
        return false;
    }
    reading_push(reading);
    if (!reading->announced_count)
        return false;
    reading->announced_count--;
    memmove(reading->announced, reading->announced + 1, reading->announced_count * sizeof *reading->announced);
    memmove(reading->lengths, reading->lengths + 1, reading->announced_count * sizeof *reading->lengths);
    return true;
}

static bool send_mail(struct reading *reading, const char *bytes, size_t length, struct error **error)
{
    bool has_it = take_announced(reading, bytes);
    reading->was_last = !reading->announced_count;
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

/*
 * A reader may have been ended by others (short of memory, say, or the mails behind this one, whose work its answer waits
 * for): a letter is blamed only when a second one, which has nothing else, dies of it.
 */
static char *ask_twice(struct reading *reading, const char *bytes, size_t length, size_t *answer_length,
                       struct error **error)
{
    struct error *first = NULL;
    char *answer = ask_reader(reading, bytes, length, answer_length, &first);
    if (!answer && first->class == ERROR_TEMPORARY && (!reading->late || !reading->was_last)) {
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

static json_t *view_tersely(struct reading *reading, const char *bytes, size_t length, struct error **error)
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

json_t *reading_view(struct reading *reading, const char *bytes, size_t length, struct error **error)
{
    json_t *terse = view_tersely(reading, bytes, length, error);
    json_t *view = terse ? letter_complete_view(terse) : NULL;
    json_decref(terse);
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
    json_t *view = view_tersely(reading, bytes, length, error);
    if (!view)
        return NULL;
    struct letter *letter = letter_from_view(context, view, error);
    json_decref(view);
    return letter;
}
