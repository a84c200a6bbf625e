/*
 * The fields of a header: addresses, message ids, dates. An address is one, a name a line, a date one that the clock reads.
 * Where libetpan and the lenient readers both have an answer, it is the same; a comment, which it is not shown, makes them read.
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
#include "mail/grammar.h"

static void ignore_mailbox(void *closure, const char *phrase, const char *address)
{
    (void)closure;
    (void)phrase;
    (void)address;
}

static void compare_readers(const void *context, struct span value, const struct mailbox_list *list)
{
    struct buffer *longer = buffer_new(context, value.length + 3);
    buffer_add(longer, value.text, value.length);
    buffer_add_text(longer, " ()");
    struct span commented = {longer->bytes, longer->length};
    struct grammar_date date;
    const char *read = date_read(context, value);
    if (grammar_read_date(value, &date) && read) {
        const char *lenient = date_read(context, commented);
        FUZZ_DEMAND(!lenient || strcmp(read, lenient) == 0);
    }
    if (!grammar_read_addresses(value, ignore_mailbox, NULL))
        return;
    struct mailbox_list lenient = {0};
    address_read_list(context, commented, &lenient);
    FUZZ_DEMAND(lenient.count == list->count);
    for (size_t i = 0; i < list->count; i++)
        FUZZ_DEMAND(strcmp(lenient.mailboxes[i].address, list->mailboxes[i].address) == 0);
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    struct span value = {bytes, length};
    struct mailbox_list list = {0};
    address_read_list(context, value, &list);
    for (size_t i = 0; i < list.count; i++)
        FUZZ_DEMAND(address_is_valid(list.mailboxes[i].address) && fuzz_is_line(list.mailboxes[i].name));
    compare_readers(context, value, &list);
    char **ids = address_read_ids(context, value);
    for (size_t i = 0; i < memory_count(ids); i++)
        FUZZ_DEMAND(*ids[i] && !strpbrk(ids[i], " <>") && fuzz_is_line(ids[i]));
    time_t time;
    char *date = date_read(context, value);
    FUZZ_DEMAND(!date || clock_parse(date, &time));
}
