/* Catalogues of updates: see catalogue.h. */
#include "xen/catalogue.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

enum {
    MOST_BYTES = 16 * 1024 * 1024,
    MOST_DEPTH = 16,
    MOST_RECORDS = 50 * 1000, /* versions, patches and references together; ten years of patches are 3,000 */
    MOST_VALUE = 8 * 1024,
    PIECE = 16 * 1024, /* libxml2 keeps a copy of what it is fed; a short one stays in the processor's cache */
};

/* Where the parser is: the elements that matter, each below the one before. */
enum place { OUTSIDE, ROOT, VERSIONS, VERSION, MINIMAL, PATCHES, PATCH, CONFLICTS, REQUIREMENTS, REFERENCE, ELSEWHERE };

static const struct {
    enum place parent;
    const char *name;
    enum place place;
} grammar[] = {
    {OUTSIDE, "patchdata", ROOT},
    {ROOT, "serverversions", VERSIONS},
    {VERSIONS, "version", VERSION},
    {VERSION, "patch", REFERENCE},
    {VERSION, "minimalpatches", MINIMAL},
    {MINIMAL, "patch", REFERENCE},
    {ROOT, "patches", PATCHES},
    {PATCHES, "patch", PATCH},
    {PATCH, "conflictingpatches", CONFLICTS},
    {CONFLICTS, "conflictingpatch", REFERENCE},
    {PATCH, "requiredpatches", REQUIREMENTS},
    {REQUIREMENTS, "requiredpatch", REFERENCE},
};

struct catalogue {
    xmlParserCtxtPtr parser;
    const char *problem; /* the first thing that is wrong */
    size_t read;
    int records;
    enum place places[MOST_DEPTH];
    int depth;
    json_t *versions;
    json_t *patches;
    json_t *record; /* the version or patch that is being read, borrowed */
    char newest[32];
    bool is_catalogue;
};

static int destroy(struct catalogue *catalogue)
{
    json_decref(catalogue->versions);
    json_decref(catalogue->patches);
    if (catalogue->parser && catalogue->parser->myDoc)
        xmlFreeDoc(catalogue->parser->myDoc);
    xmlFreeParserCtxt(catalogue->parser);
    return 0;
}

static void stop(struct catalogue *catalogue, const char *problem)
{
    if (!catalogue->problem)
        catalogue->problem = problem;
    xmlStopParser(catalogue->parser);
}

static enum place find_place(enum place parent, const char *name)
{
    for (size_t i = 0; i < sizeof grammar / sizeof *grammar; i++)
        if (grammar[i].parent == parent && strcmp(grammar[i].name, name) == 0)
            return grammar[i].place;
    return ELSEWHERE;
}

/* Attributes */

static const char *attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (strcmp((const char *)attributes[0], name) == 0 && attributes[1])
            return (const char *)attributes[1];
    return "";
}

static bool fits(const xmlChar **attributes)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (attributes[1] && strlen((const char *)attributes[1]) > MOST_VALUE)
            return false;
    return true;
}

/* libxml2 leaves "&" in values as "&#38;" unless it may put entities in, which it must not. */
static void set_text(json_t *record, const char *name, const char *value)
{
    static const char ampersand[] = "&#38;";
    char text[MOST_VALUE + 1];
    size_t length = 0;
    if (!strstr(value, ampersand)) {
        json_object_set_new_nocheck(record, name, json_string_nocheck(value)); /* libxml2 hands out nothing but UTF-8 */
        return;
    }
    for (; *value && length < MOST_VALUE; length++) {
        bool is_ampersand = strncmp(value, ampersand, sizeof ampersand - 1) == 0;
        text[length] = *value;
        value += is_ampersand ? sizeof ampersand - 1 : 1;
    }
    text[length] = '\0';
    json_object_set_new(record, name, json_string(text));
}

static void set_number(json_t *record, const char *name, const char *value, long fallback)
{
    char *end;
    long long number = strtoll(value, &end, 10);
    json_object_set_new(record, name, json_integer(*value && !*end && number >= 0 ? number : fallback));
}

static void set_flag(json_t *record, const char *name, const char *value)
{
    json_object_set_new(record, name, json_boolean(strcasecmp(value, "true") == 0));
}

/* In small letters, for catalogues and hosts write them as they like. "" when it is no uuid. */
static void read_uuid(const xmlChar **attributes, char uuid[40])
{
    const char *value = attribute(attributes, "uuid");
    size_t length = strlen(value);
    if (length > 36)
        length = 0;
    for (size_t i = 0; i < length; i++)
        uuid[i] = (char)tolower((unsigned char)value[i]);
    uuid[length] = '\0';
}

/* Elements */

static void begin_version(struct catalogue *catalogue, const xmlChar **attributes)
{
    json_t *version = json_object();
    set_text(version, "value", attribute(attributes, "value"));
    set_text(version, "name", attribute(attributes, "name"));
    set_text(version, "build", attribute(attributes, "build-number"));
    set_text(version, "eligibility", attribute(attributes, "hotfix-eligibility"));
    set_text(version, "eol", attribute(attributes, "eol-date"));
    json_object_set_new(version, "patches", json_array());
    json_object_set_new(version, "minimal", json_null());
    json_array_append_new(catalogue->versions, version);
    catalogue->record = version;
}

static void begin_patch(struct catalogue *catalogue, const xmlChar **attributes)
{
    static const char *const texts[][2] = {{"name", "name-label"},        {"description", "name-description"},
                                           {"guidance", "after-apply-guidance"}, {"page", "url"},
                                           {"url", "patch-url"},          {"timestamp", "timestamp"},
                                           {"stream", "update-stream"}};
    char uuid[40];
    read_uuid(attributes, uuid);
    json_t *patch = json_object();
    set_text(patch, "uuid", uuid);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        set_text(patch, texts[i][0], attribute(attributes, texts[i][1]));
    set_flag(patch, "is_mandatory", attribute(attributes, "guidance-mandatory"));
    set_flag(patch, "is_live", attribute(attributes, "contains-livepatch"));
    set_number(patch, "priority", attribute(attributes, "priority"), 2);
    set_number(patch, "install_bytes", attribute(attributes, "installation-size"), 0);
    set_number(patch, "bytes", attribute(attributes, "download-size"), 0);
    json_object_set_new(patch, "conflicts", json_array());
    json_object_set_new(patch, "requires", json_array());
    const char *timestamp = attribute(attributes, "timestamp");
    if (strlen(timestamp) < sizeof catalogue->newest && strcmp(timestamp, catalogue->newest) > 0)
        strncpy(catalogue->newest, timestamp, sizeof catalogue->newest - 1);
    if (*uuid)
        json_object_set_new(catalogue->patches, uuid, patch);
    else
        json_decref(patch); /* nothing could ever refer to it */
    catalogue->record = json_object_get(catalogue->patches, uuid);
}

static void add_reference(struct catalogue *catalogue, enum place parent, const xmlChar **attributes)
{
    const char *list = parent == VERSION ? "patches" : parent == MINIMAL ? "minimal" : parent == CONFLICTS ? "conflicts" : "requires";
    char uuid[40];
    read_uuid(attributes, uuid);
    json_t *uuids = json_object_get(catalogue->record, list);
    if (*uuid && json_is_array(uuids))
        json_array_append_new(uuids, json_string(uuid));
}

static void begin_element(void *user, const xmlChar *name, const xmlChar **attributes)
{
    struct catalogue *catalogue = user;
    if (catalogue->problem)
        return;
    enum place parent = catalogue->depth ? catalogue->places[catalogue->depth - 1] : OUTSIDE;
    enum place place = find_place(parent, (const char *)name);
    if (catalogue->depth == MOST_DEPTH || !fits(attributes)) {
        stop(catalogue, catalogue->depth == MOST_DEPTH ? "it is nested too deeply" : "one of its values is too long");
        return;
    }
    catalogue->places[catalogue->depth++] = place;
    if (place == ROOT)
        catalogue->is_catalogue = true;
    if (place != VERSION && place != PATCH && place != REFERENCE && place != MINIMAL)
        return;
    if (++catalogue->records > MOST_RECORDS)
        stop(catalogue, "it holds too many records");
    else if (place == VERSION)
        begin_version(catalogue, attributes);
    else if (place == PATCH)
        begin_patch(catalogue, attributes);
    else if (place == REFERENCE)
        add_reference(catalogue, parent, attributes);
    else
        json_object_set_new(catalogue->record, "minimal", json_array());
}

static void end_element(void *user, const xmlChar *name)
{
    struct catalogue *catalogue = user;
    (void)name;
    if (catalogue->depth)
        catalogue->depth--;
}

static void refuse_doctype(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    stop(user, "it has a document type");
}

static void keep_quiet(void *user, const char *message, ...)
{
    (void)user;
    (void)message;
}

struct catalogue *catalogue_begin(const void *context, struct error **error)
{
    static xmlSAXHandler handler = {.startElement = begin_element,
                                    .endElement = end_element,
                                    .internalSubset = refuse_doctype,
                                    .warning = keep_quiet,
                                    .error = keep_quiet,
                                    .fatalError = keep_quiet};
    struct catalogue *catalogue = memory_new(context, struct catalogue);
    catalogue->versions = json_array();
    catalogue->patches = json_object();
    catalogue->parser = xmlCreatePushParserCtxt(&handler, catalogue, NULL, 0, NULL);
    talloc_set_destructor(catalogue, destroy);
    if (catalogue->parser && xmlCtxtUseOptions(catalogue->parser, XML_PARSE_NONET) == 0)
        return catalogue;
    error_set(error, ERROR_TEMPORARY, "libxml2 does not start");
    talloc_free(catalogue);
    return NULL;
}

static bool tell(const struct catalogue *catalogue, struct error **error)
{
    return error_set(error, ERROR_REFUSED, "what came is no catalogue of updates: %s",
                     catalogue->problem ? catalogue->problem : "it is no XML, or not all of it");
}

bool catalogue_feed(struct catalogue *catalogue, const char *bytes, size_t length, struct error **error)
{
    catalogue->read += length;
    if (catalogue->read > MOST_BYTES) {
        catalogue->problem = "it is too large";
        return tell(catalogue, error);
    }
    for (size_t at = 0; at < length; at += PIECE)
        if (xmlParseChunk(catalogue->parser, bytes + at, length - at < PIECE ? (int)(length - at) : PIECE, 0) != XML_ERR_OK ||
            catalogue->problem)
            return tell(catalogue, error);
    return true;
}

json_t *catalogue_end(struct catalogue *catalogue, struct error **error)
{
    bool whole = xmlParseChunk(catalogue->parser, NULL, 0, 1) == XML_ERR_OK && !catalogue->problem;
    if (whole && !catalogue->is_catalogue)
        catalogue->problem = "it does not begin with <patchdata>";
    if (!whole || catalogue->problem) {
        tell(catalogue, error);
        return NULL;
    }
    return json_pack("{s:O, s:O, s:s}", "versions", catalogue->versions, "patches", catalogue->patches, "newest",
                     catalogue->newest);
}
