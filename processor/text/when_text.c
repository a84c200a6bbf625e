/* From lines to the dates of a text: see when_text.h. */
#include "text/when_text.h"

#include <string.h>

#include "base/memory.h"
#include "text/when_find.h"

/* What reading one text has to remember from line to line. */
struct page {
    struct when_result *result;
    struct when_context about;
    struct civil heading; /* the date of the line before, from which 翌日 counts … */
    bool has_heading;
    bool is_day;          /* … and which times below inherit, if it named the day alone */
    bool is_heading_bare; /* nothing has taken its place yet: it still is a date of its own, the last one */
};

static bool holds_dates(const struct when_result *result)
{
    return result->verdict == WHEN_OK || result->verdict == WHEN_INFERRED;
}

static bool is_same_slot(const struct when *a, const struct when *b)
{
    return a->all_day == b->all_day && a->has_end == b->has_end && civil_compare(a->start, b->start) == 0 &&
           (!a->has_end || civil_compare(a->end, b->end) == 0);
}

static bool is_listed(const struct when_result *result, const struct when *when)
{
    for (size_t i = 0; i < result->count; i++)
        if (is_same_slot(&result->dates[i], when))
            return true;
    return false;
}

static void add_dates(struct page *page, const struct when_result *line, bool is_once)
{
    struct when_result *result = page->result;
    for (size_t i = 0; i < line->count; i++) {
        if (is_once && is_listed(result, &line->dates[i])) {
            result->verdict = result->verdict == WHEN_OK ? WHEN_INFERRED : result->verdict;
            continue;
        }
        result->dates = memory_resize(result, result->dates, struct when, result->count + 1);
        result->dates[result->count++] = line->dates[i];
    }
}

/* Takes over what a line says; a slot that is written `is_once` only counts once. */
static void add_line(struct page *page, const struct when_result *line, bool is_once)
{
    struct when_result *result = page->result;
    if (line->verdict > result->verdict)
        result->verdict = line->verdict;
    if (!result->reason)
        result->reason = line->reason;
    add_dates(page, line, is_once);
}

/* What a line names that is no list of candidates, or one that has to be asked. */
static void add_named(struct page *page, const char *line, const struct when_result *candidates)
{
    struct when_result *found = when_find(page->result, line, &page->about);
    if (candidates->verdict == WHEN_ASK) {
        found->verdict = WHEN_ASK;
        found->reason = candidates->reason;
    }
    add_line(page, found, false);
    if (!found->count)
        talloc_free(found);
}

/* Times below a line that named only the day: they inherit the day, and the bare day is no date of its own. */
static struct when_result *read_below_heading(struct page *page, const char *line)
{
    page->about.heading = &page->heading;
    struct when_result *result = when_read_candidates(page->result, line, &page->about);
    page->about.heading = NULL;
    bool is_following = holds_dates(result) && result->dates[0].inferred & WHEN_INFERRED_RELATIVE; /* 翌日 */
    if (!holds_dates(result) || !(page->is_day || is_following))
        return NULL;
    page->result->count -= page->is_heading_bare;
    page->is_heading_bare = false;
    return result;
}

/* A day alone gives it to the times below. */
static void remember_heading(struct page *page, const struct when_result *result)
{
    page->has_heading = holds_dates(result) && result->count == 1;
    page->is_day = page->is_heading_bare = page->has_heading && result->dates[0].all_day;
    if (page->has_heading)
        page->heading = civil_from_day_number(civil_day_number(result->dates[0].start));
}

static void read_line(struct page *page, const char *line)
{
    struct when_result *result = when_read_candidates(page->result, line, &page->about);
    struct when_result *below = NULL;
    if (!holds_dates(result) && page->has_heading)
        below = read_below_heading(page, line);
    size_t known = page->result->count;
    if (below || holds_dates(result))
        add_line(page, below ? below : result, true);
    else
        add_named(page, line, result);
    if (!below && result->verdict != WHEN_NONE)
        remember_heading(page, result);
    if (page->result->count == known)
        talloc_free(result); /* what is listed is owned by its line; of a long text most lines list nothing */
}

struct when_result *when_read_text(const void *context, const char *text, const struct when_context *about)
{
    struct page page = {.result = memory_new(context, struct when_result), .about = *about};
    page.about.heading = NULL;
    char *copy = memory_copy_text(page.result, text);
    for (char *line = copy; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        line[strcspn(line, "\r")] = '\0';
        read_line(&page, line);
        line = end ? end + 1 : NULL;
    }
    return page.result;
}
