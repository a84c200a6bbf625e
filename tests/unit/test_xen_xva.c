/* xen/xva: whole archives are good wherever they are cut; damaged ones never are. */
#include "xen/xva.h"

#include <openssl/evp.h>
#include <string.h>
#include <xxhash.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "unit.h"

enum { BLOCK = 512, CHUNK = 1 << 20 };

static void add_member(struct buffer *out, const char *name, const char *bytes, size_t length)
{
    char head[BLOCK] = {0};
    unsigned sum = 0;
    snprintf(head, 100, "%s", name);
    memcpy(head + 100, "0000644", 8);
    snprintf(head + 124, 12, "%011zo", length);
    memcpy(head + 148, "        ", 8);
    head[156] = '0';
    memcpy(head + 257, "ustar\00000", 8);
    for (int i = 0; i < BLOCK; i++)
        sum += (unsigned char)head[i];
    snprintf(head + 148, 7, "%06o", sum);
    buffer_add(out, head, BLOCK);
    buffer_add(out, bytes, length);
    static const char zeros[BLOCK];
    buffer_add(out, zeros, (BLOCK - length % BLOCK) % BLOCK);
}

static void add_chunk(struct buffer *out, const char *name, const char *bytes, size_t length, bool xx)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char digits[64];
    char beside[120];
    unsigned size = 0;
    add_member(out, name, bytes, length);
    EVP_Digest(bytes, length, digest, &size, EVP_sha1(), NULL);
    for (unsigned i = 0; i < size; i++)
        snprintf(digits + 2 * (size_t)i, 3, "%02x", digest[i]);
    if (xx)
        snprintf(digits, sizeof digits, "%016llx", (unsigned long long)XXH64(bytes, length, 0));
    snprintf(beside, sizeof beside, "%s%s", name, xx ? ".xxhash" : ".checksum");
    add_member(out, beside, digits, strlen(digits));
}

struct made {
    struct buffer *bytes;
    size_t ova_end;
};

/* ova.xml for disks Ref:1 … of the given sizes. */
static struct made begin(void *context, const long sizes[], size_t count)
{
    struct made made = {buffer_new(context, 16 << 20), 0};
    struct buffer *ova = buffer_new(context, 1 << 20);
    buffer_add_text(ova, "<value><struct><member><name>version</name><value><struct/></value></member><member><name>objects</name>"
                         "<value><array><data>");
    for (size_t i = 0; i < count; i++)
        buffer_format(ova,
                      "<value><struct><member><name>class</name><value>VDI</value></member><member><name>id</name><value>Ref:%zu"
                      "</value></member><member><name>snapshot</name><value><struct><member><name>virtual_size</name><value>%ld"
                      "</value></member></struct></value></member></struct></value>",
                      i + 1, sizes[i]);
    buffer_add_text(ova, "</data></array></value></member></struct></value>");
    add_member(made.bytes, "ova.xml", ova->bytes, ova->length);
    made.ova_end = made.bytes->length;
    return made;
}

static void end(struct buffer *out)
{
    static const char zeros[2 * BLOCK];
    buffer_add(out, zeros, sizeof zeros);
}

static bool is_good(const char *bytes, size_t length, size_t piece, struct xva_summary *summary, char **why)
{
    struct error *error = NULL;
    struct xva *xva = xva_begin(NULL, NULL);
    bool good = true;
    for (size_t at = 0; good && at < length; at += piece)
        good = xva_feed(xva, bytes + at, length - at < piece ? length - at : piece, &error);
    good = good && xva_end(xva, summary, &error);
    ck_assert(good || error);
    if (why)
        *why = error ? error_text(NULL, error) : NULL;
    error_free(&error);
    talloc_free(xva);
    return good;
}

static char *random_bytes(void *context, size_t length)
{
    char *bytes = talloc_size(context, length);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)(rand() >> 7);
    return bytes;
}

START_TEST(a_whole_archive_is_good_wherever_it_is_cut)
{
    void *context = talloc_new(NULL);
    static const long sizes[] = {3000, 5L * CHUNK + 100, 0};
    for (int xx = 0; xx < 2; xx++) {
        struct made made = begin(context, sizes, 3);
        char *bytes = random_bytes(context, CHUNK);
        add_chunk(made.bytes, "Ref:1/00000000", bytes, 3000, xx);
        add_chunk(made.bytes, "Ref:2/00000000", bytes, CHUNK, xx);
        add_chunk(made.bytes, "Ref:2/00000001", bytes, 0, xx); /* a sign of life takes a number and no room */
        add_chunk(made.bytes, "Ref:2/00000003", bytes, CHUNK, xx);
        add_member(made.bytes, "Ref:2/00000004", "", 0); /* and perhaps has no checksum */
        add_chunk(made.bytes, "Ref:2/00000007", bytes, 100, xx);
        end(made.bytes);
        static const size_t pieces[] = {1, 511, 513, 4096, 1 << 20, 1 << 24};
        for (size_t i = 0; i < 6; i++) {
            struct xva_summary summary;
            char *why;
            ck_assert_msg(is_good(made.bytes->bytes, made.bytes->length, pieces[i], &summary, &why), "%s", why);
            ck_assert_uint_eq((size_t)summary.bytes, made.bytes->length);
            ck_assert_int_eq(summary.chunks, 4);
            ck_assert_int_eq(summary.disks, 2);
        }
    }
    talloc_free(context);
}
END_TEST

/* One archive of what can be wrong: chunks as "disk/number:length", in order; "" ends it. */
START_TEST(what_is_missing_or_out_of_order_is_told)
{
    static const struct {
        const char *chunks;
        const char *why; /* NULL: good */
    } cases[] = {
        {"1/00000000:1048576 1/00000002:500", NULL},
        {"1/00000000:1048576 1/00000001:1048576 1/00000002:500", NULL},
        {"1/00000000:1048576", "not whole"},
        {"1/00000000:1048576 1/00000001:500", "not whole"},
        {"1/00000000:1048576 1/00000001:1048576", "not whole"},
        {"1/00000001:1048576 1/00000002:500", "out of order"},
        {"1/00000000:1048576 1/00000002:500 1/00000001:1048576", "out of order"},
        {"1/00000000:1048576 1/00000000:1048576 1/00000002:500", "out of order"},
        {"1/00000000:1048576 1/00000002:1048576", "beyond the end"},
        {"1/00000000:500 1/00000001:1048576", "out of order"},
        {"1/00000000:1048576 1/00000002:500 2/00000000:10", "no chunk of a disk"},
        {"1/00000000:1048576 1/00000002:500 1/3:10", "no chunk of a disk"},
        {"", "not whole"},
    };
    void *context = talloc_new(NULL);
    static const long sizes[] = {2L * CHUNK + 500};
    char *bytes = random_bytes(context, CHUNK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made made = begin(context, sizes, 1);
        for (const char *at = cases[i].chunks; *at; at += strcspn(at, " "), at += *at == ' ') {
            size_t width = strcspn(at, ":");
            char *name = memory_format(context, "Ref:%.*s", (int)width, at);
            add_chunk(made.bytes, name, bytes, strtoul(at + width + 1, NULL, 10), false);
        }
        end(made.bytes);
        struct xva_summary summary;
        char *why;
        bool good = is_good(made.bytes->bytes, made.bytes->length, 65536, &summary, &why);
        ck_assert_msg(good == !cases[i].why && (good || strstr(why, cases[i].why)), "%s: %s", cases[i].chunks, why);
        talloc_free(why);
    }
    talloc_free(context);
}
END_TEST

/* Anywhere behind ova.xml, which carries no checksum of its own. */
static size_t place(const struct made *made)
{
    return made->ova_end + ((size_t)rand() << 8 ^ (size_t)rand()) % (made->bytes->length - made->ova_end);
}

static size_t mutate(const struct made *made, char *bytes, size_t length)
{
    size_t first = place(made) / BLOCK * BLOCK;
    size_t second = place(made) / BLOCK * BLOCK;
    char block[BLOCK];
    switch (rand() % 6) {
    case 0:
    case 1:
        bytes[place(made)] ^= (char)(1 << rand() % 8);
        return length;
    case 2:
        return (size_t)rand() % length;
    case 3: /* blocks change places */
        memcpy(block, bytes + first, BLOCK);
        memcpy(bytes + first, bytes + second, BLOCK);
        memcpy(bytes + second, block, BLOCK);
        return length;
    case 4: /* a block is missing */
        memmove(bytes + first, bytes + first + BLOCK, length - first - BLOCK);
        return length - BLOCK;
    default: /* blocks came as zeros */
        memset(bytes + first, 0, BLOCK);
        return length;
    }
}

START_TEST(a_mutated_archive_is_never_good)
{
    void *context = talloc_new(NULL);
    static const long sizes[] = {3000, 20000, 512, 9000};
    struct made made = begin(context, sizes, 4);
    srand(11);
    for (int i = 0; i < 4; i++) {
        char *name = memory_format(context, "Ref:%d/00000000", i + 1);
        add_chunk(made.bytes, name, random_bytes(context, (size_t)sizes[i]), (size_t)sizes[i], false);
    }
    end(made.bytes);
    size_t whole = made.bytes->length;
    char *bytes = talloc_size(context, whole);
    int rounds = unit_rounds(12000);
    for (int round = 0; round < rounds; round++) {
        memcpy(bytes, made.bytes->bytes, whole);
        size_t length = mutate(&made, bytes, whole);
        if (length == whole && memcmp(bytes, made.bytes->bytes, whole) == 0)
            continue;
        struct xva_summary summary;
        ck_assert_msg(!is_good(bytes, length, 4096, &summary, NULL), "round %d is called good", round);
    }
    talloc_free(context);
}
END_TEST

START_TEST(every_cut_is_told)
{
    void *context = talloc_new(NULL);
    static const long sizes[] = {700};
    struct made made = begin(context, sizes, 1);
    add_chunk(made.bytes, "Ref:1/00000000", random_bytes(context, 700), 700, true);
    end(made.bytes);
    struct xva_summary summary;
    for (size_t length = 0; length < made.bytes->length; length++)
        ck_assert_msg(!is_good(made.bytes->bytes, length, 4096, &summary, NULL), "%zu bytes are called good", length);
    ck_assert(is_good(made.bytes->bytes, made.bytes->length, 4096, &summary, NULL));
    talloc_free(context);
}
END_TEST

/* An archive of a VM "a-uuid" with one empty disk of a VBD of kind Disk, held against what was asked for. */
static bool fits(const char *uuid, size_t disks)
{
    static const char ova[] =
        "<value><struct><member><name>version</name><value><struct/></value></member><member><name>objects</name><value><array><data>"
        "<value><struct><member><name>class</name><value>VM</value></member><member><name>snapshot</name><value><struct><member><name>"
        "uuid</name><value>a-uuid</value></member></struct></value></member></struct></value><value><struct><member><name>class</name>"
        "<value>VBD</value></member><member><name>snapshot</name><value><struct><member><name>VDI</name><value>Ref:1</value></member>"
        "<member><name>type</name><value>Disk</value></member></struct></value></member></struct></value><value><struct><member><name>"
        "class</name><value>VDI</value></member><member><name>id</name><value>Ref:1</value></member><member><name>snapshot</name><value>"
        "<struct><member><name>virtual_size</name><value>0</value></member></struct></value></member></struct></value></data></array>"
        "</value></member></struct></value>";
    void *context = talloc_new(NULL);
    struct buffer *bytes = buffer_new(context, 1 << 20);
    add_member(bytes, "ova.xml", ova, sizeof ova - 1);
    end(bytes);
    struct xva_summary summary;
    struct xva *xva = xva_begin(context, NULL);
    xva_expect(xva, uuid, disks);
    bool good = xva_feed(xva, bytes->bytes, bytes->length, NULL) && xva_end(xva, &summary, NULL);
    talloc_free(context);
    return good;
}

START_TEST(another_vm_than_the_one_asked_for_is_told)
{
    ck_assert(fits(NULL, 0));
    ck_assert(fits("a-uuid", 1));
    ck_assert(!fits("b-uuid", 1));
    ck_assert(!fits("a-uuid", 2));
}
END_TEST

static Suite *xva_suite(void)
{
    Suite *suite = suite_create("xva");
    TCase *cases = tcase_create("xva");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, a_whole_archive_is_good_wherever_it_is_cut);
    tcase_add_test(cases, what_is_missing_or_out_of_order_is_told);
    tcase_add_test(cases, a_mutated_archive_is_never_good);
    tcase_add_test(cases, every_cut_is_told);
    tcase_add_test(cases, another_vm_than_the_one_asked_for_is_told);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(xva_suite())
