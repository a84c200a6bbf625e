/* Which updates hosts lack: see updates.h. What stands in a catalogue is in catalogue.h. */
#include "xen/updates.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "xen/updates_applied.h"

enum { MOST_ROUNDS = 200 }; /* of looking what can be applied next; real chains have five links */

/* Words as catalogues and hosts write them; a restart of the host is one of everything below it. */
void updates_set_guidance(json_t *update, const char *words)
{
    bool host = strcasestr(words, "restartHost") || strcasestr(words, "RebootHost");
    bool toolstack = strcasestr(words, "restartXAPI") || strcasestr(words, "RestartToolstack");
    bool vms = strcasestr(words, "restartHVM") || strcasestr(words, "restartPV") || strcasestr(words, "RestartVM") ||
               strcasestr(words, "RestartDeviceModel");
    json_object_set_new(update, "guidance", json_pack("{s:b, s:b, s:b}", "host", (int)host, "toolstack", (int)(toolstack && !host),
                                                      "vms", (int)(vms && !host)));
}

json_t *updates_make(const char *id, const char *name, const char *description)
{
    json_t *update = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:s, s:[], s:[], s:b, s:b, s:b, s:b, s:b}", "id", id, "name",
                               name, "description", description, "page", "", "url", "", "bytes", 0, "install_bytes", 0, "priority",
                               2, "timestamp", "", "requires", "conflicts", "is_next", 1, "is_blocked", 0, "is_licensed_only", 0,
                               "is_dismissed", 0, "is_new", 0);
    updates_set_guidance(memory_check(update), "");
    return update;
}

/* Names such as XS71 or CH82 stand for whole releases, not for updates of one. */
static bool is_release(const char *name)
{
    if (strncmp(name, "XS", 2) != 0 && strncmp(name, "CH", 2) != 0)
        return false;
    size_t digits = strspn(name + 2, "0123456789");
    return digits >= 2 && name[2 + digits] == '\0';
}

static bool is_in(const json_t *set, const char *id)
{
    return json_object_get(set, id) != NULL;
}

/* Whether all of a list of ids is in one of two sets; `wanted`: whether any is. */
static bool all_in(const json_t *ids, const json_t *one, const json_t *other)
{
    size_t i;
    const json_t *id;
    json_array_foreach(ids, i, id)
        if (!is_in(one, json_string_value(id)) && !is_in(other, json_string_value(id)))
            return false;
    return true;
}

static bool any_in(const json_t *ids, const json_t *one, const json_t *other)
{
    size_t i;
    const json_t *id;
    json_array_foreach(ids, i, id)
        if (is_in(one, json_string_value(id)) || is_in(other, json_string_value(id)))
            return true;
    return false;
}

/* What a catalogue says about one host's version. */
struct version {
    json_t *listed;      /* sets of ids, in the catalogue's order */
    json_t *recommended; /* NULL: no version that fits says what is */
    const char *eligibility;
    const char *eol;
    bool is_known;
};

static void add_ids(json_t *set, const json_t *ids, const json_t *patches)
{
    size_t i;
    const json_t *id;
    json_array_foreach(ids, i, id) {
        const json_t *patch = json_object_get(patches, json_string_value(id));
        if (patch && !is_release(record_text(patch, "name"))) /* catalogues refer to what they do not hold */
            json_object_set_new(set, json_string_value(id), json_true());
    }
}

/* A version fits by its build number; only one without any fits by its value, "6.5.0" or "6.5.0.oem". */
static bool version_fits(const json_t *version, const json_t *host)
{
    const char *build = record_text(version, "build");
    const char *value = record_text(version, "value");
    const char *product = record_config(host, "software_version", "product_version");
    size_t length = strlen(product);
    if (*build)
        return strcmp(build, record_config(host, "software_version", "build_number")) == 0;
    return length && strncmp(value, product, length) == 0 && (value[length] == '\0' || value[length] == '.');
}

static struct version read_version(const json_t *catalogue, const json_t *host)
{
    struct version found = {.listed = json_object(), .eligibility = "", .eol = ""};
    const json_t *patches = json_object_get(catalogue, "patches");
    size_t i;
    const json_t *version;
    json_array_foreach(json_object_get(catalogue, "versions"), i, version) {
        if (!version_fits(version, host))
            continue;
        const json_t *minimal = json_object_get(version, "minimal");
        found.is_known = true;
        add_ids(found.listed, json_object_get(version, "patches"), patches);
        if (json_is_array(minimal)) {
            found.recommended = found.recommended ? found.recommended : json_object();
            add_ids(found.recommended, minimal, patches);
        }
        found.eligibility = *record_text(version, "eligibility") ? record_text(version, "eligibility") : found.eligibility;
        found.eol = *record_text(version, "eol") ? record_text(version, "eol") : found.eol;
    }
    return found;
}

/* XenCenter's rule: what can be applied now, with nothing before it. */
static json_t *list_offered(const json_t *patches, json_t *listed, const json_t *applied)
{
    json_t *offered = json_array();
    json_t *nothing = json_object();
    const char *id;
    json_t *value;
    json_object_foreach(listed, id, value) {
        const json_t *patch = json_object_get(patches, id);
        if (!is_in(applied, id) && all_in(json_object_get(patch, "requires"), applied, nothing) &&
            !any_in(json_object_get(patch, "conflicts"), applied, nothing))
            json_array_append_new(offered, json_string(id));
    }
    json_decref(nothing);
    return offered;
}

/* One round: appends to `sequence` whatever of `wanted` can be applied behind it. */
static bool extend(const json_t *patches, json_t *wanted, const json_t *applied, json_t *sequence)
{
    bool grown = false;
    const char *id;
    json_t *value;
    json_object_foreach(wanted, id, value) {
        const json_t *patch = json_object_get(patches, id);
        if (is_in(applied, id) || is_in(sequence, id) || !all_in(json_object_get(patch, "requires"), applied, sequence) ||
            any_in(json_object_get(patch, "conflicts"), applied, sequence))
            continue;
        json_object_set_new(sequence, id, json_true());
        grown = true;
    }
    return grown;
}

/* Adds to `wanted` what its members require and the version lists. */
static bool want_more(const json_t *patches, const json_t *listed, const json_t *applied, json_t *wanted)
{
    json_t *more = json_object();
    const char *id;
    json_t *value;
    json_object_foreach(wanted, id, value) {
        size_t i;
        const json_t *required;
        if (!is_in(applied, id))
            json_array_foreach(json_object_get(json_object_get(patches, id), "requires"), i, required)
                if (is_in(listed, json_string_value(required)) && !is_in(wanted, json_string_value(required)))
                    json_object_set_new(more, json_string_value(required), json_true());
    }
    bool grown = json_object_size(more) > 0;
    json_object_update(wanted, more);
    json_decref(more);
    return grown;
}

static json_t *list_names(const json_t *patches, const json_t *ids)
{
    json_t *names = json_array();
    size_t i;
    const json_t *id;
    json_array_foreach(ids, i, id) {
        const char *name = record_text(json_object_get(patches, json_string_value(id)), "name");
        json_array_append_new(names, json_string(*name ? name : json_string_value(id)));
    }
    return names;
}

/* What is true of a host whatever the update. */
struct host_state {
    const json_t *patches;
    const json_t *applied;
    const char *dismissed;
    const char *eligibility;
    bool is_free;
};

static json_t *view_update(const struct host_state *state, const char *id, bool is_blocked)
{
    static const char *const same[] = {"page", "url", "bytes", "install_bytes", "priority", "timestamp"};
    const json_t *patch = json_object_get(state->patches, id);
    const json_t *requires = json_object_get(patch, "requires");
    json_t *nothing = json_object();
    json_t *update = updates_make(id, record_text(patch, "name"), record_text(patch, "description"));
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        json_object_set(update, same[i], json_object_get(patch, same[i]));
    updates_set_guidance(update, record_text(patch, "guidance"));
    json_object_set_new(update, "requires", list_names(state->patches, requires));
    json_object_set_new(update, "conflicts", list_names(state->patches, json_object_get(patch, "conflicts")));
    json_object_set_new(update, "is_next", json_boolean(!is_blocked && all_in(requires, state->applied, nothing)));
    json_object_set_new(update, "is_blocked", json_boolean(is_blocked));
    json_object_set_new(update, "is_dismissed", json_boolean(strcasestr(state->dismissed, id) != NULL));
    json_object_set_new(update, "is_licensed_only",
                        json_boolean(state->is_free && (strcmp(record_text(patch, "stream"), "premium") == 0 ||
                                                        strcmp(state->eligibility, "premium") == 0)));
    json_decref(nothing);
    return update;
}

/* The sequence, and behind it what is wanted but can never be applied as things are. */
static json_t *list_missing(const struct host_state *state, json_t *wanted, json_t *sequence)
{
    json_t *missing = json_array();
    const char *id;
    json_t *value;
    json_object_foreach(sequence, id, value)
        json_array_append_new(missing, view_update(state, id, false));
    json_object_foreach(wanted, id, value)
        if (!is_in(state->applied, id) && !is_in(sequence, id) &&
            !any_in(json_object_get(json_object_get(state->patches, id), "conflicts"), state->applied, sequence))
            json_array_append_new(missing, view_update(state, id, true));
    return missing;
}

static void find_missing(struct records *records, const json_t *catalogue, json_t *view)
{
    const char *ref = record_text(view, "ref");
    const json_t *host = records_find(records, "host", ref);
    const json_t *patches = json_object_get(catalogue, "patches");
    struct version version = read_version(catalogue, host);
    json_t *applied = updates_applied_to(records, ref);
    json_t *wanted = json_deep_copy(version.recommended ? version.recommended : version.listed);
    json_t *sequence = json_object();
    struct host_state state = {.patches = patches,
                               .applied = applied,
                               .dismissed = record_config(records_pool(records), "other_config", "XenCenter.IgnorePatches"),
                               .eligibility = version.eligibility,
                               .is_free = strcmp(record_config(host, "license_params", "sku_type"), "free") == 0 ||
                                          strcmp(record_text(host, "edition"), "free") == 0};
    for (int i = 0; i < MOST_ROUNDS; i++)
        if (!extend(patches, wanted, applied, sequence) && !want_more(patches, version.listed, applied, wanted))
            break;
    json_object_set_new(view, "missing", list_missing(&state, wanted, sequence));
    json_object_set_new(view, "listed", list_offered(patches, version.listed, applied));
    json_object_set_new(view, "is_known", json_boolean(version.is_known));
    json_object_set_new(view, "has_selection", json_boolean(version.recommended != NULL));
    json_object_set_new(view, "eligibility", json_string(version.eligibility));
    json_object_set_new(view, "eol", json_string(version.eol));
    json_decref(sequence);
    json_decref(wanted);
    json_decref(applied);
    json_decref(version.listed);
    json_decref(version.recommended);
}

void updates_find_missing(struct records *records, const json_t *catalogue, json_t *hosts)
{
    size_t i;
    json_t *view;
    json_array_foreach(hosts, i, view)
        find_missing(records, catalogue, view);
}
