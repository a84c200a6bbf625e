/*
 * HTML to text: the text is valid UTF-8, and a reply made of it can be taken apart.
 *
 * Seeds: mail/html.jsonl html
 */
#include <string.h>

#include "fuzz.h"
#include "mail/html.h"
#include "mail/quote.h"

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    bool is_cut;
    char *html = fuzz_text(context, bytes, length);
    char *text = html_to_text(context, html, strlen(html), &is_cut);
    FUZZ_DEMAND(fuzz_is_text(text));
    FUZZ_DEMAND(fuzz_is_text(reply_split(context, text)->new_text));
}
