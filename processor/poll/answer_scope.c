/* What a predicate without choices speaks of. Words that carry no mark drop out early, but they may be its subject:
 * 授業は欠席します, 1名欠席です, 会議室の予約を取り消しました. Looked for in the text, for the tokens are gone. */
#include "poll/answer_grammar.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static bool ends(const char *text, size_t start, size_t end, const char *word)
{
    size_t length = strlen(word);
    return end - start >= length && memcmp(text + end - length, word, length) == 0;
}

/* The writer, or what this poll is about. */
static bool is_own_topic(const char *text, size_t start, size_t end)
{
    static const char *const own[] = {"私",     "わたし", "わたくし", "今回", "当方", "自分", "小生",    "僕",
                                      "定例会", "会議",   "問題",     "異存", "異議", "支障", "どうして"};
    static const char *const whole[] = {"会", "本会", "今回の会", "都合"};
    if (ends(text, start, end, "に") || ends(text, start, end, "で"))
        end -= strlen("に");
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (ends(text, start, end, own[i]))
            return true;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (end - start == strlen(whole[i]) && begins(text + start, whole[i]))
            return true;
    return false;
}

/* が behind a sentence is "but": 申し訳ありませんが. */
static bool is_subject_ga(const char *text, size_t start, size_t at)
{
    static const char *const endings[] = {"ません", "です", "ます", "ない", "ところ"};
    const char *after = text + at + strlen("が");
    bool is_but = begins(after, "、") || *after == ',';
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        is_but |= ends(text, start, at, endings[i]);
    return !is_but;
}

/* Whether a particle at `at` makes the words from `start` to it the subject of what follows. */
static bool is_topic(const char *text, size_t start, size_t at, bool before_mark)
{
    bool is_particle = (begins(text + at, "は") && !begins(text + at, "はい")) ||
                       (begins(text + at, "が") && is_subject_ga(text, start, at)) ||
                       (before_mark && (begins(text + at, "に") || begins(text + at, "も")));
    return is_particle && !is_own_topic(text, start, at);
}

/* 1月 of a poll whose choices are all in January limits nothing. */
static bool is_month_of_all(const struct reading *reading, size_t at)
{
    char *after;
    long month = strtol(reading->folded->text + at, &after, 10);
    if (!begins(after, "月") || is_digit(after[strlen("月")]))
        return false;
    for (size_t i = 0; i < reading->question->choice_count; i++)
        if (reading->question->choices[i].start.month != month)
            return false;
    return true;
}

static const struct token *mark_from(const struct clause *clause, size_t at, size_t *next)
{
    while (*next < clause->count && (clause->tokens[*next].kind != TOKEN_MARK || clause->tokens[*next].start < at))
        ++*next;
    return *next < clause->count ? &clause->tokens[*next] : NULL;
}

/* 欠席が続いており申し訳ありません: spoken of, not said. */
static bool is_subject_mark(const char *text, const struct token *mark)
{
    const char *after = text + mark->end;
    return (begins(after, "が") && is_subject_ga(text, mark->start, mark->end)) || begins(after, "を");
}

bool clause_is_limited(const struct reading *reading, const struct clause *clause, bool whole)
{
    const char *text = reading->folded->text;
    size_t topic = clause->start;
    size_t next = 0;
    for (size_t i = clause->start; i < clause->end; i++) {
        const struct token *mark = mark_from(clause, i, &next);
        if (!mark && !whole)
            return false;
        if (mark && i == mark->start) {
            if (is_subject_mark(text, mark) && !mark_from(clause, mark->end, &next))
                return true;
            topic = mark->end;
            i = mark->end - 1;
            continue;
        }
        bool begins_number = is_digit(text[i]) && !(i > clause->start && is_digit(text[i - 1]));
        if (begins_number && !is_month_of_all(reading, i))
            return true;
        if (begins(text + i, "、") || text[i] == ',' || text[i] == ' ' || text[i] == '\n')
            topic = i + 1;
        else if (is_topic(text, topic, i, mark && i + strlen("に") == mark->start))
            return true;
    }
    return false;
}

bool clause_names_another(const struct reading *reading, const struct clause *clause)
{
    static const char *const people[] = {"先生", "幹事", "皆様", "皆さま", "各位"};
    const char *text = reading->folded->text;
    for (size_t i = clause->start; i < clause->end; i++)
        for (size_t j = 0; j < sizeof people / sizeof *people; j++) {
            const char *after = text + i + strlen(people[j]);
            if (begins(text + i, people[j]) && (begins(after, "は") || begins(after, "が") || begins(after, "も")))
                return true;
        }
    return false;
}

bool clause_counts(const struct reading *reading, const struct clause *clause)
{
    for (size_t i = clause->start; i < clause->end; i++)
        if (is_digit(reading->folded->text[i]))
            return true;
    return false;
}

bool clause_supposes_time(const struct reading *reading, const struct clause *clause, size_t condition)
{
    static const char *const words[] = {"以降", "以後", "以前", "前",   "後",   "中",   "まで", "から", "明け", "休み",
                                        "末",   "頃",   "ごろ", "期間", "うち", "初め", "始め", "学期", "年度"};
    size_t end = clause->tokens[condition].start;
    while (end > clause->start && reading->folded->text[end - 1] == ' ')
        end--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ends(reading->folded->text, clause->start, end, words[i]))
            return true;
    return false;
}

static bool holds_one_of(const char *text, size_t start, size_t end, const char *const *words, size_t count)
{
    for (size_t i = start; i < end; i++)
        for (size_t j = 0; j < count; j++)
            if (begins(text + i, words[j]))
                return true;
    return false;
}

/* "I'll let you know by Monday": will, a deed, and when. */
static bool promises_in_english(const char *text, const struct clause *clause)
{
    static const char *const wills[] = {"will ", "'ll ", "’ll "};
    static const char *const deeds[] = {"answer ", "reply ", "respond ", "get back ", "let you know ", "confirm "};
    static const char *const times[] = {" on ", " by ", " before ", " until ", " after ", " tomorrow", " next ", " this "};
    for (size_t i = clause->start; i < clause->end; i++)
        for (size_t j = 0; j < sizeof wills / sizeof *wills; j++) {
            size_t deed = i + strlen(wills[j]);
            if (begins(text + i, wills[j]) && holds_one_of(text, deed, deed + 1, deeds, sizeof deeds / sizeof *deeds))
                return holds_one_of(text, deed, clause->end, times, sizeof times / sizeof *times);
        }
    return false;
}

/* 12/22に: a date in figures, and the particle of what happens on it. */
static bool names_day(const char *text, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++) {
        size_t day = i + 1;
        while (text[i] == '/' && day < end && is_digit(text[day]))
            day++;
        if (day > i + 1 && begins(text + day, "に"))
            return true;
    }
    return false;
}

bool clause_promises(const struct reading *reading, const struct clause *clause)
{
    static const char *const deeds[] = {"回答", "返事", "返答", "返信", "連絡", "お知らせ"};
    static const char *const acts[] = {"し",   "いたし",   "致し",   "させ", "申し上げ",
                                       "を",   "できる",   "できます", "差し上げ", "さしあげ"};
    static const char *const times[] = {"までに", "中に", "来週", "明日", "明後日", "明けに", "次第", "のちほど", "夜に", "午後に", "夕方", "以降に", "再来週", "来月", "朝に", "午前中に"};
    static const char *const days[] = {"日に", "曜に", ")に", "頃", "ごろ"}; /* "16日に回答できます" may speak of a date that is asked for */
    const char *text = reading->folded->text;
    for (size_t i = clause->start; i < clause->end; i++)
        for (size_t j = 0; j < sizeof deeds / sizeof *deeds; j++) {
            size_t after = i + strlen(deeds[j]);
            if (begins(text + i, deeds[j]) &&
                holds_one_of(text, after, after + 1, acts, sizeof acts / sizeof *acts) &&
                (holds_one_of(text, clause->start, i, times, sizeof times / sizeof *times) ||
                 ((!begins(text + after, "でき") || clause_contents(clause) & HOLDS_BAD_SET) &&
                  (holds_one_of(text, clause->start, i, days, sizeof days / sizeof *days) ||
                   names_day(text, clause->start, i)))))
                return true;
        }
    return promises_in_english(text, clause);
}

/* ----- taking an answer back ----- */

/* What may stand with the withdrawal of an answer. */
/* clang-format off */
static const char *const withdrawal_words[] = {
    "してください", "して下さい", "させてください", "させて下さい", "お願いいたします", "お願い致します",
    "お願いします", "いたします", "致します", "いただけますか", "いただきたいです", "ください", "下さい", "しました",
    "します", "したいです", "したい", "たいです", "たい", "ました", "ます", "です", "すみません", "申し訳ありません",
    "先ほど", "先程", "さきほど", "先日", "以前", "ご回答", "回答", "ご返信", "返信", "投票", "出欠", "返事", "答え",
    "メールで", "送った", "お送りした", "出した", "した", "すべて", "全て", "私", "一度", "いったん", "一旦", "やはり",
    "の", "を", "は", "も", "、", "が", "お", "ご", "please", "my", "answer", "answers", "vote", "votes", "reply",
    "replies", "response", "earlier", "previous", "last", "i", "would", "like", "want", "wish", "to", "the", "thanks",
    "thank", "you", "sorry", "all"
};
/* clang-format on */

static size_t withdrawal_word(const char *text)
{
    size_t longest = 0;
    for (size_t i = 0; i < sizeof withdrawal_words / sizeof *withdrawal_words; i++) {
        size_t length = strlen(withdrawal_words[i]);
        bool is_cut = is_letter(*withdrawal_words[i]) && is_letter(text[length]);
        if (length > longest && begins(text, withdrawal_words[i]) && !is_cut)
            longest = length;
    }
    return longest;
}

bool clause_takes_back(const struct reading *reading, const struct clause *clause)
{
    static const char marks[] = " \n.,!";
    const char *text = reading->folded->text;
    size_t next = 0;
    for (size_t i = clause->start; i < clause->end;) {
        while (next < clause->count && clause->tokens[next].start < i)
            next++;
        bool is_withdrawal = next < clause->count && clause->tokens[next].start == i &&
                             clause->tokens[next].kind == TOKEN_WITHDRAW;
        size_t length = is_withdrawal ? clause->tokens[next].end - i : withdrawal_word(text + i);
        if (!length && (strchr(marks, text[i]) || begins(text + i, "。")))
            length = begins(text + i, "。") ? strlen("。") : 1;
        if (!length)
            return false;
        i += length;
    }
    return true;
}
