/* What a result shows of a count: see result.h. */
#include "base/clock.h"
#include "base/memory.h"
#include "poll/count.h"
#include "poll/names.h"
#include "poll/option.h"
#include "poll/result_table.h"
#include "poll/schedule.h"
#include "poll/view.h"
#include "text/value.h"

enum { RECEIPTS_SHOWN = 2000 };
enum { DETAILED_LINES = 3 }; /* with names in HTML, where a table of all answers follows */

/* One view in the making. */
struct showing {
    const struct count *count;
    const char *language;
    size_t names_most; /* behind one number */
    time_t now;
};

static enum mark mark_at(const struct count *count, size_t person, size_t choice)
{
    return (enum mark)count->box.marks[person * count->box.choices + choice];
}

/* Those who gave one of two marks, each with what they said about it. */
static json_t *view_names(const struct showing *showing, size_t choice, enum mark mark, enum mark other)
{
    const struct count *count = showing->count;
    if (count->poll->options.is_anonymous)
        return json_null();
    struct names *names = names_begin(showing->language, showing->names_most);
    for (size_t person = 0; person < count->box.people; person++) {
        enum mark given = mark_at(count, person, choice);
        const char *remark = count->remarks[person * count->box.choices + choice];
        if (given != mark && given != other)
            continue;
        if (given == MARK_BEST && remark) {
            char *both = memory_format(NULL, "◎ %s", remark);
            names_add(names, count->names[person], both);
            talloc_free(both);
        } else {
            names_add(names, count->names[person], given == MARK_BEST ? "◎" : remark);
        }
    }
    return names_end(names);
}

/* The required people with this mark as one text, or null. */
static json_t *view_required(const struct showing *showing, size_t choice, enum mark mark)
{
    const struct count *count = showing->count;
    struct names *names = names_begin(showing->language, showing->names_most);
    for (size_t person = 0; person < count->box.people; person++)
        if (count->box.required[person] && mark_at(count, person, choice) == mark)
            names_add(names, count->names[person], NULL);
    json_t *view = names_end(names);
    json_t *text = json_is_null(view) ? json_null() : json_incref(json_object_get(view, "names"));
    json_decref(view);
    return text;
}

/* The one person whose ○ would make it everybody, and what they have said instead. */
static json_t *view_only_missing(const struct count *count, const struct tally_line *line)
{
    if (line->only_missing < 0 || count->poll->options.is_anonymous)
        return json_null();
    json_t *view = view_mark(mark_at(count, (size_t)line->only_missing, line->choice));
    json_object_set_new(view, "name", json_string(count->names[line->only_missing]));
    return view;
}

/* A number of the people as a share in percent. */
static json_t *view_share(const struct count *count, size_t part)
{
    return json_integer(count->box.people ? (json_int_t)(100 * part / count->box.people) : 0);
}

static json_t *view_line(const struct showing *showing, size_t place)
{
    const struct count *count = showing->count;
    const struct tally_line *line = &count->lines[place];
    const struct choice *choice = &count->poll->choices[line->choice];
    char *label = view_choice_label(NULL, count->poll, choice, showing->language);
    json_t *view = json_pack(
        "{s:i, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "n",
        choice->number, "label", label, "note", view_text(choice->note), "rank", (json_int_t)line->rank, "yes",
        (json_int_t)line->yes, "maybe", (json_int_t)line->maybe, "no", (json_int_t)line->no, "none",
        (json_int_t)line->none, "is_first", line->rank == 1, "is_detailed", place < DETAILED_LINES && !count->poll->options.is_anonymous, "blocked",
        view_required(showing, line->choice, MARK_NO), "missing", view_required(showing, line->choice, MARK_NONE),
        "only_missing", view_only_missing(count, line), "names_yes",
        view_names(showing, line->choice, MARK_YES, MARK_BEST), "names_maybe",
        view_names(showing, line->choice, MARK_MAYBE, MARK_MAYBE), "names_no",
        view_names(showing, line->choice, MARK_NO, MARK_NO), "names_none",
        view_names(showing, line->choice, MARK_NONE, MARK_NONE), "yes_share", view_share(count, line->yes),
        "maybe_share", view_share(count, line->maybe), "no_share", view_share(count, line->no));
    talloc_free(label);
    return view_check(view);
}

/* Why the first date is the first: one of the words is true; null when there is nothing to compare. */
static json_t *view_reason(const struct count *count)
{
    static const char *const words[] = {"by_required", "by_available", "by_yes", "by_none", "by_best", "by_date"};
    if (count->box.choices < 2)
        return json_null();
    enum tally_rule rule = tally_rule_between(&count->lines[0], &count->lines[1]);
    json_t *view = json_object();
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        json_object_set_new(view, words[i], json_boolean(i == (size_t)rule));
    return view_check(view);
}

/* "〜1月7日(水)", "1月8日(木)": a day as a remark behind a name, below `context`; NULL: there is none. */
static char *write_day(const void *context, const struct showing *showing, const char *day, const char *before)
{
    time_t instant;
    if (!day || !clock_parse(day, &instant))
        return NULL;
    struct when when = {.start = clock_to_civil(instant), .all_day = true};
    char *text = when_format(context, showing->language, &when, clock_to_civil(showing->now).year);
    return memory_format(context, "%s%s", before, text);
}

/* Whom silence does not say all about: who is away, and who has promised an answer. */
enum silence { SILENT, SILENT_AWAY, SILENT_DEFERRED };

static enum silence silence_of(const struct showing *showing, const struct invitation *invitation)
{
    if (invitation->state == INVITATION_WAITING && schedule_is_away(invitation, showing->now))
        return SILENT_AWAY;
    return invitation->state == INVITATION_WAITING && invitation->promised ? SILENT_DEFERRED : SILENT;
}

static json_t *view_silent(const struct showing *showing, enum silence silence)
{
    const struct count *count = showing->count;
    if (count->poll->options.is_anonymous)
        return json_null();
    struct names *names = names_begin(showing->language, showing->names_most);
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < count->box.people; i++) {
        const struct invitation *invitation = &count->invitations[i];
        if (invitation->state != INVITATION_WAITING || silence_of(showing, invitation) != silence)
            continue;
        const char *remark = NULL;
        if (silence == SILENT_AWAY)
            remark = write_day(context, showing, invitation->away_until, "〜");
        else if (silence == SILENT_DEFERRED)
            remark = write_day(context, showing, invitation->promised, "");
        names_add(names, count->names[i], remark);
    }
    talloc_free(context);
    return names_end(names);
}

static json_t *view_people_in(const struct showing *showing, enum invitation_state state)
{
    const struct count *count = showing->count;
    if (count->poll->options.is_anonymous)
        return json_null();
    struct names *names = names_begin(showing->language, showing->names_most);
    for (size_t i = 0; i < count->box.people; i++)
        if (count->invitations[i].state == state)
            names_add(names, count->names[i], NULL);
    return names_end(names);
}

static json_t *view_comments(const struct showing *showing)
{
    const struct count *count = showing->count;
    json_t *list = json_array();
    for (size_t i = 0; i < count->box.people && json_array_size(list) < showing->names_most; i++)
        if (*count->invitations[i].comment)
            json_array_append_new(list, view_check(json_pack("{s:s, s:s}", "name", count->names[i], "text",
                                                             count->invitations[i].comment)));
    return list;
}

/* Whether a date has as many ○ as the poll asks for, may come to it by its △, or neither; null: it asks for none. */
static json_t *view_quorum(const struct count *count)
{
    const struct poll *poll = count->poll;
    size_t need = (size_t)option_quorum(&poll->options, (long)count->box.people);
    bool reached = false;
    bool possible = false;
    if (!need)
        return json_null();
    for (size_t i = 0; i < count->box.choices; i++) {
        reached = reached || count->lines[i].yes >= need;
        possible = possible || count->lines[i].yes + count->lines[i].maybe >= need;
    }
    return json_pack("{s:I, s:b, s:b, s:b}", "need", (json_int_t)need, "is_reached", reached, "is_possible",
                     possible && !reached, "is_failed", !possible && !reached);
}

static json_t *view_lines(const struct showing *showing)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < showing->count->box.choices; i++)
        json_array_append_new(lines, view_line(showing, i));
    return lines;
}

json_t *count_view(const struct office *office, const struct count *count, const char *organiser, const char *language,
                   bool interim)
{
    struct showing showing = {count, language, (size_t)office->config->names_shown, office->now};
    json_t *view = view_poll(count->poll, organiser, language);
    json_t *lines = view_lines(&showing);
    bool small = count->box.people <= (size_t)office->config->table_rows ||
                 (count->poll->options.is_anonymous && count->box.people <= RECEIPTS_SHOWN); /* they find nothing else */
    size_t answered = count_answered(count);
    json_t *own = json_pack(
        "{s:O, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:n, s:b, s:b, s:b, s:o}", "lines", lines, "best",
        answered && json_array_size(lines) > 1 ? json_incref(json_array_get(lines, 0)) : json_null(), "reason",
        view_reason(count), "table", small ? result_view_table(&count->box, count->names) : json_null(), "invited",
        (json_int_t)count->box.people, "answered", (json_int_t)answered, "unanswered",
        view_silent(&showing, SILENT), "away", view_silent(&showing, SILENT_AWAY), "deferred",
        view_silent(&showing, SILENT_DEFERRED), "partial", view_people_in(&showing, INVITATION_PARTIAL),
        "undelivered", view_people_in(&showing, INVITATION_UNDELIVERED), "comments", view_comments(&showing),
        "decision", "is_complete", answered == count->box.people, "is_interim", interim, "is_empty", answered == 0,
        "quorum", view_quorum(count));
    json_decref(lines);
    json_object_update(view, view_check(own));
    json_decref(own);
    return view;
}
