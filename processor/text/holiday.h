/*
 * Japan's public holidays, computed from the Act on National Holidays (国民の祝日に関する法律, in force since 20 July
 * 1948) and the special acts of single years. The equinoxes are astronomical, foretold by the usual formula to 2150.
 * Pure; what a center adds or takes away is in almanac.h.
 */
#ifndef KAIRAN_TEXT_HOLIDAY_H
#define KAIRAN_TEXT_HOLIDAY_H

#include "base/civil.h"

enum holiday {
    HOLIDAY_NONE,
    HOLIDAY_NEW_YEAR,
    HOLIDAY_COMING_OF_AGE,
    HOLIDAY_FOUNDATION,
    HOLIDAY_EMPEROR,
    HOLIDAY_VERNAL_EQUINOX,
    HOLIDAY_SHOWA,
    HOLIDAY_CONSTITUTION,
    HOLIDAY_GREENERY,
    HOLIDAY_CHILDREN,
    HOLIDAY_MARINE,
    HOLIDAY_MOUNTAIN,
    HOLIDAY_AGED,
    HOLIDAY_AUTUMNAL_EQUINOX,
    HOLIDAY_HEALTH_SPORTS,
    HOLIDAY_SPORTS,
    HOLIDAY_CULTURE,
    HOLIDAY_LABOUR,
    HOLIDAY_IMPERIAL,   /* weddings, a funeral, enthronements: by acts of their own */
    HOLIDAY_SUBSTITUTE, /* 振替休日: for one on a Sunday */
    HOLIDAY_BETWEEN,    /* 国民の休日: between two others */
};

/* Which holiday a date is (its time of day ignored). */
enum holiday holiday_find(struct civil date);

/* Its name, "成人の日" or "Coming of Age Day"; `language` is "ja" or "en". */
const char *holiday_name(enum holiday holiday, const char *language);

#endif
