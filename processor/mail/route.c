/* Routing: see route.h. */
#include "mail/route.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "mail/token.h"

enum { CODE_SHORTEST = 4, CODE_LONGEST = 8, NUMBER_LONGEST = 6, EDITION_LONGEST = 3, NOTE_ID_LONGEST = 9 };

static const char bounce_word[] = "bounce";

const char *route_verb_name(enum route_verb verb)
{
    static const char *const names[] = {"none", "poll", "bounce", "help", "note", "form"};
    return names[verb];
}

const char *route_carrier_name(enum route_carrier carrier)
{
    static const char *const names[] = {"none", "address", "thread", "calendar", "body", "subject"};
    return names[carrier];
}

static char *lower(const void *context, const char *text, size_t length)
{
    char *copy = memory_copy_bytes(context, text, length);
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static size_t alphanumerics(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]))
        length++;
    return length;
}

/* Codes alternate letter and digit (k7q2), so that no word and no number is taken for one. */
static size_t code_length(const char *text)
{
    size_t length = alphanumerics(text);
    if (length < CODE_SHORTEST || length > CODE_LONGEST)
        return 0;
    for (size_t i = 0; i < length; i++)
        if (!isalpha((unsigned char)text[i]) != (i % 2 == 1))
            return 0;
    return length;
}

/* Those of the notes are one letter (note, person, request, digest) and an id. */
static size_t note_code_length(const char *text)
{
    static const char kinds[] = "nprd";
    size_t digits = *text ? strspn(text + 1, "0123456789") : 0;
    bool is_code = digits && digits <= NOTE_ID_LONGEST && text[1] != '0' && strchr(kinds, tolower((unsigned char)*text)) &&
                   !isalnum((unsigned char)text[1 + digits]);
    return is_code ? 1 + digits : 0;
}

bool route_parse_note_code(const char *code, char *kind, int64_t *id)
{
    size_t length = note_code_length(code);
    if (!length || code[length])
        return false;
    *kind = (char)tolower((unsigned char)*code);
    *id = strtoll(code + 1, NULL, 10);
    return true;
}

bool route_parse_reference(const void *context, const char *text, struct reference *reference)
{
    size_t code = code_length(text);
    if (!code)
        code = note_code_length(text);
    if (!code || text[code] != '-')
        return false;
    const char *number = text + code + 1;
    size_t digits = strspn(number, "0123456789");
    if (!digits || digits > NUMBER_LONGEST || number[digits] != '-')
        return false;
    const char *token = number + digits + 1;
    int edition = 1;
    size_t edition_digits = strspn(token, "0123456789");
    if (edition_digits && edition_digits <= EDITION_LONGEST && token[edition_digits] == '-') {
        edition = (int)strtol(token, NULL, 10);
        token += edition_digits + 1;
    }
    if (alphanumerics(token) != TOKEN_LETTERS)
        return false;
    *reference = (struct reference){lower(context, text, code), (int)strtol(number, NULL, 10), edition,
                                    lower(context, token, TOKEN_LETTERS)};
    return true;
}

bool route_is_ours(const struct config *config, const char *ours, const char *address, const char **extension)
{
    const char *our_at = strchr(ours, '@');
    const char *at = strrchr(address, '@');
    size_t length = (size_t)(our_at - ours);
    if (!at || strcasecmp(at, our_at) != 0 || strncasecmp(address, ours, length) != 0)
        return false;
    *extension = address + length;
    if (*extension == at)
        *extension = "";
    else if (**extension && strchr(config->delimiters, **extension))
        (*extension)++;
    else
        return false;
    return true;
}

/* Looks at one address the letter came to; true when it says where the letter belongs. */
static bool route_by_address(struct route *route, const struct config *config, const char *address)
{
    const char *extension;
    if (!address)
        return false;
    if (route_is_ours(config, config->poll_address, address, &extension)) {
        route->verb = ROUTE_POLL;
    } else if (route_is_ours(config, config->kairan_address, address, &extension)) {
        route->verb = ROUTE_HELP;
        if (strncasecmp(extension, bounce_word, sizeof bounce_word - 1) == 0) {
            route->verb = ROUTE_BOUNCE;
            extension += sizeof bounce_word - 1;
            extension += *extension == '-';
        }
    } else if (route_is_ours(config, config->note_address, address, &extension)) {
        route->verb = ROUTE_NOTE;
    } else if (route_is_ours(config, config->survey_address, address, &extension)) {
        route->verb = ROUTE_FORM;
    } else {
        return false;
    }
    route->extension = lower(route, extension, strcspn(extension, "@"));
    route->recipient = memory_copy_text(route, address);
    if (route_parse_reference(route, extension, &route->reference))
        route->carrier = CARRIER_ADDRESS;
    return true;
}

static void route_by_recipients(struct route *route, const struct config *config, const struct letter *letter)
{
    if (route_by_address(route, config, letter->original_to) || route_by_address(route, config, letter->delivered_to))
        return;
    const struct mailbox_list *const lists[] = {&letter->to, &letter->cc};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            if (route_by_address(route, config, lists[i]->mailboxes[j].address))
                return;
}

static bool route_by_thread(struct route *route, char **ids)
{
    for (size_t i = memory_count(ids); i-- > 0;) /* the nearest ancestor stands last in References */
        if (route_parse_reference(route, ids[i], &route->reference)) {
            route->carrier = CARRIER_THREAD;
            return true;
        }
    return false;
}

/* The entry that a calendar answers, "k7q2@domain": some send it to our plain address. Names the poll, proves nothing. */
static bool route_by_calendar(struct route *route, const struct config *config, const struct letter *letter)
{
    const char *uid = letter->calendar ? letter->calendar->uid : "";
    size_t length = code_length(uid);
    if (!length || uid[length] != '@' || strcasecmp(uid + length + 1, config->domain) != 0)
        return false;
    route->reference = (struct reference){.code = lower(route, uid, length), .number = -1};
    route->carrier = CARRIER_CALENDAR;
    return true;
}

/* The line that every ballot asks people to leave in: any word before the reference, quoted or not. */
static bool route_by_body(struct route *route, const char *text)
{
    static const char *const labels[] = {"整理番号", "Reference"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        for (const char *found = strstr(text, labels[i]); found; found = strstr(found + 1, labels[i])) {
            const char *behind = found + strlen(labels[i]);
            behind += strspn(behind, " :\t");
            if (route_parse_reference(route, behind, &route->reference)) {
                route->carrier = CARRIER_BODY;
                return true;
            }
        }
    return false;
}

/* "[K7Q2]" in the subject, or the bare code as the first word of subject or text: names the poll, proves nothing. */
static bool route_by_code(struct route *route, const struct letter *letter)
{
    const char *places[] = {letter->subject, letter->new_text};
    for (const char *c = strchr(letter->subject, '['); c; c = strchr(c + 1, '[')) {
        size_t length = code_length(c + 1);
        if (length && c[1 + length] == ']')
            places[0] = c + 1;
    }
    for (size_t i = 0; i < 2; i++) {
        size_t length = code_length(places[i]);
        if (!length)
            continue;
        route->reference = (struct reference){lower(route, places[i], length), -1, 0, NULL};
        route->carrier = CARRIER_SUBJECT;
        return true;
    }
    return false;
}

/* "[N12]" in the subject of what was sent about a note. */
static bool route_by_note_id(struct route *route, const char *subject)
{
    for (const char *c = strchr(subject, '['); c; c = strchr(c + 1, '[')) {
        size_t length = note_code_length(c + 1);
        if (!length || c[1 + length] != ']' || tolower((unsigned char)c[1]) != 'n')
            continue;
        route->reference = (struct reference){.code = lower(route, c + 1, length), .number = -1};
        route->carrier = CARRIER_SUBJECT;
        return true;
    }
    return false;
}

static bool is_about_note(const struct route *route)
{
    return route->reference.code && note_code_length(route->reference.code);
}

/* A mail to the notes' address is a note or about one, even when it was begun as a reply to something else. */
static void route_note(struct route *route, const struct letter *letter)
{
    bool found = route_by_thread(route, letter->in_reply_to) || route_by_thread(route, letter->references) ||
                 route_by_body(route, letter->text);
    if (found && is_about_note(route))
        return;
    route->carrier = CARRIER_NONE;
    route->reference = (struct reference){.number = -1};
    (void)route_by_note_id(route, letter->subject);
}

struct route *route_letter(const void *context, const struct config *config, const struct letter *letter)
{
    struct route *route = memory_new(context, struct route);
    route->recipient = memory_copy_text(route, "");
    route->extension = memory_copy_text(route, "");
    route->reference.number = -1;
    route_by_recipients(route, config, letter);
    if (route->verb == ROUTE_BOUNCE || route->carrier == CARRIER_ADDRESS)
        return route;
    if (route->verb == ROUTE_NOTE) {
        route_note(route, letter);
        return route;
    }
    bool found = route_by_thread(route, letter->in_reply_to) || route_by_thread(route, letter->references) ||
                 route_by_calendar(route, config, letter) || route_by_body(route, letter->text) ||
                 route_by_code(route, letter);
    if (found)
        route->verb = is_about_note(route) ? ROUTE_NOTE : ROUTE_POLL; /* a reply that reached us on another address of ours, or only by the MTA's word */
    return route;
}
