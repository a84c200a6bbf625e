/* Dumps of a pool's database: see dump.h. */
#include "xen/dump.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MOST_BYTES = 256 * 1024 * 1024, PIECE = 16 * 1024 };

struct dump {
    xmlParserCtxtPtr parser;
    size_t read;
    bool is_database; /* the root is <database> */
    bool has_vms;     /* there is <table name="VM"> */
    int depth;
    int64_t generation;
};

static int destroy(struct dump *dump)
{
    xmlFreeParserCtxt(dump->parser);
    return 0;
}

static const char *attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (strcmp((const char *)attributes[0], name) == 0 && attributes[1])
            return (const char *)attributes[1];
    return "";
}

static void begin_element(void *user, const xmlChar *name, const xmlChar **attributes)
{
    struct dump *dump = user;
    int depth = dump->depth++;
    if (depth == 0)
        dump->is_database = strcmp((const char *)name, "database") == 0;
    else if (depth == 1 && strcmp((const char *)name, "table") == 0 && strcmp(attribute(attributes, "name"), "VM") == 0)
        dump->has_vms = true;
    else if (depth == 2 && strcmp((const char *)name, "pair") == 0 && strcmp(attribute(attributes, "key"), "generation_count") == 0)
        dump->generation = strtoll(attribute(attributes, "value"), NULL, 10);
}

static void end_element(void *user, const xmlChar *name)
{
    struct dump *dump = user;
    (void)name;
    dump->depth--;
}

static void refuse_doctype(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    struct dump *dump = user;
    (void)name;
    (void)external;
    (void)system;
    xmlStopParser(dump->parser);
}

struct dump *dump_begin(const void *context, struct error **error)
{
    static xmlSAXHandler handler = {
        .startElement = begin_element, .endElement = end_element, .internalSubset = refuse_doctype};
    struct dump *dump = memory_new(context, struct dump);
    dump->parser = xmlCreatePushParserCtxt(&handler, dump, NULL, 0, NULL);
    if (!dump->parser || xmlCtxtUseOptions(dump->parser, XML_PARSE_NONET | XML_PARSE_HUGE) != 0) {
        error_set(error, ERROR_TEMPORARY, "libxml2 does not start");
        talloc_free(dump);
        return NULL;
    }
    talloc_set_destructor(dump, destroy);
    return dump;
}

static bool tell(struct error **error)
{
    return error_set(error, ERROR_REFUSED, "what came is no dump of a pool's database, or not all of it");
}

bool dump_feed(struct dump *dump, const char *bytes, size_t length, struct error **error)
{
    dump->read += length;
    if (dump->read > MOST_BYTES)
        return tell(error);
    for (size_t at = 0; at < length; at += PIECE)
        if (xmlParseChunk(dump->parser, bytes + at, length - at < PIECE ? (int)(length - at) : PIECE, 0) != XML_ERR_OK)
            return tell(error);
    return true;
}

bool dump_end(struct dump *dump, struct error **error)
{
    if (xmlParseChunk(dump->parser, NULL, 0, 1) == XML_ERR_OK && dump->is_database && dump->has_vms)
        return true;
    return tell(error);
}

int64_t dump_generation(const struct dump *dump)
{
    return dump->generation;
}
