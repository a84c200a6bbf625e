/* References to choices: see answer_choices.h. Each becomes the set of choices that fit it. */
#include "poll/answer_choices.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { NOON = 12 };

/* A walk over tokens that writes what it makes of them back over them. */
struct walk {
    struct tokens *tokens;
    const struct answer_question *question;
    size_t at;
    size_t written;
    uint64_t narrowed; /* the choices of the date that 午前 narrowed: 午後 after it means the same date */
    int month;         /* of the date before, in this line: 5日 after 4/3 is of April */
    bool writes_dates; /* 3/5(木) was read: 3/10 is a date, too */
};

uint64_t choices_all(const struct answer_question *question)
{
    return question->choice_count >= 64 ? UINT64_MAX : ((uint64_t)1 << question->choice_count) - 1;
}

int choices_count(uint64_t set)
{
    return __builtin_popcountll(set);
}

static const struct token *peek(const struct walk *walk, size_t ahead)
{
    static const struct token nothing = {.kind = TOKEN_PARAGRAPH};
    size_t at = walk->at + ahead;
    return at < walk->tokens->count ? &walk->tokens->list[at] : &nothing;
}

static enum token_kind kind_at(const struct walk *walk, size_t ahead)
{
    return peek(walk, ahead)->kind;
}

static bool is_text(const struct walk *walk, const struct token *token, const char *text)
{
    size_t length = strlen(text);
    return token->end - token->start == length && memcmp(walk->tokens->folded->text + token->start, text, length) == 0;
}

/* ----- sets by what a choice is ----- */

enum property { BY_NUMBER, BY_DAY, BY_DATE, BY_MONTH, BY_WEEKDAY, BY_PART, BY_START };

static bool spans_day(const struct when *choice, int month, int day)
{
    if (choice->start.day == day && (month == 0 || choice->start.month == month))
        return true;
    return choice->all_day && choice->has_end && choice->end.day == day && (month == 0 || choice->end.month == month);
}

static bool is_in_part(const struct when *choice, int part)
{
    if (choice->all_day)
        return false;
    int end = choice->has_end && civil_same_day(choice->start, choice->end) ? choice->end.hour * 60 + choice->end.minute
                                                                            : choice->start.hour * 60;
    return part ? choice->start.hour >= NOON : choice->start.hour < NOON && end <= (NOON + 1) * 60;
}

static bool has_property(const struct answer_question *question, size_t i, enum property property, int value)
{
    const struct when *choice = &question->choices[i];
    switch (property) {
    case BY_NUMBER:
        return choices_number(question, i) == value;
    case BY_DAY:
        return spans_day(choice, 0, value);
    case BY_DATE:
        return spans_day(choice, value / 100, value % 100);
    case BY_MONTH:
        return choice->start.month == value;
    case BY_WEEKDAY:
        return civil_weekday(choice->start) == value;
    case BY_PART:
        return is_in_part(choice, value);
    case BY_START:
        return !choice->all_day && choice->start.hour * 60 + choice->start.minute == value;
    }
    return false;
}

static uint64_t find(const struct walk *walk, enum property property, int value)
{
    uint64_t set = 0;
    for (size_t i = 0; i < walk->question->choice_count; i++)
        if (has_property(walk->question, i, property, value))
            set |= (uint64_t)1 << i;
    return set;
}

static uint64_t find_range(const struct walk *walk, int start, int end)
{
    uint64_t set = 0;
    for (size_t i = 0; i < walk->question->choice_count; i++) {
        const struct when *choice = &walk->question->choices[i];
        if (has_property(walk->question, i, BY_START, start) && choice->has_end &&
            choice->end.hour * 60 + choice->end.minute == end)
            set |= (uint64_t)1 << i;
    }
    return set;
}

/* The choices of the n-th distinct date. */
static uint64_t find_nth_day(const struct walk *walk, int n)
{
    int seen = 0;
    for (size_t i = 0; i < walk->question->choice_count; i++) {
        const struct civil start = walk->question->choices[i].start;
        if (i == 0 || !civil_same_day(walk->question->choices[i - 1].start, start))
            seen++;
        if (seen == n)
            return find(walk, BY_DATE, start.month * 100 + start.day);
    }
    return 0;
}

bool choices_one_day(const struct answer_question *question, uint64_t set)
{
    const struct when *first = NULL;
    for (size_t i = 0; i < question->choice_count; i++) {
        if (!(set >> i & 1))
            continue;
        if (first && !civil_same_day(first->start, question->choices[i].start))
            return false;
        first = &question->choices[i];
    }
    return true;
}

bool choices_recur(const struct answer_question *question, uint64_t set, long days)
{
    if (!set)
        return false;
    long day = civil_day_number(question->choices[__builtin_ctzll(set)].start);
    for (size_t i = 0; i < question->choice_count; i++)
        if (labs(civil_day_number(question->choices[i].start) - day) >= days)
            return true;
    return false;
}

uint64_t choices_bounded(const struct answer_question *question, uint64_t set, bool later)
{
    uint64_t bounded = set;
    for (size_t i = 0; i < question->choice_count; i++)
        for (size_t j = 0; j < question->choice_count; j++) {
            if (!(set >> j & 1))
                continue;
            long difference = civil_day_number(question->choices[i].start) -
                              civil_day_number(question->choices[j].start);
            if (later ? difference >= 0 : difference <= 0)
                bounded |= (uint64_t)1 << i;
        }
    return bounded;
}

/* ----- one reference ----- */

/* Takes `count` tokens away and puts a set in their place. */
static struct token *put_set(struct walk *walk, size_t count, uint64_t set, bool bad)
{
    struct token token = *peek(walk, 0);
    token.end = peek(walk, count - 1)->end;
    token.origin = token.kind;
    token.kind = TOKEN_SET;
    token.flags &= WORD_IMPLIES;
    token.set = bad ? 0 : set;
    token.bad = bad || !set;
    walk->at += count;
    walk->tokens->list[walk->written] = token;
    return &walk->tokens->list[walk->written++];
}

static void keep(struct walk *walk, enum token_kind kind)
{
    struct token token = *peek(walk, 0);
    token.kind = kind;
    walk->at++;
    walk->tokens->list[walk->written++] = token;
}

/* A bare number is an option; it is a day of the month where no option has it; where both fit and differ, it is bad. */
static void resolve_number(struct walk *walk)
{
    size_t prefixes = kind_at(walk, 0) == TOKEN_PREFIX || kind_at(walk, 0) == TOKEN_OPEN;
    const struct token *number = peek(walk, prefixes);
    uint64_t option = find(walk, BY_NUMBER, number->value);
    uint64_t day = find(walk, BY_DAY, number->value);
    bool is_option = prefixes > 0 || number->end - number->start > 2;
    size_t count = prefixes + 1;
    bool is_closed = prefixes && kind_at(walk, 0) == TOKEN_OPEN;
    if (is_closed || (kind_at(walk, count) == TOKEN_PREFIX && peek(walk, count)->glued))
        count++;
    bool clash = !is_option && option && day && option != day;
    clash = clash || (!is_option && !option && !choices_one_day(walk->question, day));
    struct token *set = put_set(walk, count, option || is_option ? option : day, clash);
    set->origin = option || is_option ? TOKEN_NUMBER : TOKEN_DAY;
}

static bool is_weekday_kanji(const struct walk *walk, size_t ahead, int *weekday)
{
    *weekday = peek(walk, ahead)->value;
    if (kind_at(walk, ahead) == TOKEN_WEEKDAY)
        return true;
    *weekday = 0;
    return kind_at(walk, ahead) == TOKEN_DAYS && is_text(walk, peek(walk, ahead), "日");
}

/* A time of day behind a date narrows it: 午後, 13:00, 13:00-15:00, 13-15. Returns the tokens it takes. */
static size_t narrow_by_time(struct walk *walk, size_t ahead, uint64_t *set)
{
    size_t first = ahead;
    if (kind_at(walk, ahead) == TOKEN_NOISE &&
        (is_text(walk, peek(walk, ahead), "の") || is_text(walk, peek(walk, ahead), "は")))
        ahead++;
    if (kind_at(walk, ahead) == TOKEN_COMMA && kind_at(walk, ahead + 1) == TOKEN_TIME)
        ahead++;
    const struct token *token = peek(walk, ahead);
    const struct token *second = peek(walk, ahead + 2);
    bool is_range = kind_at(walk, ahead + 1) == TOKEN_RANGE || kind_at(walk, ahead + 1) == TOKEN_FROM;
    if (token->kind == TOKEN_PART) {
        *set &= find(walk, BY_PART, token->value);
        return ahead + 1 - first;
    }
    if (token->kind == TOKEN_TIME && is_range && second->kind == TOKEN_TIME) {
        *set &= find_range(walk, token->value, second->value);
        return ahead + 3 - first;
    }
    if (token->kind == TOKEN_NUMBER && is_range && second->kind == TOKEN_NUMBER &&
        token->value > choices_last_number(walk->question)) {
        *set &= find_range(walk, token->value * 60, second->value * 60);
        return ahead + 3 - first;
    }
    enum token_kind next = kind_at(walk, ahead + 1);
    bool is_bound = next == TOKEN_UNTIL || next == TOKEN_SINCE || next == TOKEN_FROM || next == TOKEN_AFTER;
    if (token->kind == TOKEN_TIME && !is_bound) {
        *set &= find(walk, BY_START, token->value);
        return ahead + 1 - first;
    }
    return 0;
}

/* A weekday behind a date must agree with it: 15日(木), 15日木曜. */
static size_t check_weekday(struct walk *walk, size_t ahead, uint64_t *set)
{
    int weekday;
    if (kind_at(walk, ahead) == TOKEN_OPEN && is_weekday_kanji(walk, ahead + 1, &weekday) &&
        kind_at(walk, ahead + 2) == TOKEN_CLOSE) {
        *set &= find(walk, BY_WEEKDAY, weekday);
        return 3;
    }
    if (kind_at(walk, ahead) == TOKEN_WEEKDAY && peek(walk, ahead)->glued) {
        *set &= find(walk, BY_WEEKDAY, peek(walk, ahead)->value);
        return 1;
    }
    return 0;
}

static void put_date(struct walk *walk, size_t count, uint64_t set)
{
    bool is_bare = count == 1 && ((kind_at(walk, 0) == TOKEN_DAY && !walk->month) || kind_at(walk, 0) == TOKEN_WEEKDAY);
    count += check_weekday(walk, count, &set);
    uint64_t whole = set;
    size_t narrowing = narrow_by_time(walk, count, &set);
    struct token *token = put_set(walk, count + narrowing, set, false);
    token->origin = is_bare ? token->origin : TOKEN_DATE;
    if (narrowing)
        token->within = whole;
    walk->narrowed = token->within;
}

static bool is_date_number(enum token_kind kind)
{
    return kind == TOKEN_NUMBER || kind == TOKEN_DAY;
}

/* Thu, Thu 15 Jan, 15 Jan, Jan 15th, 火木, 火曜の午後 */
static bool resolve_weekday_or_english(struct walk *walk)
{
    uint64_t set = choices_all(walk->question);
    size_t count = 0;
    if (kind_at(walk, 0) == TOKEN_WEEKDAY) {
        set = find(walk, BY_WEEKDAY, peek(walk, 0)->value);
        count = 1;
        while (kind_at(walk, count) == TOKEN_WEEKDAY && peek(walk, count)->glued)
            set |= find(walk, BY_WEEKDAY, peek(walk, count++)->value);
        if (kind_at(walk, count) == TOKEN_COMMA && kind_at(walk, count + 2) == TOKEN_MONTH_NAME)
            count++;
    }
    size_t day = 0;
    size_t month = 0;
    if (is_date_number(kind_at(walk, count)) && kind_at(walk, count + 1) == TOKEN_MONTH_NAME) {
        day = count;
        month = count + 1;
    } else if (kind_at(walk, count) == TOKEN_MONTH_NAME && is_date_number(kind_at(walk, count + 1))) {
        month = count;
        day = count + 1;
    }
    if (month || day) {
        set &= find(walk, BY_DATE, peek(walk, month)->value * 100 + peek(walk, day)->value);
        count += 2;
    } else if (!count) {
        return false;
    } else if (kind_at(walk, count) == TOKEN_DAY || kind_at(walk, count) == TOKEN_DATE) {
        set &= find(walk, kind_at(walk, count) == TOKEN_DAY ? BY_DAY : BY_DATE, peek(walk, count)->value);
        count++;
    }
    put_date(walk, count, set);
    return true;
}

/* 1/15 may also be the options 1 and 15: then it is bad, unless its weekday or time stands behind it. */
static void resolve_date(struct walk *walk)
{
    int value = peek(walk, 0)->value;
    uint64_t set = find(walk, BY_DATE, value);
    int count = choices_last_number(walk->question);
    bool slashed = memchr(walk->tokens->folded->text + peek(walk, 0)->start, '/',
                          peek(walk, 0)->end - peek(walk, 0)->start) != NULL;
    uint64_t checked = set;
    size_t beside = check_weekday(walk, 1, &checked);
    if (kind_at(walk, 1 + beside) == TOKEN_TIME)
        beside += narrow_by_time(walk, 1 + beside, &checked);
    walk->writes_dates |= beside && checked;
    bool is_sure = walk->writes_dates || value / 100 == value % 100;
    if (slashed && value / 100 <= count && value % 100 <= count && !is_sure)
        set = 0;
    walk->month = value / 100;
    put_date(walk, 1, set);
}

/* 3日 of several months is none of them, unless a month or its weekday tells which: 4/3と15日, 3日(金). 1日だけ may be
 * a count of days. */
static void resolve_day(struct walk *walk)
{
    uint64_t set = find(walk, BY_DAY, peek(walk, 0)->value);
    if (walk->month)
        set &= find(walk, BY_MONTH, walk->month);
    uint64_t checked = set;
    check_weekday(walk, 1, &checked);
    bool is_count = (kind_at(walk, 1) == TOKEN_LIMIT && peek(walk, 0)->value <= choices_last_number(walk->question)) ||
                    is_text(walk, peek(walk, 1), "とも");
    put_date(walk, 1, choices_one_day(walk->question, checked) && !is_count ? set : 0);
}

/* 上2つ, 最初の3つ, 上から2番目, first two */
static void resolve_position(struct walk *walk)
{
    bool from_top = kind_at(walk, 0) == TOKEN_TOP;
    int total = (int)walk->question->choice_count;
    int value = peek(walk, 1)->value;
    bool is_place = kind_at(walk, 1) == TOKEN_NUMBER;
    if ((!is_place && kind_at(walk, 1) != TOKEN_COUNT) || value < 1 || value > total) {
        put_set(walk, is_place ? 2 : 1, 0, !is_place);
        return;
    }
    if (is_place) {
        put_set(walk, 2, (uint64_t)1 << (from_top ? value - 1 : total - value), false);
        return;
    }
    uint64_t first = value >= 64 ? UINT64_MAX : ((uint64_t)1 << value) - 1;
    put_set(walk, 2, from_top ? first : first << (total - value), false)->flags |= SET_LIST;
}

/* 1月 says which month a meeting is, unless a predicate follows: 1月は無理. Where the choices are not all of that
 * month, it must not get lost: 4月の火曜, 4月以降. */
static void resolve_month(struct walk *walk)
{
    const struct token *next = peek(walk, 1);
    uint64_t set = find(walk, BY_MONTH, peek(walk, 0)->value);
    bool is_subject = next->kind == TOKEN_MARK || next->kind == TOKEN_IF || next->kind == TOKEN_EXCEPT ||
                      next->kind == TOKEN_COLON || is_text(walk, next, "は") || is_text(walk, next, "も");
    bool is_bound = next->kind == TOKEN_SINCE || next->kind == TOKEN_FROM || next->kind == TOKEN_UNTIL;
    bool is_date = is_text(walk, next, "の") && kind_at(walk, 2) == TOKEN_DAY;
    if (is_date) {
        walk->month = peek(walk, 0)->value;
        put_date(walk, 3, set & find(walk, BY_DAY, peek(walk, 2)->value));
        walk->tokens->list[walk->written - 1].origin = TOKEN_MONTH; /* 4月の13日まで: of April alone, or before? */
    } else if (is_subject) {
        put_set(walk, 1, set, false);
    } else if (set == choices_all(walk->question) && !is_bound) {
        keep(walk, TOKEN_NOISE);
    } else {
        put_set(walk, 1, 0, true);
    }
}

static bool resolve_other(struct walk *walk)
{
    const struct token *token = peek(walk, 0);
    uint64_t set;
    switch (token->kind) {
    case TOKEN_DATE:
        resolve_date(walk);
        return true;
    case TOKEN_DAY:
        resolve_day(walk);
        return true;
    case TOKEN_NTH_DAY:
        set = find_nth_day(walk, token->value);
        put_set(walk, 1, set, set != find(walk, BY_NUMBER, token->value));
        return true;
    case TOKEN_MONTH:
        resolve_month(walk);
        return true;
    case TOKEN_ORDINAL_NAME:
        put_set(walk, 1, find(walk, BY_NUMBER, token->value), false);
        return true;
    case TOKEN_END_CHOICE:
        put_set(walk, 1, token->value > 0 ? 1 : (uint64_t)1 << (walk->question->choice_count - 1), false);
        return true;
    case TOKEN_TOP:
    case TOKEN_BOTTOM:
        resolve_position(walk);
        return true;
    case TOKEN_PART:
        set = find(walk, BY_PART, token->value);
        put_set(walk, 1, walk->narrowed ? set & walk->narrowed : set, false)->within = walk->narrowed;
        return true;
    case TOKEN_COUNT:
        if (token->value == (int)walk->question->choice_count && is_text(walk, peek(walk, 1), "とも"))
            put_set(walk, 2, choices_all(walk->question), false)->flags |= SET_ALL;
        else
            put_set(walk, 1, 0, true);
        return true;
    case TOKEN_MONTH_NAME:
    case TOKEN_VAGUE:
        put_set(walk, 1, 0, true);
        return true;
    case TOKEN_ALL:
        put_set(walk, 1, choices_all(walk->question), false)->flags |= SET_ALL;
        return true;
    case TOKEN_REST:
        put_set(walk, 1, choices_all(walk->question), false)->flags |= SET_REST;
        return true;
    default:
        return false;
    }
}

/* 13:00-15:00 alone; a single time alone stays one: it may be a bound (11時まで). */
static bool resolve_time(struct walk *walk)
{
    uint64_t set = choices_all(walk->question);
    enum token_kind before = walk->written ? walk->tokens->list[walk->written - 1].kind : TOKEN_LINE;
    bool is_bound = before == TOKEN_AFTER || before == TOKEN_BEFORE || before == TOKEN_UNTIL || before == TOKEN_FROM;
    if (kind_at(walk, 0) != TOKEN_TIME || is_bound)
        return false;
    size_t count = narrow_by_time(walk, 0, &set);
    if (!count)
        return false;
    put_set(walk, count, set, false);
    return true;
}

static bool is_numbered(const struct walk *walk)
{
    if (kind_at(walk, 0) == TOKEN_PREFIX || kind_at(walk, 0) == TOKEN_OPEN)
        return kind_at(walk, 1) == TOKEN_NUMBER &&
               (kind_at(walk, 0) == TOKEN_PREFIX || kind_at(walk, 2) == TOKEN_CLOSE);
    return kind_at(walk, 0) == TOKEN_NUMBER;
}

/* 1-2 people, 2、3名 */
static bool is_span_of_quantity(const struct walk *walk)
{
    enum token_kind joint = kind_at(walk, 1);
    return kind_at(walk, 0) == TOKEN_NUMBER && kind_at(walk, 2) == TOKEN_QUANTITY &&
           (joint == TOKEN_RANGE || joint == TOKEN_COMMA || joint == TOKEN_DOT || joint == TOKEN_OR);
}

void choices_resolve(struct tokens *tokens, const struct answer_question *question)
{
    struct walk walk = {.tokens = tokens, .question = question};
    while (walk.at < tokens->count) {
        enum token_kind kind = kind_at(&walk, 0);
        if (kind == TOKEN_STOP || kind == TOKEN_LINE || kind == TOKEN_PARAGRAPH) {
            walk.narrowed = 0;
            walk.month = 0;
        }
        if (resolve_weekday_or_english(&walk) || resolve_time(&walk))
            continue;
        if (is_span_of_quantity(&walk))
            put_set(&walk, 3, 0, true);
        else if (is_numbered(&walk))
            resolve_number(&walk);
        else if (!resolve_other(&walk))
            keep(&walk, kind == TOKEN_PREFIX ? TOKEN_NOISE : kind);
    }
    tokens->count = walk.written;
}
