/* What a clause holds, and making it simpler: negations and hedges join their mark, reasons and quantities go. */
#include <string.h>

#include "poll/answer_grammar.h"

unsigned clause_content_of(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_SET:
        return HOLDS_SET | (token->bad ? HOLDS_BAD_SET : 0u);
    case TOKEN_NUMBER:
        return HOLDS_SET | HOLDS_BAD_SET;
    case TOKEN_MARK:
        return token->flags & WORD_SYMBOL ? HOLDS_SYMBOL : HOLDS_WORD;
    case TOKEN_UNKNOWN:
    case TOKEN_QUOTED_SAMPLE:
        return HOLDS_UNKNOWN;
    case TOKEN_NEG:
    case TOKEN_HEDGE:
    case TOKEN_ALLEGED:
    case TOKEN_EXCEPT:
    case TOKEN_BUT:
    case TOKEN_ALLBUT:
        return HOLDS_DANGER;
    case TOKEN_CONDITION:
        return HOLDS_CONDITION;
    case TOKEN_PREFER:
        return HOLDS_PREFER;
    case TOKEN_WITHDRAW:
        return HOLDS_WITHDRAW;
    case TOKEN_DEFER:
        return HOLDS_DEFER;
    case TOKEN_PROXY:
        return HOLDS_PROXY;
    case TOKEN_CONTACT:
        return HOLDS_CONTACT;
    case TOKEN_ASSENT:
        return HOLDS_ASSENT;
    case TOKEN_AMBIGUOUS:
        return HOLDS_AMBIGUOUS;
    case TOKEN_TIME:
        return HOLDS_BOUND;
    default:
        return 0;
    }
}

unsigned clause_contents(const struct clause *clause)
{
    unsigned contents = 0;
    for (size_t i = 0; i < clause->count; i++)
        contents |= clause_content_of(&clause->tokens[i]);
    return contents;
}

uint64_t clause_choices(const struct clause *clause)
{
    uint64_t set = 0;
    for (size_t i = 0; i < clause->count; i++)
        if (clause->tokens[i].kind == TOKEN_SET && !(clause->tokens[i].flags & SET_REST))
            set |= clause->tokens[i].set;
    return set;
}

enum mark clause_denied_days(const struct clause *clause)
{
    size_t count = clause->count;
    while (count && clause->tokens[count - 1].kind == TOKEN_LINE)
        count--;
    const struct token *mark = clause->tokens;
    size_t last = count == 4 && mark[2].kind == TOKEN_GA ? 3 : 2; /* 日がない, 日はない */
    bool is_denial = count == last + 1 && mark->kind == TOKEN_MARK && !(mark->flags & (WORD_SYMBOL | WORD_NEGATED)) &&
                     (mark[1].kind == TOKEN_DAYS || mark[1].kind == TOKEN_PREFIX) &&
                     mark[last].kind == TOKEN_NEG;
    if (!is_denial || (mark->value != MARK_YES && mark->value != MARK_NO))
        return MARK_NONE;
    return mark->value == MARK_NO ? MARK_YES : MARK_NO;
}

static bool is_latin(const struct reading *reading, const struct token *token)
{
    char byte = reading->folded->text[token->start];
    return byte >= 'a' && byte <= 'z';
}

/* Negations and hedges that touch a mark are part of it. True when `next` went into `mark`, the token before it. */
static bool merge_into_mark(struct token *mark, const struct token *next)
{
    if (mark->kind != TOKEN_MARK || mark->flags & WORD_SYMBOL)
        return false;
    if (next->kind == TOKEN_NEG && mark->value == MARK_YES) {
        mark->value = MARK_NO;
        mark->flags |= WORD_DENIED;
    } else if (next->kind == TOKEN_HEDGE && mark->value != MARK_NONE) {
        mark->value = MARK_MAYBE;
    } else if (next->kind == TOKEN_BELIEF) {
        mark->flags |= WORD_HEDGED;
    } else {
        return false;
    }
    mark->flags &= ~(unsigned)WORD_CONFIRM;
    mark->end = next->end;
    return true;
}

/* can't make, not available */
static bool merge_negation(const struct reading *reading, struct token *negation, const struct token *mark)
{
    if (negation->kind != TOKEN_NEG || mark->kind != TOKEN_MARK || mark->value != MARK_YES ||
        mark->flags & WORD_SYMBOL || !is_latin(reading, negation))
        return false;
    size_t start = negation->start;
    *negation = *mark;
    negation->start = start;
    negation->value = MARK_NO;
    negation->flags |= WORD_DENIED;
    return true;
}

/* Reasons go with what was not known before them: 東京にいるため. */
static bool is_reason(const struct token *before, const struct token *token)
{
    return token->kind == TOKEN_REASON && before->kind == TOKEN_UNKNOWN;
}

static bool is_limit(enum token_kind kind)
{
    return kind == TOKEN_IF || kind == TOKEN_LIMIT || kind == TOKEN_SHIKA || kind == TOKEN_UNTIL;
}

/* はい、全部大丈夫です: the opening yes goes with what follows. */
static void drop_opening_yes(struct clause *clause)
{
    if (clause->count < 3 || clause->tokens[0].kind != TOKEN_MARK || !(clause->tokens[0].flags & WORD_CONFIRM) ||
        clause->tokens[1].kind != TOKEN_COMMA || clause->tokens[2].flags & WORD_TERSE)
        return; /* OK、NG、OK */
    clause->tokens += 2;
    clause->count -= 2;
}

/* "yes to all": a range word behind a mark, in English. */
static bool is_yes_to(const struct reading *reading, const struct token *token, const struct token *before)
{
    return token->kind == TOKEN_RANGE && is_latin(reading, token) && before && before->kind == TOKEN_MARK;
}

/* not Friday: a negation, choices, and nothing more. */
static bool denies_choices(const struct reading *reading, const struct clause *clause, size_t i)
{
    const struct token *next = &clause->tokens[i + 1];
    return clause->tokens[i].kind == TOKEN_NEG && i == 0 && clause->count > 1 && is_latin(reading, clause->tokens) &&
           next->kind == TOKEN_SET && !(next->flags & (SET_ALL | SET_REST | SET_OR)) &&
           (clause->count == 2 || next[1].kind == TOKEN_COMMA || (clause->count == 3 && next[1].kind == TOKEN_LINE));
}

/* "4 cannot, 5 ok", "the others are not." */
static bool denies_before(const struct reading *reading, const struct token *before, const struct token *token,
                          const struct token *next)
{
    const char *text = reading->folded->text + token->start;
    bool is_last = strncmp(text, "can", strlen("can")) == 0 || strncmp(text, "not", strlen("not")) == 0;
    return token->kind == TOKEN_NEG && is_last && before &&
           before->kind == TOKEN_SET && (!next || next->kind == TOKEN_COMMA || next->kind == TOKEN_LINE);
}

/* たぶん全部大丈夫: the hedge belongs to the yes behind the choices. */
static bool hedges_ahead(const struct clause *clause, size_t i)
{
    const struct token *token = &clause->tokens[i];
    return i + 2 < clause->count && token->kind == TOKEN_MARK && token->value == MARK_MAYBE && !(token->flags & WORD_SYMBOL) &&
           token[1].kind == TOKEN_SET && token[2].kind == TOKEN_MARK && token[2].value == MARK_YES &&
           !(token[2].flags & WORD_SYMBOL) && i + 3 == clause->count;
}

void clause_simplify(const struct reading *reading, struct clause *clause)
{
    size_t written = 0;
    for (size_t i = 0; i < clause->count; i++) {
        struct token token = clause->tokens[i];
        if (denies_choices(reading, clause, i)) {
            token.kind = TOKEN_MARK; /* not Friday */
            token.value = MARK_NO;
            token.flags = WORD_DENIED;
        }
        struct token *before = written ? &clause->tokens[written - 1] : NULL;
        const struct token *next = i + 1 < clause->count ? &clause->tokens[i + 1] : NULL;
        if (denies_before(reading, before, &token, next)) {
            token.kind = TOKEN_MARK;
            token.value = MARK_NO;
            token.flags = WORD_DENIED;
        } else if (hedges_ahead(clause, i)) {
            clause->tokens[i + 2].value = MARK_MAYBE;
            continue;
        }
        if (token.kind == TOKEN_QUANTITY && next && is_limit(next->kind)) {
            token.kind = TOKEN_HEDGE; /* 30分なら */
            i++;
        }
        if (token.kind == TOKEN_QUANTITY || token.kind == TOKEN_GA || token.kind == TOKEN_LESS)
            continue;
        if (token.kind == TOKEN_BELIEF && !(before && before->kind == TOKEN_MARK))
            continue;
        if (before && (merge_into_mark(before, &token) || merge_negation(reading, before, &token)))
            continue;
        if (before && is_reason(before, &token)) {
            written--;
            continue;
        }
        if (token.kind == TOKEN_REASON || (token.kind == TOKEN_FROM && before && before->kind == TOKEN_MARK))
            continue;
        if (token.kind == TOKEN_QUESTION) {
            token.kind = TOKEN_MARK;
            token.value = MARK_MAYBE;
            token.flags = WORD_SYMBOL | WORD_DOUBT;
        } else if (token.kind == TOKEN_RANGE && !is_latin(reading, &token) && !(next && next->kind == TOKEN_SET)) {
            token.kind = TOKEN_COLON;
        } else if (token.kind == TOKEN_DEMO || is_yes_to(reading, &token, before)) {
            continue;
        }
        clause->tokens[written++] = token;
    }
    while (written &&
           (clause->tokens[written - 1].kind == TOKEN_LINE || clause->tokens[written - 1].kind == TOKEN_COLON))
        written--;
    clause->count = written;
    drop_opening_yes(clause);
}
