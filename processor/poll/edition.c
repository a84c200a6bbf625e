/* Editions: see edition.h. */
#include "poll/edition.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "poll/view.h"

static const struct choice *find_choice(const struct poll *poll, int64_t id, size_t *place)
{
    for (size_t i = 0; i < poll->choice_count; i++)
        if (poll->choices[i].id == id) {
            *place = i;
            return &poll->choices[i];
        }
    return NULL;
}

/* The poll as the mail showed it that the letter answers. */
static const struct poll *find_answered(const void *context, struct office *office, const struct incoming *incoming,
                                        const struct poll *poll, struct error **error)
{
    int edition = incoming->route->reference.edition;
    if (edition < 1 || edition >= poll->edition)
        return poll;
    return store_load_edition(context, office->store, poll, edition, error);
}

/* A letter that names no edition may answer any of them. */
static bool is_sure(const struct incoming *incoming, const struct poll *poll)
{
    return poll->edition == 1 || incoming->route->reference.edition > 0;
}

static struct answer_mark *carry(const struct poll *poll, const struct poll *then, const struct answer *answer)
{
    struct answer_mark *marks = memory_array(answer, struct answer_mark, poll->choice_count);
    for (size_t i = 0; i < then->choice_count; i++) {
        size_t place;
        if (find_choice(poll, then->choices[i].id, &place))
            marks[place] = answer->marks[i];
    }
    return marks;
}

static enum mark *carry_plain(const void *context, const struct poll *poll, const struct poll *then,
                              const enum mark *marks)
{
    enum mark *carried = memory_array(context, enum mark, poll->choice_count);
    for (size_t i = 0; i < then->choice_count; i++) {
        size_t place;
        if (find_choice(poll, then->choices[i].id, &place))
            carried[place] = marks[i];
    }
    return carried;
}

enum mark *edition_carry_marks(const void *context, struct office *office, const struct poll *poll, int edition,
                               const enum mark *marks, struct error **error)
{
    void *work = talloc_new(NULL);
    const struct poll *then =
        edition == poll->edition ? poll : store_load_edition(work, office->store, poll, edition, error);
    enum mark *carried = NULL;
    if (then && then->choice_count <= memory_count(marks))
        carried = carry_plain(context, poll, then, marks);
    else if (then)
        error_set(error, ERROR_REFUSED, "what was proposed in the poll %s does not fit its choices", poll->code);
    talloc_free(work);
    return carried;
}

/* Nothing is recorded of what may have been said of other dates: it is shown, and counts after a 「はい」. */
void edition_only_propose(struct answer *answer, size_t count)
{
    enum mark *marks = memory_array(answer, enum mark, count);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        marks[i] = answer->marks[i].mark;
        any = any || marks[i] != MARK_NONE;
        answer->marks[i] = (struct answer_mark){0};
    }
    if (!any)
        return;
    answer->proposal = marks;
    answer->verdict = ANSWER_ASK;
}

static bool is_all_lapsed(const struct edition_answer *read, const struct poll *poll)
{
    bool any = false;
    for (size_t i = 0; i < read->then->choice_count; i++)
        any = any || read->given[i] != MARK_NONE;
    for (size_t i = 0; i < poll->choice_count; i++)
        any = any && read->answer->marks[i].mark == MARK_NONE;
    return any;
}

static void settle(struct edition_answer *read, const struct poll *poll, bool sure)
{
    struct answer *answer = read->answer;
    read->given = memory_array(read, enum mark, read->then->choice_count);
    for (size_t i = 0; i < read->then->choice_count; i++)
        read->given[i] = answer->marks[i].mark;
    if (read->then != poll) {
        answer->marks = carry(poll, read->then, answer);
        answer->proposal = answer->proposal ? carry_plain(answer, poll, read->then, answer->proposal) : NULL;
        if (is_all_lapsed(read, poll))
            answer->verdict = ANSWER_ASK;
    }
    if (!sure)
        edition_only_propose(answer, poll->choice_count);
}

static struct edition_answer *read_letter(const void *context, struct office *office, const struct incoming *incoming,
                                          const struct poll *poll, const struct invitation *invitation, bool by_proxy,
                                          struct error **error)
{
    struct edition_answer *read = memory_new(context, struct edition_answer);
    read->then = find_answered(read, office, incoming, poll, error);
    const struct question *question =
        read->then ? question_find(office, read->then, office_language(office, invitation->language), error) : NULL;
    if (!question) {
        talloc_free(read);
        return NULL;
    }
    struct answer_question asked = question->asked;
    asked.now = clock_to_civil(incoming->received_at);
    asked.by_proxy = by_proxy;
    char *reference = office_reference(read, office, poll->code, invitation->number, poll->edition);
    char *text = question_drop_reference(read, incoming->letter->text, reference);
    char *subject = question_drop_reference(read, incoming->letter->subject, reference);
    read->answer = answer_read_letter(read, &asked, subject, text);
    settle(read, poll, is_sure(incoming, poll));
    return read;
}

struct edition_answer *edition_read_answer(const void *context, struct office *office, const struct incoming *incoming,
                                           const struct poll *poll, const struct invitation *invitation,
                                           struct error **error)
{
    return read_letter(context, office, incoming, poll, invitation, false, error);
}

struct edition_answer *edition_read_proxy(const void *context, struct office *office, const struct incoming *incoming,
                                          const struct poll *poll, const struct invitation *invitation,
                                          struct error **error)
{
    return read_letter(context, office, incoming, poll, invitation, true, error);
}

struct edition_answer *edition_read_words(const void *context, const struct question *question, const struct poll *poll,
                                          const char *words, time_t now)
{
    struct edition_answer *read = memory_new(context, struct edition_answer);
    struct answer_question asked = question->asked;
    asked.now = clock_to_civil(now);
    read->then = poll;
    read->answer = answer_read(read, &asked, words);
    settle(read, poll, true);
    return read;
}

json_t *edition_view_lapsed(const struct edition_answer *read, const struct poll *poll, const char *language)
{
    json_t *list = json_array();
    for (size_t i = 0; i < read->then->choice_count; i++) {
        const struct choice *choice = &read->then->choices[i];
        size_t place;
        if (read->given[i] == MARK_NONE || find_choice(poll, choice->id, &place))
            continue;
        char *label = view_choice_label(NULL, poll, choice, language);
        json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "n", choice->number, "label", label, "symbol",
                                              mark_symbol(read->given[i])));
        talloc_free(label);
    }
    return list;
}
