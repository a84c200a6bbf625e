/*
 * HTTPS to hosts of a pool, in the helper. Their certificates are self-signed, some with RSA of 1024 bits on TLS 1.0, so
 * neither a chain nor a name says anything: what counts is that the host shows a public key that the administrator has
 * pinned. Without a pin nothing is sent. Needs the OpenSSL flavour of libcurl.
 */
#ifndef KAIRAN_XEN_HTTPS_H
#define KAIRAN_XEN_HTTPS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct https;

/* One client, which keeps its connections, below `context`. */
struct https *https_open(const void *context, struct error **error);

struct https_place {
    const char *address; /* a name, an IPv4 or an IPv6 address */
    long port;
    const char *pins;    /* "sha256//…=", several separated by commas */
};

struct https_request {
    struct https_place place;
    const char *path;    /* with its query; begins with "/" */
    const char *cookies; /* "a=b; c=d", or NULL */
    const char *body;    /* NULL: GET */
    size_t length;
    long seconds;        /* for all of it; 0: as long as bytes keep coming */
    long rate;           /* bytes a second at most; 0: any */
    bool (*take)(void *closure, const char *bytes, size_t length); /* each piece; false ends the transfer */
    void *closure;
};

enum https_outcome {
    HTTPS_ANSWERED,    /* with `status`, whatever that is */
    HTTPS_UNREACHABLE, /* no connection, or it broke */
    HTTPS_STRANGER,    /* the host shows a key that is not pinned */
    HTTPS_STOPPED,     /* take() wanted no more */
};

struct https_answer {
    enum https_outcome outcome;
    long status;
    char location[1024]; /* of a redirect, else "" */
    char problem[512];   /* in words, unless answered; holds no path and no query */
};

void https_perform(struct https *https, const struct https_request *request, struct https_answer *answer);

/*
 * What a host shows of itself: {"pin": "sha256//…", "subject": "CN = …", "expires": seconds, "bits": 2048}, a new reference. With
 * `place->pins` it must be pinned; without, any key is shown and nothing is sent to it.
 */
json_t *https_certificate(struct https *https, const struct https_place *place, struct https_answer *answer);

#endif
