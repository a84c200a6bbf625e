/* Options of a poll: see option.h. */
#include "poll/option.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "text/fold.h"
#include "text/monthly.h"
#include "text/value.h"

static bool is_one_of(const char *key, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(key, words[i]) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(key, words) is_one_of(key, words, sizeof(words) / sizeof *(words))

static const char *const words_none[] = {"なし", "無し", "無制限", "制限なし", "いいえ", "none", "no", "no limit", "off", "0"};

/* The number that a text begins with, and what stands behind it; -1: it does not begin with one. */
static long read_number(const char *key, const char **behind)
{
    char *end;
    if (*key < '0' || *key > '9')
        return -1;
    long number = strtol(key, &end, 10);
    *behind = end + strspn(end, " ");
    return number;
}

static bool read_quorum(struct poll_options *options, const char *key)
{
    static const char *const people[] = {"", "名", "人", "名以上", "人以上", "people", "persons", "or more"};
    static const char *const percent[] = {"%", "%以上", "パーセント", "percent", "per cent", "% or more"};
    static const char *const half[] = {"半数", "半数以上", "half"};
    static const char *const majority[] = {"過半数", "majority", "a majority", "more than half"};
    const char *behind = "";
    long number = read_number(key, &behind);
    enum quorum_unit unit = QUORUM_NONE;
    if (IS_ONE_OF(key, half)) {
        unit = QUORUM_PERCENT;
        number = 50;
    } else if (IS_ONE_OF(key, majority)) {
        unit = QUORUM_MAJORITY;
        number = 0;
    } else if (number > 0 && number <= LIMIT_PARTICIPANTS && IS_ONE_OF(behind, people)) {
        unit = QUORUM_PEOPLE;
    } else if (number > 0 && number <= 100 && IS_ONE_OF(behind, percent)) {
        unit = QUORUM_PERCENT;
    } else if (!IS_ONE_OF(key, words_none)) {
        return false;
    }
    options->quorum_unit = unit;
    options->quorum = unit == QUORUM_NONE ? 0 : number;
    return true;
}

static bool read_results(struct poll_options *options, const char *key)
{
    static const char *const open[] = {"公開", "随時公開", "いつでも", "途中も公開", "open", "public", "always"};
    static const char *const closed[] = {"締切後", "締切後公開", "締切後に公開", "締め切り後", "締め切り後に公開", "全員",
                                         "after close", "after the close", "after deadline", "after the deadline", "everybody"};
    static const char *const organiser[] = {"幹事のみ", "幹事だけ", "幹事",           "非公開",         "organiser only",
                                            "organiser", "organizer only", "organizer", "only organiser", "private"};
    if (IS_ONE_OF(key, open))
        options->results = RESULTS_OPEN;
    else if (IS_ONE_OF(key, closed))
        options->results = RESULTS_CLOSED;
    else if (IS_ONE_OF(key, organiser))
        options->results = RESULTS_ORGANISER;
    else
        return false;
    return true;
}

static bool read_anonymous(struct poll_options *options, const char *key)
{
    static const char *const yes[] = {"はい", "あり", "する", "匿名", "yes", "on", "true"};
    static const char *const no[] = {"いいえ", "なし", "しない", "記名", "no", "off", "false", "named"};
    if (!IS_ONE_OF(key, yes) && !IS_ONE_OF(key, no))
        return false;
    options->is_anonymous = IS_ONE_OF(key, yes);
    return true;
}

/* 2, 2つ, 2つまで, ○2個まで, up to 2, 2 dates */
static bool read_limit(struct poll_options *options, const char *key)
{
    static const char *const heads[] = {"一人", "1人", "○は", "○", "up to ", "at most "};
    static const char *const units[] = {"", "つ", "つまで", "個", "個まで", "日", "日まで", "まで", "dates", "choices", "per person"};
    if (IS_ONE_OF(key, words_none)) {
        options->yes_most = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (strncmp(key, heads[i], strlen(heads[i])) == 0)
            key += strlen(heads[i]);
    const char *behind = "";
    long number = read_number(key, &behind);
    if (number < 1 || number > LIMIT_CHOICES || !IS_ONE_OF(behind, units))
        return false;
    options->yes_most = number;
    return true;
}

/* Kept as it was written. */
static bool read_recurrence(const void *context, struct poll_options *options, const char *key, const char *value)
{
    static const char *const words[] = {"なし", "やめる", "終了", "止める", "none", "no", "stop", "off", "end"};
    bool ends = IS_ONE_OF(key, words);
    struct monthly *rules = ends ? NULL : monthly_read(NULL, value);
    if (!ends && !rules)
        return false;
    talloc_free(rules);
    options->recurrence = ends ? NULL : memory_copy_text(context, value);
    return true;
}

int option_read_minutes(const char *value)
{
    char *key = text_fold_key(NULL, value);
    char *end;
    double number = strtod(key, &end);
    int minutes = 0;
    if (end != key && number > 0 && number < 1000) {
        end += strspn(end, " ");
        if (strncmp(end, "時間", strlen("時間")) == 0)
            minutes = (int)(number * 60) + (strstr(end, "半") ? 30 : 0);
        else if (strncmp(end, "分", strlen("分")) == 0 || strncmp(end, "min", 3) == 0)
            minutes = (int)number;
        else if (*end == 'h')
            minutes = (int)(number * 60);
    }
    talloc_free(key);
    return minutes;
}

bool option_read(const void *context, struct poll_options *options, enum option_kind kind, const char *value)
{
    char *key = text_fold_key(NULL, value);
    bool read = false;
    switch (kind) {
    case OPTION_QUORUM:
        read = read_quorum(options, key);
        break;
    case OPTION_RESULTS:
        read = read_results(options, key);
        break;
    case OPTION_ANONYMOUS:
        read = read_anonymous(options, key);
        break;
    case OPTION_LIMIT:
        read = read_limit(options, key);
        break;
    case OPTION_RECURRENCE:
        read = read_recurrence(context, options, key, value);
        break;
    case OPTION_DURATION:
        read = option_read_minutes(value) > 0;
        options->minutes = read ? option_read_minutes(value) : options->minutes;
        break;
    }
    talloc_free(key);
    return read;
}

long option_quorum(const struct poll_options *options, long invited)
{
    switch (options->quorum_unit) {
    case QUORUM_PEOPLE:
        return options->quorum;
    case QUORUM_PERCENT:
        return (invited * options->quorum + 99) / 100;
    case QUORUM_MAJORITY:
        return invited / 2 + 1;
    case QUORUM_NONE:
        break;
    }
    return 0;
}

static json_t *number_or_null(bool is_set, long number)
{
    return is_set ? json_integer(number) : json_null();
}

json_t *option_view(const struct poll_options *options)
{
    enum quorum_unit unit = options->quorum_unit;
    json_t *quorum = json_null();
    if (unit != QUORUM_NONE)
        quorum = json_pack("{s:o, s:o, s:b}", "people", number_or_null(unit == QUORUM_PEOPLE, options->quorum), "percent",
                           number_or_null(unit == QUORUM_PERCENT, options->quorum), "is_majority", unit == QUORUM_MAJORITY);
    bool any = unit != QUORUM_NONE || options->results != RESULTS_CLOSED || options->is_anonymous || options->yes_most ||
               options->recurrence;
    return view_check(json_pack("{s:o, s:b, s:b, s:b, s:o, s:o, s:b}", "quorum", quorum, "results_open",
                                options->results == RESULTS_OPEN, "results_organiser",
                                options->results == RESULTS_ORGANISER, "is_anonymous", options->is_anonymous, "yes_most",
                                number_or_null(options->yes_most > 0, options->yes_most), "recurrence",
                                view_text(options->recurrence), "any", any));
}
