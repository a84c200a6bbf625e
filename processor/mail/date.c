/*
 * The Date field: see date.h. libetpan reads what is written by the book (grammar.h); in all else words are told by their
 * looks, so the order of day, month and year does not matter.
 */
#include "mail/date.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"
#include "base/memory.h"
#include "mail/grammar.h"

enum { WORDS = 16, WORD_BYTES = 32, NO_OFFSET = 10000 };

struct reading {
    struct civil civil;
    int second;
    int offset; /* minutes east of UTC */
    bool has_time;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The figures at *text, at most `most` of them; -1 when there are none. Moves on behind them. */
static int take_number(const char **text, int most)
{
    int number = -1;
    for (int i = 0; i < most && is_digit(**text); i++, (*text)++)
        number = (number < 0 ? 0 : number * 10) + (**text - '0');
    return number;
}

static int month_of(const char *word)
{
    static const char *const names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
    for (int i = 0; i < 12; i++)
        if (strncasecmp(word, names[i], 3) == 0)
            return i + 1;
    return 0;
}

static int zone_offset(const char *word)
{
    static const struct {
        const char *name;
        int minutes;
    } zones[] = {{"JST", 540},  {"GMT", 0},    {"UT", 0},     {"UTC", 0},    {"Z", 0},      {"EST", -300},
                 {"EDT", -240}, {"CST", -360}, {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480},
                 {"PDT", -420}, {"CET", 60},   {"CEST", 120}, {"BST", 60},   {"KST", 540},  {"HST", -600},
                 {"AKST", -540}, {"AKDT", -480}, {"WET", 0},  {"WEST", 60},  {"MET", 60},   {"MEST", 120},
                 {"EET", 120}, {"EEST", 180}, {"MSK", 180},  {"SGT", 480},  {"HKT", 480},  {"AEST", 600},
                 {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780}};
    size_t letters = strcspn(word, "+-"); /* "JST-9" is JST, as POSIX writes it */
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (strlen(zones[i].name) == letters && strncasecmp(word, zones[i].name, letters) == 0)
            return zones[i].minutes;
    return NO_OFFSET;
}

/* "+0900", "+09:00", "-5". */
static bool take_offset(struct reading *reading, const char *word)
{
    if (*word != '+' && *word != '-')
        return false;
    int sign = word[0] == '-' ? -1 : 1;
    const char *rest = word + 1;
    int figures = (int)strspn(rest, "0123456789");
    if (figures > 4)
        return false;
    int hours = take_number(&rest, figures > 2 ? figures - 2 : 2);
    if (*rest == ':')
        rest++;
    int minutes = take_number(&rest, 2);
    if (hours < 0 || hours > 15 || minutes > 59 || *rest)
        return false;
    reading->offset = sign * (hours * 60 + (minutes < 0 ? 0 : minutes));
    return true;
}

static bool take_time(struct reading *reading, const char *word)
{
    reading->civil.hour = take_number(&word, 2);
    if (*word != ':' && *word != '.')
        return false;
    word++;
    reading->civil.minute = take_number(&word, 2);
    if (reading->civil.hour < 0 || reading->civil.minute < 0)
        return false;
    if (*word == ':' || *word == '.') {
        word++;
        reading->second = take_number(&word, 2);
    }
    reading->has_time = true;
    return !*word || strcasecmp(word, "Z") == 0 || *word == '.' || take_offset(reading, word);
}

/* RFC 5322 section 4.3: years of two and three figures. */
static int full_year(int year, int figures)
{
    if (figures == 2)
        return year < 50 ? 2000 + year : 1900 + year;
    return figures == 3 ? 1900 + year : year;
}

/* "2026/08/03", "2026-08-03T12:00:00+09:00", "10-Jan-2026". */
static bool take_joined_date(struct reading *reading, const char *word)
{
    const char *rest = word;
    int first = take_number(&rest, 4);
    int figures = (int)(rest - word);
    char separator = *rest++;
    int month = is_digit(*rest) ? take_number(&rest, 2) : month_of(rest);
    rest += strspn(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (*rest++ != separator)
        return false;
    const char *last_text = rest;
    int last = take_number(&rest, 4);
    int last_figures = (int)(rest - last_text);
    bool is_year_first = figures == 4;
    reading->civil.year = is_year_first ? first : full_year(last, last_figures);
    reading->civil.month = month;
    reading->civil.day = is_year_first ? last : first;
    return *rest == 'T' ? take_time(reading, rest + 1) : !*rest;
}

/* "13:00:00 PM" is not made 25 o'clock. */
static void take_half_day(struct reading *reading, bool is_afternoon)
{
    int hour = reading->civil.hour;
    if (hour >= 1 && hour <= 12)
        reading->civil.hour = hour % 12 + (is_afternoon ? 12 : 0);
}

/* "1300" behind a date (RFC 822's forerunners). */
static bool take_joined_time(struct reading *reading, const char *word)
{
    int number = take_number(&word, 4);
    reading->civil.hour = number / 100;
    reading->civil.minute = number % 100;
    reading->has_time = true;
    return true;
}

/* "2026年1月10日", "1月": figures and what they count. */
static bool take_japanese_date(struct reading *reading, const char *word)
{
    while (*word) {
        const char *start = word;
        int number = take_number(&word, 4);
        if (number < 0)
            return true; /* a weekday */
        if (strncmp(word, "年", 3) == 0)
            reading->civil.year = full_year(number, (int)(word - start));
        else if (strncmp(word, "月", 3) == 0)
            reading->civil.month = number;
        else if (strncmp(word, "日", 3) == 0)
            reading->civil.day = number;
        else
            return false;
        word += strlen("日");
    }
    return true;
}

static bool take_word(struct reading *reading, const char *word)
{
    size_t figures = strspn(word, "0123456789");
    if (!word[figures] && figures > 0 && figures <= 4) {
        if (figures == 4 && reading->civil.year && !reading->has_time)
            return take_joined_time(reading, word);
        int number = take_number(&word, 4);
        if (!reading->civil.day && figures <= 2)
            reading->civil.day = number;
        else if (!reading->civil.year && figures >= 2)
            reading->civil.year = full_year(number, (int)figures);
        return true;
    }
    if (figures && (word[figures] == ':' || (word[figures] == '.' && !reading->has_time && reading->civil.year)))
        return take_time(reading, word);
    if (figures && (word[figures] == '/' || word[figures] == '-' || word[figures] == '.'))
        return take_joined_date(reading, word);
    if (figures && (unsigned char)word[figures] >= 0xE5)
        return take_japanese_date(reading, word);
    if (reading->has_time && (strcasecmp(word, "AM") == 0 || strcasecmp(word, "PM") == 0)) {
        take_half_day(reading, word[0] == 'P' || word[0] == 'p');
        return true;
    }
    if ((word[0] == '+' || word[0] == '-') && reading->has_time)
        return take_offset(reading, word);
    if (!reading->civil.month && month_of(word)) {
        reading->civil.month = month_of(word);
        return true;
    }
    size_t letters = strcspn(word, "+-");
    bool is_universal = letters && (strncasecmp(word, "GMT", letters) == 0 || strncasecmp(word, "UTC", letters) == 0);
    if (is_universal && word[letters] && reading->has_time) /* "GMT+0900" */
        return take_offset(reading, word + letters);
    int offset = zone_offset(word);
    if (offset != NO_OFFSET && reading->has_time)
        reading->offset = offset;
    return true; /* a weekday, the name of a zone: nothing to learn from */
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "13 : 00": the blanks around a colon are none. */
static bool begins_with_colon(struct span rest)
{
    while (rest.length && is_blank(rest.text[0]))
        rest = span_rest(rest, 1);
    return rest.length && rest.text[0] == ':';
}

/* The next word of the field into `word`; comments and what is too long are left out. */
static bool next_word(struct span *rest, char word[WORD_BYTES])
{
    size_t depth = 0;
    size_t used = 0;
    while (rest->length) {
        char c = rest->text[0];
        depth += c == '(';
        bool is_gap = depth || strchr(" \t\r\n,\"", c);
        depth -= c == ')' && depth;
        if (is_gap && used && !(is_blank(c) && (word[used - 1] == ':' || begins_with_colon(*rest))))
            break;
        if (!is_gap && used + 1 < WORD_BYTES)
            word[used++] = c;
        rest->text++;
        rest->length--;
    }
    word[used] = '\0';
    return used > 0;
}

static bool read_by_grammar(struct reading *reading, struct span value)
{
    struct grammar_date date;
    if (!grammar_read_date(value, &date))
        return false;
    reading->civil = (struct civil){date.year, date.month, date.day, date.hour, date.minute};
    reading->second = date.second;
    reading->offset = date.offset;
    return true;
}

static bool read_words(struct reading *reading, struct span value)
{
    char word[WORD_BYTES] = "";
    for (int i = 0; i < WORDS && next_word(&value, word); i++)
        if (!take_word(reading, word))
            return false;
    return true;
}

char *date_read(const void *context, struct span value)
{
    struct reading reading = {0};
    if (!read_by_grammar(&reading, value) && !read_words(&reading, value))
        return NULL;
    bool is_valid = civil_is_valid(reading.civil) && reading.civil.year >= 1970 && reading.second >= 0 &&
                    reading.second <= 60;
    if (!is_valid)
        return NULL;
    int offset = reading.offset < 0 ? -reading.offset : reading.offset;
    return memory_format(context, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", reading.civil.year, reading.civil.month,
                         reading.civil.day, reading.civil.hour, reading.civil.minute, reading.second % 60,
                         reading.offset < 0 ? '-' : '+', offset / 60, offset % 60);
}
