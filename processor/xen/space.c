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

int64_t space_reserve(const json_t *sr, long percent)
{
    return record_number(sr, "physical_size") / 100 * percent;
}

/* The node that a disk stands on. */
static const char *parent_of(const json_t *vdi)
{
    return record_config(vdi, "sm_config", "vhd-parent");
}

/* The largest of the hidden nodes below a disk: what it has written between two snapshots. 0: there is none. */
static int64_t largest_base(struct records *records, const json_t *vdi)
{
    enum { LONGEST_CHAIN = 40 };
    json_t *vdis = records_table(records, "VDI", NULL);
    int64_t largest = 0;
    const char *parent = parent_of(vdi);
    for (int depth = 0; *parent && depth < LONGEST_CHAIN; depth++) {
        const char *wanted = parent;
        const char *ref;
        json_t *row;
        parent = "";
        json_object_foreach(vdis, ref, row) {
            if (strcmp(record_text(row, "uuid"), wanted) != 0)
                continue;
            if (record_number(row, "physical_utilisation") > largest)
                largest = record_number(row, "physical_utilisation");
            parent = parent_of(row);
            break;
        }
    }
    return largest;
}

int64_t space_need(struct records *records, const char *vdi_ref)
{
    const json_t *vdi = records_find(records, "VDI", vdi_ref);
    const json_t *sr = records_find(records, "SR", record_text(vdi, "SR"));
    int64_t size = record_number(vdi, "virtual_size");
    int64_t least = space_thin() + SNAPSHOT_EXTRA;
    int64_t need = size / 10;
    if (is_lvm(sr)) {
        int64_t base = largest_base(records, vdi);
        need = base == 0 ? space_full(size) : base > need ? base : need;
    }
    return need + least;
}
