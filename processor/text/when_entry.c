/* Entries of a line of candidates: labels, days, their times, and what stands behind. See when_parts.h. */
#include <string.h>

#include "text/when_parts.h"

enum {
    MOST_NOTE_WITHOUT_TIME = 120, /* bytes: what is longer is a sentence about a date, not a candidate */
};

static void set_problem(const char **problem, const char *word)
{
    if (!*problem)
        *problem = word;
}

static bool is_sign(const struct token *token, char sign)
{
    return token->kind == TOKEN_SIGN && token->value == sign;
}

/* Another member of the list of days begins here: "、16", "か1/16", or a second date with only a blank before it. */
static bool read_next_day(struct reader *reader, struct entry *entry)
{
    if (entry->day_count == MOST_DAYS)
        return false;
    size_t start = reader->at;
    const struct token *separator = when_peek(reader, 0);
    struct day *day = &entry->days[entry->day_count];
    const struct civil *previous = &entry->days[entry->day_count - 1].date;
    bool is_read;
    if (when_is_list(separator)) {
        reader->at++;
        is_read = when_read_day(reader, previous, day);
    } else {
        is_read = separator->is_spaced && when_read_full_day(reader, day);
    }
    if (!is_read) {
        reader->at = start;
        return false;
    }
    entry->is_assumed |= separator->kind == TOKEN_EITHER;
    entry->day_count++;
    return true;
}

/* "1/15~1/17", "1/15-17": the last day of a span; "1/15 - 13:00" is none. */
static void read_last_day(struct reader *reader, struct entry *entry)
{
    size_t start = reader->at;
    if (!when_is_range(when_peek(reader, 0)))
        return;
    reader->at++;
    if (when_read_day(reader, &entry->days[0].date, &entry->days[1])) {
        entry->day_count = 2;
        entry->is_span = true;
        return;
    }
    struct hours hours;
    if (when_read_hours(reader, &hours) && hours.has_end)
        reader->at = start + 1; /* "1/15 - 13:00-15:00": the dash only sets the time off */
    else
        entry->problem = "range"; /* open, "1/15 ~15:00", or to where nothing is understood */
}

static void read_days(struct reader *reader, struct entry *entry)
{
    if (!when_read_day(reader, reader->previous, &entry->days[0]))
        return;
    entry->day_count = 1;
    bool is_list = read_next_day(reader, entry);
    if (!is_list)
        read_last_day(reader, entry);
    while (is_list)
        is_list = read_next_day(reader, entry);
}

/* What may stand between a day and its time. */
static void skip_links(struct reader *reader, struct entry *entry)
{
    for (;;) {
        const struct token *token = when_peek(reader, 0);
        bool is_link = token->kind == TOKEN_OF || is_sign(token, ',') || is_sign(token, ':') ||
                       token->kind == TOKEN_EACH || token->kind == TOKEN_LIST;
        if (!is_link)
            return;
        entry->is_each |= token->kind == TOKEN_EACH;
        reader->at++;
    }
}

/* Times one after the other; what was skipped to find none is given back. */
static void read_times(struct reader *reader, struct entry *entry)
{
    size_t start = reader->at;
    skip_links(reader, entry);
    if (when_peek(reader, 0)->kind == TOKEN_TOPIC)
        reader->at++; /* 15日は13時から */
    while (entry->hours_count < MOST_TIMES && when_read_hours(reader, &entry->hours[entry->hours_count])) {
        entry->hours_count++;
        start = reader->at;
        const struct token *separator = when_peek(reader, 0);
        if (!when_is_list(separator))
            break;
        reader->at++;
        entry->is_assumed |= is_sign(separator, '/') && entry->hours_count == 1 &&
                             when_peek(reader, 0)->kind != TOKEN_NUMBER;
    }
    reader->at = start;
}

/* A bullet is anything that is not a word: "・", "-", "■", "> ". */
static bool skip_bullet(struct reader *reader)
{
    static const char bullets[] = "•●■□◆◇▪▫▶►★☆○◎✓✔☑※";
    const struct token *token = when_peek(reader, 0);
    size_t size = token->end - token->start;
    const char *text = reader->folded->text + token->start;
    bool is_dash = when_is_range(token) && size < strlen("から") && (*text < 'a' || *text > 'z');
    bool is_bullet = token->kind == TOKEN_LIST || is_dash ||
                     (token->kind == TOKEN_SIGN && token->value && strchr("*+>#|", token->value)) ||
                     (token->kind == TOKEN_OTHER && size == 3 && memmem(bullets, sizeof bullets - 1, text, 3));
    reader->at += is_bullet;
    return is_bullet;
}

/* "①", "1.", "(1)", "〔1〕", "候補1：", "第1候補", "A案", "Option 2:", "日時：" */
static bool skip_label(struct reader *reader)
{
    size_t start = reader->at;
    if (when_accept(reader, TOKEN_LABEL)) {
        when_accept_sign(reader, '.');
        return true;
    }
    bool is_bracketed = when_accept_sign(reader, '(');
    bool is_sequence = when_accept(reader, TOKEN_SEQUENCE);
    bool has_title = when_accept(reader, TOKEN_TITLE);
    const struct token *token = when_peek(reader, 0);
    bool is_letter = token->kind == TOKEN_OTHER && token->end - token->start == 1;
    bool has_number = token->kind == TOKEN_LABEL || (token->kind == TOKEN_NUMBER && token->digits < 3);
    reader->at += is_letter || has_number;
    has_title |= when_accept(reader, TOKEN_TITLE);
    const struct token *end = when_peek(reader, 0);
    bool is_closed = is_sign(end, ')') || (!is_bracketed && (is_sign(end, '.') || is_sign(end, ':')));
    bool is_set_off = !is_bracketed && (end->is_spaced || has_title) && !(has_number && !has_title && when_is_range(end));
    bool is_empty = (!is_letter && !has_number && !has_title) || (is_sequence && !has_title);
    if (is_empty || !(is_closed || is_set_off)) {
        reader->at = start;
        return false;
    }
    reader->at += is_closed;
    when_accept_sign(reader, ':');
    return true;
}

void when_skip_to_start(struct reader *reader)
{
    enum { MOST_LABELS = 4 };
    for (int labels = 0; labels < MOST_LABELS; labels++) {
        bool is_bullet;
        do
            is_bullet = skip_bullet(reader);
        while (is_bullet);
        size_t start = reader->at;
        struct day day;
        struct hours hours;
        bool is_there = when_read_day(reader, NULL, &day) || when_read_hours(reader, &hours);
        reader->at = start;
        if (is_there || !skip_label(reader))
            return;
    }
}

static bool is_note_mark(const struct reader *reader, const struct token *token)
{
    return is_sign(token, '(') || strncmp(reader->folded->text + token->start, "※", strlen("※")) == 0;
}

/* Whether another entry begins at the reader: after a label, a separator or just a blank. "16(金)" is enough for one.
 */
static bool begins_entry(const struct reader *here, const struct civil *previous)
{
    struct reader ahead = *here;
    struct day day;
    const struct token *token = when_peek(&ahead, 0);
    if (token->kind == TOKEN_LABEL || when_is_list(token))
        ahead.at++;
    else if (!token->is_spaced)
        return false;
    if (when_read_full_day(&ahead, &day))
        return true;
    bool has_bracket = when_peek(&ahead, 0)->kind == TOKEN_NUMBER && is_sign(when_peek(&ahead, 1), '(');
    return has_bracket && when_read_day(&ahead, previous, &day) && (day.is_confirmed || day.problem);
}

/* How the line goes on behind days and times. */
enum tail {
    TAIL_FITS,     /* nothing, a note, or another entry */
    TAIL_SENTENCE, /* the date was only the first word of a sentence, or a deadline */
};

static enum tail judge_glued(const struct reader *reader, const struct entry *entry)
{
    const struct token *token = when_peek(reader, 0);
    bool is_span = entry->hours_count > 0 && entry->hours[0].has_end;
    bool is_bracket = token->kind == TOKEN_SIGN && token->value;
    if (token->kind == TOKEN_TOPIC)
        return is_span ? TAIL_FITS : TAIL_SENTENCE;
    if (entry->hours_count > 0 || entry->is_span || token->is_spaced || is_bracket || when_is_list(token))
        return TAIL_FITS;
    return is_note_mark(reader, token) ? TAIL_FITS : TAIL_SENTENCE;
}

/* Whether a time or another date hides in what would be the note: then it was not understood. */
static bool hides_time(const struct reader *reader, size_t from, size_t to)
{
    if (reader->tokens[from].kind == TOKEN_NUMBER)
        return true; /* "1/15 13", "1/15 31:00" */
    for (struct reader ahead = *reader; from < to; from++) {
        const struct token *token = &reader->tokens[from];
        if (token->kind == TOKEN_HOUR || token->kind == TOKEN_LESSON || token->kind == TOKEN_FORENOON ||
            token->kind == TOKEN_AFTERNOON || token->kind == TOKEN_VAGUE_TIME || token->kind == TOKEN_DURATION)
            return true;
        ahead.at = from;
        struct hours hours;
        struct day day;
        bool is_clock = token->kind == TOKEN_NUMBER && is_sign(token + 1, ':');
        if (is_clock ||
            (token->kind == TOKEN_NUMBER && (when_read_full_day(&ahead, &day) || when_read_hours(&ahead, &hours))))
            return true;
    }
    return false;
}

/* Whether the note goes on with another day, or another hour: "+ 1/16", ", 14". In brackets and behind ※ it may. */
static bool goes_on(const struct reader *reader, size_t from, size_t to)
{
    const struct token *first = &reader->tokens[from];
    if (is_note_mark(reader, first))
        return false;
    const struct token *second = first + 1; /* there is one: the last token is TOKEN_END */
    const struct token *third = from + 1 < reader->count ? second + 1 : second;
    if (when_is_list(first) && second->kind == TOKEN_NUMBER && (third->kind == TOKEN_END || when_is_list(third)))
        return true;
    for (struct reader ahead = *reader; from < to; from++) {
        struct day day;
        ahead.at = from;
        if (when_read_full_day(&ahead, &day))
            return true;
    }
    return false;
}

static size_t find_note_end(const struct reader *reader, const struct civil *previous)
{
    struct reader ahead = *reader;
    while (ahead.at < ahead.count && !(when_peek(&ahead, 0)->kind == TOKEN_LABEL && begins_entry(&ahead, previous)))
        ahead.at++;
    return ahead.at;
}

static bool is_deadline(const struct token *token)
{
    return token->kind == TOKEN_UNTIL || token->kind == TOKEN_DEADLINE;
}

/* "1/2 cup", "3/4 of them": a small pair without a weekday before an English word is a fraction. */
static bool is_fraction(const struct reader *reader, const struct entry *entry)
{
    const struct token *above = &reader->tokens[entry->first];
    const struct token *behind = &reader->tokens[entry->behind];
    return entry->behind == entry->first + 3 && above->kind == TOKEN_NUMBER && is_sign(above + 1, '/') &&
           above->value < above[2].value && above->value <= 3 && above[2].value <= 10 && behind->is_spaced &&
           reader->folded->text[behind->start] >= 'a' && reader->folded->text[behind->start] <= 'z';
}

/* A date with a remark and no time: is it one, or the first word of a sentence? */
static bool is_sentence(const struct reader *reader, const struct entry *entry)
{
    bool is_weak = entry->days[0].inferred & (WHEN_INFERRED_RELATIVE | WHEN_INFERRED_MONTH);
    bool is_month = entry->days[0].date.day == 0;
    size_t bytes = reader->tokens[entry->note_end - 1].end - reader->tokens[entry->behind].start;
    return is_weak || is_month || is_fraction(reader, entry) || bytes > MOST_NOTE_WITHOUT_TIME;
}

static void check_note(const struct reader *reader, struct entry *entry)
{
    bool is_open = entry->hours_count == 0 || (!entry->hours[0].has_end && !entry->hours[0].is_all_day);
    if (is_open && hides_time(reader, entry->behind, entry->note_end))
        set_problem(&entry->problem, "period");
    else if (goes_on(reader, entry->behind, entry->note_end))
        set_problem(&entry->problem, "range");
}

static enum tail read_tail(struct reader *reader, struct entry *entry)
{
    const struct token *token = when_peek(reader, 0);
    const struct civil *last = &entry->days[entry->day_count - 1].date;
    entry->behind = reader->at;
    entry->note_end = reader->at;
    if (token->kind == TOKEN_END || begins_entry(reader, last))
        return TAIL_FITS;
    if (is_deadline(token) || (is_sign(token, '(') && is_deadline(when_peek(reader, 1))))
        return TAIL_SENTENCE;
    struct hours hours;
    struct reader ahead = *reader;
    if (entry->hours_count > 0 && token->kind == TOKEN_OF && when_peek(reader, 1)->kind == TOKEN_NUMBER)
        set_problem(&entry->problem, "period"); /* "morning at 9" */
    else if (token->kind == TOKEN_OPEN || token->kind == TOKEN_VAGUE_DATE || token->kind == TOKEN_EITHER ||
             (is_sign(token, '(') && when_peek(reader, 1)->kind == TOKEN_EITHER) || when_is_range(token))
        set_problem(&entry->problem, "range");
    else if (token->kind == TOKEN_VAGUE_TIME)
        set_problem(&entry->problem, "period");
    else if (judge_glued(reader, entry) == TAIL_SENTENCE)
        return TAIL_SENTENCE;
    else if (entry->hours_count > 0 && when_read_hours(&ahead, &hours))
        set_problem(&entry->problem, "range"); /* a second time, and nothing says how it belongs to the first */
    entry->note_end = find_note_end(reader, last);
    if (entry->hours_count == 0 && is_sentence(reader, entry))
        return TAIL_SENTENCE;
    check_note(reader, entry);
    reader->at = entry->note_end;
    return TAIL_FITS;
}

/* A time before its day ("1-3pm on 15 Jan"), or without one: then it belongs to the day of the line above. */
static bool find_day(struct reader *reader, struct entry *entry)
{
    if (entry->hours_count == 0 && entry->problem == NULL)
        return false;
    entry->day_count = 1;
    size_t start = reader->at;
    while (when_peek(reader, 0)->kind == TOKEN_OF || is_sign(when_peek(reader, 0), ','))
        reader->at++;
    if (when_read_full_day(reader, &entry->days[0]))
        return true;
    reader->at = start;
    if (reader->about->heading) {
        entry->days[0] = (struct day){.date = *reader->about->heading};
        return true;
    }
    const struct hours *hours = &entry->hours[0];
    enum token_kind kind = reader->tokens[entry->first].kind;
    bool is_clock = kind == TOKEN_NUMBER || kind == TOKEN_NOON;
    entry->days[0] = (struct day){.problem = "date"};
    return is_clock && !hours->is_bare;
}

bool when_read_entry(struct reader *reader, struct entry *entry)
{
    *entry = (struct entry){.first = reader->at};
    read_days(reader, entry);
    if (!entry->problem)
        read_times(reader, entry);
    bool is_entry = entry->day_count > 0 || find_day(reader, entry);
    if (!is_entry || read_tail(reader, entry) == TAIL_SENTENCE) {
        reader->at = entry->first;
        return false;
    }
    if (entry->is_span && !(entry->is_each && entry->hours_count > 0))
        set_problem(&entry->problem, "range"); /* one long event, or one of these days? */
    return true;
}
