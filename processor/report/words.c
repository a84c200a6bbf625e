/* What the reports share: see words.h. */
#include "report/words.h"

#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

void report_add_words(json_t *entry, const char *name, const char *code, const char *const known[], size_t count)
{
    bool found = false;
    json_t *words = json_object();
    for (size_t i = 0; i < count; i++) {
        bool is_it = code && strcmp(known[i], code) == 0;
        json_object_set_new(words, known[i], json_boolean(is_it));
        found = found || is_it;
    }
    json_object_set_new(words, "other", json_boolean(code && !found));
    json_object_set_new(entry, name, words);
}

char *report_format_size(const void *context, json_int_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double size = (double)bytes;
    size_t unit = 0;
    for (; size >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
        size /= 1024;
    return memory_format(context, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

char *report_format_instant(const void *context, time_t instant)
{
    if (!instant)
        return NULL;
    struct civil civil = clock_to_civil(instant);
    return memory_format(context, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month, civil.day, civil.hour, civil.minute);
}

char *report_draw_bar(const void *context, json_int_t part, json_int_t whole)
{
    enum { MARKS = 10 };
    char bar[MARKS + 1];
    json_int_t full = whole > 0 ? part * MARKS / whole : 0;
    for (int i = 0; i < MARKS; i++)
        bar[i] = i < full ? '#' : '-';
    bar[MARKS] = '\0';
    return memory_copy_text(context, bar);
}

char *report_draw_trend(const void *context, const json_t *numbers)
{
    static const char *const marks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    enum { HEIGHTS = sizeof marks / sizeof *marks };
    json_int_t least = 0;
    json_int_t most = 0;
    char *trend = memory_copy_text(context, "");
    size_t i;
    const json_t *day;
    json_array_foreach(numbers, i, day) {
        json_int_t bytes = json_integer_value(day);
        least = i == 0 || bytes < least ? bytes : least;
        most = i == 0 || bytes > most ? bytes : most;
    }
    json_array_foreach(numbers, i, day) {
        json_int_t height = most > least ? (json_integer_value(day) - least) * (HEIGHTS - 1) / (most - least) : 0;
        trend = memory_format(context, "%s%s", trend, marks[height]);
    }
    return trend;
}
