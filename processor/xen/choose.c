/* Which VMs a pool's file means: see choose.h. */
#include "xen/choose.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

static const char tag_prefix[] = "tag:";
static const char field_prefix[] = "field:";

/* What XenCenter and xe call a custom field. */
static bool has_field(const json_t *vm, const char *name)
{
    static const char *const yes[] = {"yes", "true", "1", "on"};
    char *key = memory_format(NULL, "XenCenter.CustomFields.%s", name);
    const char *value = record_config(vm, "other_config", key);
    if (!*value)
        value = record_config(vm, "other_config", name);
    bool found = false;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        found = found || strcasecmp(value, yes[i]) == 0;
    talloc_free(key);
    return found;
}

static bool matches(const char *rule, const json_t *vm)
{
    if (strcmp(rule, "all") == 0)
        return true;
    if (strncmp(rule, tag_prefix, sizeof tag_prefix - 1) == 0)
        return record_has(vm, "tags", rule + sizeof tag_prefix - 1);
    if (strncmp(rule, field_prefix, sizeof field_prefix - 1) == 0)
        return has_field(vm, rule + sizeof field_prefix - 1);
    return fnmatch(rule, record_text(vm, "name_label"), 0) == 0;
}

static bool any_matches(const char *rules, const json_t *vm)
{
    char **list = settings_split(NULL, rules);
    bool found = false;
    for (size_t i = 0; i < memory_count(list); i++)
        found = found || matches(list[i], vm);
    talloc_free(list);
    return found;
}

bool choose_takes(const struct xen_settings *settings, const json_t *vm)
{
    return record_is_real_vm(vm) && any_matches(settings->choose, vm) && !any_matches(settings->exclude, vm);
}

struct named {
    const char *name;
    const char *ref;
};

static int compare(const void *a, const void *b)
{
    const struct named *first = a;
    const struct named *second = b;
    int order = strcmp(first->name, second->name);
    return order ? order : strcmp(first->ref, second->ref);
}

const char **choose_vms(const void *context, const struct xen_settings *settings, struct records *records)
{
    struct named *found = memory_array(NULL, struct named, json_object_size(records_table(records, "VM", NULL)));
    size_t count = 0;
    const char *ref;
    json_t *vm;
    json_object_foreach(records_table(records, "VM", NULL), ref, vm) {
        if (choose_takes(settings, vm))
            found[count++] = (struct named){record_text(vm, "name_label"), ref};
    }
    qsort(found, count, sizeof *found, compare);
    const char **refs = memory_array(context, const char *, count);
    for (size_t i = 0; i < count; i++)
        refs[i] = memory_copy_text(refs, found[i].ref);
    talloc_free(found);
    return refs;
}

static bool is_plain_name(const char *rule)
{
    return strcmp(rule, "all") != 0 && strncmp(rule, tag_prefix, sizeof tag_prefix - 1) != 0 &&
           strncmp(rule, field_prefix, sizeof field_prefix - 1) != 0 && !strpbrk(rule, "*?[");
}

char **choose_missing(const void *context, const struct xen_settings *settings, struct records *records)
{
    char **rules = settings_split(context, settings->choose);
    size_t count = 0;
    for (size_t i = 0; i < memory_count(rules); i++) {
        const char *ref;
        json_t *vm;
        bool found = !is_plain_name(rules[i]);
        json_object_foreach(records_table(records, "VM", NULL), ref, vm) {
            found = found || (record_is_real_vm(vm) && strcmp(record_text(vm, "name_label"), rules[i]) == 0);
        }
        if (!found)
            rules[count++] = rules[i];
    }
    return memory_resize(context, rules, char *, count);
}
