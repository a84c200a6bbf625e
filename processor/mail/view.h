/*
 * Writing views: JSON straight into a buffer. The reader writes texts of many kilobytes, and this is several times as
 * fast as building a tree of values first. Commas are put where they belong; texts must be valid UTF-8.
 */
#ifndef KAIRAN_MAIL_VIEW_H
#define KAIRAN_MAIL_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* '{' or '[' … '}' or ']'. */
void view_open(struct buffer *out, char bracket);
void view_close(struct buffer *out, char bracket);

/* A member's name; its value comes next. */
void view_add_key(struct buffer *out, const char *key);

/* Values: a text (NULL gives null), a truth, a number, an array of the texts of a talloc array. */
void view_add_text(struct buffer *out, const char *text);
void view_add_bool(struct buffer *out, bool value);
void view_add_number(struct buffer *out, size_t number);
void view_add_texts(struct buffer *out, char **texts);

#endif
