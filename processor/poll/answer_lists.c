/* Joining references: see answer_choices.h. Only what stands side by side is joined; anything between keeps sets apart.
 */
#include "poll/answer_choices.h"

#include <string.h>

#include "base/memory.h"

enum { LONGEST_NOTE = 40 };

struct joiner {
    const struct answer_question *question;
    struct tokens *tokens;
    size_t at;
    size_t written;
    bool apart; /* noise was dropped since the last token written */
};

static const struct token *peek(const struct joiner *joiner, size_t ahead)
{
    static const struct token nothing = {.kind = TOKEN_PARAGRAPH};
    size_t at = joiner->at + ahead;
    return at < joiner->tokens->count ? &joiner->tokens->list[at] : &nothing;
}

static struct token *last(const struct joiner *joiner)
{
    return joiner->written ? &joiner->tokens->list[joiner->written - 1] : NULL;
}

static struct token *last_set(const struct joiner *joiner)
{
    struct token *token = last(joiner);
    return token && token->kind == TOKEN_SET && !joiner->apart ? token : NULL;
}

static void put(struct joiner *joiner, struct token token, size_t taken)
{
    joiner->at += taken;
    joiner->tokens->list[joiner->written++] = token;
    joiner->apart = false;
}

static bool is_plain(const struct token *set)
{
    return !(set->flags & (SET_ALL | SET_REST | SET_EXCEPT | SET_BOUND));
}

static bool is_latin(const struct joiner *joiner, const struct token *token)
{
    char byte = joiner->tokens->folded->text[token->start];
    return byte >= 'a' && byte <= 'z';
}

static void join_range(struct joiner *joiner, struct token *set)
{
    const struct token *second = peek(joiner, 1);
    bool same_kind = (set->origin == TOKEN_NUMBER) == (second->origin == TOKEN_NUMBER);
    bool is_one = set->origin == TOKEN_NUMBER || (choices_can_bound(joiner->question, set) && choices_can_bound(joiner->question, second));
    uint64_t range = same_kind && is_one && !second->bad ? choices_between(joiner->question, set, second) : 0;
    set->set = set->bad ? 0 : range;
    set->bad = set->bad || !range;
    set->flags |= SET_LIST | SET_RANGE;
    set->end = second->end;
    set->within = 0;
    joiner->at += 2;
    if (peek(joiner, 0)->kind == TOKEN_UNTIL && !is_latin(joiner, peek(joiner, 0)))
        joiner->at++;
}

/* Two references side by side: a number and the date it has mean one choice, all else is a list. */
static void join_sets(struct token *set, const struct token *second, bool separated)
{
    bool names_twice = !separated && (set->origin == TOKEN_NUMBER) != (second->origin == TOKEN_NUMBER);
    uint64_t joined = names_twice ? set->set & second->set : set->set | second->set;
    set->bad = set->bad || second->bad || !joined;
    set->set = set->bad ? 0 : joined;
    set->flags |= names_twice ? SET_MERGED : SET_LIST;
    set->end = second->end;
    set->within = 0;
    if (names_twice)
        set->origin = TOKEN_NUMBER;
}

static bool is_separator(enum token_kind kind)
{
    return kind == TOKEN_AND || kind == TOKEN_OR || kind == TOKEN_KA || kind == TOKEN_DOT || kind == TOKEN_COMMA ||
           kind == TOKEN_DEMO || kind == TOKEN_MO || kind == TOKEN_LINE;
}

/* A set after a set. True when it was joined. */
static bool join_list(struct joiner *joiner)
{
    struct token *set = last_set(joiner);
    if (!set || !is_plain(set))
        return false;
    enum token_kind kind = peek(joiner, 0)->kind;
    size_t separators = 0;
    while (separators < 2 && is_separator(peek(joiner, separators)->kind))
        separators++;
    const struct token *second = peek(joiner, separators);
    if ((kind == TOKEN_RANGE || kind == TOKEN_FROM) && peek(joiner, 1)->kind == TOKEN_SET &&
        is_plain(peek(joiner, 1))) {
        join_range(joiner, set);
        return true;
    }
    bool is_sum = second->kind == TOKEN_SET && second->flags & SET_ALL && !(second->flags & SET_NONE) &&
                  set->set == second->set && kind == TOKEN_COMMA;
    if (is_sum) {
        joiner->at += separators + 1; /* 1〜5、すべて */
        return true;
    }
    bool breaks_off = set->flags & SET_OR && kind == TOKEN_COMMA; /* 1または3、5は× */
    if (second->kind != TOKEN_SET || !is_plain(second) || breaks_off)
        return false;
    bool may_count = set->origin == TOKEN_NUMBER && second->origin == TOKEN_DAY && second->value == set->value + 1;
    set->bad = set->bad || (may_count && (kind == TOKEN_COMMA || kind == TOKEN_DOT)); /* 1、2日 */
    if (kind == TOKEN_OR || kind == TOKEN_KA)
        set->flags |= SET_OR;
    join_sets(set, second, separators > 0);
    joiner->at += separators + 1;
    return true;
}

/* 2以外(全部), 15日以降, 16日まで, 20日の午後から: words behind a set that change it. */
static bool apply_suffix(struct joiner *joiner)
{
    struct token *set = last_set(joiner);
    const struct token *word = peek(joiner, 0);
    if (!set || set->flags & SET_REST)
        return false;
    bool later = word->kind == TOKEN_SINCE || word->kind == TOKEN_FROM;
    if (word->kind == TOKEN_EXCEPT) {
        set->set = set->bad ? 0 : choices_all(joiner->question) & ~set->set;
        set->bad = set->bad || !set->set;
        set->flags |= SET_EXCEPT;
    } else if ((word->kind == TOKEN_AFTER || word->kind == TOKEN_BEFORE) && !is_latin(joiner, word)) {
        uint64_t day = set->set; /* 15日より後: that day not included */
        if (set->origin == TOKEN_NUMBER || !is_plain(set))
            return false;
        set->bad = set->bad || !choices_can_bound(joiner->question, set);
        set->set = set->bad ? 0 : choices_bounded(joiner->question, day, word->kind == TOKEN_AFTER) & ~day;
        set->bad = set->bad || !set->set;
        set->flags |= SET_BOUND;
    } else if (later || (word->kind == TOKEN_UNTIL && !is_latin(joiner, word))) {
        if (!is_plain(set) || (set->origin == TOKEN_NUMBER && (!choices_is_option(joiner->question, set) || word->kind == TOKEN_FROM)))
            return false;
        if (set->origin == TOKEN_NUMBER) {
            set->set = later ? choices_all(joiner->question) & ~(set->set - 1) : set->set | (set->set - 1); /* 4まで○ */
            set->flags |= SET_BOUND;
            set->end = word->end;
            joiner->at++;
            return true;
        }
        if (set->within && word->kind == TOKEN_FROM) {
            set->end = word->end;
            joiner->at++;
            return true;
        }
        set->bad = set->bad || !choices_can_bound(joiner->question, set);
        set->set = set->bad ? 0 : set->set;
        set->set = choices_bounded(joiner->question, set->set, later);
        set->flags |= SET_BOUND;
    } else {
        return false;
    }
    set->within = 0;
    set->end = word->end;
    joiner->at++;
    return true;
}

/* until the 16th, from the 19th, after Friday: English says it in front. */
static bool read_bound_before(struct joiner *joiner)
{
    enum token_kind kind = peek(joiner, 0)->kind;
    struct token set = *peek(joiner, 1);
    enum token_kind behind = peek(joiner, 2)->kind;
    bool later = kind == TOKEN_FROM || kind == TOKEN_AFTER;
    bool is_range = kind == TOKEN_FROM && (behind == TOKEN_RANGE || behind == TOKEN_UNTIL);
    bool opens = (later || kind == TOKEN_UNTIL || kind == TOKEN_BEFORE) && is_latin(joiner, peek(joiner, 0));
    if (!opens || set.kind != TOKEN_SET || !is_plain(&set) || is_range || last_set(joiner))
        return false;
    uint64_t day = set.set;
    set.start = peek(joiner, 0)->start;
    set.bad = set.bad || !choices_can_bound(joiner->question, &set);
    set.set = set.bad ? 0 : choices_bounded(joiner->question, day, later);
    if (kind == TOKEN_AFTER || kind == TOKEN_BEFORE)
        set.set &= ~day;
    set.bad = set.bad || !set.set;
    set.flags |= SET_BOUND;
    put(joiner, set, 2);
    return true;
}

/* any time on the 20th: all, of that day. */
static bool narrow_all(struct joiner *joiner)
{
    struct token *all = last(joiner);
    struct token set = *peek(joiner, 0);
    if (!all || all->kind != TOKEN_SET || !(all->flags & SET_ALL) || !(all->flags & WORD_IMPLIES) ||
        !is_latin(joiner, all) || set.kind != TOKEN_SET || !is_plain(&set) || set.origin == TOKEN_NUMBER)
        return false;
    set.start = all->start;
    set.flags |= WORD_IMPLIES;
    *all = set;
    joiner->at++;
    joiner->apart = false;
    return true;
}

/* Whether at most one particle (は, の) stands between a token and the next. */
static bool is_near(const struct joiner *joiner, const struct token *before, const struct token *token)
{
    enum { ONE_PARTICLE = 3 };
    size_t between = 0;
    for (size_t i = before->end; i < token->start && between <= ONE_PARTICLE; i++)
        between += joiner->tokens->folded->text[i] != ' ';
    return between <= ONE_PARTICLE;
}

/* 2以外は全部, 他は全部, 15日以降ならいつでも: "all" behind a set that already says of which. */
static bool absorb_all(struct joiner *joiner)
{
    struct token *set = last(joiner);
    struct token word = *peek(joiner, 0);
    if (!set || set->kind != TOKEN_SET || set->flags & SET_ALL)
        return false;
    bool skips = (word.kind == TOKEN_COMMA && set->flags & (SET_EXCEPT | SET_BOUND)) || word.kind == TOKEN_IF;
    const struct token *all = peek(joiner, skips);
    if (all->kind != TOKEN_SET || !(all->flags & SET_ALL) || !is_near(joiner, set, &word))
        return false;
    set->flags |= all->flags & WORD_IMPLIES;
    joiner->at += skips + 1;
    if (word.kind == TOKEN_IF)
        put(joiner, word, 0);
    else
        set->end = all->end;
    return true;
}

/* どちらも behind a list says nothing new; elsewhere it is "all" of two. */
static bool read_both(struct joiner *joiner)
{
    if (peek(joiner, 0)->kind != TOKEN_BOTH)
        return false;
    const struct token *before = last(joiner);
    const struct token *next = peek(joiner, 1);
    if (is_latin(joiner, peek(joiner, 0)) && next->kind == TOKEN_SET && choices_count(next->set) == 2) {
        joiner->at++; /* both Tuesday slots */
        return true;
    }
    if (before && before->kind == TOKEN_SET && choices_count(before->set) == 2) {
        struct token *set = last(joiner);
        set->flags |= SET_BOTH;
        set->end = peek(joiner, 0)->end;
        joiner->at++;
        return true;
    }
    struct token token = *peek(joiner, 0);
    token.kind = TOKEN_SET;
    token.set = choices_all(joiner->question);
    token.bad = joiner->question->choice_count != 2;
    token.flags = SET_ALL;
    put(joiner, token, 1);
    return true;
}

/*
 * 2番目の候補, 午後の枠: the noun belongs to the reference. The day of a choice is a day: 最後の日 has all that fall on
 * it, and says nothing clear where that is not the same.
 */
static bool take_noun(struct joiner *joiner)
{
    struct token *set = last(joiner);
    const struct token *noun = peek(joiner, 0);
    if (noun->kind != TOKEN_DAYS || !set || set->kind != TOKEN_SET || !is_plain(set) || !is_near(joiner, set, noun))
        return false;
    bool is_day = noun->end - noun->start == strlen("日") &&
                  strncmp(joiner->tokens->folded->text + noun->start, "日", strlen("日")) == 0;
    if (is_day && !set->bad && set->origin != TOKEN_WEEKDAY && set->origin != TOKEN_PART) {
        uint64_t day = choices_of_day(joiner->question, set->set);
        bool is_clear = choices_one_day(joiner->question, set->set) && (day == set->set || set->origin == TOKEN_END_CHOICE);
        set->bad = !is_clear;
        set->set = is_clear ? day : 0;
    }
    set->end = noun->end;
    joiner->at++;
    joiner->apart = false;
    return true;
}

/* 1と3のどちらか, 火曜のいずれか */
static bool read_either(struct joiner *joiner)
{
    struct token *set = last(joiner);
    if (peek(joiner, 0)->kind != TOKEN_EITHER)
        return false;
    if (set && set->kind == TOKEN_SET && is_plain(set) && choices_count(set->set) > 1) {
        set->flags |= SET_OR | SET_LIST;
        set->end = peek(joiner, 0)->end;
        joiner->at++;
        return true;
    }
    struct token token = *peek(joiner, 0);
    token.kind = TOKEN_AMBIGUOUS;
    put(joiner, token, 1);
    return true;
}

/* everything works */
static bool is_all_yes(const struct joiner *joiner)
{
    const struct token *mark = last(joiner);
    return joiner->written >= 2 && mark->kind == TOKEN_MARK && mark->value == MARK_YES && !(mark->flags & WORD_SYMBOL) &&
           is_latin(joiner, mark) && mark[-1].kind == TOKEN_SET && mark[-1].flags & SET_ALL &&
           !(mark[-1].flags & SET_NONE) && (joiner->written == 2 || mark[-2].kind == TOKEN_STOP || mark[-2].kind == TOKEN_LINE ||
                                             mark[-2].kind == TOKEN_PARAGRAPH);
}

/* everything works but 2 */
static bool is_but_alone(const struct joiner *joiner)
{
    enum token_kind behind = peek(joiner, 2)->kind;
    return peek(joiner, 0)->kind == TOKEN_CONTRAST && is_all_yes(joiner) && peek(joiner, 1)->kind == TOKEN_SET &&
           (behind == TOKEN_STOP || behind == TOKEN_LINE || behind == TOKEN_PARAGRAPH);
}

/* all except 2 and 3; all, but not Tuesday is another sentence */
static bool apply_exception(struct joiner *joiner)
{
    size_t ahead = 0;
    struct token token = *peek(joiner, 0);
    if (token.kind == TOKEN_BUT || is_but_alone(joiner)) {
        struct token *all = last(joiner);
        if (is_all_yes(joiner)) {
            all--; /* all good except 2: the mark stands before what it is said of */
            struct token mark = all[1];
            all[1] = all[0];
            all[0] = mark;
            all[1].start = all[0].start;
            all++;
        }
        if (all && all->kind == TOKEN_SET && all->flags & SET_ALL) {
            token = *all;
            joiner->written--;
        }
    } else if (token.kind != TOKEN_ALLBUT) {
        return false;
    }
    do
        ahead++;
    while (peek(joiner, ahead)->kind == TOKEN_NOISE || (ahead == 1 && peek(joiner, 1)->kind == TOKEN_LINE)); /* wrapped */
    struct token excepted = *peek(joiner, ahead);
    joiner->at += ahead;
    if (excepted.kind != TOKEN_SET || !is_plain(&excepted)) {
        token.kind = TOKEN_CONTRAST;
        put(joiner, token, 0);
        return true;
    }
    excepted.start = token.start;
    excepted.bad |= token.kind == TOKEN_SET && token.flags & SET_NONE; /* none except 3 */
    put(joiner, excepted, 1);
    while (join_list(joiner))
        continue;
    struct token *set = last(joiner);
    set->set = set->bad ? 0 : choices_all(joiner->question) & ~set->set;
    set->bad = set->bad || !set->set;
    set->flags |= SET_EXCEPT;
    return true;
}

/* 11時まで, 14時以降, after 2pm */
static bool read_bound(struct joiner *joiner)
{
    bool latin_first = is_latin(joiner, peek(joiner, 0)) && peek(joiner, 0)->kind != TOKEN_TIME;
    struct token time = *peek(joiner, latin_first);
    enum token_kind word = peek(joiner, !latin_first)->kind;
    if (time.kind != TOKEN_TIME)
        return false;
    bool is_from = word == TOKEN_AFTER || word == TOKEN_SINCE || word == TOKEN_FROM;
    bool is_until = word == TOKEN_UNTIL || word == TOKEN_BEFORE;
    if (!is_from && !is_until)
        return false;
    time.flags = is_from ? TIME_FROM : TIME_UNTIL;
    time.start = peek(joiner, 0)->start;
    time.end = peek(joiner, 1)->end;
    put(joiner, time, 2);
    return true;
}

/* 午後から, 夕方: behind a typed mark it tells more of that choice, not of others. */
static bool is_time_of_day(const struct token *set)
{
    return set->origin == TOKEN_PART || set->origin == TOKEN_LESSON || set->origin == TOKEN_VAGUE || (set->bad && set->origin == TOKEN_TIME);
}

/* The tokens of a bracket that is a remark: it speaks of no choice and takes no mark back. 0 when it is none. */
static size_t note_length(const struct joiner *joiner)
{
    const struct token *before = last(joiner);
    bool is_remark = false;
    if (!before || (before->kind != TOKEN_MARK && before->kind != TOKEN_SET))
        return 0;
    for (size_t ahead = 1; ahead < LONGEST_NOTE; ahead++) {
        const struct token *token = peek(joiner, ahead);
        switch (token->kind) {
        case TOKEN_CLOSE:
            return is_remark ? ahead + 1 : 0;
        case TOKEN_SET:
            if (!is_time_of_day(token) || before->kind == TOKEN_SET)
                return 0;
            is_remark = true;
            break;
        case TOKEN_NEG:
        case TOKEN_HEDGE:
        case TOKEN_LINE:
        case TOKEN_PARAGRAPH:
        case TOKEN_WITHDRAW:
            return 0;
        case TOKEN_MARK:
            if (before->kind == TOKEN_SET ||
                (before->value != token->value && (before->value != MARK_MAYBE || token->flags & WORD_SYMBOL)))
                return 0;
            is_remark |= before->value != token->value;
            break;
        case TOKEN_NOISE:
        case TOKEN_DAYS:
            break;
        default:
            is_remark = true;
        }
    }
    return 0;
}

/* A reference in brackets behind another says the same once more: 木曜(15日). */
static bool read_bracket(struct joiner *joiner)
{
    enum token_kind kind = peek(joiner, 0)->kind;
    if (kind == TOKEN_CLOSE) {
        joiner->at++;
        return true;
    }
    if (kind != TOKEN_OPEN)
        return false;
    struct token *set = last_set(joiner);
    const struct token *second = peek(joiner, 1);
    if (set && second->kind == TOKEN_SET && peek(joiner, 2)->kind == TOKEN_CLOSE) {
        set->set &= second->set;
        set->bad = !set->set;
        set->end = peek(joiner, 2)->end;
        joiner->at += 3;
        return true;
    }
    size_t length = note_length(joiner);
    if (!length) {
        joiner->at++;
        return true;
    }
    struct token note = *peek(joiner, 0);
    note.kind = TOKEN_NOTE;
    note.end = peek(joiner, length - 1)->end;
    put(joiner, note, length);
    return true;
}

/* 在宅なら is not said of the choice before it: a limit stands by its choice, or it is a condition that nobody knows.
 */
static void put_word(struct joiner *joiner)
{
    struct token token = *peek(joiner, 0);
    const struct token *before = last(joiner);
    bool is_limit = token.kind == TOKEN_IF || token.kind == TOKEN_LIMIT || token.kind == TOKEN_SHIKA;
    if (token.kind == TOKEN_THRESHOLD)
        token.kind = last_set(joiner) && token.glued ? TOKEN_HEDGE : TOKEN_DAYS;
    if (is_limit && joiner->apart && before && before->kind == TOKEN_SET && !is_near(joiner, before, &token))
        token.kind = TOKEN_HEDGE;
    put(joiner, token, 1);
}

void choices_join(struct tokens *tokens, const struct answer_question *question)
{
    struct joiner joiner = {.question = question, .tokens = tokens};
    while (joiner.at < tokens->count) {
        enum token_kind kind = peek(&joiner, 0)->kind;
        bool is_noise = kind == TOKEN_NOISE || kind == TOKEN_POLITE || (kind == TOKEN_MO && !join_list(&joiner));
        if (kind == TOKEN_MO && !is_noise)
            continue;
        if (is_noise) {
            joiner.at++;
            joiner.apart = true;
        } else if (!join_list(&joiner) && !read_bound_before(&joiner) && !narrow_all(&joiner) && !apply_suffix(&joiner) && !absorb_all(&joiner) &&
                   !take_noun(&joiner) && !apply_exception(&joiner) &&
                   !read_both(&joiner) && !read_either(&joiner) && !read_bound(&joiner) && !read_bracket(&joiner)) {
            put_word(&joiner);
        }
    }
    tokens->count = joiner.written;
}
