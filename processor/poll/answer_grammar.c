/* Sentences and clauses: see answer_grammar.h. One pass over the tokens; each clause is looked at a bounded number of
 * times. */
#include "poll/answer_grammar.h"

#include <string.h>

#include "base/memory.h"

static void doubt(struct reading *reading, const struct clause *clause)
{
    reading_doubt(reading, clause_choices(clause), clause->start, clause->end);
}

/* ----- clauses without choices ----- */

static bool has_unclear(const struct reading *reading)
{
    for (size_t i = 0; i < reading->question->choice_count; i++)
        if (reading->cells[i].unclear)
            return true;
    return false;
}

/* ○×△○○ with nothing between but separators; "・" counts as "not answered" when only so they are as many as the
 * choices. */
static bool read_mark_string(struct reading *reading, const struct clause *clause)
{
    size_t total = reading->question->choice_count;
    size_t marks = 0;
    size_t dots = 0;
    for (size_t i = 0; i < clause->count; i++) {
        marks += clause->tokens[i].kind == TOKEN_MARK;
        dots += clause->tokens[i].kind == TOKEN_DOT;
    }
    bool counts_dots = marks != total && marks + dots == total && marks > 0;
    if (marks != total && !counts_dots)
        return false;
    size_t position = 0;
    for (int pass = 0; pass < 2; pass++) {
        position = 0;
        for (size_t i = 0; i < clause->count; i++) {
            const struct token *token = &clause->tokens[i];
            bool is_mark = token->kind == TOKEN_MARK;
            if (!pass && !is_mark && token->kind != TOKEN_DOT && position > 0 && position < total &&
                token->kind != TOKEN_COMMA && token->kind != TOKEN_LINE)
                return false;
            if (!is_mark && !(counts_dots && token->kind == TOKEN_DOT))
                continue;
            struct statement statement = {.set = (uint64_t)1 << position,
                                          .strength = STRENGTH_SAID,
                                          .mark = is_mark ? (enum mark)token->value : MARK_NONE,
                                          .inferred = (token->flags & (WORD_HEDGED | WORD_TICK)) != 0,
                                          .start = token->start,
                                          .end = token->end};
            position++;
            if (pass)
                reading_say(reading, &statement);
        }
    }
    if (reading->strings++ && has_unclear(reading) && clause_contents(clause) & HOLDS_UNKNOWN)
        reading_doubt(reading, 0, clause->start, clause->end); /* 佐藤: ○○×, 鈴木: ×○○ */
    return true;
}

static bool is_terse(const struct clause *clause)
{
    for (size_t i = 0; i < clause->count; i++)
        if (clause->tokens[i].kind == TOKEN_MARK && !(clause->tokens[i].flags & (WORD_TERSE | WORD_SYMBOL)))
            return false;
    return true;
}

/* Marks of a line of their own wait: the next lines may complete them. */
static void read_symbols(struct reading *reading, const struct clause *clause, unsigned contents)
{
    bool is_pure = !(contents & ~(unsigned)HOLDS_SYMBOL);
    if (!is_pure) {
        doubt(reading, clause);
        return;
    }
    for (size_t i = 0; i < clause->count; i++) {
        if (clause->tokens[i].kind != TOKEN_MARK || reading->pending_count > reading->question->choice_count)
            continue;
        reading->pending = memory_resize(reading, reading->pending, struct token, reading->pending_count + 1);
        reading->pending[reading->pending_count++] = clause->tokens[i];
    }
}

/* A predicate without a subject: 参加します, 欠席します, はい. */
static void read_predicate(struct reading *reading, const struct clause *clause, unsigned contents)
{
    bool has[MARK_NO + 1] = {false};
    unsigned all_flags = ~0u;
    unsigned any_flags = 0;
    for (size_t i = 0; i < clause->count; i++) {
        const struct token *token = &clause->tokens[i];
        if (token->kind != TOKEN_MARK)
            continue;
        if (token->flags & WORD_NEGATED)
            has[MARK_YES] = false;
        has[token->value] = true;
        all_flags &= token->flags;
        any_flags |= token->flags;
    }
    bool yes = has[MARK_YES] || has[MARK_BEST];
    if (yes && has[MARK_NO]) {
        doubt(reading, clause);
        return;
    }
    enum mark mark = has[MARK_NO] ? MARK_NO : has[MARK_MAYBE] ? MARK_MAYBE : MARK_YES;
    bool is_pure = !(contents & HOLDS_UNKNOWN) && !clause_is_limited(reading, clause, false);
    bool is_bare = is_pure && !clause_is_limited(reading, clause, true);
    if (mark == MARK_YES && is_bare && all_flags & WORD_CONFIRM) {
        reading->confirms = true;
    } else if (reading->question->choice_count == 1 && is_pure && !(any_flags & WORD_DEFERS)) {
        reading_say(reading,
                    &(struct statement){
                        .set = 1, .mark = mark, .strength = STRENGTH_SAID, .start = clause->start, .end = clause->end});
    } else {
        reading->bare_yes |= mark == MARK_YES;
        reading->bare_maybe |= mark == MARK_MAYBE && !(any_flags & WORD_DEFERS);
        reading->defers |= mark == MARK_MAYBE && any_flags & WORD_DEFERS;
        reading->bare_no |= mark == MARK_NO;
        reading->absent |= mark == MARK_NO && any_flags & WORD_ABSENT && is_pure;
    }
    reading_comment(reading, clause->start, clause->end);
}

/* A short word on a line of its own: who writes. */
static bool is_name(const struct clause *clause)
{
    enum { LONGEST_NAME = 24 };
    return clause->count == 1 && clause->tokens[0].end - clause->tokens[0].start <= LONGEST_NAME;
}

static void read_without_choices(struct reading *reading, const struct clause *clause, unsigned contents)
{
    if (contents & (HOLDS_SYMBOL | HOLDS_WORD) && is_terse(clause) &&
        (reading->question->choice_count > 1 || !(contents & HOLDS_WORD)) &&
        (reading->question->choice_count > 2 || !(contents & HOLDS_WORD)) && read_mark_string(reading, clause))
        return;
    if (contents & HOLDS_SYMBOL) {
        read_symbols(reading, clause, contents);
    } else if (contents & HOLDS_WORD) {
        read_predicate(reading, clause, contents);
    } else {
        reading->assents |= (contents & HOLDS_ASSENT) != 0;
        reading->other_words |= (contents & ~(unsigned)HOLDS_ASSENT) != 0 && !is_name(clause);
        reading->other_words |= clause_counts(reading, clause); /* 3点確認しました */
        reading_comment(reading, clause->start, clause->end);
    }
}

/* ----- clauses of other kinds ----- */

/* できれば1、だめなら3; 第1希望 19日、第2希望 15日 */
static bool read_preferences(struct reading *reading, const struct clause *clause)
{
    int wish = 0;
    int said = 0;
    bool set_first = clause->tokens[0].kind == TOKEN_SET; /* 19日が第1希望 */
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < clause->count; i++) {
            const struct token *token = &clause->tokens[i];
            bool names = token->kind == TOKEN_SET;
            if (set_first && names && i + 1 < clause->count && clause->tokens[i + 1].kind == TOKEN_PREFER)
                wish = clause->tokens[i + 1].value;
            if (set_first && token->kind == TOKEN_PREFER && i && clause->tokens[i - 1].kind == TOKEN_SET) {
                continue;
            } else if (token->kind == TOKEN_PREFER) {
                wish = token->value;
            } else if (token->kind == TOKEN_SET && wish && !token->bad &&
                       !(token->flags & (SET_ALL | SET_REST | SET_EXCEPT))) {
                struct statement statement = {.set = token->set,
                                              .mark = wish == 1 ? MARK_BEST : MARK_YES,
                                              .strength = STRENGTH_SAID,
                                              .inferred = true,
                                              .wish = wish,
                                              .start = token->start,
                                              .end = token->end};
                if (pass)
                    reading_say(reading, &statement);
                said++;
                wish = 0;
            } else if (token->kind != TOKEN_COLON && token->kind != TOKEN_COMMA && token->kind != TOKEN_LINE &&
                       token->kind != TOKEN_DOT && !(token->kind == TOKEN_MARK && token->value == MARK_YES && !wish)) {
                return false;
            }
        }
        if (wish || !said)
            return false;
    }
    return true;
}

/* 田中さんが来られるなら1: words, a condition, choices, perhaps a yes. */
static bool read_conditional(struct reading *reading, const struct clause *clause)
{
    size_t condition = clause->count;
    const struct token *set = NULL;
    for (size_t i = 0; i < clause->count; i++) {
        const struct token *token = &clause->tokens[i];
        bool is_condition = token->kind == TOKEN_CONDITION || token->kind == TOKEN_IF;
        if (is_condition && !set)
            condition = i;
        else if (token->kind == TOKEN_SET && !set && condition < clause->count && !token->bad)
            set = token;
        else if (set ? !(token->kind == TOKEN_MARK && token->value == MARK_YES && i + 1 == clause->count)
                     : token->kind == TOKEN_SET || token->kind == TOKEN_NEG || token->kind == TOKEN_TIME)
            return false;
    }
    if (!set || set->flags & SET_REST || clause_supposes_time(reading, clause, condition))
        return false;
    struct statement statement = {.set = set->set,
                                  .mark = MARK_MAYBE,
                                  .strength = STRENGTH_SAID,
                                  .inferred = true,
                                  .start = clause->start,
                                  .end = clause->end};
    statement.note = reading_quote(reading, reading, clause->start, clause->tokens[condition].end);
    reading_say(reading, &statement);
    return true;
}

static bool supposes_unknown(const struct clause *clause)
{
    for (size_t i = 0; i < clause->count; i++)
        if (clause->tokens[i].kind == TOKEN_IF &&
            (i == 0 || (clause->tokens[i - 1].kind != TOKEN_SET && clause->tokens[i - 1].kind != TOKEN_TIME)))
            return true;
    return false;
}

/* Whether only days are named, as a promise does: 月曜までに, 来週. */
static bool names_no_option(const struct clause *clause)
{
    for (size_t i = 0; i < clause->count; i++) {
        const struct token *token = &clause->tokens[i];
        bool is_day = token->origin == TOKEN_VAGUE || token->origin == TOKEN_DAY || token->origin == TOKEN_DATE ||
                      token->origin == TOKEN_WEEKDAY || token->origin == TOKEN_PART || token->origin == TOKEN_TIME;
        if (token->kind == TOKEN_SET && !is_day && !(token->flags & SET_REST))
            return false;
    }
    return true;
}

/* 残りは12/22に回答します */
static bool names_rest(const struct clause *clause)
{
    for (size_t i = 0; i < clause->count; i++)
        if (clause->tokens[i].kind == TOKEN_SET && clause->tokens[i].flags & SET_REST)
            return true;
    return false;
}

/* 未定のため後日回答します: no choice is named, and the mark says why there is none. */
static bool is_undecided(const struct clause *clause)
{
    for (size_t i = 0; i < clause->count; i++)
        if (clause->tokens[i].kind == TOKEN_MARK &&
            (clause->tokens[i].value != MARK_MAYBE || clause->tokens[i].flags & WORD_SYMBOL))
            return false;
    return !clause_choices(clause) && !names_rest(clause);
}

/* 残りは後日: those stay open, and that is no doubt. */
static bool read_deferral(struct reading *reading, const struct clause *clause, unsigned contents)
{
    bool promises = clause_promises(reading, clause) || contents & HOLDS_BAD_SET || !(contents & HOLDS_SET);
    bool has_mark = contents & (HOLDS_SYMBOL | HOLDS_WORD) && !is_undecided(clause);
    if (has_mark || (!promises && contents & (HOLDS_BAD_SET | HOLDS_DANGER)))
        return false;
    if (promises && !names_no_option(clause))
        return false;
    if (promises) {
        reading->defers |= !names_rest(clause);
    } else {
        struct statement statement = {.set = clause_choices(clause),
                                      .mark = MARK_NONE,
                                      .strength = STRENGTH_SAID,
                                      .start = clause->start,
                                      .end = clause->end};
        reading_say(reading, &statement);
    }
    reading_comment(reading, clause->start, clause->end);
    return true;
}

static void read_question(struct reading *reading, const struct clause *clause, unsigned contents)
{
    if (contents & (HOLDS_SET | HOLDS_SYMBOL)) {
        doubt(reading, clause);
        return;
    }
    reading->other_words = true;
    reading_comment(reading, clause->start, clause->end);
}

/* なお、1/22も空いています: another day, behind an answer to all that was asked. */
static bool proposes_more(const struct reading *reading, const struct clause *clause, unsigned contents)
{
    const struct answer_question *question = reading->question;
    const struct token *set = NULL;
    bool is_plain = !(contents & (HOLDS_DANGER | HOLDS_SYMBOL | HOLDS_CONDITION | HOLDS_PREFER | HOLDS_AMBIGUOUS));
    for (size_t i = 0; i < clause->count; i++) {
        const struct token *token = &clause->tokens[i];
        is_plain = is_plain && !(token->kind == TOKEN_MARK && token->value != MARK_YES) && !(token->kind == TOKEN_SET && set);
        set = token->kind == TOKEN_SET ? token : set;
    }
    bool is_date = set && set->bad && (set->origin == TOKEN_DATE || set->origin == TOKEN_DAY) && !(set->flags & SET_LIST);
    for (size_t i = 0; is_date && i < question->choice_count; i++)
        is_date = question->choices[i].start.day != set->value % 100;
    return is_plain && is_date && reading_said(reading, STRENGTH_UNIVERSAL) == choices_all(question);
}

/* ○×○○○(2は会議です): why a choice got its × or △. */
static bool explains_no(const struct reading *reading, const struct clause *clause, unsigned contents)
{
    uint64_t set = clause_choices(clause);
    if (!set || contents & ~(unsigned)(HOLDS_SET | HOLDS_UNKNOWN))
        return false;
    for (size_t i = 0; i < reading->question->choice_count; i++) {
        const struct cell *cell = &reading->cells[i];
        bool is_said = cell->strength == STRENGTH_SAID && !cell->unclear && (cell->mark == MARK_NO || cell->mark == MARK_MAYBE);
        if (set >> i & 1 && !is_said)
            return false;
    }
    return true;
}

static void read_with_choices(struct reading *reading, const struct clause *clause, unsigned contents)
{
    bool understood;
    if (contents & (HOLDS_DANGER | HOLDS_AMBIGUOUS | HOLDS_ASSENT) || clause_names_another(reading, clause))
        understood = false;
    else if (contents & HOLDS_PREFER)
        understood = read_preferences(reading, clause);
    else if (contents & HOLDS_CONDITION || supposes_unknown(clause))
        understood = read_conditional(reading, clause);
    else
        understood = clause_read(reading, clause);
    if (!understood && explains_no(reading, clause, contents))
        reading_comment(reading, clause->start, clause->end);
    else if (!understood && proposes_more(reading, clause, contents))
        reading_comment(reading, clause->start, clause->end);
    else if (!understood)
        doubt(reading, clause);
}

static void read_clause(struct reading *reading, struct clause *clause)
{
    enum mark denied = clause_denied_days(clause);
    if (denied != MARK_NONE) {
        struct statement all = {.set = choices_all(reading->question), .mark = denied, .strength = STRENGTH_UNIVERSAL,
                                .start = clause->start, .end = clause->end};
        reading_say(reading, &all);
        return;
    }
    clause_simplify(reading, clause);
    unsigned contents = clause_contents(clause);
    bool has_marks = contents & (HOLDS_SYMBOL | HOLDS_WORD);
    if (contents & HOLDS_CONTACT && !(contents & HOLDS_SYMBOL))
        reading_comment(reading, clause->start, clause->end);
    else if (clause->is_question)
        read_question(reading, clause, contents);
    else if (contents & HOLDS_PROXY && reading->question->by_proxy && !has_marks && !(contents & HOLDS_SET))
        reading_comment(reading, clause->start, clause->end);
    else if (contents & HOLDS_PROXY)
        reading_doubt(reading, 0, clause->start, clause->end);
    else if (contents & HOLDS_WITHDRAW && clause_takes_back(reading, clause))
        reading->withdraws = true;
    else if (contents & HOLDS_WITHDRAW)
        reading_doubt(reading, clause_choices(clause), clause->start, clause->end);
    else if ((contents & HOLDS_DEFER || clause_promises(reading, clause)) && read_deferral(reading, clause, contents))
        return;
    else if (contents & HOLDS_SET)
        read_with_choices(reading, clause, contents);
    else if (contents & (HOLDS_AMBIGUOUS | HOLDS_CONDITION | HOLDS_PREFER | HOLDS_DEFER | HOLDS_BOUND) ||
             (contents & HOLDS_DANGER && (has_marks || !(contents & HOLDS_UNKNOWN))) || (contents & HOLDS_DANGER) ||
             (has_marks && supposes_unknown(clause)))
        doubt(reading, clause);
    else
        read_without_choices(reading, clause, contents);
}

/* ----- where clauses end ----- */

/* Whether a line that ends here goes on below: it ends in the middle of a list or before its predicate. */
static bool is_open_ended(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_SET:
    case TOKEN_LIMIT:
    case TOKEN_EXCEPT:
    case TOKEN_COMMA:
    case TOKEN_AND:
    case TOKEN_OR:
    case TOKEN_COLON:
    case TOKEN_DAYS:
    case TOKEN_IF:
    case TOKEN_CONDITION:
    case TOKEN_DOT:
    case TOKEN_PREFER:
    case TOKEN_RANGE:
        return true;
    default:
        return false;
    }
}

/* "3=?" and "o x ? o o" type a mark; any other question mark asks. */
static bool types_doubt(const struct tokens *tokens, size_t first, size_t i)
{
    const struct token *token = &tokens->list[i];
    if (i == first || token->end - token->start != 1)
        return false;
    enum token_kind before = tokens->list[i - 1].kind;
    bool is_between = before == TOKEN_MARK && tokens->list[i - 1].flags & WORD_SYMBOL && !token->glued &&
                      i + 1 < tokens->count && tokens->list[i + 1].flags & WORD_SYMBOL;
    return is_between || before == TOKEN_COLON || (before == TOKEN_SET && tokens->list[i - 1].origin == TOKEN_NUMBER);
}

enum boundary { BOUNDARY_NONE, BOUNDARY_CLAUSE, BOUNDARY_SENTENCE, BOUNDARY_QUESTION };

static enum boundary boundary_at(const struct tokens *tokens, size_t first, size_t i)
{
    const struct token *token = &tokens->list[i];
    const struct token *before = i > first ? token - 1 : NULL;
    const struct token *next = i + 1 < tokens->count ? token + 1 : NULL;
    switch (token->kind) {
    case TOKEN_STOP:
    case TOKEN_PARAGRAPH:
        return BOUNDARY_SENTENCE;
    case TOKEN_LINE:
        return before && is_open_ended(before) ? BOUNDARY_NONE : BOUNDARY_SENTENCE;
    case TOKEN_COMMA:
        return next && next->kind == TOKEN_SET && next->flags & SET_REST ? BOUNDARY_SENTENCE : BOUNDARY_NONE;
    case TOKEN_CONTRAST:
        return BOUNDARY_CLAUSE;
    case TOKEN_DEMO:
        return before ? BOUNDARY_NONE : BOUNDARY_CLAUSE;
    case TOKEN_GA:
        return before && before->kind == TOKEN_MARK && !(next && (next->kind == TOKEN_NEG || next->kind == TOKEN_MARK))
                   ? BOUNDARY_CLAUSE
                   : BOUNDARY_NONE;
    case TOKEN_QUESTION:
        return types_doubt(tokens, first, i) ? BOUNDARY_NONE : BOUNDARY_QUESTION;
    case TOKEN_KA:
        return !next || next->kind == TOKEN_STOP || next->kind == TOKEN_LINE || next->kind == TOKEN_PARAGRAPH ||
                       next->kind == TOKEN_QUESTION
                   ? BOUNDARY_QUESTION
                   : BOUNDARY_NONE;
    default:
        return BOUNDARY_NONE;
    }
}

/* Words that are not understood behind "but" may take back what was said before it. */
static void doubt_contrast(struct reading *reading, const struct clause *clause, uint64_t before)
{
    uint64_t after = reading_said(reading, STRENGTH_UNIVERSAL);
    bool says_more = reading->rest_is_said || after != before;
    unsigned contents = clause_contents(clause);
    if (before && contents & HOLDS_UNKNOWN && !(contents & HOLDS_SET) && !says_more && !clause->is_question)
        reading_doubt(reading, 0, clause->start, clause->end);
}

void grammar_read(struct reading *reading)
{
    struct tokens *tokens = tokens_read(reading, reading->folded, reading->question->choice_count);
    choices_resolve(tokens, reading->question);
    choices_join(tokens, reading->question);
    size_t first = 0;
    uint64_t before = 0;
    bool in_contrast = false;
    size_t start = 0;
    for (size_t i = 0; i <= tokens->count; i++) {
        enum boundary boundary = i < tokens->count ? boundary_at(tokens, first, i) : BOUNDARY_SENTENCE;
        if (boundary == BOUNDARY_NONE)
            continue;
        size_t end = i < tokens->count ? tokens->list[i].end : reading->folded->length;
        struct clause clause = {.tokens = tokens->list + first,
                                .count = i - first,
                                .start = start,
                                .end = end,
                                .is_question = boundary == BOUNDARY_QUESTION};
        if (clause.count)
            read_clause(reading, &clause);
        else
            reading_comment(reading, clause.start, clause.end);
        if (in_contrast)
            doubt_contrast(reading, &clause, before);
        in_contrast = boundary == BOUNDARY_CLAUSE;
        before = in_contrast ? reading_said(reading, STRENGTH_UNIVERSAL) : 0;
        first = i + 1;
        start = end;
    }
    talloc_free(tokens);
}
