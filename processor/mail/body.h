/*
 * Bodies: the best text of a mail as lines of UTF-8. Transfer encoding, charset, format=flowed (RFC 3676) and HTML are
 * all behind it; line ends are "\n", and there are no controls but "\n" and tabs.
 */
#ifndef KAIRAN_MAIL_BODY_H
#define KAIRAN_MAIL_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "mail/part.h"

struct body {
    char *text;      /* never NULL */
    char *charset;   /* the label as found, "" when there was none */
    size_t replaced; /* U+FFFD that stand for undecodable bytes */
    bool is_guessed; /* the charset was not what the label said */
    bool is_cut;     /* there was more than LIMIT_TEXT_BYTES or LIMIT_HTML_BYTES */
    bool is_html;
};

/* Reads the text of a mail below `context`; "" when no part is one. */
struct body body_read(const void *context, const struct part_list *list);

#endif
