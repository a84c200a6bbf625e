/* Reading an opening mail: see draft.h. Lines are told apart by their labels, then by whether they begin with a date. */
#include "poll/draft.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/memory.h"
#include "mail/route.h"
#include "poll/form_draft.h"
#include "poll/option.h"
#include "poll/participants.h"
#include "poll/title.h"
#include "text/fold.h"
#include "text/monthly.h"

enum label {
    LABEL_NONE,
    LABEL_DEADLINE,
    LABEL_PLACE,
    LABEL_DURATION,
    LABEL_PARTICIPANTS,
    LABEL_REQUIRED,
    LABEL_CHOICES,
    LABEL_NOTES,
    LABEL_ANONYMOUS,
    LABEL_RESULTS,
    LABEL_QUORUM,
    LABEL_LIMIT,
    LABEL_RECURRENCE,
};

/* As they stand after folding. */
static const struct {
    const char *word;
    enum label label;
} labels[] = {
    {"締切", LABEL_DEADLINE},         {"〆切", LABEL_DEADLINE},       {"締め切り", LABEL_DEADLINE},
    {"締切り", LABEL_DEADLINE},       {"期限", LABEL_DEADLINE},       {"回答期限", LABEL_DEADLINE},
    {"回答締切", LABEL_DEADLINE},     {"deadline", LABEL_DEADLINE},   {"due", LABEL_DEADLINE},
    {"reply by", LABEL_DEADLINE},     {"場所", LABEL_PLACE},          {"会場", LABEL_PLACE},
    {"place", LABEL_PLACE},           {"location", LABEL_PLACE},      {"where", LABEL_PLACE},
    {"所要", LABEL_DURATION},         {"所要時間", LABEL_DURATION},   {"duration", LABEL_DURATION},
    {"対象", LABEL_PARTICIPANTS},     {"対象者", LABEL_PARTICIPANTS}, {"参加者", LABEL_PARTICIPANTS},
    {"participants", LABEL_PARTICIPANTS}, {"invite", LABEL_PARTICIPANTS}, {"必須", LABEL_REQUIRED},
    {"required", LABEL_REQUIRED},     {"候補", LABEL_CHOICES},        {"候補日", LABEL_CHOICES},
    {"候補日時", LABEL_CHOICES},      {"日程", LABEL_CHOICES},        {"日時", LABEL_CHOICES},
    {"dates", LABEL_CHOICES},         {"options", LABEL_CHOICES},     {"匿名", LABEL_ANONYMOUS},
    {"匿名投票", LABEL_ANONYMOUS},    {"anonymous", LABEL_ANONYMOUS}, {"結果", LABEL_RESULTS},
    {"結果の公開", LABEL_RESULTS},    {"results", LABEL_RESULTS},     {"result", LABEL_RESULTS},
    {"定足数", LABEL_QUORUM},         {"成立人数", LABEL_QUORUM},     {"quorum", LABEL_QUORUM},
    {"上限", LABEL_LIMIT},            {"○の上限", LABEL_LIMIT},       {"○の数", LABEL_LIMIT},
    {"limit", LABEL_LIMIT},           {"most", LABEL_LIMIT},          {"備考", LABEL_NOTES},
    {"メモ", LABEL_NOTES},            {"注意", LABEL_NOTES},          {"補足", LABEL_NOTES},
    {"notes", LABEL_NOTES},           {"note", LABEL_NOTES},          {"remarks", LABEL_NOTES},
    {"繰り返し", LABEL_RECURRENCE},   {"くり返し", LABEL_RECURRENCE}, {"毎月", LABEL_RECURRENCE},
    {"定例", LABEL_RECURRENCE},       {"repeat", LABEL_RECURRENCE},   {"recurrence", LABEL_RECURRENCE},
    {"monthly", LABEL_RECURRENCE},    {"every month", LABEL_RECURRENCE},
};

const char *draft_problem_name(enum draft_problem_kind kind)
{
    static const char *const names[] = {
        "no_choices",      "too_many_choices",      "unclear_date",        "unclear_deadline", "past_deadline",
        "no_participants", "too_many_participants", "unknown_participant", "broken_circle",    "unclear_option",
        "anonymous_and_required",
        "no_questions",    "too_many_questions",    "unclear_question",
    };
    return names[kind];
}

/* What reading one mail has to remember from line to line. */
struct reader {
    struct draft *draft;
    const struct config *config;
    const struct almanac *almanac;
    const struct letter *letter;
    const char *text; /* of the letter, without what others have read */
    struct civil now;
    int zone; /* of `now`, minutes east of UTC */
    int duration_minutes;
    const char *deadline_line;
    struct civil heading; /* the date of a line that named a day and no time … */
    size_t heading_at;    /* … and its place among the choices; the times below it take its place */
    bool has_heading;
    bool is_form;    /* dates are no choices here */
    bool in_choices; /* a candidate has been seen: prose below it is no description */
    struct buffer *description;
    char **required;
};

static struct when_context about_dates(const struct reader *reader)
{
    return (struct when_context){.now = reader->now, .zone = reader->zone, .almanac = reader->almanac};
}

void draft_add_problem(struct draft *draft, enum draft_problem_kind kind, const char *line)
{
    draft->problems = memory_resize(draft, draft->problems, struct draft_problem, draft->problem_count + 1);
    draft->problems[draft->problem_count++] = (struct draft_problem){kind, memory_copy_text(draft, line), NULL};
}

static void append(char ***list, const void *context, const char *text)
{
    size_t count = memory_count(*list);
    *list = memory_resize(context, *list, char *, count + 1);
    (*list)[count] = memory_copy_text(*list, text);
}

/* How much of a line can be its label: every place where one may begin is tried, so a look must be short. */
static size_t label_reach(const char *line)
{
    enum { LABEL_REACH = 96 };
    size_t length = strnlen(line, LABEL_REACH);
    while (length && ((unsigned char)line[length] & 0xC0) == 0x80) /* not within a letter */
        length--;
    return length;
}

/* The label of a line and, behind its colon, the value (into `line`). */
static enum label read_label(const char *line, const char **value)
{
    void *context = talloc_new(NULL);
    struct folded *folded = text_fold(context, line, label_reach(line));
    const char *colon = strchr(folded->text, ':');
    enum label label = LABEL_NONE;
    if (colon) {
        char *word = memory_copy_bytes(context, folded->text, (size_t)(colon - folded->text));
        char *key = text_fold_key(context, word);
        static const char bullets[] = "・";
        if (strncmp(key, bullets, sizeof bullets - 1) == 0)
            key += sizeof bullets - 1;
        for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
            if (strcmp(labels[i].word, key) == 0)
                label = labels[i].label;
        *value = line + folded->origin[(size_t)(colon - folded->text) + 1];
        *value += strspn(*value, " \t");
    }
    talloc_free(context);
    return label;
}

static void read_deadline(struct reader *reader, const char *line, const char *value)
{
    struct when_context about = about_dates(reader);
    struct when_result *result = when_read_point(reader->draft, value, &about);
    if (result->count != 1 || result->verdict == WHEN_ASK || result->verdict == WHEN_NONE) {
        bool is_past = result->reason && strcmp(result->reason, "past") == 0;
        draft_add_problem(reader->draft, is_past ? DRAFT_PAST_DEADLINE : DRAFT_UNCLEAR_DEADLINE, line);
        reader->deadline_line = line; /* one complaint about it is enough */
        return;
    }
    enum { CLOSE_OF_BUSINESS = 17 };
    reader->draft->deadline = result->dates[0].start;
    if (result->dates[0].all_day) {
        reader->draft->deadline.hour = CLOSE_OF_BUSINESS;
        reader->draft->deadline_inferred = true;
    }
    reader->deadline_line = line;
    if (civil_compare(reader->draft->deadline, reader->now) <= 0)
        draft_add_problem(reader->draft, DRAFT_PAST_DEADLINE, line);
}

static bool same_slot(const struct when *a, const struct when *b)
{
    return a->all_day == b->all_day && a->has_end == b->has_end && civil_compare(a->start, b->start) == 0 &&
           (!a->has_end || civil_compare(a->end, b->end) == 0);
}

static void add_choice(struct draft *draft, const struct when *when)
{
    for (size_t i = 0; i < draft->choice_count; i++)
        if (same_slot(&draft->choices[i], when))
            return;
    draft->choices = memory_resize(draft, draft->choices, struct when, draft->choice_count + 1);
    draft->choices[draft->choice_count++] = *when;
}

static bool holds_dates(const struct when_result *result)
{
    return result->count && (result->verdict == WHEN_OK || result->verdict == WHEN_INFERRED);
}

/* Times below a line that named only the day: they inherit the day, and the bare day is no choice of its own. */
static bool read_times_of_heading(struct reader *reader, const char *line, struct when_context *about)
{
    about->heading = &reader->heading;
    struct when_result *result = when_read_candidates(reader->draft, line, about);
    if (!holds_dates(result))
        return false;
    struct draft *draft = reader->draft;
    if (reader->heading_at < draft->choice_count && draft->choices[reader->heading_at].all_day)
        draft->choice_count--;
    for (size_t i = 0; i < result->count; i++)
        add_choice(draft, &result->dates[i]);
    return true;
}

/* True when the line is about candidates, well written or not. */
static bool read_choice_line(struct reader *reader, const char *line)
{
    struct draft *draft = reader->draft;
    struct when_context about = about_dates(reader);
    about.duration_minutes = reader->duration_minutes;
    struct when_result *result = when_read_candidates(draft, line, &about);
    if (!holds_dates(result) && reader->has_heading && read_times_of_heading(reader, line, &about))
        return true;
    if (result->verdict == WHEN_NONE)
        return false;
    reader->has_heading = false;
    if (!holds_dates(result)) {
        draft_add_problem(draft, DRAFT_UNCLEAR_DATE, line);
        draft->problems[draft->problem_count - 1].reason = result->reason;
        return true;
    }
    for (size_t i = 0; i < result->count; i++)
        add_choice(draft, &result->dates[i]);
    if (result->count == 1 && result->dates[0].all_day) {
        reader->heading = result->dates[0].start;
        reader->heading_at = draft->choice_count - 1;
        reader->has_heading = true;
    }
    return true;
}

/* What is asked for and not done would be a promise broken in silence. */
static void read_option(struct reader *reader, enum option_kind kind, const char *line, const char *value)
{
    if (!option_read(reader->draft, &reader->draft->options, kind, value))
        draft_add_problem(reader->draft, DRAFT_UNCLEAR_OPTION, line);
}

static void add_description(struct reader *reader, const char *line)
{
    buffer_add_text(reader->description, line);
    buffer_add_byte(reader->description, '\n');
}

static void read_labelled(struct reader *reader, enum label label, const char *line, const char *value)
{
    struct draft *draft = reader->draft;
    switch (label) {
    case LABEL_DEADLINE:
        read_deadline(reader, line, value);
        break;
    case LABEL_PLACE:
        draft->place = memory_copy_text(draft, value);
        break;
    case LABEL_DURATION:
        read_option(reader, OPTION_DURATION, line, value);
        break;
    case LABEL_PARTICIPANTS:
        participants_add_words(draft, reader->config, value);
        break;
    case LABEL_REQUIRED:
        append(&reader->required, draft, value);
        break;
    case LABEL_CHOICES:
        reader->in_choices = !reader->is_form;
        if (reader->is_form)
            add_description(reader, line);
        else if (*value && !read_choice_line(reader, value))
            draft_add_problem(draft, DRAFT_UNCLEAR_DATE, line);
        break;
    case LABEL_NOTES:
        add_description(reader, line);
        break;
    case LABEL_ANONYMOUS:
        read_option(reader, OPTION_ANONYMOUS, line, value);
        break;
    case LABEL_RESULTS:
        read_option(reader, OPTION_RESULTS, line, value);
        break;
    case LABEL_QUORUM:
        read_option(reader, OPTION_QUORUM, line, value);
        break;
    case LABEL_LIMIT:
        read_option(reader, OPTION_LIMIT, line, value);
        break;
    case LABEL_RECURRENCE:
        read_option(reader, OPTION_RECURRENCE, line, value);
        break;
    case LABEL_NONE:
        draft_add_problem(draft, DRAFT_UNCLEAR_OPTION, line);
        break;
    }
}

/* A short word and a colon below the dates: perhaps something was asked for. */
static bool looks_like_option(const char *line)
{
    enum { WORD_MOST = 36, WIDE_MOST = 60 };
    char *key = text_fold_key(NULL, line);
    const char *colon = strchr(key, ':');
    size_t width = colon ? (size_t)(colon - key) : 0;
    bool looks = width && width <= WORD_MOST && strlen(key) <= WIDE_MOST * 3 && colon[1] && strncmp(colon, "://", 3) != 0 &&
                 !memchr(key, '@', width) && key[strspn(key, "0123456789")] != ':';
    talloc_free(key);
    return looks;
}

static void read_prose(struct reader *reader, const char *line)
{
    struct when_context about = about_dates(reader);
    struct when_result *result = when_read_point(reader->draft, line, &about);
    if (holds_dates(result))
        append(&reader->draft->skipped, reader->draft, line);
    if (!reader->in_choices && (*line || reader->description->length))
        add_description(reader, line);
    else if (looks_like_option(line))
        append(&reader->draft->unread, reader->draft, line);
}

/* True at 「以上」 or "end": what follows is not for us. */
static bool is_end(const char *line)
{
    char *key = text_fold_key(NULL, line);
    bool end = strcmp(key, "以上") == 0 || strcmp(key, "以上。") == 0 || strcmp(key, "end") == 0;
    talloc_free(key);
    return end;
}

static void read_segment(struct reader *reader, const char *segment)
{
    const char *value = "";
    enum label label = read_label(segment, &value);
    if (label != LABEL_NONE) {
        if (label != LABEL_CHOICES)
            reader->has_heading = false;
        read_labelled(reader, label, segment, value);
    } else if (!reader->is_form && read_choice_line(reader, segment)) {
        reader->in_choices = true;
    } else {
        read_prose(reader, segment);
    }
}

/* Where a run of two or more blanks (or full-width ones) is followed by another label, a second field begins. */
static char *find_next_field(char *line)
{
    static const char wide[] = "　";
    for (char *c = line; *c; c++) {
        bool is_wide = strncmp(c, wide, sizeof wide - 1) == 0;
        if (!is_wide && !(*c == '\t' || (c[0] == ' ' && c[1] == ' ')))
            continue;
        char *start = c;
        while (*c == ' ' || *c == '\t' || strncmp(c, wide, sizeof wide - 1) == 0)
            c += strncmp(c, wide, sizeof wide - 1) == 0 ? sizeof wide - 1 : 1;
        const char *value;
        if (start != line && *c && read_label(c, &value) != LABEL_NONE) {
            *start = '\0';
            return c;
        }
        if (!*c)
            break;
    }
    return NULL;
}

static void read_line(struct reader *reader, char *line)
{
    line += strspn(line, " \t");
    while (line) {
        char *next = find_next_field(line);
        read_segment(reader, line);
        line = next;
    }
}

/* Calls `each` for every line up to 「以上」. */
static void visit_lines(struct reader *reader, void (*each)(struct reader *, char *))
{
    char *text = memory_copy_text(reader->draft, reader->text);
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (is_end(line))
            break;
        each(reader, line);
        line = end ? end + 1 : NULL;
    }
}

/* Durations first: they give the dates above them their ends. */
static void find_duration(struct reader *reader, char *line)
{
    while (line) {
        char *next = find_next_field(line);
        const char *value;
        if (read_label(line, &value) == LABEL_DURATION)
            reader->duration_minutes = option_read_minutes(value);
        line = next;
    }
}

/* A week, but before the first choice, at the close of business. */
static void infer_deadline(struct reader *reader)
{
    struct draft *draft = reader->draft;
    struct civil deadline = civil_add_minutes(reader->now, reader->config->deadline_days * 1440L);
    deadline.hour = 17;
    deadline.minute = 0;
    for (size_t i = 0; i < draft->choice_count; i++) {
        struct civil eve = civil_add_minutes(draft->choices[i].start, -1440L);
        eve.hour = 17;
        eve.minute = 0;
        if (civil_compare(eve, deadline) < 0)
            deadline = eve;
    }
    draft->deadline = deadline;
    draft->deadline_inferred = true;
    if (civil_compare(deadline, reader->now) <= 0)
        draft_add_problem(draft, DRAFT_UNCLEAR_DEADLINE, "");
}

/* A series whose dates nobody wrote begins with those of its rules, not before the day after tomorrow. */
static void add_series(struct reader *reader)
{
    struct draft *draft = reader->draft;
    struct when_context about = {.now = reader->now, .almanac = reader->almanac, .duration_minutes = reader->duration_minutes};
    struct when *whens = monthly_list(draft, draft->options.recurrence, reader->now,
                                     civil_add_minutes(reader->now, 2 * 1440L), &about);
    for (size_t i = 0; i < memory_count(whens); i++)
        add_choice(draft, &whens[i]);
}

static void check_whole(struct reader *reader)
{
    struct draft *draft = reader->draft;
    if (!draft->choice_count && !reader->is_form && draft->options.recurrence)
        add_series(reader);
    if (!draft->choice_count && !reader->is_form)
        draft_add_problem(draft, DRAFT_NO_CHOICES, "");
    else if (draft->choice_count > LIMIT_CHOICES)
        draft_add_problem(draft, DRAFT_TOO_MANY_CHOICES, "");
    else if (!reader->deadline_line)
        infer_deadline(reader);
    if (draft->options.is_anonymous && reader->required)
        draft_add_problem(draft, DRAFT_ANONYMOUS_AND_REQUIRED, "");
    if (!draft->participant_count)
        draft_add_problem(draft, DRAFT_NO_PARTICIPANTS, "");
    else if (draft->participant_count > LIMIT_PARTICIPANTS)
        draft_add_problem(draft, DRAFT_TOO_MANY_PARTICIPANTS, "");
}

static struct draft *read_whole(struct reader reader)
{
    struct draft *draft = reader.draft;
    draft->is_form = reader.is_form;
    reader.zone = (int)(clock_utc_offset(clock_from_civil(reader.now)) / 60);
    reader.description = buffer_new(draft, LIMIT_TEXT_BYTES);
    draft->place = memory_copy_text(draft, "");
    visit_lines(&reader, find_duration);
    visit_lines(&reader, read_line);
    participants_add_recipients(draft, reader.config, reader.letter);
    for (size_t i = 0; i < memory_count(reader.required); i++)
        participants_require(draft, reader.required[i]);
    size_t length = reader.description->length;
    while (length && reader.description->bytes[length - 1] == '\n')
        reader.description->bytes[--length] = '\0';
    draft->description = buffer_take(reader.description, draft);
    check_whole(&reader);
    return draft;
}

struct draft *draft_read(const void *context, const struct config *config, const struct almanac *almanac,
                         const struct letter *letter, struct civil now)
{
    struct draft *draft = memory_new(context, struct draft);
    draft->title = title_read(draft, letter->subject);
    return read_whole((struct reader){
        .draft = draft, .config = config, .almanac = almanac, .letter = letter, .text = letter->new_text, .now = now});
}

struct draft *draft_read_form(const void *context, const struct config *config, const struct almanac *almanac,
                              const struct letter *letter, struct civil now)
{
    struct draft *draft = memory_new(context, struct draft);
    draft->title = memory_copy_text(draft, *letter->subject ? letter->subject : "アンケート");
    char *rest = form_draft_questions(draft, draft->title, letter->new_text);
    return read_whole((struct reader){.draft = draft,
                                      .config = config,
                                      .almanac = almanac,
                                      .letter = letter,
                                      .text = rest,
                                      .now = now,
                                      .is_form = true});
}
