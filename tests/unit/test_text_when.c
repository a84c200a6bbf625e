/* text/when: candidates, deadlines, and writing dates back. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "text/when.h"
#include "unit.h"

/* "2026-01-15" or "2026-01-15T13:00" */
static struct civil read_iso(const char *text)
{
    struct civil civil = {.year = atoi(text), .month = atoi(text + 5), .day = atoi(text + 8)};
    if (strlen(text) >= 16 && text[10] == 'T') {
        civil.hour = atoi(text + 11);
        civil.minute = atoi(text + 14);
    }
    return civil;
}

static char *write_iso(const void *context, struct civil civil, bool all_day)
{
    char *day = memory_format(context, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    return all_day ? day : memory_format(context, "%sT%02d:%02d", day, civil.hour, civil.minute);
}

static char *write_span(const void *context, const struct when *when)
{
    char *start = write_iso(context, when->start, when->all_day);
    if (!when->has_end || (when->all_day && civil_same_day(when->start, when->end)))
        return start;
    return memory_format(context, "%s/%s", start, write_iso(context, when->end, when->all_day));
}

struct bit_name {
    unsigned bit;
    const char *name;
};

/* The bits as a list of words in the order of the table. */
static json_t *name_bits(unsigned bits, const struct bit_name *names)
{
    json_t *list = json_array();
    for (; names->name; names++)
        if (bits & names->bit)
            json_array_append_new(list, json_string(names->name));
    return list;
}

static const struct bit_name inferred_names[] = {
    {WHEN_INFERRED_YEAR, "year"},         {WHEN_INFERRED_MONTH, "month"},
    {WHEN_INFERRED_RELATIVE, "relative"}, {WHEN_INFERRED_END, "end"},
    {WHEN_INFERRED_HOURS, "hours"},       {WHEN_INFERRED_ZONE, "zone"},
    {WHEN_INFERRED_ORDER, "order"},       {0, NULL},
};

static const struct bit_name warning_names[] = {
    {WHEN_WARNS_WEEKEND, "weekend"}, {WHEN_WARNS_PAST, "past"}, {WHEN_WARNS_OVERNIGHT, "overnight"},
    {WHEN_WARNS_HOLIDAY, "holiday"}, {WHEN_WARNS_CLOSURE, "closure"}, {0, NULL}};

/* What was read, in the words of the table. */
static json_t *describe(const struct when_result *result)
{
    static const char *const verdicts[] = {"none", "ok", "inferred", "ask"};
    void *context = talloc_new(NULL);
    json_t *dates = json_array();
    unsigned inferred = 0;
    unsigned warnings = 0;
    const char *note = NULL;
    for (size_t i = 0; i < result->count; i++) {
        json_array_append_new(dates, json_string(write_span(context, &result->dates[i])));
        inferred |= result->dates[i].inferred;
        warnings |= result->dates[i].warnings;
        if (result->dates[i].note)
            note = result->dates[i].note;
    }
    json_t *description = json_pack("{ss so so so ss? ss?}", "verdict", verdicts[result->verdict], "dates", dates,
                                    "inferred", name_bits(inferred, inferred_names), "warnings",
                                    name_bits(warnings, warning_names), "note", note, "reason", result->reason);
    talloc_free(context);
    return description;
}

typedef struct when_result *reader_function(const void *, const char *, const struct when_context *);

/* The line in full-width letters, digits, signs and blanks, as some people type all of it. */
static char *widen(const void *context, const char *line)
{
    struct buffer *wide = buffer_new(context, 3 * strlen(line));
    for (; *line; line++) {
        unsigned char byte = (unsigned char)*line;
        if (byte == ' ')
            buffer_add_code_point(wide, 0x3000);
        else if (byte > 0x20 && byte < 0x7F)
            buffer_add_code_point(wide, 0xFF01 + byte - 0x21u);
        else
            buffer_add_byte(wide, *line);
    }
    return buffer_take(wide, context);
}

/* Whether a line reads as the case says; what the case does not name is not looked at, but dates. */
static bool check_line(json_t *entry, const char *line, reader_function *read, bool is_wide)
{
    static const char *const keys[] = {"verdict", "dates", "inferred", "warnings", "reason", "note"};
    const char *now = json_string_value(json_object_get(entry, "now"));
    const char *heading = json_string_value(json_object_get(entry, "heading"));
    struct civil above = heading ? read_iso(heading) : (struct civil){0};
    struct when_context about = {.now = read_iso(now ? now : "2025-12-18T10:00"),
                                 .zone = 540,
                                 .heading = heading ? &above : NULL,
                                 .duration_minutes = (int)json_integer_value(json_object_get(entry, "duration"))};
    struct when_result *result = read(NULL, line, &about);
    json_t *found = describe(result);
    bool right = json_object_get(entry, "dates") || json_array_size(json_object_get(found, "dates")) == 0;
    size_t count = sizeof keys / sizeof *keys - (is_wide ? 1 : 0); /* a note is quoted as it was typed */
    for (size_t i = 0; i < count; i++) {
        json_t *expected = json_object_get(entry, keys[i]);
        right = right && (!expected || json_equal(expected, json_object_get(found, keys[i])));
    }
    if (!right) {
        char *text = json_dumps(found, JSON_COMPACT);
        fprintf(stderr, "%s: got %s\n", line, text);
        free(text);
    }
    json_decref(found);
    talloc_free(result);
    return right;
}

/* Every case is read as it stands and in full width: the meaning has to be the same. */
static bool check_reading(json_t *entry, reader_function *read)
{
    const char *line = json_string_value(json_object_get(entry, "line"));
    char *wide = widen(NULL, line);
    bool right = check_line(entry, line, read, false);
    right = check_line(entry, wide, read, true) && right;
    talloc_free(wide);
    return right;
}

static bool check_candidates(json_t *entry)
{
    return check_reading(entry, when_read_candidates);
}

static bool check_point(json_t *entry)
{
    return check_reading(entry, when_read_point);
}

START_TEST(candidate_lines_are_read_as_written_down)
{
    unit_check_vectors("text/candidates.jsonl", check_candidates);
}
END_TEST

START_TEST(deadlines_are_found_in_texts)
{
    unit_check_vectors("text/points.jsonl", check_point);
}
END_TEST

/* Width, blanks and dashes must not change what a line means. */
START_TEST(spelling_does_not_change_the_meaning)
{
    static const char *const marks[][2] = {{"13:00", "１３：００"}, {"-", "〜"}, {"-", "～"},         {"-", "–"},
                                           {"(木)", "（木）"},      {" ", "　"}, {"1/15", "１／１５"}};
    struct when_context about = {.now = {2025, 12, 18, 10, 0}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *line = "1/15(木) 13:00-15:00";
        const char *place = strstr(line, marks[i][0]);
        char *other = memory_format(NULL, "%.*s%s%s", (int)(place - line), line, marks[i][1],
                                    place + strlen(marks[i][0]));
        struct when_result *result = when_read_candidates(other, other, &about);
        ck_assert_msg(result->verdict == WHEN_OK && result->count == 1, "%s", other);
        ck_assert_int_eq(civil_compare(result->dates[0].start, (struct civil){2026, 1, 15, 13, 0}), 0);
        ck_assert_int_eq(civil_compare(result->dates[0].end, (struct civil){2026, 1, 15, 15, 0}), 0);
        ck_assert_str_eq(result->dates[0].text, other);
        talloc_free(other);
    }
}
END_TEST

static bool reads_itself(const struct when *when, const char *language, struct civil now)
{
    char *line = when_format(NULL, language, when, now.year);
    struct when_context about = {.now = now};
    struct when_result *result = when_read_candidates(line, line, &about);
    bool right = result->verdict == WHEN_OK && result->count == 1 &&
                 civil_compare(result->dates[0].start, when->start) == 0 &&
                 civil_compare(result->dates[0].end, when->end) == 0 && result->dates[0].all_day == when->all_day;
    if (!right)
        fprintf(stderr, "%s: verdict %d %s\n", line, (int)result->verdict, result->reason ? result->reason : "");
    talloc_free(line);
    return right;
}

/* What we write, we read: every day of the next nine months, in both languages. */
START_TEST(written_dates_are_read_back)
{
    static const char *const languages[] = {"ja", "en"};
    struct civil now = {2025, 12, 18, 10, 0};
    int wrong = 0;
    for (long ahead = 1; ahead < 270; ahead++) {
        struct civil start = civil_add_minutes((struct civil){2025, 12, 18, 6, 0}, ahead * 1440 + ahead * 7 % 720);
        struct when when = {.start = start, .end = civil_add_minutes(start, 30 + ahead % 200), .has_end = true};
        struct when day = {.start = civil_from_day_number(civil_day_number(start)), .has_end = true, .all_day = true};
        day.end = day.start;
        for (size_t i = 0; i < 2; i++)
            wrong += !reads_itself(&when, languages[i], now) + !reads_itself(&day, languages[i], now);
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

static void expect_text(char *text, const char *expected)
{
    ck_assert_str_eq(text, expected);
    talloc_free(text);
}

START_TEST(dates_are_written_the_way_the_language_does)
{
    struct when when = {.start = {2026, 1, 15, 13, 0}, .end = {2026, 1, 15, 15, 0}, .has_end = true};
    expect_text(when_format(NULL, "ja", &when, 2026), "1月15日(木) 13:00-15:00");
    expect_text(when_format(NULL, "en", &when, 2026), "Thu 15 Jan 13:00–15:00");
    expect_text(when_format(NULL, "ja", &when, 2025), "2026年1月15日(木) 13:00-15:00");
    expect_text(when_format(NULL, "en", &when, 2025), "Thu 15 Jan 2026 13:00–15:00");
    when.end = (struct civil){2026, 1, 16, 6, 0};
    expect_text(when_format(NULL, "ja", &when, 2026), "1月15日(木) 13:00-翌06:00");
    expect_text(when_format(NULL, "en", &when, 2026), "Thu 15 Jan 13:00 – Fri 16 Jan 06:00");
    when.end = (struct civil){2026, 1, 16, 0, 0};
    expect_text(when_format(NULL, "ja", &when, 2026), "1月15日(木) 13:00-24:00");
    when.end = (struct civil){2026, 1, 18, 9, 0};
    expect_text(when_format(NULL, "ja", &when, 2026), "1月15日(木) 13:00-1月18日(日) 09:00");
    when.has_end = false;
    expect_text(when_format(NULL, "ja", &when, 2026), "1月15日(木) 13:00〜");
    expect_text(when_format(NULL, "en", &when, 2026), "Thu 15 Jan 13:00");
    struct when day = {.start = {2026, 1, 15, 0, 0}, .end = {2026, 1, 15, 0, 0}, .has_end = true, .all_day = true};
    expect_text(when_format(NULL, "ja", &day, 2026), "1月15日(木)");
    expect_text(when_format(NULL, "en", &day, 2026), "Thu 15 Jan");
    day.end.day = 17;
    expect_text(when_format(NULL, "ja", &day, 2026), "1月15日(木)〜1月17日(土)");
    struct civil deadline = {2025, 12, 25, 17, 0};
    expect_text(when_format_point(NULL, "ja", deadline, 2025), "12月25日(木) 17:00");
    expect_text(when_format_point(NULL, "en", deadline, 2025), "Thu 25 Dec 17:00");
    expect_text(when_format_short(NULL, "ja", deadline), "12/25(木)17時");
    expect_text(when_format_short(NULL, "en", deadline), "25 Dec 17:00");
    deadline.minute = 30;
    expect_text(when_format_short(NULL, "ja", deadline), "12/25(木)17:30");
}
END_TEST

/* Words of dates thrown together, and any bytes: nothing crashes, and what is said holds together. */
START_TEST(anything_may_come_in)
{
    static const char *const pieces[] = {"1",    "15", "/",    "月",    "日", "(",           "木",  ")",    "13",
                                         ":",    "00", "-",    "〜",    "、", "の",          "時",  "午後", "pm",
                                         "Jan",  " ",  "限",   "翌",    "①",  "2026",        "年",  "か",   "各日",
                                         "\xFF", "R",  "から", "2時間", "第", "毎週",        "JST", "T",    "+",
                                         "Z",    "半", ".",    "令和",  "to", "99999999999", "〇",  "\n"};
    srandom(20260115);
    struct civil heading = {2026, 1, 15, 0, 0};
    for (int round = 0; round < unit_rounds(200000); round++) {
        char line[512] = "";
        size_t length = 0;
        for (long count = random() % 24; count > 0; count--) {
            const char *piece = pieces[(size_t)random() % (sizeof pieces / sizeof *pieces)];
            memcpy(line + length, piece, strlen(piece) + 1);
            length += strlen(piece);
        }
        struct when_context about = {.now = {2025, 12, 18, 10, 0}, .heading = round % 2 ? &heading : NULL};
        struct when_result *result = round % 3 ? when_read_candidates(NULL, line, &about)
                                               : when_read_point(NULL, line, &about);
        bool is_read = result->verdict == WHEN_OK || result->verdict == WHEN_INFERRED;
        bool holds = is_read == (result->count > 0) && (result->verdict == WHEN_ASK) == (result->reason != NULL);
        for (size_t i = 0; i < result->count; i++) {
            const struct when *when = &result->dates[i];
            holds = holds && civil_is_valid(when->start) && civil_is_valid(when->end) &&
                    (!when->has_end || civil_compare(when->start, when->end) < (when->all_day ? 1 : 0)) &&
                    (when->all_day || civil_compare(when->start, about.now) >= 0) && strstr(line, when->text);
        }
        if (!holds)
            ck_abort_msg("%s", line);
        talloc_free(result);
    }
}
END_TEST

static double milliseconds_to_read(const char *piece, reader_function *read)
{
    enum { SIZE = 1 << 20 };
    char *line = memory_check(talloc_zero_size(NULL, SIZE + 1));
    for (size_t at = 0; at + strlen(piece) <= SIZE; at += strlen(piece))
        memcpy(line + at, piece, strlen(piece));
    struct when_context about = {.now = {2025, 12, 18, 10, 0}};
    struct timespec from;
    struct timespec to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    talloc_free(read(NULL, line, &about));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    talloc_free(line);
    return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

/* Quadratic time would be minutes; the bench tells the milliseconds. */
START_TEST(time_is_linear)
{
    static const char *const pieces[] = {
        "1/15 13:00-15:00、", "1/15、", "(", "①", "・", "あ", "1/", "二", "13:00 ", "1月"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        ck_assert_double_lt(milliseconds_to_read(pieces[i], when_read_candidates), 5000);
        ck_assert_double_lt(milliseconds_to_read(pieces[i], when_read_point), 5000);
    }
}
END_TEST

static Suite *when_suite(void)
{
    Suite *suite = suite_create("text when");
    TCase *cases = tcase_create("when");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, candidate_lines_are_read_as_written_down);
    tcase_add_test(cases, deadlines_are_found_in_texts);
    tcase_add_test(cases, spelling_does_not_change_the_meaning);
    tcase_add_test(cases, written_dates_are_read_back);
    tcase_add_test(cases, dates_are_written_the_way_the_language_does);
    tcase_add_test(cases, anything_may_come_in);
    tcase_add_test(cases, time_is_linear);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(when_suite())
