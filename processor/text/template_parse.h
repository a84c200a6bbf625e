/*
 * The form a template takes once it was read: a flat list of nodes, in which a section knows where it ends. Private to
 * template.c; parsing happens once a file, rendering a million times.
 */
#ifndef KAIRAN_TEXT_TEMPLATE_PARSE_H
#define KAIRAN_TEXT_TEMPLATE_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum node_kind {
    NODE_TEXT,
    NODE_VALUE,    /* {{x}} */
    NODE_RAW,      /* {{{x}}} {{&x}} */
    NODE_SECTION,  /* {{#x}} */
    NODE_INVERTED, /* {{^x}} */
    NODE_PARTIAL,  /* {{> x}} */
};

struct node {
    enum node_kind kind;
    int line;         /* of the tag, for error sentences */
    const char *text; /* the literal text, or the name as written; not NUL-terminated */
    size_t length;
    char *name; /* the name, its parts ("a.b" has two) each NUL-terminated, one behind the other; NULL in texts */
    int parts;  /* how many; 0 is "." */
    size_t end; /* sections: index of the first node behind it */
};

struct template
{
    char *language;
    char *name;
    char *path;         /* for error sentences */
    char *source;       /* the nodes point into it; NULL: there is no such template */
    struct node *nodes; /* talloc array */
    size_t count;
};

enum {
    TEMPLATE_NESTING = 20 /* sections within sections in one file */
};

/* Fills nodes and count of `template` from its source; a sentence with path and line when it is broken. */
bool template_parse(struct template *template, size_t length, struct error **error);

#endif
