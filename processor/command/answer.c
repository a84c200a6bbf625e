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
#include "poll/form_view.h"
#include "text/almanac.h"

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

/* What was asked: dates and attendance, or a question of another kind or a questionnaire of them. */
struct asked {
    struct answer_question *question; /* or NULL */
    struct form *form;
    bool is_one; /* question of the form */
};

static bool is_form(json_t *view)
{
    const char *kind = json_string_value(json_object_get(view, "kind"));
    enum form_kind known;
    bool is_attendance = kind && strcmp(kind, "attendance") == 0;
    return kind && !is_attendance && (strcmp(kind, "questionnaire") == 0 || form_kind_from_name(kind, &known));
}

static bool read_poll(const void *context, const char *file, struct asked *asked, struct error **error)
{
    json_error_t problem;
    size_t length;
    char *text = read_file(context, file, LIMIT_VIEW_BYTES, &length, error);
    if (!text)
        return false;
    json_t *view = json_loadb(text, length, 0, &problem);
    if (!view)
        error_set(error, ERROR_REFUSED, "line %d: %s", problem.line, problem.text);
    else if (is_form(view))
        asked->form = form_from_view(context, view, &asked->is_one, error);
    else
        asked->question = answer_question_from_view(context, view, error);
    json_decref(view);
    return asked->question || asked->form || error_add(error, "%s describes no poll", file);
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

/* The text of a mail and its subject. A mail of a machine says nothing about what its owner wants. */
static const char *read_mail(const void *context, const struct config *config, const char *bytes, size_t length,
                             const char **subject, struct error **error)
{
    struct reading *reading = reading_start(context, config);
    struct letter *letter = reading_read(context, reading, bytes, length, error);
    if (!letter)
        return NULL;
    bool is_machine = letter->class == LETTER_AUTO_REPLY || letter->class == LETTER_BOUNCE ||
                      letter->class == LETTER_RECEIPT || letter->class == LETTER_OWN;
    *subject = is_machine ? NULL : letter->subject;
    return is_machine ? "" : letter->text;
}

static json_t *view_meaning(const void *context, const struct asked *asked, const char *subject, const char *text)
{
    if (asked->form)
        return form_answer_view(asked->form, form_read(context, asked->form, text), asked->is_one);
    return answer_view(asked->question, subject ? answer_read_letter(context, asked->question, subject, text)
                                                : answer_read(context, asked->question, text));
}

static bool answer_and_print(const void *context, const char *poll, const char *file,
                             const struct command_options *options, struct error **error)
{
    struct config *config = config_load(context, options->instance, NULL);
    if (!config && !clock_set_zone("Asia/Tokyo", error))
        return false;
    struct almanac *almanac = config ? almanac_load(context, config, error) : NULL;
    if (config && !almanac)
        return false;
    struct asked asked = {0};
    size_t length;
    char *bytes = read_poll(context, poll, &asked, error) ? read_file(context, file, LIMIT_LETTER_BYTES, &length, error)
                                                          : NULL;
    if (!bytes)
        return false;
    if (asked.question)
        asked.question->almanac = almanac;
    const char *subject = NULL;
    const char *text = bytes;
    if (is_mail(bytes))
        text = read_mail(context, config ? config : config_defaults(context), bytes, length, &subject, error);
    else if (length > LIMIT_TEXT_BYTES || strlen(bytes) != length || !utf8_is_valid(bytes, length))
        return error_set(error, ERROR_REFUSED, "the reply is neither a mail nor a text in UTF-8 of at most %d bytes",
                         LIMIT_TEXT_BYTES);
    return text && command_print(NULL, NULL, view_meaning(context, &asked, subject, text), true, error);
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
