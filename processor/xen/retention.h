/*
 * Which backups stay: the newest n, and of each of the newest days, weeks and months that have any, the oldest. A backup that
 * any of these keeps stays. Pure.
 */
#ifndef KAIRAN_XEN_RETENTION_H
#define KAIRAN_XEN_RETENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct retention {
    long newest; /* at least 1: the last good backup always stays */
    long daily;
    long weekly; /* weeks begin on Monday, by the center's clock as days and months do */
    long monthly;
};

/* Sets stays[i] for each of `count` backups made at times[i], in any order. */
void retention_choose(const struct retention *retention, const time_t times[], size_t count, bool stays[]);

#endif
