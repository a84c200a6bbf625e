/* Reading queries: see find.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "note/find.h"
#include "text/fold.h"
#include "text/searchable.h"

enum { TERMS_MOST = 20, TERM_BYTES = 200 };

enum operator { OPERATOR_NONE, OPERATOR_FROM, OPERATOR_SINCE, OPERATOR_TAG };

static const struct {
    const char *name; /* folded, the colon behind it */
    enum operator operator;
} operators[] = {
    {"from:", OPERATOR_FROM},   {"差出人:", OPERATOR_FROM}, {"投稿者:", OPERATOR_FROM}, {"since:", OPERATOR_SINCE},
    {"以降:", OPERATOR_SINCE},  {"tag:", OPERATOR_TAG},     {"タグ:", OPERATOR_TAG},
};

static void add_term(struct find_query *query, enum search_field field, const char *text, bool excluded)
{
    struct search_query *search = &query->search;
    struct folded *folded = text_make_searchable(query, text);
    size_t count = memory_count(search->terms);
    if (!*folded->text || folded->length > TERM_BYTES || count == TERMS_MOST)
        return;
    search->terms = memory_resize(query, search->terms, struct search_term, count + 1);
    search->terms[count] = (struct search_term){field, folded->text, excluded};
}

static void add_unclear(struct find_query *query, const char *word)
{
    size_t count = memory_count(query->unclear);
    query->unclear = memory_resize(query, query->unclear, char *, count + 1);
    query->unclear[count] = memory_copy_text(query->unclear, word);
}

/* "7日", "2週間", "3 months": so long before today. */
static bool read_span(const char *word, struct civil today, struct civil *since)
{
    static const struct {
        const char *unit;
        int days;
    } units[] = {{"日", 1}, {"日前", 1}, {"d", 1}, {"days", 1}, {"週間", 7}, {"週", 7}, {"w", 7}, {"weeks", 7},
                 {"か月", 30}, {"ヶ月", 30}, {"カ月", 30}, {"ケ月", 30}, {"months", 30}, {"年", 365}, {"年前", 365}};
    char *end;
    long count = strtol(word, &end, 10);
    if (end == word || count < 0 || count > 36500)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0 && !(count >= 1900 && units[i].days == 365)) {
            *since = civil_from_day_number(civil_day_number(today) - count * units[i].days);
            return true;
        }
    return false;
}

/* "2026", "2026-01", "2026/1/15", "2026年1月15日"; "1/15", "1月" is the last one that has been. */
static bool read_day(const char *word, struct civil today, struct civil *since)
{
    long numbers[3] = {0};
    size_t count = 0;
    for (const char *c = word; *c && count < 3;) {
        char *end;
        if (!isdigit((unsigned char)*c))
            return false;
        numbers[count++] = strtol(c, &end, 10);
        static const char *const separators[] = {"-", "/", ".", "年", "月", "日"};
        for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
            if (strncmp(end, separators[i], strlen(separators[i])) == 0) {
                end += strlen(separators[i]);
                break;
            }
        if (end == c || (*end && !isdigit((unsigned char)*end)))
            return false;
        c = end;
    }
    if (!count)
        return false;
    bool has_year = numbers[0] >= 1900;
    if (!has_year && (count == 3 || (count == 1 && !strstr(word, "月"))))
        return false;
    *since = has_year ? (struct civil){.year = (int)numbers[0], .month = count > 1 ? (int)numbers[1] : 1,
                                       .day = count > 2 ? (int)numbers[2] : 1}
                      : (struct civil){.year = today.year, .month = (int)numbers[0], .day = count > 1 ? (int)numbers[1] : 1};
    if (!has_year && civil_compare(*since, today) > 0)
        since->year--;
    return civil_is_valid(*since);
}

static void add_since(struct find_query *query, const char *word, const char *written, struct civil today)
{
    struct civil since;
    today.hour = today.minute = 0;
    if (read_span(word, today, &since) || read_day(word, today, &since))
        query->search.since = clock_from_civil(since);
    else
        add_unclear(query, written);
}

static void add_tag(struct find_query *query, const char *word, bool excluded)
{
    char *tag = text_fold_key(query, *word == '#' ? word + 1 : word);
    size_t count = memory_count(query->search.terms);
    if (!*tag || strlen(tag) > TERM_BYTES || count == TERMS_MOST)
        return;
    query->search.terms = memory_resize(query, query->search.terms, struct search_term, count + 1);
    query->search.terms[count] = (struct search_term){SEARCH_TAG, tag, excluded};
}

/* The quotation that begins here: the length of its mark, and the mark that ends it; 0 when none begins. */
static size_t quote_length(const char *text, const char **closing)
{
    static const char *const quotes[][2] = {{"\"", "\""}, {"「", "」"}, {"『", "』"}, {"“", "”"}};
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++)
        if (strncmp(text, quotes[i][0], strlen(quotes[i][0])) == 0) {
            *closing = quotes[i][1];
            return strlen(quotes[i][0]);
        }
    return 0;
}

/* Copies one value, quoted or up to the next blank, and moves behind it. */
static char *take_value(const void *context, const char **text)
{
    const char *closing;
    size_t opening = quote_length(*text, &closing);
    if (opening) {
        const char *start = *text + opening;
        const char *end = strstr(start, closing);
        size_t length = end ? (size_t)(end - start) : strlen(start);
        *text = start + length + (end ? strlen(closing) : 0);
        return memory_copy_bytes(context, start, length);
    }
    size_t length = strcspn(*text, " ");
    char *value = memory_copy_bytes(context, *text, length);
    *text += length;
    return value;
}

static enum operator take_operator(const char **text)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t length = strlen(operators[i].name);
        if (strncmp(*text, operators[i].name, length) == 0 && (*text)[length]) {
            *text += length;
            *text += strspn(*text, " ");
            return operators[i].operator;
        }
    }
    return OPERATOR_NONE;
}

struct find_query *find_read_query(const void *context, const char *text, struct civil today)
{
    struct find_query *query = memory_new(context, struct find_query);
    query->search.terms = memory_array(query, struct search_term, 0);
    query->unclear = memory_array(query, char *, 0);
    const char *rest = text_fold_key(query, text);
    while (*rest) {
        rest += strspn(rest, " ");
        bool excluded = *rest == '-' && rest[1] && rest[1] != ' ';
        rest += excluded;
        const char *written = rest;
        enum operator operator= take_operator(&rest);
        char *value = take_value(query, &rest);
        if (operator== OPERATOR_SINCE)
            add_since(query, value, memory_copy_bytes(query, written, (size_t)(rest - written)), today);
        else if (operator== OPERATOR_TAG)
            add_tag(query, value, excluded);
        else
            add_term(query, operator== OPERATOR_FROM ? SEARCH_AUTHOR : SEARCH_ANYWHERE, value, excluded);
    }
    return query;
}
