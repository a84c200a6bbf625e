/* Header fields by libetpan: see grammar.h. */
#include "mail/grammar.h"

#include <libetpan/mailimf.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/limits.h"

/* Plain ASCII without comments: what libetpan reads without a trap. */
static bool is_plain(struct span value)
{
    for (size_t i = 0; i < value.length; i++) {
        unsigned char byte = (unsigned char)value.text[i];
        if (byte >= 0x7F || byte == '(' || byte == '\\' || (byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n'))
            return false;
    }
    return value.length > 0 && value.length <= LIMIT_FIELD_BYTES;
}

typedef bool visit_mailbox(const struct mailimf_mailbox *mailbox, void *closure);

static bool visit_list(clist *mailboxes, visit_mailbox *visit, void *closure)
{
    for (clistiter *i = clist_begin(mailboxes); i; i = clist_next(i))
        if (!visit(clist_content(i), closure))
            return false;
    return true;
}

static bool visit_all(const struct mailimf_address_list *list, visit_mailbox *visit, void *closure)
{
    for (clistiter *i = clist_begin(list->ad_list); i; i = clist_next(i)) {
        const struct mailimf_address *address = clist_content(i);
        const struct mailimf_mailbox_list *members = NULL;
        if (address->ad_type == MAILIMF_ADDRESS_GROUP)
            members = address->ad_data.ad_group->grp_mb_list;
        if (address->ad_type == MAILIMF_ADDRESS_MAILBOX ? !visit(address->ad_data.ad_mailbox, closure)
                                                       : members && !visit_list(members->mb_list, visit, closure))
            return false;
    }
    return true;
}

/* Whether the address is one, and stands so in the field; around encoded words quotes stay where they are. */
static bool is_believable(const struct mailimf_mailbox *mailbox, void *closure)
{
    const struct span *value = closure;
    if (mailbox->mb_display_name && strchr(mailbox->mb_display_name, '"'))
        return false;
    size_t length = strlen(mailbox->mb_addr_spec);
    return address_is_valid(mailbox->mb_addr_spec) && memmem(value->text, value->length, mailbox->mb_addr_spec, length);
}

struct taker {
    grammar_take_mailbox *take;
    void *closure;
};

static bool hand_over(const struct mailimf_mailbox *mailbox, void *closure)
{
    const struct taker *taker = closure;
    taker->take(taker->closure, mailbox->mb_display_name ? mailbox->mb_display_name : "", mailbox->mb_addr_spec);
    return true;
}

bool grammar_read_addresses(struct span value, grammar_take_mailbox *take, void *closure)
{
    value = span_trim(value);
    struct mailimf_address_list *list = NULL;
    size_t used = 0;
    if (!is_plain(value) || mailimf_address_list_parse(value.text, value.length, &used, &list) != MAILIMF_NO_ERROR)
        return false;
    bool holds = used == value.length && visit_all(list, is_believable, &value);
    if (holds)
        visit_all(list, hand_over, &(struct taker){take, closure});
    mailimf_address_list_free(list);
    return holds;
}

/* "+0900" at the end: of all other zones libetpan makes what it likes. */
static bool ends_with_offset(struct span value)
{
    if (value.length < 6)
        return false;
    const char *offset = value.text + value.length - 5;
    if ((*offset != '+' && *offset != '-') || (offset[-1] != ' ' && offset[-1] != '\t'))
        return false;
    for (int i = 1; i <= 4; i++)
        if (offset[i] < '0' || offset[i] > '9')
            return false;
    return true;
}

bool grammar_read_date(struct span value, struct grammar_date *date)
{
    value = span_trim(value);
    struct mailimf_date_time *read = NULL;
    size_t used = 0;
    if (!is_plain(value) || !ends_with_offset(value) ||
        mailimf_date_time_parse(value.text, value.length, &used, &read) != MAILIMF_NO_ERROR)
        return false;
    int hours = abs(read->dt_zone) / 100;
    int minutes = abs(read->dt_zone) % 100;
    *date = (struct grammar_date){.year = read->dt_year,
                                  .month = read->dt_month,
                                  .day = read->dt_day,
                                  .hour = read->dt_hour,
                                  .minute = read->dt_min,
                                  .second = read->dt_sec,
                                  .offset = (read->dt_zone < 0 ? -1 : 1) * (60 * hours + minutes)};
    bool holds = used == value.length && read->dt_year >= 1970 && read->dt_year <= 9999 && hours <= 15 && minutes < 60;
    mailimf_date_time_free(read);
    return holds;
}
