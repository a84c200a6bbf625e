/* How storage fills: a line through the samples of the last weeks, and when it meets the top. Pure. */
#ifndef KAIRAN_XEN_TREND_H
#define KAIRAN_XEN_TREND_H

#include <stddef.h>
#include <stdint.h>

#include "store/xen.h"

enum { TREND_NEVER = -1 };

/* Bytes a day by which a repository fills, by least squares; 0 when there are too few days to say. */
int64_t trend_growth(const struct sr_sample samples[], size_t count);

/* Days until it is full at that rate; TREND_NEVER when it does not fill, or not within ten years. */
long trend_days(const struct sr_sample samples[], size_t count);

/* The last sample of each of the last `days` days before and with the newest one: used bytes into `used`; how many there are. */
size_t trend_daily(const struct sr_sample samples[], size_t count, size_t days, int64_t used[]);

#endif
