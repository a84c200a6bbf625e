/* Instants as XAPI writes them: see instant.h. */
#include "xen/instant.h"

#include <stdlib.h>
#include <string.h>

json_t *instant_make(time_t instant)
{
    struct tm fields;
    char text[32];
    gmtime_r(&instant, &fields);
    strftime(text, sizeof text, "%Y%m%dT%H:%M:%SZ", &fields);
    return json_pack("{s:s}", XEN_INSTANT_TAG, text);
}

bool instant_parse(const json_t *value, time_t *instant)
{
    struct tm fields = {0};
    const char *text = json_string_value(json_is_object(value) ? json_object_get(value, XEN_INSTANT_TAG) : value);
    if (!text)
        return false;
    const char *end = strptime(text, strlen(text) > 4 && text[4] == '-' ? "%Y-%m-%dT%H:%M:%S" : "%Y%m%dT%H:%M:%S", &fields);
    if (!end || (*end && *end != 'Z' && *end != '.' && *end != '+' && *end != '-'))
        return false;
    *instant = timegm(&fields);
    if ((*end == '+' || *end == '-') && strlen(end) >= 3) {
        long hours = strtol((char[]){end[1], end[2], '\0'}, NULL, 10);
        *instant -= (*end == '+' ? 1 : -1) * hours * 3600;
    }
    return *instant > 0;
}
