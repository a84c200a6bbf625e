/* Publishing: see publish.h. */
#include "note/publish.h"

#include <string.h>

#include "base/address.h"
#include "base/limits.h"
#include "base/memory.h"
#include "note/people.h"
#include "note/view.h"
#include "store/attachment.h"
#include "store/reader.h"
#include "store/search.h"
#include "text/value.h"

static void add_file(const void *context, struct note_attachment **list, const struct letter_attachment *attachment)
{
    size_t count = memory_count(*list);
    *list = memory_resize(context, *list, struct note_attachment, count + 1);
    (*list)[count] = (struct note_attachment){memory_copy_text(context, attachment->sha256),
                                              memory_copy_text(context, attachment->name),
                                              memory_copy_text(context, attachment->type), attachment->size};
}

bool publish_keep_files(const void *context, struct office *office, const struct letter *letter,
                        struct publish_files *files, struct error **error)
{
    const struct config *config = office->config;
    size_t room = (size_t)config->attachment_bytes;
    files->kept = memory_array(context, struct note_attachment, 0);
    files->refused = memory_array(context, struct note_attachment, 0);
    for (size_t i = 0; i < letter->attachment_count; i++) {
        const struct letter_attachment *attachment = &letter->attachments[i];
        bool fits = attachment->bytes && attachment->size <= room && memory_count(files->kept) < LIMIT_ATTACHMENTS;
        add_file(context, fits ? &files->kept : &files->refused, attachment);
        if (!fits)
            continue;
        room -= attachment->size;
        if (!attachment_keep(config->attachments, attachment->sha256, attachment->bytes, attachment->size, error))
            return false;
    }
    return true;
}

static bool is_new(const struct publication *publication)
{
    return publication->kind == PUBLISH_NOTE || publication->kind == PUBLISH_COMMENT;
}

static bool record(struct office *office, struct publication *publication, struct error **error)
{
    struct note *note = publication->note;
    bool done = is_new(publication) ? store_add_note(office->store, note, publication->letter_id, error)
                                    : store_add_note_version(office->store, note, publication->letter_id, error);
    return done && store_add_note_attachments(office->store, note->version_id, publication->attachments, error) &&
           store_index_note(office->store, note, publication->attachments, error);
}

char *publish_message_id(const void *context, const struct office *office, const struct note *note, int64_t person_id)
{
    char *reference = people_make_reference(NULL, office, 'n', note->id, person_id);
    char *id = memory_format(context, "%s.%d@%s", reference, note->version, address_domain(office->config->note_address));
    talloc_free(reference);
    return id;
}

static json_t *view_publication(const struct publication *publication)
{
    json_t *view = note_view(publication->note, publication->attachments);
    json_object_set_new(view, "is_correction", json_boolean(publication->kind == PUBLISH_CORRECTION));
    json_object_set_new(view, "is_addition", json_boolean(publication->kind == PUBLISH_ADDITION));
    json_object_set_new(view, "added", publication->added ? json_string(publication->added) : json_null());
    return view;
}

/* One mail to one person; the same version never reaches anybody twice. */
static bool tell_person(struct office *office, const struct publication *publication, int64_t person_id, json_t *view,
                        struct error **error)
{
    void *context = talloc_new(NULL);
    const struct note *note = publication->note;
    struct person *person = store_load_person(context, office->store, person_id, error);
    char *address = person ? store_first_address(context, office->store, person_id, error) : NULL;
    bool done = false;
    if (address) {
        struct note top = {.id = note->thread_id, .version = 1};
        struct outgoing outgoing = {
            .template = "note-news",
            .language = person->language,
            .name = person->name,
            .address = address,
            .desk = office->config->note_address,
            .reference = people_make_reference(context, office, 'n', note->id, person_id),
            .message_id = publish_message_id(context, office, note, person_id),
            .follows = note_is_comment(note) || note->version > 1 ? publish_message_id(context, office, &top, person_id)
                                                                  : NULL,
            .unsubscribe = people_settings_reference(context, office, person_id),
            .bounces_count = true,
            .dedupe = memory_format(context, "note/%lld/%lld", (long long)note->version_id, (long long)person_id),
            .view = view};
        done = office_queue(office, &outgoing, error);
    }
    talloc_free(context);
    return done;
}

/* Who wants every note gets it at once, unless something before it still waits for a digest: order is kept. */
static bool tell_readers(struct office *office, const struct publication *publication, json_t *view,
                         struct error **error)
{
    struct note_reader *readers = store_list_readers(NULL, office->store, error);
    int64_t version_id = publication->note->version_id;
    bool done = readers != NULL;
    for (size_t i = 0; done && i < memory_count(readers); i++) {
        struct note_reader *reader = &readers[i];
        bool is_current = false;
        if (reader->frequency != NOTES_EACH || reader->paused_until > office->now || reader->bounces >= BOUNCES_MOST)
            continue;
        done = store_reader_is_current(office->store, reader, version_id, &is_current, error);
        if (!done || !is_current)
            continue;
        reader->seen_id = version_id;
        done = (reader->person_id == publication->note->author_id ||
                tell_person(office, publication, reader->person_id, view, error)) &&
               store_set_reader(office->store, reader, error);
    }
    talloc_free(readers);
    return done;
}

/* Whoever mail came back from hears nothing until they write again. */
static bool tell_people(struct office *office, const struct publication *publication, const int64_t *person_ids,
                        json_t *view, struct error **error)
{
    bool done = true;
    for (size_t i = 0; done && i < memory_count(person_ids); i++) {
        bool is_held = person_ids[i] == publication->note->author_id;
        done = (is_held || store_is_held(office->store, person_ids[i], &is_held, error)) &&
               (is_held || tell_person(office, publication, person_ids[i], view, error));
    }
    return done;
}

bool publish_tell(struct office *office, const struct publication *publication, const int64_t *person_ids,
                  struct error **error)
{
    json_t *view = view_publication(publication);
    bool done = tell_people(office, publication, person_ids, view, error);
    json_decref(view);
    return done;
}

/* Whose thread it is hears what others say in it. */
static bool tell_authors(struct office *office, const struct publication *publication, json_t *view,
                         struct error **error)
{
    const struct note *note = publication->note;
    int64_t *authors = store_list_thread_authors(NULL, office->store, note->thread_id, error);
    bool done = authors && tell_people(office, publication, authors, view, error);
    talloc_free(authors);
    return done;
}

bool publish(struct office *office, struct publication *publication, struct error **error)
{
    if (!record(office, publication, error))
        return false;
    json_t *view = view_publication(publication);
    bool done = (publication->kind == PUBLISH_NOTE || tell_authors(office, publication, view, error)) &&
                tell_readers(office, publication, view, error);
    json_decref(view);
    return done;
}

static json_t *view_refused(const struct note_attachment *files)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(files); i++) {
        char *size = note_view_size(NULL, files[i].size);
        json_array_append_new(list, json_pack("{s:s, s:s}", "name", *files[i].name ? files[i].name : "-", "size", size));
        talloc_free(size);
    }
    return list;
}

bool publish_acknowledge(struct office *office, const struct incoming *incoming, const struct publication *publication,
                         const struct publish_files *files, const struct person *author, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct note *note = publication->note;
    json_t *view = view_publication(publication);
    char *limit = note_view_size(context, (size_t)office->config->attachment_bytes);
    json_object_set_new(view, "refused", view_refused(files->refused));
    json_object_set_new(view, "any_refused", json_boolean(memory_count(files->refused) > 0));
    json_object_set_new(view, "limit", json_string(limit));
    json_object_set_new(view, "limit_count", json_integer(LIMIT_ATTACHMENTS));
    json_object_set_new(view, "quote", json_string(view_quote(context, note->text, 20)));
    struct people_answer answer = {.template = "note-receipt",
                                   .language = author->language,
                                   .reference = people_make_reference(context, office, 'n', note->id, author->id),
                                   .view = view};
    bool done = people_answer(office, incoming, &answer, error);
    json_decref(view);
    talloc_free(context);
    return done;
}
