/* XML-RPC as XAPI speaks it: see xmlrpc.h. libxml2 tells us of elements one by one; values grow on a stack. */
#include "xen/xmlrpc.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "xen/instant.h"

enum {
    MOST_DEPTH = 200,                /* elements within each other; XAPI's deepest answers have 20 */
    MOST_TEXT = 16 * 1024 * 1024,    /* one string */
    MOST_VALUES = 4 * 1000 * 1000,   /* in one document: a pool of 2,000 VMs has 300,000 */
    MOST_CALL = 300 * 1024,          /* XAPI takes no longer request */
    MOST_WHOLE = 64 * 1024 * 1024,
};

/* Writing */

static void add_escaped(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            buffer_add_text(out, "&amp;");
        else if (*text == '<')
            buffer_add_text(out, "&lt;");
        else if (*text == '>')
            buffer_add_text(out, "&gt;");
        else if ((unsigned char)*text >= ' ' || *text == '\t' || *text == '\n' || *text == '\r')
            buffer_add_byte(out, *text);
    }
}

static void add_scalar(struct buffer *out, const char *tag, const char *text)
{
    buffer_format(out, "<%s>", tag);
    add_escaped(out, text);
    buffer_format(out, "</%s>", tag);
}

static void add_value(struct buffer *out, const json_t *value);

static void add_array(struct buffer *out, const json_t *array)
{
    size_t count = json_array_size(array);
    buffer_add_text(out, count ? "<array><data>" : "<array><data/></array>");
    for (size_t i = 0; i < count; i++)
        add_value(out, json_array_get(array, i));
    if (count)
        buffer_add_text(out, "</data></array>");
}

/* json_object_iter() wants a json_t * and changes nothing. */
static json_t *unconst(const json_t *value)
{
    union {
        const json_t *ours;
        json_t *theirs;
    } same = {.ours = value};
    return same.theirs;
}

static void add_struct(struct buffer *out, const json_t *object)
{
    const char *key;
    json_t *member;
    buffer_add_text(out, json_object_size(object) ? "<struct>" : "<struct/>");
    json_object_foreach(unconst(object), key, member) {
        buffer_add_text(out, "<member>");
        add_scalar(out, "name", key);
        add_value(out, member);
        buffer_add_text(out, "</member>");
    }
    if (json_object_size(object))
        buffer_add_text(out, "</struct>");
}

static void add_value(struct buffer *out, const json_t *value)
{
    char number[40];
    const char *instant = json_object_size(value) == 1 ? json_string_value(json_object_get(value, XEN_INSTANT_TAG)) : NULL;
    buffer_add_text(out, "<value>");
    if (instant)
        add_scalar(out, XEN_INSTANT_TAG, instant);
    else if (json_is_array(value))
        add_array(out, value);
    else if (json_is_object(value))
        add_struct(out, value);
    else if (json_is_boolean(value))
        add_scalar(out, "boolean", json_is_true(value) ? "1" : "0");
    else if (json_is_string(value))
        add_scalar(out, "string", json_string_value(value));
    else if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        add_scalar(out, "string", number);
    } else {
        snprintf(number, sizeof number, "%.6f", json_real_value(value));
        add_scalar(out, "double", number);
    }
    buffer_add_text(out, "</value>");
}

char *xmlrpc_write_call(const void *context, const char *method, const json_t *params)
{
    struct buffer *out = buffer_new(context, MOST_CALL);
    buffer_add_text(out, "<?xml version=\"1.0\" ?><methodCall>");
    add_scalar(out, "methodName", method);
    buffer_add_text(out, "<params>");
    for (size_t i = 0; i < json_array_size(params); i++) {
        buffer_add_text(out, "<param>");
        add_value(out, json_array_get(params, i));
        buffer_add_text(out, "</param>");
    }
    buffer_add_text(out, "</params></methodCall>\n");
    if (!out->overflowed)
        return buffer_take(out, context);
    talloc_free(out);
    return NULL;
}

/* Reading */

enum element {
    OUTSIDE,
    METHOD_CALL,
    METHOD_NAME,
    METHOD_RESPONSE,
    PARAMS,
    PARAM,
    FAULT,
    VALUE,
    ARRAY,
    DATA,
    STRUCT,
    MEMBER,
    NAME,
    STRING,
    INTEGER,
    BOOLEAN,
    DOUBLE,
    INSTANT,
    NIL,
    UNKNOWN,
};

static const struct {
    const char *name;
    enum element element;
    enum element parents[4];
} grammar[] = {
    {"value", VALUE, {PARAM, DATA, MEMBER, FAULT}},
    {"string", STRING, {VALUE}},
    {"struct", STRUCT, {VALUE}},
    {"member", MEMBER, {STRUCT}},
    {"name", NAME, {MEMBER}},
    {"array", ARRAY, {VALUE}},
    {"data", DATA, {ARRAY}},
    {"boolean", BOOLEAN, {VALUE}},
    {"double", DOUBLE, {VALUE}},
    {"dateTime.iso8601", INSTANT, {VALUE}},
    {"int", INTEGER, {VALUE}},
    {"i4", INTEGER, {VALUE}},
    {"i8", INTEGER, {VALUE}},
    {"nil", NIL, {VALUE}},
    {"base64", STRING, {VALUE}},
    {"methodResponse", METHOD_RESPONSE, {OUTSIDE}},
    {"methodCall", METHOD_CALL, {OUTSIDE}},
    {"methodName", METHOD_NAME, {METHOD_CALL}},
    {"params", PARAMS, {METHOD_RESPONSE, METHOD_CALL}},
    {"param", PARAM, {PARAMS}},
    {"fault", FAULT, {METHOD_RESPONSE}},
};

/* A value that is not complete yet. */
struct growing {
    json_t *value;     /* NULL: no element in it so far, a bare string */
    size_t key;        /* where the name of the member that is being read stands in `keys` */
    size_t key_length;
    bool has_key;
};

struct xmlrpc_reader {
    xmlParserCtxtPtr parser;
    size_t read;
    size_t maximum;
    const char *problem; /* the first thing that is wrong */
    enum element elements[MOST_DEPTH];
    int depth;
    struct growing values[MOST_DEPTH];
    int value_depth;
    long value_count;
    struct buffer *text;
    struct buffer *keys; /* of all members that are not complete yet */
    bool (*is_unwanted)(const char *name);
    int unwanted_depth; /* in structs */
    int struct_depth;
    bool skips_next;    /* the value of an unwanted member comes next */
    int skipped;        /* elements of it that are open */
    json_t *params;
    json_t *fault;
    char *method;
};

static int destroy(struct xmlrpc_reader *reader)
{
    for (int i = 0; i < reader->value_depth; i++)
        json_decref(reader->values[i].value);
    json_decref(reader->params);
    json_decref(reader->fault);
    xmlFreeParserCtxt(reader->parser);
    return 0;
}

static void stop(struct xmlrpc_reader *reader, const char *problem)
{
    if (reader->problem)
        return;
    reader->problem = problem;
    xmlStopParser(reader->parser);
}

static enum element find_element(const char *name, enum element parent)
{
    for (size_t i = 0; i < sizeof grammar / sizeof *grammar; i++) {
        if (strcmp(grammar[i].name, name) != 0)
            continue;
        for (size_t j = 0; j < 4 && (j == 0 || grammar[i].parents[j] != OUTSIDE); j++)
            if (grammar[i].parents[j] == parent)
                return grammar[i].element;
        return parent == OUTSIDE && grammar[i].element == VALUE ? VALUE : UNKNOWN;
    }
    return UNKNOWN;
}

static void begin_value(struct xmlrpc_reader *reader)
{
    struct growing *parent = reader->value_depth ? &reader->values[reader->value_depth - 1] : NULL;
    if (++reader->value_count > MOST_VALUES)
        stop(reader, "it holds too many values");
    else if (parent && json_is_object(parent->value) && !parent->has_key)
        stop(reader, "a member has no name");
    else
        reader->values[reader->value_depth++] = (struct growing){.key = reader->keys->length};
}

static void begin_struct(struct xmlrpc_reader *reader, struct growing *top)
{
    reader->struct_depth++;
    if (top)
        top->value = json_object();
}

static bool skip_element(struct xmlrpc_reader *reader)
{
    if (!reader->skips_next && !reader->skipped)
        return false;
    reader->skips_next = false;
    if (reader->depth + ++reader->skipped > MOST_DEPTH)
        stop(reader, "it is nested too deeply");
    return true;
}

static void begin_element(void *user, const xmlChar *name, const xmlChar **attributes)
{
    struct xmlrpc_reader *reader = user;
    (void)attributes;
    if (reader->problem || skip_element(reader))
        return;
    enum element parent = reader->depth ? reader->elements[reader->depth - 1] : OUTSIDE;
    enum element element = find_element((const char *)name, parent);
    if (element == UNKNOWN || reader->depth == MOST_DEPTH) {
        stop(reader, element == UNKNOWN ? "an element stands where XML-RPC has none" : "it is nested too deeply");
        return;
    }
    reader->elements[reader->depth++] = element;
    buffer_clear(reader->text);
    struct growing *top = reader->value_depth ? &reader->values[reader->value_depth - 1] : NULL;
    if (parent == VALUE && top && top->value) {
        stop(reader, "one value holds two");
        return;
    }
    if (element == VALUE)
        begin_value(reader);
    else if (element == STRUCT)
        begin_struct(reader, top);
    else if (element == ARRAY && top)
        top->value = json_array();
}

static json_t *make_scalar(struct xmlrpc_reader *reader, enum element element)
{
    const char *text = reader->text->bytes;
    switch (element) {
    case BOOLEAN:
        return json_boolean(strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
    case DOUBLE:
        return json_real(strtod(text, NULL)); /* the locale of our programs is C */
    case NIL:
        return json_null();
    case INSTANT:
        return json_pack("{s:s}", XEN_INSTANT_TAG, text);
    default:
        return json_stringn_nocheck(text, reader->text->length); /* libxml2 hands out nothing but UTF-8 */
    }
}

static void end_value(struct xmlrpc_reader *reader)
{
    struct growing done = reader->values[--reader->value_depth];
    json_t *value = memory_check(done.value ? done.value : make_scalar(reader, STRING));
    struct growing *parent = reader->value_depth ? &reader->values[reader->value_depth - 1] : NULL;
    enum element above = reader->depth ? reader->elements[reader->depth - 1] : OUTSIDE;
    if (!parent && above == FAULT) {
        json_decref(reader->fault);
        reader->fault = value;
    } else if (!parent) {
        json_array_append_new(reader->params, value);
    } else if (json_is_array(parent->value)) {
        json_array_append_new(parent->value, value);
    } else {
        json_object_setn_new_nocheck(parent->value, reader->keys->bytes + parent->key, parent->key_length, value);
        parent->has_key = false;
    }
}

static void end_name(struct xmlrpc_reader *reader, struct growing *top)
{
    bool is_unwanted = reader->unwanted_depth && reader->struct_depth == reader->unwanted_depth &&
                       reader->is_unwanted(reader->text->bytes);
    buffer_cut(reader->keys, top->key);
    buffer_add(reader->keys, reader->text->bytes, reader->text->length);
    top->key_length = reader->text->length;
    top->has_key = !is_unwanted;
    reader->skips_next = is_unwanted;
}

static void end_element(void *user, const xmlChar *name)
{
    struct xmlrpc_reader *reader = user;
    (void)name;
    if (reader->problem)
        return;
    if (reader->skipped) {
        reader->skipped--;
        return;
    }
    if (reader->text->overflowed || reader->keys->overflowed) {
        stop(reader, "a string is too long");
        return;
    }
    enum element element = reader->elements[--reader->depth];
    struct growing *top = reader->value_depth ? &reader->values[reader->value_depth - 1] : NULL;
    if (element == VALUE) {
        end_value(reader);
    } else if (element == NAME && top) {
        end_name(reader, top);
    } else if (element == MEMBER) {
        reader->skips_next = false;
    } else if (element == STRUCT) {
        reader->struct_depth--;
    } else if (element == METHOD_NAME) {
        talloc_free(reader->method);
        reader->method = memory_copy_bytes(reader, reader->text->bytes, reader->text->length);
    } else if (element >= STRING && top) {
        top->value = make_scalar(reader, element);
    }
    buffer_clear(reader->text);
}

static void take_text(void *user, const xmlChar *text, int length)
{
    struct xmlrpc_reader *reader = user;
    if (!reader->skipped)
        buffer_add(reader->text, (const char *)text, (size_t)length);
}

static void refuse_doctype(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    stop(user, "it has a document type, which XML-RPC has not");
}

struct xmlrpc_reader *xmlrpc_begin(const void *context, size_t maximum, struct error **error)
{
    static xmlSAXHandler handler = {.startElement = begin_element,
                                    .endElement = end_element,
                                    .characters = take_text,
                                    .cdataBlock = take_text,
                                    .ignorableWhitespace = take_text,
                                    .internalSubset = refuse_doctype};
    struct xmlrpc_reader *reader = memory_new(context, struct xmlrpc_reader);
    reader->maximum = maximum;
    reader->text = buffer_new(reader, MOST_TEXT);
    reader->keys = buffer_new(reader, MOST_TEXT);
    reader->params = json_array();
    reader->parser = xmlCreatePushParserCtxt(&handler, reader, NULL, 0, NULL);
    if (!reader->parser || xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOCDATA) != 0) {
        error_set(error, ERROR_TEMPORARY, "libxml2 does not start");
        talloc_free(reader);
        return NULL;
    }
    talloc_set_destructor(reader, destroy);
    return reader;
}

void xmlrpc_leave_out(struct xmlrpc_reader *reader, int depth, bool (*is_unwanted)(const char *name))
{
    reader->unwanted_depth = depth;
    reader->is_unwanted = is_unwanted;
}

static bool tell(const struct xmlrpc_reader *reader, struct error **error)
{
    return error_set(error, ERROR_REFUSED, "what came is no XML-RPC: %s",
                     reader->problem ? reader->problem : "it is not well-formed XML");
}

bool xmlrpc_feed(struct xmlrpc_reader *reader, const char *bytes, size_t length, struct error **error)
{
    enum { PIECE = 16 * 1024 }; /* libxml2 keeps a copy of what it is fed; a short one stays in the processor's cache */
    reader->read += length;
    if (reader->read > reader->maximum)
        return error_set(error, ERROR_REFUSED, "what came is longer than %zu bytes", reader->maximum);
    while (length) {
        int piece = length > PIECE ? PIECE : (int)length;
        if (xmlParseChunk(reader->parser, bytes, piece, 0) != XML_ERR_OK || reader->problem)
            return tell(reader, error);
        bytes += piece;
        length -= (size_t)piece;
    }
    return true;
}

json_t *xmlrpc_end(struct xmlrpc_reader *reader, struct error **error)
{
    if (xmlParseChunk(reader->parser, NULL, 0, 1) != XML_ERR_OK || reader->problem || reader->depth) {
        tell(reader, error);
        return NULL;
    }
    return json_pack("{s:s?, s:O, s:O*}", "method", reader->method, "params", reader->params, "fault", reader->fault);
}

json_t *xmlrpc_read(const char *bytes, size_t length, struct error **error)
{
    struct xmlrpc_reader *reader = xmlrpc_begin(NULL, MOST_WHOLE, error);
    json_t *document = NULL;
    if (reader && xmlrpc_feed(reader, bytes, length, error))
        document = xmlrpc_end(reader, error);
    talloc_free(reader);
    return document;
}

json_t *xmlrpc_take_value(const json_t *document, json_t **failure, struct error **error)
{
    const json_t *answer = json_array_get(json_object_get(document, "params"), 0);
    const json_t *fault = json_object_get(document, "fault");
    const char *status = json_string_value(json_object_get(answer, "Status"));
    json_t *value = json_object_get(answer, "Value");
    json_t *description = json_object_get(answer, "ErrorDescription");
    *failure = NULL;
    if (fault)
        *failure = json_pack("[s, O?]", "FAULT", json_object_get(fault, "faultString"));
    else if (status && strcmp(status, "Success") == 0 && value)
        return json_incref(value);
    else if (status && strcmp(status, "Failure") == 0 && json_is_string(json_array_get(description, 0)))
        *failure = json_incref(description);
    else if (json_is_array(answer)) /* system.listMethods alone */
        return json_incref(unconst(answer));
    else
        error_set(error, ERROR_TEMPORARY, "the answer has neither a value nor an error");
    return NULL;
}
