/* Exported VMs: see xva.h. */
#include "xen/xva.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/memory.h"
#include "xen/records.h"
#include "xen/xmlrpc.h"

enum {
    BLOCK = 512,               /* of a tar */
    CHUNK = 1 << 20,
    OVA_BYTES = 16 * 1024 * 1024,
    CHECKSUM_BYTES = 64,       /* 40 digits of SHA-1, 16 of XXH64 */
    NAME_BYTES = 100,          /* ustar's field */
    END_BLOCKS = 2,
    MOST_DISKS = 1000,
};

enum member { MEMBER_NONE, MEMBER_OVA, MEMBER_CHUNK, MEMBER_CHECKSUM };

struct disk {
    char *reference; /* "Ref:7" */
    int64_t size;
    int64_t position; /* how far the chunks reach */
    int64_t last;     /* number of the last chunk; -1: none yet */
    bool is_due;      /* a VBD of kind Disk uses it */
    bool has_ended;   /* a chunk shorter than the others came: the last one */
};

struct xva {
    struct xva_summary summary;
    bool failed;
    /* what was asked for */
    const char *uuid; /* of the VM, or NULL */
    size_t disks_expected;
    /* where in the tar */
    char header[BLOCK];
    size_t header_length;
    enum member member;
    int64_t remaining; /* of the member */
    int64_t padding;   /* behind it */
    int end_blocks;
    /* ova.xml */
    struct xmlrpc_reader *reader;
    struct disk *disks; /* talloc array; NULL before ova.xml was read */
    struct disk *current;
    /* the chunk and its checksum */
    char chunk[NAME_BYTES + 1]; /* whose checksum is due; "" none */
    bool is_empty;              /* a sign of life between chunks, with no data */
    bool is_xxhash;
    EVP_MD_CTX *sha1;
    XXH64_state_t *xxhash;
    char checksum[CHECKSUM_BYTES + 1];
    size_t checksum_length;
};

static int destroy(struct xva *xva)
{
    EVP_MD_CTX_free(xva->sha1);
    XXH64_freeState(xva->xxhash);
    return 0;
}

struct xva *xva_begin(const void *context, struct error **error)
{
    struct xva *xva = memory_new(context, struct xva);
    xva->sha1 = memory_check(EVP_MD_CTX_new());
    xva->xxhash = memory_check(XXH64_createState());
    talloc_set_destructor(xva, destroy);
    xva->reader = xmlrpc_begin(xva, OVA_BYTES, error);
    if (xva->reader)
        return xva;
    talloc_free(xva);
    return NULL;
}

void xva_expect(struct xva *xva, const char *uuid, size_t disks)
{
    xva->uuid = uuid ? memory_copy_text(xva, uuid) : NULL;
    xva->disks_expected = disks;
}

/* Names */

/* "Ref:7/00000003": the disk and the number of the chunk; what follows the digits is left in *rest. */
static bool parse_name(const char *name, size_t *reference_length, int64_t *number, const char **rest)
{
    enum { DIGITS = 8, MOST_DIGITS = 12 };
    const char *slash = strchr(name, '/');
    size_t digits = slash ? strspn(slash + 1, "0123456789") : 0;
    if (!slash || slash == name || digits < DIGITS || digits > MOST_DIGITS)
        return false;
    *reference_length = (size_t)(slash - name);
    *number = strtoll(slash + 1, NULL, 10);
    *rest = slash + 1 + digits;
    return true;
}

static struct disk *find_disk(struct xva *xva, const char *reference, size_t length)
{
    for (size_t i = 0; i < memory_count(xva->disks); i++)
        if (strlen(xva->disks[i].reference) == length && strncmp(xva->disks[i].reference, reference, length) == 0)
            return &xva->disks[i];
    return NULL;
}

/* ova.xml */

/* Disks of VBDs of kind Disk must come; an ISO in the drive is named as well, and does not. */
static void mark_due(struct xva *xva, const json_t *objects)
{
    bool any = false;
    size_t i;
    const json_t *object;
    json_array_foreach(objects, i, object) {
        const json_t *vbd = json_object_get(object, "snapshot");
        if (strcmp(record_text(object, "class"), "VBD") != 0)
            continue;
        any = true;
        const char *reference = record_text(vbd, "VDI");
        struct disk *disk = find_disk(xva, reference, strlen(reference));
        if (disk && strcmp(record_text(vbd, "type"), "Disk") == 0)
            disk->is_due = true;
    }
    for (i = 0; !any && i < memory_count(xva->disks); i++)
        xva->disks[i].is_due = true;
}

/* Another VM than the one that was asked for, or one that lost a disk on the way, is no backup either. */
static bool is_expected(const struct xva *xva, const json_t *objects, struct error **error)
{
    bool any = false;
    bool found = false;
    size_t due = 0;
    size_t i;
    const json_t *object;
    json_array_foreach(objects, i, object) {
        const char *uuid = record_text(json_object_get(object, "snapshot"), "uuid");
        if (strcmp(record_text(object, "class"), "VM") != 0 || !*uuid)
            continue;
        any = true;
        found = found || (xva->uuid && strcmp(uuid, xva->uuid) == 0);
    }
    for (i = 0; i < memory_count(xva->disks); i++)
        due += xva->disks[i].is_due;
    if (xva->uuid && any && !found)
        return error_set(error, ERROR_REFUSED, "ova.xml describes another VM than %s", xva->uuid);
    return due >= xva->disks_expected ||
           error_set(error, ERROR_REFUSED, "ova.xml names %zu disks of %zu", due, xva->disks_expected);
}

static bool read_disks(struct xva *xva, struct error **error)
{
    json_t *document = xmlrpc_end(xva->reader, error);
    const json_t *ova = json_array_get(json_object_get(document, "params"), 0);
    const json_t *objects = json_object_get(ova, "objects");
    size_t count = 0;
    size_t i;
    const json_t *object;
    xva->disks = memory_array(xva, struct disk, 0);
    json_array_foreach(objects, i, object) {
        if (strcmp(record_text(object, "class"), "VDI") != 0 || count == MOST_DISKS)
            continue;
        xva->disks = memory_resize(xva, xva->disks, struct disk, count + 1);
        xva->disks[count++] = (struct disk){.reference = memory_copy_text(xva, record_text(object, "id")),
                                            .size = record_number(json_object_get(object, "snapshot"), "virtual_size"),
                                            .last = -1};
    }
    bool done = document && json_is_object(json_object_get(ova, "version")) && json_is_array(objects);
    if (done)
        mark_due(xva, objects);
    else if (document)
        error_set(error, ERROR_REFUSED, "ova.xml describes no VM");
    done = done && is_expected(xva, objects, error);
    json_decref(document);
    return done;
}

/* Members */

static bool parse_octal(const char *field, size_t width, int64_t *number)
{
    *number = 0;
    size_t i = 0;
    for (; i < width && field[i] == ' '; i++)
        continue;
    size_t start = i;
    for (; i < width && field[i] >= '0' && field[i] <= '7'; i++)
        *number = *number * 8 + (field[i] - '0');
    return i > start && (i == width || field[i] == '\0' || field[i] == ' ');
}

static bool is_zero(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return true;
}

/* Its own sum, in one of the three forms that writers of tar give it and to the last byte: nothing else covers these eight. */
static bool header_is_right(const char *header)
{
    enum { SUM_AT = 148, SUM_WIDTH = 8, MAGIC_AT = 257 };
    static const struct {
        int digits;
        char end[2];
    } forms[] = {{6, {'\0', ' '}}, {6, {' ', '\0'}}, {7, {'\0', '\0'}}};
    unsigned sum = 0;
    bool right = false;
    for (int i = 0; i < BLOCK; i++)
        sum += i >= SUM_AT && i < SUM_AT + SUM_WIDTH ? ' ' : (unsigned char)header[i];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char told[SUM_WIDTH + 1];
        int digits = forms[i].digits;
        snprintf(told, sizeof told, "%0*o", digits, sum);
        memcpy(told + digits, forms[i].end, (size_t)(SUM_WIDTH - digits));
        right = right || memcmp(header + SUM_AT, told, SUM_WIDTH) == 0;
    }
    return right && memcmp(header + MAGIC_AT, "ustar", 5) == 0;
}

/* A chunk must rise above the one before it, within its disk; what lies between is zeros that were left out. */
static bool begin_chunk(struct xva *xva, const char *name, int64_t length, struct error **error)
{
    size_t reference_length = 0;
    int64_t number = 0;
    const char *rest = "";
    struct disk *disk = NULL;
    if (parse_name(name, &reference_length, &number, &rest) && !*rest)
        disk = find_disk(xva, name, reference_length);
    if (!disk)
        return error_set(error, ERROR_REFUSED, "%s is no chunk of a disk of this VM", name);
    if (disk != xva->current && disk->last >= 0)
        return error_set(error, ERROR_REFUSED, "%s comes when its disk was over", name);
    if (number <= disk->last || (disk->last < 0 && number != 0) || length > CHUNK || disk->has_ended)
        return error_set(error, ERROR_REFUSED, "%s is out of order", name);
    xva->current = disk;
    disk->position += (number - disk->last - 1) * CHUNK + length;
    disk->last = number;
    disk->has_ended = length > 0 && length < CHUNK;
    if (disk->position > disk->size)
        return error_set(error, ERROR_REFUSED, "%s reaches beyond the end of its disk", name);
    snprintf(xva->chunk, sizeof xva->chunk, "%s", name);
    xva->is_empty = length == 0;
    xva->member = MEMBER_CHUNK;
    /* which of the two the host writes shows behind the chunk, so both run until the first one told */
    return (EVP_DigestInit_ex(xva->sha1, EVP_sha1(), NULL) == 1 && XXH64_reset(xva->xxhash, 0) == XXH_OK) ||
           error_set(error, ERROR_TEMPORARY, "no checksum can be computed");
}

static bool begin_checksum(struct xva *xva, const char *name, int64_t length, struct error **error)
{
    size_t stem = strlen(xva->chunk);
    bool is_xxhash = strcmp(name + stem, ".xxhash") == 0;
    if (!is_xxhash && strcmp(name + stem, ".checksum") != 0)
        return error_set(error, ERROR_REFUSED, "%s stands where the checksum of %s is due", name, xva->chunk);
    if (length < 1 || length > CHECKSUM_BYTES)
        return error_set(error, ERROR_REFUSED, "%s is no checksum", name);
    xva->is_xxhash = is_xxhash;
    xva->checksum_length = 0;
    xva->member = MEMBER_CHECKSUM;
    return true;
}

static bool begin_member(struct xva *xva, struct error **error)
{
    enum { LENGTH_AT = 124, LENGTH_WIDTH = 12, KIND_AT = 156 };
    char name[NAME_BYTES + 1];
    int64_t length;
    memcpy(name, xva->header, NAME_BYTES);
    name[NAME_BYTES] = '\0';
    if (!header_is_right(xva->header) || !parse_octal(xva->header + LENGTH_AT, LENGTH_WIDTH, &length) ||
        (xva->header[KIND_AT] != '0' && xva->header[KIND_AT] != '\0'))
        return error_set(error, ERROR_REFUSED, "the header of a member is damaged");
    xva->remaining = length;
    xva->padding = (BLOCK - length % BLOCK) % BLOCK;
    if (!xva->disks) {
        xva->member = MEMBER_OVA;
        return (strcmp(name, "ova.xml") == 0 && length <= OVA_BYTES) ||
               error_set(error, ERROR_REFUSED, "it does not begin with ova.xml");
    }
    if (*xva->chunk && strncmp(name, xva->chunk, strlen(xva->chunk)) == 0 && name[strlen(xva->chunk)] == '.')
        return begin_checksum(xva, name, length, error);
    if (*xva->chunk && !xva->is_empty)
        return error_set(error, ERROR_REFUSED, "the checksum of %s is missing", xva->chunk);
    return begin_chunk(xva, name, length, error);
}

/* Hosts differ in whether they print leading zeros. */
static bool xxhash_is_right(const struct xva *xva)
{
    return strspn(xva->checksum, "0123456789abcdef") == xva->checksum_length && xva->checksum_length <= 16 &&
           strtoull(xva->checksum, NULL, 16) == XXH64_digest(xva->xxhash);
}

static bool sha1_is_right(struct xva *xva)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char digits[2 * EVP_MAX_MD_SIZE + 1] = "";
    unsigned length = 0;
    EVP_DigestFinal_ex(xva->sha1, digest, &length);
    for (unsigned i = 0; i < length; i++)
        snprintf(digits + 2 * (size_t)i, 3, "%02x", digest[i]);
    return strcmp(xva->checksum, digits) == 0;
}

static bool check_checksum(struct xva *xva, struct error **error)
{
    xva->checksum[xva->checksum_length] = '\0';
    if (!(xva->is_xxhash ? xxhash_is_right(xva) : sha1_is_right(xva)))
        return error_set(error, ERROR_REFUSED, "the checksum of %s is wrong: its bytes are not those that the host read",
                         xva->chunk);
    xva->summary.chunks += !xva->is_empty;
    xva->chunk[0] = '\0';
    return true;
}

static bool end_member(struct xva *xva, struct error **error)
{
    enum member member = xva->member;
    xva->member = MEMBER_NONE;
    if (member == MEMBER_OVA)
        return read_disks(xva, error);
    return member != MEMBER_CHECKSUM || check_checksum(xva, error);
}

static bool take_content(struct xva *xva, const char *bytes, size_t length, struct error **error)
{
    switch (xva->member) {
    case MEMBER_OVA:
        return xmlrpc_feed(xva->reader, bytes, length, error);
    case MEMBER_CHUNK:
        if (!xva->is_xxhash || xva->summary.chunks == 0)
            EVP_DigestUpdate(xva->sha1, bytes, length);
        if (xva->is_xxhash || xva->summary.chunks == 0)
            XXH64_update(xva->xxhash, bytes, length);
        return true;
    case MEMBER_CHECKSUM:
        memcpy(xva->checksum + xva->checksum_length, bytes, length);
        xva->checksum_length += length;
        return true;
    case MEMBER_NONE:
        break;
    }
    return true;
}

static bool take_header(struct xva *xva, struct error **error)
{
    xva->header_length = 0;
    if (is_zero(xva->header, BLOCK)) {
        xva->end_blocks++;
        return true;
    }
    if (xva->end_blocks)
        return error_set(error, ERROR_REFUSED, "something follows the end of the archive");
    if (!begin_member(xva, error))
        return false;
    return xva->remaining || end_member(xva, error);
}

/* One step: as many of the bytes as belong together. Returns how many, 0 when the archive is damaged. */
static size_t step(struct xva *xva, const char *bytes, size_t length, struct error **error)
{
    size_t taken = length;
    if (xva->remaining) {
        if ((int64_t)taken > xva->remaining)
            taken = (size_t)xva->remaining;
        if (!take_content(xva, bytes, taken, error))
            return 0;
        xva->remaining -= (int64_t)taken;
        return xva->remaining || end_member(xva, error) ? taken : 0;
    }
    if (xva->padding) {
        if ((int64_t)taken > xva->padding)
            taken = (size_t)xva->padding;
        xva->padding -= (int64_t)taken;
        if (is_zero(bytes, taken))
            return taken;
        error_set(error, ERROR_REFUSED, "there is something between two members");
        return 0;
    }
    if (taken > BLOCK - xva->header_length)
        taken = BLOCK - xva->header_length;
    memcpy(xva->header + xva->header_length, bytes, taken);
    xva->header_length += taken;
    return xva->header_length < BLOCK || take_header(xva, error) ? taken : 0;
}

bool xva_feed(struct xva *xva, const char *bytes, size_t length, struct error **error)
{
    if (xva->failed)
        return error_set(error, ERROR_REFUSED, "the archive is damaged");
    while (length) {
        size_t taken = step(xva, bytes, length, error);
        if (!taken) {
            xva->failed = true;
            return false;
        }
        xva->summary.bytes += (int64_t)taken;
        bytes += taken;
        length -= taken;
    }
    return true;
}

bool xva_end(struct xva *xva, struct xva_summary *summary, struct error **error)
{
    *summary = xva->summary;
    if (xva->failed)
        return error_set(error, ERROR_REFUSED, "the archive is damaged");
    if (xva->remaining || xva->padding || xva->header_length || xva->end_blocks < END_BLOCKS)
        return error_set(error, ERROR_REFUSED, "the archive ends in the middle, after %lld bytes", (long long)xva->summary.bytes);
    if (*xva->chunk && !xva->is_empty)
        return error_set(error, ERROR_REFUSED, "the checksum of %s is missing", xva->chunk);
    for (size_t i = 0; i < memory_count(xva->disks); i++) {
        const struct disk *disk = &xva->disks[i];
        if ((disk->is_due || disk->last >= 0) && disk->position != disk->size)
            return error_set(error, ERROR_REFUSED, "disk %s is not whole: %lld of %lld bytes", disk->reference,
                             (long long)disk->position, (long long)disk->size);
        summary->disks += disk->last >= 0;
    }
    return xva->disks != NULL || error_set(error, ERROR_REFUSED, "the archive is empty");
}
