/* What reminding has to remember: when somebody was last asked, who is away, who promised an answer, when to look next. */
#ifndef KAIRAN_STORE_REMINDER_H
#define KAIRAN_STORE_REMINDER_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "store/store.h"

/* Ids of the open polls whose time to look for whom to remind has come, as a talloc array. */
int64_t *store_list_polls_to_remind(const void *context, struct store *store, time_t now, struct error **error);

/* When to look next; 0: no more. */
bool store_set_remind_at(struct store *store, int64_t poll_id, time_t at, struct error **error);

/* Looks at `at`, unless it looks earlier anyway. */
bool store_hasten_reminders(struct store *store, int64_t poll_id, time_t at, struct error **error);

/* Notes that an invitation was asked; `by_clock`: by a reminder that nobody ordered. */
bool store_note_asked(struct store *store, int64_t invitation_id, time_t now, bool by_clock, struct error **error);

/* Keeps the day on which an answer is promised ("2026-01-08"); NULL: none is. */
bool store_set_promise(struct store *store, int64_t invitation_id, const char *day, struct error **error);

/* Keeps until when a person is away: a day, "" for not known, NULL for back. */
bool store_set_away(struct store *store, int64_t person_id, const char *until, struct error **error);

#endif
