/*
 * Options of a poll as people write them, in an opening mail (「定足数: 5名」) and as commands (「定足数 半数」), Japanese and
 * English, and what mails show of them. Pure.
 */
#ifndef KAIRAN_POLL_OPTION_H
#define KAIRAN_POLL_OPTION_H

#include <jansson.h>

#include "store/poll.h"

enum option_kind {
    OPTION_QUORUM,    /* 5名, 50%, 半数, 過半数, なし */
    OPTION_RESULTS,   /* 公開, 締切後, 幹事のみ */
    OPTION_ANONYMOUS, /* はい, いいえ */
    OPTION_LIMIT,     /* 2つまで, なし */
    OPTION_DURATION,  /* 2時間, 90分 */
    OPTION_RECURRENCE, /* 第3水曜 13:00-15:00, なし (text/monthly.h) */
};

/* Reads the value of an option, texts below `context`; false, and nothing changed, when it is not understood. */
bool option_read(const void *context, struct poll_options *options, enum option_kind kind, const char *value);

/* A duration in minutes ("2時間", "1時間半", "90 min"); 0: it is none. */
int option_read_minutes(const char *value);

/* How many people a quorum is, of `invited`; 0: there is none. */
long option_quorum(const struct poll_options *options, long invited);

/*
 * {"quorum":{"people","percent" (number or null),"is_majority"}|null, "results_open","results_organiser","is_anonymous",
 * "yes_most" (number or null),"recurrence" (text or null),"any"}: what a ballot tells.
 */
json_t *option_view(const struct poll_options *options);

#endif
