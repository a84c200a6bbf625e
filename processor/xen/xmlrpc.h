/*
 * XML-RPC as XAPI speaks it. Values are jansson's: strings (refs, enums and 64-bit integers are strings on the wire, too),
 * booleans, reals, arrays and objects; instants are those of xen/instant.h. Answers are read while they arrive, whatever
 * generation of XAPI wrote them: with or without a prolog, strings tagged or not. No document type, no entities, and limits on
 * bytes, depth and members.
 */
#ifndef KAIRAN_XEN_XMLRPC_H
#define KAIRAN_XEN_XMLRPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* The body of a call below `context`; `params` is an array. */
char *xmlrpc_write_call(const void *context, const char *method, const json_t *params);

/* A reader of one document, below `context`, that refuses more than `maximum` bytes. */
struct xmlrpc_reader *xmlrpc_begin(const void *context, size_t maximum, struct error **error);

/*
 * Leaves out the members of structs, `depth` structs deep, whose names are unwanted: they are checked as XML and not looked at
 * further.
 */
void xmlrpc_leave_out(struct xmlrpc_reader *reader, int depth, bool (*is_unwanted)(const char *name));

/* The next bytes. False when the document is broken; the reader is of no more use then. */
bool xmlrpc_feed(struct xmlrpc_reader *reader, const char *bytes, size_t length, struct error **error);

/*
 * The end: {"method": name or null, "params": [values], "fault": value or null}, a new reference. A document that is one bare
 * value (as in exports and in results of tasks) gives that as the only parameter.
 */
json_t *xmlrpc_end(struct xmlrpc_reader *reader, struct error **error);

/* All of the above for a whole document. */
json_t *xmlrpc_read(const char *bytes, size_t length, struct error **error);

/*
 * What an answer says: the value on success (a new reference); else NULL, and *failure is XAPI's ErrorDescription (an array of
 * strings, code first; a new reference) or NULL when the answer makes no sense (then *error tells).
 */
json_t *xmlrpc_take_value(const json_t *document, json_t **failure, struct error **error);

#endif
