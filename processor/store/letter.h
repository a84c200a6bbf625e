/* Letters taken in: one row a mail and recipient, the guard against doing anything twice. */
#ifndef KAIRAN_STORE_LETTER_H
#define KAIRAN_STORE_LETTER_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "store/store.h"

struct letter_record {
    int64_t id;
    const char *identity;
    time_t received_at;
    const char *sender;
    const char *recipient;
    const char *message_id; /* or NULL */
    const char *subject;
    const char *class;
    const char *verdict;
    const char *reason;
    const char *archive; /* path of the raw mail below the archive folder */
};

/*
 * Enters a letter and gives it its id, with the verdict "taken"; *is_new is false, and nothing is changed, when this
 * mail to this recipient is known already.
 */
bool store_enter_letter(struct store *store, struct letter_record *record, bool *is_new, struct error **error);

/* Where a letter that is known already lies in the archive, as its record says, below `context`. */
char *store_find_archive(const void *context, struct store *store, const char *identity, struct error **error);

/* Says what became of it. */
bool store_set_verdict(struct store *store, int64_t id, const char *verdict, const char *reason, struct error **error);

/* Counts by verdict since an instant, for `kairan status`: calls `each` in order of the verdict's name. */
bool store_count_letters(struct store *store, time_t since, void (*each)(void *closure, const char *verdict, int64_t count),
                             void *closure, struct error **error);

/* Counts one automatic answer to an address on a day ("2026-01-15"); *allowed is false beyond `most`. */
bool store_allow_answer(struct store *store, const char *address, const char *day, long most, bool *allowed,
                         struct error **error);

/* Forgets what was counted before a day. */
bool store_forget_answers(struct store *store, const char *day, struct error **error);

#endif
