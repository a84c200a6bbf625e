/*
 * Where Kairan's own files lie: in the build tree while it is run from there, else where `make install` put them.
 */
#ifndef KAIRAN_BASE_PLACE_H
#define KAIRAN_BASE_PLACE_H

/* The path of a helper program ("kairan-reader") below `context`. Whether it can be run shows when it is started. */
char *place_helper(const void *context, const char *name);

/* The folder of the templates below `context`. */
char *place_templates(const void *context);

#endif
