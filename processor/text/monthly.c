/* Days of every month: see monthly.h. */
#include "text/monthly.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "text/fold.h"

/* As they stand after folding; the longest that fits counts. */
struct named {
    const char *word;
    int value;
};

static const struct named ordinals[] = {
    {"第1", 1},      {"第2", 2},   {"第3", 3},    {"第4", 4},  {"第5", 5},      {"第一", 1}, {"第二", 2},   {"第三", 3},
    {"第四", 4},     {"第五", 5},  {"最終", -1},  {"最後の", -1}, {"1st", 1},   {"2nd", 2},  {"3rd", 3},    {"4th", 4},
    {"5th", 5},      {"first", 1}, {"second", 2}, {"third", 3}, {"fourth", 4}, {"fifth", 5}, {"last", -1},
};

static const struct named weekdays[] = {
    {"日曜日", 0}, {"月曜日", 1}, {"火曜日", 2}, {"水曜日", 3}, {"木曜日", 4}, {"金曜日", 5}, {"土曜日", 6}, {"日曜", 0},
    {"月曜", 1},   {"火曜", 2},   {"水曜", 3},   {"木曜", 4},   {"金曜", 5},   {"土曜", 6},   {"日", 0},     {"月", 1},
    {"火", 2},     {"水", 3},     {"木", 4},     {"金", 5},     {"土", 6},     {"sunday", 0}, {"monday", 1}, {"tuesday", 2},
    {"wednesday", 3}, {"thursday", 4}, {"friday", 5}, {"saturday", 6}, {"sun", 0}, {"mon", 1}, {"tue", 2}, {"wed", 3},
    {"thu", 4},    {"fri", 5},    {"sat", 6},
};

/* What a text begins with, and behind it; NULL: none of them. */
static const struct named *take(const struct named *words, size_t count, const char **text)
{
    const struct named *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(*text, words[i].word, strlen(words[i].word)) == 0 &&
            (!found || strlen(words[i].word) > strlen(found->word)))
            found = &words[i];
    if (found)
        *text += strlen(found->word) + strspn(*text + strlen(found->word), " ");
    return found;
}

static void drop(const char **text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(*text, words[i], strlen(words[i])) == 0) {
            *text += strlen(words[i]);
            *text += strspn(*text, " ");
            return;
        }
}

static bool read_rule(const void *context, const char *text, struct monthly *rule)
{
    static const char *const heads[] = {"毎月の", "毎月", "every month on the ", "every month ", "monthly on the ", "monthly ",
                                        "every ", "the "};
    static const char *const tails[] = {"of the month", "of each month", "of every month", "の"};
    text += strspn(text, " ");
    drop(&text, heads, sizeof heads / sizeof *heads);
    const struct named *nth = take(ordinals, sizeof ordinals / sizeof *ordinals, &text);
    const struct named *weekday = nth ? take(weekdays, sizeof weekdays / sizeof *weekdays, &text) : NULL;
    if (!weekday)
        return false;
    drop(&text, tails, sizeof tails / sizeof *tails);
    *rule = (struct monthly){nth->value, weekday->value, memory_copy_text(context, text)};
    struct when_context about = {.now = {2026, 1, 1, 0, 0}};
    struct when when;
    return monthly_find(context, &(struct monthly){1, weekday->value, rule->hours}, 2026, 2, &about, &when) &&
           (!when.all_day || !*rule->hours); /* what stands there must be hours */
}

/* The next place where a rule ends, and how wide the separator there is. */
static size_t find_separator(const char *text, size_t *width)
{
    static const char *const separators[] = {",", "、", ";", "・"};
    size_t length = strlen(text);
    *width = 0;
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
        const char *found = strstr(text, separators[i]);
        if (found && (size_t)(found - text) < length) {
            length = (size_t)(found - text);
            *width = strlen(separators[i]);
        }
    }
    return length;
}

struct monthly *monthly_read(const void *context, const char *text)
{
    struct monthly *rules = memory_array(context, struct monthly, 0);
    size_t count = 0;
    char *key = text_fold_key(rules, text);
    for (const char *at = key; *at;) {
        size_t width;
        size_t length = find_separator(at, &width);
        struct monthly rule;
        if (!read_rule(rules, memory_copy_bytes(rules, at, length), &rule)) {
            talloc_free(rules);
            return NULL;
        }
        rules = memory_resize(context, rules, struct monthly, count + 1);
        rules[count++] = rule;
        at += length + width;
    }
    if (count)
        return rules;
    talloc_free(rules);
    return NULL;
}

/* The day of the month; 0: it has none. */
static int find_day(const struct monthly *rule, int year, int month)
{
    int days = civil_days_in_month(year, month);
    int first = (rule->weekday - civil_weekday((struct civil){year, month, 1, 0, 0}) + 7) % 7 + 1;
    int day = rule->nth > 0 ? first + (rule->nth - 1) * 7 : first + (days - first) / 7 * 7;
    return day <= days ? day : 0;
}

bool monthly_find(const void *context, const struct monthly *rule, int year, int month, const struct when_context *about,
                  struct when *when)
{
    int day = find_day(rule, year, month);
    if (!day)
        return false;
    void *work = talloc_new(NULL);
    char *line = memory_format(work, "%04d-%02d-%02d %s", year, month, day, rule->hours);
    struct when_result *result = when_read_candidates(work, line, about);
    bool found = result->count == 1 && (result->verdict == WHEN_OK || result->verdict == WHEN_INFERRED);
    if (found) {
        *when = result->dates[0];
        when->text = memory_copy_text(context, when->text);
        when->note = memory_copy_text(context, when->note);
    }
    talloc_free(work);
    return found;
}

enum { MONTHS_LOOKED_AT = 14 };

static int compare_whens(const void *a, const void *b)
{
    const struct when *first = a;
    const struct when *second = b;
    return civil_compare(first->start, second->start);
}

static struct civil next_month(struct civil month)
{
    return month.month == 12 ? (struct civil){month.year + 1, 1, 1, 0, 0} : (struct civil){month.year, month.month + 1, 1, 0, 0};
}

struct when *monthly_list(const void *context, const char *rules, struct civil month, struct civil after,
                         const struct when_context *about)
{
    void *work = talloc_new(NULL);
    struct monthly *list = monthly_read(work, rules);
    struct when *whens = NULL;
    for (int tries = 0; list && !whens && tries < MONTHS_LOOKED_AT; tries++, month = next_month(month)) {
        size_t count = 0;
        size_t expected = 0;
        whens = memory_array(context, struct when, memory_count(list));
        for (size_t i = 0; i < memory_count(list); i++)
            expected += find_day(&list[i], month.year, month.month) > 0;
        for (size_t i = 0; i < memory_count(list); i++)
            count += monthly_find(whens, &list[i], month.year, month.month, about, &whens[count]);
        qsort(whens, count, sizeof *whens, compare_whens);
        if (count && count == expected && civil_compare(whens[0].start, after) > 0) {
            whens = memory_resize(context, whens, struct when, count);
        } else {
            talloc_free(whens);
            whens = NULL;
        }
    }
    talloc_free(work);
    return whens;
}
