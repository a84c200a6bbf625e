/* What the tests of mail/ share: bytes and expectations out of a case of tests/vectors/mail/. */
#ifndef KAIRAN_TESTS_MAIL_CASE_H
#define KAIRAN_TESTS_MAIL_CASE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "mail/transfer.h"

static inline const char *case_text(json_t *entry, const char *key)
{
    const char *text = json_string_value(json_object_get(entry, key));
    return text ? text : "";
}

/* The bytes of `key`: as text, or, when that is missing, of `key`64 in base64 (for bytes that are no UTF-8). */
static inline char *case_bytes(const void *context, json_t *entry, const char *key, size_t *length)
{
    json_t *value = json_object_get(entry, key);
    if (value) {
        *length = json_string_length(value);
        return memory_copy_bytes(context, json_string_value(value), *length);
    }
    char *encoded = memory_format(context, "%s64", key);
    const char *text = case_text(entry, encoded);
    return transfer_decode_base64(context, text, strlen(text), length);
}

/* Whether the text is the expected one; prints both when not. */
static inline bool case_is(json_t *entry, const char *key, const char *text)
{
    const char *expected = case_text(entry, key);
    if (text && strcmp(text, expected) == 0)
        return true;
    fprintf(stderr, "%s: %s\n  expected \"%s\"\n  found    \"%s\"\n", case_text(entry, "case"), key, expected,
            text ? text : "(nothing)");
    return false;
}

#endif
