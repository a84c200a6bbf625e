/* text/when_text: the dates of whole texts, running and not, as `kairan dates` shows them. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "text/when_text.h"
#include "unit.h"

static struct civil read_now(json_t *entry)
{
    const char *text = json_string_value(json_object_get(entry, "now"));
    if (!text)
        text = "2025-12-18T10:00";
    return (struct civil){atoi(text), atoi(text + 5), atoi(text + 8), atoi(text + 11), atoi(text + 14)};
}

/* The dates of a view as the tables write them. */
static json_t *list_spans(json_t *view)
{
    json_t *spans = json_array();
    size_t index;
    json_t *date;
    json_array_foreach(json_object_get(view, "dates"), index, date)
    {
        const char *start = json_string_value(json_object_get(date, "start"));
        const char *end = json_string_value(json_object_get(date, "end"));
        char *span = memory_format(NULL, "%s%s%s", start, end ? "/" : "", end ? end : "");
        json_array_append_new(spans, json_string(span));
        talloc_free(span);
    }
    return spans;
}

static json_t *read_view(json_t *entry)
{
    struct when_context about = {.now = read_now(entry),
                                 .zone = 540,
                                 .duration_minutes = (int)json_integer_value(json_object_get(entry, "duration"))};
    struct when_result *result = when_read_text(NULL, json_string_value(json_object_get(entry, "line")), &about);
    json_t *view = when_to_view(result);
    talloc_free(result);
    return view;
}

/* Whether a list that a case names is the one of the first date. */
static bool first_date_has(json_t *view, json_t *entry, const char *key)
{
    json_t *expected = json_object_get(entry, key);
    json_t *date = json_array_get(json_object_get(view, "dates"), 0);
    return !expected || json_equal(expected, json_object_get(date, key));
}

static bool check_text(json_t *entry)
{
    static const char *const keys[] = {"verdict", "reason"};
    json_t *view = read_view(entry);
    json_t *spans = list_spans(view);
    json_t *expected = json_object_get(entry, "dates");
    bool right = (!expected || json_equal(spans, expected)) && first_date_has(view, entry, "warnings") &&
                 first_date_has(view, entry, "deadline");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(entry, keys[i]);
        right = right && (!value || json_equal(value, json_object_get(view, keys[i])));
    }
    if (!right) {
        char *text = json_dumps(view, JSON_COMPACT | JSON_ENSURE_ASCII * 0);
        fprintf(stderr, "%s: got %s\n", json_string_value(json_object_get(entry, "line")), text);
        free(text);
    }
    json_decref(spans);
    json_decref(view);
    return right;
}

/* A line of candidates means the same in a text; one that is none may name dates there. */
static bool check_candidate(json_t *entry)
{
    const char *verdict = json_string_value(json_object_get(entry, "verdict"));
    if (json_object_get(entry, "heading") || strcmp(verdict, "none") == 0)
        return true;
    return check_text(entry);
}

START_TEST(candidates_are_read_in_texts_too)
{
    unit_check_vectors("text/candidates.jsonl", check_candidate);
}
END_TEST

START_TEST(texts_are_read_line_by_line)
{
    unit_check_vectors("text/texts.jsonl", check_text);
}
END_TEST

START_TEST(sentences_name_dates)
{
    unit_check_vectors("text/sentences.jsonl", check_text);
}
END_TEST

START_TEST(other_sentences_name_none)
{
    unit_check_vectors("text/silence.jsonl", check_text);
}
END_TEST

static Suite *when_text_suite(void)
{
    Suite *suite = suite_create("text when_text");
    TCase *cases = tcase_create("when_text");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, candidates_are_read_in_texts_too);
    tcase_add_test(cases, texts_are_read_line_by_line);
    tcase_add_test(cases, sentences_name_dates);
    tcase_add_test(cases, other_sentences_name_none);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(when_text_suite())
