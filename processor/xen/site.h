/*
 * The site that updates come from, in the helper: catalogues, and later the updates themselves. A web server like any other: its
 * certificate is checked by name and chain when it speaks HTTPS, and nothing that it sends is believed before it was looked at.
 */
#ifndef KAIRAN_XEN_SITE_H
#define KAIRAN_XEN_SITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* One transfer from a URL (http:// or https://), or from a file when `source` is a path. */
struct site_request {
    const char *source;
    long seconds; /* at most */
    long rate;    /* bytes a second at most; 0: any */
    int64_t from; /* only what follows so many bytes; a site that cannot do that is an error */
    bool (*take)(void *closure, const char *bytes, size_t length); /* each piece; false ends the transfer */
    void *closure;
};

struct site_answer {
    long status;       /* of HTTP, 0 when there was none */
    int64_t length;    /* of what was to come, -1: the site did not say */
    bool was_stopped;  /* take() wanted no more */
    bool cannot_resume;
};

/* True when all of it came with status 200 (206 for a part); redirections are followed, a few. */
bool site_fetch(const struct site_request *request, struct site_answer *answer, struct error **error);

/*
 * The catalogue at `source` (catalogue.h) with {"problem": null, "fetched_at": seconds} beside it. When it cannot be had, the last
 * good copy, kept as the file `copy`, with the problem in words and the time when it was fetched; NULL when there is none either.
 */
json_t *site_read_catalogue(const char *source, const char *copy, struct error **error);

#endif
