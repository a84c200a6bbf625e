/* The limits of the reader as words: see limits.h. */
#include "mail/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

const struct mail_limits mail_limits_default = {.bytes = LIMIT_LETTER_BYTES,
                                                .header_bytes = LIMIT_HEADER_BYTES,
                                                .header_lines = LIMIT_HEADER_LINES,
                                                .parts = LIMIT_PARTS,
                                                .depth = LIMIT_DEPTH};

static const struct {
    const char *name;
    size_t offset;
    size_t most;
} words[] = {
    {"bytes=", offsetof(struct mail_limits, bytes), LIMIT_LETTER_BYTES},
    {"header_bytes=", offsetof(struct mail_limits, header_bytes), LIMIT_LETTER_BYTES},
    {"header_lines=", offsetof(struct mail_limits, header_lines), LIMIT_LETTER_BYTES},
    {"parts=", offsetof(struct mail_limits, parts), LIMIT_LETTER_BYTES},
    {"depth=", offsetof(struct mail_limits, depth), LIMIT_DEPTH_MOST},
};

char *mail_limits_format(const void *context, const struct mail_limits *limits)
{
    char *text = memory_copy_text(context, "");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t value;
        memcpy(&value, (const char *)limits + words[i].offset, sizeof value);
        text = memory_format(context, "%s%s%s%zu", text, i ? " " : "", words[i].name, value);
    }
    return text;
}

/* One word; moves on behind it. */
static bool take_word(const char **text, struct mail_limits *limits)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i].name);
        if (strncmp(*text, words[i].name, length) != 0 || strspn(*text + length, "0123456789") == 0)
            continue;
        char *end;
        errno = 0;
        unsigned long value = strtoul(*text + length, &end, 10);
        if (errno || value > words[i].most || (*end && *end != ' '))
            return false;
        memcpy((char *)limits + words[i].offset, &(size_t){value}, sizeof(size_t));
        *text = end + strspn(end, " ");
        return true;
    }
    return false;
}

bool mail_limits_parse(const char *text, struct mail_limits *limits)
{
    while (*text)
        if (!take_word(&text, limits))
            return false;
    return true;
}
