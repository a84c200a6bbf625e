/*
 * The fields of a header: addresses, message ids, dates. An address is one, a name a line, a date one that the clock reads.
 * Of dates, libetpan and the lenient reader say the same where both read one; of what is no address one of them may make one,
 * so those are compared in the vectors alone.
 *
 * Seeds: mail/addresses.jsonl raw; mail/dates.jsonl raw
 */
#include <string.h>
#include <time.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "fuzz.h"
#include "mail/address.h"
#include "mail/date.h"

/* A comment, which libetpan is not shown, leaves a date to the lenient reader: what both read is the same. */
static void compare_dates(const void *context, struct span value, const char *date)
{
    struct buffer *longer = buffer_new(context, value.length + 3);
    buffer_add(longer, value.text, value.length);
    buffer_add_text(longer, " ()");
    const char *lenient = date_read(context, (struct span){longer->bytes, longer->length});
    FUZZ_DEMAND(!date || !lenient || strcmp(date, lenient) == 0);
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    struct span value = {bytes, length};
    struct mailbox_list list = {0};
    address_read_list(context, value, &list);
    for (size_t i = 0; i < list.count; i++)
        FUZZ_DEMAND(address_is_valid(list.mailboxes[i].address) && fuzz_is_line(list.mailboxes[i].name));
    char **ids = address_read_ids(context, value);
    for (size_t i = 0; i < memory_count(ids); i++)
        FUZZ_DEMAND(*ids[i] && !strpbrk(ids[i], " <>") && fuzz_is_line(ids[i]));
    time_t time;
    char *date = date_read(context, value);
    FUZZ_DEMAND(!date || clock_parse(date, &time));
    compare_dates(context, value, date);
}
