/* Commands about what is asked for: adding, dropping and moving dates. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "poll/command_list.h"
#include "poll/decide.h"
#include "poll/question.h"
#include "poll/view.h"
#include "store/choice.h"
#include "text/fold.h"
#include "text/value.h"

enum { LAST_NUMBER = 99 }; /* a ballot's lines have two digits */

static bool reload_choices(struct commanding *commanding, struct error **error)
{
    struct poll *poll = commanding->poll;
    struct poll *fresh = store_load_edition(poll, commanding->office->store, poll, poll->edition, error);
    if (!fresh)
        return false;
    poll->choices = fresh->choices;
    poll->choice_count = fresh->choice_count;
    question_forget(commanding->office, poll);
    return true;
}

static json_t *view_choice(const struct commanding *commanding, const struct choice *choice)
{
    char *label = view_choice_label(NULL, commanding->poll, choice, commanding->language);
    json_t *view = json_pack("{s:i, s:s, s:o}", "n", choice->number, "label", label, "note", view_text(choice->note));
    talloc_free(label);
    return view_check(view);
}

static bool tell_choice(struct commanding *commanding, const char *effect, const struct choice *choice)
{
    return command_tell(commanding, effect, view_choice(commanding, choice));
}

/* The same for an effect that one line may have several times. */
static bool tell_choices(struct commanding *commanding, const char *effect, const struct choice *choice)
{
    if (!json_is_array(json_object_get(commanding->entry, effect)))
        command_tell(commanding, effect, json_array());
    json_array_append_new(json_object_get(commanding->entry, effect), view_choice(commanding, choice));
    return true;
}

/* Where a choice that this letter added stands in the change, or NULL. */
static struct choice *find_added(struct change *change, int64_t id)
{
    for (size_t i = 0; i < memory_count(change->added); i++)
        if (change->added[i].id == id)
            return &change->added[i];
    return NULL;
}

static void forget_added(struct change *change, struct choice *added)
{
    size_t count = memory_count(change->added);
    *added = change->added[count - 1];
    change->added = memory_resize(change, change->added, struct choice, count - 1);
}

static bool holds_dates(const struct when_result *result)
{
    return result->count && (result->verdict == WHEN_OK || result->verdict == WHEN_INFERRED);
}

static bool same_slot(const struct choice *choice, const struct when *when)
{
    return choice->all_day == when->all_day && choice->has_end == when->has_end &&
           civil_compare(choice->start, when->start) == 0 &&
           (!choice->has_end || civil_compare(choice->end, when->end) == 0);
}

static const struct choice *find_slot(const struct poll *poll, const struct when *when)
{
    for (size_t i = 0; i < poll->choice_count; i++)
        if (same_slot(&poll->choices[i], when))
            return &poll->choices[i];
    return NULL;
}

static struct choice choice_of(const struct when *when, int number)
{
    return (struct choice){.number = number,
                           .start = when->start,
                           .end = when->end,
                           .has_end = when->has_end,
                           .all_day = when->all_day,
                           .note = when->note};
}

/* Whether a date can be asked for; if not, the effect has been told. */
static bool is_possible(struct commanding *commanding, const struct when *when)
{
    const struct choice *same = find_slot(commanding->poll, when);
    if (same)
        tell_choice(commanding, "same_choice", same);
    else if (clock_from_civil(when->start) <= commanding->office->now && !when->all_day)
        command_tell(commanding, "past_date", NULL);
    else
        return true;
    return false;
}

static bool add_one(struct commanding *commanding, const struct when *when, struct error **error)
{
    struct poll *poll = commanding->poll;
    int last;
    if (!is_possible(commanding, when))
        return true;
    if (!store_last_choice_number(commanding->office->store, poll, &last, error))
        return false;
    if (poll->choice_count >= LIMIT_CHOICES || last >= LAST_NUMBER)
        return command_tell(commanding, "too_many_choices", NULL);
    struct choice choice = choice_of(when, last + 1);
    if (!command_begin_edition(commanding, error) ||
        !store_add_choice(commanding->office->store, poll, &choice, error) || !reload_choices(commanding, error))
        return false;
    struct change *change = commanding->change;
    size_t count = memory_count(change->added);
    change->added = memory_resize(change, change->added, struct choice, count + 1);
    change->added[count] = choice;
    change->added[count].note = memory_copy_text(change, choice.note);
    return tell_choices(commanding, "added", &choice);
}

/* Without a date behind it the word begins a list: the lines below are dates. */
bool command_add(struct commanding *commanding, const char *arguments, struct error **error)
{
    if (!*arguments) {
        commanding->is_adding = true;
        return command_tell(commanding, "add_begins", NULL);
    }
    void *context = talloc_new(NULL);
    struct when_context about = {.duration_minutes = (int)commanding->poll->options.minutes,
                                 .now = clock_to_civil(commanding->incoming->received_at),
                                 .almanac = commanding->office->almanac};
    struct when_result *result = when_read_candidates(context, arguments, &about);
    bool done = true;
    if (!holds_dates(result))
        command_tell(commanding, "unclear_date", NULL);
    else
        for (size_t i = 0; done && i < result->count; i++)
            done = add_one(commanding, &result->dates[i], error);
    talloc_free(context);
    return done;
}

bool command_adds(const struct commanding *commanding, const char *line)
{
    void *context = talloc_new(NULL);
    struct when_context about = {.duration_minutes = (int)commanding->poll->options.minutes,
                                 .now = clock_to_civil(commanding->incoming->received_at),
                                 .almanac = commanding->office->almanac};
    bool is_date = commanding->is_adding && when_read_candidates(context, line, &about)->verdict != WHEN_NONE;
    talloc_free(context);
    return is_date;
}

static const struct choice *find_number(const struct poll *poll, long number)
{
    for (size_t i = 0; i < poll->choice_count; i++)
        if (poll->choices[i].number == number)
            return &poll->choices[i];
    return NULL;
}

bool command_find_choice(struct commanding *commanding, long number, const struct choice **choice, struct error **error)
{
    struct poll *poll = commanding->poll;
    const struct choice *now = find_number(poll, number);
    int edition = commanding->incoming->route->reference.edition;
    *choice = now;
    if (now && edition > 0 && edition < poll->edition) {
        struct poll *then = store_load_edition(NULL, commanding->office->store, poll, edition, error);
        if (!then)
            return false;
        const struct choice *meant = find_number(then, number);
        if (meant && meant->id != now->id && !commanding->has_edition)
            *choice = NULL; /* it has moved since: another date than the one the mail showed */
        talloc_free(then);
    }
    if (!*choice)
        command_tell(commanding, now ? "moved_meanwhile" : "no_such_choice", json_pack("{s:I}", "n", (json_int_t)number));
    return true;
}

long command_read_number(const char *text, size_t *length)
{
    const char *start = text + strspn(text, " [(#");
    if (strncmp(start, "〔", strlen("〔")) == 0)
        start += strlen("〔");
    size_t digits = strspn(start, "0123456789");
    if (!digits || digits > 2)
        return 0;
    static const char *const tails[] = {"〕", "]", ")", "番目", "番"};
    const char *end = start + digits;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (strncmp(end, tails[i], strlen(tails[i])) == 0) {
            end += strlen(tails[i]);
            break;
        }
    *length = (size_t)(end - text);
    return strtol(start, NULL, 10);
}

static bool drop_one(struct commanding *commanding, long number, struct error **error)
{
    struct poll *poll = commanding->poll;
    struct change *change = commanding->change;
    const struct choice *choice;
    if (!command_find_choice(commanding, number, &choice, error))
        return false;
    if (!choice)
        return true;
    if (poll->choice_count == 1)
        return command_tell(commanding, "last_choice", NULL);
    struct choice *added = find_added(change, choice->id);
    if (added) {
        forget_added(change, added);
    } else {
        size_t count = memory_count(change->dropped);
        change->dropped = memory_resize(change, change->dropped, struct choice, count + 1);
        change->dropped[count] = *choice;
    }
    tell_choices(commanding, "dropped", choice);
    return command_begin_edition(commanding, error) &&
           store_end_choice(commanding->office->store, poll, choice->id, error) && reload_choices(commanding, error);
}

bool command_drop(struct commanding *commanding, const char *arguments, struct error **error)
{
    void *context = talloc_new(NULL);
    const char *text = text_fold_key(context, arguments);
    long numbers[LIMIT_CHOICES];
    size_t count = 0;
    bool is_clear = *text;
    while (is_clear && *text) {
        size_t length = 0;
        long number = command_read_number(text, &length);
        is_clear = number && count < LIMIT_CHOICES;
        if (is_clear)
            numbers[count++] = number;
        text += length;
        while (*text && (strchr(" ,", *text) || strncmp(text, "、", strlen("、")) == 0 || strncmp(text, "と", strlen("と")) == 0))
            text += strchr(" ,", *text) ? 1 : strlen("、");
    }
    bool done = is_clear || command_tell(commanding, "which_choice", NULL);
    for (size_t i = 0; is_clear && done && i < count; i++)
        done = drop_one(commanding, numbers[i], error);
    talloc_free(context);
    return done;
}

static bool move(struct commanding *commanding, const struct choice *from, const struct when *to, struct error **error)
{
    struct store *store = commanding->office->store;
    struct change *change = commanding->change;
    struct choice before = *from;
    struct choice after = choice_of(to, before.number);
    if (!is_possible(commanding, to))
        return true;
    if (!command_begin_edition(commanding, error) || !store_end_choice(store, commanding->poll, before.id, error) ||
        !store_add_choice(store, commanding->poll, &after, error) || !reload_choices(commanding, error))
        return false;
    after.note = memory_copy_text(change, after.note);
    struct choice *added = find_added(change, before.id);
    if (added) {
        *added = after;
    } else {
        size_t count = memory_count(change->moved);
        change->moved = memory_resize(change, change->moved, struct moved_choice, count + 1);
        change->moved[count] = (struct moved_choice){before, after};
    }
    char *label = view_choice_label(NULL, commanding->poll, &before, commanding->language);
    tell_choice(commanding, "moved", &after);
    json_object_set_new(json_object_get(commanding->entry, "moved"), "before", json_string(label));
    talloc_free(label);
    return commanding->poll->state != POLL_CLOSED || command_tell_decision(commanding, after.number, true, error);
}

/* Whether a choice may be moved: of a poll that is closed only the one that was decided on. If not, that has been told. */
static bool may_move(struct commanding *commanding, const struct choice *choice, bool *may, struct error **error)
{
    *may = commanding->poll->state != POLL_CLOSED;
    if (!*may && !decide_is_on(commanding->office, commanding->poll, choice, may, error))
        return false;
    return *may || command_tell(commanding, "not_decided", json_pack("{s:i}", "n", choice->number));
}

/* 「訂正 3 1/19(月) 14:00-16:00」: a time alone stays on its day, and what names no end lasts as long as before. */
bool command_fix(struct commanding *commanding, const char *arguments, struct error **error)
{
    void *context = talloc_new(NULL);
    struct folded *folded = text_fold(context, arguments, strlen(arguments));
    size_t length;
    long number = command_read_number(folded->text, &length);
    const struct choice *choice = NULL;
    bool may = false;
    bool done = true;
    if (!number)
        command_tell(commanding, "which_choice", NULL);
    else
        done = command_find_choice(commanding, number, &choice, error) &&
               (!choice || may_move(commanding, choice, &may, error));
    if (done && choice && may) {
        static const char *const arrows[] = {"→", "->", "=>", "⇒", "を", "は", ":"};
        for (length += strspn(folded->text + length, " "); length < folded->length;) {
            size_t width = 0;
            for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++)
                if (strncmp(folded->text + length, arrows[i], strlen(arrows[i])) == 0)
                    width = strlen(arrows[i]);
            if (!width)
                break;
            length += width;
            length += strspn(folded->text + length, " ");
        }
        bool has_span = choice->has_end && !choice->all_day;
        struct when_context about = {.now = clock_to_civil(commanding->incoming->received_at),
                                     .almanac = commanding->office->almanac,
                                     .heading = &choice->start,
                                     .duration_minutes = has_span ? (int)civil_minutes_between(choice->start, choice->end)
                                                                  : 0};
        struct when_result *result = when_read_candidates(context, arguments + folded->origin[length], &about);
        if (result->count == 1 && holds_dates(result))
            done = move(commanding, choice, &result->dates[0], error);
        else
            command_tell(commanding, "unclear_date", NULL);
    }
    talloc_free(context);
    return done;
}
