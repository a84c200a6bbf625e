/*
 * How Kairan reports failure: the callee describes what happened in one sentence, the caller may add
 * what it was trying to do, and only command/ and job/ decide what is logged, mailed or tried again.
 * A function that can fail takes `struct error **error` last and returns false or NULL when it failed.
 */
#ifndef KAIRAN_BASE_ERROR_H
#define KAIRAN_BASE_ERROR_H

#include <stdbool.h>

/* Who has to act. Bugs are not errors: they abort(), and the spool file stays. */
enum error_class {
    ERROR_REFUSED,      /* the input is at fault; trying again changes nothing */
    ERROR_TEMPORARY,    /* the surroundings are at fault (disk, network, lock); try again later */
    ERROR_INSTALLATION, /* permissions, missing files, broken templates: a person must act, and mail waits */
};

struct error {
    enum error_class class;
    char *sentence;      /* for a person: what happened, to which thing, what to do */
    struct error *cause; /* what lies below, or NULL */
};

/*
 * Describes a failure into *error (`error` may be NULL: the caller does not want to know).
 * Always returns false, so that `return error_set(error, …);` is one line. *error must be NULL before;
 * the caller that is handed an error frees it with error_free().
 */
bool error_set(struct error **error, enum error_class class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The same for a failed system call: appends ": " and the text of errno. ERROR_INSTALLATION when a person must set
 * something right (permissions, names that are missing or in the way), else ERROR_TEMPORARY.
 */
bool error_set_errno(struct error **error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts a sentence on top of *error, which becomes its cause and gives it its class. Always returns false. */
bool error_add(struct error **error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The whole chain as one line, "sentence: cause: cause", allocated below `context`. */
char *error_text(const void *context, const struct error *error);

/* Frees the chain and sets *error to NULL; harmless when it is NULL already. */
void error_free(struct error **error);

#endif
