/* Numbers: see answer_numbers.h. */
#include "poll/answer_numbers.h"

#include <string.h>

enum { MOST_DIGITS = 6 };

struct number {
    int value;
    size_t length; /* 0: none */
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static struct number digits_at(const char *text)
{
    struct number number = {0};
    for (; is_digit(text[number.length]); number.length++)
        if (number.length < MOST_DIGITS)
            number.value = number.value * 10 + (text[number.length] - '0');
    return number;
}

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static bool is_month_and_day(int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static size_t add(struct tokens *tokens, enum token_kind kind, size_t at, size_t length, int value)
{
    tokens_add(tokens, kind, at, at + length)->value = value;
    return length;
}

/* 03-1234-5678, 113-8656, 2026-01-15: what hyphens join is a date or no answer at all. */
static size_t read_hyphened(struct tokens *tokens, size_t at, const char *text, struct number first)
{
    struct number second = digits_at(text + first.length + 1);
    if (text[first.length] != '-' || !second.length)
        return 0;
    size_t length = first.length + 1 + second.length;
    struct number third = {0};
    if (text[length] == '-')
        third = digits_at(text + length + 1);
    if (third.length && first.value >= 1900 && first.length == 4 && is_month_and_day(second.value, third.value))
        return add(tokens, TOKEN_DATE, at, length + 1 + third.length, second.value * 100 + third.value);
    bool is_telephone = third.length || first.length > 2 || second.length > 2;
    if (!is_telephone)
        return 0;
    while (is_digit(text[length]) || (text[length] == '-' && is_digit(text[length + 1])))
        length++;
    return add(tokens, TOKEN_CONTACT, at, length, 0);
}

/* 1/15, 2026/1/15; three numbers that are no date (1/3/5) are a list. */
static size_t read_slashed(struct tokens *tokens, size_t at, const char *text, struct number first)
{
    if (text[first.length] != '/')
        return 0;
    struct number second = digits_at(text + first.length + 1);
    if (!second.length)
        return 0;
    size_t length = first.length + 1 + second.length;
    struct number third = {0};
    if (text[length] == '/')
        third = digits_at(text + length + 1);
    if (third.length && first.length == 4 && is_month_and_day(second.value, third.value))
        return add(tokens, TOKEN_DATE, at, length + 1 + third.length, second.value * 100 + third.value);
    if (!third.length && !is_month_and_day(first.value, second.value) && is_month_and_day(second.value, first.value))
        return add(tokens, TOKEN_DATE, at, length, second.value * 100 + first.value); /* 16/2, as in Europe */
    if (third.length || !is_month_and_day(first.value, second.value))
        return 0;
    return add(tokens, TOKEN_DATE, at, length, first.value * 100 + second.value);
}

static size_t read_month(struct tokens *tokens, size_t at, const char *text, struct number first)
{
    if (!begins(text + first.length, "月"))
        return 0;
    size_t length = first.length + strlen("月");
    const char *rest = text + length;
    size_t blanks = strspn(rest, " ");
    struct number day = digits_at(rest + blanks);
    if (day.length && begins(rest + blanks + day.length, "日") && is_month_and_day(first.value, day.value))
        return add(tokens, TOKEN_DATE, at, length + blanks + day.length + strlen("日"), first.value * 100 + day.value);
    return add(tokens, TOKEN_MONTH, at, length, first.value);
}

/* 15日, 3日目, 2日間; 16th */
static size_t read_day(struct tokens *tokens, size_t at, const char *text, struct number first)
{
    static const char *const ordinals[] = {"st", "nd", "rd", "th"};
    const char *rest = text + first.length;
    if (begins(rest, "日目"))
        return add(tokens, TOKEN_NTH_DAY, at, first.length + strlen("日目"), first.value);
    if (begins(rest, "日間"))
        return add(tokens, TOKEN_QUANTITY, at, first.length + strlen("日間"), first.value);
    if (begins(rest, "日"))
        return add(tokens, TOKEN_DAY, at, first.length + strlen("日"), first.value);
    for (size_t i = 0; i < sizeof ordinals / sizeof *ordinals; i++)
        if (begins(rest, ordinals[i]) && !(rest[2] >= 'a' && rest[2] <= 'z'))
            return add(tokens, TOKEN_DAY, at, first.length + 2, first.value);
    return 0;
}

/* 13:00, 13時, 13時半, 13時30分, 2pm, 2:30 pm */
static size_t read_time(struct tokens *tokens, size_t at, const char *text, struct number first)
{
    size_t length = first.length;
    struct number minutes = {0};
    bool is_time = false;
    if (text[length] == ':' && (minutes = digits_at(text + length + 1)).length == 2) {
        is_time = true;
        length += 3;
    } else if (begins(text + length, "時") && !begins(text + length, "時間") && !begins(text + length, "時限")) {
        is_time = true;
        length += strlen("時");
        minutes = digits_at(text + length);
        if (begins(text + length, "半")) {
            minutes.value = 30;
            length += strlen("半");
        } else if (minutes.length && begins(text + length + minutes.length, "分")) {
            length += minutes.length + strlen("分");
        } else {
            minutes.value = 0;
        }
    }
    int hour = first.value;
    const char *rest = text + length + strspn(text + length, " ");
    bool is_pm = begins(rest, "pm") && !(rest[2] >= 'a' && rest[2] <= 'z');
    bool is_am = begins(rest, "am") && !(rest[2] >= 'a' && rest[2] <= 'z');
    if ((is_pm || is_am) && hour >= 1 && hour <= 12) {
        hour = hour % 12 + (is_pm ? 12 : 0);
        length = (size_t)(rest - text) + 2;
        is_time = true;
    }
    if (!is_time || hour > 30 || minutes.value > 59)
        return 0;
    return add(tokens, TOKEN_TIME, at, length, hour * 60 + minutes.value);
}

/* 2x coffee: so many, of something that no answer is about. */
static bool counts_things(const char *rest)
{
    size_t length;
    return begins(rest, "x ") && rest[2] >= 'a' && rest[2] <= 'z' && !answer_word_find(rest + 2, &length);
}

static size_t read_counted(struct tokens *tokens, size_t at, const char *text, struct number first)
{
    static const char *const units[] = {
        "人",   "名", "分",   "階",   "f",    "号",      "年",     "%",       "円",     "歳",
        "時間", "週", "ヶ月", "カ月", "か月", "ページ",  "度",     "会議室",  "講義室", "教室",
        "期",   "班",   "係",   "課",   "号館",    "棟",     "組",      "台",     "点",
        "割",   "mb", "kb",   "min",  "mins", "minutes", "people", "persons", "hours",  "hour",
    };
    static const char *const lessons[] = {"限目", "限", "時限目", "時限", "コマ目"}; /* the longer one first */
    static const char *const counts[] = {"つ", "回", "件", "個", "コマ"}; /* these may count choices */
    const char *rest = text + first.length;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (begins(rest, counts[i]))
            return add(tokens, TOKEN_COUNT, at, first.length + strlen(counts[i]), first.value);
    for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++)
        if (begins(rest, lessons[i]))
            return add(tokens, TOKEN_LESSON, at, first.length + strlen(lessons[i]), first.value);
    if (begins(rest, "番目"))
        return add(tokens, TOKEN_NUMBER, at, first.length + strlen("番目"), first.value);
    if (begins(rest, "番"))
        return add(tokens, TOKEN_NUMBER, at, first.length + strlen("番"), first.value);
    if (counts_things(rest))
        return add(tokens, TOKEN_QUANTITY, at, first.length + 1, first.value);
    rest += strspn(rest, " ");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t length = strlen(units[i]);
        bool is_latin = units[i][0] >= 'a' && units[i][0] <= 'z';
        if (begins(rest, units[i]) && !(is_latin && rest[length] >= 'a' && rest[length] <= 'z'))
            return add(tokens, TOKEN_QUANTITY, at, (size_t)(rest - text) + length, first.value);
    }
    return 0;
}

size_t number_read(struct tokens *tokens, size_t at)
{
    static size_t (*const readers[])(struct tokens *, size_t, const char *, struct number) = {
        read_hyphened, read_slashed, read_month, read_day, read_time, read_counted,
    };
    const char *text = tokens->folded->text + at;
    struct number first = digits_at(text);
    if (!first.length)
        return 0;
    size_t length = 0;
    for (size_t i = 0; i < sizeof readers / sizeof *readers && !length; i++)
        length = readers[i](tokens, at, text, first);
    return length ? length : add(tokens, TOKEN_NUMBER, at, first.length, first.value);
}
