/* Taking letters out of the spool: see intake.h. */
#include "job/intake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "job/attempt.h"
#include "job/identity.h"
#include "job/reading.h"
#include "job/take.h"
#include "store/letter.h"

enum {
    LETTERS_LISTED = 4096, /* names held in memory at once */
    LETTERS_A_COMMIT = 512,
};

/* What became of one file of the spool. */
enum fate {
    FATE_TAKEN,
    FATE_REPEATED,
    FATE_FAILED,
    FATE_LEFT, /* the surroundings failed: it stays in new/ */
};

/* A run over the spool. */
struct intake {
    struct office *office;
    struct reading *reading;
    struct attempt *attempt;
    struct intake_counts *counts;
    char *new_folder;
    char *failed_folder;
    char *archive_day; /* "2026/01/15", below the archive */
};

/* Files whose effects wait for the commit; then they move. */
struct batch {
    char **names;
    enum fate *fates;
    size_t count;
};

static time_t received_at(const struct intake *intake, const char *path)
{
    struct stat status;
    if (clock_is_stopped() || stat(path, &status) != 0 || status.st_mtime > intake->office->now)
        return intake->office->now;
    return status.st_mtime;
}

static bool enter(struct intake *intake, const struct letter *letter, struct letter_record *record, bool *is_new,
                  struct error **error)
{
    record->sender = letter->from.count ? letter->from.mailboxes[0].address : "";
    record->message_id = letter->message_id;
    record->subject = letter->subject;
    record->class = letter_class_name(letter->class);
    record->verdict = "taken";
    record->reason = "";
    return store_enter_letter(intake->office->store, record, is_new, error);
}

/* One letter inside its savepoint. FATE_FAILED says why in *error, and nothing of it stays. */
static enum fate take_letter(struct intake *intake, const char *name, struct error **error)
{
    void *context = talloc_new(NULL);
    struct office *office = intake->office;
    enum fate fate = FATE_FAILED;
    size_t length;
    char *path = file_join(context, intake->new_folder, name);
    char *bytes = file_read(context, path, (size_t)office->config->letter_bytes, &length, error);
    struct letter *letter = bytes ? reading_read(context, intake->reading, bytes, length, error) : NULL;
    if (letter) {
        struct letter_record record = {.received_at = received_at(intake, path)};
        struct route *route = route_letter(context, office->config, letter);
        record.recipient = route->recipient;
        record.identity = identity_of(context, letter, route, bytes, length);
        record.archive = memory_format(context, "%s/%s", intake->archive_day, name);
        bool is_new = false;
        struct incoming incoming = {.letter = letter, .route = route, .received_at = record.received_at};
        if (enter(intake, letter, &record, &is_new, error)) {
            incoming.id = record.id;
            if (!is_new)
                fate = FATE_REPEATED;
            else if (take_incoming(office, &incoming, error) &&
                     store_set_verdict(office->store, record.id, incoming.verdict, incoming.reason, error))
                fate = FATE_TAKEN;
        }
    }
    bool is_spent = bytes && reading_is_spent(intake->reading); /* without bytes it speaks of another letter */
    if (fate == FATE_FAILED && *error && (*error)->class == ERROR_TEMPORARY && !is_spent)
        fate = FATE_LEFT;
    talloc_free(context);
    return fate;
}

static void report_failure(const char *name, const struct error *reason, const char *what)
{
    char *text = error_text(NULL, reason);
    log_error("%s: %s: %s", name, what, text);
    talloc_free(text);
}

/* Takes one letter with everything it does, or with nothing. */
static enum fate take_part(struct intake *intake, const char *name, struct error **error)
{
    struct store *store = intake->office->store;
    struct error *reason = NULL;
    if (attempt_begin(intake->attempt, name) > ATTEMPTS_MOST) {
        log_error("%s: handling it has ended the program %d times; it is set aside in spool/failed", name,
                  (int)ATTEMPTS_MOST);
        return FATE_FAILED;
    }
    if (!store_begin_part(store, error))
        return FATE_LEFT;
    enum fate fate = take_letter(intake, name, &reason);
    bool settled = fate == FATE_TAKEN || fate == FATE_REPEATED ? store_keep_part(store, error)
                                                               : store_drop_part(store, error);
    if (fate == FATE_FAILED)
        report_failure(name, reason, "set aside in spool/failed");
    if (fate == FATE_LEFT || !settled) {
        if (settled) {
            *error = reason;
            reason = NULL;
        }
        fate = FATE_LEFT;
    }
    error_free(&reason);
    return fate;
}

static bool move_file(const char *from, const char *to, struct error **error)
{
    if (rename(from, to) == 0 || errno == ENOENT) /* gone: moved before, the name was listed by a run that died */
        return true;
    return error_set_errno(error, "cannot move %s to %s", from, to);
}

/* After the commit: the files leave new/. Killed in between, the next run knows them and only moves them. */
static bool clear_batch(struct intake *intake, const struct batch *batch, struct error **error)
{
    void *context = talloc_new(NULL);
    char *day = file_join(context, intake->office->config->archive, intake->archive_day);
    bool done = file_make_folder(day, error);
    bool any_failed = false;
    for (size_t i = 0; done && i < batch->count; i++) {
        const char *folder = batch->fates[i] == FATE_FAILED ? intake->failed_folder : day;
        done = move_file(file_join(context, intake->new_folder, batch->names[i]),
                         file_join(context, folder, batch->names[i]), error);
        intake->counts->taken += batch->fates[i] == FATE_TAKEN;
        intake->counts->repeated += batch->fates[i] == FATE_REPEATED;
        intake->counts->failed += batch->fates[i] == FATE_FAILED;
        any_failed = any_failed || batch->fates[i] == FATE_FAILED;
    }
    done = done && file_sync_folder(day, error) && (!any_failed || file_sync_folder(intake->failed_folder, error)) &&
           file_sync_folder(intake->new_folder, error);
    talloc_free(context);
    return done;
}

/* One transaction over at most LETTERS_A_COMMIT files. What was understood before trouble came is committed. */
static bool take_batch(struct intake *intake, char **names, size_t count, struct error **error)
{
    struct store *store = intake->office->store;
    enum fate fates[LETTERS_A_COMMIT];
    struct batch batch = {.names = names, .fates = fates};
    if (!store_begin(store, error))
        return false;
    bool well = true;
    while (well && batch.count < count) {
        fates[batch.count] = take_part(intake, names[batch.count], error);
        well = fates[batch.count] != FATE_LEFT;
        batch.count += well;
    }
    attempt_end(intake->attempt); /* what becomes of the commit (a full disk, a kill) is no letter's doing */
    struct error *trouble = NULL;
    if (!store_commit(store, &trouble)) {
        store_rollback(store);
        if (well)
            *error = trouble;
        else
            error_free(&trouble);
        return false;
    }
    return clear_batch(intake, &batch, well ? error : NULL) && well;
}

static bool take_all(struct intake *intake, struct error **error)
{
    for (;;) {
        char **names = file_list_folder(intake->reading, intake->new_folder, LETTERS_LISTED, error);
        if (!names)
            return false;
        size_t count = memory_count(names);
        bool done = true;
        for (size_t i = 0; done && i < count; i += LETTERS_A_COMMIT)
            done = take_batch(intake, names + i, count - i < LETTERS_A_COMMIT ? count - i : LETTERS_A_COMMIT, error);
        talloc_free(names);
        if (!done || count < LETTERS_LISTED)
            return done;
    }
}

bool intake_run(struct office *office, struct intake_counts *counts, struct error **error)
{
    void *context = talloc_new(NULL);
    struct intake intake = {.office = office, .counts = counts};
    struct civil today = clock_to_civil(office->now);
    *counts = (struct intake_counts){0};
    intake.new_folder = file_join(context, office->config->spool, "new");
    intake.failed_folder = file_join(context, office->config->spool, "failed");
    intake.archive_day = memory_format(context, "%04d/%02d/%02d", today.year, today.month, today.day);
    intake.reading = reading_start(context, office->config);
    intake.attempt = attempt_open(context, office->config->spool, error);
    bool done = intake.attempt && file_make_folder(intake.failed_folder, error) && take_all(&intake, error);
    talloc_free(context);
    return done;
}
