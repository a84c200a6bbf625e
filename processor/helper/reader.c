/*
 * kairan-reader: reads mails for kairan in a process of its own, which holds no secrets and can open nothing. A frame
 * with a mail's bytes in; a frame with its view (or {"error": sentence}), a NUL and its text out; until standard input
 * ends. Called as `kairan-reader attachments` (instead of `view`) it gives the bytes of the attachments, one behind the
 * other: who asks knows their sizes and hashes from the view and trusts nothing else. The second word are the limits
 * (mail/limits.h). Not run by hand.
 */
#include <jansson.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/child.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "mail/charset.h"
#include "mail/letter.h"
#include "mail/sandbox.h"

enum { HELD_BYTES = 32 * 1024 };

/* What is still to be said: answers are held back while the next mail is here already, so that both sides wake seldom. */
struct talk {
    struct frames *mails;
    struct buffer *answers;
};

/* What the libraries read from disk when they are first used. */
static void open_everything(const void *context)
{
    charset_preload(context);
    xmlInitParser();
    json_object_seed(0);
}

static char *error_view(const void *context, struct error *error)
{
    json_t *view = json_object();
    json_object_set_new(view, "error", json_string(error_text(context, error)));
    char *dumped = json_dumps(view, JSON_COMPACT);
    char *text = memory_copy_text(context, memory_check(dumped));
    free(dumped);
    json_decref(view);
    return text;
}

/* Answers one mail with its attachments; with an empty frame when it cannot be read. False when nobody listens. */
static bool answer_attachments(const void *context, const char *bytes, size_t length, const struct mail_limits *limits)
{
    struct error *error = NULL;
    struct buffer *contents = letter_read_attachments(context, bytes, length, limits, &error);
    error_free(&error); /* who asks has heard it with the view */
    return frame_write(STDOUT_FILENO, contents ? contents->bytes : "", contents ? contents->length : 0, NULL);
}

/* Says it at once, or with the answer to the next mail. False when nobody listens any more. */
static bool say(struct talk *talk, const struct buffer *answer, struct error **error)
{
    bool waits = frames_have_next(talk->mails) && talk->answers->length + answer->length < HELD_BYTES;
    if (!waits && !talk->answers->length)
        return frame_write(STDOUT_FILENO, answer->bytes, answer->length, error);
    frames_add(talk->answers, answer->bytes, answer->length);
    if (waits)
        return true;
    bool written = frames_write(STDOUT_FILENO, talk->answers, error);
    buffer_clear(talk->answers);
    return written;
}

/* Answers one mail. False when nobody listens any more. */
static bool answer(const void *context, struct talk *talk, const char *bytes, size_t length, const struct mail_limits *limits)
{
    struct error *error = NULL;
    char *text = NULL;
    char *view = letter_read_view(context, bytes, length, limits, &text, &error);
    if (!view)
        view = error_view(context, error);
    error_free(&error);
    struct buffer *frame = buffer_new(context, LIMIT_VIEW_BYTES + LIMIT_TEXT_BYTES + 1);
    buffer_add(frame, view, strlen(view) + 1);
    buffer_add_text(frame, text ? text : "");
    if (say(talk, frame, &error))
        return true;
    log_error("%s", error_text(context, error));
    error_free(&error);
    return false;
}

int main(int argc, char *argv[])
{
    log_start("kairan-reader");
    memory_start();
    void *program = talloc_new(NULL);
    open_everything(program);
    bool wants_attachments = argc > 1 && strcmp(argv[1], "attachments") == 0;
    struct mail_limits limits = mail_limits_default;
    if (argc > 2 && !mail_limits_parse(argv[2], &limits)) {
        log_error("the limits \"%s\" are none", argv[2]);
        return EXIT_FAILURE;
    }
    struct error *error = NULL;
    if (!sandbox_enter(&error)) {
        log_warning("reading mail without a filter on system calls: %s", error_text(NULL, error));
        error_free(&error);
    }
    struct talk talk = {.mails = frames_open(program, STDIN_FILENO),
                        .answers = buffer_new(program, HELD_BYTES + LIMIT_VIEW_BYTES + LIMIT_TEXT_BYTES + 1)};
    void *pool = memory_new_pool(program);
    for (;;) {
        void *context = talloc_new(pool);
        size_t length;
        bool at_end;
        char *bytes = frames_read(context, talk.mails, LIMIT_LETTER_BYTES, &length, &at_end, &error);
        if (!bytes && !at_end)
            log_error("%s", error_text(context, error));
        bool goes_on = bytes && (wants_attachments ? answer_attachments(context, bytes, length, &limits)
                                                   : answer(context, &talk, bytes, length, &limits));
        talloc_free(context);
        if (goes_on)
            continue;
        talloc_free(program);
        return at_end ? EXIT_SUCCESS : EXIT_FAILURE;
    }
}
