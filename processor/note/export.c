/* Notes as mails in a Maildir or mbox: see export.h. */
#include "note/export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/compose.h"
#include "mail/mbox.h"
#include "note/fetch.h"

enum { NOTES_AT_ONCE = 100 };

static const char own_id[] = "note-";

char *export_message_id(const void *context, const struct office *office, const struct note *note)
{
    if (note->message_id)
        return memory_copy_text(context, note->message_id);
    return memory_format(context, "%s%lld.%lld@%s", own_id, (long long)note->id, (long long)note->created_at,
                         address_domain(office->config->note_address));
}

bool export_find_note(const void *context, struct office *office, const char *message_id, struct note **note,
                      struct error **error)
{
    *note = NULL;
    if (strncmp(message_id, own_id, strlen(own_id)) != 0)
        return true;
    char *end;
    long long id = strtoll(message_id + strlen(own_id), &end, 10);
    struct note *named = NULL;
    if (*end != '.' || id <= 0)
        return true;
    if (!store_find_note(context, office->store, id, &named, error))
        return false;
    char *expected = named ? export_message_id(context, office, named) : NULL;
    if (expected && strcmp(expected, message_id) == 0) /* another center may have an N12, too */
        *note = named;
    return true;
}

static char *make_subject(const void *context, const struct note *note)
{
    char *subject = memory_format(context, "%s%s", note_is_comment(note) ? "Re: " : "", note->title);
    for (const char *tag = note->tags; *tag;) {
        size_t length = strcspn(tag, " ");
        subject = memory_format(context, "%s #%.*s", subject, (int)length, tag);
        tag += length + (tag[length] == ' ');
    }
    return subject;
}

/* The thread that a comment belongs to, also when its first note was withdrawn. */
static bool find_thread(const void *context, struct office *office, const struct note *note, char **id,
                        struct error **error)
{
    struct note *top = NULL;
    *id = NULL;
    if (!note_is_comment(note))
        return true;
    if (!store_find_note(context, office->store, note->thread_id, &top, error))
        return false;
    *id = top ? export_message_id(context, office, top) : NULL;
    return true;
}

static char *without_returns(const void *context, const char *text)
{
    struct buffer *out = buffer_new(context, LIMIT_MAIL_OUT_BYTES);
    while (*text) {
        size_t length = strcspn(text, "\r");
        buffer_add(out, text, length);
        text += length + (text[length] == '\r');
    }
    return buffer_take(out, context);
}

/* The bytes of a note as a mail, with the line ends of files. */
static char *compose(const void *context, struct office *office, const struct note *note, struct error **error)
{
    const char *desk = office->config->note_address;
    char *thread;
    if (!find_thread(context, office, note, &thread, error))
        return NULL;
    struct attachment *files = fetch_files(context, office, note, error);
    if (!files)
        return NULL;
    struct message_field *fields = memory_array(context, struct message_field, 1);
    fields[0] = (struct message_field){"X-Kairan-Note", memory_format(fields, "N%lld", (long long)note->id)};
    struct message message = {
        .from = {note->author, *note->address ? note->address : memory_copy_text(context, desk)},
        .to = {memory_copy_text(context, ""), memory_copy_text(context, desk)},
        .subject = make_subject(context, note),
        .message_id = export_message_id(context, office, note),
        .in_reply_to = thread,
        .references = thread ? memory_format(context, "<%s>", thread) : NULL,
        .date = note->created_at,
        .list_fields = fields,
        .text = note->text,
        .attachments = files,
        .attachment_count = memory_count(files),
        .boundary = memory_format(context, "n%lldv%d", (long long)note->id, note->version)}; /* each export is the same */
    struct composed *composed = message_compose(context, &message, error);
    if (!composed)
        return NULL;
    return without_returns(context, memory_format(context, "%s\r\n%s", composed->head, composed->body));
}

/* Where the mails go: one call a note. */
struct target {
    const char *path;
    int descriptor; /* of an mbox */
    bool (*add)(struct target *target, struct office *office, const struct note *note, const char *mail,
                struct error **error);
};

static bool export_all(struct office *office, struct target *target, int64_t *count, struct error **error)
{
    int64_t last = 0;
    *count = 0;
    for (;;) {
        struct note *notes = store_list_notes_after(NULL, office->store, last, NOTES_AT_ONCE, error);
        bool done = notes != NULL;
        size_t found = memory_count(notes);
        for (size_t i = 0; done && i < found; i++) {
            void *context = talloc_new(notes);
            char *mail = compose(context, office, &notes[i], error);
            done = mail && target->add(target, office, &notes[i], mail, error);
            if (!done)
                error_add(error, "N%lld cannot be exported", (long long)notes[i].id);
            *count += done;
            last = notes[i].id;
            talloc_free(context);
        }
        talloc_free(notes);
        if (!done || !found)
            return done;
    }
}

/* Seen, and of the age of the note: programs that index a Maildir go by the time of its files. */
static bool add_to_maildir(struct target *target, struct office *office, const struct note *note, const char *mail,
                           struct error **error)
{
    void *context = talloc_new(NULL);
    struct timespec times[2] = {{.tv_sec = note->created_at}, {.tv_sec = note->created_at}};
    char *path = memory_format(context, "%s/cur/%lld.N%lldV%d.%s:2,S", target->path, (long long)note->created_at,
                               (long long)note->id, note->version, address_domain(office->config->note_address));
    bool done = file_write(path, mail, strlen(mail), 0600, error);
    if (done && utimensat(AT_FDCWD, path, times, 0) != 0)
        done = error_set_errno(error, "cannot date %s", path);
    talloc_free(context);
    return done;
}

static bool add_to_mbox(struct target *target, struct office *office, const struct note *note, const char *mail,
                        struct error **error)
{
    (void)office;
    void *context = talloc_new(NULL);
    char *separator = mbox_separator(context, note->address, note->created_at);
    bool done = file_append(target->descriptor, target->path, separator, strlen(separator), error) &&
                file_append(target->descriptor, target->path, mail, strlen(mail), error) &&
                file_append(target->descriptor, target->path, "\n", 1, error);
    talloc_free(context);
    return done;
}

static bool make_maildir(const char *path, struct error **error)
{
    static const char *const folders[] = {"tmp", "new", "cur"};
    if (mkdir(path, 0700) != 0)
        return error_set_errno(error, "cannot make the folder %s (it must be new)", path);
    bool done = true;
    for (size_t i = 0; done && i < sizeof folders / sizeof *folders; i++) {
        char *folder = file_join(NULL, path, folders[i]);
        done = file_make_folder(folder, error);
        talloc_free(folder);
    }
    return done;
}

bool export_maildir(struct office *office, const char *path, int64_t *count, struct error **error)
{
    struct target target = {.path = path, .add = add_to_maildir};
    return make_maildir(path, error) && export_all(office, &target, count, error);
}

bool export_mbox(struct office *office, const char *path, int64_t *count, struct error **error)
{
    struct target target = {.path = path, .add = add_to_mbox};
    target.descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (target.descriptor < 0)
        return error_set_errno(error, "cannot make %s (it must be new)", path);
    bool done = export_all(office, &target, count, error);
    if (close(target.descriptor) != 0 && done)
        done = error_set_errno(error, "cannot write %s", path);
    return done;
}
