/* The clock: see clock.h. Its zone and KAIRAN_NOW are, besides the log, the only global state. */
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

static struct {
    bool stopped;
    time_t instant;
} stopped_clock;

/* What the zone's rules say of the quarters of an hour asked about last. */
static struct quarter {
    time_t number; /* since 1970 */
    struct civil start;
    bool known;
} quarters[64];

bool clock_start(struct error **error)
{
    const char *text = getenv("KAIRAN_NOW");
    if (!text || !*text)
        return true;
    if (!clock_parse(text, &stopped_clock.instant))
        return error_set(error, ERROR_REFUSED,
                         "KAIRAN_NOW is \"%s\", which is no ISO 8601 time; unset it or write 2026-01-15T13:00:00Z", text);
    stopped_clock.stopped = true;
    return true;
}

time_t clock_now(void)
{
    return stopped_clock.stopped ? stopped_clock.instant : time(NULL);
}

bool clock_is_stopped(void)
{
    return stopped_clock.stopped;
}

bool clock_set_zone(const char *zone, struct error **error)
{
    static const char folder[] = "/usr/share/zoneinfo/";
    char *path = memory_format(NULL, "%s%s", folder, zone);
    bool known = *zone && *zone != '/' && !strstr(zone, "..") && access(path, R_OK) == 0;
    talloc_free(path);
    if (!known && strcmp(zone, "UTC") != 0 && strcmp(zone, "Asia/Tokyo") != 0)
        return error_set(error, ERROR_REFUSED, "the time zone \"%s\" is not in %s", zone, folder);
    /* Japan keeps one offset all year: Kairan runs there even where the tzdata package is missing */
    const char *rule = known ? zone : strcmp(zone, "UTC") == 0 ? "UTC0" : "JST-9";
    if (setenv("TZ", rule, 1) != 0)
        return error_set_errno(error, "cannot set the time zone %s", zone);
    tzset();
    memset(quarters, 0, sizeof quarters);
    return true;
}

static struct tm to_local(time_t instant)
{
    struct tm local;
    if (!localtime_r(&instant, &local))
        abort(); /* a year beyond int: no caller makes such an instant */
    return local;
}

/* The C library works a zone's rules out anew each time; the quarters of an hour that a poll is about are few. */
struct civil clock_to_civil(time_t instant)
{
    enum { QUARTER = 15 * 60 };
    time_t number = instant / QUARTER;
    struct quarter *quarter = &quarters[(size_t)number % (sizeof quarters / sizeof *quarters)];
    if (!quarter->known || quarter->number != number) {
        struct tm local = to_local(number * QUARTER);
        *quarter = (struct quarter){
            .number = number,
            .start = {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min},
            .known = instant >= 0 && local.tm_min % 15 == 0 && local.tm_sec == 0,
        };
    }
    if (quarter->known) {
        struct civil civil = quarter->start;
        civil.minute += (int)(instant % QUARTER) / 60;
        return civil;
    }
    struct tm local = to_local(instant); /* an offset of olden times that is no whole number of quarters */
    return (struct civil){local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min};
}

time_t clock_from_civil(struct civil civil)
{
    struct tm local = {.tm_year = civil.year - 1900,
                       .tm_mon = civil.month - 1,
                       .tm_mday = civil.day,
                       .tm_hour = civil.hour,
                       .tm_min = civil.minute,
                       .tm_isdst = -1};
    return mktime(&local);
}

long clock_utc_offset(time_t instant)
{
    struct tm local;
    return localtime_r(&instant, &local) ? local.tm_gmtoff : 0;
}

char *clock_zone_name(const void *context, time_t instant)
{
    struct tm local;
    return memory_copy_text(context, localtime_r(&instant, &local) ? local.tm_zone : "");
}

char *clock_format_utc(const void *context, time_t instant)
{
    struct tm utc;
    char text[sizeof "-2147481748-01-01T00:00:00Z"];
    if (!gmtime_r(&instant, &utc) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc))
        abort();
    return memory_copy_text(context, text);
}

/* Takes `width` digits off *text. */
static bool take_digits(const char **text, int width, int *value)
{
    *value = 0;
    for (int i = 0; i < width; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9')
            return false;
        *value = *value * 10 + (c - '0');
    }
    *text += width;
    return true;
}

static bool take_byte(const char **text, char byte)
{
    if (**text != byte)
        return false;
    (*text)++;
    return true;
}

/* "Z", "+09:00", "+0900" or nothing; *found tells which, *seconds is the offset east of UTC. */
static bool parse_offset(const char *text, bool *found, long *seconds)
{
    *seconds = 0;
    *found = *text != '\0';
    if (!*found || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    long sign = *text == '-' ? -1 : 1;
    int hours;
    int minutes;
    if (!take_byte(&text, '+') && !take_byte(&text, '-'))
        return false;
    if (!take_digits(&text, 2, &hours))
        return false;
    take_byte(&text, ':');
    if (!take_digits(&text, 2, &minutes) || *text || hours > 15 || minutes > 59)
        return false;
    *seconds = sign * (hours * 3600L + minutes * 60L);
    return true;
}

bool clock_parse_offset(const char *text, long *seconds)
{
    bool has_offset = false;
    long offset;
    size_t date = strcspn(text, "T "); /* the hyphens before it are no signs */
    size_t time = date + strcspn(text + date, "Z+-z");
    if (!parse_offset(text + time, &has_offset, &offset) || !has_offset)
        return false;
    *seconds = offset;
    return true;
}

bool clock_parse(const char *text, time_t *instant)
{
    struct civil civil = {0};
    int seconds = 0;
    if (!take_digits(&text, 4, &civil.year) || !take_byte(&text, '-') || !take_digits(&text, 2, &civil.month) ||
        !take_byte(&text, '-') || !take_digits(&text, 2, &civil.day))
        return false;
    if (take_byte(&text, 'T') || take_byte(&text, ' ')) {
        if (!take_digits(&text, 2, &civil.hour) || !take_byte(&text, ':') || !take_digits(&text, 2, &civil.minute))
            return false;
        if (take_byte(&text, ':') && !take_digits(&text, 2, &seconds))
            return false;
    }
    bool has_offset;
    long offset;
    if (!civil_is_valid(civil) || seconds > 60 || !parse_offset(text, &has_offset, &offset))
        return false;
    if (has_offset)
        *instant = civil_day_number(civil) * 86400L + civil.hour * 3600L + civil.minute * 60L + seconds - offset;
    else
        *instant = clock_from_civil(civil) + seconds;
    return true;
}
