/* Importing notes: see import.h. */
#include "job/import.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "job/reading.h"
#include "mail/mbox.h"

enum {
    BATCH_BYTES = 64 * 1024 * 1024, /* of text; what is answered is found when both are in one batch or it was before */
    BATCH_NOTES = 20000,
    NOTES_A_COMMIT = 1000,
    FILES_MOST = 1000 * 1000, /* in one folder of a Maildir */
};

/* A mail and where it comes from. */
struct origin {
    const char *bytes;
    size_t length;
    const char *place; /* for sentences: a file, or a mail of one */
};

struct import {
    struct office *office;
    struct reading *reading;
    struct import_counts *counts;
    struct import_note **batch; /* talloc array, `count` of them in use */
    size_t count;
    size_t bytes;
    struct origin *next; /* which the reader works on already; NULL: none */
};

static bool commit_or_not(struct office *office, bool done, struct error **error)
{
    if (done && store_commit(office->store, error))
        return true;
    store_rollback(office->store);
    return false;
}

/* What has come together goes in, oldest first; counted when it is durable. */
static bool flush(struct import *import, struct error **error)
{
    bool done = true;
    import_sort(import->batch, import->count);
    for (size_t i = 0; done && i < import->count; i += NOTES_A_COMMIT) {
        struct import_counts counts = *import->counts;
        size_t count = import->count - i < NOTES_A_COMMIT ? import->count - i : NOTES_A_COMMIT;
        done = store_begin(import->office->store, error) &&
               commit_or_not(import->office, import_take(import->office, import->batch + i, count, &counts, error), error);
        if (done)
            *import->counts = counts;
    }
    for (size_t i = 0; i < import->count; i++)
        talloc_free(import->batch[i]);
    import->count = import->bytes = 0;
    return done;
}

static void tell(const char *place, const char *what, struct error **reason)
{
    char *text = error_text(NULL, *reason);
    log_error("%s: %s: %s", place, what, text);
    talloc_free(text);
    error_free(reason);
}

static bool add_to_batch(struct import *import, struct import_note *note, struct error **error)
{
    if (import->count == memory_count(import->batch))
        import->batch = memory_resize(import, import->batch, struct import_note *, 2 * import->count + 1000);
    import->batch[import->count++] = talloc_steal(import->batch, note);
    import->bytes += strlen(note->text) + strlen(note->new_text);
    return (import->count < BATCH_NOTES && import->bytes < BATCH_BYTES) || flush(import, error);
}

/* A letter that was read: a note, known already, or none that somebody wrote. */
static bool take_letter(struct import *import, const struct origin *origin, struct letter *letter, struct error **error)
{
    void *context = talloc_parent(letter);
    struct office *office = import->office;
    const char *reason;
    bool is_known;
    char *id = letter->message_id ? NULL
                                  : memory_format(context, "%s@import.invalid", hash_sha256(context, origin->bytes, origin->length));
    struct import_note *note = import_read(context, office, letter, id, &reason);
    if (!note) {
        log_info("%s is left out: %s", origin->place, reason);
        import->counts->skipped++;
        return true;
    }
    if (letter->is_cut)
        return error_set(error, ERROR_REFUSED, "its text is longer than %d bytes", (int)LIMIT_TEXT_BYTES);
    if (!*note->text && !letter->attachment_count)
        return error_set(error, ERROR_REFUSED, "it holds neither text nor attachments");
    if (!import_is_known(office, note, &is_known, error))
        return false;
    if (is_known) {
        import->counts->known++;
        return true;
    }
    return (!letter->attachment_count ||
            (reading_fetch_attachments(import->reading, origin->bytes, origin->length, letter, error) &&
             import_keep_files(office, letter, note, error))) &&
           add_to_batch(import, note, error);
}

/* What became of reading a mail. What is its own fault is told, and the next one is not kept waiting. */
static bool settle(struct import *import, const struct origin *origin, struct letter *letter, struct error *reason,
                   struct error **error)
{
    bool done = letter && take_letter(import, origin, letter, &reason);
    if (!done && (reason->class == ERROR_REFUSED || (!letter && reading_is_spent(import->reading)))) {
        tell(origin->place, "not taken in", &reason);
        import->counts->refused++;
        return true;
    }
    if (!done)
        *error = reason;
    return done;
}

/* Takes the mail that was offered before; while it is recorded, the reader works on this one. NULL: there is no other. */
static bool offer(struct import *import, struct origin *next, struct error **error)
{
    struct origin *origin = import->next;
    struct error *reason = NULL;
    struct letter *letter = NULL;
    if (origin)
        letter = reading_read(origin, import->reading, origin->bytes, origin->length, &reason);
    import->next = next ? talloc_steal(import, next) : NULL;
    if (next && reading_announce(import->reading, next->bytes, next->length))
        reading_push(import->reading);
    bool done = !origin || settle(import, origin, letter, reason, error);
    talloc_free(origin);
    return done;
}

static struct origin *new_origin(const char *place)
{
    struct origin *origin = memory_new(NULL, struct origin);
    origin->place = memory_copy_text(origin, place);
    return origin;
}

/* A mail that could not even be fetched. */
static void leave_out(struct import *import, struct origin *origin, struct error **reason)
{
    tell(origin->place, "not taken in", reason);
    import->counts->refused++;
    talloc_free(origin);
}

static bool take_file(struct import *import, const char *path, struct error **error)
{
    struct error *reason = NULL;
    struct origin *origin = new_origin(path);
    origin->bytes = file_read(origin, path, (size_t)import->office->config->letter_bytes, &origin->length, &reason);
    if (origin->bytes)
        return offer(import, origin, error);
    leave_out(import, origin, &reason);
    return true;
}

static bool take_folder(struct import *import, const char *path, struct error **error)
{
    void *context = talloc_new(NULL);
    char **names = file_list_folder(context, path, FILES_MOST, error);
    bool done = names != NULL;
    if (memory_count(names) == FILES_MOST)
        done = error_set(error, ERROR_REFUSED, "%s holds too many files for one run; split it", path);
    for (size_t i = 0; done && i < memory_count(names); i++) {
        char *file = file_join(context, path, names[i]);
        done = take_file(import, file, error);
        talloc_free(file);
    }
    talloc_free(context);
    return done;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* cur/ and new/ of a Maildir, or whatever files a folder holds. */
static bool take_maildir(struct import *import, const char *path, struct error **error)
{
    void *context = talloc_new(NULL);
    char *seen = file_join(context, path, "cur");
    char *unseen = file_join(context, path, "new");
    bool is_maildir = is_folder(seen) && is_folder(unseen);
    bool done = is_maildir ? take_folder(import, seen, error) && take_folder(import, unseen, error)
                           : take_folder(import, path, error);
    talloc_free(context);
    return done;
}

static bool take_mbox(struct import *import, const char *path, struct error **error)
{
    struct mbox *mbox = mbox_open(import, path, error);
    bool done = mbox != NULL;
    bool at_end = false;
    for (long long number = 1; done && !at_end; number++) {
        struct error *reason = NULL;
        char *place = memory_format(import, "mail %lld of %s", number, path);
        struct origin *origin = new_origin(place);
        talloc_free(place);
        origin->bytes = mbox_read(origin, mbox, (size_t)import->office->config->letter_bytes, &origin->length, &at_end, &reason);
        if (origin->bytes) {
            done = offer(import, origin, error);
        } else if (reason && reason->class == ERROR_REFUSED) {
            leave_out(import, origin, &reason);
        } else {
            talloc_free(origin);
            done = at_end;
            if (!done)
                *error = reason;
        }
    }
    talloc_free(mbox);
    return done;
}

static bool begins_as_mbox(const char *path, bool *is_mbox, struct error **error)
{
    char start[1000];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t got = descriptor < 0 ? -1 : read(descriptor, start, sizeof start);
    if (got < 0)
        error_set_errno(error, "cannot read %s", path);
    *is_mbox = got > 0 && mbox_begins(start, (size_t)got);
    if (descriptor >= 0)
        close(descriptor); /* it was only read */
    return got >= 0;
}

bool import_run(struct office *office, const char *path, struct import_counts *counts, struct error **error)
{
    struct import *import = memory_new(NULL, struct import);
    bool is_mbox = false;
    import->office = office;
    import->counts = counts;
    import->reading = reading_start(import, office->config);
    bool done = is_folder(path) || begins_as_mbox(path, &is_mbox, error);
    if (done && is_mbox)
        done = take_mbox(import, path, error);
    else if (done)
        done = is_folder(path) ? take_maildir(import, path, error) : take_file(import, path, error);
    done = done && offer(import, NULL, error);
    done = flush(import, done ? error : NULL) && done; /* what was understood before trouble came is kept */
    talloc_free(import);
    return done;
}
