/*
 * Answers of calendars: whatever a mail brings, what is read of it is text that may be kept and shown, and an answer has
 * its method and the entry that it is about.
 *
 * Seeds: mail/calendar_replies.jsonl calendar
 */
#include <string.h>

#include "fuzz.h"
#include "mail/calendar_read.h"

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    const struct calendar_reply *reply = calendar_read_reply(context, bytes, length);
    if (!reply)
        return;
    FUZZ_DEMAND(strcmp(reply->method, "REPLY") == 0 || strcmp(reply->method, "COUNTER") == 0);
    FUZZ_DEMAND(*reply->uid && fuzz_is_line(reply->uid));
    FUZZ_DEMAND(reply->sequence >= 0);
    FUZZ_DEMAND(fuzz_is_line(reply->attendee) && fuzz_is_line(reply->partstat) && fuzz_is_text(reply->comment));
    FUZZ_DEMAND(!reply->stamp || fuzz_is_line(reply->stamp));
    FUZZ_DEMAND(!reply->start || fuzz_is_line(reply->start));
    FUZZ_DEMAND(!reply->end || (reply->start && fuzz_is_line(reply->end)));
}
