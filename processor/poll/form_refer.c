/* References to questions: see form_refer.h. The text is read as it is, so that ① is told from 1. */
#include "poll/form_refer.h"

#include <string.h>

#include "base/memory.h"

enum { MOST_NUMBER = 99, NO_NUMBER = -1 };

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static size_t begin_any(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (begins(text, *words))
            return strlen(*words);
    return 0;
}

static size_t blanks(const char *text)
{
    size_t length = 0;
    for (;;) {
        if (text[length] == ' ' || text[length] == '\t')
            length++;
        else if (begins(text + length, "　"))
            length += strlen("　");
        else
            return length;
    }
}

/* Digits of either width, at most two. */
static size_t read_number(const char *text, long *number)
{
    static const char wide[] = "０１２３４５６７８９";
    enum { WIDE = 3 };
    size_t length = 0;
    *number = 0;
    for (int digits = 0;; digits++) {
        long digit = NO_NUMBER;
        size_t width = 1;
        if (text[length] >= '0' && text[length] <= '9')
            digit = text[length] - '0';
        for (size_t i = 0; digit < 0 && i < 10; i++)
            if (strncmp(text + length, wide + i * WIDE, WIDE) == 0) {
                digit = (long)i;
                width = WIDE;
            }
        if (digit < 0)
            return digits <= 2 ? length : 0;
        if (digits > 2)
            return 0;
        *number = *number * 10 + digit;
        length += width;
    }
}

/* What may stand between a reference and the answer. */
static size_t read_joint(const char *text)
{
    static const char *const joints[] = {"->", "=>", ":", "：", "→", "⇒",  ".", "．",
                                         ")",  "）", "=", "＝", "-", "－", NULL};
    size_t blank = blanks(text);
    size_t length = begin_any(text + blank, joints);
    return length ? blank + length : 0;
}

/* Q1, q.1, 問1, 設問 1, 質問1; *is_joined: with a colon or the like behind it. */
static size_t read_named(const char *text, long *number, bool *is_joined)
{
    static const char *const names[] = {"設問", "質問", "問い", "問", "Q.", "q.", "Ｑ", "ｑ", "Q", "q", NULL};
    size_t length = begin_any(text, names);
    if (!length)
        return 0;
    length += blanks(text + length);
    size_t digits = read_number(text + length, number);
    if (!digits)
        return 0;
    length += digits;
    char next = text[length];
    if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'))
        return 0;
    size_t joint = read_joint(text + length);
    *is_joined = joint || blanks(text + length) || next == '\n' || next == '\r' || !next;
    return length + joint;
}

/* ① or (1): bracketed, they need nothing behind them. */
static size_t read_enclosed(const char *text, long *number)
{
    static const char circled[] = "①②③④⑤⑥⑦⑧⑨⑩";
    enum { CIRCLED = 3 };
    for (size_t i = 0; i < 10; i++)
        if (strncmp(text, circled + i * CIRCLED, CIRCLED) == 0) {
            *number = (long)i + 1;
            return CIRCLED + read_joint(text + CIRCLED);
        }
    static const char *const opening[] = {"(", "（", NULL};
    static const char *const closing[] = {")", "）", NULL};
    size_t open = begin_any(text, opening);
    size_t digits = open ? read_number(text + open, number) : 0;
    size_t close = digits ? begin_any(text + open + digits, closing) : 0;
    return close ? open + digits + close + read_joint(text + open + digits + close) : 0;
}

/* "1-b", 「１→２」, "1." at the start of a line. */
static size_t read_bare(const char *text, bool begins_line, long *number)
{
    size_t length = read_enclosed(text, number);
    if (length)
        return length;
    length = read_number(text, number);
    size_t joint = length ? read_joint(text + length) : 0;
    bool is_stop = joint && strchr(".)", text[length + joint - 1]);
    return joint && (!is_stop || begins_line) ? length + joint : 0;
}

/* Whether an answer may begin here: at a line's start, or behind a separator. */
static bool may_begin(const char *text, size_t at, bool *begins_line)
{
    static const char *const separators[] = {"、", "。", "　", "・", "，", "／"};
    size_t back = at;
    while (back && (text[back - 1] == ' ' || text[back - 1] == '\t'))
        back--;
    *begins_line = back == 0 || text[back - 1] == '\n';
    if (*begins_line || back < at || strchr(",;/|", text[at - 1]))
        return true;
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
        size_t length = strlen(separators[i]);
        if (at >= length && memcmp(text + at - length, separators[i], length) == 0)
            return true;
    }
    return false;
}

static void add(struct form_reference **list, const void *context, size_t start, size_t length, long number)
{
    size_t count = memory_count(*list);
    *list = memory_resize(context, *list, struct form_reference, count + 1);
    (*list)[count] = (struct form_reference){start, start + length, number};
}

static struct form_reference *find_named(const void *context, const char *text)
{
    struct form_reference *list = NULL;
    for (size_t at = 0; text[at]; at++) {
        long number;
        bool is_joined = false;
        bool begins_line;
        if (((unsigned char)text[at] & 0xC0) == 0x80)
            continue;
        size_t length = read_named(text + at, &number, &is_joined);
        if (!length || !may_begin(text, at, &begins_line) || (!begins_line && !is_joined))
            continue;
        add(&list, context, at, length, number);
        at += length - 1;
    }
    return list;
}

static struct form_reference *find_bare(const void *context, const char *text, size_t count)
{
    struct form_reference *list = NULL;
    for (size_t at = 0; text[at]; at++) {
        long number;
        bool begins_line;
        if (((unsigned char)text[at] & 0xC0) == 0x80 || !may_begin(text, at, &begins_line))
            continue;
        size_t length = read_bare(text + at, begins_line, &number);
        size_t found = memory_count(list);
        bool ascends = !found || number > list[found - 1].number;
        if (!length || number < 1 || number > (long)count || !ascends)
            continue;
        add(&list, context, at, length, number);
        at += length - 1;
    }
    if (memory_count(list) >= 2 && count >= 2)
        return list;
    talloc_free(list);
    return NULL;
}

struct form_reference *form_refer(const void *context, const char *text, size_t count)
{
    bool begins_line = false;
    struct form_reference *list = find_named(context, text);
    for (size_t i = 0; !begins_line && i < memory_count(list); i++)
        (void)may_begin(text, list[i].start, &begins_line);
    struct form_reference *bare = begins_line ? NULL : find_bare(context, text, count);
    return bare ? bare : list;
}

long form_refer_line(const char *line, size_t length, size_t *behind)
{
    enum { REFERENCE_BYTES = 40 };
    char start[REFERENCE_BYTES + 1];
    size_t kept = length < REFERENCE_BYTES ? length : REFERENCE_BYTES;
    memcpy(start, line, kept);
    start[kept] = '\0';
    size_t blank = blanks(start);
    long number;
    bool is_joined;
    size_t found = read_named(start + blank, &number, &is_joined);
    *behind = blank + found;
    return found ? number : 0;
}
