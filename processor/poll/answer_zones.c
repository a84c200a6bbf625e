/*
 * Zones: see answer_zones.h. Lines are compared by tight keys: folded, and without blanks, so that wrapping and
 * alignment do not matter.
 */
#include "poll/answer_zones.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "mail/quote.h"
#include "poll/answer_choices.h"

enum {
    NO_CHOICE = -1,
    /* Answers stand at the top or in the ballot; what lies beyond is a pasted document, and time is not for that. */
    READ_BYTES = 192 * 1024,
    FREE_BYTES = 32 * 1024,
};

struct key {
    char *text;
    size_t length;
    size_t *origin; /* of every byte, in the line */
};

struct ballot_line {
    const char *text; /* as it was sent … */
    size_t length;
    struct key key; /* … and folded */
    int choice;    /* counted from 0, NO_CHOICE: another line */
    size_t number; /* bytes of 〔n〕 */
    size_t stem;   /* bytes before the bracket that is to be filled in */
};

struct ballot_lines {
    struct ballot_line *lines; /* sorted by key */
    const struct ballot_line **verbatim; /* the same, sorted by text: most quoted lines come back as they went out */
    size_t count;
};

struct splitter {
    const struct answer_question *question;
    const struct ballot_lines *ballot;
    struct reply *reply;
    struct key *keys; /* of the reply's lines */
    struct zones *zones;
    struct buffer *free_text;
    struct buffer *unread;
    int above;         /* the choice of the line above, when that was an option line without a mark */
    bool above_listed; /* and the line above that one was one, too */
    bool above_bare;   /* and it stood there without the bracket it was sent with, as mails after the ballot print it */
};

static struct key key_of(const void *context, const char *text, size_t length)
{
    struct folded *folded = text_fold(context, text, length);
    struct key key = {.text = folded->text, .origin = folded->origin};
    for (size_t i = 0; i < folded->length; i++) {
        const char *blank = memchr(folded->text + i, ' ', folded->length - i);
        size_t run = (blank ? (size_t)(blank - folded->text) : folded->length) - i;
        if (key.length < i) {
            memmove(key.text + key.length, folded->text + i, run);
            memmove(key.origin + key.length, folded->origin + i, run * sizeof *key.origin);
        }
        key.length += run;
        i += run;
    }
    key.origin[key.length] = length;
    key.text[key.length] = '\0';
    return key;
}

/* The bytes of 〔n〕, [n] or (n) at the start, and the choice it numbers. */
static size_t read_number(const struct answer_question *question, const char *text, int *found)
{
    static const char *const brackets[][2] = {{"〔", "〕"}, {"[", "]"}, {"(", ")"}, {"【", "】"}};
    *found = NO_CHOICE;
    for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++) {
        size_t open = strlen(brackets[i][0]);
        if (strncmp(text, brackets[i][0], open) != 0)
            continue;
        size_t digits = strspn(text + open, "0123456789");
        if (digits < 1 || digits > 2 || strncmp(text + open + digits, brackets[i][1], strlen(brackets[i][1])) != 0)
            return 0;
        long number = strtol(text + open, NULL, 10);
        for (size_t choice = 0; choice < question->choice_count; choice++)
            if (choices_number(question, choice) == number)
                *found = (int)choice;
        return *found == NO_CHOICE ? 0 : open + digits + strlen(brackets[i][1]);
    }
    return 0;
}

static bool key_ends(const struct key *key, const char *ending)
{
    size_t length = strlen(ending);
    return key->length >= length && memcmp(key->text + key->length - length, ending, length) == 0;
}

static struct ballot_line ballot_line_of(const void *context, const struct answer_question *question, const char *text,
                                         size_t length)
{
    struct ballot_line line = {.text = text, .length = length, .key = key_of(context, text, length)};
    line.number = read_number(question, line.key.text, &line.choice);
    line.stem = line.key.length - (key_ends(&line.key, "[]") ? 2 : 0);
    return line;
}

static int compare_ballot_lines(const void *a, const void *b)
{
    const struct ballot_line *left = a;
    const struct ballot_line *right = b;
    return strcmp(left->key.text, right->key.text);
}

static int compare_verbatim(const void *a, const void *b)
{
    const struct ballot_line *left = *(const struct ballot_line *const *)a;
    const struct ballot_line *right = *(const struct ballot_line *const *)b;
    if (left->length != right->length)
        return left->length < right->length ? -1 : 1;
    return memcmp(left->text, right->text, left->length);
}

struct ballot_lines *answer_prepare(const void *context, const struct answer_question *question)
{
    struct ballot_lines *ballot = memory_new(context, struct ballot_lines);
    const char *text = question->ballot;
    size_t capacity = 0;
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        if (ballot->count == capacity) {
            capacity = 2 * capacity + 32;
            ballot->lines = memory_resize(ballot, ballot->lines, struct ballot_line, capacity);
        }
        struct ballot_line line = ballot_line_of(ballot, question, text, length);
        if (line.key.length)
            ballot->lines[ballot->count++] = line;
        text += length + (text[length] == '\n');
    }
    if (ballot->count)
        qsort(ballot->lines, ballot->count, sizeof *ballot->lines, compare_ballot_lines);
    ballot->verbatim = memory_array(ballot, const struct ballot_line *, ballot->count);
    for (size_t i = 0; i < ballot->count; i++)
        ballot->verbatim[i] = &ballot->lines[i];
    if (ballot->count)
        qsort(ballot->verbatim, ballot->count, sizeof(struct ballot_line *), compare_verbatim);
    return ballot;
}

/* The key of a reply's line; one that is a line of the ballot to the byte has its key already. */
static struct key key_of_line(const void *context, const struct ballot_lines *ballot, const struct reply_line *line)
{
    size_t length = (size_t)(line->text + line->length - line->unquoted);
    const struct ballot_line sought = {.text = line->unquoted, .length = length};
    const struct ballot_line *key = &sought;
    const struct ballot_line *const *found = NULL;
    if (ballot->count)
        found = bsearch(&key, ballot->verbatim, ballot->count, sizeof(struct ballot_line *), compare_verbatim);
    return found ? (*found)->key : key_of(context, line->unquoted, length);
}

/* The first line of the ballot that is not before `key`: the key itself, or what it is the beginning of. */
static const struct ballot_line *find_from(const struct splitter *splitter, const struct key *key)
{
    size_t low = 0;
    size_t high = splitter->ballot->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(splitter->ballot->lines[middle].key.text, key->text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < splitter->ballot->count ? &splitter->ballot->lines[low] : NULL;
}

static const struct ballot_line *find_same(const struct splitter *splitter, const struct key *key)
{
    const struct ballot_line *line = find_from(splitter, key);
    return line && strcmp(line->key.text, key->text) == 0 ? line : NULL;
}

static const struct ballot_line *line_of_choice(const struct splitter *splitter, int choice)
{
    for (size_t i = 0; i < splitter->ballot->count; i++)
        if (splitter->ballot->lines[i].choice == choice)
            return &splitter->ballot->lines[i];
    return NULL;
}

/* How many bytes of `key` are an option line's words, with its number or without; 0 when it does not begin so. */
static size_t match_stem(const struct splitter *splitter, const struct key *key, int *choice)
{
    size_t best = 0;
    for (size_t i = 0; i < splitter->ballot->count; i++) {
        const struct ballot_line *line = &splitter->ballot->lines[i];
        if (line->choice == NO_CHOICE)
            continue;
        for (int without_number = 0; without_number < 2; without_number++) {
            size_t skipped = without_number ? line->number : 0;
            size_t length = line->stem - skipped;
            if (length <= best || length > key->length || memcmp(key->text, line->key.text + skipped, length) != 0)
                continue;
            best = length;
            *choice = line->choice;
        }
    }
    return best;
}

static void add_beside(struct splitter *splitter, int choice, const char *text, size_t length)
{
    struct zones *zones = splitter->zones;
    zones->beside = memory_resize(zones, zones->beside, struct beside, zones->beside_count + 1);
    zones->beside[zones->beside_count++] = (struct beside){.choice = (size_t)choice,
                                                           .text = memory_copy_bytes(zones, text, length)};
}

static struct beside *last_beside(struct splitter *splitter)
{
    return &splitter->zones->beside[splitter->zones->beside_count - 1];
}

static void pass_option(struct splitter *splitter, int choice)
{
    splitter->above_listed = splitter->above != NO_CHOICE;
    splitter->above_bare = false;
    splitter->above = choice;
}

/* Mark and words as an acknowledgement prints them, perhaps cut short. A line of it that was wrapped may have lost its
 * quote sign. */
static bool is_acknowledged(const char *text)
{
    static const char *const printed[] = {
        "○参加できる", "◎ぜひこの日に", "△未定・条件つき", "×参加できない",
        "○cancome",    "◎best",         "△maybe",          "×cannotcome",
    };
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        size_t whole = strlen(printed[i]);
        if (strncmp(text, printed[i], whole) == 0 || (length > whole / 2 && strncmp(text, printed[i], length) == 0))
            return true;
    }
    return false;
}

/* What stands behind an option line's words, from byte `stem` of its key on, is this person's. */
static void take_residue(struct splitter *splitter, const struct reply_line *line, const struct key *key, size_t stem,
                         int choice)
{
    const char *rest = key->text + stem;
    if (!*rest || strcmp(rest, "[]") == 0) {
        const struct ballot_line *sent = line_of_choice(splitter, choice);
        pass_option(splitter, choice);
        splitter->above_bare = !*rest && sent && sent->stem < sent->key.length;
        return;
    }
    size_t origin = key->origin[stem];
    size_t length = (size_t)(line->text + line->length - line->unquoted) - origin;
    add_beside(splitter, choice, line->unquoted + origin, length);
    const struct ballot_line *sent = line_of_choice(splitter, choice);
    bool was_bracketed = sent && sent->stem < sent->key.length;
    bool is_ours = line->kind == REPLY_QUOTED && !strchr(rest, '[') && (was_bracketed || !sent);
    last_beside(splitter)->printed = is_ours || is_acknowledged(rest);
    splitter->above = NO_CHOICE;
}

static const struct reply_line *line_at(const struct splitter *splitter, size_t i)
{
    return &splitter->reply->lines[i];
}

static bool is_candidate(const struct splitter *splitter, size_t i)
{
    const struct reply_line *line = line_at(splitter, i);
    if (line->text - line_at(splitter, 0)->text > READ_BYTES)
        return false;
    return line->depth <= 1 && (line->kind == REPLY_NEW || line->kind == REPLY_QUOTED);
}

/* The key of line i and the next together, below `context`, with the origins of the second. */
static struct key joined_key(const void *context, const struct splitter *splitter, size_t i)
{
    const struct key *first = &splitter->keys[i];
    const struct key *second = &splitter->keys[i + 1];
    struct key key = {.length = first->length + second->length};
    key.text = memory_format(context, "%s%s", first->text, second->text);
    key.origin = memory_array(context, size_t, key.length + 1);
    memcpy(key.origin + first->length, second->origin, (second->length + 1) * sizeof *key.origin);
    return key;
}

/* A line of ours that a mail program wrapped: this line and the next are one. True when both were taken. */
static bool take_wrapped(struct splitter *splitter, size_t i)
{
    const struct key *key = &splitter->keys[i];
    if (i + 1 >= splitter->reply->count || !is_candidate(splitter, i + 1) || !splitter->keys[i + 1].length)
        return false;
    const struct ballot_line *line = find_from(splitter, key);
    bool is_beginning = line && strncmp(line->key.text, key->text, key->length) == 0;
    if (!is_beginning)
        return false;
    void *scratch = talloc_new(NULL);
    struct key joined = joined_key(scratch, splitter, i);
    int choice = NO_CHOICE;
    bool is_ours = find_same(splitter, &joined) != NULL;
    size_t stem = match_stem(splitter, &joined, &choice);
    bool is_option = stem >= key->length && stem > 0;
    if (is_option) {
        struct reply_line second = *line_at(splitter, i + 1);
        if (line_at(splitter, i)->kind == REPLY_QUOTED)
            second.kind = REPLY_QUOTED; /* the quote sign does not survive the wrapping */
        take_residue(splitter, &second, &joined, stem, choice);
    } else if (is_ours) {
        splitter->above = NO_CHOICE;
    }
    talloc_free(scratch);
    return is_option || is_ours;
}

/* 〔n〕 … [ ○ ]: number and bracket suffice where the words between were cut, but not where they were changed. */
static bool take_bracket(struct splitter *splitter, size_t i)
{
    const struct key *key = &splitter->keys[i];
    int choice;
    size_t number = read_number(splitter->question, key->text, &choice);
    const char *bracket = number ? strchr(key->text + number, '[') : NULL;
    if (!bracket)
        return false;
    size_t between = (size_t)(bracket - key->text) - number;
    const struct ballot_line *line = line_of_choice(splitter, choice);
    bool is_cut = line && line->number + between <= line->stem &&
                  memcmp(key->text + number, line->key.text + line->number, between) == 0;
    size_t from = is_cut ? number + between : number;
    if (!is_cut && line_at(splitter, i)->kind == REPLY_NEW && !line)
        return false;
    take_residue(splitter, line_at(splitter, i), key, from, choice);
    return true;
}

/* Whether a line is a mark alone (with 。 or です), so that it can belong to the option above it. */
static bool is_mark_alone(const struct splitter *splitter, size_t i)
{
    const struct reply_line *line = line_at(splitter, i);
    void *scratch = talloc_new(NULL);
    struct folded *folded = text_fold(scratch, line->unquoted, (size_t)(line->text + line->length - line->unquoted));
    struct tokens *tokens = tokens_read(scratch, folded, splitter->question->choice_count);
    size_t marks = 0;
    size_t others = 0;
    for (size_t j = 0; j < tokens->count; j++) {
        enum token_kind kind = tokens->list[j].kind;
        bool is_frame = kind == TOKEN_NOISE || kind == TOKEN_STOP || kind == TOKEN_POLITE || kind == TOKEN_OPEN ||
                        kind == TOKEN_CLOSE || kind == TOKEN_COLON;
        marks += kind == TOKEN_MARK;
        others += kind != TOKEN_MARK && !is_frame;
    }
    talloc_free(scratch);
    return marks >= 1 && marks <= 2 && !others;
}

static bool is_symbol(const struct key *key)
{
    size_t length;
    const struct answer_word *word = answer_word_find(key->text, &length);
    return word && word->flags & WORD_SYMBOL && length == key->length;
}

/* A mark directly below an option line belongs to it. Words below the last of a whole list may speak of all. */
static bool take_below(struct splitter *splitter, size_t i)
{
    enum { LONGEST_MARK = 80 };
    if (splitter->above == NO_CHOICE || splitter->keys[i].length > LONGEST_MARK || !is_mark_alone(splitter, i))
        return false;
    const struct reply_line *line = line_at(splitter, i);
    add_beside(splitter, splitter->above, line->unquoted, (size_t)(line->text + line->length - line->unquoted));
    const char *mark = splitter->keys[i].text;
    last_beside(splitter)->printed = (splitter->above_bare && *mark != '[') || is_acknowledged(mark);
    last_beside(splitter)->detached = splitter->above_listed && !is_symbol(&splitter->keys[i]);
    splitter->above = NO_CHOICE;
    return true;
}

static void take_free(struct splitter *splitter, const struct reply_line *line)
{
    bool is_beyond = splitter->free_text->length + line->length > FREE_BYTES || splitter->unread->length;
    struct buffer *buffer = is_beyond ? splitter->unread : splitter->free_text;
    buffer_add(buffer, line->text, line->length);
    buffer_add_byte(buffer, '\n');
}

/* Returns the number of lines taken. */
static size_t take_line(struct splitter *splitter, size_t i)
{
    const struct reply_line *line = line_at(splitter, i);
    const struct key *key = &splitter->keys[i];
    if (!is_candidate(splitter, i)) {
        if (line->kind == REPLY_NEW)
            take_free(splitter, line);
        return 1;
    }
    if (!key->length) {
        if (line->kind == REPLY_NEW)
            take_free(splitter, line);
        return 1;
    }
    const struct ballot_line *same = find_same(splitter, key);
    int choice = NO_CHOICE;
    if (same) {
        if (same->choice != NO_CHOICE)
            pass_option(splitter, same->choice);
        else
            splitter->above = NO_CHOICE;
        return 1;
    }
    size_t stem = match_stem(splitter, key, &choice);
    if (stem) {
        take_residue(splitter, line, key, stem, choice);
        return 1;
    }
    if (take_wrapped(splitter, i))
        return 2;
    if (take_bracket(splitter, i) || take_below(splitter, i))
        return 1;
    splitter->above = NO_CHOICE;
    if (line->kind == REPLY_NEW)
        take_free(splitter, line);
    return 1;
}

struct zones *zones_split(const void *context, const struct answer_question *question, const char *text)
{
    struct zones *zones = memory_new(context, struct zones);
    struct splitter splitter = {.question = question, .zones = zones, .above = NO_CHOICE};
    splitter.reply = reply_split(zones, text);
    splitter.free_text = buffer_new(zones, strlen(text) + splitter.reply->count + 1);
    splitter.unread = buffer_new(zones, strlen(text) + splitter.reply->count + 1);
    splitter.ballot = question->prepared ? question->prepared : answer_prepare(zones, question);
    splitter.keys = memory_array(zones, struct key, splitter.reply->count);
    for (size_t i = 0; i < splitter.reply->count; i++)
        if (is_candidate(&splitter, i))
            splitter.keys[i] = key_of_line(splitter.keys, splitter.ballot, line_at(&splitter, i));
    for (size_t i = 0; i < splitter.reply->count;)
        i += take_line(&splitter, i);
    zones->free_text = buffer_take(splitter.free_text, zones);
    zones->unread = buffer_take(splitter.unread, zones);
    return zones;
}
