/* The tables of mail/charset, made by charset_tables.py when Kairan is built: the indexes and labels of the WHATWG Encoding
 * Standard, and what mail needs beyond it. */
#ifndef KAIRAN_MAIL_CHARSET_TABLES_H
#define KAIRAN_MAIL_CHARSET_TABLES_H

#include <stddef.h>
#include <stdint.h>

enum encoding {
    ENCODING_UNKNOWN, /* no label, or one that says nothing */
    ENCODING_UTF8,
    ENCODING_ISO_2022_JP,
    ENCODING_ISO_2022_JP_MAIL, /* a dialect that only mail knows */
    ENCODING_SHIFT_JIS,
    ENCODING_EUC_JP,
    ENCODING_HZ,            /* RFC 1843 */
    ENCODING_SINGLE,        /* one byte a character, by a table */
    ENCODING_LIBRARY,       /* by the C library … */
    ENCODING_LIBRARY_MODAL, /* … and bytes below 0x80 are not always ASCII */
};

struct charset_label {
    const char *name; /* lower case */
    enum encoding encoding;
    size_t single;       /* which of charset_singles */
    const char *library; /* the C library's name, else "" */
};

/* The label in any case, blanks and quotes around it ignored; NULL when it is not known. */
const struct charset_label *charset_find_label(const char *label);

/* Every name that a label of the C library's has, NULL at the end. */
extern const char *const charset_library_names[];

/* Code points, 0 for none; rows of 94 cells. All of JIS X 0208's are in the Basic Multilingual Plane, as the others are. */
enum { JIS_ROW = 94, JIS0208_CELLS = 120 * JIS_ROW, JIS0212_CELLS = JIS_ROW * JIS_ROW };
extern const uint16_t charset_jis0208[JIS0208_CELLS];
extern const uint16_t charset_jis0212[JIS0212_CELLS];
extern const uint16_t charset_singles[][128]; /* of the bytes from 0x80 */

#endif
