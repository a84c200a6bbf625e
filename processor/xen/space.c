/* What snapshots cost: see space.h. */
#include "xen/space.h"

#include <string.h>

static const int64_t EXTENT = 4 * 1024 * 1024;    /* LVM's */
static const int64_t BLOCK = 2 * 1024 * 1024;     /* of a VHD */
static const int64_t METADATA = 4329472;          /* of a VHD of 2 TiB, which is what every one is made for */
static const int64_t BITMAP = 4096;               /* a block */
static const int64_t SNAPSHOT_EXTRA = 8 * 1024 * 1024;

static int64_t round_up(int64_t bytes, int64_t step)
{
    return (bytes + step - 1) / step * step;
}

int64_t space_full(int64_t size)
{
    return round_up(size + METADATA + (size + BLOCK - 1) / BLOCK * BITMAP, EXTENT);
}

int64_t space_thin(void)
{
    return round_up(METADATA, EXTENT);
}

static bool is_lvm(const json_t *sr)
{
    return strncmp(record_text(sr, "type"), "lvm", 3) == 0;
}

bool space_is_storage(const json_t *sr)
{
    const char *type = record_text(sr, "type");
    return sr && record_number(sr, "physical_size") > 0 && strcmp(record_text(sr, "content_type"), "iso") != 0 &&
           strcmp(type, "udev") != 0 && strcmp(type, "iso") != 0;
}

int64_t space_free(const json_t *sr)
{
    return record_number(sr, "physical_size") - record_number(sr, "physical_utilisation");
}

int64_t space_reserve(struct records *records, const char *sr_ref, long percent)
{
    const json_t *sr = records_find(records, "SR", sr_ref);
    int64_t reserve = record_number(sr, "physical_size") / 100 * percent;
    size_t i;
    const json_t *ref;
    if (!is_lvm(sr) || !percent)
        return reserve;
    json_array_foreach(json_object_get(sr, "VDIs"), i, ref) {
        const json_t *vdi = records_find(records, "VDI", json_string_value(ref));
        bool is_leaf = record_flag(vdi, "managed") && !record_flag(vdi, "is_a_snapshot");
        int64_t full = is_leaf ? space_full(record_number(vdi, "virtual_size")) : 0;
        reserve = full > reserve ? full : reserve;
    }
    return reserve;
}

/* The node that a disk stands on. */
static const char *parent_of(const json_t *vdi)
{
    return record_config(vdi, "sm_config", "vhd-parent");
}

static const json_t *find_by_uuid(struct records *records, const char *uuid)
{
    const char *ref;
    json_t *row;
    json_object_foreach(records_table(records, "VDI", NULL), ref, row) {
        if (strcmp(record_text(row, "uuid"), uuid) == 0)
            return row;
    }
    return NULL;
}

/* Walks the hidden nodes below a disk: how many there are, and how large the largest is, which is what it wrote between snapshots. */
static int walk(struct records *records, const json_t *vdi, int64_t *largest)
{
    enum { LONGEST_CHAIN = 64 };
    int depth = 0;
    *largest = 0;
    for (const char *parent = parent_of(vdi); *parent && depth < LONGEST_CHAIN; depth++) {
        const json_t *row = find_by_uuid(records, parent);
        int64_t used = record_number(row, "physical_utilisation");
        *largest = used > *largest ? used : *largest;
        parent = parent_of(row);
    }
    return depth;
}

int space_chain(struct records *records, const char *vdi_ref)
{
    int64_t largest;
    return walk(records, records_find(records, "VDI", vdi_ref), &largest);
}

int64_t space_need(struct records *records, const char *vdi_ref)
{
    const json_t *vdi = records_find(records, "VDI", vdi_ref);
    const json_t *sr = records_find(records, "SR", record_text(vdi, "SR"));
    int64_t size = record_number(vdi, "virtual_size");
    int64_t least = space_thin() + SNAPSHOT_EXTRA;
    int64_t need = size / 10;
    if (is_lvm(sr)) {
        int64_t base;
        walk(records, vdi, &base);
        need = base == 0 ? space_full(size) : base > need ? base : need;
    }
    return need + least;
}
