/*
 * Calendar dates and wall-clock times as people write them: no zone, no instant. Pure arithmetic on the
 * proleptic Gregorian calendar; clock.h turns them into instants of a zone.
 */
#ifndef KAIRAN_BASE_CIVIL_H
#define KAIRAN_BASE_CIVIL_H

#include <stdbool.h>

struct civil {
    int year;   /* 2026 */
    int month;  /* 1 to 12 */
    int day;    /* 1 to 31 */
    int hour;   /* 0 to 23 */
    int minute; /* 0 to 59 */
};

/* Whether such a day and time exist. */
bool civil_is_valid(struct civil civil);

/* Days since 1970-01-01, the time of day ignored. */
long civil_day_number(struct civil civil);

/* The date of a day number, with time 00:00. */
struct civil civil_from_day_number(long day_number);

/* 0 Sunday to 6 Saturday. */
int civil_weekday(struct civil civil);

/* Days in a month, leap years known. */
int civil_days_in_month(int year, int month);

/* `civil` moved by so many minutes (negative: earlier), carrying over days, months and years. */
struct civil civil_add_minutes(struct civil civil, long minutes);

/* Minutes from `a` to `b`. */
long civil_minutes_between(struct civil a, struct civil b);

/* Negative, zero or positive as `a` is before, at or after `b`. */
int civil_compare(struct civil a, struct civil b);

/* Whether both fall on one day. */
bool civil_same_day(struct civil a, struct civil b);

#endif
