/* Handing out a note: see fetch.h. */
#include "note/fetch.h"

#include <string.h>

#include "base/memory.h"
#include "mail/compose.h"
#include "note/people.h"
#include "note/view.h"
#include "store/attachment.h"

/*
 * The type under which a file goes out: its own when a mail program only shows or saves such a thing, never one that
 * it might run, open as a mail or show as a page of ours.
 */
static const char *safe_type(const char *type)
{
    static const char *const shown[] = {"image/png", "image/jpeg", "image/gif", "application/pdf", "application/zip",
                                        "text/plain", "text/csv"};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (strcmp(type, shown[i]) == 0)
            return shown[i];
    return "application/octet-stream";
}

struct attachment *fetch_files(const void *context, struct office *office, const struct note *note,
                               struct error **error)
{
    struct note_attachment *list = store_list_note_attachments(context, office->store, note->version_id, error);
    if (!list)
        return NULL;
    struct attachment *files = memory_array(context, struct attachment, memory_count(list));
    for (size_t i = 0; i < memory_count(list); i++) {
        files[i] = (struct attachment){.name = list[i].name, .type = safe_type(list[i].type), .length = list[i].size};
        files[i].bytes = attachment_read(files, office->config->attachments, list[i].sha256, list[i].size, error);
        if (!files[i].bytes)
            return NULL;
    }
    return files;
}

static bool view_comment(struct office *office, const struct note *comment, json_t *comments, struct error **error)
{
    struct note_attachment *attachments =
        store_list_note_attachments(NULL, office->store, comment->version_id, error);
    if (attachments)
        json_array_append_new(comments, note_view(comment, attachments));
    talloc_free(attachments);
    return attachments != NULL;
}

json_t *fetch_view(struct office *office, const struct note *note, struct error **error)
{
    void *context = talloc_new(NULL);
    json_t *comments = json_array();
    struct note_attachment *attachments = store_list_note_attachments(context, office->store, note->version_id, error);
    struct note *thread = attachments ? store_list_thread(context, office->store, note->thread_id, error) : NULL;
    bool done = thread != NULL;
    for (size_t i = 0; done && i < memory_count(thread); i++)
        if (thread[i].id != note->id)
            done = view_comment(office, &thread[i], comments, error);
    json_t *view = done ? note_view(note, attachments) : NULL;
    if (done)
        json_object_set(view, "comments", comments);
    json_decref(comments);
    talloc_free(context);
    return view;
}

bool fetch_answer(struct office *office, struct incoming *incoming, const struct person *person, int64_t id,
                  struct error **error)
{
    void *context = talloc_new(NULL);
    struct note *note;
    bool done = store_find_note(context, office->store, id, &note, error);
    if (done && (!note || note->is_withdrawn)) {
        done = people_refuse(office, incoming, note ? "is_withdrawn" : "unknown_note", error);
    } else if (done) {
        struct attachment *files = fetch_files(context, office, note, error);
        json_t *view = files ? fetch_view(office, note, error) : NULL;
        struct people_answer answer = {.template = "note-show",
                                       .language = person->language,
                                       .reference = people_make_reference(context, office, 'n', note->id, person->id),
                                       .attachments = files,
                                       .view = view};
        done = view && people_answer(office, incoming, &answer, error) && incoming_settle(incoming, "fetched", "");
        json_decref(view);
    }
    talloc_free(context);
    return done;
}
