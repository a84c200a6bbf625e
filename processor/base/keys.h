/*
 * Files of sections and keys ("[mail]", "hostname = mx"), read by a table that says all about every key: its section, its
 * kind, its default and its meaning. Unknown sections, unknown keys, keys given twice and bad values are errors that
 * name file and line. config.h is one such table; whoever else has a file that people write makes another.
 */
#ifndef KAIRAN_BASE_KEYS_H
#define KAIRAN_BASE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

enum key_type {
    KEY_TEXT,
    KEY_PATH,     /* as written; the reader makes it absolute */
    KEY_NUMBER,   /* minimum to maximum, into a long */
    KEY_LANGUAGE, /* ja or en */
    KEY_DOMAIN,
    KEY_TRANSPORT, /* smtp://…, sendmail:/…, maildir:… */
    KEY_ADDRESS,   /* whole or only its local part, which has at most `maximum` octets */
    KEY_TIME,      /* of the day, "04:30", or "off": a long, in minutes since midnight, or KEYS_OFF */
    KEY_WORD,      /* one of the words with which the meaning begins: "always|never: when …" */
};

struct key {
    const char *section;
    const char *name;
    enum key_type type;
    size_t offset;        /* of the field, a char * or a long, in the struct that is filled */
    const char *fallback; /* the default */
    long minimum;
    long maximum;
    const char *meaning;
};

/* Keys of a section stand together; they are printed in this order. */
struct key_table {
    const struct key *keys;
    size_t count;
};

enum { KEYS_OFF = -1 };

/* A value that a template gives instead of leaving the default commented out. */
struct key_value {
    const char *name;
    const char *value;
};

/* The field of a text key in `fields`. */
char **keys_text_field(void *fields, const struct key *key);

/*
 * Fills `fields` (a talloc object: texts hang below it) with the defaults, then with what `text`, the contents of `file`,
 * says; `text` is cut up on the way.
 */
bool keys_read(const struct key_table *table, void *fields, const char *file, char *text, struct error **error);

/* Writes every key, its value or default and its meaning, in the form that keys_read() takes. */
void keys_print(FILE *out, const struct key_table *table, const void *fields, const char *file);

/* The text of a fresh file that begins with the line `heading`: every key with its meaning, commented out but for `given`. */
char *keys_template(const void *context, const struct key_table *table, const char *heading,
                    const struct key_value *given, size_t given_count);

#endif
