/*
 * Signs: what a single line (or a short paragraph) of a reply looks like, in Japanese, English and the other languages
 * of common clients. quote.h decides with them; here nothing knows of the lines around. Pure.
 */
#ifndef KAIRAN_MAIL_SIGNS_H
#define KAIRAN_MAIL_SIGNS_H

#include <stdbool.h>
#include <stddef.h>

/* Part of a UTF-8 text. */
struct span {
    const char *text;
    size_t length;
};

/* Without blanks (ideographic ones too) at both ends. */
struct span span_trim(struct span span);

/* Whether it holds, begins with or ends with a NUL-terminated word, ASCII case ignored. */
bool span_holds(struct span span, const char *word);
bool span_begins(struct span span, const char *word);
bool span_ends(struct span span, const char *word);

/* How sure a paragraph is an attribution ("On … wrote:", "2026年1月10日(土) 13:00 山田 <…>:"). */
enum attribution {
    ATTRIBUTION_NONE,
    ATTRIBUTION_ABOVE_QUOTE, /* one when a quote follows */
    ATTRIBUTION_ANYWHERE,    /* one without looking at what follows: sender, full date, time and closing words */
};

enum attribution sign_attribution(struct span paragraph);

/* Whether an attribution may begin with this line: "On Sat, …", "2026/01/10 …", "(2026-01-10 …". */
bool sign_begins_attribution(struct span line);

/* The header line of an Outlook-like block, as a bit a field; 0 when it is none. */
enum header_label {
    HEADER_FROM = 1,
    HEADER_DATE = 2,
    HEADER_TO = 4,
    HEADER_SUBJECT = 8,
    HEADER_OTHER = 16,
};

unsigned sign_header_label(struct span line);

/* "-----Original Message-----", "----- 元のメッセージ -----", "Begin forwarded message:". */
bool sign_is_delimiter(struct span line);

/* A line drawn across: at least `columns` of a few symbols that are no marks of a ballot. */
bool sign_is_rule(struct span line, size_t columns);

/* A line of a visiting card: telephone, extension, post code, address of mail or web. */
bool sign_is_contact(struct span line);

/* The same where nothing around supports it: the line begins with such a label. */
bool sign_is_contact_alone(struct span line);

/* "iPhoneから送信", "Get Outlook for iOS". */
bool sign_is_device_line(struct span line);

/* The columns it takes in a fixed-pitch font: one for ASCII, two for anything else. */
size_t sign_width(struct span line);

#endif
