/* Mail addresses: see address.h. */
#include "base/address.h"

#include <string.h>

#include "base/memory.h"

enum { LOCAL_PART_OCTETS = 64, DOMAIN_OCTETS = 255 };

static bool is_local_part(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~' || strchr("()<>[]:;@\\,\"", text[i]))
            return false;
    return length > 0 && length <= LOCAL_PART_OCTETS;
}

bool address_is_domain(const char *text)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");
    return length > 0 && length <= DOMAIN_OCTETS && !text[length];
}

bool address_is_valid(const char *text)
{
    const char *at = strchr(text, '@');
    return at && is_local_part(text, (size_t)(at - text)) && address_is_domain(at + 1);
}

char *address_lower(const void *context, const char *address)
{
    char *copy = memory_copy_text(context, address);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

const char *address_domain(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? at + 1 : "";
}
