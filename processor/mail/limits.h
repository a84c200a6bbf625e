/* How much of a mail is read: what an administrator may set (base/config.h), as the reader is told it. */
#ifndef KAIRAN_MAIL_LIMITS_H
#define KAIRAN_MAIL_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

struct mail_limits {
    size_t bytes;        /* of the whole mail */
    size_t header_bytes; /* of its header, and of that of a part … */
    size_t header_lines; /* … and lines, folded ones counted as they stand */
    size_t parts;
    size_t depth; /* multiparts in multiparts; at most LIMIT_DEPTH_MOST */
};

/* The defaults of base/limits.h. */
extern const struct mail_limits mail_limits_default;

/* "parts=1000 depth=50 …": how `limits` are handed to the reader, below `context`. */
char *mail_limits_format(const void *context, const struct mail_limits *limits);

/* Reads that back; what is not named stays as it is. False when it is no such text. */
bool mail_limits_parse(const char *text, struct mail_limits *limits);

#endif
