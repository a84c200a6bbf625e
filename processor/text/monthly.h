/*
 * Days of every month as people name them: 「第3水曜 13:00-15:00」, 「最終金曜」, "third Wednesday 13:00-15:00", "last Friday".
 * Pure.
 */
#ifndef KAIRAN_TEXT_MONTHLY_H
#define KAIRAN_TEXT_MONTHLY_H

#include <stdbool.h>

#include "text/when.h"

struct monthly {
    int nth;     /* 1 to 5; -1: the last */
    int weekday; /* 0 Sunday to 6 Saturday */
    char *hours; /* what stood behind the day, "" when nothing did */
};

/*
 * The rules of a text (separated by commas, 「、」 or 「と」), as a talloc array below `context`, "every month" in front
 * understood; NULL when it holds anything else.
 */
struct monthly *monthly_read(const void *context, const char *text);

/*
 * The date of a rule in a month, with its hours (`about`: what reading them needs), below `context`; false when the month
 * has no such day, or the hours cannot be read.
 */
bool monthly_find(const void *context, const struct monthly *rule, int year, int month, const struct when_context *about,
                  struct when *when);

/*
 * The dates of the first month from `month` on (its day and time do not matter) that has any and in which all of them
 * lie after `after`, in their order, as a talloc array below `context`; NULL when there is no such month.
 */
struct when *monthly_list(const void *context, const char *rules, struct civil month, struct civil after,
                         const struct when_context *about);

#endif
