/*
 * Signs: what a single line of a signature, a visiting card or a list's footer looks like, in Japanese, English and the
 * other languages of common clients. quote.h decides with them; here nothing knows of the lines around. Pure.
 */
#ifndef KAIRAN_MAIL_SIGNS_H
#define KAIRAN_MAIL_SIGNS_H

#include "mail/span.h"

/* "-- " (RFC 3676 section 4.3), also without its blank, indented, or escaped by OpenPGP. */
bool sign_is_signature_mark(struct span line);

/* A line drawn across: at least `columns` of a few symbols that are no marks of a ballot. */
bool sign_is_rule(struct span line, size_t columns);

/* A rule with a name in it: "---- Yamada ----", "+-- 山田 --+". */
bool sign_is_border(struct span line);

/* A line of a visiting card: telephone, extension, post code, address of mail or web. */
bool sign_is_contact(struct span line);

/* The same where nothing around supports it: the line begins with such a label. */
bool sign_is_contact_alone(struct span line);

/* Short, and neither a sentence nor an answer: it may be a name or a place of work. */
bool sign_is_name(struct span line);

/* "-Abhishek", "—Yamada Taro": how some sign. */
bool sign_is_sign_off(struct span line);

/* "iPhoneから送信", "Get Outlook for iOS". */
bool sign_is_device_line(struct span line);

/* What mailing lists, groups and virus scanners put below: "To unsubscribe …", "このメールは Google グループの…". */
bool sign_is_footer(struct span line);

#endif
