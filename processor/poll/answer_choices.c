/* References to choices: see answer_choices.h. Each becomes the set of choices that fit it; dates are in answer_days.c. */
#include "poll/answer_choices.h"

#include "poll/answer_walk.h"

/* A bare number is an option; it is a day of the month where no option has it; where both fit and differ, it is bad. */
static void resolve_number(struct walk *walk)
{
    size_t prefixes = walk_kind(walk, 0) == TOKEN_PREFIX || walk_kind(walk, 0) == TOKEN_OPEN;
    const struct token *number = walk_peek(walk, prefixes);
    uint64_t option = walk_find(walk, BY_NUMBER, number->value);
    uint64_t day = walk_find(walk, BY_DAY, number->value);
    bool is_option = prefixes > 0 || number->end - number->start > 2;
    size_t count = prefixes + 1;
    bool is_closed = prefixes && walk_kind(walk, 0) == TOKEN_OPEN;
    if (is_closed || (walk_kind(walk, count) == TOKEN_PREFIX && walk_peek(walk, count)->glued))
        count++;
    bool clash = !is_option && option && day && option != day;
    clash = clash || (!is_option && !option && !choices_one_day(walk->question, day));
    struct token *set = walk_put_set(walk, count, option || is_option ? option : day, clash);
    set->origin = option || is_option ? TOKEN_NUMBER : TOKEN_DAY;
}

/* 上2つ, 最初の3つ, 上から2番目, first two */
static void resolve_position(struct walk *walk)
{
    bool from_top = walk_kind(walk, 0) == TOKEN_TOP;
    int total = (int)walk->question->choice_count;
    int value = walk_peek(walk, 1)->value;
    bool is_place = walk_kind(walk, 1) == TOKEN_NUMBER;
    if (walk_kind(walk, 1) == TOKEN_DAYS || (walk_kind(walk, 1) == TOKEN_PREFIX && walk_kind(walk, 2) != TOKEN_NUMBER)) {
        walk_put_set(walk, 1, from_top ? 1 : (uint64_t)1 << (total - 1), false)->origin = TOKEN_END_CHOICE; /* 最後の候補 */
        return;
    }
    if ((!is_place && walk_kind(walk, 1) != TOKEN_COUNT) || value < 1 || value > total) {
        walk_put_set(walk, is_place ? 2 : 1, 0, !is_place);
        return;
    }
    if (is_place) {
        walk_put_set(walk, 2, (uint64_t)1 << (from_top ? value - 1 : total - value), false);
        return;
    }
    uint64_t first = value >= 64 ? UINT64_MAX : ((uint64_t)1 << value) - 1;
    walk_put_set(walk, 2, from_top ? first : first << (total - value), false)->flags |= SET_LIST;
}

/* Whether something that can be excepted stands before: a reference, perhaps with words between, in this part. */
static bool follows_reference(const struct walk *walk)
{
    enum token_kind before = walk->written ? walk->tokens->list[walk->written - 1].kind : TOKEN_PARAGRAPH;
    return before != TOKEN_COMMA && before != TOKEN_STOP && before != TOKEN_LINE && before != TOKEN_PARAGRAPH &&
           before != TOKEN_MARK;
}

/* Words for all choices, for none, and for those that are left. */
static bool resolve_whole(struct walk *walk)
{
    const struct token *token = walk_peek(walk, 0);
    switch (token->kind) {
    case TOKEN_ALL:
        walk_put_set(walk, 1, choices_all(walk->question), false)->flags |= SET_ALL;
        return true;
    case TOKEN_NONE:
        walk_put_set(walk, 1, choices_all(walk->question), false)->flags |= SET_ALL | SET_NONE;
        return true;
    case TOKEN_EXCEPT:
        if (follows_reference(walk))
            return false;
        walk_put_set(walk, 1, choices_all(walk->question), false)->flags |= SET_REST; /* 2×、以外○ */
        return true;
    case TOKEN_REST:
        if (walk_is_text(walk, token, "あと") && walk_kind(walk, 1) != TOKEN_MARK) {
            walk_keep(walk, TOKEN_NOISE); /* あと、…: by the way */
            return true;
        }
        walk_put_set(walk, 1, choices_all(walk->question), false)->flags |= SET_REST;
        return true;
    default:
        return false;
    }
}

static bool resolve_other(struct walk *walk)
{
    const struct token *token = walk_peek(walk, 0);
    uint64_t set;
    switch (token->kind) {
    case TOKEN_DATE:
        walk_resolve_date(walk);
        return true;
    case TOKEN_DAY:
        walk_resolve_day(walk);
        return true;
    case TOKEN_NTH_DAY:
        set = walk_find_nth_day(walk, token->value);
        walk_put_set(walk, 1, set, set != walk_find(walk, BY_NUMBER, token->value));
        return true;
    case TOKEN_MONTH:
        walk_resolve_month(walk);
        return true;
    case TOKEN_ORDINAL_NAME:
        walk_put_set(walk, 1, walk_find(walk, BY_NUMBER, token->value), false);
        return true;
    case TOKEN_END_CHOICE:
        walk_put_set(walk, 1, token->value > 0 ? 1 : (uint64_t)1 << (walk->question->choice_count - 1), false);
        return true;
    case TOKEN_TOP:
    case TOKEN_BOTTOM:
        resolve_position(walk);
        return true;
    case TOKEN_PART:
        set = walk_find(walk, BY_PART, token->value);
        walk_put_set(walk, 1, walk->narrowed ? set & walk->narrowed : set, false)->within = walk->narrowed;
        return true;
    case TOKEN_COUNT:
        if (token->value == (int)walk->question->choice_count && walk_is_text(walk, walk_peek(walk, 1), "とも"))
            walk_put_set(walk, 2, choices_all(walk->question), false)->flags |= SET_ALL;
        else
            walk_put_set(walk, 1, 0, true);
        return true;
    case TOKEN_MONTH_NAME:
    case TOKEN_VAGUE:
        walk_put_set(walk, 1, 0, true);
        return true;
    default:
        return resolve_whole(walk);
    }
}

/* 13:00-15:00 alone; a single time alone stays one: it may be a bound (11時まで). */
static bool resolve_time(struct walk *walk)
{
    uint64_t set = choices_all(walk->question);
    enum token_kind before = walk->written ? walk->tokens->list[walk->written - 1].kind : TOKEN_LINE;
    bool is_bound = before == TOKEN_AFTER || before == TOKEN_BEFORE || before == TOKEN_UNTIL || before == TOKEN_FROM;
    bool is_span = walk_kind(walk, 0) == TOKEN_NUMBER && walk_kind(walk, 1) == TOKEN_RANGE && walk_kind(walk, 2) == TOKEN_TIME;
    if ((walk_kind(walk, 0) != TOKEN_TIME && !is_span) || is_bound)
        return false;
    size_t count = walk_narrow_by_time(walk, 0, &set);
    if (!count)
        return false;
    walk_put_set(walk, count, set, false);
    return true;
}

static bool is_joint(enum token_kind kind)
{
    return kind == TOKEN_COMMA || kind == TOKEN_DOT || kind == TOKEN_AND || kind == TOKEN_OR || kind == TOKEN_KA ||
           kind == TOKEN_RANGE;
}

/* 3限, 2-3限, 2、3限: numbers that a lesson ends are lessons, too. */
static bool resolve_lessons(struct walk *walk)
{
    size_t count = 0;
    while (walk_kind(walk, count) == TOKEN_NUMBER && is_joint(walk_kind(walk, count + 1)))
        count += 2;
    if (walk_kind(walk, count) != TOKEN_LESSON)
        return false;
    uint64_t set = 0;
    bool bad = false;
    for (size_t i = 0; i <= count; i += 2) {
        int first = walk_peek(walk, i)->value;
        if (walk_kind(walk, i + 1) == TOKEN_RANGE && i < count)
            i += 2;
        uint64_t found = walk_find_lessons(walk, first, walk_peek(walk, i)->value, choices_all(walk->question));
        bad = bad || !found;
        set |= found;
    }
    struct token *token = walk_put_set(walk, count + 1, set, bad);
    token->origin = TOKEN_LESSON;
    token->flags |= count ? SET_LIST : 0u;
    return true;
}

static bool is_numbered(const struct walk *walk)
{
    if (walk_kind(walk, 0) == TOKEN_PREFIX || walk_kind(walk, 0) == TOKEN_OPEN)
        return walk_kind(walk, 1) == TOKEN_NUMBER &&
               (walk_kind(walk, 0) == TOKEN_PREFIX || walk_kind(walk, 2) == TOKEN_CLOSE);
    return walk_kind(walk, 0) == TOKEN_NUMBER;
}

/* 1-2 people, 2、3名 */
static bool is_span_of_quantity(const struct walk *walk)
{
    enum token_kind joint = walk_kind(walk, 1);
    return walk_kind(walk, 0) == TOKEN_NUMBER && walk_kind(walk, 2) == TOKEN_QUANTITY &&
           (joint == TOKEN_RANGE || joint == TOKEN_COMMA || joint == TOKEN_DOT || joint == TOKEN_OR);
}

/* 候補 without a number: behind a reference it is what that is one of (2番目の候補), else it says nothing. */
static enum token_kind plain_prefix(const struct walk *walk)
{
    const struct token *list = walk->tokens->list;
    size_t before = walk->written;
    if (before && list[before - 1].kind == TOKEN_NOISE && walk_is_text(walk, &list[before - 1], "の"))
        before--;
    return before && list[before - 1].kind == TOKEN_SET ? TOKEN_DAYS : TOKEN_NOISE;
}

/*
 * All dates but Friday (are free): an exception, where "but" stands directly between all and what may be excepted; not
 * where that has a no of its own (all dates, but Friday is difficult).
 */
static bool is_exception(const struct walk *walk)
{
    const struct token *list = walk->tokens->list;
    size_t before = walk->written;
    if (walk_kind(walk, 0) != TOKEN_CONTRAST || !walk_is_text(walk, walk_peek(walk, 0), "but"))
        return false;
    while (before && (list[before - 1].kind == TOKEN_DAYS || list[before - 1].kind == TOKEN_NOISE))
        before--;
    size_t ahead = 1 + (walk_kind(walk, 1) == TOKEN_ARTICLE);
    enum token_kind next = walk_kind(walk, ahead);
    bool is_reference = next == TOKEN_NUMBER || next == TOKEN_WEEKDAY || next == TOKEN_DATE || next == TOKEN_DAY ||
                        next == TOKEN_MONTH_NAME || next == TOKEN_PREFIX || next == TOKEN_PART;
    if (!is_reference || !before || !(list[before - 1].flags & SET_ALL))
        return false;
    for (;; ahead++) {
        const struct token *token = walk_peek(walk, ahead);
        if (token->kind == TOKEN_STOP || token->kind == TOKEN_LINE || token->kind == TOKEN_PARAGRAPH)
            return true;
        if (token->kind == TOKEN_NEG || (token->kind == TOKEN_MARK && (token->value == MARK_NO || token->value == MARK_MAYBE)))
            return false;
    }
}

/* 午後2時: one time, where the reader of numbers saw two words. */
static void join_halves(struct tokens *tokens)
{
    size_t written = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        struct token token = tokens->list[i];
        struct token *before = written ? &tokens->list[written - 1] : NULL;
        bool is_time = token.kind == TOKEN_TIME && token.glued && token.value <= 12 * 60 && before &&
                       before->kind == TOKEN_PART && (unsigned char)tokens->folded->text[before->start] >= 0x80;
        if (is_time) {
            token.value = token.value % (12 * 60) + before->value * 12 * 60;
            token.start = before->start;
            token.glued = before->glued;
            written--;
        }
        tokens->list[written++] = token;
    }
    tokens->count = written;
}

void choices_resolve(struct tokens *tokens, const struct answer_question *question)
{
    join_halves(tokens);
    struct walk walk = {.tokens = tokens, .question = question};
    while (walk.at < tokens->count) {
        enum token_kind kind = walk_kind(&walk, 0);
        if (kind == TOKEN_STOP || kind == TOKEN_LINE || kind == TOKEN_PARAGRAPH) {
            walk.narrowed = 0;
            walk.month = 0;
        }
        if (walk_resolve_weekday_or_english(&walk) || resolve_time(&walk) || resolve_lessons(&walk))
            continue;
        if (is_exception(&walk))
            walk_keep(&walk, TOKEN_BUT);
        else if (is_span_of_quantity(&walk))
            walk_put_set(&walk, 3, 0, true);
        else if (walk_is_day_without_unit(&walk))
            walk_resolve_day(&walk);
        else if (is_numbered(&walk))
            resolve_number(&walk);
        else if (!resolve_other(&walk))
            walk_keep(&walk, kind == TOKEN_PREFIX ? plain_prefix(&walk) : kind);
    }
    tokens->count = walk.written;
}
