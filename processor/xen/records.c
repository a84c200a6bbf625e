/* The records of a pool: see records.h. */
#include "xen/records.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct records {
    struct client *client; /* NULL: all there is stands in `tables` */
    json_t *tables;
};

static int destroy(struct records *records)
{
    json_decref(records->tables);
    return 0;
}

struct records *records_from(const void *context, json_t *tables)
{
    struct records *records = memory_new(context, struct records);
    records->tables = memory_check(tables);
    talloc_set_destructor(records, destroy);
    return records;
}

struct records *records_open(const void *context, struct client *client, const char *uuid, struct error **error)
{
    struct records *records = records_from(context, json_object());
    records->client = client;
    const json_t *pool = records_table(records, "pool", error) ? records_pool(records) : NULL;
    if (pool && (!*uuid || strcasecmp(record_text(pool, "uuid"), uuid) == 0))
        return records;
    if (pool)
        error_set(error, ERROR_REFUSED, "the pool that answers is %s (%s), not the configured %s", record_text(pool, "uuid"),
                  record_text(pool, "name_label"), uuid);
    else if (error && !*error)
        error_set(error, ERROR_TEMPORARY, "the host that answers knows of no pool");
    talloc_free(records);
    return NULL;
}

json_t *records_table(struct records *records, const char *table, struct error **error)
{
    json_t *rows = json_object_get(records->tables, table);
    if (rows)
        return rows;
    char *method = memory_format(NULL, "%s.get_all_records", table);
    rows = records->client ? client_call(records->client, method, NULL, error) : json_object();
    talloc_free(method);
    if (rows && !json_is_object(rows)) {
        json_decref(rows);
        error_set(error, ERROR_TEMPORARY, "the pool gives no table of %s", table);
        return NULL;
    }
    if (rows)
        json_object_set_new(records->tables, table, rows);
    return rows;
}

bool records_read(struct records *records, const char *const tables[], struct error **error)
{
    for (size_t i = 0; tables[i]; i++)
        if (!records_table(records, tables[i], error))
            return false;
    return true;
}

static bool is_unknown(const struct client *client)
{
    static const char *const codes[] = {"MESSAGE_METHOD_UNKNOWN", "MESSAGE_REMOVED", "MESSAGE_DEPRECATED"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (client_failed_with(client, codes[i]))
            return true;
    return false;
}

static bool read_one_by_one(struct records *records, const char *const tables[], struct error **error)
{
    for (size_t i = 0; tables[i]; i++) {
        struct error *problem = NULL;
        if (records_table(records, tables[i], &problem))
            continue;
        if (!records->client || !is_unknown(records->client)) {
            if (error)
                *error = problem;
            else
                error_free(&problem);
            return false;
        }
        error_free(&problem);
        json_object_set_new(records->tables, tables[i], json_object());
    }
    return true;
}

/* The class of an event is the name of its table in small letters. */
static const char *table_of(const char *const tables[], const char *class)
{
    for (size_t i = 0; tables[i]; i++)
        if (strcasecmp(tables[i], class) == 0)
            return tables[i];
    return NULL;
}

static void take_events(struct records *records, const char *const tables[], const json_t *events)
{
    size_t i;
    const json_t *event;
    for (i = 0; tables[i]; i++)
        json_object_set_new(records->tables, tables[i], json_object());
    json_array_foreach(events, i, event) {
        const char *table = table_of(tables, record_text(event, "class"));
        json_t *snapshot = json_object_get(event, "snapshot");
        if (table && json_is_object(snapshot))
            json_object_set(json_object_get(records->tables, table), record_text(event, "ref"), snapshot);
    }
}

bool records_read_at_once(struct records *records, const char *const tables[], struct error **error)
{
    if (!records->client)
        return read_one_by_one(records, tables, error);
    json_t *classes = json_array();
    for (size_t i = 0; tables[i]; i++)
        json_array_append_new(classes, json_string(tables[i]));
    json_t *answer = client_call(records->client, "event.from", json_pack("[o, s, f]", classes, "", 10.0), NULL);
    const json_t *events = json_object_get(answer, "events");
    bool came = json_array_size(events) > 0;
    if (came)
        take_events(records, tables, events);
    json_decref(answer);
    return came || read_one_by_one(records, tables, error);
}

bool records_refresh(struct records *records, const char *table, const char *ref, struct error **error)
{
    if (!records->client)
        return true;
    char *method = memory_format(NULL, "%s.get_record", table);
    json_t *row = client_call(records->client, method, json_pack("[s]", ref), error);
    talloc_free(method);
    return row && json_object_set_new(json_object_get(records->tables, table), ref, row) == 0;
}

const json_t *records_find(const struct records *records, const char *table, const char *ref)
{
    return ref ? json_object_get(json_object_get(records->tables, table), ref) : NULL;
}

size_t records_count_disks(const struct records *records, const char *vm_ref)
{
    size_t count = 0;
    size_t i;
    const json_t *ref;
    json_array_foreach(json_object_get(records_find(records, "VM", vm_ref), "VBDs"), i, ref) {
        count += record_is_disk(records_find(records, "VBD", json_string_value(ref)));
    }
    return count;
}

static void *first_pool(const struct records *records)
{
    return json_object_iter(json_object_get(records->tables, "pool"));
}

const json_t *records_pool(const struct records *records)
{
    void *first = first_pool(records);
    return first ? json_object_iter_value(first) : NULL;
}

const char *records_pool_ref(const struct records *records)
{
    void *first = first_pool(records);
    return first ? json_object_iter_key(first) : "";
}

const json_t *records_master(struct records *records)
{
    return records_find(records, "host", record_text(records_pool(records), "master"));
}

const char *record_text(const json_t *record, const char *field)
{
    const char *text = json_string_value(json_object_get(record, field));
    return text ? text : "";
}

int64_t record_number(const json_t *record, const char *field)
{
    const json_t *value = json_object_get(record, field);
    if (json_is_integer(value))
        return json_integer_value(value);
    return json_is_string(value) ? strtoll(json_string_value(value), NULL, 10) : 0;
}

bool record_flag(const json_t *record, const char *field)
{
    return json_is_true(json_object_get(record, field));
}

const char *record_config(const json_t *record, const char *map, const char *key)
{
    return record_text(json_object_get(record, map), key);
}

bool record_has(const json_t *record, const char *list, const char *value)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(record, list), i, item) {
        const char *text = json_string_value(item);
        if (text && strcmp(text, value) == 0)
            return true;
    }
    return false;
}

bool record_is_disk(const json_t *vbd)
{
    return vbd && strcmp(record_text(vbd, "type"), "Disk") == 0 && !record_flag(vbd, "empty");
}

bool record_is_real_vm(const json_t *vm)
{
    return !record_flag(vm, "is_a_template") && !record_flag(vm, "is_a_snapshot") && !record_flag(vm, "is_control_domain");
}
