/*
 * The fields of a header: addresses, message ids, dates. An address is one, a name a line, a date one that the clock reads.
 * libetpan and the lenient readers take garbage differently, so they are not held against each other here but in the vectors.
 *
 * Seeds: mail/addresses.jsonl raw; mail/dates.jsonl raw
 */
#include <string.h>
#include <time.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/memory.h"
#include "fuzz.h"
#include "mail/address.h"
#include "mail/date.h"

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
}
