/* Reading ahead: see ahead.h. */
#include "job/ahead.h"

#include "base/file.h"
#include "base/memory.h"

enum {
    FILES_AHEAD = 8,
    AHEAD_BYTES = 32 * 1024, /* a longer one waits for its turn, so that what it does to this process is its own doing */
};

struct file {
    char *bytes;
    size_t length;
    bool is_announced;
};

struct ahead {
    struct reading *reading;
    const char *folder;
    char **names;
    size_t maximum;
    size_t place; /* of the first file that was read and not taken */
    size_t count; /* of those files */
    struct file files[FILES_AHEAD];
};

static void forget(struct ahead *ahead)
{
    reading_forget(ahead->reading);
    for (size_t i = 0; i < ahead->count; i++)
        talloc_free(ahead->files[i].bytes);
    ahead->count = 0;
}

static int close_ahead(struct ahead *ahead)
{
    forget(ahead);
    return 0;
}

struct ahead *ahead_open(const void *context, struct reading *reading, const char *folder, char **names, size_t maximum)
{
    struct ahead *ahead = memory_new(context, struct ahead);
    *ahead = (struct ahead){.reading = reading, .folder = folder, .names = names, .maximum = maximum};
    talloc_set_destructor(ahead, close_ahead);
    return ahead;
}

/* The next file; the error of the first counts, the others' is told when it is their turn. */
static bool read_one(struct ahead *ahead, struct error **error)
{
    struct file *file = &ahead->files[ahead->count];
    bool is_due = ahead->count == 0;
    size_t maximum = is_due || ahead->maximum < AHEAD_BYTES ? ahead->maximum : AHEAD_BYTES;
    char *path = file_join(ahead, ahead->folder, ahead->names[ahead->place + ahead->count]);
    file->bytes = file_read(ahead, path, maximum, &file->length, is_due ? error : NULL);
    talloc_free(path);
    if (!file->bytes)
        return false;
    file->is_announced = reading_announce(ahead->reading, file->bytes, file->length);
    ahead->count++;
    return true;
}

/* What cannot be announced is the last to be read ahead: the reader is asked in the order in which it was told. */
static bool may_read_more(const struct ahead *ahead)
{
    return ahead->count < FILES_AHEAD && ahead->place + ahead->count < memory_count(ahead->names) &&
           (!ahead->count || ahead->files[ahead->count - 1].is_announced);
}

char *ahead_read(struct ahead *ahead, const void *context, size_t place, size_t *length, struct error **error)
{
    if (place != ahead->place)
        forget(ahead);
    ahead->place = place;
    if (ahead->count <= FILES_AHEAD / 2) {
        while (may_read_more(ahead) && read_one(ahead, error))
            continue;
        reading_push(ahead->reading);
    }
    if (!ahead->count)
        return NULL;
    struct file taken = ahead->files[0];
    ahead->count--;
    ahead->place++;
    for (size_t i = 0; i < ahead->count; i++)
        ahead->files[i] = ahead->files[i + 1];
    *length = taken.length;
    return talloc_steal(context, taken.bytes);
}
