/* The questions of a form: see form_draft.h. */
#include "poll/form_draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/form.h"
#include "poll/form_label.h"
#include "poll/form_refer.h"
#include "poll/participants.h"
#include "text/fold.h"

struct drafting {
    struct draft *draft;
    struct poll_question *question; /* that the lines belong to, or NULL */
    bool is_text_open;              /* the line above was the question's own */
    bool has_named;                 /* any line begins with Q1 */
    struct buffer *rest;
};

static char *trimmed(const void *context, const char *text, size_t length)
{
    static const char wide[] = "　";
    for (bool again = true; again;) {
        again = false;
        if (length && strchr(" \t\r", *text)) {
            text++;
            length--;
            again = true;
        } else if (length >= sizeof wide - 1 && strncmp(text, wide, sizeof wide - 1) == 0) {
            text += sizeof wide - 1;
            length -= sizeof wide - 1;
            again = true;
        }
    }
    while (length && strchr(" \t\r", text[length - 1]))
        length--;
    return memory_copy_bytes(context, text, length);
}

static void append_choice(const void *context, struct poll_question *question, char *label, long capacity)
{
    size_t count = memory_count(question->choices);
    question->choices = memory_resize(context, question->choices, struct question_choice, count + 1);
    question->choices[count] = (struct question_choice){.number = (int)count, .label = label, .capacity = capacity};
}

static struct poll_question *begin_question(struct draft *draft, const char *text)
{
    size_t count = memory_count(draft->questions);
    draft->questions = memory_resize(draft, draft->questions, struct poll_question, count + 1);
    draft->questions[count] = (struct poll_question){.text = memory_copy_text(draft, text)};
    append_choice(draft, &draft->questions[count], NULL, 0);
    return &draft->questions[count];
}

/* ----- brackets behind a question ----- */

/* The last bracket of a text and what it holds; NULL: none. */
static char *last_bracket(const void *context, const char *text, size_t *start, size_t *end)
{
    static const char *const pairs[][2] = {{"(", ")"}, {"（", "）"}, {"[", "]"}, {"［", "］"}, {"【", "】"}};
    char *inside = NULL;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (const char *open = strstr(text, pairs[i][0]); open; open = strstr(open + 1, pairs[i][0])) {
            const char *close = strstr(open, pairs[i][1]);
            if (!close || (inside && (size_t)(open - text) < *start))
                continue;
            *start = (size_t)(open - text);
            *end = (size_t)(close - text) + strlen(pairs[i][1]);
            inside = memory_copy_bytes(context, open + strlen(pairs[i][0]),
                                       (size_t)(close - open) - strlen(pairs[i][0]));
        }
    return inside;
}

/* Takes the attributes out of the brackets of a question's text, the last one first. */
static void take_attributes(struct draft *draft, struct poll_question *question)
{
    void *scratch = talloc_new(NULL);
    size_t start;
    size_t end;
    for (char *inside; (inside = last_bracket(scratch, question->text, &start, &end)) &&
                       form_read_attributes(draft, inside, question);) {
        char *text = memory_format(scratch, "%.*s%s", (int)start, question->text, question->text + end);
        question->text = trimmed(draft, text, strlen(text));
    }
    talloc_free(scratch);
}

/* ----- choices ----- */

/* The bytes in front of a choice: a bullet, "2)", "(2)", ①; 0: the line is none. A letter (b) stays with its label. */
static size_t choice_head(const char *line)
{
    static const char *const bullets[] = {"・", "- ", "* ", "●", "○", "◯", "□", "■", "◆", "•"};
    size_t blank = strspn(line, " \t");
    for (const char *wide = "　"; strncmp(line + blank, wide, strlen(wide)) == 0;)
        blank += strlen(wide);
    const char *text = line + blank;
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
        if (strncmp(text, bullets[i], strlen(bullets[i])) == 0)
            return blank + strlen(bullets[i]);
    struct folded *folded = text_fold(NULL, text,
                                      strlen(text) < 16          ? strlen(text)
                                      : strcspn(text, "\n") < 16 ? strcspn(text, "\n")
                                                                 : 16);
    const char *key = folded->text;
    size_t open = strspn(key, " (");
    size_t digits = strspn(key + open, "0123456789");
    size_t close = digits && digits <= 2 ? strspn(key + open + digits, " ).:") : 0;
    size_t head = close ? folded->origin[open + digits + close] : 0;
    bool is_letter = key[open] >= 'a' && key[open] <= 'z' && strchr(").:", key[open + 1]) && key[open + 1];
    bool is_kana = strncmp(key + open, "ア", 3) >= 0 && strncmp(key + open, "コ", 3) <= 0 && key[open + 3] == ')';
    talloc_free(folded);
    if (is_letter || is_kana)
        return blank ? blank : (size_t)-1; /* nothing is cut off */
    return head ? blank + head : 0;
}

/* 「(定員3名)」, 「先着10名」, "max 3": the places, and where the words about them begin and end. */
static long read_capacity(const char *label, size_t *start, size_t *end)
{
    static const char *const words[] = {"定員", "先着", "capacity", "max", "places"};
    struct folded *folded = text_fold(NULL, label, strlen(label));
    long capacity = 0;
    for (size_t i = 0; !capacity && i < sizeof words / sizeof *words; i++) {
        const char *found = strstr(folded->text, words[i]);
        if (!found)
            continue;
        const char *number = found + strlen(words[i]);
        number += strspn(number, " :=");
        size_t digits = strspn(number, "0123456789");
        capacity = digits && digits <= 5 ? strtol(number, NULL, 10) : 0;
        const char *behind = number + digits;
        static const char *const units[] = {"名様", "名", "人", "組", "枠", "席"};
        for (size_t j = 0; j < sizeof units / sizeof *units; j++)
            if (strncmp(behind, units[j], strlen(units[j])) == 0) {
                behind += strlen(units[j]);
                break;
            }
        bool is_bracketed = found > folded->text && found[-1] == '(' && *behind == ')';
        *start = folded->origin[(size_t)(found - folded->text) - is_bracketed];
        *end = folded->origin[(size_t)(behind - folded->text) + is_bracketed];
    }
    talloc_free(folded);
    return capacity;
}

static void add_choice(struct drafting *drafting, const char *text, size_t length)
{
    void *scratch = talloc_new(NULL);
    char *label = trimmed(scratch, text, length);
    size_t start;
    size_t end;
    long capacity = read_capacity(label, &start, &end);
    if (capacity) {
        label = memory_format(scratch, "%.*s%s", (int)start, label, label + end);
        label = trimmed(scratch, label, strlen(label));
    }
    if (*label)
        append_choice(drafting->draft, drafting->question, memory_copy_text(drafting->draft, label), capacity);
    talloc_free(scratch);
}

/* 「Q1. 時期 (1つ): 春 / 夏 / 秋」: choices on the question's own line. */
static void take_choices_of_line(struct drafting *drafting)
{
    struct poll_question *question = drafting->question;
    const char *colon = strstr(question->text, ": ");
    size_t width = 2;
    const char *wide = strstr(question->text, "：");
    if (wide && (!colon || wide < colon)) {
        colon = wide;
        width = strlen("：");
    }
    if (!colon || (!strstr(colon, "/") && !strstr(colon, "／")))
        return;
    char *list = memory_copy_text(drafting->draft, colon + width);
    question->text = trimmed(drafting->draft, question->text, (size_t)(colon - question->text));
    for (char *c; (c = strstr(list, "／"));)
        memcpy(c, " / ", sizeof "／" - 1);
    char *save = NULL;
    for (char *word = strtok_r(list, "/", &save); word; word = strtok_r(NULL, "/", &save))
        add_choice(drafting, word, strlen(word));
    take_attributes(drafting->draft, question);
}

/* ----- lines ----- */

static void take_line(struct drafting *drafting, const char *line, size_t length)
{
    void *scratch = talloc_new(NULL);
    size_t behind = 0;
    char *text = memory_copy_bytes(scratch, line, length);
    char *own = trimmed(scratch, text, length);
    size_t head = *own ? choice_head(text) : 0;
    if (form_refer_line(line, length, &behind) > 0) {
        char *asked = trimmed(scratch, line + behind, length - behind);
        drafting->question = begin_question(drafting->draft, asked);
        take_attributes(drafting->draft, drafting->question);
        take_choices_of_line(drafting);
        drafting->is_text_open = true;
    } else if (drafting->question && head) {
        size_t cut = head == (size_t)-1 ? 0 : head;
        add_choice(drafting, text + cut, strlen(text + cut));
        drafting->is_text_open = false;
    } else if (drafting->question && drafting->is_text_open && *own && !strchr(own, ':') && !strstr(own, "：")) {
        drafting->question->text = memory_format(drafting->draft, "%s %s", drafting->question->text, own);
        take_attributes(drafting->draft, drafting->question);
    } else {
        drafting->is_text_open = false;
        if (*own)
            drafting->question = NULL;
        buffer_add_text(drafting->rest, text);
        buffer_add_byte(drafting->rest, '\n');
    }
    talloc_free(scratch);
}

/* 「一人: 2」, "per person: 2" */
static long read_limit(const char *line)
{
    static const char *const words[] = {"お一人様", "お一人", "一人", "1人", "上限", "per person", "each", "limit"};
    char *key = text_fold_key(NULL, line);
    long limit = 0;
    for (size_t i = 0; !limit && i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(key, words[i], length) == 0 && strspn(key + length, " :") > 0)
            limit = strtol(key + length + strspn(key + length, " :"), NULL, 10);
    }
    talloc_free(key);
    return limit;
}

/* Without named questions: a list of choices with places is one question. */
static void take_places(struct drafting *drafting, const char *title, const char *text)
{
    long limit = 1;
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        char *own = memory_copy_bytes(NULL, line, length);
        size_t start;
        size_t end;
        size_t head = choice_head(own);
        if (read_capacity(own, &start, &end)) {
            if (!drafting->question)
                drafting->question = begin_question(drafting->draft, title);
            size_t cut = head == (size_t)-1 ? 0 : head;
            add_choice(drafting, own + cut, strlen(own + cut));
        } else if (read_limit(own) > 0) {
            limit = read_limit(own);
        } else {
            buffer_add_text(drafting->rest, own);
            buffer_add_byte(drafting->rest, '\n');
        }
        talloc_free(own);
        line += length + (line[length] == '\n');
    }
    if (!drafting->question)
        return;
    drafting->question->kind = memory_copy_text(drafting->draft, limit > 1 ? "multiple" : "single");
    drafting->question->most = limit > 1 ? limit : 0;
}

/* ----- the whole ----- */

static bool is_kind(const struct poll_question *question, const char *kind)
{
    return strcmp(question->kind, kind) == 0;
}

static bool repeats_a_label(const struct poll_question *question)
{
    for (size_t i = 1; i < memory_count(question->choices); i++)
        for (size_t j = 1; j < i; j++)
            if (strcmp(question->choices[i].label, question->choices[j].label) == 0)
                return true;
    return false;
}

static bool is_sound(const struct poll_question *question)
{
    size_t choices = memory_count(question->choices) - 1;
    bool chooses = is_kind(question, "single") || is_kind(question, "multiple") || is_kind(question, "ranking");
    if (!*question->text || choices > FORM_CHOICES || repeats_a_label(question))
        return false;
    if (chooses)
        return choices >= (question->choices[choices].capacity ? 1 : 2) && question->most <= (long)choices;
    if (!is_kind(question, "scale"))
        return choices == 0;
    struct form_question scale = {.low = strtod(question->low, NULL), .high = strtod(question->high, NULL)};
    return form_scale_is_sound(&scale) && (choices == 0 || (double)choices == scale.high - scale.low + 1);
}

/* What was not said: choices mean one of them, none a free text, a scale goes to five or as far as it has names. */
static void complete(const void *context, struct poll_question *question)
{
    size_t choices = memory_count(question->choices) - 1;
    if (!question->kind)
        question->kind = memory_copy_text(context, choices ? "single" : "text");
    if (is_kind(question, "scale") && !question->low) {
        question->low = memory_copy_text(context, "1");
        question->high = memory_format(context, "%zu", choices ? choices : 5);
    }
}

static void take_lines(struct drafting *drafting, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        take_line(drafting, text, length);
        text += length + (text[length] == '\n');
    }
}

struct poll_question *form_draft_question(const void *context, const char *text)
{
    struct draft *draft = memory_new(context, struct draft);
    struct drafting drafting = {.draft = draft, .rest = buffer_new(draft, 2 * LIMIT_TEXT_BYTES)};
    take_lines(&drafting, text);
    bool is_one = memory_count(draft->questions) == 1 && strspn(drafting.rest->bytes, " \t\n") == drafting.rest->length;
    return is_one ? draft->questions : NULL;
}

bool form_draft_complete(const void *context, struct poll_question *question)
{
    complete(context, question);
    return is_sound(question);
}

bool form_draft_is_choice(const char *line)
{
    return choice_head(line) != 0;
}

char *form_draft_questions(struct draft *draft, const char *title, const char *text)
{
    struct drafting drafting = {.draft = draft};
    drafting.rest = buffer_new(draft, 2 * LIMIT_TEXT_BYTES);
    for (const char *line = text; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
        size_t behind;
        drafting.has_named |= form_refer_line(line, strcspn(line, "\n"), &behind) > 0;
    }
    if (!drafting.has_named)
        take_places(&drafting, title, text);
    else
        take_lines(&drafting, text);
    size_t count = memory_count(draft->questions);
    if (!count)
        draft_add_problem(draft, DRAFT_NO_QUESTIONS, "");
    else if (count > FORM_QUESTIONS)
        draft_add_problem(draft, DRAFT_TOO_MANY_QUESTIONS, "");
    for (size_t i = 0; i < count; i++) {
        if (!form_draft_complete(draft, &draft->questions[i]))
            draft_add_problem(draft, DRAFT_UNCLEAR_QUESTION,
                              memory_format(draft, "Q%zu. %s", i + 1, draft->questions[i].text));
    }
    return buffer_take(drafting.rest, draft);
}
