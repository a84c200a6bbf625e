/* poll/draft: what an organiser wrote, read as a poll or asked back. */
#include <string.h>

#include "base/limits.h"
#include "poll/draft.h"
#include "test_mail_case.h"
#include "test_store_case.h"

static const struct civil now = {2025, 12, 18, 10, 0};

static struct config *make_config(void *context)
{
    struct config *config = memory_new(context, struct config);
    config->domain = memory_copy_text(config, "tc.example.ac.jp");
    config->language = memory_copy_text(config, "ja");
    config->poll_address = memory_copy_text(config, "poll@tc.example.ac.jp");
    config->kairan_address = memory_copy_text(config, "kairan@tc.example.ac.jp");
    config->note_address = memory_copy_text(config, "note@tc.example.ac.jp");
    config->survey_address = memory_copy_text(config, "survey@tc.example.ac.jp");
    config->delimiters = memory_copy_text(config, "+-");
    config->deadline_days = 7;
    config->circles = case_folder(context);
    case_write(config->circles, "staff",
               "田中 一 <tanaka@tc.example.ac.jp> required\n鈴木 二 <suzuki@tc.example.ac.jp> en\n");
    case_write(config->circles, "broken", "nobody\n");
    case_write(config->circles, "cp932", "\x8E\x52\x93\x63 <yamada@tc.example.ac.jp>\n");
    return config;
}

static struct mailbox mailbox(void *context, const char *name, const char *address)
{
    return (struct mailbox){memory_copy_text(context, name), memory_copy_text(context, address)};
}

static struct letter *make_letter(void *context, const char *subject, const char *text)
{
    struct letter *letter = memory_new(context, struct letter);
    letter->subject = memory_copy_text(letter, subject);
    letter->text = letter->new_text = memory_copy_text(letter, text);
    letter->from = (struct mailbox_list){memory_array(letter, struct mailbox, 1), 1};
    letter->from.mailboxes[0] = mailbox(letter, "山田 太郎", "yamada@tc.example.ac.jp");
    letter->to = (struct mailbox_list){memory_array(letter, struct mailbox, 1), 1};
    letter->to.mailboxes[0] = mailbox(letter, "", "poll@tc.example.ac.jp");
    letter->cc = (struct mailbox_list){memory_array(letter, struct mailbox, 2), 2};
    letter->cc.mailboxes[0] = mailbox(letter, "佐藤 花子", "sato@tc.example.ac.jp");
    letter->cc.mailboxes[1] = mailbox(letter, "伊藤 健", "ito@tc.example.ac.jp");
    return letter;
}

static void set_cc(struct letter *letter, json_t *addresses)
{
    letter->cc.count = json_array_size(addresses);
    letter->cc.mailboxes = memory_array(letter, struct mailbox, letter->cc.count);
    for (size_t i = 0; i < letter->cc.count; i++)
        letter->cc.mailboxes[i] = mailbox(letter, "", json_string_value(json_array_get(addresses, i)));
}

static char *write_point(const void *context, struct civil civil, bool all_day)
{
    char *day = memory_format(context, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    return all_day ? day : memory_format(context, "%sT%02d:%02d", day, civil.hour, civil.minute);
}

static json_t *list_choices(const void *context, const struct draft *draft)
{
    json_t *list = json_array();
    for (size_t i = 0; i < draft->choice_count; i++) {
        const struct when *when = &draft->choices[i];
        char *text = write_point(context, when->start, when->all_day);
        if (when->has_end && !when->all_day)
            text = memory_format(context, "%s/%s", text, write_point(context, when->end, false));
        json_array_append_new(list, json_string(text));
    }
    return list;
}

/* Addresses of the center without their domain. */
static json_t *list_participants(const void *context, const struct draft *draft)
{
    static const char domain[] = "@tc.example.ac.jp";
    json_t *list = json_array();
    for (size_t i = 0; i < draft->participant_count; i++) {
        const struct participant *participant = &draft->participants[i];
        size_t length = strlen(participant->address);
        char *text = memory_copy_text(context, participant->address);
        if (length > sizeof domain && strcmp(text + length - (sizeof domain - 1), domain) == 0 && text[0] >= 'a')
            text[length - (sizeof domain - 1)] = '\0';
        json_array_append_new(list, json_string(memory_format(context, "%s%s", text, participant->required ? "!" : "")));
    }
    return list;
}

/* What is wrong with a broken circle is told in words that name its file: the kind is enough. */
static json_t *list_problems(const void *context, const struct draft *draft)
{
    json_t *list = json_array();
    for (size_t i = 0; i < draft->problem_count; i++) {
        const struct draft_problem *problem = &draft->problems[i];
        const char *name = draft_problem_name(problem->kind);
        bool short_form = !*problem->line || problem->kind == DRAFT_BROKEN_CIRCLE;
        json_array_append_new(list,
                              json_string(short_form ? name : memory_format(context, "%s: %s", name, problem->line)));
    }
    return list;
}

static json_t *list_texts(char **texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < talloc_array_length(texts); i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *list_options(const void *context, const struct draft *draft)
{
    const struct poll_options *options = &draft->options;
    json_t *list = json_array();
    if (options->quorum)
        json_array_append_new(list, json_string(memory_format(context, "quorum %ld", options->quorum)));
    if (options->results != RESULTS_CLOSED)
        json_array_append_new(list, json_string(poll_results_name(options->results)));
    if (options->is_anonymous)
        json_array_append_new(list, json_string("anonymous"));
    if (options->yes_most)
        json_array_append_new(list, json_string(memory_format(context, "limit %ld", options->yes_most)));
    if (options->minutes)
        json_array_append_new(list, json_string(memory_format(context, "%ld minutes", options->minutes)));
    return list;
}

/* Compares a list, which is consumed, with the case's; one that the case does not give matters only when `always`. */
static bool list_is(json_t *entry, const char *key, json_t *list, bool always)
{
    json_t *expected = json_object_get(entry, key);
    bool right = expected ? json_equal(expected, list) : !always || json_array_size(list) == 0;
    if (!right) {
        char *found = json_dumps(list, 0);
        fprintf(stderr, "%s: %s: found %s\n", case_text(entry, "case"), key, found);
        free(found);
    }
    json_decref(list);
    return right;
}

static bool text_is(json_t *entry, const char *key, const char *text)
{
    return !json_object_get(entry, key) || case_is(entry, key, text);
}

static bool check_case(json_t *entry)
{
    void *context = talloc_new(NULL);
    json_t *subject = json_object_get(entry, "subject");
    struct letter *letter =
        make_letter(context, subject ? json_string_value(subject) : "定例会", case_text(entry, "text"));
    if (json_object_get(entry, "cc"))
        set_cc(letter, json_object_get(entry, "cc"));
    struct draft *draft = draft_read(context, make_config(context), NULL, letter, now);
    bool right = list_is(entry, "problems", list_problems(context, draft), true);
    right = list_is(entry, "choices", list_choices(context, draft), false) && right;
    right = list_is(entry, "participants", list_participants(context, draft), false) && right;
    right = list_is(entry, "skipped", list_texts(draft->skipped), false) &&
                 list_is(entry, "unread", list_texts(draft->unread), false) &&
                 list_is(entry, "options", list_options(context, draft), false) && right;
    right = text_is(entry, "deadline", write_point(context, draft->deadline, false)) && right;
    right = text_is(entry, "title", draft->title) && right;
    right = text_is(entry, "place", draft->place) && right;
    right = text_is(entry, "description", draft->description) && right;
    if (json_object_get(entry, "deadline") && draft->deadline_inferred != json_is_true(json_object_get(entry, "inferred"))) {
        fprintf(stderr, "%s: the deadline was %sinferred\n", case_text(entry, "case"),
                draft->deadline_inferred ? "" : "not ");
        right = false;
    }
    talloc_free(context);
    return right;
}

START_TEST(openings_are_read)
{
    unit_check_vectors("poll/openings.jsonl", check_case);
}
END_TEST

static bool has_problem(const struct draft *draft, enum draft_problem_kind kind)
{
    for (size_t i = 0; i < draft->problem_count; i++)
        if (draft->problems[i].kind == kind)
            return true;
    return false;
}

START_TEST(more_dates_than_a_poll_may_have_are_asked)
{
    void *context = talloc_new(NULL);
    for (int count = LIMIT_CHOICES; count <= LIMIT_CHOICES + 1; count++) {
        char *text = memory_copy_text(context, "");
        for (int i = 0; i < count; i++)
            text = memory_format(context, "%s2026/1/%d %d:00-%d:30\n", text, 5 + i / 12, 8 + i % 12, 8 + i % 12);
        struct draft *draft = draft_read(context, make_config(context), NULL, make_letter(context, "x", text), now);
        ck_assert_uint_eq(draft->choice_count, (size_t)count);
        ck_assert_int_eq(has_problem(draft, DRAFT_TOO_MANY_CHOICES), count > LIMIT_CHOICES);
    }
    talloc_free(context);
}
END_TEST

START_TEST(hostile_texts_end)
{
    static const char *const pieces[] = {"  ", "　", ":", "締切:", "対象:,", "、", "必須: あ  ", "1/15", "\t場所:", "・"};
    void *context = talloc_new(NULL);
    struct config *config = make_config(context);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        size_t length = strlen(pieces[i]);
        size_t count = (size_t)unit_rounds(20000);
        char *text = memory_array(context, char, count * length + 1);
        for (size_t j = 0; j < count; j++)
            memcpy(text + j * length, pieces[i], length);
        ck_assert_ptr_nonnull(draft_read(text, config, NULL, make_letter(text, pieces[i], text), now));
        talloc_free(text);
    }
    talloc_free(context);
}
END_TEST

static Suite *draft_suite(void)
{
    Suite *suite = suite_create("draft");
    TCase *tests = tcase_create("draft");
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, openings_are_read);
    tcase_add_test(tests, more_dates_than_a_poll_may_have_are_asked);
    tcase_add_test(tests, hostile_texts_end);
    suite_add_tcase(suite, tests);
    return suite;
}

UNIT_MAIN(draft_suite())
