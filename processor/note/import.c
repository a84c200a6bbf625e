/* Notes out of other people's mail: see import.h. */
#include "note/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "note/draft.h"
#include "note/export.h"
#include "note/publish.h"
#include "store/person.h"
#include "store/search.h"

/* The nearest first: the parent, then the thread from its end. */
static char **list_answered(const void *context, const struct letter *letter)
{
    size_t direct = memory_count(letter->in_reply_to);
    size_t above = memory_count(letter->references);
    char **list = memory_array(context, char *, direct + above);
    for (size_t i = 0; i < direct; i++)
        list[i] = memory_copy_text(list, letter->in_reply_to[i]);
    for (size_t i = 0; i < above; i++)
        list[direct + i] = memory_copy_text(list, letter->references[above - 1 - i]);
    return list;
}

struct import_note *import_read(const void *context, const struct office *office, const struct letter *letter,
                                const char *id, const char **reason)
{
    *reason = NULL;
    if (!letter->from.count)
        *reason = "it has no sender";
    else if (letter->class != LETTER_HUMAN && letter->class != LETTER_LIST)
        *reason = letter->class_reason;
    else if (office_is_own(office, letter))
        *reason = "a mail of ours";
    if (*reason)
        return NULL;
    struct import_note *note = memory_new(context, struct import_note);
    struct note_draft *draft = note_draft_read(note, letter);
    note->message_id = memory_copy_text(note, letter->message_id ? letter->message_id : id);
    note->answered = list_answered(note, letter);
    note->name = memory_copy_text(note, letter->from.mailboxes[0].name);
    note->address = memory_copy_text(note, letter->from.mailboxes[0].address);
    note->title = draft->title;
    note->tags = draft->tags;
    note->text = draft->text;
    note->new_text = memory_copy_text(note, letter->new_text);
    note->date = letter->has_date && letter->date < office->now ? letter->date : office->now;
    note->files = memory_array(note, struct note_attachment, 0);
    return note;
}

static bool find_known(const void *context, struct office *office, const char *message_id, struct note **note,
                       struct error **error)
{
    return store_find_note_of_mail(context, office->store, message_id, note, error) &&
           (*note || export_find_note(context, office, message_id, note, error));
}

bool import_is_known(struct office *office, const struct import_note *note, bool *is_known, struct error **error)
{
    void *context = talloc_new(NULL);
    struct note *known;
    bool done = find_known(context, office, note->message_id, &known, error);
    *is_known = done && known;
    talloc_free(context);
    return done;
}

bool import_keep_files(struct office *office, const struct letter *letter, struct import_note *note,
                       struct error **error)
{
    struct publish_files files;
    if (!publish_keep_files(note, office, letter, &files, error))
        return false;
    note->files = files.kept;
    for (size_t i = 0; i < memory_count(files.refused); i++)
        log_warning("\"%s\" of %s: its attachment %s is too large and is not kept", note->title, note->address,
                    files.refused[i].name);
    return true;
}

enum { SLOT_BYTES = sizeof(void *) }; /* of an array of notes */

static int compare_dates(const void *first, const void *second)
{
    const struct import_note *a = *(struct import_note *const *)first;
    const struct import_note *b = *(struct import_note *const *)second;
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    return strcmp(a->message_id, b->message_id);
}

static int compare_ids(const void *first, const void *second)
{
    return strcmp((*(struct import_note *const *)first)->message_id, (*(struct import_note *const *)second)->message_id);
}

/* What a note answers among those of `index`, which is sorted by ids, as far as that has not begun to find its place. */
static struct import_note *find_before(struct import_note **index, size_t count, const struct import_note *note)
{
    for (size_t i = 0; i < memory_count(note->answered); i++) {
        struct import_note key = {.message_id = note->answered[i]};
        struct import_note *wanted = &key;
        struct import_note **found = bsearch(&wanted, index, count, SLOT_BYTES, compare_ids);
        if (found && !(*found)->is_begun)
            return *found;
    }
    return NULL;
}

void import_sort(struct import_note **notes, size_t count)
{
    if (!count)
        return;
    struct import_note **index = memory_array(NULL, struct import_note *, count);
    struct import_note **path = memory_array(index, struct import_note *, count);
    struct import_note **sorted = memory_array(index, struct import_note *, count);
    size_t filled = 0;
    qsort(notes, count, SLOT_BYTES, compare_dates);
    memcpy(index, notes, count * SLOT_BYTES);
    qsort(index, count, SLOT_BYTES, compare_ids);
    for (size_t i = 0; i < count; i++) {
        size_t depth = 0;
        if (!notes[i]->is_begun)
            path[depth++] = notes[i];
        while (depth) { /* each note is begun once, so that circles of answers end */
            path[depth - 1]->is_begun = true;
            struct import_note *before = find_before(index, count, path[depth - 1]);
            if (before)
                path[depth++] = before;
            else
                sorted[filled++] = path[--depth];
        }
    }
    memcpy(notes, sorted, count * SLOT_BYTES);
    talloc_free(index);
}

static bool find_answered(const void *context, struct office *office, const struct import_note *source,
                          struct note **note, struct error **error)
{
    *note = NULL;
    for (size_t i = 0; i < memory_count(source->answered) && !*note; i++)
        if (!find_known(context, office, source->answered[i], note, error))
            return false;
    return true;
}

static bool add(void *context, struct office *office, const struct import_note *source, struct import_counts *counts,
                struct error **error)
{
    struct note *answered;
    struct person *author = store_meet_person(context, office->store, source->address, source->name, NULL, error);
    if (!author || !find_answered(context, office, source, &answered, error))
        return false;
    struct note note = {.thread_id = answered ? answered->thread_id : 0,
                        .title = answered ? answered->title : source->title,
                        .tags = answered ? memory_copy_text(context, "") : source->tags,
                        .text = answered ? source->new_text : source->text,
                        .message_id = source->message_id,
                        .author_id = author->id,
                        .author = author->name,
                        .address = source->address,
                        .created_at = source->date};
    counts->comments += answered != NULL;
    counts->notes += !answered;
    return store_add_note(office->store, &note, 0, error) &&
           store_add_note_attachments(office->store, note.version_id, source->files, error) &&
           store_index_note(office->store, &note, source->files, error);
}

bool import_take(struct office *office, struct import_note **notes, size_t count, struct import_counts *counts,
                 struct error **error)
{
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        void *context = talloc_new(office->pool);
        struct note *known;
        done = find_known(context, office, notes[i]->message_id, &known, error);
        counts->known += done && known;
        done = done && (known || add(context, office, notes[i], counts, error));
        talloc_free(context);
    }
    return done;
}
