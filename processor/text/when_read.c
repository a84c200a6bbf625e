/* From entries to dates, and from a text to its one date: see when.h for the promise, when_parts.h for the parts. */
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "text/when_parts.h"

enum {
    MOST_LINE_BYTES = 4096,       /* of a line of candidates; people write fewer than 100 */
    MOST_POINT_BYTES = 64 * 1024, /* of a text in which a deadline is looked for */
};

static void set_problem(const char **problem, const char *word)
{
    if (!*problem)
        *problem = word;
}

/* The words of the source that some tokens were made of, without the blanks at their ends. */
static char *quote(const void *context, const struct reader *reader, size_t first, size_t behind)
{
    if (first >= behind)
        return memory_copy_text(context, "");
    size_t start = reader->folded->origin[reader->tokens[first].start];
    size_t end = reader->folded->origin[reader->tokens[behind - 1].end];
    return memory_copy_bytes(context, reader->source + start, end - start);
}

/* The dates read so far. */
struct harvest {
    struct when_result *result;
    const struct reader *reader;
    const char *problem;
    bool is_inferred;
    bool is_point; /* a point needs no end */
};

static struct civil at_minute(struct civil date, int minutes)
{
    return civil_add_minutes((struct civil){date.year, date.month, date.day, 0, 0}, minutes);
}

static void set_end(const struct when_context *about, const struct day *day, const struct hours *hours, long shift,
                    struct when *when)
{
    if (hours->has_end) {
        struct civil last = hours->has_last_day ? hours->last_day : day->date;
        when->end = civil_add_minutes(at_minute(last, hours->end), shift);
        when->has_end = true;
    } else if (about->duration_minutes > 0) {
        when->end = civil_add_minutes(when->start, about->duration_minutes);
        when->has_end = true;
    } else {
        when->inferred |= WHEN_INFERRED_END;
    }
    /* 24:00 is the end of the day, not the next one */
    if (when->has_end && !civil_same_day(when->start, civil_add_minutes(when->end, -1)))
        when->warnings |= WHEN_WARNS_OVERNIGHT;
}

/* The date of one day and one time (NULL: all day); false with a reason when it has to be asked. */
static bool make_when(const struct when_context *about, const struct day *day, const struct hours *hours,
                      struct when *when, const char **problem)
{
    *when = (struct when){.inferred = day->inferred};
    set_problem(problem, day->problem);
    if (hours)
        set_problem(problem, hours->problem);
    if (*problem)
        return false;
    when->start = when->end = day->date;
    if (!hours || hours->is_all_day) {
        when->all_day = true;
        when->has_end = true;
    } else {
        if (hours->has_zone && hours->zone == UNKNOWN_ZONE)
            set_problem(problem, "zone");
        long shift = hours->has_zone ? about->zone - hours->zone : 0;
        when->start = civil_add_minutes(at_minute(day->date, hours->start), shift);
        when->inferred |= hours->inferred | (shift ? WHEN_INFERRED_ZONE : 0);
        if (hours->is_bare && !day->is_confirmed)
            when->inferred |= WHEN_INFERRED_HOURS;
        set_end(about, day, hours, shift, when);
        if (civil_compare(when->start, about->now) < 0)
            set_problem(problem, "past");
        if (when->has_end && civil_compare(when->end, when->start) <= 0)
            set_problem(problem, "order");
    }
    when->warnings |= when_warn_of_days(about, when);
    return !*problem;
}

/* A point is an instant: no end was asked for, none is missing. */
static void drop_end(struct when *when)
{
    when->inferred &= ~(unsigned)WHEN_INFERRED_END;
    when->warnings &= ~(unsigned)WHEN_WARNS_OVERNIGHT;
    when->has_end = false;
}

static bool is_twice(const struct when_result *result, const struct when *when)
{
    for (size_t i = 0; i < result->count; i++) {
        const struct when *other = &result->dates[i];
        if (civil_compare(other->start, when->start) == 0 && civil_compare(other->end, when->end) == 0 &&
            other->all_day == when->all_day)
            return true;
    }
    return false;
}

static void add_date(struct harvest *harvest, const struct entry *entry, const struct day *day,
                     const struct hours *hours)
{
    struct when_result *result = harvest->result;
    struct when when;
    if (harvest->problem || !make_when(harvest->reader->about, day, hours, &when, &harvest->problem))
        return;
    if (harvest->is_point && !when.all_day)
        drop_end(&when);
    unsigned shown = (unsigned)WHEN_INFERRED_YEAR | (day->is_confirmed ? WHEN_INFERRED_MONTH : 0u);
    if ((when.inferred & ~shown) || entry->is_assumed)
        harvest->is_inferred = true;
    if (is_twice(result, &when)) {
        harvest->is_inferred = true;
        return;
    }
    if (result->count == LIMIT_CHOICES) {
        harvest->problem = "range";
        return;
    }
    if (result->count == memory_count(result->dates))
        result->dates = memory_resize(result, result->dates, struct when, 2 * result->count + 1);
    when.text = quote(result->dates, harvest->reader, entry->first, entry->behind);
    size_t note = entry->behind;
    while (note < entry->note_end && when_is_list(&harvest->reader->tokens[note]))
        note++;
    if (note < entry->note_end)
        when.note = quote(result->dates, harvest->reader, note, entry->note_end);
    result->dates[result->count++] = when;
}

static void add_times(struct harvest *harvest, const struct entry *entry, const struct day *day)
{
    if (entry->hours_count == 0)
        add_date(harvest, entry, day, NULL);
    for (size_t i = 0; i < entry->hours_count; i++)
        add_date(harvest, entry, day, &entry->hours[i]);
}

static void add_entry(struct harvest *harvest, const struct entry *entry)
{
    set_problem(&harvest->problem, entry->problem);
    for (size_t i = 0; i < entry->day_count; i++)
        set_problem(&harvest->problem, entry->days[i].problem);
    if (harvest->problem)
        return;
    if (!entry->is_span) {
        for (size_t i = 0; i < entry->day_count; i++)
            add_times(harvest, entry, &entry->days[i]);
        return;
    }
    long first = civil_day_number(entry->days[0].date);
    long last = civil_day_number(entry->days[1].date);
    if (last <= first || last - first >= MOST_DAYS)
        set_problem(&harvest->problem, "range");
    for (long number = first; number <= last && !harvest->problem; number++) {
        struct day day = entry->days[0];
        day.date = civil_from_day_number(number);
        add_times(harvest, entry, &day);
    }
}

static void conclude(struct harvest *harvest)
{
    struct when_result *result = harvest->result;
    if (harvest->problem) {
        result->verdict = WHEN_ASK;
        result->reason = harvest->problem;
        result->count = 0;
    } else if (result->count > 0) {
        result->verdict = harvest->is_inferred ? WHEN_INFERRED : WHEN_OK;
    }
}

/* Makes the reader of a text, of which at most `maximum` bytes are looked at; `scratch` is freed by the caller. */
static struct reader open_reader(void *scratch, const char *text, size_t maximum, const struct when_context *about)
{
    size_t length = strnlen(text, maximum);
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    struct reader reader = {.source = text, .about = about};
    reader.folded = text_fold(scratch, text, length);
    reader.tokens = when_tokenize(scratch, reader.folded, text, almanac_words(about->almanac), &reader.count);
    return reader;
}

struct when_result *when_read_candidates(const void *context, const char *line, const struct when_context *about)
{
    struct when_result *result = memory_new(context, struct when_result);
    void *scratch = talloc_new(NULL);
    struct reader reader = open_reader(scratch, line, MOST_LINE_BYTES, about);
    struct harvest harvest = {.result = result, .reader = &reader};
    struct civil last_day;
    when_skip_to_start(&reader);
    struct entry *entry = memory_new(scratch, struct entry);
    while (reader.at < reader.count && !harvest.problem && when_read_entry(&reader, entry)) {
        add_entry(&harvest, entry);
        last_day = entry->days[entry->day_count - 1].date;
        reader.previous = &last_day;
        bool is_separated = when_peek(&reader, 0)->kind == TOKEN_LABEL || when_is_list(when_peek(&reader, 0));
        reader.at += is_separated;
    }
    if (result->count == 0 && !harvest.problem)
        harvest.problem = when_read_vague(&reader);
    else if (reader.at < reader.count)
        set_problem(&harvest.problem, "range"); /* part of the line was understood, part was not */
    conclude(&harvest);
    talloc_free(scratch);
    return result;
}

/* A time that ends just where the day begins: "17:00 on Dec 25". */
static bool read_time_before(const struct reader *here, size_t day, struct hours *hours)
{
    enum { MOST_TOKENS = 6 };
    struct reader reader = *here;
    for (size_t back = day < MOST_TOKENS ? day : MOST_TOKENS; back > 0; back--) {
        reader.at = day - back;
        if (!when_read_hours(&reader, hours) || hours->is_bare)
            continue;
        while (reader.at < day && (when_peek(&reader, 0)->kind == TOKEN_OF || when_is_list(when_peek(&reader, 0))))
            reader.at++;
        if (reader.at == day)
            return true;
    }
    return false;
}

/* Whether the token goes on a number of another kind, as in 03-1234-5678 or 1/2/3/4. */
static bool is_inside(const struct reader *reader)
{
    const struct token *token = when_peek(reader, 0);
    if (reader->at == 0 || token->is_spaced || token->kind != TOKEN_NUMBER)
        return false;
    const struct token *before = &reader->tokens[reader->at - 1];
    return before->kind == TOKEN_SIGN && before->value && strchr("/-.:+", before->value) != NULL;
}

/* A day with its time behind or before it; the reader goes behind both. */
static bool read_point(struct reader *reader, bool is_full, struct entry *entry)
{
    *entry = (struct entry){.first = reader->at};
    struct day *day = &entry->days[0];
    struct hours *hours = &entry->hours[0];
    if (is_inside(reader) || !(is_full ? when_read_full_day(reader, day) : when_read_day(reader, NULL, day)))
        return false;
    entry->day_count = 1;
    entry->behind = reader->at;
    while (when_peek(reader, 0)->kind == TOKEN_OF || when_is_list(when_peek(reader, 0)) ||
           when_peek(reader, 0)->kind == TOKEN_TOPIC)
        reader->at++;
    if (when_read_hours(reader, hours) && !hours->is_bare) {
        entry->hours_count = 1;
        entry->behind = reader->at;
    } else if (read_time_before(reader, entry->first, hours)) {
        entry->hours_count = 1;
    }
    reader->at = entry->behind;
    return true;
}

static bool is_word(const struct reader *reader, const struct token *token, const char *word)
{
    size_t length = strlen(word);
    return token->end - token->start == length && memcmp(reader->folded->text + token->start, word, length) == 0;
}

/* Words beside a day that make another of it, or none that is known: around Dec 25, 毎週金曜, 12/25以降, 12/25の3日前. */
static bool is_blurred(const struct reader *reader, const struct entry *entry)
{
    static const char *const before[] = {"around", "about", "circa", "after", "since"};
    static const char *const behind[] = {"以外", "or", "前", "あたり"};
    const struct token *next = &reader->tokens[entry->behind];
    static const struct token nothing = {.kind = TOKEN_END};
    const struct token *last = entry->first > 0 ? &reader->tokens[entry->first - 1] : &nothing;
    if (last->kind == TOKEN_OF && entry->first > 1)
        last--;
    bool is_blurred = last->kind == TOKEN_RECURRENCE || last->kind == TOKEN_SEQUENCE ||
                      next->kind == TOKEN_OPEN || next->kind == TOKEN_DAY_ABOUT;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        is_blurred |= is_word(reader, last, before[i]);
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
        is_blurred |= strncmp(reader->folded->text + next->start, behind[i], strlen(behind[i])) == 0;
    if (next->kind != TOKEN_OF || next + 2 >= reader->tokens + reader->count || next[1].kind != TOKEN_NUMBER)
        return is_blurred;
    const char *unit = reader->folded->text + next[2].start;
    return is_blurred || strncmp(unit, "日前", strlen("日前")) == 0 || strncmp(unit, "日後", strlen("日後")) == 0 ||
           strncmp(unit, "週間", strlen("週間")) == 0;
}

/* All points of a text: one that says more about the same day replaces the other, two different ones are asked. */
static void take_point(struct harvest *harvest, const struct entry *entry)
{
    struct when_result *result = harvest->result;
    const struct hours *hours = entry->hours_count ? &entry->hours[0] : NULL;
    if ((hours && hours->has_end) || is_blurred(harvest->reader, entry))
        set_problem(&harvest->problem, "range");
    add_date(harvest, entry, &entry->days[0], hours);
    if (result->count < 2)
        return;
    struct when *first = &result->dates[0];
    struct when *second = &result->dates[1];
    result->count = 1;
    if (!civil_same_day(first->start, second->start) || (!first->all_day && !second->all_day))
        set_problem(&harvest->problem, "range");
    else if (first->all_day)
        *first = *second;
}

static void read_points(struct reader *reader, bool is_full, struct harvest *harvest, struct entry *entry)
{
    reader->at = 0;
    while (reader->at < reader->count && !harvest->problem) {
        if (read_point(reader, is_full, entry))
            take_point(harvest, entry);
        else
            reader->at++;
    }
}

struct when_result *when_read_point(const void *context, const char *text, const struct when_context *about)
{
    struct when_result *result = memory_new(context, struct when_result);
    void *scratch = talloc_new(NULL);
    struct reader reader = open_reader(scratch, text, MOST_POINT_BYTES, about);
    struct harvest harvest = {.result = result, .reader = &reader, .is_point = true};
    struct entry *entry = memory_new(scratch, struct entry);
    read_points(&reader, true, &harvest, entry);
    if (result->count == 0 && !harvest.problem)
        read_points(&reader, false, &harvest, entry); /* 明日, 木曜 and 15日 count only where no date is written */
    conclude(&harvest);
    talloc_free(scratch);
    return result;
}
