/*
 * Templates: a Mustache subset over jansson values. Every mail Kairan sends is a view (a JSON object) rendered here;
 * no prose lives in C. {{x}} (escaped in HTML), {{{x}}} and {{&x}} (raw), {{#s}}…{{/s}}, {{^s}}…{{/s}}, {{! comment}},
 * a.b names, "." for the item, {{> part.txt}} for another template of the same language; lines that hold only a section
 * tag, a comment or a partial vanish (a partial brings its own line ends). A section is left out for false, null, 0, ""
 * and []; a list repeats it, anything else is looked into once. Names are sought from the innermost value outwards.
 */
#ifndef KAIRAN_TEXT_TEMPLATE_H
#define KAIRAN_TEXT_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

struct template_folder;

/* The templates in `path` (with one folder a language below it), read when first used and kept. */
struct template_folder *template_open_folder(const void *context, const char *path);

/*
 * Renders LANGUAGE/NAME (for example "ja", "ballot.txt") with `view` below `context`. HTML escaping is on when the
 * name ends in ".html". An unknown language falls back to "en". A missing template, a broken one, or a name that the
 * view does not have (a typing error, not an absent value: give null or false for those) is an error that names file
 * and line.
 */
char *template_render(const void *context, struct template_folder *folder, const char *language, const char *name,
                      json_t *view, struct error **error);

/* Whether there is such a template (an HTML alternative is optional). */
bool template_exists(struct template_folder *folder, const char *language, const char *name);

#endif
