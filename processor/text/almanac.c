/* The almanac: see almanac.h. Texts of the administrator become tables; what is built in stands below. */
#include "text/almanac.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "text/fold.h"
#include "text/holiday.h"
#include "text/when_parts.h"

enum {
    MAXIMUM_FILE = 256 * 1024,
    MINUTES_OF_TWO_DAYS = 2 * MINUTES_A_DAY,
    EVERY_YEAR = 0,
    MOST_LESSONS = 20,
};

struct period {
    const char *word; /* folded; of a lesson NULL */
    int lesson;
    bool is_off;
    struct almanac_hours hours;
};

/* Of any year: month * 100 + day. */
struct closure {
    int first;
    int last;
};

struct exception {
    int year; /* or EVERY_YEAR */
    int month;
    int day;
    char *name; /* NULL: no holiday */
};

struct almanac {
    struct period *periods; /* talloc array: the built-in ones first, in their order */
    struct dictionary words;
    struct closure *closures; /* talloc array */
    struct exception *exceptions; /* talloc array */
    struct almanac_hours working;
};

#define CLOCK(hour, minute) ((hour) * 60 + (minute))

static const struct period built_in[] = {
    [ALMANAC_FORENOON] = {"午前", 0, false, {CLOCK(9, 0), CLOCK(12, 0)}},
    [ALMANAC_AFTERNOON] = {"午後", 0, false, {CLOCK(13, 0), CLOCK(17, 0)}},
    [ALMANAC_MIDDAY] = {"昼", 0, false, {CLOCK(12, 0), CLOCK(13, 0)}},
    [ALMANAC_LUNCH] = {"昼休み", 0, false, {CLOCK(12, 0), CLOCK(13, 0)}},
    {NULL, 1, false, {CLOCK(8, 50), CLOCK(10, 20)}},
    {NULL, 2, false, {CLOCK(10, 30), CLOCK(12, 0)}},
    {NULL, 3, false, {CLOCK(13, 0), CLOCK(14, 30)}},
    {NULL, 4, false, {CLOCK(14, 40), CLOCK(16, 10)}},
    {NULL, 5, false, {CLOCK(16, 20), CLOCK(17, 50)}},
};

enum { BUILT_IN = sizeof built_in / sizeof *built_in };

static bool is_at_end(const char *text)
{
    return text[strspn(text, " \t\r")] == '\0';
}

/* "8:30" as minutes, or -1; *text moves behind it. */
static int read_clock(const char **text)
{
    char *end;
    if (!isdigit((unsigned char)**text))
        return -1;
    long hour = strtol(*text, &end, 10);
    if (*end != ':' || !isdigit((unsigned char)end[1]) || !isdigit((unsigned char)end[2]))
        return -1;
    int minute = (end[1] - '0') * 10 + (end[2] - '0');
    *text = end + 3;
    return hour < 48 && minute < 60 ? CLOCK((int)hour, minute) : -1;
}

static bool read_hours(const char *text, struct almanac_hours *hours)
{
    hours->start = read_clock(&text);
    if (hours->start < 0 || hours->start >= MINUTES_A_DAY || *text++ != '-')
        return false;
    hours->end = read_clock(&text);
    return hours->end > hours->start && hours->end <= MINUTES_OF_TWO_DAYS && is_at_end(text);
}

/* "12/29" as 1229, or -1; *text moves behind it. */
static int read_month_day(const char **text)
{
    char *end;
    long month = strtol(*text, &end, 10);
    if (*end != '/')
        return -1;
    long day = strtol(end + 1, &end, 10);
    *text = end;
    bool is_day = month >= 1 && month <= 12 && day >= 1 && day <= civil_days_in_month(2000, (int)month);
    return is_day ? (int)(month * 100 + day) : -1;
}

/* The number of a word such as "6限", or 0. */
static int lesson_of(const char *word)
{
    char *end;
    long number = strtol(word, &end, 10);
    bool is_lesson = strcmp(end, "限") == 0 || strcmp(end, "時限") == 0;
    return is_lesson && number >= 1 && number <= MOST_LESSONS ? (int)number : 0;
}

/* Whether the readers of dates take this folded text for one word: all of it Latin letters, or none. */
static bool is_one_word(const char *word)
{
    size_t letters = 0;
    for (const char *c = word; *c; c++) {
        bool is_letter = *c >= 'a' && *c <= 'z';
        if (!is_letter && (unsigned char)*c < 0x80)
            return false;
        letters += is_letter;
    }
    return *word && (letters == 0 || letters == strlen(word));
}

/* Sets the hours of a word that is there already, or adds it. */
static void put_period(struct almanac *almanac, const struct period *period)
{
    size_t count = memory_count(almanac->periods);
    for (size_t i = 0; i < count; i++) {
        struct period *known = &almanac->periods[i];
        bool is_same = period->lesson ? known->lesson == period->lesson
                                      : known->word && strcmp(known->word, period->word) == 0;
        if (is_same) {
            known->hours = period->hours;
            known->is_off = period->is_off;
            return;
        }
    }
    almanac->periods = memory_resize(almanac, almanac->periods, struct period, count + 1);
    almanac->periods[count] = *period;
}

/* One "WORD HH:MM-HH:MM" or "WORD off". */
static bool read_period(struct almanac *almanac, char *text, struct error **error)
{
    char *space = strrchr(text, ' ');
    struct period period = {.is_off = space && strcmp(space + 1, "off") == 0};
    if (!space || !(period.is_off || read_hours(space + 1, &period.hours)))
        return error_set(error, ERROR_REFUSED, "\"%s\" in periods is not a word and its hours: write 夕方 16:00-18:00", text);
    *space = '\0';
    period.word = text_fold_key(almanac, text);
    period.lesson = lesson_of(period.word);
    if (!period.lesson && !is_one_word(period.word))
        return error_set(error, ERROR_REFUSED, "\"%s\" in periods must be 限 with a number, or one word without digits", text);
    put_period(almanac, &period);
    return true;
}

static bool read_closure(struct almanac *almanac, char *text, struct error **error)
{
    const char *at = text;
    struct closure closure = {.first = read_month_day(&at)};
    closure.last = *at == '-' ? (at++, read_month_day(&at)) : closure.first;
    if (closure.first < 0 || closure.last < 0 || !is_at_end(at))
        return error_set(error, ERROR_REFUSED, "\"%s\" in closures is no span of days: write 12/29-1/3", text);
    size_t count = memory_count(almanac->closures);
    almanac->closures = memory_resize(almanac, almanac->closures, struct closure, count + 1);
    almanac->closures[count] = closure;
    return true;
}

/* "2026-06-01 創立記念日", "06-01 創立記念日", "2026-07-20 off" */
static bool read_exception(struct almanac *almanac, char *text, struct error **error)
{
    struct exception exception = {.year = EVERY_YEAR};
    char *at = text;
    long first = strtol(at, &at, 10);
    if (at - text == 4 && *at == '-') {
        exception.year = (int)first;
        first = strtol(at + 1, &at, 10);
    }
    long second = *at == '-' ? strtol(at + 1, &at, 10) : 0;
    exception.month = first >= 1 && first <= 12 ? (int)first : 0;
    exception.day = second >= 1 && second <= 31 ? (int)second : 0;
    struct civil date = {exception.year ? exception.year : 2000, exception.month, exception.day, 0, 0};
    if (!civil_is_valid(date) || (*at && *at != ' ' && *at != '\t'))
        return error_set(error, ERROR_REFUSED, "\"%s\" is no holiday: write 2026-06-01 創立記念日, or 06-01 for each year",
                         text);
    at += strspn(at, " \t");
    exception.name = strcmp(at, "off") == 0 ? NULL : memory_copy_text(almanac, at);
    size_t count = memory_count(almanac->exceptions);
    almanac->exceptions = memory_resize(almanac, almanac->exceptions, struct exception, count + 1);
    almanac->exceptions[count] = exception;
    return true;
}

/* Calls `read` for each part between two of `separators`, trimmed; empty ones and those that begin with "#" are left out. */
static bool read_parts(struct almanac *almanac, const char *text, const char *separators,
                       bool (*read)(struct almanac *, char *, struct error **), struct error **error)
{
    char *copy = memory_copy_text(almanac, text);
    bool done = true;
    for (char *part = copy, *next; done && part; part = next) {
        next = strpbrk(part, separators);
        if (next)
            *next++ = '\0';
        part += strspn(part, " \t\r");
        size_t length = strlen(part);
        while (length && strchr(" \t\r", part[length - 1]))
            part[--length] = '\0';
        done = !*part || *part == '#' || read(almanac, part, error);
    }
    talloc_free(copy);
    return done;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(((const struct word *)a)->text, ((const struct word *)b)->text);
}

/* The words that are not built in: the reader's own dictionary has the others. */
static void make_dictionary(struct almanac *almanac)
{
    size_t count = memory_count(almanac->periods);
    struct word *words = memory_array(almanac, struct word, count);
    almanac->words.words = words;
    for (size_t i = BUILT_IN; i < count; i++)
        if (!almanac->periods[i].lesson)
            words[almanac->words.count++] = (struct word){almanac->periods[i].word, TOKEN_PERIOD, (int)i};
    qsort(words, almanac->words.count, sizeof *words, compare_words);
}

struct almanac *almanac_make(const void *context, const char *periods, const char *closures, const char *working_hours,
                             const char *holidays, struct error **error)
{
    struct almanac *almanac = memory_new(context, struct almanac);
    almanac->periods = memory_array(almanac, struct period, BUILT_IN);
    memcpy(almanac->periods, built_in, sizeof built_in);
    bool done = read_parts(almanac, periods, ",", read_period, error) &&
                read_parts(almanac, closures, ",", read_closure, error) &&
                read_parts(almanac, holidays, "\n", read_exception, error);
    if (done && *working_hours && !read_hours(working_hours, &almanac->working))
        done = error_set(error, ERROR_REFUSED, "working_hours is \"%s\", but must be like 8:30-17:15 or empty", working_hours);
    if (!done) {
        talloc_free(almanac);
        return NULL;
    }
    make_dictionary(almanac);
    return almanac;
}

struct almanac *almanac_load(const void *context, const struct config *config, struct error **error)
{
    char *holidays = access(config->holidays, F_OK) != 0 && errno == ENOENT
                         ? memory_copy_text(context, "")
                         : file_read_text(context, config->holidays, MAXIMUM_FILE, error);
    if (!holidays)
        return NULL;
    struct almanac *almanac =
        almanac_make(context, config->periods, config->closures, config->working_hours, holidays, error);
    if (!almanac)
        error_add(error, "section [days] of %s, or %s", config->file, config->holidays);
    talloc_free(holidays);
    return almanac;
}

const struct almanac_hours *almanac_find_period(const struct almanac *almanac, int period)
{
    const struct period *found = almanac ? &almanac->periods[period] : &built_in[period];
    return found->is_off ? NULL : &found->hours;
}

const struct almanac_hours *almanac_find_lesson(const struct almanac *almanac, int lesson)
{
    const struct period *periods = almanac ? almanac->periods : built_in;
    size_t count = almanac ? memory_count(almanac->periods) : BUILT_IN;
    for (size_t i = 0; lesson > 0 && i < count; i++)
        if (periods[i].lesson == lesson)
            return periods[i].is_off ? NULL : &periods[i].hours;
    return NULL;
}

const struct dictionary *almanac_words(const struct almanac *almanac)
{
    return almanac && almanac->words.count ? &almanac->words : NULL;
}

const char *almanac_holiday(const struct almanac *almanac, struct civil date, const char *language)
{
    for (size_t i = almanac ? memory_count(almanac->exceptions) : 0; i-- > 0;) {
        const struct exception *exception = &almanac->exceptions[i];
        if ((exception->year == EVERY_YEAR || exception->year == date.year) && exception->month == date.month &&
            exception->day == date.day)
            return exception->name;
    }
    enum holiday holiday = holiday_find(date);
    return holiday ? holiday_name(holiday, language) : NULL;
}

bool almanac_is_closed(const struct almanac *almanac, struct civil date)
{
    static const struct closure year_end = {1229, 103};
    const struct closure *closures = almanac ? almanac->closures : &year_end;
    size_t count = almanac ? memory_count(almanac->closures) : 1;
    int day = date.month * 100 + date.day;
    for (size_t i = 0; i < count; i++) {
        bool is_over_new_year = closures[i].last < closures[i].first;
        bool is_behind = day >= closures[i].first;
        bool is_before = day <= closures[i].last;
        if (is_over_new_year ? is_behind || is_before : is_behind && is_before)
            return true;
    }
    return false;
}

bool almanac_is_working(const struct almanac *almanac, struct civil time)
{
    int minute = time.hour * 60 + time.minute;
    return !almanac || !almanac->working.end || (minute >= almanac->working.start && minute <= almanac->working.end);
}
