/* Auto-replies: by what they are told, and until when their person is away. Pure. */
#ifndef KAIRAN_MAIL_VACATION_H
#define KAIRAN_MAIL_VACATION_H

#include "mail/classify.h"

/* The field that marks an auto-reply (beside Auto-Submitted), or NULL. */
const char *vacation_field(const struct header *header);

/* Subjects that only programs write: "Automatic reply: …", "自動応答: …". Never "Re: …". */
bool vacation_is_subject(struct span subject);

/* "vacation: …" and the like, in front of what may be the subject that is answered, or a person's topic. */
bool vacation_is_topic(struct span subject);

/* Subjects that persons write, too ("Out of office next week"): something else must speak for a program. */
bool vacation_is_likely_subject(struct span subject);

/* Whether the text speaks of an absence, or of its being written by a program. */
bool vacation_is_text(const char *text);

/* The last day of absence that the subject or the text states, "2026-01-07" below `context`; NULL when none. */
char *vacation_read_end(const void *context, const struct classify_input *input);

#endif
