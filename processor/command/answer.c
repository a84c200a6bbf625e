/* kairan answer --poll FILE [REPLY]: what a reply means, as JSON; changes nothing. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "command/command.h"
#include "job/reading.h"
#include "poll/answer_view.h"

static char *read_file(const void *context, const char *file, size_t limit, size_t *length, struct error **error)
{
    if (!file)
        return file_read_descriptor(context, STDIN_FILENO, "standard input", limit, length, error);
    if (access(file, R_OK) != 0) {
        error_set(error, ERROR_REFUSED, "cannot read %s: %s", file, strerror(errno));
        return NULL;
    }
    return file_read(context, file, limit, length, error);
}

static struct answer_question *read_poll(const void *context, const char *file, struct error **error)
{
    json_error_t problem;
    size_t length;
    char *text = read_file(context, file, LIMIT_VIEW_BYTES, &length, error);
    if (!text)
        return NULL;
    json_t *view = json_loadb(text, length, 0, &problem);
    struct answer_question *question = NULL;
    if (view)
        question = answer_question_from_view(context, view, error);
    else
        error_set(error, ERROR_REFUSED, "line %d: %s", problem.line, problem.text);
    json_decref(view);
    if (!question)
        error_add(error, "%s describes no poll", file);
    return question;
}

/* Whether the bytes begin as a mail does (RFC 5322): header fields, a known one among them, and a blank line. */
static bool is_mail(const char *bytes)
{
    static const char *const known[] = {"from:", "date:", "received:", "message-id:", "return-path:", "mime-version:"};
    bool any_known = false;
    for (const char *line = bytes; *line && *line != '\n' && *line != '\r';) {
        size_t length = strcspn(line, "\n");
        size_t name = strcspn(line, ": \t\n");
        bool is_continued = line != bytes && (*line == ' ' || *line == '\t');
        bool is_envelope = line == bytes && strncmp(line, "From ", strlen("From ")) == 0;
        if (!is_continued && !is_envelope && (name == 0 || line[name] != ':'))
            return false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            any_known |= strncasecmp(line, known[i], strlen(known[i])) == 0;
        line += length + (line[length] == '\n');
    }
    return any_known;
}

/* A mail of a machine says nothing about what its owner wants. */
static struct answer *read_mail(const void *context, const struct config *config, const struct answer_question *question,
                                const char *bytes, size_t length, struct error **error)
{
    struct reading *reading = reading_start(context, config);
    struct letter *letter = reading_read(context, reading, bytes, length, error);
    if (!letter)
        return NULL;
    bool is_machine = letter->class == LETTER_AUTO_REPLY || letter->class == LETTER_BOUNCE ||
                      letter->class == LETTER_RECEIPT || letter->class == LETTER_OWN;
    return is_machine ? answer_read(context, question, "") : answer_read_letter(context, question, letter->subject, letter->text);
}

static bool answer_and_print(const void *context, const char *poll, const char *file,
                             const struct command_options *options, struct error **error)
{
    struct config *config = config_load(context, options->instance, NULL);
    struct config fallback = {.reader_seconds = 10};
    if (!config && !clock_set_zone("Asia/Tokyo", error))
        return false;
    struct answer_question *question = read_poll(context, poll, error);
    size_t length;
    char *bytes = question ? read_file(context, file, LIMIT_LETTER_BYTES, &length, error) : NULL;
    if (!bytes)
        return false;
    struct answer *answer;
    if (is_mail(bytes))
        answer = read_mail(context, config ? config : &fallback, question, bytes, length, error);
    else if (length > LIMIT_TEXT_BYTES || strlen(bytes) != length || !utf8_is_valid(bytes, length))
        return error_set(error, ERROR_REFUSED, "the reply is neither a mail nor a text in UTF-8 of at most %d bytes",
                         LIMIT_TEXT_BYTES);
    else
        answer = answer_read(context, question, bytes);
    return answer && command_print(NULL, NULL, answer_view(question, answer), true, error);
}

int command_answer(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", "poll", NULL}, &options, &status))
        return status;
    if (argc - options.first > 1 || !options.poll) {
        fprintf(stderr, "usage: kairan answer --poll FILE [REPLY]\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    if (!answer_and_print(context, options.poll, argv[options.first], &options, &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
