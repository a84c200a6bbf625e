/*
 * HTML before the parser sees it: comments, prefixed tags and elements that say nothing are left out, which is half of what
 * there is to parse, and tags with thousands of attributes, for which libxml2's time is quadratic, are closed early.
 */
#ifndef KAIRAN_MAIL_HTML_FENCE_H
#define KAIRAN_MAIL_HTML_FENCE_H

#include <stddef.h>

#include "base/buffer.h"

/* A copy below `context` that a parser may be given, within a block of its own. */
struct buffer *html_fence(const void *context, const char *html, size_t length);

#endif
