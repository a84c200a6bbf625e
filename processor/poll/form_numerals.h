/* Numerals as people write them in responses, and the units behind them. Pure. */
#ifndef KAIRAN_POLL_FORM_NUMERALS_H
#define KAIRAN_POLL_FORM_NUMERALS_H

#include <stdbool.h>
#include <stddef.h>

enum form_unit { FORM_UNIT_NONE, FORM_UNIT_PLACE, FORM_UNIT_POINT, FORM_UNIT_FIRST_AMOUNT };

/*
 * The bytes of the numeral at `at` in a folded text, 0 when there is none: 12, 1.5, 二十, 1万2千, with `grouped` 1,200
 * as well. Kanji count only where no other kanji touches them but a unit.
 */
size_t form_numeral_read(const char *start, size_t at, bool grouped, double *number, bool *is_decimal);

/*
 * The bytes of the unit that `text` begins with: PLACE (番), POINT (点), or a number that units of the same amount
 * share (人 and 名).
 */
size_t form_unit_read(const char *text, int *unit);

#endif
