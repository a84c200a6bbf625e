/* Quote marks: which lines carry one. See quote_lines.h. */
#include <string.h>

#include "base/memory.h"
#include "mail/quote_lines.h"

enum {
    PREFIX_BYTES = 24, /* "YK>", "yamada>", "山田> " */
    PREFIXES = 8,      /* of one mail: more persons are not quoted with their initials */
    PREFIX_LINES = 2,  /* a single line may be anything */
};

/* "(>_<)" and its kin, and ">>> look here <<<". */
static bool is_no_mark(struct span rest)
{
    return span_begins(rest, ">_<") || span_begins(rest, "><") || span_begins(rest, ">.<") ||
           span_begins(rest, "＞＜") || span_begins(rest, "＞＿＜") || span_ends(span_trim(rest), "<<");
}

/* The bytes of one quote mark at the start ("> ", "＞", "》", "| "), 0 when there is none. */
static size_t quote_mark_length(struct span span, bool is_first)
{
    size_t blanks = 0;
    while (blanks < span.length && blanks < 3 && span.text[blanks] == ' ')
        blanks++;
    struct span rest = span_rest(span, blanks);
    if (!rest.length || !strchr(">|\xEF\xE3", rest.text[0]) || (is_first && is_no_mark(rest)))
        return 0;
    if (span_begins(rest, ">"))
        return blanks + 1;
    if (span_begins(rest, "＞") || span_begins(rest, "》") || span_begins(rest, "｜"))
        return blanks + strlen("＞");
    if (!span_begins(rest, "|") || (rest.length > 1 && rest.text[1] != ' '))
        return 0;
    bool is_table = is_first && rest.length > 1 && memchr(rest.text + 1, '|', rest.length - 1) != NULL;
    return is_table ? 0 : blanks + 1;
}

static void measure_depth(struct reply_line *line)
{
    struct span rest = {line->text, line->length};
    size_t length;
    while ((length = quote_mark_length(rest, line->depth == 0)) > 0) {
        rest = span_rest(rest, length);
        line->depth++;
    }
    line->unquoted = line->depth && span_begins(rest, " ") ? rest.text + 1 : rest.text;
    line->kind = line->depth ? REPLY_QUOTED : REPLY_NEW;
}

void quote_add_mark(struct reply *reply, size_t first, size_t end, size_t length)
{
    for (size_t i = first; i < end; i++) {
        struct reply_line *line = &reply->lines[i];
        if (line->kind != REPLY_NEW || line->length < length)
            continue;
        struct span rest = span_rest(quote_line(reply, i), length);
        line->depth = 1;
        line->unquoted = span_begins(rest, " ") ? rest.text + 1 : rest.text;
        line->kind = REPLY_QUOTED;
    }
}

static void split_lines(struct reply *reply, const char *text)
{
    size_t count = 1;
    for (const char *c = strchr(text, '\n'); c; c = strchr(c + 1, '\n'))
        count++;
    reply->lines = memory_array(reply, struct reply_line, count);
    while (*text) {
        size_t length = strcspn(text, "\n");
        struct reply_line *line = &reply->lines[reply->count++];
        line->text = text;
        line->length = length && text[length - 1] == '\r' ? length - 1 : length;
        measure_depth(line);
        text += length + (text[length] == '\n');
    }
}

/* --- "YK> " --- */

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-_.", c)) ||
           (unsigned char)c >= 0x80;
}

/* What shells and their kin print before a command. */
static bool is_prompt(struct span name)
{
    static const char *const prompts[] = {"sql", "mysql", "psql",   "sqlite", "ftp",      "sftp",     "lftp", "gdb",
                                          "irb", "ghci",  "telnet", "smb",    "nslookup", "postgres", NULL};
    return span_begins_any(name, prompts);
}

/* The bytes of a name and its ">" at the start, 0 when there is none. */
static size_t prefix_length(struct span line)
{
    size_t start = line.length && line.text[0] == ' ';
    size_t i = start;
    while (i < line.length && i < PREFIX_BYTES && is_name_byte(line.text[i]))
        i++;
    if (i == start || i + 1 > line.length || line.text[i] != '>' || strchr("-.", line.text[i - 1]))
        return 0;
    if (line.text[start] >= '0' && line.text[start] <= '9')
        return 0;
    bool is_apart = i + 1 == line.length || strchr(" >\t", line.text[i + 1]) || (unsigned char)line.text[i + 1] >= 0x80;
    return is_apart && !is_prompt((struct span){line.text + start, i - start}) ? i + 1 : 0;
}

struct prefix {
    struct span text;
    size_t lines;
};

static struct prefix *find_prefix(struct prefix prefixes[PREFIXES], struct span text)
{
    for (size_t i = 0; i < PREFIXES; i++) {
        if (!prefixes[i].text.length)
            prefixes[i].text = text;
        if (prefixes[i].text.length == text.length && memcmp(prefixes[i].text.text, text.text, text.length) == 0)
            return &prefixes[i];
    }
    return NULL;
}

static void find_prefixes(struct reply *reply)
{
    struct prefix prefixes[PREFIXES] = {0};
    bool is_used = false;
    for (int round = 0; round < 1 + is_used; round++)
        for (size_t i = 0; i < reply->count; i++) {
            size_t length = quote_is_new(reply, i) ? prefix_length(quote_line(reply, i)) : 0;
            struct prefix *prefix = length ? find_prefix(prefixes, (struct span){reply->lines[i].text, length}) : NULL;
            if (!prefix)
                continue;
            if (round == 0)
                is_used = ++prefix->lines >= PREFIX_LINES || is_used;
            else if (prefix->lines >= PREFIX_LINES)
                quote_add_mark(reply, i, i + 1, length);
        }
}

/* ": " at the start of neighbouring lines, ":" alone where what is quoted is blank. */
static void find_colons(struct reply *reply)
{
    for (size_t i = 0; i < reply->count; i++) {
        size_t end = i;
        size_t with_text = 0;
        for (; quote_is_new(reply, end) && span_begins(quote_line(reply, end), ":"); end++) {
            bool has_text = span_begins(quote_line(reply, end), ": ");
            if (!has_text && reply->lines[end].length > 1)
                break;
            with_text += has_text;
        }
        if (with_text >= PREFIX_LINES)
            quote_add_mark(reply, i, end, 1);
        i = end > i ? end - 1 : i;
    }
}

void quote_find_marks(struct reply *reply, const char *text)
{
    split_lines(reply, text);
    find_prefixes(reply);
    find_colons(reply);
}
