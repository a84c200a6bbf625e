/* Digests: see digest.h. Text in the form of RFC 1153, or each item as a mail of its own in a multipart/digest. */
#include "note/digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/compose.h"
#include "note/member.h"
#include "note/people.h"
#include "note/publish.h"
#include "note/view.h"
#include "store/note.h"
#include "store/poll.h"
#include "store/xen.h"
#include "text/value.h"
#include "text/when.h"

enum { ITEMS_MOST = 200, DAYS_A_WEEK = 7, RULE = 30, ITEM_BYTES = 20000 };

/* One item, with the tag that its thread is filed under. */
struct item {
    const struct note *note;
    const char *tag; /* "" when the thread has none */
};

bool digest_is_due(const struct note_reader *reader, long weekday, time_t now)
{
    struct civil today = clock_to_civil(now);
    long day = civil_day_number(today);
    long told = civil_day_number(clock_to_civil(reader->told_at));
    if (reader->paused_until > now || reader->bounces >= BOUNCES_MOST)
        return false;
    switch (reader->frequency) {
    case NOTES_OFF:
    case NOTES_UNSET:
        return false;
    case NOTES_EACH:
        return true; /* what could not be sent at once */
    case NOTES_DAILY:
        return told < day;
    case NOTES_WEEKLY:
        return told < day - (civil_weekday(today) - weekday + DAYS_A_WEEK) % DAYS_A_WEEK;
    }
    return false;
}

/* A thread stands together; threads are in the order of their tags, those without one last. */
static int compare_items(const void *first, const void *second)
{
    const struct item *a = first;
    const struct item *b = second;
    if (!*a->tag != !*b->tag)
        return *a->tag ? -1 : 1;
    int by_tag = strcmp(a->tag, b->tag);
    if (by_tag)
        return by_tag;
    if (a->note->thread_id != b->note->thread_id)
        return a->note->thread_id < b->note->thread_id ? -1 : 1;
    return a->note->id < b->note->id ? -1 : a->note->id > b->note->id;
}

static struct item *sort_items(const void *context, struct office *office, const struct note *notes,
                               struct error **error)
{
    struct item *items = memory_array(context, struct item, memory_count(notes));
    for (size_t i = 0; i < memory_count(notes); i++) {
        const struct note *top = &notes[i];
        struct note *found = NULL;
        if (note_is_comment(top)) {
            if (!store_find_note(context, office->store, top->thread_id, &found, error))
                return NULL;
            top = found ? found : top;
        }
        items[i] = (struct item){&notes[i], memory_copy_bytes(context, top->tags, strcspn(top->tags, " "))};
    }
    if (memory_count(items))
        qsort(items, memory_count(items), sizeof *items, compare_items);
    return items;
}

/* A rule within a text would end its item (RFC 1153): it gets a blank in front. Very long texts are cut at a line. */
static char *item_text(const void *context, const char *text, bool *is_cut)
{
    struct buffer *out = buffer_new(context, LIMIT_TEXT_BYTES);
    *is_cut = false;
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (out->length + length > ITEM_BYTES && out->length) {
            *is_cut = true;
            break;
        }
        if (strspn(text, "-") >= RULE)
            buffer_add_byte(out, ' ');
        buffer_add(out, text, length);
        text += length;
        if (*text) {
            buffer_add_byte(out, '\n');
            text++;
        }
    }
    return buffer_take(out, context);
}

static bool view_item(struct office *office, const struct note_reader *reader, const struct item *item, bool is_new_tag,
                      json_t *items, struct error **error)
{
    void *context = talloc_new(NULL);
    const struct note *note = item->note;
    struct note_attachment *files = store_list_note_attachments(context, office->store, note->version_id, error);
    if (files) {
        bool is_cut;
        char *reference = people_make_reference(context, office, 'n', note->id, reader->person_id);
        char *address = office_extend_address(context, office, office->config->note_address, reference);
        json_t *view = note_view(note, files);
        json_object_set_new(view, "text", json_string(item_text(context, note->text, &is_cut)));
        json_object_set_new(view, "is_cut", json_boolean(is_cut));
        json_object_set_new(view, "reply",
                            json_string(memory_format(context, "mailto:%s?subject=Re:%%20%%5BN%lld%%5D", address,
                                                      (long long)note->id)));
        json_object_set_new(view, "heading", is_new_tag ? view_text(item->tag) : json_null());
        json_object_set_new(view, "begins_untagged", json_boolean(is_new_tag && !*item->tag));
        json_array_append_new(items, view);
    }
    talloc_free(context);
    return files != NULL;
}

/* The time that a poll led to, as the language writes it; null when nobody has decided yet. */
static json_t *view_decision(const void *context, struct office *office, const struct poll_line *line, const char *language)
{
    time_t starts;
    if (!line->starts || !clock_parse(line->starts, &starts))
        return json_null();
    struct civil civil = clock_to_civil(starts);
    struct when when = {.start = civil, .end = civil, .all_day = true};
    int year = clock_to_civil(office->now).year;
    return json_string(line->all_day ? when_format(context, office_language(office, language), &when, year)
                                     : when_format_point(context, office_language(office, language), civil, year));
}

static bool view_polls(struct office *office, const struct note_reader *reader, json_t *polls, struct error **error)
{
    struct poll_line *lines =
        store_list_poll_lines(NULL, office->store, reader->person_id, reader->told_at, office->now, error);
    for (size_t i = 0; i < memory_count(lines); i++)
        json_array_append_new(polls, json_pack("{s:s, s:s, s:o}", "code", lines[i].code, "title", lines[i].title, "decided",
                                               view_decision(lines, office, &lines[i], reader->language)));
    bool done = lines != NULL;
    talloc_free(lines);
    return done;
}

static bool view_backups(struct office *office, const struct note_reader *reader, json_t *backups, struct error **error)
{
    struct backup_line *lines = store_list_backup_lines(NULL, office->store, reader->told_at, office->now, error);
    for (size_t i = 0; i < memory_count(lines); i++)
        json_array_append_new(backups,
                              json_pack("{s:s, s:I, s:I, s:I, s:I}", "pool", lines[i].pool, "runs", (json_int_t)lines[i].runs,
                                        "bad_runs", (json_int_t)lines[i].bad_runs, "good", (json_int_t)lines[i].good,
                                        "failed", (json_int_t)lines[i].failed));
    bool done = lines != NULL;
    talloc_free(lines);
    return done;
}

/* One item as a mail of its own, as if its author had sent it. */
static char *compose_item(const void *context, struct office *office, const struct note_reader *reader,
                          const struct note *note, struct error **error)
{
    void *work = talloc_new(NULL);
    const char *address = office->config->note_address;
    char *reference = people_make_reference(work, office, 'n', note->id, reader->person_id);
    struct message message = {
        .from = {view_person_name(work, note->author, note->address), memory_copy_text(work, address)},
        .to = {reader->name, reader->address},
        .reply_to = {NULL, office_extend_address(work, office, address, reference)},
        .subject = memory_format(work, "%s[N%lld] %s", note_is_comment(note) ? "Re: " : "", (long long)note->thread_id,
                                 note->title),
        .message_id = publish_message_id(work, office, note, reader->person_id),
        .date = note->changed_at,
        .auto_submitted = "auto-generated",
        .loop_token = office_loop_token(office),
        .text = note->text};
    struct composed *composed = message_compose(work, &message, error);
    char *mail = composed ? memory_format(context, "%s\r\n%s", composed->head, composed->body) : NULL;
    talloc_free(work);
    return mail;
}

static char **compose_items(const void *context, struct office *office, const struct note_reader *reader,
                            const struct item *items, struct error **error)
{
    char **mails = memory_array(context, char *, memory_count(items));
    for (size_t i = 0; i < memory_count(items); i++) {
        mails[i] = compose_item(mails, office, reader, items[i].note, error);
        if (!mails[i])
            return NULL;
    }
    return mails;
}

static bool queue_digest(void *context, struct office *office, const struct note_reader *reader,
                         const struct item *items, json_t *view, struct error **error)
{
    int64_t number = reader->seen_id + 1; /* digests begin where the one before ended, so none shares it with another */
    char **mails = reader->wants_mime ? compose_items(context, office, reader, items, error) : NULL;
    if (reader->wants_mime && !mails)
        return false;
    struct outgoing outgoing = {
        .template = "note-digest",
        .language = reader->language,
        .name = reader->name,
        .address = reader->address,
        .desk = office->config->note_address,
        .reference = people_make_reference(context, office, 'd', number, reader->person_id),
        .unsubscribe = people_settings_reference(context, office, reader->person_id),
        .mails = mails,
        .bounces_count = true,
        .dedupe = memory_format(context, "note-digest/%lld/%lld/%lld", (long long)reader->person_id, (long long)number,
                                (long long)reader->told_at),
        .view = view};
    return office_queue(office, &outgoing, error);
}

static json_t *view_digest(struct office *office, const struct note_reader *reader, const struct item *items,
                           struct error **error)
{
    void *context = talloc_new(NULL);
    json_t *list = json_array();
    json_t *polls = json_array();
    json_t *backups = json_array();
    bool done = view_polls(office, reader, polls, error) && view_backups(office, reader, backups, error);
    for (size_t i = 0; done && i < memory_count(items); i++)
        done = view_item(office, reader, &items[i], !i || strcmp(items[i].tag, items[i - 1].tag) != 0, list, error);
    json_t *view = json_pack("{s:s, s:i, s:b, s:b, s:o, s:o, s:b, s:o, s:s}", "date", note_view_date(context, office->now), "count",
                             (int)memory_count(items), "is_mime", reader->wants_mime, "any_polls",
                             json_array_size(polls) > 0, "items", list, "polls", polls, "any_backups",
                             json_array_size(backups) > 0, "backups", backups, "note_address",
                             office->config->note_address);
    char *settings = people_settings_reference(context, office, reader->person_id);
    json_object_set_new(view, "settings",
                        json_string(memory_format(context, "mailto:%s?subject=help",
                                                  office_extend_address(context, office, office->config->note_address,
                                                                        settings))));
    talloc_free(context);
    if (done)
        return view_check(view);
    json_decref(view);
    return NULL;
}

/* What there is to tell, and where that ends. The reader has been told of it once this is committed. */
static bool tell(struct office *office, struct note_reader *reader, struct error **error)
{
    void *context = talloc_new(NULL);
    int64_t last = 0;
    struct note *notes = store_last_version(office->store, &last, error)
                             ? store_list_note_changes(context, office->store, reader->seen_id, last, reader->person_id,
                                                       ITEMS_MOST, error)
                             : NULL;
    struct item *items = notes ? sort_items(context, office, notes, error) : NULL;
    json_t *view = items ? view_digest(office, reader, items, error) : NULL;
    bool done = view != NULL;
    size_t count = memory_count(notes);
    if (done && (count || json_array_size(json_object_get(view, "polls"))))
        done = queue_digest(context, office, reader, items, view, error);
    if (count == ITEMS_MOST)
        last = notes[count - 1].version_id; /* the rest is told the next time */
    reader->seen_id = last > reader->seen_id ? last : reader->seen_id;
    reader->told_at = office->now;
    json_decref(view);
    talloc_free(context);
    return done && store_set_reader(office->store, reader, error);
}

static bool commit_or_not(struct office *office, bool done, struct error **error)
{
    if (done && store_commit(office->store, error))
        return true;
    store_rollback(office->store);
    return false;
}

/* A reader whose digest cannot be made does not keep the next from theirs. */
bool digest_run(struct office *office, struct error **error)
{
    if (!store_begin(office->store, error) || !commit_or_not(office, member_enlist_circles(office, error), error))
        return false;
    struct note_reader *readers = store_list_readers(NULL, office->store, error);
    bool done = readers != NULL;
    for (size_t i = 0; i < memory_count(readers); i++) {
        struct error *reason = NULL;
        if (!digest_is_due(&readers[i], office->config->digest_weekday, office->now))
            continue;
        if (store_begin(office->store, &reason) && commit_or_not(office, tell(office, &readers[i], &reason), &reason))
            continue;
        if (done && error)
            *error = reason;
        else
            error_free(&reason);
        done = false;
    }
    talloc_free(readers);
    return done;
}
