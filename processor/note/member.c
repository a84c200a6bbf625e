/* Who gets notes: see member.h. */
#include "note/member.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "mail/reply.h"
#include "note/draft.h"
#include "note/move.h"
#include "note/people.h"
#include "note/view.h"
#include "store/circle.h"
#include "store/note.h"
#include "store/reader.h"
#include "text/fold.h"

enum {
    DAY = 24 * 60 * 60,
    PAUSE_DAYS = 14,
    PAUSE_MOST = 365,
    BOUNCES_APART = 30, /* days after which one bounce has nothing to do with the next; weekly digests are nearer */
};

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
    WORD_MOVE,
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
    {"address", WORD_MOVE},  {"宛先", WORD_MOVE},        {"宛先変更", WORD_MOVE}, {"アドレス変更", WORD_MOVE},
    {"move", WORD_MOVE},
};

/* What a text says about getting notes. */
struct wish {
    enum member_word word;
    long days;     /* of a pause */
    char *address; /* to move to */
};

/* "14日", "2 weeks": the days; 0 when it is something else. */
static long read_days(const char *text)
{
    static const struct {
        const char *unit;
        int days;
    } units[] = {{"", 1}, {"日", 1}, {"日間", 1}, {"d", 1}, {"day", 1}, {"days", 1}, {"週間", 7}, {"week", 7}, {"weeks", 7},
                 {"か月", 30}, {"ヶ月", 30}, {"カ月", 30}, {"month", 30}, {"months", 30}};
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || number <= 0 || number > PAUSE_MOST)
        return 0;
    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0)
            return number * units[i].days <= PAUSE_MOST ? number * units[i].days : 0;
    return 0;
}

/* The word that a text consists of; behind 「休止」 may stand how long, and behind 「宛先」 stands the address. */
static struct wish read_wish(const void *context, const char *text)
{
    struct wish wish = {.word = WORD_NONE, .days = PAUSE_DAYS};
    char *key = text_fold_key(context, text);
    for (size_t i = 0; i < sizeof words / sizeof *words && wish.word == WORD_NONE; i++) {
        size_t length = strlen(words[i].text);
        if (strncmp(key, words[i].text, length) != 0)
            continue;
        const char *behind = key + length + strspn(key + length, " :");
        bool takes = !*behind && words[i].word != WORD_MOVE;
        if (words[i].word == WORD_PAUSE && read_days(behind)) {
            wish.days = read_days(behind);
            takes = true;
        }
        if (words[i].word == WORD_MOVE && strchr(behind, '@') && !strchr(behind, ' ')) {
            wish.address = memory_copy_text(context, behind);
            takes = true;
        }
        if (takes)
            wish.word = words[i].word;
    }
    return wish;
}

bool member_is_word(const char *text)
{
    void *context = talloc_new(NULL);
    bool is_word = read_wish(context, text).word != WORD_NONE;
    talloc_free(context);
    return is_word;
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
    *reader = (struct note_reader){.person_id = person_id, .frequency = NOTES_UNSET, .told_at = office->now};
    return store_last_version(office->store, &reader->seen_id, error) ? reader : NULL;
}

/* Who gets notes again begins with what comes now. */
static bool set_frequency(struct office *office, struct note_reader *reader, enum note_frequency frequency,
                          struct error **error)
{
    if (reader->frequency == NOTES_OFF || reader->frequency == NOTES_UNSET) {
        reader->told_at = office->now;
        if (!store_last_version(office->store, &reader->seen_id, error))
            return false;
    }
    reader->frequency = frequency;
    reader->bounces = 0;
    return true;
}

static bool change_reader(struct office *office, struct note_reader *reader, const struct wish *wish,
                          struct error **error)
{
    enum note_frequency usual = usual_frequency(office);
    switch (wish->word) {
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
        reader->paused_until = office->now + wish->days * DAY;
        break;
    case WORD_RESUME:
        reader->paused_until = 0;
        break;
    case WORD_MIME:
    case WORD_TEXT:
        reader->wants_mime = wish->word == WORD_MIME;
        break;
    case WORD_MOVE: /* is no matter of the reader */
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
        !reader || reader->frequency == NOTES_OFF || reader->frequency == NOTES_UNSET, "is_each", reader && reader->frequency == NOTES_EACH, "is_daily",
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
    struct wish wish = read_wish(context, word);
    struct note_reader *reader = NULL;
    bool done;
    if (wish.word == WORD_MOVE) {
        done = move_ask(office, incoming, person, wish.address, error);
    } else {
        reader = find_or_make_reader(context, office, person->id, error);
        done = reader && change_reader(office, reader, &wish, error) && store_set_reader(office->store, reader, error) &&
               answer_with(context, office, incoming, person, reader, false, error);
    }
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
    if (status && strncmp(status, "5.7.", 4) == 0)
        return true;
    struct note_reader *reader = find_or_make_reader(NULL, office, person_id, error);
    if (!reader)
        return false;
    bool done = true;
    long apart = civil_day_number(clock_to_civil(office->now)) - civil_day_number(clock_to_civil(reader->bounced_at));
    if (apart) {
        reader->bounces = apart > BOUNCES_APART ? 1 : reader->bounces + 1;
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
    if (done && (!reader || reader->frequency == NOTES_UNSET)) {
        int bounces = reader ? reader->bounces : 0; /* a circle says nothing about the address */
        reader = find_or_make_reader(context, office, person->id, error);
        done = reader && set_frequency(office, reader, usual_frequency(office), error);
        if (done)
            reader->bounces = bounces;
        done = done && store_set_reader(office->store, reader, error);
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
        for (size_t i = 0; circle && done && i < circle->count; i++)
            done = enlist(office, &circle->members[i], error);
    }
    talloc_free(context);
    return done;
}
