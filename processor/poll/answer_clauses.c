/*
 * Clauses that name choices: [choices mark]… ("1,3は○、2は×") or [mark choices]… ("可: 1、3 不可: 2"). All of a clause
 * must fit one of the two, or nothing of it is recorded.
 */
#include "poll/answer_grammar.h"

#include <string.h>

#include "base/memory.h"

/* A group as it is being read. */
struct group {
    const struct token *set;
    bool limited;   /* のみ */
    bool supposed;  /* なら */
    bool exclusive; /* しか */
    bool asked_for; /* でお願いします */
    bool complete;  /* 出席できる日: all that follow, and no others */
    bool has_mark;
    bool clashes;
    enum mark mark;
    unsigned flags;
    const struct token *bound;
    const struct token *note;
    size_t start;
    size_t end;
};

struct parser {
    const char *text; /* folded */
    const struct token *tokens;
    size_t count;
    size_t at;
    struct group *groups;
    size_t group_count;
};

static const struct token *peek(const struct parser *parser)
{
    static const struct token nothing = {.kind = TOKEN_PARAGRAPH};
    return parser->at < parser->count ? &parser->tokens[parser->at] : &nothing;
}

static bool take(struct parser *parser, enum token_kind kind)
{
    if (peek(parser)->kind != kind)
        return false;
    parser->at++;
    return true;
}

static void skip(struct parser *parser)
{
    enum token_kind kind;
    while ((kind = peek(parser)->kind) == TOKEN_COMMA || kind == TOKEN_DOT || kind == TOKEN_AND || kind == TOKEN_DAYS ||
           kind == TOKEN_LINE || kind == TOKEN_REASON)
        parser->at++;
}

static bool is_followed_by(const char *after, const char *const *particles, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(after, particles[i], strlen(particles[i])) == 0)
            return true;
    return false;
}

/* 参加 before いたしかねます. */
static bool is_turned_round(const struct parser *parser)
{
    const struct token *token = peek(parser);
    const struct token *next = parser->at + 1 < parser->count ? token + 1 : token;
    return token->value == MARK_YES && !(token->flags & WORD_SYMBOL) && next->kind == TOKEN_MARK &&
           next->flags & WORD_NEGATED;
}

/* Marks in a row are one when they agree; 多分 before a yes makes it a maybe, でき-ません turns it round. */
static bool take_marks(struct parser *parser, struct group *group)
{
    while (peek(parser)->kind == TOKEN_MARK) {
        const struct token *token = peek(parser);
        enum mark mark = (enum mark)token->value;
        group->end = token->end;
        if (is_turned_round(parser)) {
            parser->at++;
            continue;
        }
        if (!group->has_mark || (group->mark == MARK_YES && token->flags & WORD_NEGATED)) {
            group->mark = mark;
        } else if (mark != group->mark) {
            bool softens = (mark == MARK_MAYBE && group->mark == MARK_YES) ||
                           (mark == MARK_YES && group->mark == MARK_MAYBE);
            group->clashes |= !softens || (token->flags | group->flags) & WORD_SYMBOL;
            group->mark = MARK_MAYBE;
        }
        group->flags |= token->flags;
        group->has_mark = true;
        parser->at++;
        if (peek(parser)->kind == TOKEN_LINE && parser->at + 1 < parser->count)
            break;
    }
    return group->has_mark && !group->clashes;
}

static void take_limits(struct parser *parser, struct group *group)
{
    for (;; parser->at++) {
        const struct token *token = peek(parser);
        if (token->kind == TOKEN_LIMIT)
            group->limited = true;
        else if (token->kind == TOKEN_IF)
            group->supposed = true;
        else if (token->kind == TOKEN_SHIKA)
            group->exclusive = true;
        else if (token->kind == TOKEN_TIME && !group->bound)
            group->bound = token;
        else if (token->kind == TOKEN_NOTE && !group->note)
            group->note = token;
        else if (token->kind != TOKEN_COLON && token->kind != TOKEN_GA && token->kind != TOKEN_LINE &&
                 token->kind != TOKEN_REASON && token->kind != TOKEN_LESS && token->kind != TOKEN_DAYS)
            return;
        group->end = token->end;
    }
}

static bool take_set(struct parser *parser, struct group *group)
{
    if (peek(parser)->kind != TOKEN_SET)
        return false;
    group->set = peek(parser);
    group->end = group->set->end;
    parser->at++;
    return true;
}

/* 2の○は誤りです: words behind such a mark speak of it. */
static bool is_subject(const struct parser *parser, size_t end)
{
    static const char *const particles[] = {"は", "が", "を"};
    return is_followed_by(parser->text + end, particles, 3);
}

/* 途中退席 behind a typed mark is a remark. */
static void take_remark(struct parser *parser, struct group *group)
{
    const struct token *token = peek(parser);
    bool is_typed = group->flags & WORD_SYMBOL && !is_subject(parser, group->end);
    if ((token->kind == TOKEN_NOTE || (is_typed && token->kind == TOKEN_UNKNOWN)) && !group->note) {
        group->note = token;
        group->end = token->end;
        parser->at++;
    }
}

/* 15日でお願いします, 1か2を希望します: asks for those. */
static bool is_asked_for(const struct parser *parser, const struct group *group)
{
    static const char *const asks[] = {"でお願い", "でおねがい", "でよろしくお願い", "を希望", "希望です"};
    return parser->at == parser->count && !(group->set->flags & SET_BOUND) && is_followed_by(parser->text + group->end, asks, sizeof asks / sizeof *asks);
}

static bool read_set_first(struct parser *parser, struct group *group)
{
    group->start = peek(parser)->start;
    while (peek(parser)->kind == TOKEN_LIMIT || peek(parser)->kind == TOKEN_COLON) {
        group->limited |= peek(parser)->kind == TOKEN_LIMIT;
        parser->at++;
    }
    if (!take_set(parser, group))
        return false;
    take_limits(parser, group);
    if (peek(parser)->kind == TOKEN_MARK) {
        if (!take_marks(parser, group))
            return false;
        group->limited |= take(parser, TOKEN_LIMIT);
        take_remark(parser, group);
        return true;
    }
    bool is_all = group->set->flags & SET_ALL && !(group->set->flags & SET_BOTH) && parser->group_count == 0 &&
                  parser->count == 1;
    bool implies = is_all || group->limited || group->supposed || group->bound || group->set->flags & (WORD_IMPLIES | SET_NONE) ||
                   (group->set->flags & SET_EXCEPT && parser->group_count == 0);
    group->asked_for = !implies && is_asked_for(parser, group);
    implies = implies || group->asked_for;
    return implies && parser->at == parser->count;
}

static bool read_mark_first(struct parser *parser, struct group *group)
{
    group->start = peek(parser)->start;
    group->limited = take(parser, TOKEN_LIMIT);
    if (!take_marks(parser, group))
        return false;
    bool is_heading = take(parser, TOKEN_DAYS);
    group->complete = is_heading && group->mark == MARK_YES;
    while (peek(parser)->kind == TOKEN_COLON || peek(parser)->kind == TOKEN_LINE || peek(parser)->kind == TOKEN_LIMIT)
        group->limited |= parser->tokens[parser->at++].kind == TOKEN_LIMIT;
    if (!take_set(parser, group))
        return false;
    take_limits(parser, group);
    return true;
}

static bool read_groups(struct parser *parser)
{
    skip(parser);
    bool set_first = true;
    for (size_t i = parser->at; i < parser->count; i++)
        if (parser->tokens[i].kind == TOKEN_SET || parser->tokens[i].kind == TOKEN_MARK) {
            set_first = parser->tokens[i].kind == TOKEN_SET;
            break;
        }
    while (parser->at < parser->count) {
        struct group *group = &parser->groups[parser->group_count];
        *group = (struct group){0};
        if (!(set_first ? read_set_first(parser, group) : read_mark_first(parser, group)))
            return false;
        parser->group_count++;
        skip(parser);
    }
    return parser->group_count > 0;
}

/* "Can't make the 16th, otherwise flexible": each part between commas by itself. */
static bool read_parts(struct parser *parser)
{
    size_t count = parser->count;
    size_t first = 0;
    parser->group_count = 0;
    for (size_t i = 0; i <= count; i++) {
        if (i < count && parser->tokens[i].kind != TOKEN_COMMA)
            continue;
        parser->at = first;
        parser->count = i;
        if (first < i && !read_groups(parser))
            return false;
        first = i + 1;
    }
    return parser->group_count > 0;
}

/* ----- from groups to statements ----- */

static enum mark opposite(enum mark mark)
{
    return mark == MARK_NO ? MARK_YES : MARK_NO;
}

/* A bound within the choice's time makes it a maybe with a note; one that leaves it whole changes nothing. */
static bool say_bounded(struct reading *reading, const struct group *group, struct statement *statement)
{
    if (group->has_mark && group->mark != MARK_YES)
        return false;
    statement->note = reading_quote(reading, reading, group->bound->start, group->bound->end);
    bool says = false;
    for (size_t i = 0; i < reading->question->choice_count; i++) {
        const struct when *choice = &reading->question->choices[i];
        if (!(group->set->set >> i & 1))
            continue;
        if (choice->all_day || !choice->has_end)
            return false;
        int start = choice->start.hour * 60 + choice->start.minute;
        int end = choice->end.hour * 60 + choice->end.minute;
        bool from = group->bound->flags & TIME_FROM;
        int bound = group->bound->value;
        bool is_whole = from ? bound <= start : bound >= end;
        bool is_outside = from ? bound >= end : bound <= start;
        if (is_outside && group->has_mark)
            continue; /* 20日は15時以降OK says nothing of that morning */
        if (is_outside || (is_whole && !group->has_mark))
            return false;
        says = true;
        statement->set = (uint64_t)1 << i;
        statement->mark = is_whole ? MARK_YES : MARK_MAYBE;
        reading_say(reading, statement);
    }
    return says;
}

/* The other side of のみ, なら and 以外: said by what was not said. */
static void say_others(struct reading *reading, const struct group *group, const struct statement *said)
{
    struct statement others = {
        .strength = STRENGTH_FILLED, .mark = opposite(said->mark), .start = said->start, .end = said->end};
    bool excepts = group->set->flags & SET_EXCEPT;
    bool limits = group->limited || group->exclusive || group->supposed || group->complete;
    if ((!excepts && !limits) || said->mark == MARK_MAYBE)
        return;
    bool narrows = group->set->within && !excepts;
    uint64_t whole = narrows ? group->set->within : choices_all(reading->question);
    if (narrows)
        others.strength = STRENGTH_NARROWED;
    others.set = whole & ~said->set;
    others.inferred = said->inferred || said->mark == MARK_NO || (!excepts && !group->limited && !group->exclusive);
    reading_say(reading, &others);
}

static uint64_t named(const struct group *group)
{
    return group->set->flags & (SET_ALL | SET_REST) ? 0 : group->set->set;
}

/* 全部は無理, not all work, 1と3の両方は無理, 1か3は無理 (but: can't do 1 or 3): none, or not all of them? */
static bool denies_all(const struct reading *reading, const struct group *group)
{
    static const char *const particles[] = {"は", "が", "に"};
    bool is_topic = is_followed_by(reading->folded->text + group->set->end, particles, 3);
    if (group->mark != MARK_NO || group->set->flags & SET_NONE)
        return false;
    bool is_first = group->set->start == group->start;
    bool is_any = strncmp(reading->folded->text + group->set->start, "any", strlen("any")) == 0; /* can't make any of them */
    return (group->set->flags & (SET_ALL | SET_BOTH) && is_topic) || (group->set->flags & SET_OR && is_first) ||
           (group->set->flags & SET_ALL && group->flags & WORD_DENIED && !is_any);
}

/* 16日の授業は, 3番目の方は: something else of that day, or somebody. */
static bool names_other(const struct reading *reading, const struct group *group)
{
    static const char *const events[] = {"の授業", "の講義", "の実験", "の実習", "の学会", "の工事"};
    const char *text = reading->folded->text;
    size_t end = group->set->end;
    size_t ordinal = strlen("番目");
    bool is_somebody = end >= ordinal && memcmp(text + end - ordinal, "番目", ordinal) == 0 &&
                       strncmp(text + end, "の方", strlen("の方")) == 0;
    return is_somebody || is_followed_by(text + end, events, sizeof events / sizeof *events);
}

static bool can_say(const struct reading *reading, const struct group *group)
{
    bool is_alone = group->limited || group->exclusive || group->complete || group->bound;
    if (group->set->bad || (group->set->flags & SET_REST && is_alone) || denies_all(reading, group) ||
        names_other(reading, group))
        return false;
    if (group->set->flags & SET_NONE && group->has_mark && group->mark != MARK_YES)
        return false;
    if (group->flags & (WORD_DOUBT | WORD_DEFERS) && !(group->flags & WORD_SYMBOL))
        return false;
    bool is_denied = group->mark == MARK_NO && group->flags & (WORD_NEGATED | WORD_DENIED);
    return !group->exclusive || is_denied; /* しか asks for a negation: 1しか行けません */
}

static bool say_group(struct reading *reading, const struct group *group)
{
    struct statement statement = {.set = group->set->set,
                                  .mark = group->has_mark ? group->mark : MARK_YES,
                                  .strength = group->set->flags & SET_ALL ? STRENGTH_UNIVERSAL : STRENGTH_SAID,
                                  .start = group->start,
                                  .end = group->end};
    statement.inferred = (group->flags & (WORD_TICK | WORD_HEDGED)) != 0;
    statement.inferred |= !group->has_mark && !(group->set->flags & WORD_IMPLIES) && group->set->flags & SET_ALL;
    statement.inferred |= !group->has_mark && group->set->flags & SET_EXCEPT && !group->supposed && !group->limited;
    statement.inferred |= group->asked_for;
    if (group->exclusive)
        statement.mark = MARK_YES;
    if (group->set->flags & SET_NONE)
        statement.mark = MARK_NO;
    if (group->note)
        statement.note = reading_quote(reading, reading, group->note->start, group->note->end);
    if (group->bound)
        return say_bounded(reading, group, &statement);
    if (group->set->flags & SET_REST) {
        if (reading->rest_is_said)
            return false;
        reading->rest = statement;
        reading->rest_is_said = true;
        return true;
    }
    reading_say(reading, &statement);
    say_others(reading, group, &statement);
    return true;
}

/* 1・3・5, 1か3, either Thursday slot: a list alone says which are possible. */
static bool say_list(struct reading *reading, const struct clause *clause)
{
    const struct token *set = NULL;
    bool either = false;
    for (size_t i = 0; i < clause->count; i++) {
        const struct token *token = &clause->tokens[i];
        if (token->kind == TOKEN_OR)
            either = true;
        else if (token->kind == TOKEN_SET && !set)
            set = token;
        else if (token->kind != TOKEN_LINE && token->kind != TOKEN_DAYS && token->kind != TOKEN_COMMA)
            return false;
    }
    if (!set || set->bad || set->flags & (SET_ALL | SET_REST | SET_EXCEPT | SET_BOUND | SET_RANGE))
        return false;
    bool lists = set->flags & (SET_LIST | SET_OR) && choices_count(set->set) > 1;
    if (!either && !lists)
        return false;
    struct statement statement = {.set = set->set,
                                  .mark = MARK_YES,
                                  .strength = STRENGTH_SAID,
                                  .inferred = true,
                                  .start = clause->start,
                                  .end = clause->end};
    reading_say(reading, &statement);
    return true;
}

/* A lone "3?" asks; among other marks it is △. */
static bool is_lone_doubt(const struct parser *parser)
{
    return parser->group_count == 1 && parser->groups[0].flags & WORD_DOUBT;
}

bool clause_read(struct reading *reading, const struct clause *clause)
{
    if (say_list(reading, clause))
        return true;
    struct parser parser = {.tokens = clause->tokens, .count = clause->count, .text = reading->folded->text};
    parser.groups = memory_resize(reading, NULL, struct group, clause->count + 1);
    bool understood = read_groups(&parser) || (parser.count = clause->count, read_parts(&parser));
    understood = understood && !is_lone_doubt(&parser);
    for (size_t i = 0; understood && i < parser.group_count; i++)
        understood = can_say(reading, &parser.groups[i]);
    for (size_t i = 0; understood && i < parser.group_count; i++)
        if (!say_group(reading, &parser.groups[i]))
            reading_doubt(reading, named(&parser.groups[i]), clause->start, clause->end);
    talloc_free(parser.groups);
    return understood;
}
