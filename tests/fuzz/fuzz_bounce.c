/*
 * Bounces: the body of one, as a report in parts and as plain text. The view becomes a letter, whose form is checked there.
 *
 * Seeds: mail/senders.jsonl mail; mail/classify.jsonl mail
 */
#include <jansson.h>
#include <string.h>

#include "base/buffer.h"
#include "fuzz.h"
#include "mail/letter.h"

static void read_below(const void *context, const char *head, const char *bytes, size_t length)
{
    struct buffer *mail = buffer_new(context, strlen(head) + length);
    buffer_add_text(mail, head);
    buffer_add(mail, bytes, length);
    char *answer = letter_read_view(context, mail->bytes, mail->length, NULL, NULL, NULL);
    if (!answer)
        return;
    json_t *view = json_loads(answer, 0, NULL);
    struct letter *letter = letter_from_view(context, view, NULL);
    FUZZ_DEMAND(letter != NULL);
    FUZZ_DEMAND(letter->class != LETTER_HUMAN || letter->may_answer || !letter->return_path || *letter->return_path);
    FUZZ_DEMAND(letter->class != LETTER_BOUNCE || (!letter->may_answer && !letter->may_count));
    json_decref(view);
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    read_below(context, "Return-Path: <>\nFrom: MAILER-DAEMON@example.org\nSubject: Undelivered Mail\n"
                        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n", bytes, length);
    read_below(context, "Return-Path: <>\nFrom: MAILER-DAEMON@example.org\nSubject: failure notice\n\n", bytes, length);
    read_below(context, "Return-Path: <>\nFrom: MAILER-DAEMON@example.org\n", bytes, length);
}
