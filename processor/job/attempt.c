/* The attempt file: see attempt.h. One fixed record, written in place. */
#include "job/attempt.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"

struct record {
    char name[256];
    int count;
};

struct attempt {
    int descriptor;
    struct record previous; /* what the last run was at when it ended */
};

static int close_file(struct attempt *attempt)
{
    close(attempt->descriptor); /* nothing in it has to survive */
    return 0;
}

struct attempt *attempt_open(const void *context, const char *spool, struct error **error)
{
    char *path = file_join(context, spool, "attempt");
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        error_set_errno(error, "cannot open %s", path);
        return NULL;
    }
    struct attempt *attempt = memory_new(context, struct attempt);
    attempt->descriptor = descriptor;
    talloc_set_destructor(attempt, close_file);
    if (pread(descriptor, &attempt->previous, sizeof attempt->previous, 0) != (ssize_t)sizeof attempt->previous)
        attempt->previous = (struct record){0};
    attempt->previous.name[sizeof attempt->previous.name - 1] = '\0';
    return attempt;
}

static void write_record(struct attempt *attempt, const struct record *record)
{
    if (pwrite(attempt->descriptor, record, sizeof *record, 0) != (ssize_t)sizeof *record)
        log_warning("the attempt file of the spool cannot be written; a letter that ends the program is not counted");
}

int attempt_begin(struct attempt *attempt, const char *name)
{
    struct record record = {.count = 1};
    size_t length = strlen(name);
    memcpy(record.name, name, length < sizeof record.name ? length : sizeof record.name - 1);
    if (strcmp(record.name, attempt->previous.name) == 0)
        record.count = attempt->previous.count + 1;
    write_record(attempt, &record);
    return record.count;
}

void attempt_end(struct attempt *attempt)
{
    attempt->previous = (struct record){0};
    write_record(attempt, &attempt->previous);
}
