/* The notes' desk: see desk.h. */
#include "note/desk.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/memory.h"
#include "mail/reply.h"
#include "note/draft.h"
#include "note/fetch.h"
#include "note/find.h"
#include "note/member.h"
#include "note/people.h"
#include "note/request.h"
#include "note/submit.h"
#include "store/note.h"
#include "text/fold.h"

/* A letter at the desk. */
struct visit {
    void *context;
    struct office *office;
    struct incoming *incoming;
    struct person *person; /* whose letter it is; NULL: nobody we know */
    bool is_proven;        /* a genuine token of that person came with it */
    char kind;             /* of its reference: 'n', 'p', 'r', 'd'; 0: it has none */
    int64_t id;
};

/*
 * Whose letter it is: the member that it claims to come from. A token says which mail of ours was answered; the person
 * it was made for and the sender are the same when the sender has that person's address, or none that anybody knows.
 */
static bool identify(struct visit *visit, struct error **error)
{
    const struct reference *reference = &visit->incoming->route->reference;
    const char *sender = incoming_sender(visit->incoming)->address;
    if (reference->code && !route_parse_note_code(reference->code, &visit->kind, &visit->id))
        visit->kind = '\0';
    bool genuine = people_reference_is_genuine(visit->office, reference);
    if (reference->token && !genuine)
        log_warning("a reply from %s carries a token that is not genuine", sender);
    visit->incoming->has_genuine_token = genuine;
    if (!people_find_member(visit->context, visit->office, sender, &visit->person, error))
        return false;
    int64_t holder = visit->kind == 'p' ? visit->id : reference->number;
    visit->is_proven = genuine && visit->person && visit->person->id == holder;
    return true;
}

static bool take_note_reply(struct visit *visit, struct error **error)
{
    struct note *note;
    if (!store_find_note(visit->context, visit->office->store, visit->id, &note, error))
        return false;
    if (!note)
        return people_refuse(visit->office, visit->incoming, "unknown_note", error);
    if (visit->person)
        return submit_reply(visit->office, visit->incoming, visit->person, note, error);
    return request_note(visit->office, visit->incoming, note->thread_id, error);
}

/* A reply to a digest as a whole says by its subject or first line which note it is about. */
static bool take_digest_reply(struct visit *visit, struct error **error)
{
    struct incoming *incoming = visit->incoming;
    char *line = note_draft_first_line(visit->context, incoming->letter->new_text);
    int64_t id = note_draft_read_id(line);
    struct note *note = NULL;
    if (id && !store_find_note(visit->context, visit->office->store, id, &note, error))
        return false;
    if (!note || !visit->person)
        return people_refuse(visit->office, incoming, "which_note", error);
    if (note->is_withdrawn)
        return people_refuse(visit->office, incoming, "is_withdrawn", error);
    const char *behind = strstr(incoming->letter->new_text, line) + strlen(line);
    return submit_comment(visit->office, incoming, visit->person, note, behind + strspn(behind, " \t\n"), error);
}

/* A word about getting notes: done at once when a token proves whose it is, else the address is asked. */
static bool take_word(struct visit *visit, struct error **error)
{
    struct incoming *incoming = visit->incoming;
    const char *extension = incoming->route->extension;
    if (visit->kind == 'p' && incoming->has_genuine_token) {
        struct person *holder = store_load_person(visit->context, visit->office->store, visit->id, error);
        char *word = member_find_word(visit->context, incoming);
        if (!holder)
            return false;
        return word ? member_apply(visit->office, incoming, holder, word, error)
                    : member_help(visit->office, incoming, holder, error);
    }
    if (member_is_word(extension))
        return request_word(visit->office, incoming, extension, error);
    return member_help(visit->office, incoming, visit->person, error);
}

static bool is_about_membership(const struct visit *visit)
{
    const char *extension = visit->incoming->route->extension;
    return (visit->kind == 'p' && visit->incoming->has_genuine_token) || member_is_word(extension) ||
           (strcmp(extension, "help") == 0 && visit->person);
}

/* Whether a mail that it replies to is one that brought a note: a discussion that only copies us in. */
static bool find_answered_note(struct visit *visit, struct note **note, struct error **error)
{
    const struct letter *letter = visit->incoming->letter;
    char **const lists[] = {letter->in_reply_to, letter->references};
    *note = NULL;
    for (size_t i = 0; i < 2; i++)
        for (size_t j = memory_count(lists[i]); j-- > 0 && !*note;)
            if (!store_find_note_of_mail(visit->context, visit->office->store, lists[i][j], note, error))
                return false;
    return true;
}

/* The tag for what comes from a mailing list, by the configuration "LIST-ID=CIRCLE, …"; NULL when the list is none of it. */
static char *find_list_tag(const void *context, const char *lists, const char *list_id)
{
    char *copy = memory_copy_text(context, lists);
    char *save = NULL;
    for (char *entry = strtok_r(copy, ", \t", &save); entry && list_id; entry = strtok_r(NULL, ", \t", &save)) {
        char *equals = strchr(entry, '=');
        if (!equals)
            continue;
        *equals = '\0';
        if (strcasecmp(entry, list_id) == 0)
            return text_fold_key(context, equals + 1);
    }
    return NULL;
}

/* Posts of a list are notes of whoever wrote them; nobody is answered. */
static bool take_list_post(struct visit *visit, struct error **error)
{
    struct incoming *incoming = visit->incoming;
    const struct mailbox *sender = incoming_sender(incoming);
    char *tag = find_list_tag(visit->context, visit->office->config->lists, incoming->letter->list_id);
    if (!tag)
        return incoming_settle(incoming, "ignored", "a mailing list that is not in [notes] lists");
    struct person *author = store_meet_person(visit->context, visit->office->store, sender->address, sender->name, NULL, error);
    struct note *note;
    if (!author || !find_answered_note(visit, &note, error))
        return false;
    if (note && !note->is_withdrawn)
        return submit_comment(visit->office, incoming, author, note, incoming->letter->new_text, error);
    return submit_note(visit->office, incoming, author, tag, error);
}

/* The words of 「検索: …」 in a subject; NULL when it begins otherwise. */
static const char *skip_search_label(const char *subject)
{
    static const char *const labels[] = {"検索:", "検索：", "search:"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strncasecmp(subject, labels[i], strlen(labels[i])) == 0)
            return subject + strlen(labels[i]);
    return NULL;
}

/* What to search for: the subject, unless it only says that something is to be searched; then the first line. */
static const char *search_words(struct visit *visit)
{
    const char *subject = reply_subject(visit->incoming);
    const char *behind = skip_search_label(subject);
    if (behind)
        subject = behind;
    char *key = text_fold_key(visit->context, subject);
    bool is_empty = !*key || strcmp(key, "検索") == 0 || strcmp(key, "search") == 0;
    return is_empty ? note_draft_first_line(visit->context, visit->incoming->letter->new_text) : subject;
}

/* An id alone, in the subject or, when there is no other subject, in the first line. */
static int64_t wanted_note(struct visit *visit)
{
    const struct letter *letter = visit->incoming->letter;
    int64_t id = note_draft_read_id(reply_subject(visit->incoming));
    if (id && !letter->new_text[strspn(letter->new_text, " \t\n")])
        return id;
    char *line = note_draft_first_line(visit->context, letter->new_text);
    int64_t named = note_draft_read_id(line);
    if (named && (!*reply_subject(visit->incoming) || id))
        return named;
    return id && strlen(letter->new_text) < 200 ? id : 0;
}

/* A letter without a reference. */
static bool take_new_letter(struct visit *visit, struct error **error)
{
    struct office *office = visit->office;
    struct incoming *incoming = visit->incoming;
    struct note *note;
    bool searches = strcmp(incoming->route->extension, "search") == 0 || skip_search_label(reply_subject(incoming));
    if (!visit->person && searches)
        return people_refuse(office, incoming, "unknown_words", error);
    if (searches)
        return find_answer(office, incoming, visit->person, search_words(visit), error);
    int64_t id = wanted_note(visit);
    if (id && visit->person)
        return fetch_answer(office, incoming, visit->person, id, error);
    if (!find_answered_note(visit, &note, error))
        return false;
    bool is_comment = note && !note->is_withdrawn;
    if (!visit->person)
        return request_note(office, incoming, is_comment ? note->thread_id : 0, error);
    if (is_comment)
        return submit_comment(office, incoming, visit->person, note, incoming->letter->new_text, error);
    return submit_note(office, incoming, visit->person, NULL, error);
}

static bool dispatch(struct visit *visit, struct error **error)
{
    struct incoming *incoming = visit->incoming;
    bool genuine = incoming->has_genuine_token;
    if (incoming->letter->class == LETTER_LIST && !genuine)
        return take_list_post(visit, error);
    if (incoming->letter->class == LETTER_ROBOT && !genuine && !visit->person)
        return incoming_settle(incoming, "ignored", incoming->letter->class_reason);
    if (visit->kind == 'n')
        return take_note_reply(visit, error);
    if (visit->kind == 'r' && genuine)
        return request_take_reply(visit->office, incoming, visit->id, error);
    if (visit->kind == 'd' && genuine)
        return take_digest_reply(visit, error);
    if (is_about_membership(visit))
        return take_word(visit, error);
    return take_new_letter(visit, error);
}

bool note_take_letter(struct office *office, struct incoming *incoming, struct error **error)
{
    struct visit visit = {.context = talloc_new(NULL), .office = office, .incoming = incoming};
    bool done = identify(&visit, error) &&
                (!visit.person || member_forgive_bounces(office, visit.person->id, error)) && dispatch(&visit, error);
    talloc_free(visit.context);
    return done;
}

bool note_take_bounce(struct office *office, struct incoming *incoming, struct error **error)
{
    const struct letter *letter = incoming->letter;
    const struct reference *reference = &incoming->route->reference;
    char kind;
    int64_t id;
    if (!people_reference_is_genuine(office, reference) || !route_parse_note_code(reference->code, &kind, &id))
        return incoming_settle(incoming, "ignored", "a bounce whose token is not genuine");
    if (!letter->is_permanent)
        return incoming_settle(incoming, "ignored", "delivery is only delayed");
    return member_count_bounce(office, kind == 'p' ? id : reference->number, letter->status, error) &&
           incoming_settle(incoming, "bounced", "");
}
