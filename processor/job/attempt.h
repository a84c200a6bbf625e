/*
 * The attempt file: which letter is being handled right now. When handling one ends the program (a bug, a kill), the
 * next run sees the name and counts; after ATTEMPTS_MOST it is the letter that is set aside, not the service. It guards
 * against crashes, not power cuts, so it is never synced.
 */
#ifndef KAIRAN_JOB_ATTEMPT_H
#define KAIRAN_JOB_ATTEMPT_H

#include "base/error.h"

enum { ATTEMPTS_MOST = 3 };

struct attempt;

/* Opens spool/attempt below `context`. */
struct attempt *attempt_open(const void *context, const char *spool, struct error **error);

/* Notes the letter at hand; returns the how manyeth attempt at it this is (1: the first). */
int attempt_begin(struct attempt *attempt, const char *name);

/* The letters noted so far are done with. */
void attempt_end(struct attempt *attempt);

#endif
