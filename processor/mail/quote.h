/*
 * The anatomy of a reply: which lines this person wrote, which are quoted, which is the attribution, where the
 * signature begins. Structure first, words second. Pure.
 */
#ifndef KAIRAN_MAIL_QUOTE_H
#define KAIRAN_MAIL_QUOTE_H

#include <stddef.h>

enum reply_kind {
    REPLY_NEW,         /* written by this person, blank lines between included */
    REPLY_QUOTED,      /* carries a quote mark, or belongs to an unmarked quoted block */
    REPLY_ATTRIBUTION, /* "2026年1月10日(土) 13:00 山田 <…>:" and Outlook's header blocks */
    REPLY_SIGNATURE,
    REPLY_DELIMITER, /* "-----Original Message-----", "________" */
    REPLY_FOOTER,    /* what a mailing list or a virus scanner put below */
};

struct reply_line {
    const char *text; /* into the source; without the line end */
    size_t length;
    unsigned depth;       /* quote marks at its start */
    const char *unquoted; /* behind those marks; reaches to text + length */
    enum reply_kind kind;
};

struct reply {
    struct reply_line *lines; /* talloc array */
    size_t count;
    char *new_text;  /* the REPLY_NEW lines, blank ends trimmed */
    char *signature; /* "" when none */
};

/* Takes a UTF-8 text apart below `context`; the lines point into `text`, which must outlive the result. */
struct reply *reply_split(const void *context, const char *text);

#endif
