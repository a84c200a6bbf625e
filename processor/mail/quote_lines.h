/* The lines of a reply while it is taken apart: what the passes of quote.c, quote_marks.c and quote_signature.c share.
 */
#ifndef KAIRAN_MAIL_QUOTE_LINES_H
#define KAIRAN_MAIL_QUOTE_LINES_H

#include <stdbool.h>

#include "mail/quote.h"
#include "mail/span.h"

static inline struct span quote_line(const struct reply *reply, size_t i)
{
    return (struct span){reply->lines[i].text, reply->lines[i].length};
}

static inline bool quote_is_blank(const struct reply *reply, size_t i)
{
    return span_trim(quote_line(reply, i)).length == 0;
}

/* Whether nothing has claimed the line yet. */
static inline bool quote_is_new(const struct reply *reply, size_t i)
{
    return i < reply->count && reply->lines[i].kind == REPLY_NEW;
}

static inline bool quote_holds_text(const struct reply *reply, size_t i)
{
    return quote_is_new(reply, i) && !quote_is_blank(reply, i);
}

/* Claims the lines from first up to `end` that nothing has claimed. */
static inline void quote_claim(struct reply *reply, size_t first, size_t end, enum reply_kind kind)
{
    for (size_t i = first; i < end; i++)
        if (reply->lines[i].kind == REPLY_NEW)
            reply->lines[i].kind = kind;
}

/* Splits the text into lines and finds the quote marks at their starts: ">", "＞", "|", "YK>", ": ". */
void quote_find_marks(struct reply *reply, const char *text);

/* Makes the lines from first up to `end` quoted ones with a mark of that many bytes. */
void quote_add_mark(struct reply *reply, size_t first, size_t end, size_t length);

/* Signatures, visiting cards and footers of lists, in what is still new. */
void quote_find_signatures(struct reply *reply);

#endif
