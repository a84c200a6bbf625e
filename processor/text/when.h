/*
 * Dates and times as people write them, Japanese and English: reading a line of candidates or a deadline, and writing
 * them back. Reading is pure: the text, the present and the administrator's words in; what has exactly one meaning
 * out. What was filled in is said (WHEN_INFERRED_…), what cannot be decided is asked, never guessed.
 */
#ifndef KAIRAN_TEXT_WHEN_H
#define KAIRAN_TEXT_WHEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/civil.h"

struct almanac;

/* What the reader filled in, as bits of `when.inferred`. */
enum when_inferred {
    WHEN_INFERRED_YEAR = 1,     /* the next such day within nine months */
    WHEN_INFERRED_MONTH = 2,    /* only a day was written */
    WHEN_INFERRED_END = 4,      /* no end, and no duration to make one of */
    WHEN_INFERRED_RELATIVE = 8, /* 明日, next Tuesday */
    WHEN_INFERRED_HOURS = 16,   /* "13-15" read as hours */
    WHEN_INFERRED_ZONE = 32,    /* converted from another zone */
    WHEN_INFERRED_ORDER = 64,   /* 15/01/2026, 26/1/15 */
};

/* What a person should look at twice, as bits of `when.warnings`. Warned, not refused. */
enum when_warning {
    WHEN_WARNS_WEEKEND = 1,
    WHEN_WARNS_PAST = 2,
    WHEN_WARNS_OVERNIGHT = 4,
    WHEN_WARNS_HOLIDAY = 8, /* one of its days is a holiday … */
    WHEN_WARNS_CLOSURE = 16, /* … or one on which the house is closed */
};

struct when {
    char *text; /* the words it was read from, verbatim */
    struct civil start;
    struct civil end; /* meaningful when has_end; an all-day date ends on its last day */
    bool has_end;
    bool all_day;
    unsigned inferred;
    unsigned warnings;
    bool is_deadline; /* until then, by then: no candidate (when_find.h only) */
    char *note;       /* what stood behind it on the line (place, remark), or NULL */
};

enum when_verdict {
    WHEN_NONE,     /* no date here */
    WHEN_OK,       /* one meaning (an inferred year, confirmed or shown, is still OK) */
    WHEN_INFERRED, /* one meaning, but something beside the year was filled in: show it */
    WHEN_ASK,      /* a date is meant, but not which one: `reason` says why */
};

/*
 * `reason` is one of: impossible (no such day), weekday (it disagrees, or is today's), past, far (more than nine months
 * ahead), range (a span, or something open or vague), period (a time that is in no table or was not understood), order
 * (15:00-13:00, 05/01/2026), zone (a name of several), recurrence, date (a time without a day).
 */
struct when_result {
    enum when_verdict verdict;
    struct when *dates; /* talloc array */
    size_t count;
    const char *reason; /* for WHEN_ASK a word, see below; no dates then */
};

/* What reading needs to know. Times with a zone are converted to that of `now`. */
struct when_context {
    struct civil now;
    int zone; /* of `now`, minutes east of UTC */
    const struct civil *heading; /* date that stood alone on the line above, inherited by bare times; or NULL */
    int duration_minutes;        /* 所要; 0: none */
    const struct almanac *almanac; /* the administrator's words and days; NULL: what is built in */
    const char *language;        /* "ja" or "en": how running text orders 12/8/10; NULL: by its letters */
};

/*
 * Reads one line of an opening mail as candidates: bullets and labels (・ 候補1： ① 1.) are stripped, and only a line
 * whose first word then is a date or a time counts; a date inside a sentence does not (WHEN_NONE). One line may hold
 * several dates; a date without a time is all day; a deadline (まで, 締切) is none. 午前, 午後, 昼 and lessons have
 * the hours of the almanac, words of that kind that it does not know are asked. Only the first 4 kB of a line are looked at. `result` and
 * all in it hang below `context`.
 */
struct when_result *when_read_candidates(const void *context, const char *line, const struct when_context *about);

/*
 * Reads the one date (and time) that a text names anywhere, such as a deadline; without a time of day, all_day is set.
 * Two different dates, or a span of time, are asked.
 */
struct when_result *when_read_point(const void *context, const char *text, const struct when_context *about);

/*
 * Writes dates the way the language does: "1月15日(木) 13:00-15:00", "Thu 15 Jan 13:00–15:00"; the year only when it
 * is not `this_year`. `language` is "ja" or "en". Never ambiguous, never longer than one line.
 */
char *when_format(const void *context, const char *language, const struct when *when, int this_year);

/* The same for an instant with time of day: "12月25日(木) 17:00", "Thu 25 Dec 17:00". */
char *when_format_point(const void *context, const char *language, struct civil point, int this_year);

/* Short, for subjects and table heads: "12/25(木)17時", "25 Dec 17:00". */
char *when_format_short(const void *context, const char *language, struct civil point);

#endif
