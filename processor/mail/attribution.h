/*
 * What stands above a quote: attributions ("On … wrote:", "2026年1月10日(土) 13:00 山田 <…>:"), header blocks
 * ("差出人: … 送信日時: …") and delimiters ("-----Original Message-----"), told by their look: a date, an address, a
 * colon, words of many languages where those do not suffice. Nothing here knows of the lines around. Pure.
 */
#ifndef KAIRAN_MAIL_ATTRIBUTION_H
#define KAIRAN_MAIL_ATTRIBUTION_H

#include "mail/span.h"

/* How sure a paragraph is an attribution. */
enum attribution {
    ATTRIBUTION_NONE,
    ATTRIBUTION_ABOVE_FIRST, /* one when the first quote of the mail follows: further down it may be an answer */
    ATTRIBUTION_ABOVE_QUOTE, /* one when a quote follows */
    ATTRIBUTION_ANYWHERE,    /* one without looking at what follows: sender, full date, time and closing words */
};

enum attribution attribution_judge(struct span paragraph);

/* Whether one may begin with this line: "On Sat, …", "2026/01/10 …", "(2026-01-10 …", "In message <…>". */
bool attribution_begins(struct span line);

/* Whether the line can only be the head of a longer one: a message id, or the words that lead to one. */
bool attribution_is_head(struct span line);

/* Whether the paragraph says when: a date with its year. */
bool attribution_is_dated(struct span paragraph);

/* The header line of an Outlook-like block, as a bit a field; 0 when it is none. */
enum header_label {
    HEADER_FROM = 1,
    HEADER_DATE = 2,
    HEADER_TO = 4,
    HEADER_SUBJECT = 8,
    HEADER_OTHER = 16,
};

unsigned attribution_header_label(struct span line);

/* "-----Original Message-----", "----- 元のメッセージ -----", "Begin forwarded message:", "---- Yamada wrote ----". */
bool attribution_is_delimiter(struct span line);

/* A line with dashes at both ends: a delimiter in any language, where a header block follows. */
bool attribution_is_framed(struct span line);

/* "name@host.domain" somewhere; what stands around it does not matter. Message ids look so, too. */
bool attribution_holds_address(struct span span);

#endif
