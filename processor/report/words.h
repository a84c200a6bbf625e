/* What the reports share: codes that templates have words for, and sizes, instants and bars that read well in a terminal. */
#ifndef KAIRAN_REPORT_WORDS_H
#define KAIRAN_REPORT_WORDS_H

#include <jansson.h>
#include <stddef.h>
#include <time.h>

/*
 * Puts {`name`: {code: true, every other of `known`: false, "other": whether the code is none of them}} into `entry`: templates find
 * the code they have words for. No code (NULL): all are false.
 */
void report_add_words(json_t *entry, const char *name, const char *code, const char *const known[], size_t count);

/* "12.5 GiB", below `context`. */
char *report_format_size(const void *context, json_int_t bytes);

/* "2026-01-15 04:00" by the center's clock; NULL for 0. */
char *report_format_instant(const void *context, time_t instant);

/* Ten marks, "###-------", that a reader without colours sees as well. */
char *report_draw_bar(const void *context, json_int_t part, json_int_t whole);

/* "▁▂▃▅█" of numbers, a mark each between the least and the most of them: the shape of what happened. */
char *report_draw_trend(const void *context, const json_t *numbers);

#endif
