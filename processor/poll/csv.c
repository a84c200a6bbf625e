/* Answers for spreadsheets: see csv.h. */
#include "poll/csv.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/count.h"
#include "poll/schedule.h"
#include "poll/view.h"

/* The lines of csv-words.txt: headings, then how far somebody has come. */
enum word {
    WORD_NAME,
    WORD_STATE,
    WORD_COMMENT,
    WORD_ADDRESS,
    WORD_ANSWERED,
    WORD_PARTIAL,
    WORD_WAITING,
    WORD_PROMISED,
    WORD_AWAY,
    WORD_UNDELIVERED,
    WORDS,
};

static enum word state_of(const struct invitation *invitation, time_t now)
{
    switch (invitation->state) {
    case INVITATION_ANSWERED:
        return WORD_ANSWERED;
    case INVITATION_PARTIAL:
        return WORD_PARTIAL;
    case INVITATION_UNDELIVERED:
        return WORD_UNDELIVERED;
    case INVITATION_WAITING:
    case INVITATION_REMOVED:
        break;
    }
    if (schedule_is_away(invitation, now))
        return WORD_AWAY;
    return invitation->promised ? WORD_PROMISED : WORD_WAITING;
}

static bool read_words(const void *context, struct office *office, const char *language, char *words[WORDS],
                       struct error **error)
{
    json_t *nothing = json_object();
    char *text = template_render(context, office->templates, language, "csv-words.txt", nothing, error);
    json_decref(nothing);
    if (!text)
        return false;
    for (size_t i = 0; i < WORDS; i++) {
        char *end = strchr(text, '\n');
        if (!end)
            return error_set(error, ERROR_TEMPORARY, "the template csv-words.txt has fewer than %d lines", (int)WORDS);
        *end = '\0';
        words[i] = text;
        text = end + 1;
    }
    return true;
}

/* Whether a spreadsheet would compute a text: some take the wide signs, too, and look behind blanks. */
static bool is_formula(const char *text)
{
    static const char *const signs[] = {"=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%"};
    if (*text && strchr("\t\r\n", *text))
        return true;
    text += strspn(text, " ");
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0)
            return true;
    return false;
}

static void add_field(struct buffer *file, const char *text, char before)
{
    if (before)
        buffer_add_byte(file, before);
    buffer_add_byte(file, '"');
    if (is_formula(text))
        buffer_add_byte(file, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buffer_add_byte(file, '"');
        buffer_add_byte(file, *text);
    }
    buffer_add_byte(file, '"');
}

static void add_head(struct buffer *file, const struct poll *poll, char *const words[WORDS], const char *language)
{
    add_field(file, words[WORD_NAME], '\0');
    for (size_t i = 0; i < poll->choice_count; i++) {
        char *label = view_choice_label(NULL, poll, &poll->choices[i], language);
        char *head = memory_format(label, "%d: %s", poll->choices[i].number, label);
        add_field(file, head, ',');
        talloc_free(label);
    }
    add_field(file, words[WORD_STATE], ',');
    add_field(file, words[WORD_COMMENT], ',');
    add_field(file, words[WORD_ADDRESS], ',');
    buffer_add_text(file, "\r\n");
}

static void add_person(struct buffer *file, const struct count *count, size_t person, char *const words[WORDS], time_t now)
{
    const struct invitation *invitation = &count->invitations[person];
    add_field(file, count->names[person], '\0');
    for (size_t i = 0; i < count->box.choices; i++) {
        size_t cell = person * count->box.choices + i;
        const char *remark = count->remarks[cell];
        char *text = memory_format(NULL, "%s%s%s", mark_symbol((enum mark)count->box.marks[cell]), remark ? " " : "",
                                   remark ? remark : "");
        add_field(file, text, ',');
        talloc_free(text);
    }
    bool is_anonymous = count->poll->options.is_anonymous; /* then the name is a receipt, and nothing else may tell who */
    add_field(file, is_anonymous ? "" : words[state_of(invitation, now)], ',');
    add_field(file, invitation->comment, ',');
    add_field(file, is_anonymous ? "" : invitation->address, ',');
    buffer_add_text(file, "\r\n");
}

char *csv_write(const void *context, struct office *office, const struct poll *poll, const char *language,
                struct error **error)
{
    void *work = talloc_new(NULL);
    char *words[WORDS];
    char *text = NULL;
    struct count *count = read_words(work, office, language, words, error) ? count_votes(work, office, poll, error) : NULL;
    if (count) {
        struct buffer *file = buffer_new(work, LIMIT_MAIL_OUT_BYTES / 2);
        buffer_add_text(file, "\xEF\xBB\xBF"); /* without it spreadsheets take UTF-8 for the local charset */
        add_head(file, poll, words, language);
        for (size_t i = 0; i < count->box.people; i++)
            add_person(file, count, i, words, office->now);
        if (file->overflowed)
            error_set(error, ERROR_REFUSED, "the answers of the poll %s are too many for one file", poll->code);
        else
            text = buffer_take(file, context);
    }
    talloc_free(work);
    return text;
}
