/*
 * The parts of the reader of dates, private to text/when_*.c: a line becomes tokens (when_token.c), tokens become days
 * (when_day.c) and hours (when_hours.c), those become entries (when_entry.c), and these dates (when_read.c). Each rule
 * either takes what it understands and moves on, or leaves the reader where it was.
 */
#ifndef KAIRAN_TEXT_WHEN_PARTS_H
#define KAIRAN_TEXT_WHEN_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/civil.h"
#include "text/almanac.h"
#include "text/fold.h"
#include "text/when.h"

enum token_kind {
    TOKEN_END,
    TOKEN_NUMBER,     /* value; digits tells how many there were (0: in kanji) */
    TOKEN_LABEL,      /* ① and its kin */
    TOKEN_SIGN,       /* value is the ASCII character; all brackets are "(" and ")" */
    TOKEN_OTHER,      /* a character or word that says nothing about time */
    TOKEN_DAY_KANJI,  /* 月 火 …: a weekday (value), or the unit of month and day */
    TOKEN_WEEKDAY,    /* value 0 Sunday to 6 Saturday */
    TOKEN_MONTH_NAME, /* value 1 to 12 */
    TOKEN_YEAR,
    TOKEN_HOUR,
    TOKEN_MINUTE,
    TOKEN_HALF,
    TOKEN_LESSON,   /* 限 */
    TOKEN_ORDINAL,  /* st nd rd th */
    TOKEN_FORENOON, /* am: value 1 when it may stand alone */
    TOKEN_AFTERNOON,
    TOKEN_MIDDAY,
    TOKEN_PERIOD, /* value: place in the almanac */
    TOKEN_NOON,
    TOKEN_ALL_DAY,
    TOKEN_ALL,
    TOKEN_DAY_WORD,
    TOKEN_RANGE,  /* から to ー */
    TOKEN_LIST,   /* 、 and */
    TOKEN_EITHER, /* か or */
    TOKEN_OF,     /* の at on: joins a date and its time */
    TOKEN_TOPIC,  /* は に: a sentence goes on */
    TOKEN_EACH,
    TOKEN_ERA,       /* value: the year before its first */
    TOKEN_RELATIVE,  /* value: days from today */
    TOKEN_FOLLOWING, /* 翌日, value: days from the date above */
    TOKEN_NEXT_DAY,  /* 翌 before a time */
    TOKEN_WEEK,      /* value: weeks from this one */
    TOKEN_NEXT,
    TOKEN_THIS,
    TOKEN_WEEK_WORD,
    TOKEN_DURATION, /* value: minutes of one */
    TOKEN_DURATION_HALF,
    TOKEN_ZONE,            /* value: minutes east of UTC, or UNKNOWN_ZONE */
    TOKEN_ZONE_OF_SEVERAL, /* EST: most often `value`, but not surely */
    TOKEN_VAGUE_TIME,
    TOKEN_VAGUE_DATE,
    TOKEN_DAY_ABOUT, /* 日前後 */
    TOKEN_OPEN,      /* 以降 */
    TOKEN_RECURRENCE,
    TOKEN_SEQUENCE, /* 第 */
    TOKEN_UNTIL,
    TOKEN_DEADLINE,
    TOKEN_HOLIDAY,
    TOKEN_TITLE, /* 候補 option: what labels are made of */
    TOKEN_ISO_T,
    /* what only running text is read for (when_find_words.c) */
    TOKEN_UNIT,        /* value: enum unit */
    TOKEN_DAYS_AWAY,   /* 日前 日後: -1 or 1 */
    TOKEN_AWAY,        /* ago later 前 後: -1 or 1 */
    TOKEN_HALF_HOUR,   /* 時間半 */
    TOKEN_IN,          /* in within */
    TOKEN_ARTICLE,     /* a an */
    TOKEN_ABOUT,       /* about 約 */
    TOKEN_APPROX,      /* 頃 */
    TOKEN_BESIDE,      /* 以外: any day but that one */
    TOKEN_QUARTER,     /* quarter Q 四半期 */
    TOKEN_MINUTES_PAST, /* past before: 1 or -1 */
    TOKEN_NTH,         /* first second …: value */
    TOKEN_DAY_PART,    /* 今夜: DAY_PART(days from today, enum part) */
    TOKEN_PART,        /* 夜: enum part */
    TOKEN_MIDNIGHT,
    TOKEN_OCLOCK,
    TOKEN_MONTH_AWAY, /* 来月: months from this one */
    TOKEN_YEAR_AWAY,  /* 去年: years from this one */
    TOKEN_LAST,
    TOKEN_SINCE, /* since from between by */
    TOKEN_TO,    /* to: a range, or minutes to the hour */
    TOKEN_MONTH_PART,
    TOKEN_PERIOD_END, /* 月末 年末: enum unit */
    TOKEN_WEEKEND,
    TOKEN_SEASON, /* value: its first month */
    TOKEN_CENTURY,
    TOKEN_DECADE,
    TOKEN_HALF_YEAR,
    TOKEN_YEAR_WORD, /* 西暦 */
    TOKEN_FISCAL,    /* 年度 */
    TOKEN_FISCAL_AWAY, /* 来年度: fiscal years from this one, which begins in April */
    TOKEN_SEASON_AWAY, /* 昨秋: DAY_PART(years from this one, its first month) */
    TOKEN_MONTH_BEGIN, /* 月初旬 */
    TOKEN_BEFORE_CHRIST,
    TOKEN_ANNO_DOMINI,
    TOKEN_BUDDHIST,
    TOKEN_BC_PREFIX, /* 紀元前 */
    TOKEN_NOW,
    TOKEN_FEAST, /* value: month * 100 + day */
    TOKEN_EVE,
    TOKEN_NEW,
    TOKEN_VALENTINE,
};

enum {
    UNKNOWN_ZONE = 9999, /* a name that stands for several zones */
    MINUTES_A_DAY = 1440,
    WHEN_NEAR_DAYS = 275, /* nine months: so far ahead a date without a year may lie */
    MOST_DAYS = 31, /* of one entry: a list, or a span with 各日 */
    MOST_TIMES = 10,
};

/* A word that says something about time. */
struct word {
    const char *text; /* folded */
    enum token_kind kind;
    int value;
};

struct token {
    enum token_kind kind;
    int value;
    int digits;
    size_t start; /* in the folded text */
    size_t end;
    bool is_spaced; /* blanks stand before it */
};

struct reader {
    const struct folded *folded;
    const char *source;
    const struct token *tokens; /* talloc array, the last is TOKEN_END */
    size_t count;               /* without the last */
    size_t at;
    const struct civil
        *previous; /* the day of the entry before this one on the line, whose month 16日 shares; or NULL */
    const struct when_context *about;
};

struct day {
    struct civil date;
    unsigned inferred;
    bool is_confirmed;   /* a weekday was written, and agrees */
    const char *problem; /* why it has to be asked, or NULL */
};

/* Minutes count from 00:00 of the day, and may pass midnight. */
struct hours {
    int start;
    int end;
    bool has_end;
    bool is_all_day;
    bool is_bare;      /* numbers without a unit: "13-15" */
    bool has_last_day; /* 1/15 22:00 - 1/16 6:00: `end` counts from last_day */
    struct civil last_day;
    bool has_zone;
    int zone;
    unsigned inferred;
    const char *problem;
};

/* One day, list of days or span of days, with the times that belong to each of them. */
struct entry {
    struct day days[MOST_DAYS];
    size_t day_count;
    struct hours hours[MOST_TIMES];
    size_t hours_count;
    bool is_span;    /* days[0] to days[1] */
    bool is_each;    /* 各日: every day of the span */
    bool is_assumed; /* how far a time reaches had to be assumed */
    const char *problem;
    size_t first; /* tokens it was read from: first to behind - 1 */
    size_t behind;
    size_t note_end; /* tokens of the note: behind to note_end - 1 */
};

/* Words sorted by bytes. */
struct dictionary {
    const struct word *words;
    size_t count;
};

/* The longest word of a dictionary that a folded text begins with (is, when `is_whole`), or NULL. */
const struct word *when_find_word(const struct dictionary *dictionary, const char *text, size_t length, bool is_whole);

/* The words that candidates are read by, and those that running text needs beside them. */
extern const struct dictionary when_words;
extern const struct dictionary when_find_words;

/*
 * The tokens of a folded text below `context`, the last one TOKEN_END; a word of `more` (or NULL) goes before one of
 * when_words that is no longer.
 */
struct token *when_tokenize(const void *context, const struct folded *folded, const char *source,
                            const struct dictionary *more, size_t *count);

/* The token `ahead` of where the reader stands. */
static inline const struct token *when_peek(const struct reader *reader, size_t ahead)
{
    size_t at = reader->at + ahead;
    return &reader->tokens[at < reader->count ? at : reader->count];
}

/* Steps over a token of that kind, or over an ASCII sign, when it is the next one. */
bool when_accept(struct reader *reader, enum token_kind kind);
bool when_accept_sign(struct reader *reader, char sign);

/* Whether a number is a date or a time of ISO 8601's basic format: 20260115, 1300. */
bool when_is_compact_date(const struct token *token);
bool when_is_compact_time(const struct token *token);

/* Whether the token joins two ends of a span (- ~ から to), or separates the members of a list (, 、 ・ と か /). */
bool when_is_range(const struct token *token);
bool when_is_list(const struct token *token);

/* What a date should be looked at for, whose start and end are set: WHEN_WARNS_… of its days. */
unsigned when_warn_of_days(const struct when_context *about, const struct when *when);

/* Reads a day. `previous` is the day named before it in a list, whose month a bare number shares; or NULL. */
bool when_read_day(struct reader *reader, const struct civil *previous, struct day *day);

/* Whether a written date (no bare day, no relative one) stands here: enough to begin another entry. */
bool when_read_full_day(struct reader *reader, struct day *day);

/* Reads the third Tuesday of a month that is named, as the day that it is. */
bool when_read_nth_weekday(struct reader *reader, struct day *day);

/* The date of the nth weekday of a month; false when the month has no such day. */
bool when_nth_weekday(int year, int month, int nth, int weekday, struct civil *date);

/* Reads a time or a span of time of the day that was read before it. */
bool when_read_hours(struct reader *reader, struct hours *hours);

/* Goes to where a candidate may begin: the first place, behind bullets and labels, at which a day or a time is read. */
void when_skip_to_start(struct reader *reader);

/* Reads one entry; false, with the reader where it was, when none begins here or what begins is a sentence. */
bool when_read_entry(struct reader *reader, struct entry *entry);

/*
 * Why a line that no entry begins is asked all the same, in when_vague.c: it is made of words that mean dates, but not
 * which ones (月末, 来週あたり, 毎月第3木曜日). NULL when it is not.
 */
const char *when_read_vague(struct reader *reader);

#endif
