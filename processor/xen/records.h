/*
 * The records of a pool, read table by table when first asked for and kept: a run reads everything once, decides, and
 * then acts. Records are XAPI's own (jansson objects); refs are valid for this session only.
 */
#ifndef KAIRAN_XEN_RECORDS_H
#define KAIRAN_XEN_RECORDS_H

#include <jansson.h>
#include <stdint.h>

#include "xen/client.h"

struct records;

/*
 * Records read through `client`, below `context`. Refused when the pool has another uuid than the configured one: an ejected
 * host is a master of its own with the same password, and what it says must not pass for the pool.
 */
struct records *records_open(const void *context, struct client *client, const char *uuid, struct error **error);

/* Records from a document {"VM": {ref: record, …}, …} instead, for tests and replays; takes the reference. */
struct records *records_from(const void *context, json_t *tables);

/* A whole table, "VM" or "host_metrics": ref to record, borrowed. NULL when it cannot be read. */
json_t *records_table(struct records *records, const char *table, struct error **error);

/* Reads the named tables (NULL-terminated), so that what follows cannot fail. */
bool records_read(struct records *records, const char *const tables[], struct error **error);

/*
 * The same in one call (event.from), or in one a table where a pool does not know that. A table that the pool has not, because it is
 * too old or too new for it, is empty.
 */
bool records_read_at_once(struct records *records, const char *const tables[], struct error **error);

/* Reads one record of a table anew, before it is acted on. */
bool records_refresh(struct records *records, const char *table, const char *ref, struct error **error);

/* One record of a table that was read; NULL for the null ref and for what is not there. Borrowed. */
const json_t *records_find(const struct records *records, const char *table, const char *ref);

/* How many real disks a VM has. The tables "VM" and "VBD" must have been read. */
size_t records_count_disks(const struct records *records, const char *vm_ref);

/* The record and the ref of the pool, and the record of its master. */
const json_t *records_pool(const struct records *records);
const char *records_pool_ref(const struct records *records);
const json_t *records_master(struct records *records);

/* Fields; what is missing is "", 0, false, an empty list. */
const char *record_text(const json_t *record, const char *field);
int64_t record_number(const json_t *record, const char *field); /* 64-bit integers are strings on the wire */
bool record_flag(const json_t *record, const char *field);
const char *record_config(const json_t *record, const char *map, const char *key);
bool record_has(const json_t *record, const char *list, const char *value);

/* Whether it is the VBD of a real disk. */
bool record_is_disk(const json_t *vbd);

/* A VM that people use: no template, no snapshot, no control domain. */
bool record_is_real_vm(const json_t *vm);

#endif
