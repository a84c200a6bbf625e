/*
 * The parts of the finder of dates in running text, private to text/when_find*.c: tokens (when_token.c, with the words
 * of when_find_words.c) become moments (when_find_day.c, when_find_relative.c, when_find_time.c), which are resolved
 * against the present and each other (when_find_resolve.c) and listed (when_find.c). Each rule either takes what it
 * understands and moves on, or leaves the reader where it was.
 */
#ifndef KAIRAN_TEXT_WHEN_FIND_PARTS_H
#define KAIRAN_TEXT_WHEN_FIND_PARTS_H

#include "text/when_find.h"
#include "text/when_parts.h"

enum { NOT_WRITTEN = -1 };

enum unit {
    UNIT_SECONDS,
    UNIT_MINUTES,
    UNIT_HOURS,
    UNIT_DAYS,
    UNIT_WEEKS,
    UNIT_FORTNIGHTS,
    UNIT_MONTHS,
    UNIT_QUARTERS,
    UNIT_YEARS,
    UNIT_DECADES,
};

enum part {
    PART_NONE,
    PART_EARLY,
    PART_MORNING,
    PART_FORENOON,
    PART_MIDDAY,
    PART_AFTERNOON,
    PART_EVENING,
    PART_NIGHT,
    PART_LATE,
};

/* The value of a TOKEN_DAY_PART, and what it holds. */
#define DAY_PART(days, part) (((days) + 8) * 16 + (part))
enum { DAY_PART_DAYS = 8, DAY_PART_PARTS = 16 };

enum month_part { MONTH_BEGIN, MONTH_FIRST, MONTH_MID, MONTH_SECOND, MONTH_THIRD, MONTH_END };

/* How finely the date was named. */
enum grain { GRAIN_NONE, GRAIN_YEAR, GRAIN_MONTH, GRAIN_WEEK, GRAIN_DAY };

/* A date and a time as they were written; what was not is 0, or NOT_WRITTEN. */
struct moment {
    enum grain grain;
    int year; /* before Christ: 0 and less */
    bool has_year;
    int month;
    int day;
    int weekday;
    bool is_month_end; /* 8月末 */
    bool is_fixed;     /* `date` says it all */
    struct civil date;
    struct civil last; /* of a stretch of days, its last one */
    bool has_last;
    int minutes; /* since 00:00; may pass midnight */
    int until;   /* of a part of the day, its end */
    enum part part;
    bool is_vague;      /* minutes is what the part of the day stands for */
    bool is_half_known; /* am or pm was said */
    bool is_bare;       /* a number without a unit */
    bool is_next_day;   /* 翌 */
    bool is_swapped;    /* the order of day and month had to be assumed */
    bool is_odd;        /* 05/01/2026: may be two dates */
    bool has_zone;
    int zone;
    unsigned inferred;
    size_t first; /* tokens it was read from: first to behind - 1 */
    size_t behind;
};

/* A moment of which nothing is written yet. */
struct moment when_empty_moment(void);

/* Looking at the token `ahead`: its kind, whether it is that sign, the letters of a word, and glued to what is before
 * it. */
bool when_is_kind(const struct reader *reader, size_t ahead, enum token_kind kind);
bool when_is_sign(const struct reader *reader, size_t ahead, char sign);
bool when_is_text(const struct reader *reader, size_t ahead, const char *text);
bool when_is_glued(const struct reader *reader, size_t ahead);
int when_value(const struct reader *reader, size_t ahead);

/* Steps over "the". */
void when_accept_the(struct reader *reader);

/* 日 (0) or 月 (1) as the units of a date. */
bool when_is_date_unit(const struct reader *reader, size_t ahead, int weekday);

/* (木), 木曜日, Thu: the weekday, or NOT_WRITTEN with the reader where it was. */
int when_take_weekday(struct reader *reader);

/* Reads a day, month or year that is written out: 2012年8月10日, Aug 10, 8/10(金), August 2012. */
bool when_find_written(struct reader *reader, struct moment *moment);

/* Reads one that counts from today: 明日, 3日後, next Friday, 来月5日, in 5 minutes, the end of the month. */
bool when_find_relative(struct reader *reader, struct moment *moment);

/* Reads what has a name or a rule: the first Monday of May, Q1 2012, 1990s, Christmas, in 2012. */
bool when_find_named(struct reader *reader, struct moment *moment);

/* Reads a time of day into a moment: 9時半, 3pm, half past 3, 夜8時; and with a date before it, a mere part (夜). */
bool when_find_time(struct reader *reader, struct moment *moment);

/* Whether "at" stands before the token: then a mere number is an hour. */
bool when_follows_at(const struct reader *reader);

/* Whether a token is a word of Latin letters; the token `back` before the reader, or NULL. */
bool when_is_latin(const struct reader *reader, const struct token *token);
const struct token *when_token_before(const struct reader *reader, size_t back);

/* Whether a date may begin at the reader: not within a number, a word, a path, an identifier. */
bool when_may_begin(const struct reader *reader);

/*
 * Whether what was read ends at the reader, and is not the beginning of something longer: `joints` are the signs that,
 * with a number behind them, would make it that.
 */
bool when_may_end(const struct reader *reader, const struct moment *moment, const char *joints);

/* Steps over what may stand between a day and its time. */
void when_skip_links(struct reader *reader);

/*
 * Steps over what is no date, or none that can be named: an address of the web, 翌日 of a day that is not there, a rule
 * that many days follow (毎週火曜 13時, the second Tuesday). False, with the reader where it was, when there is none.
 */
bool when_skip_no_date(struct reader *reader);

/* Whether a number that was not understood stands before the token: a time behind it is not of today. */
bool when_follows_number(const struct reader *reader, size_t first);

/* Whether words beside a day say that it is not, or not surely, that day: 15日前後, around the 15th, 15日以外. */
bool when_is_approximate(const struct reader *reader, const struct moment *moment);

/* Reads a date by any of the rules; a date with its time behind or before it, a date alone or a time alone. */
bool when_find_date(struct reader *reader, struct moment *moment);
bool when_find_moment(struct reader *reader, struct moment *moment);

/* Gives a time the date that it was written with. */
void when_join_date(struct moment *time, const struct moment *date);

/* Reads a span whose first number takes its unit from the second: 10〜12日, tomorrow 8-10am. */
bool when_find_span(struct reader *reader, struct moment *first, struct moment *second);

/* Reads the range sign and the end of a span whose beginning, resolved, is `first`. */
bool when_find_span_end(struct reader *reader, const struct moment *first, struct moment *second);

/* Resolves both ends of a span; what one lacks it takes from the other. */
void when_share_span(const struct reader *reader, const struct moment *before, struct moment *first,
                     struct moment *second);

/* Moves the end of a span of times behind its beginning: 1pm-3:30, 22:00-6:00. */
void when_settle_span_times(struct moment *first, struct moment *second);

/* So many units of a kind. */
struct amount {
    int count;
    enum unit unit;
    bool has_half; /* 1時間半, two and a half hours */
    int minutes;   /* 2時間30分: the second figure */
};

/* Reads a unit; an amount; and what stands near today: this week, last Friday, next month, past 3 days. */
bool when_take_unit(struct reader *reader, enum unit *unit);
bool when_take_amount(struct reader *reader, struct amount *amount);
bool when_find_near_unit(struct reader *reader, int step, struct moment *moment);
bool when_find_near(struct reader *reader, struct moment *moment);

/* Moves `from` by an amount: minutes and hours give a time from now, more gives a day. */
void when_move_by(const struct reader *reader, const struct amount *amount, int sign, struct civil from,
                  struct moment *moment);

/* Today; a date some days on; the Monday of its week; and a moment that is such a date. */
struct civil when_today(const struct reader *reader);
struct civil when_add_days(struct civil date, long days);
struct civil when_monday_of(struct civil date);
void when_fix(struct moment *moment, enum grain grain, struct civil date);

/* Gives a moment its date: from today, or from the moment that stands before it on the line (NULL: none). */
void when_resolve(const struct reader *reader, const struct moment *before, struct moment *moment);

/* `months` added to a date; a day that the month does not have becomes its last. */
struct civil when_add_months(struct civil date, long months);

#endif
