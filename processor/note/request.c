/* Requests: see request.h. */
#include "note/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "mail/reply.h"
#include "note/draft.h"
#include "note/member.h"
#include "note/move.h"
#include "note/people.h"
#include "note/publish.h"
#include "store/letter.h"
#include "store/reader.h"
#include "text/value.h"

static const char *const kind_names[] = {[REQUEST_NOTE] = "note", [REQUEST_WORD] = "word", [REQUEST_MOVE] = "move"};
static const char all_strangers[] = "(requests of strangers)"; /* no address looks so */

bool request_may_ask(struct office *office, const char *address, bool *may, struct error **error)
{
    void *context = talloc_new(NULL);
    char *day = clock_format_utc(context, office->now);
    day[sizeof "2026-01-15" - 1] = '\0';
    char *key = memory_format(context, "(request) %s", address);
    bool done = store_allow_answer(office->store, key, day, 1, may, error);
    if (done && *may)
        done = store_allow_answer(office->store, all_strangers, day, office->config->strangers_a_day, may, error);
    if (done && !*may)
        log_warning("no confirmation is asked of %s: one a day, and %ld a day of all that are not known", address,
                    office->config->strangers_a_day);
    talloc_free(context);
    return done;
}

static json_t *write_files(const struct note_attachment *files)
{
    json_t *list = json_array();
    for (size_t i = 0; i < memory_count(files); i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I}", "sha256", files[i].sha256, "name", files[i].name,
                                              "type", files[i].type, "size", (json_int_t)files[i].size));
    return list;
}

static struct note_attachment *read_files(const void *context, json_t *list)
{
    struct note_attachment *files = memory_array(context, struct note_attachment, json_array_size(list));
    size_t index;
    json_t *file;
    json_array_foreach(list, index, file)
    {
        files[index].sha256 = memory_copy_text(files, json_string_value(json_object_get(file, "sha256")));
        files[index].name = memory_copy_text(files, json_string_value(json_object_get(file, "name")));
        files[index].type = memory_copy_text(files, json_string_value(json_object_get(file, "type")));
        files[index].size = (size_t)json_integer_value(json_object_get(file, "size"));
    }
    return files;
}

static char *write_detail(const void *context, json_t *detail)
{
    char *dumped = memory_check(json_dumps(detail, JSON_COMPACT));
    char *text = memory_copy_text(context, dumped);
    free(dumped);
    json_decref(detail);
    return text;
}

bool request_enter(struct office *office, enum request_kind kind, const char *address, json_t *detail, int64_t *id,
                   struct error **error)
{
    void *context = talloc_new(NULL);
    struct note_request request = {.kind = memory_copy_text(context, kind_names[kind]),
                                   .address = memory_copy_text(context, address),
                                   .detail = write_detail(context, view_check(detail))};
    bool done = store_add_request(office->store, &request, office->now, error);
    *id = request.id;
    talloc_free(context);
    return done;
}

/* Asks the sender; takes `detail`. */
static bool ask(void *context, struct office *office, struct incoming *incoming, enum request_kind kind, json_t *detail,
                struct error **error)
{
    char *language;
    int64_t id;
    if (!request_enter(office, kind, incoming_sender(incoming)->address, detail, &id, error) ||
        !reply_find_language(context, office, incoming, &language, error))
        return false;
    json_t *view = json_pack("{s:s, s:s}", "subject", reply_subject(incoming), "note_address",
                             office->config->note_address);
    struct people_answer answer = {.template = "note-confirm",
                                   .language = language,
                                   .reference = people_make_reference(context, office, 'r', id, 0),
                                   .view = view_check(view)};
    bool done = people_answer(office, incoming, &answer, error);
    json_decref(view);
    return done && incoming_settle(incoming, "held", "the sender is asked first");
}

bool request_note(struct office *office, struct incoming *incoming, int64_t thread_id, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct letter *letter = incoming->letter;
    const struct mailbox *sender = incoming_sender(incoming);
    struct note_draft *draft = note_draft_read(context, letter);
    struct publish_files files;
    bool may = false;
    bool done = true;
    if (letter->may_answer && !letter->is_cut && (*draft->text || letter->attachment_count))
        done = request_may_ask(office, sender->address, &may, error);
    if (!done || !may) {
        talloc_free(context);
        return done && incoming_settle(incoming, "ignored", "the sender is not known and is not asked");
    }
    done = publish_keep_files(context, office, letter, &files, error);
    if (done) {
        json_t *detail = json_pack("{s:s, s:s, s:s, s:s, s:s?, s:I, s:I, s:o, s:o}", "title", draft->title, "tags",
                                   draft->tags, "text", thread_id ? letter->new_text : draft->text, "name", sender->name,
                                   "message_id", letter->message_id, "letter", (json_int_t)incoming->id, "thread",
                                   (json_int_t)thread_id, "files", write_files(files.kept), "refused",
                                   write_files(files.refused));
        done = ask(context, office, incoming, REQUEST_NOTE, detail, error);
    }
    talloc_free(context);
    return done;
}

bool request_word(struct office *office, struct incoming *incoming, const char *word, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct mailbox *sender = incoming_sender(incoming);
    struct person *person;
    bool may = false;
    bool done = people_find_member(context, office, sender->address, &person, error);
    bool belongs = done && (person || strcasecmp(address_domain(sender->address), office->config->domain) == 0);
    if (belongs && incoming->letter->may_answer)
        done = request_may_ask(office, sender->address, &may, error);
    if (!done || !may) {
        talloc_free(context);
        return done && incoming_settle(incoming, "ignored", "the sender is not known or was asked today");
    }
    json_t *detail = json_pack("{s:s, s:s}", "word", word, "name", sender->name);
    done = ask(context, office, incoming, REQUEST_WORD, detail, error);
    talloc_free(context);
    return done;
}

static char *detail_text(const void *context, json_t *detail, const char *key)
{
    return memory_copy_text(context, json_string_value(json_object_get(detail, key)));
}

/* The person is known from now on, and what they had written is published as if it came today. */
static bool publish_request(void *context, struct office *office, struct incoming *incoming,
                            const struct note_request *request, json_t *detail, struct error **error)
{
    struct person *author = store_meet_person(context, office->store, request->address,
                                              json_string_value(json_object_get(detail, "name")), NULL, error);
    struct note *other = NULL;
    struct note *note = memory_new(context, struct note);
    *note = (struct note){.thread_id = json_integer_value(json_object_get(detail, "thread")),
                          .title = detail_text(note, detail, "title"),
                          .tags = detail_text(note, detail, "tags"),
                          .text = detail_text(note, detail, "text"),
                          .message_id = detail_text(note, detail, "message_id"),
                          .created_at = incoming->received_at};
    if (!author || (note->message_id &&
                    !store_find_note_of_mail(context, office->store, note->message_id, &other, error)))
        return false;
    if (other)
        note->message_id = NULL;
    struct note *top = NULL;
    if (note->thread_id) {
        if (!store_find_note(context, office->store, note->thread_id, &top, error))
            return false;
        note->title = top ? top->title : note->title;
        note->tags = memory_copy_text(note, "");
    }
    note->author_id = author->id;
    note->author = author->name;
    note->address = memory_copy_text(note, request->address);
    struct publish_files files = {read_files(context, json_object_get(detail, "files")),
                                  read_files(context, json_object_get(detail, "refused"))};
    struct publication publication = {.kind = note->thread_id ? PUBLISH_COMMENT : PUBLISH_NOTE,
                                      .note = note,
                                      .attachments = files.kept,
                                      .letter_id = json_integer_value(json_object_get(detail, "letter"))};
    return publish(office, &publication, error) &&
           publish_acknowledge(office, incoming, &publication, &files, author, error) &&
           incoming_settle(incoming, note->thread_id ? "commented" : "noted", "");
}

static bool apply_request(void *context, struct office *office, struct incoming *incoming,
                          const struct note_request *request, json_t *detail, struct error **error)
{
    struct person *person = store_meet_person(context, office->store, request->address,
                                              json_string_value(json_object_get(detail, "name")), NULL, error);
    return person && member_apply(office, incoming, person, json_string_value(json_object_get(detail, "word")), error);
}

static bool carry_out(void *context, struct office *office, struct incoming *incoming,
                      const struct note_request *request, struct error **error)
{
    json_t *detail = view_check(json_loads(request->detail, 0, NULL));
    bool done = store_drop_request(office->store, request->id, error);
    if (done && strcmp(request->kind, kind_names[REQUEST_WORD]) == 0)
        done = apply_request(context, office, incoming, request, detail, error);
    else if (done && strcmp(request->kind, kind_names[REQUEST_MOVE]) == 0)
        done = move_carry_out(office, incoming, detail, error);
    else if (done)
        done = publish_request(context, office, incoming, request, detail, error);
    json_decref(detail);
    return done;
}

bool request_take_reply(struct office *office, struct incoming *incoming, int64_t id, struct error **error)
{
    void *context = talloc_new(NULL);
    struct note_request *request;
    bool done = store_find_request(context, office->store, id, &request, error);
    if (done && (!request || strcmp(request->kind, "done") == 0))
        done = people_refuse(office, incoming, "expired", error);
    else if (done && reply_read_word(incoming->letter->new_text) != REPLY_WORD_YES)
        done = people_refuse(office, incoming, "unknown_words", error);
    else if (done)
        done = carry_out(context, office, incoming, request, error);
    talloc_free(context);
    return done;
}
