/* Answers for spreadsheets: see csv.h. */
#include "poll/csv.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/count.h"
#include "poll/form_sheet.h"
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
    WORD_PLACE_WAITED_FOR,
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

static void add_quoted(struct buffer *file, const char *text)
{
    buffer_add_byte(file, '"');
    for (; *text; text++) {
        if (*text == '"')
            buffer_add_byte(file, '"');
        buffer_add_byte(file, *text);
    }
    buffer_add_byte(file, '"');
}

static void add_field(struct buffer *file, const char *text, char before)
{
    char *shown = memory_format(NULL, "%s%s", is_formula(text) ? "'" : "", text);
    if (before)
        buffer_add_byte(file, before);
    add_quoted(file, shown);
    talloc_free(shown);
}

/* One file while it is written. */
struct writing {
    struct buffer *file;
    const struct count *count;
    const struct form_sheet *sheet; /* NULL: it asks for dates */
    const bool *remarked;           /* one a question: somebody said something beside the answer, which has its own column */
    char **words;
    const char *language;
};

static void add_date_heads(const struct writing *writing)
{
    const struct poll *poll = writing->count->poll;
    for (size_t i = 0; i < poll->choice_count; i++) {
        char *label = view_choice_label(NULL, poll, &poll->choices[i], writing->language);
        char *head = memory_format(label, "%d: %s", poll->choices[i].number, label);
        add_field(writing->file, head, ',');
        talloc_free(label);
    }
}

static void add_marks(const struct writing *writing, size_t person)
{
    const struct count *count = writing->count;
    for (size_t i = 0; i < count->box.choices; i++) {
        size_t cell = person * count->box.choices + i;
        const char *remark = count->remarks[cell];
        char *text = memory_format(NULL, "%s%s%s", mark_symbol((enum mark)count->box.marks[cell]), remark ? " " : "",
                                   remark ? remark : "");
        add_field(writing->file, text, ',');
        talloc_free(text);
    }
}

static bool *find_remarked(const void *context, const struct form_sheet *sheet)
{
    bool *remarked = memory_array(context, bool, sheet->form->count);
    for (size_t i = 0; i < memory_count(sheet->count->invitations); i++)
        for (size_t j = 0; j < sheet->form->count; j++)
            remarked[j] = remarked[j] || *form_sheet_at(sheet, i, j)->comment;
    return remarked;
}

static void add_question_heads(const struct writing *writing)
{
    const struct form_sheet *sheet = writing->sheet;
    for (size_t i = 0; i < sheet->form->count; i++) {
        const struct poll_question *question = &writing->count->poll->questions[i];
        const char *unit = question->unit;
        char *head = memory_format(NULL, "Q%zu. %s%s%s%s", i + 1, question->text, unit ? " (" : "", unit ? unit : "",
                                   unit ? ")" : "");
        add_field(writing->file, head, ',');
        if (writing->remarked[i])
            add_field(writing->file, memory_format(head, "Q%zu. %s", i + 1, writing->words[WORD_COMMENT]), ',');
        talloc_free(head);
    }
}

static void add_responses(const struct writing *writing, size_t person)
{
    const struct form_sheet *sheet = writing->sheet;
    for (size_t i = 0; i < sheet->form->count; i++) {
        void *scratch = talloc_new(NULL);
        struct form_cell cell =
            form_sheet_cell(scratch, sheet, person, i, writing->words[WORD_PLACE_WAITED_FOR], writing->language);
        if (cell.is_number) {
            buffer_add_byte(writing->file, ',');
            add_quoted(writing->file, cell.text);
        } else {
            add_field(writing->file, cell.text, ',');
        }
        if (writing->remarked[i])
            add_field(writing->file, form_sheet_at(sheet, person, i)->comment, ',');
        talloc_free(scratch);
    }
}

static void add_head(const struct writing *writing)
{
    add_field(writing->file, writing->words[WORD_NAME], '\0');
    if (writing->sheet)
        add_question_heads(writing);
    else
        add_date_heads(writing);
    add_field(writing->file, writing->words[WORD_STATE], ',');
    add_field(writing->file, writing->words[WORD_COMMENT], ',');
    add_field(writing->file, writing->words[WORD_ADDRESS], ',');
    buffer_add_text(writing->file, "\r\n");
}

static void add_person(const struct writing *writing, size_t person, time_t now)
{
    const struct count *count = writing->count;
    const struct invitation *invitation = &count->invitations[person];
    add_field(writing->file, count->names[person], '\0');
    if (writing->sheet)
        add_responses(writing, person);
    else
        add_marks(writing, person);
    bool is_anonymous = count->poll->options.is_anonymous; /* then the name is a receipt, and nothing else may tell who */
    add_field(writing->file, is_anonymous ? "" : writing->words[state_of(invitation, now)], ',');
    add_field(writing->file, invitation->comment, ',');
    add_field(writing->file, is_anonymous ? "" : invitation->address, ',');
    buffer_add_text(writing->file, "\r\n");
}

char *csv_write(const void *context, struct office *office, const struct poll *poll, const char *language,
                struct error **error)
{
    void *work = talloc_new(NULL);
    char *words[WORDS];
    char *text = NULL;
    struct count *count = read_words(work, office, language, words, error) ? count_votes(work, office, poll, error) : NULL;
    struct form_sheet *sheet = count && poll->is_form ? form_sheet_load(work, office, count, error) : NULL;
    if (count && (sheet || !poll->is_form)) {
        struct buffer *file = buffer_new(work, LIMIT_MAIL_OUT_BYTES / 2);
        struct writing writing = {file, count, sheet, sheet ? find_remarked(work, sheet) : NULL, words, language};
        buffer_add_text(file, "\xEF\xBB\xBF"); /* without it spreadsheets take UTF-8 for the local charset */
        add_head(&writing);
        for (size_t i = 0; i < count->box.people; i++)
            add_person(&writing, i, office->now);
        if (file->overflowed)
            error_set(error, ERROR_REFUSED, "the answers of the poll %s are too many for one file", poll->code);
        else
            text = buffer_take(file, context);
    }
    talloc_free(work);
    return text;
}
