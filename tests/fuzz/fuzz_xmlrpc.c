/*
 * XML-RPC: what a host sends is read alike however it was cut, also when fields of it are left out, and a value that is taken out of it can be written into a call.
 *
 * Seeds: xen/xmlrpc.jsonl xml
 */
#include <string.h>

#include "base/memory.h"
#include "fuzz.h"
#include "xen/xmlrpc.h"

enum { MOST = 1 << 20 };

static bool is_unwanted(const char *name)
{
    return name[0] && (unsigned char)name[0] % 2;
}

/* `depth`: of the structs that lose what is unwanted; 0: none do. */
static json_t *read_cut(const void *context, const char *bytes, size_t length, size_t piece, int depth)
{
    struct xmlrpc_reader *reader = xmlrpc_begin(context, MOST, NULL);
    bool fine = reader != NULL;
    if (reader)
        xmlrpc_leave_out(reader, depth, is_unwanted);
    for (size_t at = 0; fine && at < length; at += piece)
        fine = xmlrpc_feed(reader, bytes + at, length - at < piece ? length - at : piece, NULL);
    return fine ? xmlrpc_end(reader, NULL) : NULL;
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    json_t *whole = read_cut(context, bytes, length, length + 1, 0);
    json_t *cut = read_cut(context, bytes, length, 7, 0);
    FUZZ_DEMAND(!whole == !cut && (!whole || json_equal(whole, cut)));
    for (int depth = 1; depth <= 3; depth++) {
        json_t *left = read_cut(context, bytes, length, length + 1, depth);
        json_t *left_cut = read_cut(context, bytes, length, 5, depth);
        FUZZ_DEMAND(!left == !left_cut && (!left || json_equal(left, left_cut)) && (!whole || left));
        json_decref(left);
        json_decref(left_cut);
    }
    json_t *failure = NULL;
    json_t *value = whole ? xmlrpc_take_value(whole, &failure, NULL) : NULL;
    json_t *params = value ? json_pack("[O]", value) : NULL;
    char *call = params ? xmlrpc_write_call(context, "VM.get_record", params) : NULL;
    FUZZ_DEMAND(!call || fuzz_is_text(call));
    json_decref(params);
    json_decref(value);
    json_decref(failure);
    json_decref(whole);
    json_decref(cut);
}
