/* Tables of keys: see keys.h. */
#include "base/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/memory.h"

enum { MAXIMUM_TEMPLATE = 256 * 1024 };

char **keys_text_field(void *fields, const struct key *key)
{
    return (char **)(void *)((char *)fields + key->offset);
}

static long *number_field(void *fields, const struct key *key)
{
    return (long *)(void *)((char *)fields + key->offset);
}

static bool set_number(void *fields, const struct key *key, const char *value, struct error **error)
{
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno || end == value || *end || number < key->minimum || number > key->maximum)
        return error_set(error, ERROR_REFUSED, "%s is \"%s\", but must be a whole number from %ld to %ld", key->name, value,
                         key->minimum, key->maximum);
    *number_field(fields, key) = number;
    return true;
}

static bool set_time(void *fields, const struct key *key, const char *value, struct error **error)
{
    static const char digits[] = "0123456789";
    long time = KEYS_OFF;
    if (strcmp(value, "off") != 0) {
        bool is_formed = strlen(value) == sizeof "04:30" - 1 && strspn(value, digits) == 2 && value[2] == ':' &&
                         strspn(value + 3, digits) == 2;
        long hour = is_formed ? strtol(value, NULL, 10) : 24;
        long minute = is_formed ? strtol(value + 3, NULL, 10) : 0;
        if (hour > 23 || minute > 59)
            return error_set(error, ERROR_REFUSED, "%s is \"%s\", but must be a time of the day as in 04:30, or off",
                             key->name, value);
        time = hour * 60 + minute;
    }
    *number_field(fields, key) = time;
    return true;
}

/* A whole address, or what can stand before the "@" of one. */
static bool is_address(const char *value)
{
    char *whole = memory_format(NULL, "%s%s", value, strchr(value, '@') ? "" : "@localhost");
    bool is_valid = address_is_valid(whole);
    talloc_free(whole);
    return is_valid;
}

/* Whether `value` is one of "a|b|c: …". */
static bool is_among(const char *words, const char *value)
{
    size_t length = strlen(value);
    size_t end = strcspn(words, ":");
    for (size_t at = 0; at < end; at += strcspn(words + at, "|:") + 1)
        if (length && strcspn(words + at, "|:") == length && strncmp(words + at, value, length) == 0)
            return true;
    return false;
}

static bool set_value(void *fields, const struct key *key, const char *value, struct error **error)
{
    switch (key->type) {
    case KEY_NUMBER:
        return set_number(fields, key, value, error);
    case KEY_LANGUAGE:
        if (strcmp(value, "ja") != 0 && strcmp(value, "en") != 0)
            return error_set(error, ERROR_REFUSED, "%s is \"%s\", but must be ja or en", key->name, value);
        break;
    case KEY_DOMAIN:
        if (!address_is_domain(value))
            return error_set(error, ERROR_REFUSED, "%s is \"%s\", which is no mail domain", key->name, value);
        break;
    case KEY_ADDRESS:
        if (strcspn(value, "@") > (size_t)key->maximum)
            return error_set(error, ERROR_REFUSED, "%s is \"%s\", but what stands before \"@\" has at most %ld letters",
                             key->name, value, key->maximum);
        if (!is_address(value))
            return error_set(error, ERROR_REFUSED, "%s is \"%s\", which is no mail address", key->name, value);
        break;
    case KEY_TRANSPORT:
        if (strncmp(value, "smtp://", 7) != 0 && strncmp(value, "smtps://", 8) != 0 &&
            strncmp(value, "sendmail:/", 10) != 0 && strncmp(value, "maildir:", 8) != 0)
            return error_set(error, ERROR_REFUSED, "%s is \"%s\", but must begin with smtp://, sendmail:/ or maildir:",
                             key->name, value);
        break;
    case KEY_WORD:
        if (!is_among(key->meaning, value))
            return error_set(error, ERROR_REFUSED, "%s is \"%s\", but must be one of %.*s", key->name, value,
                             (int)strcspn(key->meaning, ":"), key->meaning);
        break;
    case KEY_TIME:
        return set_time(fields, key, value, error);
    case KEY_TEXT:
    case KEY_PATH:
        break;
    }
    *keys_text_field(fields, key) = memory_copy_text(fields, value);
    return true;
}

static const struct key *find_key(const struct key_table *table, const char *section, const char *name,
                                  bool *section_known)
{
    *section_known = false;
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->keys[i].section, section) != 0)
            continue;
        *section_known = true;
        if (name && strcmp(table->keys[i].name, name) == 0)
            return &table->keys[i];
    }
    return NULL;
}

static char *trim(char *text)
{
    text += strspn(text, " \t\r");
    size_t length = strlen(text);
    while (length && strchr(" \t\r", text[length - 1]))
        text[--length] = '\0';
    return text;
}

/* What reading one file line by line has to remember. */
struct parser {
    const struct key_table *table;
    void *fields;
    char *section;
    bool *given; /* by key */
};

static bool parse_line(struct parser *parser, char *line, struct error **error)
{
    bool section_known;
    line = trim(line);
    if (!*line || *line == '#' || *line == ';')
        return true;
    size_t length = strlen(line);
    if (*line == '[' && line[length - 1] == ']') {
        line[length - 1] = '\0';
        parser->section = trim(line + 1);
        find_key(parser->table, parser->section, NULL, &section_known);
        return section_known || error_set(error, ERROR_REFUSED, "there is no section [%s]", parser->section);
    }
    char *equals = strchr(line, '=');
    if (!equals)
        return error_set(error, ERROR_REFUSED, "\"%s\" is neither [section] nor key = value", line);
    *equals = '\0';
    char *name = trim(line);
    if (!parser->section)
        return error_set(error, ERROR_REFUSED, "%s stands before the first [section]", name);
    const struct key *key = find_key(parser->table, parser->section, name, &section_known);
    if (!key)
        return error_set(error, ERROR_REFUSED, "there is no key %s in [%s] (kairan config lists all)", name, parser->section);
    if (parser->given[key - parser->table->keys])
        return error_set(error, ERROR_REFUSED, "%s is given twice", name);
    parser->given[key - parser->table->keys] = true;
    return set_value(parser->fields, key, trim(equals + 1), error);
}

bool keys_read(const struct key_table *table, void *fields, const char *file, char *text, struct error **error)
{
    for (size_t i = 0; i < table->count; i++)
        if (!set_value(fields, &table->keys[i], table->keys[i].fallback, error))
            return false;
    struct parser parser = {.table = table, .fields = fields, .given = memory_array(NULL, bool, table->count)};
    bool done = true;
    int number = 0;
    for (char *line = text; line && done;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        number++;
        done = parse_line(&parser, line, error) || error_add(error, "%s:%d", file, number);
        line = end ? end + 1 : NULL;
    }
    talloc_free(parser.given);
    return done;
}

static void print_value(FILE *out, const void *fields, const struct key *key)
{
    const char *field = (const char *)fields + key->offset;
    long number = key->type == KEY_NUMBER || key->type == KEY_TIME ? *(const long *)(const void *)field : 0;
    if (key->type == KEY_NUMBER)
        fprintf(out, "%s = %ld\n", key->name, number);
    else if (key->type == KEY_TIME && number == KEYS_OFF)
        fprintf(out, "%s = off\n", key->name);
    else if (key->type == KEY_TIME)
        fprintf(out, "%s = %02ld:%02ld\n", key->name, number / 60, number % 60);
    else
        fprintf(out, "%s = %s\n", key->name, *(char *const *)(const void *)field);
}

void keys_print(FILE *out, const struct key_table *table, const void *fields, const char *file)
{
    const char *section = "";
    fprintf(out, "# %s\n", file);
    for (size_t i = 0; i < table->count; i++) {
        const struct key *key = &table->keys[i];
        if (strcmp(section, key->section) != 0) {
            section = key->section;
            fprintf(out, "\n[%s]\n", section);
        }
        fprintf(out, "# %s (default: %s)\n", key->meaning, *key->fallback ? key->fallback : "empty");
        print_value(out, fields, key);
    }
}

char *keys_template(const void *context, const struct key_table *table, const char *heading,
                    const struct key_value *given, size_t given_count)
{
    struct buffer *text = buffer_new(context, MAXIMUM_TEMPLATE);
    buffer_format(text, "%s\n", heading);
    const char *section = "";
    for (size_t i = 0; i < table->count; i++) {
        const struct key *key = &table->keys[i];
        if (strcmp(section, key->section) != 0) {
            section = key->section;
            buffer_format(text, "\n[%s]\n", section);
        }
        const char *value = NULL;
        for (size_t j = 0; j < given_count; j++)
            if (strcmp(given[j].name, key->name) == 0)
                value = given[j].value;
        buffer_format(text, "# %s\n%s%s = %s\n", key->meaning, value ? "" : "#", key->name, value ? value : key->fallback);
    }
    return buffer_take(text, context);
}
