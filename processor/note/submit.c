/* Notes by mail: see submit.h. */
#include "note/submit.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "mail/reply.h"
#include "note/draft.h"
#include "note/people.h"
#include "note/publish.h"
#include "note/view.h"

/* Two notes cannot come in one mail; when it is sent again under its id, it is a note of its own without one. */
static bool free_message_id(struct office *office, const struct letter *letter, const char **message_id,
                            struct error **error)
{
    struct note *other = NULL;
    *message_id = letter->message_id;
    if (!letter->message_id)
        return true;
    if (!store_find_note_of_mail(letter, office->store, letter->message_id, &other, error))
        return false;
    if (other)
        *message_id = NULL;
    return true;
}

static char *join_tags(const void *context, const char *tags, const char *tag)
{
    if (!tag || !*tag)
        return memory_copy_text(context, tags);
    return *tags ? memory_format(context, "%s %s", tags, tag) : memory_copy_text(context, tag);
}

static const char *name_of(const struct person *person, const struct incoming *incoming)
{
    return *person->name ? person->name : incoming_sender(incoming)->name;
}

/* Fills in what every note of a letter has. */
static bool begin_note(struct office *office, const struct incoming *incoming, const struct person *author,
                       struct note *note, struct error **error)
{
    const char *message_id;
    if (!free_message_id(office, incoming->letter, &message_id, error))
        return false;
    note->message_id = memory_copy_text(note, message_id);
    note->author_id = author->id;
    note->author = memory_copy_text(note, name_of(author, incoming));
    note->address = memory_copy_text(note, incoming_sender(incoming)->address);
    note->created_at = incoming->received_at;
    return true;
}

/* Whether there is something to keep, and all of it; else the letter is refused and nothing of it is kept. */
static bool is_acceptable(const struct incoming *incoming, const char *text, const char **reason)
{
    *reason = NULL;
    if (incoming->letter->is_cut)
        *reason = "too_much";
    else if (!text[strspn(text, " \t\n")] && !incoming->letter->attachment_count)
        *reason = "empty";
    return !*reason;
}

static bool finish(struct office *office, struct incoming *incoming, const struct person *author,
                   struct publication *publication, const struct publish_files *files, const char *verdict,
                   struct error **error)
{
    publication->letter_id = incoming->id;
    return publish(office, publication, error) &&
           publish_acknowledge(office, incoming, publication, files, author, error) &&
           incoming_settle(incoming, verdict, "");
}

bool submit_note(struct office *office, struct incoming *incoming, const struct person *author, const char *tag,
                 struct error **error)
{
    void *context = talloc_new(NULL);
    const char *reason;
    struct note_draft *draft = note_draft_read(context, incoming->letter);
    struct note *note = memory_new(context, struct note);
    struct publish_files files = {0};
    bool done;
    if (!is_acceptable(incoming, draft->text, &reason)) {
        done = people_refuse(office, incoming, reason, error);
    } else {
        note->title = draft->title;
        note->text = draft->text;
        note->tags = join_tags(note, draft->tags, tag);
        struct publication publication = {.kind = PUBLISH_NOTE, .note = note};
        done = begin_note(office, incoming, author, note, error) &&
               publish_keep_files(context, office, incoming->letter, &files, error);
        publication.attachments = files.kept;
        done = done && finish(office, incoming, author, &publication, &files, "noted", error);
    }
    talloc_free(context);
    return done;
}

bool submit_comment(struct office *office, struct incoming *incoming, const struct person *person,
                    const struct note *note, const char *text, struct error **error)
{
    void *context = talloc_new(NULL);
    const char *reason;
    struct note *comment = memory_new(context, struct note);
    struct publish_files files = {0};
    bool done;
    if (!is_acceptable(incoming, text, &reason)) {
        done = people_refuse(office, incoming, reason, error);
    } else {
        comment->thread_id = note->thread_id;
        comment->title = memory_copy_text(comment, note->title);
        comment->text = memory_copy_text(comment, text);
        comment->tags = memory_copy_text(comment, "");
        struct publication publication = {.kind = PUBLISH_COMMENT, .note = comment};
        done = begin_note(office, incoming, person, comment, error) &&
               publish_keep_files(context, office, incoming->letter, &files, error);
        publication.attachments = files.kept;
        done = done && finish(office, incoming, person, &publication, &files, "commented", error);
    }
    talloc_free(context);
    return done;
}

/* The attachments of the version before, and the new ones behind them. */
static struct note_attachment *join_files(const void *context, const struct note_attachment *old,
                                          const struct note_attachment *new)
{
    size_t count = memory_count(old);
    size_t more = memory_count(new);
    struct note_attachment *all = memory_array(context, struct note_attachment, count + more);
    if (count)
        memcpy(all, old, count * sizeof *old);
    if (more)
        memcpy(all + count, new, more * sizeof *new);
    return all;
}

/* Another title only when the subject is no reply's: then it is what the author wants. */
static void take_draft(struct note *note, const char *subject, const struct note_draft *draft, bool replaces)
{
    bool is_reply = strcasecmp(subject, note->title) == 0 || strstr(subject, "[N") || strstr(subject, "[n");
    if (replaces && !note_is_comment(note) && !is_reply && *draft->title)
        note->title = draft->title;
    for (const char *tag = draft->tags; *tag && !note_is_comment(note);) {
        size_t length = strcspn(tag, " ");
        char *padded = memory_format(draft, " %s ", note->tags);
        char *sought = memory_format(draft, " %.*s ", (int)length, tag);
        if (!strstr(padded, sought))
            note->tags = join_tags(draft, note->tags, memory_copy_bytes(draft, tag, length));
        tag += length + (tag[length] == ' ');
    }
}

static bool change_text(struct office *office, struct incoming *incoming, const struct person *person,
                        struct note *note, const char *text, bool replaces, struct error **error)
{
    void *context = talloc_new(NULL);
    struct publish_files files = {0};
    struct note_attachment *old =
        store_list_note_attachments(context, office->store, note->version_id, error);
    struct note_draft *draft = note_draft_read_text(context, incoming->letter->subject, text);
    bool done = old && publish_keep_files(context, office, incoming->letter, &files, error);
    if (done) {
        take_draft(note, reply_subject(incoming), draft, replaces);
        note->text = replaces ? draft->text : memory_format(context, "%s\n\n%s", note->text, draft->text);
        note->changed_at = incoming->received_at;
        struct publication publication = {.kind = replaces ? PUBLISH_CORRECTION : PUBLISH_ADDITION,
                                          .note = note,
                                          .attachments = join_files(context, old, files.kept),
                                          .added = replaces ? NULL : draft->text};
        done = finish(office, incoming, person, &publication, &files, replaces ? "corrected" : "added", error);
    }
    talloc_free(context);
    return done;
}

/* What has no text of its own to publish: taken back, muted. */
static bool acknowledge_word(struct office *office, struct incoming *incoming, const struct person *person,
                             const struct note *note, enum note_word word, struct error **error)
{
    static const char verdict[] = "changed";
    void *context = talloc_new(NULL);
    json_t *view = note_view(note, NULL);
    json_object_set_new(view, "withdrawn", json_boolean(word == NOTE_WORD_WITHDRAW));
    json_object_set_new(view, "muted", json_boolean(word == NOTE_WORD_MUTE));
    json_object_set_new(view, "unmuted", json_boolean(word == NOTE_WORD_UNMUTE));
    struct people_answer answer = {.template = "note-changed",
                                   .language = person->language,
                                   .reference = people_make_reference(context, office, 'n', note->id, person->id),
                                   .view = view};
    bool done = people_answer(office, incoming, &answer, error);
    json_decref(view);
    talloc_free(context);
    return done && incoming_settle(incoming, verdict, "");
}

static bool change_note(struct office *office, struct incoming *incoming, const struct person *person,
                        struct note *note, enum note_word word, const char *text, struct error **error)
{
    if (note->author_id != person->id && word == NOTE_WORD_ADD) /* to what somebody else wrote: a comment */
        return submit_comment(office, incoming, person, note, text, error);
    if (note->author_id != person->id)
        return people_refuse(office, incoming, "not_author", error);
    if (word == NOTE_WORD_WITHDRAW)
        return store_withdraw_note(office->store, note, error) &&
               acknowledge_word(office, incoming, person, note, word, error);
    if (incoming->letter->is_cut)
        return people_refuse(office, incoming, "too_much", error);
    if (!text[strspn(text, " \t\n")])
        return people_refuse(office, incoming, "no_text", error);
    return change_text(office, incoming, person, note, text, word == NOTE_WORD_CORRECT, error);
}

bool submit_reply(struct office *office, struct incoming *incoming, const struct person *person, struct note *note,
                  struct error **error)
{
    const char *text;
    enum note_word word = note_draft_read_word(incoming->letter->new_text, &text);
    if (note->is_withdrawn)
        return people_refuse(office, incoming, "is_withdrawn", error);
    switch (word) {
    case NOTE_WORD_CORRECT:
    case NOTE_WORD_ADD:
    case NOTE_WORD_WITHDRAW:
        return change_note(office, incoming, person, note, word, text, error);
    case NOTE_WORD_MUTE:
    case NOTE_WORD_UNMUTE:
        return store_mute_thread(office->store, note->thread_id, person->id, word == NOTE_WORD_MUTE, error) &&
               acknowledge_word(office, incoming, person, note, word, error);
    case NOTE_WORD_MINUTES:
    case NOTE_WORD_NONE:
        break;
    }
    return submit_comment(office, incoming, person, note, incoming->letter->new_text, error);
}
