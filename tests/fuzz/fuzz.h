/*
 * What every fuzzer shares. A fuzzer is one file tests/fuzz/fuzz_NAME.c that defines fuzz_one(): it hands strangers' bytes
 * to one part of Kairan and demands what that part's header promises. "Seeds:" in the comment at its head names what it
 * starts from (tests/fuzz/run).
 */
#ifndef KAIRAN_TESTS_FUZZ_H
#define KAIRAN_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>

/* One input, with a NUL behind it; what is allocated below `context` is freed afterwards. */
void fuzz_one(const void *context, const char *bytes, size_t length);

/* Ends the program, and so finds a fault, when a promise is broken. */
#define FUZZ_DEMAND(promise) fuzz_demand(promise, #promise, __FILE__, __LINE__)
void fuzz_demand(bool is_kept, const char *promise, const char *file, int line);

/* The bytes as a text such as the reader makes of them: valid UTF-8 without NUL. For parts that are promised one. */
char *fuzz_text(const void *context, const char *bytes, size_t length);

/* Whether a text is valid UTF-8; and a line also holds none of what utf8_control_length() tells. */
bool fuzz_is_text(const char *text);
bool fuzz_is_line(const char *text);

/* The bytes up to the first line end, as a text below `context`; moves on behind it. For inputs of several parts. */
char *fuzz_take_line(const void *context, const char **bytes, size_t *length);

#endif
