/*
 * Exported VMs: the verdict does not depend on how the bytes were cut, a good archive has been read to its last byte, and nothing
 * that lacks its end is good. Sums of tar headers are put right first, so that what lies behind them is reached.
 *
 * Seeds: xen/archives.jsonl archive
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz.h"
#include "xen/xva.h"

enum { BLOCK = 512, SIZE_AT = 124, SIZE_DIGITS = 11, SUM_AT = 148, SUM_WIDTH = 8 };

/* The header of a member gets its sum; returns where the next one begins. */
static size_t mend_header(char *header)
{
    unsigned sum = 0;
    size_t size = 0;
    memset(header + SUM_AT, ' ', SUM_WIDTH);
    for (int i = 0; i < BLOCK; i++)
        sum += (unsigned char)header[i];
    snprintf(header + SUM_AT, SUM_WIDTH, "%06o", sum);
    for (int i = 0; i < SIZE_DIGITS; i++)
        if (header[SIZE_AT + i] >= '0' && header[SIZE_AT + i] <= '7')
            size = size * 8 + (size_t)(header[SIZE_AT + i] - '0');
    return BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
}

static bool is_zero(const char *block)
{
    for (int i = 0; i < BLOCK; i++)
        if (block[i])
            return false;
    return true;
}

static bool is_good(const void *context, const char *bytes, size_t length, size_t piece, struct xva_summary *summary)
{
    struct xva *xva = xva_begin(context, NULL);
    bool good = true;
    for (size_t at = 0; good && at < length; at += piece)
        good = xva_feed(xva, bytes + at, length - at < piece ? length - at : piece, NULL);
    good = good && xva_end(xva, summary, NULL);
    talloc_free(xva);
    return good;
}

void fuzz_one(const void *context, const char *bytes, size_t length)
{
    char *archive = memory_copy_bytes(context, bytes, length);
    struct xva_summary whole = {0};
    struct xva_summary cut = {0};
    for (size_t at = 0; length >= BLOCK && at <= length - BLOCK && !is_zero(archive + at);)
        at += mend_header(archive + at);
    bool good = is_good(context, archive, length, length + 1, &whole);
    FUZZ_DEMAND(is_good(context, archive, length, 100, &cut) == good);
    FUZZ_DEMAND(!good || ((size_t)whole.bytes == length && length % BLOCK == 0));
    FUZZ_DEMAND(!good || (cut.bytes == whole.bytes && cut.chunks == whole.chunks && cut.disks == whole.disks));
    FUZZ_DEMAND(!good || !is_good(context, archive, length - 1, BLOCK, &cut));
}
