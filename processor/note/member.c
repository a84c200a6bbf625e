/* Who gets notes: see member.h. */
#include "note/member.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "mail/reply.h"
#include "note/draft.h"
#include "note/people.h"
#include "note/view.h"
#include "store/circle.h"
#include "store/note.h"
#include "store/reader.h"
#include "text/fold.h"

enum { DAY = 24 * 60 * 60, PAUSE_DAYS = 14, PAUSE_MOST = 365 };

enum member_word {
    WORD_NONE,
    WORD_JOIN,
    WORD_LEAVE,
    WORD_PAUSE,
    WORD_RESUME,
    WORD_EACH,
    WORD_DAILY,
    WORD_WEEKLY,
    WORD_MIME,
    WORD_TEXT,
};

static const struct {
    const char *text; /* folded */
    enum member_word word;
} words[] = {
    {"join", WORD_JOIN},     {"subscribe", WORD_JOIN},   {"参加", WORD_JOIN},   {"登録", WORD_JOIN},
    {"leave", WORD_LEAVE},   {"unsubscribe", WORD_LEAVE}, {"off", WORD_LEAVE},  {"退会", WORD_LEAVE},
    {"配信停止", WORD_LEAVE}, {"停止", WORD_LEAVE},       {"pause", WORD_PAUSE}, {"休止", WORD_PAUSE},
    {"resume", WORD_RESUME}, {"再開", WORD_RESUME},      {"each", WORD_EACH},   {"毎回", WORD_EACH},
    {"daily", WORD_DAILY},   {"毎日", WORD_DAILY},       {"weekly", WORD_WEEKLY}, {"毎週", WORD_WEEKLY},
    {"mime", WORD_MIME},     {"text", WORD_TEXT},        {"テキスト", WORD_TEXT},
};

/* The word that a text consists of; behind 「休止」 may stand a number of days. */
static enum member_word read_word(const char *text, long *days)
{
    char *key = text_fold_key(NULL, text);
    enum member_word found = WORD_NONE;
    *days = PAUSE_DAYS;
    for (size_t i = 0; i < sizeof words / sizeof *words && found == WORD_NONE; i++) {
        size_t length = strlen(words[i].text);
        if (strncmp(key, words[i].text, length) != 0)
            continue;
        const char *behind = key + length + strspn(key + length, " ");
        char *end;
        long number = strtol(behind, &end, 10);
        bool has_days = words[i].word == WORD_PAUSE && end != behind && number > 0 && number <= PAUSE_MOST &&
                        (!*end || strcmp(end, "日") == 0 || strcmp(end, "d") == 0 || strcmp(end, " days") == 0);
        if (has_days)
            *days = number;
        if (has_days || !*behind)
            found = words[i].word;
    }
    talloc_free(key);
    return found;
}

bool member_is_word(const char *text)
{
    long days;
    return read_word(text, &days) != WORD_NONE;
}

char *member_find_word(const void *context, const struct incoming *incoming)
{
    const char *subject = reply_subject(incoming);
    char *line = note_draft_first_line(context, incoming->letter->new_text);
    if (member_is_word(line))
        return line;
    return member_is_word(subject) ? memory_copy_text(context, subject) : NULL;
}

static enum note_frequency usual_frequency(const struct office *office)
{
    enum note_frequency frequency = NOTES_WEEKLY;
    (void)note_frequency_parse(office->config->frequency, &frequency); /* the configuration knows no other words */
    return frequency;
}

/* The reader that a person is, or one that begins today: what was written before is not sent. */
static struct note_reader *find_or_make_reader(const void *context, struct office *office, int64_t person_id,
                                               struct error **error)
{
    struct note_reader *reader;
    if (!store_find_reader(context, office->store, person_id, &reader, error))
        return NULL;
    if (reader)
        return reader;
    reader = memory_new(context, struct note_reader);
    *reader = (struct note_reader){.person_id = person_id, .frequency = NOTES_OFF, .told_at = office->now};
    return store_last_version(office->store, &reader->seen_id, error) ? reader : NULL;
}

/* Who gets notes again begins with what comes now. */
static bool set_frequency(struct office *office, struct note_reader *reader, enum note_frequency frequency,
                          struct error **error)
{
    if (reader->frequency == NOTES_OFF) {
        reader->told_at = office->now;
        if (!store_last_version(office->store, &reader->seen_id, error))
            return false;
    }
    reader->frequency = frequency;
    reader->bounces = 0;
    return true;
}

static bool change_reader(struct office *office, struct note_reader *reader, enum member_word word, long days,
                          struct error **error)
{
    enum note_frequency usual = usual_frequency(office);
    switch (word) {
    case WORD_JOIN:
        return set_frequency(office, reader, usual == NOTES_OFF ? NOTES_WEEKLY : usual, error);
    case WORD_EACH:
        return set_frequency(office, reader, NOTES_EACH, error);
    case WORD_DAILY:
        return set_frequency(office, reader, NOTES_DAILY, error);
    case WORD_WEEKLY:
        return set_frequency(office, reader, NOTES_WEEKLY, error);
    case WORD_LEAVE:
        reader->frequency = NOTES_OFF;
        break;
    case WORD_PAUSE:
        reader->paused_until = office->now + days * DAY;
        break;
    case WORD_RESUME:
        reader->paused_until = 0;
        break;
    case WORD_MIME:
    case WORD_TEXT:
        reader->wants_mime = word == WORD_MIME;
        break;
    case WORD_NONE:
        break;
    }
    return true;
}

static json_t *view_reader(void *context, const struct office *office, const struct note_reader *reader, bool is_help)
{
    static const char *const extensions[] = {"join", "leave", "search"};
    bool is_paused = reader && reader->paused_until > office->now;
    json_t *view = json_pack(
        "{s:b, s:b, s:b, s:b, s:b, s:b, s:o, s:s}", "is_help", is_help, "is_off",
        !reader || reader->frequency == NOTES_OFF, "is_each", reader && reader->frequency == NOTES_EACH, "is_daily",
        reader && reader->frequency == NOTES_DAILY, "is_weekly", reader && reader->frequency == NOTES_WEEKLY, "is_mime",
        reader && reader->wants_mime, "paused_until",
        is_paused ? json_string(note_view_date(context, reader->paused_until)) : json_null(), "note_address",
        office->config->note_address);
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        json_object_set_new(view, memory_format(context, "%s_address", extensions[i]),
                            json_string(office_extend_address(context, office, office->config->note_address, extensions[i])));
    return memory_check(view);
}

static bool answer_with(void *context, struct office *office, struct incoming *incoming, const struct person *person,
                        const struct note_reader *reader, bool is_help, struct error **error)
{
    json_t *view = view_reader(context, office, reader, is_help);
    struct people_answer answer = {.template = "note-member",
                                   .language = person->language,
                                   .reference = people_settings_reference(context, office, person->id),
                                   .view = view};
    bool done = people_answer(office, incoming, &answer, error);
    json_decref(view);
    return done && incoming_settle(incoming, is_help ? "helped" : "changed", "");
}

bool member_apply(struct office *office, struct incoming *incoming, const struct person *person, const char *word,
                  struct error **error)
{
    void *context = talloc_new(NULL);
    long days;
    enum member_word meaning = read_word(word, &days);
    struct note_reader *reader = find_or_make_reader(context, office, person->id, error);
    bool done = reader && change_reader(office, reader, meaning, days, error) &&
                store_set_reader(office->store, reader, error) &&
                answer_with(context, office, incoming, person, reader, false, error);
    talloc_free(context);
    return done;
}

bool member_help(struct office *office, struct incoming *incoming, const struct person *person, struct error **error)
{
    void *context = talloc_new(NULL);
    struct note_reader *reader;
    bool done = store_find_reader(context, office->store, person->id, &reader, error) &&
                answer_with(context, office, incoming, person, reader, true, error);
    talloc_free(context);
    return done;
}

bool member_forgive_bounces(struct office *office, int64_t person_id, struct error **error)
{
    struct note_reader *reader;
    if (!store_find_reader(NULL, office->store, person_id, &reader, error))
        return false;
    bool done = true;
    if (reader && reader->bounces) {
        reader->bounces = 0;
        done = store_set_reader(office->store, reader, error);
    }
    talloc_free(reader);
    return done;
}

bool member_count_bounce(struct office *office, int64_t person_id, const char *status, struct error **error)
{
    struct note_reader *reader;
    if (status && strncmp(status, "5.7.", 4) == 0)
        return true;
    if (!store_find_reader(NULL, office->store, person_id, &reader, error))
        return false;
    bool done = true;
    if (reader && civil_day_number(clock_to_civil(reader->bounced_at)) != civil_day_number(clock_to_civil(office->now))) {
        reader->bounces++;
        reader->bounced_at = office->now;
        if (reader->bounces == BOUNCES_MOST)
            log_warning("notes for %s have come back on %d days and are held until they write again", reader->address,
                        reader->bounces);
        done = store_set_reader(office->store, reader, error);
    }
    talloc_free(reader);
    return done;
}

static bool enlist(struct office *office, const struct member *member, struct error **error)
{
    void *context = talloc_new(NULL);
    struct person *person = people_meet_member(context, office, member, error);
    struct note_reader *reader = NULL;
    bool done = person && store_find_reader(context, office->store, person->id, &reader, error);
    if (done && !reader) {
        reader = find_or_make_reader(context, office, person->id, error);
        if (reader)
            reader->frequency = usual_frequency(office);
        done = reader && store_set_reader(office->store, reader, error);
    }
    talloc_free(context);
    return done;
}

bool member_enlist_circles(struct office *office, struct error **error)
{
    void *context = talloc_new(NULL);
    char *list = memory_copy_text(context, office->config->readers);
    char *save = NULL;
    bool done = true;
    for (char *name = strtok_r(list, ", \t", &save); done && name; name = strtok_r(NULL, ", \t", &save)) {
        struct circle *circle = circle_read(context, office->config->circles, name, error);
        done = circle || error_add(error, "[notes] readers");
        for (size_t i = 0; done && i < circle->count; i++)
            done = enlist(office, &circle->members[i], error);
    }
    talloc_free(context);
    return done;
}
