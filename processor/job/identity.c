/* Which mail this is: see identity.h. */
#include "job/identity.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/memory.h"

/* The lines our hook and the MTA put on top differ between deliveries of one mail; the mail begins behind them. */
static const char *skip_trace(const char *bytes, size_t length)
{
    static const char *const trace[] = {"Return-Path:", "Delivered-To:", "X-Original-To:", "X-Kairan-Queue-ID:"};
    const char *end = bytes + length;
    const char *line = bytes;
    for (bool found = true; found;) {
        found = false;
        for (size_t i = 0; i < sizeof trace / sizeof *trace; i++) {
            const char *next = memchr(line, '\n', (size_t)(end - line));
            if (next && strncasecmp(line, trace[i], strlen(trace[i])) == 0) {
                line = next + 1;
                found = true;
            }
        }
    }
    return line;
}

static char *digest(const void *context, const char *bytes, size_t length)
{
    const char *start = skip_trace(bytes, length);
    return hash_sha256(context, start, length - (size_t)(start - bytes));
}

static char *find_destination(const void *context, const struct route *route)
{
    const struct reference *reference = &route->reference;
    if ((route->verb == ROUTE_POLL || route->verb == ROUTE_NOTE) && reference->token)
        return memory_format(context, "%s-%d-%s", reference->code, reference->number, reference->token);
    char *recipient = memory_copy_text(context, route->recipient);
    for (char *c = recipient; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return recipient;
}

char *identity_of(const void *context, const struct letter *letter, const struct route *route, const char *bytes,
                  size_t length)
{
    char *whom = find_destination(context, route);
    if (letter->message_id)
        return memory_format(context, "id %s %lld %s", letter->message_id, letter->has_date ? (long long)letter->date : 0,
                             whom);
    return memory_format(context, "bytes %s %s %s", letter->queue_id ? letter->queue_id : "", digest(context, bytes, length),
                         whom);
}
