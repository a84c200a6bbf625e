/*
 * Splitting a reply by questions: see form_split.h. Lines of the ballot as it was sent are ours; what stands behind
 * one of its lines, or below it, is an answer to the question it belongs to; what was written freely names its
 * questions itself.
 */
#include "poll/form_split.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "mail/quote.h"
#include "poll/form_refer.h"
#include "poll/form_words.h"
#include "text/fold.h"

enum { NO_QUESTION = -1, READ_BYTES = 192 * 1024 };

struct form_line {
    char *key; /* folded, without blanks */
    size_t length;
    int question;      /* that it belongs to: its heading, a choice, its answer line */
    long choice;       /* from 1; 0: it is none */
    bool takes_answer; /* "Q1:" */
};

struct form_lines {
    struct form_line *list; /* sorted by key */
    size_t count;
};

struct splitter {
    const struct form *form;
    const struct form_lines *ballot;
    struct form_passages *passages;
    struct buffer *free_text; /* what stands below no question */
    int current;              /* the question that the lines before belong to */
    bool is_inline;           /* one of the ballot's lines said so */
};

static char *tight_key(const void *context, const char *text, size_t length, size_t **origin)
{
    struct folded *folded = text_fold(context, text, length);
    size_t kept = 0;
    for (size_t i = 0; i < folded->length; i++)
        if (folded->text[i] != ' ') {
            folded->origin[kept] = folded->origin[i];
            folded->text[kept++] = folded->text[i];
        }
    folded->text[kept] = '\0';
    folded->origin[kept] = length;
    if (origin)
        *origin = folded->origin;
    return folded->text;
}

static int compare_lines(const void *a, const void *b)
{
    const struct form_line *left = a;
    const struct form_line *right = b;
    return strcmp(left->key, right->key);
}

/* "2)" at the start of a choice's line. */
static long choice_of(const char *key, size_t choice_count)
{
    size_t digits = strspn(key, "0123456789");
    long number = digits && digits <= 2 && key[digits] == ')' ? strtol(key, NULL, 10) : 0;
    return number <= (long)choice_count ? number : 0;
}

static void add_line(struct form_lines *lines, const struct form *form, const char *text, size_t length, int *current)
{
    size_t behind;
    struct form_line line = {.key = tight_key(lines, text, length, NULL), .question = *current};
    line.length = strlen(line.key);
    if (!line.length) {
        *current = NO_QUESTION;
        return;
    }
    long number = form_refer_line(text, length, &behind);
    if (number > 0 && number <= (long)form->count) {
        line.question = *current = (int)number - 1;
        line.takes_answer = strspn(text + behind, " \t\r\n") + behind >= length;
    } else if (*current != NO_QUESTION) {
        line.choice = choice_of(line.key, form->questions[*current].choice_count);
    }
    lines->list = memory_resize(lines, lines->list, struct form_line, lines->count + 1);
    lines->list[lines->count++] = line;
}

void form_prepare_ballot(const void *context, struct form *form)
{
    struct form_lines *lines = memory_new(context, struct form_lines);
    int current = NO_QUESTION;
    for (size_t i = 0; i < form->count; i++)
        form_prepare(context, &form->questions[i]);
    for (const char *text = form->ballot; text && *text;) {
        size_t length = strcspn(text, "\n");
        add_line(lines, form, text, length, &current);
        text += length + (text[length] == '\n');
    }
    if (lines->count)
        qsort(lines->list, lines->count, sizeof *lines->list, compare_lines);
    form->lines = lines;
}

/* The ballot's line that `key` is, or that it begins with and goes on. The same line may stand below several questions.
 */
static const struct form_line *find_line(const struct splitter *splitter, const char *key)
{
    const struct form_line *best = NULL;
    for (size_t i = 0; i < splitter->ballot->count; i++) {
        const struct form_line *line = &splitter->ballot->list[i];
        if (strncmp(key, line->key, line->length) != 0)
            continue;
        bool goes_on = key[line->length] != '\0';
        if (goes_on && !line->takes_answer && !line->choice)
            continue;
        bool is_nearer = best && line->length == best->length && line->question == splitter->current;
        if (!best || line->length > best->length || is_nearer)
            best = line;
    }
    return best;
}

static void add_passage(struct splitter *splitter, size_t question, const char *text, size_t length)
{
    struct form_passages *passages = splitter->passages;
    passages->list = memory_resize(passages, passages->list, struct form_passage, passages->count + 1);
    passages->list[passages->count++] = (struct form_passage){question, memory_copy_bytes(passages, text, length)};
}

/* A line of this person's goes on with what was written to the same question, else begins it. */
static void continue_passage(struct splitter *splitter, const char *text, size_t length)
{
    struct form_passages *passages = splitter->passages;
    struct form_passage *last = passages->count ? &passages->list[passages->count - 1] : NULL;
    if (last && last->question == (size_t)splitter->current)
        last->text = memory_format(passages, "%s\n%.*s", last->text, (int)length, text);
    else
        add_passage(splitter, (size_t)splitter->current, text, length);
}

/* ○ behind a choice chooses it, and so do words that agree; a number behind one of a ranking is its rank. */
static void take_beside_choice(struct splitter *splitter, const struct form_line *line, const char *rest)
{
    static const char *const marks[] = {"○", "◎", "✓", "✔", "☑", "レ", "←", "<-", "●", "*"};
    const struct form_question *question = &splitter->form->questions[line->question];
    bool is_mark = false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        is_mark |= strcmp(rest, marks[i]) == 0;
    char *text;
    if (question->kind == FORM_RANKING && strspn(rest, "0123456789") == strlen(rest))
        text = memory_format(splitter->passages, "%s位:%ld", rest, line->choice);
    else
        text = memory_format(splitter->passages, is_mark ? "%ld" : "%ld %s", line->choice, rest);
    splitter->current = line->question;
    continue_passage(splitter, text, strlen(text));
}

/* Behind a choice the ballot says how many places were left when it was sent: 「(残り2/定員3)」. */
static const char *skip_places(const char *rest)
{
    static const char *const words[] = {"残り", "満席", "placesleft", "full"};
    size_t inside = *rest == '(' ? strcspn(rest, ")") : 0;
    for (size_t i = 0; inside && i < sizeof words / sizeof *words; i++) {
        const char *found = strstr(rest, words[i]);
        if (found && (size_t)(found - rest) < inside)
            return rest + inside + (rest[inside] == ')');
    }
    return rest;
}

/* True when the line is ours, with what this person wrote behind it. */
static bool take_ours(struct splitter *splitter, const char *text, size_t length, bool is_quoted)
{
    void *scratch = talloc_new(NULL);
    size_t *origin;
    char *key = tight_key(scratch, text, length, &origin);
    const struct form_line *line = *key ? find_line(splitter, key) : NULL;
    if (line && line->takes_answer && key[line->length] && !is_quoted)
        line = NULL; /* "Q1: 2 Q2: 3": as what is written freely */
    if (line) {
        const char *rest = line->choice ? skip_places(key + line->length) : key + line->length;
        size_t from = origin[rest - key];
        splitter->current = line->question;
        splitter->is_inline = line->question != NO_QUESTION;
        if (*rest && line->choice)
            take_beside_choice(splitter, line, rest);
        else if (*rest)
            add_passage(splitter, (size_t)line->question, text + from, length - from);
    }
    talloc_free(scratch);
    return line != NULL;
}

/* A question that is quoted in other words than it was sent with, or when those are not known. */
static void take_quoted(struct splitter *splitter, const char *text, size_t length)
{
    size_t behind;
    long number = form_refer_line(text, length, &behind);
    if (number < 1 || number > (long)splitter->form->count)
        return;
    splitter->current = (int)number - 1;
    splitter->is_inline = true;
}

static void take_new(struct splitter *splitter, const char *text, size_t length)
{
    size_t behind;
    if (form_refer_line(text, length, &behind))
        splitter->current = NO_QUESTION;
    if (splitter->current != NO_QUESTION && splitter->is_inline) {
        continue_passage(splitter, text, length);
        return;
    }
    buffer_add(splitter->free_text, text, length);
    buffer_add_byte(splitter->free_text, '\n');
}

/* Where the courtesies begin that close a letter, behind a blank line. */
static size_t closing_of(const char *text)
{
    for (const char *blank = strstr(text, "\n\n"); blank; blank = strstr(blank + 1, "\n\n")) {
        const char *line = blank + strspn(blank, "\n");
        char *copy = memory_copy_bytes(NULL, line, strcspn(line, "\n"));
        bool closes = *copy && form_is_courtesy(copy);
        talloc_free(copy);
        if (closes)
            return (size_t)(blank - text);
    }
    return strlen(text);
}

/* The separators that people put between answers on one line. */
static size_t trim_end(const char *text, size_t length)
{
    static const char *const ends[] = {" ", "\n", "\r", "\t", "/", "／", "、", ",", ";", "　", "|"};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            size_t width = strlen(ends[i]);
            if (length >= width && memcmp(text + length - width, ends[i], width) == 0) {
                length -= width;
                again = true;
            }
        }
    }
    return length;
}

static void add_rest(struct buffer *rest, const char *text, size_t length)
{
    while (length && strchr(" \t\r\n", *text)) {
        text++;
        length--;
    }
    while (length && strchr(" \t\r\n", text[length - 1]))
        length--;
    if (length && rest->length)
        buffer_add_byte(rest, '\n');
    buffer_add(rest, text, length);
}

/* What stands below no question of the quoted ballot. */
static void split_free(struct splitter *splitter, struct buffer *rest)
{
    const char *text = splitter->free_text->bytes;
    size_t count = splitter->form->count;
    struct form_reference *list = form_refer(splitter->passages, text, count);
    size_t references = memory_count(list);
    size_t end = strlen(text);
    if (!references && count == 1 && !splitter->passages->count) {
        add_passage(splitter, 0, text, end);
        return;
    }
    add_rest(rest, text, references ? list[0].start : end);
    for (size_t i = 0; i < references; i++) {
        const char *start = text + list[i].behind;
        size_t stop = i + 1 < references ? list[i + 1].start : list[i].behind + closing_of(start);
        if (list[i].number < 1 || list[i].number > (long)count) {
            splitter->passages->names_no_question = true;
            add_rest(rest, text + list[i].start, stop - list[i].start);
        } else {
            add_passage(splitter, (size_t)list[i].number - 1, start, trim_end(start, stop - list[i].behind));
        }
        if (i + 1 == references)
            add_rest(rest, text + stop, end - stop);
    }
}

/*
 * The quote marks that a quoted ballot carries here: none in a block that a mail program left unmarked. What carries
 * more is a quotation within it, such as an acknowledgement shows of an earlier answer: that was said then, not now.
 */
static unsigned quote_depth(const struct reply *reply)
{
    unsigned depth = 1;
    for (size_t i = 0; i < reply->count; i++) {
        const struct reply_line *line = &reply->lines[i];
        bool is_blank = line->unquoted == line->text + line->length;
        if (line->kind == REPLY_QUOTED && !is_blank && line->depth < depth)
            depth = line->depth;
    }
    return depth;
}

struct form_passages *form_split(const void *context, const struct form *form, const char *text)
{
    struct form_passages *passages = memory_new(context, struct form_passages);
    void *scratch = talloc_new(passages);
    struct splitter splitter = {.form = form, .ballot = form->lines, .passages = passages, .current = NO_QUESTION};
    splitter.free_text = buffer_new(scratch, 2 * READ_BYTES);
    struct buffer *rest = buffer_new(scratch, 4 * READ_BYTES);
    struct reply *reply = reply_split(scratch, text);
    unsigned depth = quote_depth(reply);
    for (size_t i = 0; i < reply->count; i++) {
        const struct reply_line *line = &reply->lines[i];
        size_t length = (size_t)(line->text + line->length - line->unquoted);
        bool is_read = (line->kind == REPLY_NEW || (line->kind == REPLY_QUOTED && line->depth <= depth)) &&
                       line->text - reply->lines[0].text <= READ_BYTES;
        if (!is_read || take_ours(&splitter, line->unquoted, length, line->kind == REPLY_QUOTED))
            continue;
        if (line->kind == REPLY_QUOTED)
            take_quoted(&splitter, line->unquoted, length);
        else
            take_new(&splitter, line->text, line->length);
    }
    split_free(&splitter, rest);
    passages->rest = buffer_take(rest, passages);
    talloc_free(scratch);
    return passages;
}
