/* MIME parts: see part.h. */
#include "mail/part.h"

#include <libetpan/libetpan.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "mail/guard.h"
#include "mail/transfer.h"

enum { TYPE_BYTES = 100, STACK = 2 * LIMIT_DEPTH };

static char *file_name(const void *context, const struct header_parameters *disposition,
                       const struct header_parameters *content)
{
    char *name = words_decode_parameter(context, disposition->parameters, disposition->count, "filename");
    if (!name || !*name)
        name = words_decode_parameter(context, content->parameters, content->count, "name");
    char *safe = words_file_name(context, name ? name : "");
    talloc_free(name);
    return safe;
}

static char *type_of(const void *context, const struct header_parameters *content)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-";
    const char *type = content->value;
    size_t major = strspn(type, allowed);
    if (!major || type[major] != '/' || !type[major + 1] || strlen(type) > TYPE_BYTES)
        return memory_copy_text(context, "text/plain");
    if (type[major + 1 + strspn(type + major + 1, allowed)])
        return memory_copy_text(context, "application/octet-stream");
    return memory_copy_text(context, strcmp(type, "message/" GUARD_RFC822) == 0 ? "message/rfc822" : type);
}

static bool is_text_type(const char *type)
{
    return strcmp(type, "text/plain") == 0 || strcmp(type, "text/html") == 0;
}

/* Fills in what the part's header says; `bytes` is its body. */
static void describe(const void *context, const struct header *header, struct part *part)
{
    part->content = header_parameters(context, header, "Content-Type");
    part->type = type_of(context, &part->content);
    part->encoding = header_parameters(context, header, "Content-Transfer-Encoding").value;
    struct header_parameters disposition = header_parameters(context, header, "Content-Disposition");
    part->name = file_name(context, &disposition, &part->content);
    if (strncmp(part->type, "multipart/", strlen("multipart/")) == 0)
        part->type = memory_copy_text(context, "text/plain"); /* no boundary, so there is nothing else to read */
    part->is_attachment = strcmp(disposition.value, "attachment") == 0 || !is_text_type(part->type) ||
                          (*part->name && strcmp(disposition.value, "inline") != 0);
}

static struct part *add_part(struct part_list *list)
{
    if (list->count == LIMIT_PARTS) {
        list->is_cut = true;
        return NULL;
    }
    if (list->count == talloc_array_length(list->parts))
        list->parts = memory_resize(list, list->parts, struct part, 2 * list->count + 4);
    struct part *part = &list->parts[list->count++];
    *part = (struct part){0};
    return part;
}

/* A leaf with its own header; what libetpan took for a message within (multipart/digest) stays closed. */
static void add_leaf(struct part_list *list, const char *bytes, size_t length, bool is_message)
{
    struct part *part = add_part(list);
    if (!part)
        return;
    struct error *error = NULL;
    struct header *header = header_read(list, bytes, length, &error);
    if (!header) { /* guard_mail refuses longer ones before */
        error_free(&error);
        list->count--;
        return;
    }
    describe(list, header, part);
    if (is_message) {
        part->type = memory_copy_text(list, "message/rfc822");
        part->is_attachment = true;
    }
    part->bytes = bytes + header->body;
    part->length = length - header->body;
}

/* Walks without recursion: a stack of places in lists of children, as deep as the fence lets anything nest. */
static void walk(struct part_list *list, struct mailmime *top)
{
    clistiter *stack[STACK];
    size_t depth = 0;
    stack[depth++] = clist_begin(top->mm_data.mm_multipart.mm_mp_list);
    while (depth) {
        clistiter *place = stack[depth - 1];
        if (!place) {
            depth--;
            continue;
        }
        stack[depth - 1] = clist_next(place);
        struct mailmime *node = clist_content(place);
        if (node->mm_type != MAILMIME_MULTIPLE) {
            add_leaf(list, node->mm_mime_start, node->mm_length, node->mm_type == MAILMIME_MESSAGE);
        } else if (depth < STACK) {
            stack[depth++] = clist_begin(node->mm_data.mm_multipart.mm_mp_list);
        } else {
            list->is_cut = true;
        }
    }
}

/* The body as one part: what most mails are, and what is left of a multipart that has none. */
static struct part_list *add_whole(struct part_list *list, const struct header *header, struct span body)
{
    struct part *part = add_part(list);
    describe(list, header, part);
    part->bytes = body.text;
    part->length = body.length;
    return list;
}

static bool parse(struct part_list *list, const struct guarded *guarded, struct error **error)
{
    struct mailmime *tree = NULL;
    size_t index = 0;
    if (mailmime_parse(guarded->bytes, guarded->length, &index, &tree) != MAILIMF_NO_ERROR)
        return error_set(error, ERROR_REFUSED, "its MIME structure cannot be parsed");
    struct mailmime *top = tree->mm_type == MAILMIME_MESSAGE ? tree->mm_data.mm_message.mm_msg_mime : NULL;
    if (top && top->mm_type == MAILMIME_MULTIPLE)
        walk(list, top);
    mailmime_free(tree);
    return true;
}

struct part_list *part_list_read(const void *context, const struct header *header, const char *bytes, size_t length,
                                 struct error **error)
{
    struct part_list *list = memory_new(context, struct part_list);
    struct span body = {bytes + header->body, length - header->body};
    struct header_parameters content = header_parameters(list, header, "Content-Type");
    if (strncmp(content.value, "multipart/", strlen("multipart/")) != 0)
        return add_whole(list, header, body);
    struct guarded *guarded = guard_mail(list, header, bytes, length, error);
    if (!guarded || !parse(list, guarded, error)) {
        talloc_free(list);
        return NULL;
    }
    list->is_changed = guarded->is_changed;
    return list->count ? list : add_whole(list, header, body);
}

const struct part *part_best_text(const struct part_list *list)
{
    static const char *const types[] = {"text/plain", "text/html"};
    for (size_t wanted = 0; wanted < sizeof types / sizeof *types; wanted++)
        for (size_t i = 0; i < list->count; i++)
            if (!list->parts[i].is_attachment && strcmp(list->parts[i].type, types[wanted]) == 0)
                return &list->parts[i];
    return NULL;
}

char *part_decode(const void *context, const struct part *part, size_t maximum, size_t *length)
{
    size_t given = part->length < maximum ? part->length : maximum;
    if (strcmp(part->encoding, "base64") == 0)
        return transfer_decode_base64(context, part->bytes, given, length);
    if (strcmp(part->encoding, "quoted-printable") == 0)
        return transfer_decode_quoted_printable(context, part->bytes, given, length);
    *length = given;
    return memory_copy_bytes(context, part->bytes, given);
}
