/*
 * The center's almanac: which words stand for which hours (午前, 3限, 夕方), which days are off, and when people work. It
 * is built in, and the administrator changes it: keys of [days] in the configuration, and the file of holidays that they
 * name. Loading reads that file; all questions are pure. Where an almanac may be NULL, the built-in one is meant.
 */
#ifndef KAIRAN_TEXT_ALMANAC_H
#define KAIRAN_TEXT_ALMANAC_H

#include <stdbool.h>

#include "base/civil.h"
#include "base/config.h"

struct almanac;
struct dictionary;

/* Minutes since midnight; a word may reach into the next day ("夜勤 22:00-30:00"). */
struct almanac_hours {
    int start;
    int end;
};

/* The built-in periods that the words of a language stand for; others follow them. */
enum almanac_period {
    ALMANAC_FORENOON, /* 午前, AM, morning */
    ALMANAC_AFTERNOON,
    ALMANAC_MIDDAY, /* 昼 */
    ALMANAC_LUNCH,  /* 昼休み */
};

/* What the configuration says, below `context`; a bad line is refused with the place where it stands. */
struct almanac *almanac_load(const void *context, const struct config *config, struct error **error);

/*
 * The same from texts: `periods` like "夕方 16:00-18:00, 6限 18:10-19:40, 昼休み off", `closures` like
 * "12/29-1/3, 8/13-8/15", `working_hours` like "8:30-17:15" or "", `holidays` lines like "2026-06-01 創立記念日",
 * "06-01 創立記念日" (each year) or "2026-07-20 off" (a holiday of the law that is none here).
 */
struct almanac *almanac_make(const void *context, const char *periods, const char *closures, const char *working_hours,
                             const char *holidays, struct error **error);

/* The hours of a period by its place (those of `almanac_words` have it as their value), or NULL when it is off. */
const struct almanac_hours *almanac_find_period(const struct almanac *almanac, int period);

/* The hours of the n-th lesson (限), or NULL. */
const struct almanac_hours *almanac_find_lesson(const struct almanac *almanac, int lesson);

/* The administrator's words, folded, as the readers of dates take them (when_parts.h), or NULL. */
const struct dictionary *almanac_words(const struct almanac *almanac);

/* The name of the holiday that a day is, of the law or of the center ("" when it has none), or NULL. */
const char *almanac_holiday(const struct almanac *almanac, struct civil date, const char *language);

/* Whether the house is closed on a day: 12/29 to 1/3 unless the administrator says otherwise. */
bool almanac_is_closed(const struct almanac *almanac, struct civil date);

/* Whether people are at work at a time of day; always true when no working hours are known. */
bool almanac_is_working(const struct almanac *almanac, struct civil time);

#endif
