/*
 * Words that mean dates, but not which ones: 来週あたり, 毎月第2火曜, mid-January, the week of 19 January. A line of
 * candidates that is made of nothing but such words, and that no rule understood, is asked; one with any other word in
 * it is a sentence. See when_parts.h.
 */
#include <string.h>

#include "text/when_parts.h"

/* What a word says: it names a stretch of days, or would with another (week), or makes of a date a vague one. */
enum { STRETCH = 1, UNIT_OF_DATES, VAGUENESS };

/* Sorted by bytes. They come before what the tokens are elsewhere. */
static const struct word words[] = {
    {"a", TOKEN_VAGUE_DATE, VAGUENESS},
    {"about", TOKEN_VAGUE_DATE, VAGUENESS},
    {"after", TOKEN_VAGUE_DATE, VAGUENESS},
    {"an", TOKEN_VAGUE_DATE, VAGUENESS},
    {"any", TOKEN_VAGUE_DATE, VAGUENESS},
    {"anytime", TOKEN_VAGUE_DATE, VAGUENESS},
    {"approx", TOKEN_VAGUE_DATE, VAGUENESS},
    {"approximately", TOKEN_VAGUE_DATE, VAGUENESS},
    {"around", TOKEN_VAGUE_DATE, VAGUENESS},
    {"autumn", TOKEN_VAGUE_DATE, STRETCH},
    {"before", TOKEN_VAGUE_DATE, VAGUENESS},
    {"beginning", TOKEN_VAGUE_DATE, VAGUENESS},
    {"between", TOKEN_VAGUE_DATE, VAGUENESS},
    {"biweekly", TOKEN_RECURRENCE, VAGUENESS},
    {"but", TOKEN_VAGUE_DATE, VAGUENESS},
    {"c", TOKEN_VAGUE_DATE, VAGUENESS},
    {"christmas", TOKEN_VAGUE_DATE, STRETCH},
    {"circa", TOKEN_VAGUE_DATE, VAGUENESS},
    {"coming", TOKEN_VAGUE_DATE, VAGUENESS},
    {"commencing", TOKEN_VAGUE_DATE, VAGUENESS},
    {"daily", TOKEN_RECURRENCE, VAGUENESS},
    {"during", TOKEN_VAGUE_DATE, VAGUENESS},
    {"earlier", TOKEN_VAGUE_DATE, VAGUENESS},
    {"earliest", TOKEN_VAGUE_DATE, VAGUENESS},
    {"early", TOKEN_VAGUE_DATE, VAGUENESS},
    {"easter", TOKEN_VAGUE_DATE, STRETCH},
    {"either", TOKEN_VAGUE_DATE, VAGUENESS},
    {"end", TOKEN_VAGUE_DATE, VAGUENESS},
    {"every", TOKEN_RECURRENCE, VAGUENESS},
    {"except", TOKEN_VAGUE_DATE, VAGUENESS},
    {"excluding", TOKEN_VAGUE_DATE, VAGUENESS},
    {"fifth", TOKEN_VAGUE_DATE, VAGUENESS},
    {"first", TOKEN_VAGUE_DATE, VAGUENESS},
    {"following", TOKEN_VAGUE_DATE, VAGUENESS},
    {"fortnight", TOKEN_VAGUE_DATE, UNIT_OF_DATES},
    {"fortnightly", TOKEN_RECURRENCE, VAGUENESS},
    {"fourth", TOKEN_VAGUE_DATE, VAGUENESS},
    {"fridays", TOKEN_RECURRENCE, STRETCH},
    {"from", TOKEN_VAGUE_DATE, VAGUENESS},
    {"gw", TOKEN_VAGUE_DATE, STRETCH},
    {"half", TOKEN_VAGUE_DATE, VAGUENESS},
    {"holidays", TOKEN_VAGUE_DATE, STRETCH},
    {"ideally", TOKEN_VAGUE_DATE, VAGUENESS},
    {"in", TOKEN_VAGUE_DATE, VAGUENESS},
    {"ish", TOKEN_VAGUE_DATE, VAGUENESS},
    {"last", TOKEN_VAGUE_DATE, VAGUENESS},
    {"late", TOKEN_VAGUE_DATE, VAGUENESS},
    {"later", TOKEN_VAGUE_DATE, VAGUENESS},
    {"latest", TOKEN_VAGUE_DATE, VAGUENESS},
    {"likely", TOKEN_VAGUE_DATE, VAGUENESS},
    {"maybe", TOKEN_VAGUE_DATE, VAGUENESS},
    {"mid", TOKEN_VAGUE_DATE, VAGUENESS},
    {"middle", TOKEN_VAGUE_DATE, VAGUENESS},
    {"mondays", TOKEN_RECURRENCE, STRETCH},
    {"month", TOKEN_VAGUE_DATE, UNIT_OF_DATES},
    {"monthly", TOKEN_RECURRENCE, VAGUENESS},
    {"months", TOKEN_VAGUE_DATE, UNIT_OF_DATES},
    {"nightly", TOKEN_RECURRENCE, VAGUENESS},
    {"no", TOKEN_VAGUE_DATE, VAGUENESS},
    {"not", TOKEN_VAGUE_DATE, VAGUENESS},
    {"one", TOKEN_VAGUE_DATE, VAGUENESS},
    {"only", TOKEN_VAGUE_DATE, VAGUENESS},
    {"onward", TOKEN_VAGUE_DATE, VAGUENESS},
    {"onwards", TOKEN_VAGUE_DATE, VAGUENESS},
    {"other", TOKEN_VAGUE_DATE, VAGUENESS},
    {"perhaps", TOKEN_VAGUE_DATE, VAGUENESS},
    {"possibly", TOKEN_VAGUE_DATE, VAGUENESS},
    {"preferably", TOKEN_VAGUE_DATE, VAGUENESS},
    {"probably", TOKEN_VAGUE_DATE, VAGUENESS},
    {"quarter", TOKEN_VAGUE_DATE, UNIT_OF_DATES},
    {"roughly", TOKEN_VAGUE_DATE, VAGUENESS},
    {"saturdays", TOKEN_RECURRENCE, STRETCH},
    {"second", TOKEN_VAGUE_DATE, VAGUENESS},
    {"since", TOKEN_VAGUE_DATE, VAGUENESS},
    {"so", TOKEN_VAGUE_DATE, VAGUENESS},
    {"some", TOKEN_VAGUE_DATE, VAGUENESS},
    {"someday", TOKEN_VAGUE_DATE, VAGUENESS},
    {"sometime", TOKEN_VAGUE_DATE, VAGUENESS},
    {"spring", TOKEN_VAGUE_DATE, STRETCH},
    {"start", TOKEN_VAGUE_DATE, VAGUENESS},
    {"summer", TOKEN_VAGUE_DATE, STRETCH},
    {"sundays", TOKEN_RECURRENCE, STRETCH},
    {"than", TOKEN_VAGUE_DATE, VAGUENESS},
    {"that", TOKEN_VAGUE_DATE, VAGUENESS},
    {"third", TOKEN_VAGUE_DATE, VAGUENESS},
    {"thursdays", TOKEN_RECURRENCE, STRETCH},
    {"time", TOKEN_VAGUE_DATE, VAGUENESS},
    {"tuesdays", TOKEN_RECURRENCE, STRETCH},
    {"upcoming", TOKEN_VAGUE_DATE, VAGUENESS},
    {"w", TOKEN_VAGUE_DATE, VAGUENESS},
    {"wednesdays", TOKEN_RECURRENCE, STRETCH},
    {"week", TOKEN_VAGUE_DATE, UNIT_OF_DATES},
    {"weekday", TOKEN_RECURRENCE, STRETCH},
    {"weekdays", TOKEN_RECURRENCE, STRETCH},
    {"weekend", TOKEN_VAGUE_DATE, STRETCH},
    {"weekends", TOKEN_VAGUE_DATE, STRETCH},
    {"weekly", TOKEN_RECURRENCE, VAGUENESS},
    {"weeks", TOKEN_VAGUE_DATE, UNIT_OF_DATES},
    {"winter", TOKEN_VAGUE_DATE, STRETCH},
    {"within", TOKEN_VAGUE_DATE, VAGUENESS},
    {"year", TOKEN_VAGUE_DATE, UNIT_OF_DATES},
    {"years", TOKEN_VAGUE_DATE, UNIT_OF_DATES},
    {"あたま", TOKEN_VAGUE_DATE, VAGUENESS},
    {"あたり", TOKEN_VAGUE_DATE, VAGUENESS},
    {"いずれか", TOKEN_VAGUE_DATE, VAGUENESS},
    {"いつか", TOKEN_VAGUE_DATE, VAGUENESS},
    {"いつでも", TOKEN_VAGUE_DATE, VAGUENESS},
    {"うち", TOKEN_VAGUE_DATE, VAGUENESS},
    {"おそらく", TOKEN_VAGUE_DATE, VAGUENESS},
    {"おわり", TOKEN_VAGUE_DATE, VAGUENESS},
    {"お正月", TOKEN_VAGUE_DATE, STRETCH},
    {"お盆", TOKEN_VAGUE_DATE, STRETCH},
    {"くらい", TOKEN_VAGUE_DATE, VAGUENESS},
    {"ぐらい", TOKEN_VAGUE_DATE, VAGUENESS},
    {"ころ", TOKEN_VAGUE_DATE, VAGUENESS},
    {"ごろ", TOKEN_VAGUE_DATE, VAGUENESS},
    {"たぶん", TOKEN_VAGUE_DATE, VAGUENESS},
    {"だけ", TOKEN_VAGUE_DATE, VAGUENESS},
    {"できれば", TOKEN_VAGUE_DATE, VAGUENESS},
    {"とか", TOKEN_VAGUE_DATE, VAGUENESS},
    {"どこか", TOKEN_VAGUE_DATE, VAGUENESS},
    {"どちらか", TOKEN_VAGUE_DATE, VAGUENESS},
    {"どれか", TOKEN_VAGUE_DATE, VAGUENESS},
    {"なかば", TOKEN_VAGUE_DATE, VAGUENESS},
    {"など", TOKEN_VAGUE_DATE, VAGUENESS},
    {"なら", TOKEN_VAGUE_DATE, VAGUENESS},
    {"ならいつでも", TOKEN_VAGUE_DATE, VAGUENESS},
    {"ならば", TOKEN_VAGUE_DATE, VAGUENESS},
    {"のみ", TOKEN_VAGUE_DATE, VAGUENESS},
    {"はじめ", TOKEN_VAGUE_DATE, VAGUENESS},
    {"クリスマス", TOKEN_VAGUE_DATE, STRETCH},
    {"ゴールデンウィーク", TOKEN_VAGUE_DATE, STRETCH},
    {"シルバーウィーク", TOKEN_VAGUE_DATE, STRETCH},
    {"上半期", TOKEN_VAGUE_DATE, STRETCH},
    {"上旬", TOKEN_VAGUE_DATE, VAGUENESS},
    {"下半期", TOKEN_VAGUE_DATE, STRETCH},
    {"下旬", TOKEN_VAGUE_DATE, VAGUENESS},
    {"中", TOKEN_VAGUE_DATE, VAGUENESS},
    {"中旬", TOKEN_VAGUE_DATE, VAGUENESS},
    {"今冬", TOKEN_VAGUE_DATE, STRETCH},
    {"今夏", TOKEN_VAGUE_DATE, STRETCH},
    {"今年", TOKEN_VAGUE_DATE, STRETCH},
    {"今年度", TOKEN_VAGUE_DATE, STRETCH},
    {"今春", TOKEN_VAGUE_DATE, STRETCH},
    {"今月", TOKEN_VAGUE_DATE, STRETCH},
    {"今秋", TOKEN_VAGUE_DATE, STRETCH},
    {"以内", TOKEN_VAGUE_DATE, VAGUENESS},
    {"以前", TOKEN_VAGUE_DATE, VAGUENESS},
    {"以外", TOKEN_VAGUE_DATE, VAGUENESS},
    {"以後", TOKEN_VAGUE_DATE, VAGUENESS},
    {"以降", TOKEN_VAGUE_DATE, VAGUENESS},
    {"先", TOKEN_VAGUE_DATE, VAGUENESS},
    {"先月", TOKEN_VAGUE_DATE, STRETCH},
    {"内", TOKEN_VAGUE_DATE, VAGUENESS},
    {"再来年", TOKEN_VAGUE_DATE, STRETCH},
    {"再来月", TOKEN_VAGUE_DATE, STRETCH},
    {"冬", TOKEN_VAGUE_DATE, STRETCH},
    {"冬休み", TOKEN_VAGUE_DATE, STRETCH},
    {"初め", TOKEN_VAGUE_DATE, VAGUENESS},
    {"初旬", TOKEN_VAGUE_DATE, VAGUENESS},
    {"前", TOKEN_VAGUE_DATE, VAGUENESS},
    {"前半", TOKEN_VAGUE_DATE, VAGUENESS},
    {"前後", TOKEN_VAGUE_DATE, VAGUENESS},
    {"半ば", TOKEN_VAGUE_DATE, VAGUENESS},
    {"可", TOKEN_VAGUE_DATE, VAGUENESS},
    {"可能", TOKEN_VAGUE_DATE, VAGUENESS},
    {"四半期", TOKEN_VAGUE_DATE, STRETCH},
    {"土日", TOKEN_VAGUE_DATE, STRETCH},
    {"土日祝", TOKEN_VAGUE_DATE, STRETCH},
    {"夏", TOKEN_VAGUE_DATE, STRETCH},
    {"夏休み", TOKEN_VAGUE_DATE, STRETCH},
    {"多分", TOKEN_VAGUE_DATE, VAGUENESS},
    {"大型連休", TOKEN_VAGUE_DATE, STRETCH},
    {"始め", TOKEN_VAGUE_DATE, VAGUENESS},
    {"学期末", TOKEN_VAGUE_DATE, STRETCH},
    {"平日", TOKEN_RECURRENCE, STRETCH},
    {"年内", TOKEN_VAGUE_DATE, STRETCH},
    {"年始", TOKEN_VAGUE_DATE, STRETCH},
    {"年度内", TOKEN_VAGUE_DATE, STRETCH},
    {"年度初め", TOKEN_VAGUE_DATE, STRETCH},
    {"年度明け", TOKEN_VAGUE_DATE, STRETCH},
    {"年度末", TOKEN_VAGUE_DATE, STRETCH},
    {"年明け", TOKEN_VAGUE_DATE, STRETCH},
    {"年末", TOKEN_VAGUE_DATE, STRETCH},
    {"年末年始", TOKEN_VAGUE_DATE, STRETCH},
    {"後", TOKEN_VAGUE_DATE, VAGUENESS},
    {"後半", TOKEN_VAGUE_DATE, VAGUENESS},
    {"後日", TOKEN_VAGUE_DATE, STRETCH},
    {"日間", TOKEN_VAGUE_DATE, VAGUENESS},
    {"早々", TOKEN_VAGUE_DATE, VAGUENESS},
    {"早くて", TOKEN_VAGUE_DATE, VAGUENESS},
    {"早くとも", TOKEN_VAGUE_DATE, VAGUENESS},
    {"早ければ", TOKEN_VAGUE_DATE, VAGUENESS},
    {"明け", TOKEN_VAGUE_DATE, VAGUENESS},
    {"春", TOKEN_VAGUE_DATE, STRETCH},
    {"春休み", TOKEN_VAGUE_DATE, STRETCH},
    {"昨年度", TOKEN_VAGUE_DATE, STRETCH},
    {"月初", TOKEN_VAGUE_DATE, STRETCH},
    {"月初め", TOKEN_VAGUE_DATE, STRETCH},
    {"月初旬", TOKEN_VAGUE_DATE, STRETCH},
    {"月初頭", TOKEN_VAGUE_DATE, STRETCH},
    {"月半ば", TOKEN_VAGUE_DATE, STRETCH},
    {"月末", TOKEN_VAGUE_DATE, STRETCH},
    {"月頭", TOKEN_VAGUE_DATE, STRETCH},
    {"期末", TOKEN_VAGUE_DATE, STRETCH},
    {"未定", TOKEN_VAGUE_DATE, VAGUENESS},
    {"末", TOKEN_VAGUE_DATE, VAGUENESS},
    {"来冬", TOKEN_VAGUE_DATE, STRETCH},
    {"来夏", TOKEN_VAGUE_DATE, STRETCH},
    {"来年", TOKEN_VAGUE_DATE, STRETCH},
    {"来年度", TOKEN_VAGUE_DATE, STRETCH},
    {"来春", TOKEN_VAGUE_DATE, STRETCH},
    {"来月", TOKEN_VAGUE_DATE, STRETCH},
    {"来秋", TOKEN_VAGUE_DATE, STRETCH},
    {"次月", TOKEN_VAGUE_DATE, STRETCH},
    {"次週", TOKEN_VAGUE_DATE, STRETCH},
    {"正月", TOKEN_VAGUE_DATE, STRETCH},
    {"毎夕", TOKEN_RECURRENCE, STRETCH},
    {"毎年", TOKEN_RECURRENCE, STRETCH},
    {"毎日", TOKEN_RECURRENCE, STRETCH},
    {"毎晩", TOKEN_RECURRENCE, STRETCH},
    {"毎月", TOKEN_RECURRENCE, VAGUENESS},
    {"毎朝", TOKEN_RECURRENCE, STRETCH},
    {"毎週", TOKEN_RECURRENCE, VAGUENESS},
    {"祝日", TOKEN_VAGUE_DATE, STRETCH},
    {"秋", TOKEN_VAGUE_DATE, STRETCH},
    {"程度", TOKEN_VAGUE_DATE, VAGUENESS},
    {"等", TOKEN_VAGUE_DATE, VAGUENESS},
    {"終わり", TOKEN_VAGUE_DATE, VAGUENESS},
    {"翌月", TOKEN_VAGUE_DATE, STRETCH},
    {"翌週", TOKEN_VAGUE_DATE, STRETCH},
    {"調整中", TOKEN_VAGUE_DATE, VAGUENESS},
    {"辺り", TOKEN_VAGUE_DATE, VAGUENESS},
    {"近日", TOKEN_VAGUE_DATE, STRETCH},
    {"近日中", TOKEN_VAGUE_DATE, STRETCH},
    {"連休", TOKEN_VAGUE_DATE, STRETCH},
    {"週", TOKEN_VAGUE_DATE, STRETCH},
    {"週初め", TOKEN_VAGUE_DATE, STRETCH},
    {"週前半", TOKEN_VAGUE_DATE, STRETCH},
    {"週半ば", TOKEN_VAGUE_DATE, STRETCH},
    {"週後半", TOKEN_VAGUE_DATE, STRETCH},
    {"週明け", TOKEN_VAGUE_DATE, STRETCH},
    {"週末", TOKEN_VAGUE_DATE, STRETCH},
    {"週間", TOKEN_VAGUE_DATE, VAGUENESS},
    {"週頭", TOKEN_VAGUE_DATE, STRETCH},
    {"遅くて", TOKEN_VAGUE_DATE, VAGUENESS},
    {"遅くとも", TOKEN_VAGUE_DATE, VAGUENESS},
    {"遅ければ", TOKEN_VAGUE_DATE, VAGUENESS},
    {"間", TOKEN_VAGUE_DATE, VAGUENESS},
    {"除いて", TOKEN_VAGUE_DATE, VAGUENESS},
    {"除き", TOKEN_VAGUE_DATE, VAGUENESS},
    {"除く", TOKEN_VAGUE_DATE, VAGUENESS},
    {"隔日", TOKEN_RECURRENCE, STRETCH},
    {"隔月", TOKEN_RECURRENCE, STRETCH},
    {"隔週", TOKEN_RECURRENCE, VAGUENESS},
    {"頃", TOKEN_VAGUE_DATE, VAGUENESS},
    {"頭", TOKEN_VAGUE_DATE, VAGUENESS},
};

static const struct dictionary vague_words = {words, sizeof words / sizeof *words};

/* What a line was found to be made of. */
struct phrase {
    size_t stretches; /* enough by themselves: Tuesday, 来週, 年内 */
    size_t units;     /* two together are enough: "week of Jan 19" */
    size_t days;      /* 1/15, 15日, 15th: with a word that makes them vague */
    bool is_vague;
    bool is_recurrent;
};

/* The word of this file that stands at the reader, which then is behind it; or NULL. */
static const struct word *take_word(struct reader *reader)
{
    const struct token *token = when_peek(reader, 0);
    const char *text = reader->folded->text + token->start;
    bool is_latin = *text >= 'a' && *text <= 'z';
    size_t length = is_latin ? token->end - token->start : reader->folded->length - token->start;
    const struct word *word = when_find_word(&vague_words, text, length, is_latin);
    size_t end = word ? token->start + strlen(word->text) : 0;
    if (end < token->end)
        return NULL;
    while (reader->at < reader->count && when_peek(reader, 0)->start < end)
        reader->at++;
    return word;
}

/* Steps over a remark in brackets; false when they are not closed. */
static bool skip_remark(struct reader *reader)
{
    while (reader->at < reader->count && !when_accept_sign(reader, ')'))
        reader->at++;
    return reader->at > 0 && reader->tokens[reader->at - 1].value == ')';
}

/* Whether a number is a day of the calendar by what stands around it: 15日, 15th, 1/15. */
static bool is_day(const struct reader *reader)
{
    const struct token *sign = when_peek(reader, 1);
    const struct token *second = when_peek(reader, 2);
    if (sign->kind == TOKEN_DAY_KANJI || sign->kind == TOKEN_ORDINAL || sign->kind == TOKEN_DAY_ABOUT)
        return true;
    int month = when_peek(reader, 0)->value;
    return sign->kind == TOKEN_SIGN && sign->value == '/' && second->kind == TOKEN_NUMBER && month >= 1 &&
           month <= 12 && second->value >= 1 && second->value <= 31;
}

static void count_word(const struct word *word, struct phrase *phrase)
{
    phrase->is_recurrent |= word->kind == TOKEN_RECURRENCE;
    phrase->stretches += word->value == STRETCH;
    phrase->units += word->value == UNIT_OF_DATES;
    phrase->is_vague |= word->value == VAGUENESS;
}

/* Takes one token that says something about time; false when it is of a sentence, or of a deadline. */
static bool take_token(struct reader *reader, struct phrase *phrase)
{
    const struct token *token = when_peek(reader, 0);
    switch (token->kind) {
    case TOKEN_OTHER:
    case TOKEN_TOPIC:
    case TOKEN_UNTIL:
    case TOKEN_DEADLINE:
    case TOKEN_TITLE:
    case TOKEN_LABEL:
    case TOKEN_ZONE:
    case TOKEN_ISO_T:
        return false;
    case TOKEN_WEEKDAY:
    case TOKEN_WEEK:
    case TOKEN_RELATIVE:
    case TOKEN_FOLLOWING:
        phrase->stretches++;
        break;
    case TOKEN_MONTH_NAME: /* the long names are nothing else, and nobody's name */
        phrase->stretches += token->end - token->start >= strlen("january");
        phrase->units++;
        break;
    case TOKEN_WEEK_WORD:
        phrase->units++;
        break;
    case TOKEN_NUMBER:
        phrase->days += is_day(reader);
        break;
    case TOKEN_SEQUENCE:
    case TOKEN_RECURRENCE:
        phrase->is_recurrent = true;
        break;
    case TOKEN_OPEN:
    case TOKEN_VAGUE_DATE:
    case TOKEN_VAGUE_TIME:
    case TOKEN_DAY_ABOUT:
    case TOKEN_EITHER:
        phrase->is_vague = true;
        break;
    default:
        break;
    }
    reader->at++;
    return true;
}

/* Reads the line to its end, or to a remark behind it; false when it is no phrase of dates. */
static bool read_phrase(struct reader *reader, struct phrase *phrase)
{
    while (reader->at < reader->count) {
        const struct token *token = when_peek(reader, 0);
        if (strncmp(reader->folded->text + token->start, "※", strlen("※")) == 0)
            return true;
        if (when_accept_sign(reader, '(')) {
            if (!skip_remark(reader))
                return false;
            continue;
        }
        const struct word *word = take_word(reader);
        if (word)
            count_word(word, phrase);
        else if (!take_token(reader, phrase))
            return false;
    }
    return true;
}

/* 毎週木曜, 隔週水曜: a sentence may follow, it still is no single day. */
static bool begins_with_recurrence(const struct reader *reader)
{
    const struct token *second = when_peek(reader, 1);
    return when_peek(reader, 0)->kind == TOKEN_RECURRENCE &&
           (second->kind == TOKEN_WEEKDAY || second->kind == TOKEN_DAY_KANJI);
}

const char *when_read_vague(struct reader *reader)
{
    struct phrase phrase = {.is_vague = false};
    if (begins_with_recurrence(reader))
        return "recurrence";
    if (!read_phrase(reader, &phrase))
        return NULL;
    bool is_date = phrase.stretches > 0 || phrase.units > 1 ||
                   ((phrase.units > 0 || phrase.days > 0) && (phrase.is_vague || phrase.is_recurrent));
    if (!is_date)
        return NULL;
    return phrase.is_recurrent ? "recurrence" : "range";
}
