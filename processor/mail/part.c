/* MIME parts: see part.h. */
#include "mail/part.h"

#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "mail/multipart.h"
#include "mail/transfer.h"

enum { TYPE_BYTES = 100 };

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
    if (strcmp(type, "plain/text") == 0)
        return memory_copy_text(context, "text/plain");
    if (strncmp(type, "multipart/", strlen("multipart/")) == 0)
        return memory_copy_text(context, "text/plain"); /* no boundary, so there is nothing else to read */
    return memory_copy_text(context, type);
}

static bool is_plain(const struct part *part)
{
    return strcmp(part->type, "text/plain") == 0;
}

static bool is_html(const struct part *part)
{
    return strcmp(part->type, "text/html") == 0;
}

/* A text of any kind that a person would read: "text/x-markdown", but no calendar and no header of a returned mail. */
static bool is_readable(const struct part *part)
{
    static const char *const others[] = {"text/calendar",       "text/x-vcard", "text/vcard", "text/directory",
                                         "text/rfc822-headers", "text/css",     "text/xml",   "text/x-amp-html"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(part->type, others[i]) == 0)
            return false;
    return strncmp(part->type, "text/", strlen("text/")) == 0;
}

/* What the header of a part (or of the mail, when it is no multipart) says of it. */
static void describe(const void *context, const struct header *header, struct part *part)
{
    part->type = type_of(context, &part->content);
    part->encoding = header_parameters(context, header, "Content-Transfer-Encoding").value;
    struct header_parameters disposition = header_parameters(context, header, "Content-Disposition");
    part->name = file_name(context, &disposition, &part->content);
    part->is_detached = strcmp(disposition.value, "attachment") == 0;
    bool is_body = (is_plain(part) || is_html(part)) && (!*part->name || !part->parent);
    part->is_attachment = part->is_detached || !is_body;
}

static void add_leaf(struct part_list *list, const struct leaf *leaf)
{
    struct part *part = &list->parts[list->count++];
    *part = (struct part){.content = leaf->content,
                          .bytes = leaf->body.text,
                          .length = leaf->body.length,
                          .parent = leaf->parent,
                          .alternative = leaf->alternative};
    describe(list, leaf->header, part);
    if (!leaf->is_message)
        return;
    part->type = memory_copy_text(list, "message/rfc822");
    part->is_attachment = true;
}

struct part_list *part_list_read(const void *context, const struct header *header, const char *bytes, size_t length,
                                 const struct mail_limits *limits, struct error **error)
{
    struct part_list *list = memory_new(context, struct part_list);
    struct span body = {bytes + header->body, length - header->body};
    struct header_parameters content = header_parameters(list, header, "Content-Type");
    struct leaves *leaves = multipart_split(list, &content, body, limits, error);
    if (!leaves) {
        talloc_free(list);
        return NULL;
    }
    list->parts = memory_array(list, struct part, leaves->count ? leaves->count : 1);
    for (size_t i = 0; i < leaves->count; i++)
        add_leaf(list, &leaves->leaves[i]);
    if (!leaves->count) {
        list->parts[list->count++] = (struct part){.content = content, .bytes = body.text, .length = body.length};
        describe(list, header, &list->parts[0]);
    }
    return list;
}

/* A text/plain that says the same as an HTML part. */
static const struct part *plain_alternative(const struct part_list *list, const struct part *html)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct part *part = &list->parts[i];
        if (is_plain(part) && !part->is_attachment && part->alternative && part->alternative == html->alternative)
            return part;
    }
    return html;
}

static bool is_empty(const struct part *part)
{
    for (size_t i = 0; i < part->length; i++)
        if (!strchr(" \t\r\n", part->bytes[i]))
            return false;
    return true;
}

const struct part *part_best_text(const struct part_list *list)
{
    const struct part *first = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct part *part = &list->parts[i];
        if (part->is_attachment)
            continue;
        first = first ? first : part;
        if (!is_empty(part))
            return is_html(part) ? plain_alternative(list, part) : part;
    }
    if (first)
        return first;
    for (size_t i = 0; i < list->count; i++)
        if (!list->parts[i].is_detached && is_readable(&list->parts[i]))
            return &list->parts[i];
    return list->count == 1 && is_readable(&list->parts[0]) && !list->parts[0].parent ? &list->parts[0] : NULL;
}

const struct part *part_next_text(const struct part_list *list, const struct part *part)
{
    bool is_behind_other = false;
    for (const struct part *next = part + 1; next < list->parts + list->count && next->parent == part->parent; next++) {
        if (is_plain(next) && !next->is_attachment)
            return is_behind_other && !part->alternative ? next : NULL;
        is_behind_other = true;
    }
    return NULL;
}

char *part_decode(const void *context, const struct part *part, size_t maximum, size_t *length)
{
    size_t given = part->length < maximum ? part->length : maximum;
    switch (transfer_encoding_of(part->encoding)) {
    case TRANSFER_BASE64:
        return transfer_decode_base64_body(context, part->bytes, given, length);
    case TRANSFER_QUOTED_PRINTABLE:
        return transfer_decode_quoted_printable(context, part->bytes, given, length);
    case TRANSFER_UUENCODE:
        return transfer_decode_uuencode(context, part->bytes, given, length);
    default:
        *length = given;
        return memory_copy_bytes(context, part->bytes, given);
    }
}
