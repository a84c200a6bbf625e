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
#include "job/ahead.h"
#include "job/attempt.h"
#include "job/identity.h"
#include "job/reading.h"
#include "job/set_aside.h"
#include "job/take.h"
#include "note/minutes.h"
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
    FATE_UNREAD, /* its file cannot be read: it stays in new/, and the next ones are taken */
    FATE_LEFT,   /* the surroundings failed: it stays in new/, and so do the next ones */
};

/* A run over the spool. */
struct intake {
    struct office *office;
    struct reading *reading;
    struct attempt *attempt;
    struct ahead *ahead; /* over the present listing … */
    char **names;        /* … which is this */
    struct intake_counts *counts;
    void *pool; /* for one letter after the other */
    char *new_folder;
    char *failed_folder;
    char *archive_day; /* "2026/01/15", below the archive */
    size_t unread;     /* files of the present listing that could not be read … */
    enum error_class unread_class; /* … and why the last of them could not */
};

/* Files whose effects wait for the commit; then they move. */
struct batch {
    char **names; /* part of the listing */
    enum fate *fates;
    char **archives; /* where each goes below the archive */
    size_t count;
};

static time_t received_at(const struct intake *intake, const char *name)
{
    struct stat status;
    char *path = file_join(NULL, intake->new_folder, name);
    bool is_known = stat(path, &status) == 0 && status.st_mtime <= intake->office->now;
    talloc_free(path);
    return is_known && !clock_is_stopped() ? status.st_mtime : intake->office->now;
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

/*
 * Where a letter goes that was known: when the run that took this very file in was killed before it moved it, to the
 * place that its record names; a second copy of the mail goes beside those of today.
 */
static bool find_archive(const struct intake *intake, const struct letter_record *record, const char *name,
                         char **archive, struct error **error)
{
    char *known = store_find_archive(talloc_parent(*archive), intake->office->store, record->identity, error);
    const char *slash = known ? strrchr(known, '/') : NULL;
    if (slash && strcmp(slash + 1, name) == 0)
        *archive = known;
    return known != NULL;
}

/* Only what is the letter's fault sets it aside: it is refused, or it has ended or stalled a good reader. */
static enum fate judge_failure(const struct intake *intake, bool was_read, const struct error *reason)
{
    if (!reason || reason->class == ERROR_REFUSED)
        return FATE_FAILED;
    if (!was_read)
        return FATE_UNREAD;
    return reading_is_spent(intake->reading) ? FATE_FAILED : FATE_LEFT;
}

/* One letter inside its savepoint. FATE_FAILED says why in *error, and nothing of it stays. */
static enum fate take_letter(struct intake *intake, size_t place, char **archive, struct error **error)
{
    void *context = talloc_new(intake->pool);
    struct office *office = intake->office;
    enum fate fate = FATE_FAILED;
    size_t length;
    const char *name = intake->names[place];
    char *bytes = ahead_read(intake->ahead, context, place, &length, error);
    struct letter *letter = bytes ? reading_read(context, intake->reading, bytes, length, error) : NULL;
    struct route *route = letter ? route_letter(context, office->config, letter) : NULL;
    bool fetches = route && letter->may_count && letter->attachment_count &&
                   (route->verb == ROUTE_NOTE || minutes_are_in(letter, route));
    if (route && (!fetches || reading_fetch_attachments(intake->reading, bytes, length, letter, error))) {
        struct letter_record record = {.received_at = received_at(intake, name)};
        record.recipient = route->recipient;
        record.identity = identity_of(context, letter, route, bytes, length);
        record.archive = *archive;
        bool is_new = false;
        struct incoming incoming = {.letter = letter, .route = route, .received_at = record.received_at};
        if (enter(intake, letter, &record, &is_new, error)) {
            incoming.id = record.id;
            if (!is_new)
                fate = find_archive(intake, &record, name, archive, error) ? FATE_REPEATED : FATE_FAILED;
            else if (take_incoming(office, &incoming, error) &&
                     store_set_verdict(office->store, record.id, incoming.verdict, incoming.reason, error))
                fate = FATE_TAKEN;
        }
    }
    if (fate == FATE_FAILED)
        fate = judge_failure(intake, bytes != NULL, *error);
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
static enum fate take_part(struct intake *intake, size_t place, char **archive, struct error **error)
{
    const char *name = intake->names[place];
    struct store *store = intake->office->store;
    struct error *reason = NULL;
    if (attempt_begin(intake->attempt, name) > ATTEMPTS_MOST) {
        log_error("%s: handling it has ended the program %d times; it is set aside in spool/failed", name,
                  (int)ATTEMPTS_MOST);
        return set_aside_note(store, name, "handling it has ended the program several times", error) ? FATE_FAILED
                                                                                                      : FATE_LEFT;
    }
    if (!store_begin_part(store, error))
        return FATE_LEFT;
    enum fate fate = take_letter(intake, place, archive, &reason);
    bool settled = fate == FATE_TAKEN || fate == FATE_REPEATED ? store_keep_part(store, error)
                                                               : store_drop_part(store, error);
    if (settled && fate == FATE_FAILED) {
        report_failure(name, reason, "set aside in spool/failed");
        char *sentence = error_text(intake->pool, reason);
        settled = set_aside_note(store, name, sentence, error);
        talloc_free(sentence);
    } else if (settled && fate == FATE_UNREAD) {
        report_failure(name, reason, "left in spool/new");
        intake->unread++;
        intake->unread_class = reason->class;
    } else if (settled && fate == FATE_LEFT) {
        *error = reason;
        return FATE_LEFT;
    }
    error_free(&reason);
    return settled ? fate : FATE_LEFT;
}

static bool move_file(const char *from, const char *to, struct error **error)
{
    if (rename(from, to) == 0 || errno == ENOENT) /* gone: moved before, the name was listed by a run that died */
        return true;
    return error_set_errno(error, "cannot move %s to %s", from, to);
}

/* To spool/failed, or to the archive; as a rule the folder is the one that the letter before went to. */
static bool clear_letter(struct intake *intake, const struct batch *batch, size_t i, char **folder, struct error **error)
{
    void *context = talloc_parent(*folder);
    char *to = batch->fates[i] == FATE_FAILED
                   ? file_join(context, intake->failed_folder, batch->names[i])
                   : file_join(context, intake->office->config->archive, batch->archives[i]);
    size_t length = (size_t)(strrchr(to, '/') - to);
    bool done = true;
    if (strlen(*folder) != length || memcmp(*folder, to, length) != 0) {
        done = !**folder || file_sync_folder(*folder, error);
        *folder = memory_copy_bytes(context, to, length);
        done = done && file_make_folder(*folder, error);
    }
    return done && move_file(file_join(context, intake->new_folder, batch->names[i]), to, error);
}

/* After the commit: the files leave new/. Killed in between, the next run knows them and only moves them. */
static bool clear_batch(struct intake *intake, const struct batch *batch, struct error **error)
{
    void *context = talloc_new(NULL);
    char *folder = memory_copy_text(context, "");
    bool done = true;
    for (size_t i = 0; done && i < batch->count; i++) {
        if (batch->fates[i] == FATE_UNREAD)
            continue;
        done = clear_letter(intake, batch, i, &folder, error);
        intake->counts->taken += batch->fates[i] == FATE_TAKEN;
        intake->counts->repeated += batch->fates[i] == FATE_REPEATED;
        intake->counts->failed += batch->fates[i] == FATE_FAILED;
    }
    done = done && (!*folder || (file_sync_folder(folder, error) && file_sync_folder(intake->new_folder, error)));
    talloc_free(context);
    return done;
}

/* One transaction over at most LETTERS_A_COMMIT files. What was understood before trouble came is committed. */
static bool take_batch(struct intake *intake, size_t first, size_t count, struct error **error)
{
    struct store *store = intake->office->store;
    enum fate fates[LETTERS_A_COMMIT];
    struct batch batch = {.names = intake->names + first, .fates = fates};
    if (!store_begin(store, error))
        return false;
    batch.archives = memory_array(intake->reading, char *, count);
    bool well = true;
    while (well && batch.count < count) {
        char **archive = &batch.archives[batch.count];
        *archive = memory_format(batch.archives, "%s/%s", intake->archive_day, batch.names[batch.count]);
        fates[batch.count] = take_part(intake, first + batch.count, archive, error);
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
        well = false;
    } else {
        well = clear_batch(intake, &batch, well ? error : NULL) && well;
    }
    talloc_free(batch.archives);
    return well;
}

static bool tell_unread(const struct intake *intake, struct error **error)
{
    return !intake->unread || error_set(error, intake->unread_class, "%zu files in %s cannot be read; the log names them",
                                        intake->unread, intake->new_folder);
}

/* As many letters as were listed, batch by batch. */
static bool take_listed(struct intake *intake, struct error **error)
{
    size_t count = memory_count(intake->names);
    size_t maximum = (size_t)intake->office->config->letter_bytes;
    intake->unread = 0;
    intake->ahead = ahead_open(intake->names, intake->reading, intake->new_folder, intake->names, maximum);
    bool done = true;
    for (size_t i = 0; done && i < count; i += LETTERS_A_COMMIT)
        done = take_batch(intake, i, count - i < LETTERS_A_COMMIT ? count - i : LETTERS_A_COMMIT, error);
    return done;
}

static bool take_all(struct intake *intake, struct error **error)
{
    for (;;) {
        intake->names = file_list_folder(intake->reading, intake->new_folder, LETTERS_LISTED, error);
        if (!intake->names)
            return false;
        size_t count = memory_count(intake->names);
        bool done = take_listed(intake, error);
        talloc_free(intake->names);
        if (!done || count < LETTERS_LISTED || intake->unread == count)
            return done && tell_unread(intake, error);
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
    intake.pool = memory_new_pool(context);
    intake.reading = reading_start(context, office->config);
    intake.attempt = attempt_open(context, office->config->spool, error);
    bool done = intake.attempt && file_make_folder(intake.failed_folder, error) && take_all(&intake, error);
    talloc_free(context);
    return done;
}
