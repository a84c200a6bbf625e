/*
 * HTML to text, as a person would read it aloud: one line a block, list items after "- ", the cells of a row on one
 * line, quote blocks behind "> ", rules as "____", links behind their words. Hidden elements and scripts are left out.
 */
#ifndef KAIRAN_MAIL_HTML_H
#define KAIRAN_MAIL_HTML_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The text of valid UTF-8 HTML below `context`, never NULL. At most LIMIT_HTML_BYTES are read and LIMIT_TEXT_BYTES
 * written; *is_cut is set when that cut something off. Memory and time are linear in `length`. `html`, a talloc text, is
 * freed: before there is a tree of it, which is several times as large.
 */
char *html_to_text(const void *context, char *html, size_t length, bool *is_cut);

#endif
