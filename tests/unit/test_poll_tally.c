/* poll/tally: counts, and the order of the dates, rule by rule. */
#include <string.h>

#include "base/memory.h"
#include "poll/tally.h"
#include "unit.h"

/*
 * A table of marks: one text a person, one letter a choice (y yes, b best, m maybe, n no, "." none), "*" behind the marks
 * of who is required. `order` is the ranking by choice number, "=" before one that shares its rank with the one before.
 */
struct count_case {
    const char *rule;
    const char *people[6];
    const char *order;
    const int hours[4]; /* of the choices' starts; all 0: as they are numbered */
};

static const struct count_case cases[] = {
    {"most who can come", {"ny", "ny", "yn"}, "2 1", {0}},
    {"who perhaps can comes as well", {"ym", "nm", "ny"}, "2 1", {0}},
    {"as many, then most ○", {"my", "yy"}, "2 1", {0}},
    {"as many ○, then fewest unanswered", {".y", "nn", "yn"}, "2 1", {0}},
    {"then most ◎", {"yb", "yy"}, "2 1", {0}},
    {"◎ counts as ○ and not as more", {"b.", "nm", "ny"}, "2 1", {0}},
    {"equals share a rank, the earlier first", {"yy", "nn"}, "1 =2", {0}},
    {"the earlier first, however they are numbered", {"yyn", "nny"}, "2 =1 =3", {15, 9, 18}},
    {"whom it cannot do without goes before all", {"ny*", "yy", "yy", "mn"}, "2 1", {0}},
    {"blocked: behind dates that nobody else likes", {"ny*", "yn", "yn", "yn"}, "2 1", {0}},
    {"△ of a required person does not block", {"my*", "yn"}, "1 2", {0}},
    {"nor does silence", {".y*", "yn", "yn"}, "1 2", {0}},
    {"blocked dates keep an order among them", {"nn*", "ny"}, "2 1", {0}},
    {"nobody answered", {"..", ".."}, "1 =2", {0}},
    {"nobody asked", {NULL}, "1 =2", {0}},
    {"a rank is skipped behind equals", {"yyn", "yym"}, "1 =2 3", {0}},
};

static enum mark mark_of(char letter)
{
    static const char letters[] = ".ybmn";
    static const enum mark marks[] = {MARK_NONE, MARK_YES, MARK_BEST, MARK_MAYBE, MARK_NO};
    const char *found = strchr(letters, letter);
    ck_assert_msg(found && *found, "no mark: %c", letter);
    return marks[found - letters];
}

static struct tally_line *count(void *context, const struct count_case *given, size_t choices)
{
    size_t people = 0;
    while (people < 6 && given->people[people])
        people++;
    unsigned char *marks = memory_array(context, unsigned char, people * choices + 1);
    bool *required = memory_array(context, bool, people + 1);
    struct when *whens = memory_array(context, struct when, choices);
    for (size_t i = 0; i < choices; i++) {
        int hour = given->hours[0] ? given->hours[i] : (int)(10 + i);
        whens[i].start = (struct civil){2026, 1, 15, hour, 0};
    }
    for (size_t person = 0; person < people; person++) {
        for (size_t i = 0; i < choices; i++)
            marks[person * choices + i] = (unsigned char)mark_of(given->people[person][i]);
        required[person] = given->people[person][choices] == '*';
    }
    struct ballot_box box = {people, choices, marks, required, whens, NULL};
    return tally_count(context, &box);
}

START_TEST(dates_are_ranked)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        void *context = talloc_new(NULL);
        size_t choices = 0;
        for (const char *c = cases[i].order; *c; c++)
            choices += *c >= '1' && *c <= '9';
        struct tally_line *lines = count(context, &cases[i], choices);
        ck_assert_uint_eq(talloc_array_length(lines), choices);
        char *order = memory_copy_text(context, "");
        for (size_t j = 0; j < choices; j++) {
            bool shares = j && lines[j].rank == lines[j - 1].rank;
            ck_assert_msg(shares || lines[j].rank == j + 1, "%s: rank %zu", cases[i].rule, lines[j].rank);
            order = memory_format(context, "%s%s%s%zu", order, j ? " " : "", shares ? "=" : "", lines[j].choice + 1);
        }
        if (strcmp(order, cases[i].order) != 0)
            fprintf(stderr, "%s: expected %s, found %s\n", cases[i].rule, cases[i].order, order);
        wrong += strcmp(order, cases[i].order) != 0;
        talloc_free(context);
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(marks_are_counted)
{
    void *context = talloc_new(NULL);
    static const struct count_case given = {"", {"y", "b", "m", "n*", "."}, "1", {0}};
    struct tally_line *line = count(context, &given, 1);
    ck_assert_uint_eq(line->yes, 2);
    ck_assert_uint_eq(line->best, 1);
    ck_assert_uint_eq(line->maybe, 1);
    ck_assert_uint_eq(line->no, 1);
    ck_assert_uint_eq(line->none, 1);
    ck_assert(line->is_blocked);
    talloc_free(context);
}
END_TEST

START_TEST(the_one_who_is_missing_is_told)
{
    static const struct {
        struct count_case given;
        long missing;
    } tables[] = {
        {{"", {"y", "n", "b"}, "1", {0}}, 1},  {{"", {".", "y", "y"}, "1", {0}}, 0}, {{"", {"y", "y", "m"}, "1", {0}}, 2},
        {{"", {"y", "y", "y"}, "1", {0}}, -1}, {{"", {"n", "y", "n"}, "1", {0}}, -1}, {{"", {"n"}, "1", {0}}, 0},
        {{"", {NULL}, "1", {0}}, -1},
    };
    void *context = talloc_new(NULL);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        ck_assert_msg(count(context, &tables[i].given, 1)->only_missing == tables[i].missing, "table %zu", i);
    talloc_free(context);
}
END_TEST

static Suite *tally_suite(void)
{
    Suite *suite = suite_create("tally");
    TCase *tests = tcase_create("tally");
    tcase_add_test(tests, dates_are_ranked);
    tcase_add_test(tests, marks_are_counted);
    tcase_add_test(tests, the_one_who_is_missing_is_told);
    suite_add_tcase(suite, tests);
    return suite;
}

UNIT_MAIN(tally_suite())
