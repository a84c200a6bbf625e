/* Dates, weekdays and times of day as references to choices: see answer_walk.h. */
#include <string.h>

#include "poll/answer_walk.h"

static bool is_weekday_kanji(const struct walk *walk, size_t ahead, int *weekday)
{
    *weekday = walk_peek(walk, ahead)->value;
    if (walk_kind(walk, ahead) == TOKEN_WEEKDAY)
        return true;
    *weekday = 0;
    return walk_kind(walk, ahead) == TOKEN_DAYS && walk_is_text(walk, walk_peek(walk, ahead), "日");
}

static bool is_predicate(const struct walk *walk, size_t ahead)
{
    return walk_kind(walk, ahead) == TOKEN_MARK ||
           (walk_is_text(walk, walk_peek(walk, ahead), "は") && walk_kind(walk, ahead + 1) == TOKEN_MARK);
}

size_t walk_narrow_by_time(struct walk *walk, size_t ahead, uint64_t *set)
{
    size_t first = ahead;
    if (walk_kind(walk, ahead) == TOKEN_NOISE &&
        (walk_is_text(walk, walk_peek(walk, ahead), "の") || walk_is_text(walk, walk_peek(walk, ahead), "は")))
        ahead++;
    if (walk_kind(walk, ahead) == TOKEN_COMMA && walk_kind(walk, ahead + 1) == TOKEN_TIME)
        ahead++;
    const struct token *token = walk_peek(walk, ahead);
    const struct token *second = walk_peek(walk, ahead + 2);
    bool is_range = walk_kind(walk, ahead + 1) == TOKEN_RANGE || walk_kind(walk, ahead + 1) == TOKEN_FROM;
    if (token->kind == TOKEN_LESSON) {
        uint64_t lesson = walk_find_lessons(walk, token->value, token->value, *set);
        if (!lesson) {
            walk->tokens->list[walk->at + ahead].kind = TOKEN_VAGUE; /* no time of that day, nor of another one */
            return 0;
        }
        *set = lesson;
        return ahead + 1 - first;
    }
    if (token->kind == TOKEN_PART) {
        *set &= walk_find(walk, BY_PART, token->value);
        return ahead + 1 - first;
    }
    if (token->kind == TOKEN_TIME && is_range && second->kind == TOKEN_TIME) {
        *set &= walk_find_range(walk, token->value, second->value);
        return ahead + 3 - first;
    }
    if (token->kind == TOKEN_NUMBER && is_range && second->kind == TOKEN_NUMBER &&
        token->value > choices_last_number(walk->question)) {
        *set &= walk_find_range(walk, token->value * 60, second->value * 60);
        return ahead + 3 - first;
    }
    if (token->kind == TOKEN_NUMBER && is_range && second->kind == TOKEN_TIME) {
        *set &= walk_find_range(walk, token->value * 60, second->value); /* 10-12時 */
        return ahead + 3 - first;
    }
    enum token_kind next = walk_kind(walk, ahead + 1);
    if (token->kind == TOKEN_TIME && next == TOKEN_FROM && is_predicate(walk, ahead + 2) &&
        *set & walk_find(walk, BY_START, token->value)) {
        *set &= walk_find(walk, BY_START, token->value); /* 20日は10時からは○: the one that begins then */
        return ahead + 2 - first;
    }
    bool is_bound = next == TOKEN_UNTIL || next == TOKEN_SINCE || next == TOKEN_FROM || next == TOKEN_AFTER;
    if (token->kind == TOKEN_TIME && !is_bound) {
        *set &= walk_find(walk, BY_START, token->value);
        return ahead + 1 - first;
    }
    return 0;
}

/* A weekday behind a date must agree with it: 15日(木), 15日木曜. */
static size_t check_weekday(struct walk *walk, size_t ahead, uint64_t *set)
{
    int weekday;
    if (walk_kind(walk, ahead) == TOKEN_OPEN && is_weekday_kanji(walk, ahead + 1, &weekday) &&
        walk_kind(walk, ahead + 2) == TOKEN_CLOSE) {
        *set &= walk_find(walk, BY_WEEKDAY, weekday);
        return 3;
    }
    if (walk_kind(walk, ahead) == TOKEN_WEEKDAY && walk_peek(walk, ahead)->glued) {
        *set &= walk_find(walk, BY_WEEKDAY, walk_peek(walk, ahead)->value);
        return 1;
    }
    return 0;
}

static void put_date(struct walk *walk, size_t count, uint64_t set)
{
    bool is_bare = count == 1 && ((walk_kind(walk, 0) == TOKEN_DAY && !walk->month) || walk_kind(walk, 0) == TOKEN_WEEKDAY);
    count += check_weekday(walk, count, &set);
    uint64_t whole = set;
    size_t narrowing = walk_narrow_by_time(walk, count, &set);
    struct token *token = walk_put_set(walk, count + narrowing, set, false);
    token->origin = is_bare ? token->origin : TOKEN_DATE;
    if (narrowing)
        token->within = whole;
    walk->narrowed = token->within;
}

bool walk_is_day_without_unit(const struct walk *walk)
{
    const struct token *number = walk_peek(walk, 0);
    int weekday;
    bool has_weekday = walk_kind(walk, 1) == TOKEN_OPEN && is_weekday_kanji(walk, 2, &weekday) &&
                       walk_kind(walk, 3) == TOKEN_CLOSE;
    return number->kind == TOKEN_NUMBER && number->value > choices_last_number(walk->question) &&
           walk_find(walk, BY_DAY, number->value) && (has_weekday || walk_kind(walk, 1) == TOKEN_PART);
}

static bool is_date_number(enum token_kind kind)
{
    return kind == TOKEN_NUMBER || kind == TOKEN_DAY;
}

/* Thu, Thu 15 Jan, 15 Jan, Jan 15th, 火木, 火曜の午後 */
bool walk_resolve_weekday_or_english(struct walk *walk)
{
    uint64_t set = choices_all(walk->question);
    size_t count = 0;
    if (walk_kind(walk, 0) == TOKEN_WEEKDAY) {
        set = walk_find(walk, BY_WEEKDAY, walk_peek(walk, 0)->value);
        count = 1;
        while (walk_kind(walk, count) == TOKEN_WEEKDAY && walk_peek(walk, count)->glued)
            set |= walk_find(walk, BY_WEEKDAY, walk_peek(walk, count++)->value);
        if (walk_kind(walk, count) == TOKEN_COMMA && walk_kind(walk, count + 2) == TOKEN_MONTH_NAME)
            count++;
    }
    size_t day = 0;
    size_t month = 0;
    if (is_date_number(walk_kind(walk, count)) && walk_kind(walk, count + 1) == TOKEN_MONTH_NAME) {
        day = count;
        month = count + 1;
    } else if (walk_kind(walk, count) == TOKEN_MONTH_NAME && is_date_number(walk_kind(walk, count + 1))) {
        month = count;
        day = count + 1;
    }
    if (month || day) {
        set &= walk_find(walk, BY_DATE, walk_peek(walk, month)->value * 100 + walk_peek(walk, day)->value);
        count += 2;
    } else if (!count) {
        return false;
    } else if (walk_kind(walk, count) == TOKEN_DAY || walk_kind(walk, count) == TOKEN_DATE) {
        set &= walk_find(walk, walk_kind(walk, count) == TOKEN_DAY ? BY_DAY : BY_DATE, walk_peek(walk, count)->value);
        count++;
    }
    put_date(walk, count, set);
    return true;
}

/* 1/15 may also be the options 1 and 15: then it is bad, unless its weekday or time stands behind it. */
void walk_resolve_date(struct walk *walk)
{
    int value = walk_peek(walk, 0)->value;
    uint64_t set = walk_find(walk, BY_DATE, value);
    int count = choices_last_number(walk->question);
    bool slashed = memchr(walk->tokens->folded->text + walk_peek(walk, 0)->start, '/',
                          walk_peek(walk, 0)->end - walk_peek(walk, 0)->start) != NULL;
    uint64_t checked = set;
    size_t beside = check_weekday(walk, 1, &checked);
    if (walk_kind(walk, 1 + beside) == TOKEN_TIME)
        beside += walk_narrow_by_time(walk, 1 + beside, &checked);
    walk->writes_dates |= beside && checked;
    bool is_sure = walk->writes_dates || value / 100 == value % 100;
    if (slashed && value / 100 <= count && value % 100 <= count && !is_sure)
        set = 0;
    walk->month = value / 100;
    put_date(walk, 1, set);
}

/* 3日 of several months is none of them, unless a month or its weekday tells which: 4/3と15日, 3日(金). 1日だけ may be
 * a count of days. */
void walk_resolve_day(struct walk *walk)
{
    uint64_t set = walk_find(walk, BY_DAY, walk_peek(walk, 0)->value);
    if (walk->month)
        set &= walk_find(walk, BY_MONTH, walk->month);
    uint64_t checked = set;
    check_weekday(walk, 1, &checked);
    bool is_count = (walk_kind(walk, 1) == TOKEN_LIMIT && walk_peek(walk, 0)->value <= choices_last_number(walk->question)) ||
                    walk_is_text(walk, walk_peek(walk, 1), "とも");
    put_date(walk, 1, choices_one_day(walk->question, checked) && !is_count ? set : 0);
}

/* 1月 says which month a meeting is, unless a predicate follows: 1月は無理. Where the choices are not all of that
 * month, it must not get lost: 4月の火曜, 4月以降. */
void walk_resolve_month(struct walk *walk)
{
    const struct token *next = walk_peek(walk, 1);
    uint64_t set = walk_find(walk, BY_MONTH, walk_peek(walk, 0)->value);
    bool is_subject = next->kind == TOKEN_MARK || next->kind == TOKEN_IF || next->kind == TOKEN_EXCEPT ||
                      next->kind == TOKEN_COLON || walk_is_text(walk, next, "は") || walk_is_text(walk, next, "も");
    bool is_bound = next->kind == TOKEN_SINCE || next->kind == TOKEN_FROM || next->kind == TOKEN_UNTIL;
    bool is_date = walk_is_text(walk, next, "の") && walk_kind(walk, 2) == TOKEN_DAY;
    if (is_date) {
        walk->month = walk_peek(walk, 0)->value;
        put_date(walk, 3, set & walk_find(walk, BY_DAY, walk_peek(walk, 2)->value));
        walk->tokens->list[walk->written - 1].origin = TOKEN_MONTH; /* 4月の13日まで: of April alone, or before? */
    } else if (is_subject) {
        walk_put_set(walk, 1, set, false);
    } else if (set == choices_all(walk->question) && !is_bound) {
        walk_keep(walk, TOKEN_NOISE);
    } else {
        walk_put_set(walk, 1, 0, true);
    }
}
