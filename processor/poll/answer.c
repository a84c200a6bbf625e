/* Understanding a reply: see answer.h. The zones are read apart, then held against each other. */
#include "poll/answer.h"

#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "poll/answer_attendance.h"
#include "poll/answer_grammar.h"
#include "poll/answer_zones.h"

static const struct {
    const char *name;
    const char *symbol;
} mark_texts[] = {
    [MARK_NONE] = {NULL, "・"},    [MARK_YES] = {"yes", "○"}, [MARK_BEST] = {"best", "◎"},
    [MARK_MAYBE] = {"maybe", "△"}, [MARK_NO] = {"no", "×"},
};

const char *mark_symbol(enum mark mark)
{
    return mark_texts[mark].symbol;
}

const char *mark_name(enum mark mark)
{
    return mark_texts[mark].name;
}

enum mark mark_from_name(const char *name)
{
    for (enum mark mark = MARK_YES; mark <= MARK_NO; mark++)
        if (name && strcmp(name, mark_texts[mark].name) == 0)
            return mark;
    return MARK_NONE;
}

/* The answer as it grows out of the zones. */
struct sum {
    struct answer *answer;
    const struct answer_question *question;
    struct buffer *comment;
    uint64_t doubted; /* choices that get no mark */
    bool shaken;      /* no choice does */
    bool printed;     /* marks were seen that may be our own */
};

static void add_unclear(struct sum *sum, const char *passage)
{
    enum { MOST_UNCLEAR = 50 };
    static const char blanks[] = " \n\r\t";
    size_t count = talloc_array_length(sum->answer->unclear);
    if (count == MOST_UNCLEAR)
        return;
    passage += strspn(passage, blanks);
    size_t length = strlen(passage);
    while (length && strchr(blanks, passage[length - 1]))
        length--;
    sum->answer->unclear = memory_resize(sum->answer, sum->answer->unclear, char *, count + 1);
    sum->answer->unclear[count] = memory_copy_bytes(sum->answer->unclear, passage, length);
}

static void add_comment(struct sum *sum, const char *text)
{
    if (sum->comment->length && *text)
        buffer_add_byte(sum->comment, '\n');
    buffer_add_text(sum->comment, text);
}

/* The same choice, the same value: fine; different values: nobody knows. */
static void add_cell(struct sum *sum, size_t i, const struct cell *cell)
{
    struct answer_mark *mark = &sum->answer->marks[i];
    if (cell->unclear)
        sum->doubted |= (uint64_t)1 << i;
    if (cell->strength == STRENGTH_NONE)
        return;
    if (mark->evidence && mark->mark != cell->mark) {
        sum->doubted |= (uint64_t)1 << i;
        add_unclear(sum, cell->evidence);
        return;
    }
    mark->inferred = cell->inferred && (!mark->evidence || mark->inferred);
    mark->mark = cell->mark;
    mark->wish = cell->wish ? cell->wish : cell->mark == MARK_BEST;
    if (cell->note)
        mark->note = memory_copy_text(sum->answer->marks, cell->note);
    if (!mark->evidence)
        mark->evidence = memory_copy_text(sum->answer->marks, cell->evidence);
}

static void add_reading(struct sum *sum, const struct reading *reading)
{
    for (size_t i = 0; i < sum->question->choice_count; i++)
        add_cell(sum, i, &reading->cells[i]);
    for (size_t i = 0; i < talloc_array_length(reading->unclear); i++)
        add_unclear(sum, reading->unclear[i]);
    sum->shaken |= reading->shaken;
    add_comment(sum, reading->comment->bytes);
}

static struct reading *read_text(const void *context, const struct answer_question *question, const char *text)
{
    struct folded *folded = text_fold(context, text, strlen(text));
    text_fold_single_blanks(folded);
    return reading_new(context, question, folded, text);
}

/* What stands inside the quoted ballot. Marks that may be printed ones count for nothing, but are not forgotten. */
static uint64_t read_besides(struct sum *sum, const struct zones *zones)
{
    uint64_t said = 0;
    for (size_t i = 0; i < zones->beside_count; i++) {
        const struct beside *beside = &zones->beside[i];
        if (beside->printed) {
            sum->printed = true;
            continue;
        }
        struct reading *reading = read_text(zones, sum->question, beside->text);
        grammar_read_beside(reading, beside->choice);
        if (beside->detached)
            reading_doubt(reading, (uint64_t)1 << beside->choice, 0, reading->folded->length);
        said |= (uint64_t)1 << beside->choice;
        add_reading(sum, reading);
    }
    return said;
}

/* ----- the verdict ----- */

struct census {
    size_t marks;
    size_t negative;
    size_t inferred;
};

static struct census count_marks(const struct sum *sum)
{
    struct census census = {0};
    for (size_t i = 0; i < sum->question->choice_count; i++) {
        const struct answer_mark *mark = &sum->answer->marks[i];
        census.marks += mark->mark != MARK_NONE;
        census.negative += mark->mark == MARK_NO;
        census.inferred += mark->mark != MARK_NONE && mark->inferred;
    }
    return census;
}

static void propose(struct sum *sum, enum mark others)
{
    size_t count = sum->question->choice_count;
    sum->answer->proposal = memory_array(sum->answer, enum mark, count);
    for (size_t i = 0; i < count; i++) {
        enum mark mark = sum->answer->marks[i].mark;
        sum->answer->proposal[i] = mark == MARK_NONE ? others : mark;
    }
}

static void clear_mark(struct answer_mark *mark)
{
    *mark = (struct answer_mark){.mark = MARK_NONE};
}

/* What is in doubt is asked: the marks read become a proposal, and those that are not sound go. */
static void ask(struct sum *sum)
{
    sum->answer->verdict = ANSWER_ASK;
    for (size_t i = 0; i < sum->question->choice_count; i++)
        if (sum->doubted >> i & 1)
            clear_mark(&sum->answer->marks[i]);
    if (count_marks(sum).marks)
        propose(sum, MARK_NONE);
    for (size_t i = 0; sum->shaken && i < sum->question->choice_count; i++)
        clear_mark(&sum->answer->marks[i]);
}

static void mark_all(struct sum *sum, enum mark mark, bool inferred, const char *evidence)
{
    for (size_t i = 0; i < sum->question->choice_count; i++) {
        sum->answer->marks[i] = (struct answer_mark){.mark = mark, .inferred = inferred};
        sum->answer->marks[i].evidence = memory_copy_text(sum->answer->marks, evidence);
    }
}

/* No mark was given to any choice. */
static void judge_unmarked(struct sum *sum, const struct reading *reading, const char *text)
{
    struct answer *answer = sum->answer;
    bool has_predicate = reading->bare_yes || reading->bare_no || reading->bare_maybe;
    bool is_plain = !reading->assents && !has_predicate;
    answer->verdict = ANSWER_ASK;
    if (reading->confirms && is_plain && !reading->other_words && !reading->defers) {
        answer->verdict = ANSWER_CONFIRM;
    } else if (reading->defers && !reading->bare_yes && !reading->bare_no) {
        answer->verdict = ANSWER_DEFER;
    } else if (reading->absent && !reading->bare_yes && !reading->bare_maybe && !reading->defers) {
        mark_all(sum, MARK_NO, true, text);
        answer->verdict = ANSWER_INFERRED;
    } else if (reading->bare_no && !reading->bare_yes && !reading->bare_maybe) {
        propose(sum, MARK_NO);
    } else if (is_plain && !sum->printed && !reading->confirms && text[strspn(text, " \n\r\t")] == '\0') {
        answer->verdict = ANSWER_NONE;
    }
    if (answer->verdict == ANSWER_ASK && *text)
        add_unclear(sum, text);
}

static void judge(struct sum *sum, const struct reading *reading, const char *text)
{
    struct answer *answer = sum->answer;
    struct census census = count_marks(sum);
    bool unclear = talloc_array_length(answer->unclear) > 0 || sum->doubted || sum->shaken;
    if (reading->withdraws && !unclear && !census.marks)
        answer->verdict = ANSWER_WITHDRAW;
    else if (unclear || reading->withdraws)
        ask(sum);
    else if (!census.marks)
        judge_unmarked(sum, reading, text);
    else if (census.negative == census.marks && census.marks < sum->question->choice_count) {
        answer->verdict = ANSWER_ASK;
        propose(sum, MARK_YES);
    } else if (reading->defers && census.marks < sum->question->choice_count) {
        sum->shaken = true;
        ask(sum);
    } else {
        answer->verdict = census.inferred ? ANSWER_INFERRED : ANSWER_OK;
    }
}

static struct answer *read_choices(const void *context, const struct answer_question *question, const char *text)
{
    struct answer *answer = memory_new(context, struct answer);
    answer->marks = memory_array(answer, struct answer_mark, question->choice_count);
    void *scratch = talloc_new(answer);
    struct sum sum = {.answer = answer, .question = question};
    sum.comment = buffer_new(scratch, 4 * LIMIT_TEXT_BYTES);
    struct zones *zones = zones_split(scratch, question, text);
    uint64_t beside = read_besides(&sum, zones);
    struct reading *reading = read_text(scratch, question, zones->free_text);
    reading->elsewhere = beside;
    grammar_read(reading);
    reading_finish(reading);
    add_reading(&sum, reading);
    add_comment(&sum, zones->unread);
    judge(&sum, reading, zones->free_text);
    answer->comment = memory_copy_text(answer, sum.comment->bytes);
    talloc_free(scratch);
    return answer;
}

/*
 * Who comes: what the prose says holds. A sign alone (👌, はい) and what is said of the answer itself (取り消します) are
 * read as in any poll.
 */
static struct answer *read_attendance(const void *context, const struct answer_question *question, const char *text)
{
    struct answer *answer = read_choices(context, question, text);
    void *scratch = talloc_new(answer);
    struct zones *zones = zones_split(scratch, question, text);
    struct attendance *attendance = attendance_read(scratch, question->choices, zones->free_text);
    struct answer_mark *mark = &answer->marks[0];
    bool is_plain = answer->verdict == ANSWER_OK || answer->verdict == ANSWER_INFERRED;
    if (attendance->mark != MARK_NONE) {
        *mark = (struct answer_mark){.mark = attendance->mark, .inferred = attendance->inferred};
        mark->note = memory_copy_text(answer->marks, attendance->note);
        mark->evidence = memory_copy_text(answer->marks, attendance->evidence);
        answer->verdict = attendance->inferred ? ANSWER_INFERRED : ANSWER_OK;
    } else if (attendance->contradicts) {
        clear_mark(mark);
        answer->verdict = ANSWER_ASK;
    } else if (answer->verdict == ANSWER_CONFIRM) {
        *mark = (struct answer_mark){.mark = MARK_YES, .evidence = memory_copy_text(answer->marks, zones->free_text)};
        answer->verdict = ANSWER_OK;
    } else if (!is_plain && answer->verdict != ANSWER_WITHDRAW && answer->verdict != ANSWER_DEFER) {
        clear_mark(mark);
        answer->verdict = ANSWER_NONE;
    }
    if (answer->verdict != ANSWER_ASK) {
        TALLOC_FREE(answer->proposal);
        TALLOC_FREE(answer->unclear);
    }
    talloc_free(scratch);
    return answer;
}

struct answer *answer_read(const void *context, const struct answer_question *question, const char *text)
{
    if (question->kind == ANSWER_ATTENDANCE && question->choice_count == 1)
        return read_attendance(context, question, text);
    return read_choices(context, question, text);
}

bool answer_is_courtesy(const char *comment)
{
    void *context = talloc_new(NULL);
    struct tokens *tokens = tokens_read(context, text_fold(context, comment, strlen(comment)), 1);
    bool is_courtesy = true;
    for (size_t i = 0; is_courtesy && i < tokens->count; i++) {
        enum token_kind kind = tokens->list[i].kind;
        is_courtesy = kind == TOKEN_POLITE || kind == TOKEN_NOISE || kind == TOKEN_STOP || kind == TOKEN_LINE;
    }
    talloc_free(context);
    return is_courtesy;
}
