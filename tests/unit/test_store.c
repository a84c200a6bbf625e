/* store/: what is put in comes out, once, whole, or not at all. */
#include <string.h>
#include <unistd.h>

#include "store/answer.h"
#include "store/letter.h"
#include "store/outbox.h"
#include "store/person.h"
#include "store/poll.h"
#include "test_store_case.h"

static struct choice at(int number, struct civil start)
{
    return (struct choice){.number = number, .start = start};
}

/* A poll of two choices whose organiser is met first. */
static struct poll *add_poll(void *context, struct store *store, const char *code)
{
    struct person *organiser = store_meet_person(context, store, "yamada@example.org", "山田", NULL, NULL);
    ck_assert_ptr_nonnull(organiser);
    struct poll *poll = memory_new(context, struct poll);
    poll->code = memory_copy_text(poll, code);
    poll->state = POLL_OPEN;
    poll->title = memory_copy_text(poll, "定例会");
    poll->description = memory_copy_text(poll, "");
    poll->place = memory_copy_text(poll, "会議室");
    poll->organiser_id = organiser->id;
    poll->deadline = case_instant("2026-01-10T08:00:00Z");
    poll->created_at = case_instant("2026-01-01T00:00:00Z");
    poll->choices = memory_array(poll, struct choice, 2);
    poll->choice_count = 2;
    poll->choices[0] = at(1, (struct civil){2026, 1, 15, 13, 0});
    poll->choices[1] = at(2, (struct civil){2026, 1, 16, 10, 0});
    ck_assert(store_add_poll(store, poll, NULL));
    return poll;
}

static struct invitation invite(void *context, struct store *store, const struct poll *poll, int number,
                                const char *address)
{
    struct person *person = store_meet_person(context, store, address, "", NULL, NULL);
    ck_assert_ptr_nonnull(person);
    struct invitation invitation = {.poll_id = poll->id,
                                    .person_id = person->id,
                                    .number = number,
                                    .address = memory_copy_text(context, address),
                                    .comment = memory_copy_text(context, "")};
    ck_assert(store_add_invitation(store, &invitation, NULL));
    return invitation;
}

static struct poll *load(void *context, struct store *store, int64_t id)
{
    struct poll *poll = store_load_poll(context, store, id, NULL);
    ck_assert_ptr_nonnull(poll);
    return poll;
}

START_TEST(a_store_is_made_once_and_opened_again)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char *path = file_join(folder, folder, "kairan.db");
    struct store *store = case_open(folder, path);
    ck_assert(store_begin(store, NULL));
    struct person *person = store_meet_person(context, store, "a@example.org", "A", "en", NULL);
    ck_assert_ptr_nonnull(person);
    ck_assert(store_commit(store, NULL));
    talloc_free(store);
    store = case_open(folder, path);
    struct person *again;
    ck_assert(store_find_person(context, store, "a@example.org", &again, NULL));
    ck_assert_ptr_nonnull(again);
    ck_assert_int_eq(again->id, person->id);
    ck_assert_str_eq(again->name, "A");
    talloc_free(context);
}
END_TEST

START_TEST(what_a_newer_kairan_wrote_is_refused_untouched)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char *path = file_join(folder, folder, "kairan.db");
    talloc_free(case_open(folder, path));
    case_execute(path, "UPDATE meta SET value = '2' WHERE name = 'schema'");
    struct error *error = NULL;
    ck_assert_ptr_null(store_open(context, path, &error));
    ck_assert_int_eq(error->class, ERROR_INSTALLATION);
    char *text = error_text(context, error);
    ck_assert_msg(strstr(text, "version 2") && strstr(text, path), "%s", text);
    error_free(&error);
    case_execute(path, "UPDATE meta SET value = '1' WHERE name = 'schema'");
    case_open(folder, path);
    talloc_free(context);
}
END_TEST

START_TEST(what_is_no_database_is_refused)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char *text = memory_array(context, char, 4096 + 1);
    memset(text, 'x', 4096);
    case_write(folder, "kairan.db", text);
    struct error *error = NULL;
    ck_assert_ptr_null(store_open(context, file_join(folder, folder, "kairan.db"), &error));
    ck_assert_int_eq(error->class, ERROR_INSTALLATION);
    error_free(&error);
    ck_assert_ptr_null(store_open(context, file_join(folder, folder, "missing/kairan.db"), &error));
    ck_assert_int_eq(error->class, ERROR_INSTALLATION);
    error_free(&error);
    char *vanished = file_join(folder, folder, "vanished.db");
    ck_assert_ptr_null(store_open(context, vanished, &error));
    ck_assert_msg(strstr(error->sentence, "is missing"), "%s", error->sentence);
    ck_assert_msg(access(vanished, F_OK) != 0, "opening makes nothing");
    error_free(&error);
    case_write(folder, "vanished.db", "");
    ck_assert_ptr_null(store_open(context, vanished, &error));
    ck_assert_int_eq(error->class, ERROR_INSTALLATION);
    error_free(&error);
    talloc_free(context);
}
END_TEST

START_TEST(a_person_is_known_under_every_address_in_any_case)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct person *person = store_meet_person(context, store, "Sato@Example.org", "", NULL, NULL);
    struct person *found;
    bool has;
    ck_assert(store_add_address(store, person->id, "hanako@Lab.example.org", NULL));
    ck_assert(store_find_person(context, store, "HANAKO@lab.example.org", &found, NULL));
    ck_assert(found && found->id == person->id);
    ck_assert_str_eq(store_first_address(context, store, person->id, NULL), "sato@example.org");
    ck_assert(store_has_address(store, person->id, "SATO@EXAMPLE.ORG", &has, NULL) && has);
    struct person *other = store_meet_person(context, store, "b@example.org", "B", "en", NULL);
    ck_assert(store_add_address(store, other->id, "sato@example.org", NULL));
    ck_assert(store_has_address(store, other->id, "sato@example.org", &has, NULL));
    ck_assert_msg(!has, "an address stays with whom it belonged to first");
    ck_assert(store_find_person(context, store, "nobody@example.org", &found, NULL));
    ck_assert_ptr_null(found);
    talloc_free(context);
}
END_TEST

START_TEST(what_a_person_told_is_not_overwritten)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct person *person = store_meet_person(context, store, "sato@example.org", "", NULL, NULL);
    ck_assert_str_eq(person->name, "");
    ck_assert_ptr_null(person->language);
    person = store_meet_person(context, store, "sato@example.org", "佐藤", "ja", NULL);
    person = store_meet_person(context, store, "sato@example.org", "Sato (guess)", "en", NULL);
    person = store_load_person(context, store, person->id, NULL);
    ck_assert_str_eq(person->name, "佐藤");
    ck_assert_str_eq(person->language, "ja");
    struct error *error = NULL;
    ck_assert_ptr_null(store_load_person(context, store, 999, &error));
    ck_assert_int_eq(error->class, ERROR_REFUSED);
    error_free(&error);
    talloc_free(context);
}
END_TEST

START_TEST(a_poll_comes_back_as_it_was)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct poll *poll = add_poll(context, store, "k7q2");
    struct poll *back;
    ck_assert(store_find_poll(context, store, "K7Q2", &back, NULL));
    ck_assert_ptr_nonnull(back);
    ck_assert_int_eq(back->id, poll->id);
    ck_assert_str_eq(back->title, "定例会");
    ck_assert_str_eq(back->description, "");
    ck_assert_str_eq(back->place, "会議室");
    ck_assert_int_eq(back->state, POLL_OPEN);
    ck_assert_int_eq(back->deadline, poll->deadline);
    ck_assert_int_eq(back->created_at, poll->created_at);
    ck_assert_int_eq(back->closed_at, 0);
    ck_assert_uint_eq(back->choice_count, 2);
    ck_assert_int_eq(civil_compare(back->choices[0].start, poll->choices[0].start), 0);
    ck_assert(!back->choices[0].has_end && !back->choices[0].all_day && !back->choices[0].note);
    ck_assert(store_find_poll(context, store, "zzzz", &back, NULL));
    ck_assert_ptr_null(back);
    talloc_free(context);
}
END_TEST

START_TEST(days_stay_days_and_times_stay_instants)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct person *organiser = store_meet_person(context, store, "y@example.org", "", NULL, NULL);
    char code[] = "a2b3";
    char room[] = "第2会議室";
    char nothing[] = "";
    struct choice choices[] = {
        {.number = 1, .start = {2026, 10, 18, 0, 0}, .end = {2026, 10, 20, 0, 0}, .has_end = true, .all_day = true},
        {.number = 2, .start = {2026, 1, 15, 13, 0}, .end = {2026, 1, 15, 15, 30}, .has_end = true, .note = room},
    };
    struct poll poll = {.code = code, .title = nothing, .description = nothing, .place = nothing,
                        .organiser_id = organiser->id, .choices = choices, .choice_count = 2};
    ck_assert(store_add_poll(store, &poll, NULL));
    struct poll *back = load(context, store, poll.id);
    ck_assert(back->choices[0].all_day && back->choices[0].has_end);
    ck_assert_int_eq(civil_compare(back->choices[0].end, choices[0].end), 0);
    ck_assert_int_eq(civil_compare(back->choices[1].end, choices[1].end), 0);
    ck_assert_str_eq(back->choices[1].note, "第2会議室");
    ck_assert(clock_set_zone("Europe/Berlin", NULL));
    back = load(context, store, poll.id);
    ck_assert_msg(civil_compare(back->choices[0].start, choices[0].start) == 0, "a day is the same day in every zone");
    ck_assert_int_eq(civil_compare(back->choices[1].start, (struct civil){2026, 1, 15, 5, 0}), 0);
    ck_assert(clock_set_zone("America/Asuncion", NULL)); /* on a day whose midnight does not exist, too */
    choices[0].start = choices[0].end = (struct civil){2023, 10, 1, 0, 0};
    code[0] = 'b';
    ck_assert(store_add_poll(store, &poll, NULL));
    back = load(context, store, poll.id);
    ck_assert(civil_same_day(back->choices[0].start, choices[0].start));
    ck_assert(clock_set_zone("Asia/Tokyo", NULL));
    talloc_free(context);
}
END_TEST

START_TEST(a_poll_counts_whom_it_waits_for)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct poll *poll = add_poll(context, store, "k7q2");
    struct invitation first = invite(context, store, poll, 1, "a@example.org");
    invite(context, store, poll, 2, "b@example.org");
    static const struct {
        enum invitation_state from;
        enum invitation_state to;
        long waiting;
    } steps[] = {
        {INVITATION_WAITING, INVITATION_PARTIAL, 2},     {INVITATION_PARTIAL, INVITATION_ANSWERED, 1},
        {INVITATION_ANSWERED, INVITATION_ANSWERED, 1},   {INVITATION_ANSWERED, INVITATION_WAITING, 2},
        {INVITATION_WAITING, INVITATION_UNDELIVERED, 1}, {INVITATION_UNDELIVERED, INVITATION_ANSWERED, 1},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        first.state = steps[i].to;
        ck_assert(store_update_invitation(store, &first, steps[i].from, NULL));
        struct poll *back = load(context, store, poll->id);
        ck_assert_int_eq(back->invited, 2);
        ck_assert_msg(back->waiting == steps[i].waiting, "step %zu: waits for %ld", i, back->waiting);
    }
    talloc_free(context);
}
END_TEST

START_TEST(an_invitation_is_found_by_number_and_by_person)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct poll *poll = add_poll(context, store, "k7q2");
    struct invitation second = invite(context, store, poll, 2, "b@example.org");
    struct invitation *found;
    second.asked = 2;
    second.comment = memory_copy_text(context, "遅れます");
    second.proposal = memory_copy_text(context, "[1]");
    second.state = INVITATION_PARTIAL;
    ck_assert(store_update_invitation(store, &second, INVITATION_WAITING, NULL));
    ck_assert(store_find_invitation(context, store, poll->id, 2, &found, NULL));
    ck_assert(found && found->id == second.id && found->asked == 2 && found->state == INVITATION_PARTIAL);
    ck_assert_str_eq(found->comment, "遅れます");
    ck_assert_str_eq(found->proposal, "[1]");
    ck_assert_str_eq(found->address, "b@example.org");
    ck_assert(store_find_invitation_of(context, store, poll->id, second.person_id, &found, NULL));
    ck_assert(found && found->number == 2);
    ck_assert(store_find_invitation(context, store, poll->id, 3, &found, NULL));
    ck_assert_ptr_null(found);
    struct error *error = NULL;
    struct invitation twice = second;
    twice.number = 3;
    ck_assert_msg(!store_add_invitation(store, &twice, &error), "one person is invited once");
    ck_assert_int_eq(error->class, ERROR_REFUSED);
    error_free(&error);
    talloc_free(context);
}
END_TEST

START_TEST(polls_are_ripe_at_the_deadline_or_when_all_have_answered)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct poll *poll = add_poll(context, store, "k7q2");
    struct invitation only = invite(context, store, poll, 1, "a@example.org");
    time_t deadline = poll->deadline;
    ck_assert_uint_eq(talloc_array_length(store_list_ripe_polls(context, store, deadline - 1, NULL)), 0);
    ck_assert_uint_eq(talloc_array_length(store_list_ripe_polls(context, store, deadline, NULL)), 1);
    ck_assert_uint_eq(talloc_array_length(store_list_open_polls_of(context, store, only.person_id, NULL)), 1);
    only.state = INVITATION_ANSWERED;
    ck_assert(store_update_invitation(store, &only, INVITATION_WAITING, NULL));
    ck_assert_uint_eq(talloc_array_length(store_list_ripe_polls(context, store, deadline - 1, NULL)), 1);
    ck_assert(store_set_poll_state(store, poll->id, POLL_CLOSED, deadline, NULL));
    ck_assert_uint_eq(talloc_array_length(store_list_ripe_polls(context, store, deadline + 1, NULL)), 0);
    ck_assert_uint_eq(talloc_array_length(store_list_open_polls_of(context, store, only.person_id, NULL)), 0);
    ck_assert_int_eq(load(context, store, poll->id)->closed_at, deadline);
    talloc_free(context);
}
END_TEST

static struct letter_record letter_named(const char *identity)
{
    return (struct letter_record){.identity = identity, .received_at = 0, .sender = "a@example.org", .recipient = "",
                                  .subject = "", .class = "human", .verdict = "taken", .reason = "", .archive = ""};
}

START_TEST(a_letter_is_entered_once)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct letter_record first = letter_named("id 1 a");
    struct letter_record same = letter_named("id 1 a");
    struct letter_record other = letter_named("id 1 b");
    bool is_new;
    ck_assert(store_enter_letter(store, &first, &is_new, NULL) && is_new);
    ck_assert(store_enter_letter(store, &same, &is_new, NULL) && !is_new);
    ck_assert(store_enter_letter(store, &other, &is_new, NULL) && is_new);
    ck_assert_int_ne(first.id, other.id);
    talloc_free(context);
}
END_TEST

START_TEST(answers_a_day_are_counted_to_the_cap)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    for (int i = 0; i < 5; i++) {
        bool allowed;
        ck_assert(store_allow_answer(store, "a@example.org", "2026-01-15", 3, &allowed, NULL));
        ck_assert_msg(allowed == (i < 3), "answer %d", i + 1);
    }
    bool allowed;
    ck_assert(store_allow_answer(store, "a@example.org", "2026-01-16", 3, &allowed, NULL) && allowed);
    ck_assert(store_allow_answer(store, "b@example.org", "2026-01-15", 3, &allowed, NULL) && allowed);
    talloc_free(context);
}
END_TEST

struct seen {
    int count;
    int invitation;
    char mark[8];
};

static void see(void *closure, int invitation_number, int choice_number, const char *mark, const char *note)
{
    (void)choice_number;
    (void)note;
    struct seen *seen = closure;
    seen->count++;
    seen->invitation = invitation_number;
    snprintf(seen->mark, sizeof seen->mark, "%s", mark);
}

START_TEST(a_later_vote_replaces_an_earlier_one)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    struct poll *poll = load(context, store, add_poll(context, store, "k7q2")->id);
    struct invitation invitation = invite(context, store, poll, 7, "a@example.org");
    struct letter_record letter = letter_named("id 1");
    bool is_new;
    ck_assert(store_enter_letter(store, &letter, &is_new, NULL));
    struct answer_record answer = {.letter_id = letter.id, .invitation_id = invitation.id, .verdict = "ok", .source = "○"};
    ck_assert(store_add_answer(store, &answer, NULL));
    struct vote vote = {invitation.id, poll->choices[0].id, "yes", false, "13:30から"};
    ck_assert(store_set_vote(store, &vote, answer.id, NULL));
    vote = (struct vote){invitation.id, poll->choices[0].id, "no", true, NULL};
    ck_assert(store_set_vote(store, &vote, answer.id, NULL));
    struct vote *votes = store_list_votes(context, store, invitation.id, NULL);
    ck_assert_uint_eq(talloc_array_length(votes), 1);
    ck_assert_str_eq(votes[0].mark, "no");
    ck_assert(votes[0].inferred && !votes[0].note);
    struct seen seen = {0};
    ck_assert(store_visit_votes(store, poll->id, see, &seen, NULL));
    ck_assert(seen.count == 1 && seen.invitation == 7 && strcmp(seen.mark, "no") == 0);
    ck_assert(store_drop_votes(store, invitation.id, NULL));
    ck_assert_uint_eq(talloc_array_length(store_list_votes(context, store, invitation.id, NULL)), 0);
    talloc_free(context);
}
END_TEST

START_TEST(a_dropped_part_leaves_nothing_and_its_neighbours_stay)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char *path = file_join(folder, folder, "kairan.db");
    struct store *store = case_open(folder, path);
    struct person *found;
    ck_assert(store_begin(store, NULL));
    for (int i = 0; i < 3; i++) {
        ck_assert(store_begin_part(store, NULL));
        char *address = memory_format(context, "%d@example.org", i);
        ck_assert_ptr_nonnull(store_meet_person(context, store, address, "", NULL, NULL));
        ck_assert(i == 1 ? store_drop_part(store, NULL) : store_keep_part(store, NULL));
    }
    ck_assert(store_commit(store, NULL));
    talloc_free(store);
    store = case_open(folder, path);
    for (int i = 0; i < 3; i++) {
        ck_assert(store_find_person(context, store, memory_format(context, "%d@example.org", i), &found, NULL));
        ck_assert_msg((found != NULL) == (i != 1), "part %d", i);
    }
    ck_assert(store_begin(store, NULL));
    ck_assert_ptr_nonnull(store_meet_person(context, store, "3@example.org", "", NULL, NULL));
    store_rollback(store);
    ck_assert(store_find_person(context, store, "3@example.org", &found, NULL));
    ck_assert_ptr_null(found);
    talloc_free(context);
}
END_TEST

START_TEST(ids_grow_and_a_dropped_one_breaks_nothing)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    int64_t first;
    int64_t second;
    ck_assert(store_next_id(store, "person", &first, NULL) && store_next_id(store, "person", &second, NULL));
    ck_assert_int_eq(first, 1);
    ck_assert_int_eq(second, 2);
    ck_assert_ptr_nonnull(store_meet_person(context, store, "a@example.org", "", NULL, NULL));
    ck_assert(store_commit(store, NULL) && store_begin(store, NULL));
    ck_assert(store_next_id(store, "person", &first, NULL));
    ck_assert_int_eq(first, 4);
    talloc_free(context);
}
END_TEST

START_TEST(a_second_writer_is_told_to_come_again)
{
    void *context = talloc_new(NULL);
    char *folder = case_folder(context);
    char *path = file_join(folder, folder, "kairan.db");
    struct store *store = case_open(folder, path);
    sqlite3 *other;
    ck_assert_int_eq(sqlite3_open(path, &other), SQLITE_OK);
    ck_assert(store_begin(store, NULL));
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_BUSY);
    ck_assert(store_commit(store, NULL));
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    ck_assert(store_checkpoint(store, NULL));
    talloc_free(context);
}
END_TEST

static Suite *store_suite(void)
{
    Suite *suite = suite_create("store");
    TCase *opening = tcase_create("opening");
    tcase_add_test(opening, a_store_is_made_once_and_opened_again);
    tcase_add_test(opening, what_a_newer_kairan_wrote_is_refused_untouched);
    tcase_add_test(opening, what_is_no_database_is_refused);
    tcase_add_test(opening, a_second_writer_is_told_to_come_again);
    suite_add_tcase(suite, opening);
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, a_person_is_known_under_every_address_in_any_case);
    tcase_add_test(rows, what_a_person_told_is_not_overwritten);
    tcase_add_test(rows, a_poll_comes_back_as_it_was);
    tcase_add_test(rows, days_stay_days_and_times_stay_instants);
    tcase_add_test(rows, a_poll_counts_whom_it_waits_for);
    tcase_add_test(rows, an_invitation_is_found_by_number_and_by_person);
    tcase_add_test(rows, polls_are_ripe_at_the_deadline_or_when_all_have_answered);
    tcase_add_test(rows, a_letter_is_entered_once);
    tcase_add_test(rows, answers_a_day_are_counted_to_the_cap);
    tcase_add_test(rows, a_later_vote_replaces_an_earlier_one);
    suite_add_tcase(suite, rows);
    TCase *transactions = tcase_create("transactions");
    tcase_add_test(transactions, a_dropped_part_leaves_nothing_and_its_neighbours_stay);
    tcase_add_test(transactions, ids_grow_and_a_dropped_one_breaks_nothing);
    suite_add_tcase(suite, transactions);
    return suite;
}

UNIT_MAIN(store_suite())
