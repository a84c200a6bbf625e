/* Who comes: see answer_attendance.h. The text is cut into clauses, each says one thing or nothing, the strongest hold. */
#include "poll/answer_attendance.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "text/fold.h"

/* How surely a clause tells who comes. */
enum telling {
    TELLS_NOTHING,
    TELLS_HINT,  /* 出張のため, 遅れます, 参加したいのですが */
    TELLS_WORD,  /* 大丈夫です, 無理です, 未定です */
    TELLS_PART,  /* 懇親会は欠席します: of what may be only a part of it */
    TELLS_CLEAR, /* 参加します */
};

/* A clause while it is read, and then what it says. */
struct clause {
    size_t start; /* in the folded text */
    size_t end;
    enum mark mark;
    enum telling telling;
    bool hedged;   /* たぶん */
    bool supposes; /* 行けたら */
    bool denies;   /* can't, before its verb */
    bool wishes;
    bool is_late;
    bool is_away;
    bool asks_leave;
    bool passes;    /* speaks of somebody else, or asks */
    bool elsewhen;  /* speaks of another day, up to the next comma */
    bool contrasts; /* ends with "but" */
    bool follows; /* a clause that ended with "but" */
    enum mark undone; /* what `mark` was before the last word of coming … */
    enum telling undone_telling;
    size_t word_start; /* … which stands here */
    size_t word_end;
};

struct reader {
    const struct when *choice;
    const struct folded *folded;
    struct clause *clauses; /* talloc array of those that say something */
    size_t count;
};

static bool is_latin(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static bool ends_at(const char *text, size_t start, size_t end, const char *word)
{
    size_t length = strlen(word);
    return end >= start + length && memcmp(text + end - length, word, length) == 0;
}

/* ----- what a clause is about ----- */

/* Whether a clause names a day, and none of the days it names is the one that is asked about. */
static bool names_another_day(const struct reader *reader, const struct clause *clause)
{
    static const char *const days[] = {"日曜", "月曜", "火曜", "水曜", "木曜", "金曜", "土曜"};
    const struct civil *start = &reader->choice->start;
    const char *text = reader->folded->text;
    bool names = false;
    for (size_t i = clause->start; start->year && i < clause->end; i++) {
        for (size_t day = 0; day < sizeof days / sizeof *days; day++) {
            bool is_named = begins(text + i, days[day]);
            names |= is_named;
            if (is_named && civil_weekday(*start) == (int)day)
                return false;
        }
        if (text[i] < '0' || text[i] > '9' || (i > clause->start && text[i - 1] >= '0' && text[i - 1] <= '9'))
            continue;
        int value = 0;
        size_t digits = strspn(text + i, "0123456789");
        for (size_t j = 0; j < digits && j < 3; j++)
            value = value * 10 + (text[i + j] - '0');
        const char *after = text + i + digits;
        bool is_day = begins(after, "日") && !begins(after, "日間") && !begins(after, "日目");
        names |= is_day;
        if (is_day && value == start->day)
            return false;
    }
    return names;
}

/* 懇親会は欠席: the word before は is a part of the whole. */
static bool is_part(const struct reader *reader, size_t start, size_t at)
{
    static const char *const parts[] = {"懇親会", "二次会", "2次会", "食事", "夕食", "昼食", "夕飯", "飲み会",
                                        "打ち上げ", "朝食", "弁当", "午前", "午前中", "午後", "夜", "前半", "後半"};
    static const char *const particles[] = {"には", "は", "から", "だけ", "のみ", "も"};
    const char *text = reader->folded->text;
    for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
        for (size_t j = 0; j < sizeof parts / sizeof *parts && ends_at(text, start, at, particles[i]); j++)
            if (ends_at(text, start, at - strlen(particles[i]), parts[j]))
                return true;
    return false;
}

/* 参加 / 不参加: a form that nobody filled in. */
static bool offers_both(const struct reader *reader, const struct clause *clause, size_t at)
{
    static const char *const joints[] = {"・", "/", "or", "か", "、", ",", "または", "もしくは"};
    const char *text = reader->folded->text;
    size_t from = clause->word_end;
    while (text[from] == ' ')
        from++;
    size_t end = at;
    while (end > from && text[end - 1] == ' ')
        end--;
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
        if (end - from == strlen(joints[i]) && end > from && begins(text + from, joints[i]))
            return true;
    return false;
}

/* 田中が参加します: somebody else does it; 私が, 自分が and the like are the person who writes. */
static bool is_done_by_another(const struct reader *reader, const struct clause *clause, size_t at)
{
    static const char *const selves[] = {"私", "僕", "俺", "自分", "小職", "小生", "当方", "本人"};
    const char *text = reader->folded->text;
    size_t end = at - strlen("が");
    if (!ends_at(text, clause->start, at, "が") || end < clause->start + strlen("私"))
        return false;
    for (size_t i = 0; i < sizeof selves / sizeof *selves; i++)
        if (ends_at(text, clause->start, end, selves[i]))
            return false;
    unsigned char lead = (unsigned char)text[end - strlen("私")];
    unsigned char second = (unsigned char)text[end - strlen("私") + 1];
    bool is_katakana = lead == 0xE3 && (second == 0x82 || second == 0x83) && (unsigned char)text[end - 1] >= 0xA0;
    return (lead >= 0xE4 && lead <= 0xE9) || is_katakana;
}

/* ----- the words of a clause ----- */

static void say(struct reader *reader, struct clause *clause, enum mark mark, size_t at, size_t length)
{
    bool differs = clause->mark != MARK_NONE && clause->mark != mark && clause->telling >= TELLS_PART;
    if (differs && offers_both(reader, clause, at))
        clause->passes = true;
    clause->passes |= is_done_by_another(reader, clause, at);
    clause->undone = clause->mark;
    clause->undone_telling = clause->telling;
    clause->mark = clause->supposes ? MARK_MAYBE : mark;
    clause->telling = is_part(reader, clause->start, at) ? TELLS_PART : TELLS_CLEAR;
    clause->word_start = at;
    clause->word_end = at + length;
}

static void unsay(struct clause *clause)
{
    clause->mark = clause->undone;
    clause->telling = clause->undone_telling;
}

static void take_negation(const struct reader *reader, struct clause *clause, size_t at)
{
    enum { NEAR = 12 };
    bool is_near = at - clause->word_end <= NEAR;
    if (clause->mark == MARK_YES && clause->telling > TELLS_WORD)
        clause->mark = MARK_NO;
    else if (clause->mark == MARK_NO && clause->telling > TELLS_WORD && is_near)
        clause->mark = MARK_YES; /* 欠席はしません */
    else if (clause->mark == MARK_NO)
        clause->mark = MARK_MAYBE; /* 無理ではない */
    else
        clause->denies = is_latin(reader->folded->text[at]);
}

static void take_word(struct clause *clause, enum mark mark)
{
    if (clause->telling < TELLS_WORD)
        clause->telling = TELLS_WORD;
    clause->mark = clause->supposes ? MARK_MAYBE : mark;
}

static void take_doubt(struct clause *clause)
{
    if (clause->mark != MARK_NONE)
        clause->mark = MARK_MAYBE;
    else
        clause->hedged = true;
}

/* 行けたら: supposed, not said; what follows depends on it. */
static void take_supposition(struct clause *clause)
{
    if (clause->mark != MARK_NONE)
        unsay(clause);
    clause->supposes = true;
}

/* 火曜は参加、水曜は欠席, 先週は欠席しましたが、…: a comma behind what is said whole, or behind another time. */
static bool is_whole(const struct reader *reader, const struct clause *clause, size_t at)
{
    static const char *const particles[] = {"は", "が", "も", "を", "に"};
    if (clause->elsewhen)
        return true;
    for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
        if (ends_at(reader->folded->text, clause->start, at, particles[i]))
            return false;
    return clause->mark != MARK_NONE && clause->telling >= TELLS_PART && !clause->supposes && !clause->wishes;
}

static bool is_adjacent(const struct clause *clause, size_t at)
{
    enum { ONE_SYLLABLE = 3 };
    return clause->mark != MARK_NONE && at - clause->word_end <= ONE_SYLLABLE;
}

/* A word that tells something; false when it is another. */
static bool take_telling(struct reader *reader, struct clause *clause, enum attendance_cue cue, size_t at, size_t length)
{
    switch (cue) {
    case CUE_COMING:
        say(reader, clause, clause->denies ? MARK_NO : MARK_YES, at, length);
        return true;
    case CUE_ABSENT:
        say(reader, clause, MARK_NO, at, length);
        return true;
    case CUE_HARD:
        take_word(clause, MARK_NO);
        return true;
    case CUE_FINE:
        if (clause->mark == MARK_NONE && !clause->denies)
            take_word(clause, MARK_YES);
        return true;
    case CUE_NOT:
        take_negation(reader, clause, at);
        return true;
    case CUE_UNSURE:
        take_doubt(clause);
        return true;
    case CUE_IF:
        take_supposition(clause);
        return true;
    case CUE_WISH:
        clause->wishes |= clause->mark == MARK_YES || is_latin(reader->folded->text[at]); /* love to come */
        return true;
    case CUE_LATE:
        clause->is_late = true;
        return true;
    case CUE_AWAY:
        clause->is_away = true;
        return true;
    default:
        return false;
    }
}

/* A word that says how the others are meant; true when it ends the clause. */
static bool take_frame(struct reader *reader, struct clause *clause, enum attendance_cue cue, size_t at, size_t length)
{
    switch (cue) {
    case CUE_PAST:
        if (is_adjacent(clause, at))
            unsay(clause);
        clause->contrasts = ends_at(reader->folded->text, at, at + length, "が");
        return clause->contrasts;
    case CUE_NOUN:
        if (clause->mark != MARK_NONE && at == clause->word_end)
            unsay(clause);
        return false;
    case CUE_ELSEWHEN:
        clause->elsewhen = true;
        return false;
    case CUE_SOMEBODY:
        clause->passes = true;
        return false;
    case CUE_LEAVE:
        clause->asks_leave |= clause->mark == MARK_YES;
        return false;
    case CUE_COMMA:
        return is_whole(reader, clause, at);
    case CUE_QUESTION:
        clause->passes |= !clause->asks_leave;
        return true;
    case CUE_NOT_BUT:
        take_negation(reader, clause, at);
        clause->contrasts = true;
        return true;
    case CUE_BUT:
        clause->contrasts = true;
        return true;
    case CUE_STOP:
        return true;
    default:
        return false;
    }
}

/* 出, 欠: a whole line of one sign. */
static enum mark sign_of(const struct reader *reader, const struct clause *clause)
{
    const char *text = reader->folded->text;
    size_t start = clause->start;
    size_t end = clause->end;
    while (start < end && (text[start] == ' ' || text[start] == '\n'))
        start++;
    while (end > start && (text[end - 1] == ' ' || text[end - 1] == '\n'))
        end--;
    if (ends_at(text, start, end, "。"))
        end -= strlen("。");
    if (end - start != strlen("出"))
        return MARK_NONE;
    return begins(text + start, "出") ? MARK_YES : begins(text + start, "欠") || begins(text + start, "休") ? MARK_NO : MARK_NONE;
}

/* "…, but I can't.": the clause ends with its denial. */
static bool is_bare_denial(const struct reader *reader, const struct clause *clause)
{
    static const char *const denials[] = {"can't", "can’t", "cannot", "can not", "couldn't", "won't"};
    size_t end = clause->end;
    while (end > clause->start && strchr(" .!\n", reader->folded->text[end - 1]))
        end--;
    for (size_t i = 0; i < sizeof denials / sizeof *denials; i++)
        if (ends_at(reader->folded->text, clause->start, end, denials[i]))
            return true;
    return false;
}

/* What is left when all words were taken. */
static void conclude(const struct reader *reader, struct clause *clause)
{
    enum mark sign = sign_of(reader, clause);
    if (sign != MARK_NONE) {
        clause->mark = sign;
        clause->telling = TELLS_CLEAR;
    }
    if (clause->mark == MARK_NONE && clause->hedged && !clause->is_late) {
        clause->mark = MARK_MAYBE;
        clause->telling = TELLS_WORD;
    } else if (clause->mark == MARK_YES && clause->hedged) {
        clause->mark = MARK_MAYBE;
    } else if (clause->mark == MARK_YES && clause->wishes && clause->contrasts) {
        clause->mark = MARK_MAYBE; /* 参加したいのですが… */
        clause->telling = TELLS_HINT;
    }
    if (clause->mark == MARK_NONE && clause->denies && clause->follows && is_bare_denial(reader, clause)) {
        clause->mark = MARK_NO; /* I would have liked to, but I can't */
        clause->telling = TELLS_CLEAR;
    }
    if (clause->mark == MARK_NONE && (clause->is_late || clause->is_away)) {
        clause->mark = clause->is_late ? MARK_YES : MARK_NO;
        clause->telling = TELLS_HINT;
    }
}

static void end_clause(struct reader *reader, struct clause *clause, size_t end)
{
    clause->end = end;
    conclude(reader, clause);
    bool follows = clause->contrasts;
    if (clause->mark != MARK_NONE && !clause->passes && !clause->elsewhen && !names_another_day(reader, clause)) {
        if (reader->count == memory_count(reader->clauses))
            reader->clauses = memory_resize(reader, reader->clauses, struct clause, 2 * reader->count + 16);
        reader->clauses[reader->count++] = *clause;
    }
    *clause = (struct clause){.start = end, .follows = follows, .word_end = end};
}

static size_t code_point_bytes(const char *text)
{
    unsigned char byte = (unsigned char)*text;
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

static void read_clauses(struct reader *reader)
{
    size_t words_count;
    const struct answer_word *words = attendance_words(&words_count);
    const char *text = reader->folded->text;
    struct clause clause = {0};
    for (size_t at = 0; at < reader->folded->length;) {
        bool is_inside = at && is_latin(text[at]) && is_latin(text[at - 1]);
        const struct answer_word *word = is_inside ? NULL : answer_word_longest(words, words_count, text + at, SIZE_MAX);
        size_t length = word ? strlen(word->text) : code_point_bytes(text + at);
        enum attendance_cue cue = word ? (enum attendance_cue)word->value : CUE_NOTHING;
        bool tells = take_telling(reader, &clause, cue, at, length);
        bool ends = (!tells && take_frame(reader, &clause, cue, at, length)) || text[at] == '\n';
        at += length;
        if (ends)
            end_clause(reader, &clause, at);
    }
    end_clause(reader, &clause, reader->folded->length);
}

/* ----- from clauses to one answer ----- */

static enum telling most_telling(const struct reader *reader)
{
    enum telling most = TELLS_NOTHING;
    for (size_t i = 0; i < reader->count; i++)
        most = reader->clauses[i].telling > most ? reader->clauses[i].telling : most;
    return most;
}

/* The clause that holds of those that tell most; NULL when they say yes and no. A later one behind "but" overrules. */
static const struct clause *find_decisive(const struct reader *reader, enum telling telling)
{
    const struct clause *decisive = NULL;
    for (size_t i = 0; i < reader->count; i++) {
        const struct clause *clause = &reader->clauses[i];
        bool is_hint = telling == TELLS_HINT;
        if (clause->telling != telling)
            continue;
        bool overrules = !decisive || clause->follows || is_hint || clause->mark == MARK_MAYBE ||
                         clause->mark == decisive->mark;
        if (overrules)
            decisive = clause;
        else if (decisive->mark != MARK_MAYBE)
            return NULL;
    }
    return decisive;
}

static char *quote(const struct attendance *attendance, const struct reader *reader, const char *source,
                   const struct clause *clause)
{
    static const char blanks[] = " \n\r\t";
    size_t first = reader->folded->origin[clause->start];
    size_t last = reader->folded->origin[clause->end];
    while (first < last && strchr(blanks, source[first]))
        first++;
    while (last > first && strchr(blanks, source[last - 1]))
        last--;
    return memory_copy_bytes(attendance, source + first, last - first);
}

struct attendance *attendance_read(const void *context, const struct when *choice, const char *text)
{
    struct attendance *attendance = memory_new(context, struct attendance);
    struct reader *reader = memory_new(NULL, struct reader);
    reader->choice = choice;
    struct folded *folded = text_fold(reader, text, strlen(text));
    text_fold_single_blanks(folded);
    reader->folded = folded;
    read_clauses(reader);
    enum telling telling = most_telling(reader);
    const struct clause *decisive = reader->count ? find_decisive(reader, telling) : NULL;
    attendance->contradicts = reader->count && !decisive;
    if (decisive) {
        attendance->mark = decisive->mark;
        attendance->inferred = telling < TELLS_CLEAR || decisive->hedged;
        attendance->evidence = quote(attendance, reader, text, decisive);
    }
    for (size_t i = 0; i < reader->count && decisive && decisive->mark != MARK_NO; i++)
        if (reader->clauses[i].is_late && !attendance->note)
            attendance->note = quote(attendance, reader, text, &reader->clauses[i]);
    talloc_free(reader);
    return attendance;
}
