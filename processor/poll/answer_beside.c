/* What stands beside a choice in the quoted ballot: its mark and perhaps a remark, of this choice and no other. */
#include "poll/answer_grammar.h"

#include <string.h>

#include "base/memory.h"

/* この日: in the ballot it is the day of the line. */
static bool means_this_line(const struct reading *reading, const struct token *token, uint64_t choice)
{
    static const char *const words[] = {"この日", "その日", "that day"};
    if (token->kind != TOKEN_SET)
        return false;
    if (!token->bad)
        return token->set == choice;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token->end - token->start == strlen(words[i]) &&
            memcmp(reading->folded->text + token->start, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

/* Words behind a typed mark are its remark; words alone, or such as speak against a mark, are not understood. */
static bool is_remark(const struct token *token, bool is_typed)
{
    unsigned contents = clause_content_of(token);
    if (token->kind == TOKEN_NOTE)
        return true;
    return is_typed && contents && !(contents & ~(unsigned)(HOLDS_UNKNOWN | HOLDS_BOUND | HOLDS_CONDITION));
}

static bool is_frame(const struct token *token)
{
    return !clause_content_of(token) && token->kind != TOKEN_CONTRAST && token->kind != TOKEN_IF;
}

/* Fills the mark and note of `statement`; false when the words have no single reading. */
static bool read_tokens(struct reading *reading, const struct clause *clause, struct statement *statement)
{
    bool has_mark = false;
    bool is_typed = false;
    for (size_t i = 0; i < clause->count; i++) {
        const struct token *token = &clause->tokens[i];
        if (token->kind == TOKEN_MARK) {
            bool reverses = has_mark && token->flags & WORD_NEGATED && statement->mark == MARK_YES && !is_typed;
            if (has_mark && !reverses && (enum mark)token->value != statement->mark)
                return false;
            statement->mark = (enum mark)token->value;
            statement->inferred = (token->flags & (WORD_TICK | WORD_HEDGED)) != 0;
            is_typed |= (token->flags & WORD_SYMBOL) != 0;
            has_mark = true;
        } else if (is_remark(token, is_typed)) {
            if (!statement->note)
                statement->note = reading_quote(reading, reading, token->start, clause->end);
        } else if (!means_this_line(reading, token, statement->set) && !is_frame(token)) {
            return false;
        }
    }
    return has_mark;
}

void grammar_read_beside(struct reading *reading, size_t choice)
{
    struct tokens *tokens = tokens_read(reading, reading->folded, reading->question->choice_count);
    choices_resolve(tokens, reading->question);
    choices_join(tokens, reading->question);
    struct clause clause = {.tokens = tokens->list, .count = tokens->count, .end = reading->folded->length};
    clause_simplify(reading, &clause);
    struct statement statement = {.set = (uint64_t)1 << choice, .strength = STRENGTH_SAID, .end = clause.end};
    if (read_tokens(reading, &clause, &statement))
        reading_say(reading, &statement);
    else
        reading_doubt(reading, statement.set, 0, clause.end);
    talloc_free(tokens);
}
