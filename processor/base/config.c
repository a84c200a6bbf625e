/* The configuration: see config.h. One table says all about every key. */
#include "base/config.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/address.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/place.h"

enum key_type {
    KEY_TEXT,
    KEY_PATH,     /* relative to the folder of the file */
    KEY_NUMBER,   /* minimum to maximum */
    KEY_LANGUAGE, /* ja or en */
    KEY_DOMAIN,
    KEY_TRANSPORT, /* smtp://…, sendmail:/…, maildir:… */
    KEY_ADDRESS,  /* a bare local part gets the domain; no local part longer than the maximum */
};

struct key {
    const char *section;
    const char *name;
    enum key_type type;
    size_t offset;
    const char *fallback; /* the default */
    long minimum;
    long maximum;
    const char *meaning;
};

#define FIELD(name) offsetof(struct config, name)

/* Octets of a local part (RFC 5321), and of one that "+bounce-code-number-token" can still follow. */
enum { LOCAL_PART = 64, EXTENDED_LOCAL_PART = LOCAL_PART - 40 };

/* In the order in which they are printed; keys of a section stand together. */
static const struct key keys[] = {
    {"center", "domain", KEY_DOMAIN, FIELD(domain), "localhost", 0, 0, "mail domain of the center"},
    {"center", "time_zone", KEY_TEXT, FIELD(time_zone), "Asia/Tokyo", 0, 0, "zone of all dates that people write"},
    {"center", "language", KEY_LANGUAGE, FIELD(language), "ja", 0, 0,
     "language of people whose own is not known: ja or en"},
    {"center", "administrator", KEY_ADDRESS, FIELD(administrator), "root", 0, LOCAL_PART, "who hears of trouble"},
    {"center", "organisers", KEY_TEXT, FIELD(organisers), "@domain", 0, 0,
     "who may open polls: addresses and @domains, separated by commas; \"@domain\" is the center's own"},
    {"mail", "poll_address", KEY_ADDRESS, FIELD(poll_address), "poll", 0, EXTENDED_LOCAL_PART,
     "address that opens polls and takes answers"},
    {"mail", "kairan_address", KEY_ADDRESS, FIELD(kairan_address), "kairan", 0, EXTENDED_LOCAL_PART,
     "address that takes bounces and gives help"},
    {"mail", "delimiters", KEY_TEXT, FIELD(delimiters), "+-", 0, 0,
     "address extension delimiters the MTA knows; the first is used in our addresses; empty: the MTA has none"},
    {"mail", "transport", KEY_TRANSPORT, FIELD(transport), "smtp://127.0.0.1:25", 0, 0,
     "smtp://host:port, sendmail:/usr/sbin/sendmail or maildir:folder"},
    {"mail", "hostname", KEY_TEXT, FIELD(hostname), "", 0, 0, "EHLO name; empty: the domain"},
    {"mail", "list_id", KEY_TEXT, FIELD(list_id), "", 0, 0, "List-Id of broadcasts (RFC 2919); empty: kairan.<domain>"},
    {"folders", "spool", KEY_PATH, FIELD(spool), "spool", 0, 0, "Maildir that kairan-deliver fills"},
    {"folders", "archive", KEY_PATH, FIELD(archive), "archive", 0, 0, "every mail taken in, by day; same file system as the spool"},
    {"folders", "database", KEY_PATH, FIELD(database), "kairan.db", 0, 0, "the SQLite database; on a local disk"},
    {"folders", "circles", KEY_PATH, FIELD(circles), "circles", 0, 0, "named groups of people, one file each"},
    {"folders", "key_file", KEY_PATH, FIELD(key_file), "secret.key", 0, 0, "the key of all tokens, mode 0600"},
    {"folders", "templates", KEY_PATH, FIELD(templates), "", 0, 0, "texts of all mails; empty: as installed"},
    {"limits", "letter_bytes", KEY_NUMBER, FIELD(letter_bytes), "26214400", 1024, 1 << 30, "largest mail that is read"},
    {"limits", "reader_seconds", KEY_NUMBER, FIELD(reader_seconds), "10", 1, 600, "longest time for reading one mail"},
    {"limits", "answers_a_day", KEY_NUMBER, FIELD(answers_a_day), "20", 1, 100000,
     "automatic answers a day to one address; beyond it the mail counts but is not answered"},
    {"limits", "asks_a_poll", KEY_NUMBER, FIELD(asks_a_poll), "3", 0, 100, "times one person is asked back in one poll"},
    {"polls", "deadline_days", KEY_NUMBER, FIELD(deadline_days), "7", 1, 365, "deadline of a poll that names none"},
    {"polls", "names_shown", KEY_NUMBER, FIELD(names_shown), "40", 1, 100000, "names behind one count in a result"},
    {"polls", "table_rows", KEY_NUMBER, FIELD(table_rows), "60", 0, 100000, "people in the table of a result; more: no table"},
    {"polls", "days_kept", KEY_NUMBER, FIELD(days_kept), "400", 1, 36500, "days that sent mails stay in the outbox table"},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys, MAXIMUM_FILE = 256 * 1024 };

static char **text_field(struct config *config, const struct key *key)
{
    return (char **)((char *)config + key->offset);
}

static long *number_field(struct config *config, const struct key *key)
{
    return (long *)(void *)((char *)config + key->offset);
}

static bool set_number(struct config *config, const struct key *key, const char *value, struct error **error)
{
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno || end == value || *end || number < key->minimum || number > key->maximum)
        return error_set(error, ERROR_REFUSED, "%s is \"%s\", but must be a whole number from %ld to %ld", key->name, value,
                         key->minimum, key->maximum);
    *number_field(config, key) = number;
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

static bool set_value(struct config *config, const struct key *key, const char *value, struct error **error)
{
    switch (key->type) {
    case KEY_NUMBER:
        return set_number(config, key, value, error);
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
    case KEY_TEXT:
    case KEY_PATH:
        break;
    }
    *text_field(config, key) = memory_copy_text(config, value);
    return true;
}

static const struct key *find_key(const char *section, const char *name, bool *section_known)
{
    *section_known = false;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(keys[i].section, section) != 0)
            continue;
        *section_known = true;
        if (name && strcmp(keys[i].name, name) == 0)
            return &keys[i];
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
    struct config *config;
    char *section;
    bool given[KEY_COUNT];
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
        find_key(parser->section, NULL, &section_known);
        return section_known || error_set(error, ERROR_REFUSED, "there is no section [%s]", parser->section);
    }
    char *equals = strchr(line, '=');
    if (!equals)
        return error_set(error, ERROR_REFUSED, "\"%s\" is neither [section] nor key = value", line);
    *equals = '\0';
    char *name = trim(line);
    if (!parser->section)
        return error_set(error, ERROR_REFUSED, "%s stands before the first [section]", name);
    const struct key *key = find_key(parser->section, name, &section_known);
    if (!key)
        return error_set(error, ERROR_REFUSED, "there is no key %s in [%s] (kairan config lists all)", name, parser->section);
    if (parser->given[key - keys])
        return error_set(error, ERROR_REFUSED, "%s is given twice", name);
    parser->given[key - keys] = true;
    return set_value(parser->config, key, trim(equals + 1), error);
}

static bool parse_file(struct config *config, char *text, struct error **error)
{
    struct parser parser = {.config = config};
    int number = 0;
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        number++;
        if (!parse_line(&parser, line, error))
            return error_add(error, "%s:%d", config->file, number);
        line = end ? end + 1 : NULL;
    }
    return true;
}

static bool set_defaults(struct config *config, struct error **error)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (!set_value(config, &keys[i], keys[i].fallback, error))
            return false;
    return true;
}

/* Turns what is short in the file into what the program uses: absolute paths, whole addresses. */
static void complete_values(struct config *config)
{
    char *folder = memory_copy_text(config, config->file);
    *strrchr(folder, '/') = '\0';
    if (!*config->templates)
        config->templates = place_templates(config);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        char **value = text_field(config, &keys[i]);
        if (keys[i].type == KEY_PATH && **value != '/')
            *value = file_join(config, folder, *value);
        if (keys[i].type == KEY_ADDRESS && !strchr(*value, '@'))
            *value = memory_format(config, "%s@%s", *value, config->domain);
    }
    static const char maildir[] = "maildir:";
    if (strncmp(config->transport, maildir, sizeof maildir - 1) == 0 && config->transport[sizeof maildir - 1] != '/')
        config->transport = memory_format(config, "maildir:%s/%s", folder, config->transport + sizeof maildir - 1);
    if (!*config->hostname)
        config->hostname = config->domain;
    if (!*config->list_id)
        config->list_id = memory_format(config, "kairan.%s", config->domain);
}

/* The file itself, links followed all the way: paths in it count from where it really lies. */
static char *find_file(const void *context, const char *path, struct error **error)
{
    struct stat status;
    bool is_folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    char *named = is_folder ? file_join(context, path, "kairan.conf") : memory_copy_text(context, path);
    char *absolute = realpath(named, NULL);
    if (!absolute) {
        error_set(error, ERROR_REFUSED, "cannot find %s (kairan init DIR makes an instance, -C names it): %s", named,
                  strerror(errno));
        return NULL;
    }
    char *file = memory_copy_text(context, absolute);
    free(absolute); /* realpath speaks malloc */
    return file;
}

struct config *config_load(const void *context, const char *path, struct error **error)
{
    struct config *config = memory_new(context, struct config);
    config->file = find_file(config, path, error);
    char *text = config->file ? file_read_text(config, config->file, MAXIMUM_FILE, error) : NULL;
    if (text && set_defaults(config, error) && parse_file(config, text, error) &&
        clock_set_zone(config->time_zone, error)) {
        complete_values(config);
        return config;
    }
    talloc_free(config);
    return NULL;
}

static void print_value(FILE *out, const struct config *config, const struct key *key)
{
    const char *field = (const char *)config + key->offset;
    if (key->type == KEY_NUMBER)
        fprintf(out, "%s = %ld\n", key->name, *(const long *)(const void *)field);
    else
        fprintf(out, "%s = %s\n", key->name, *(char *const *)(const void *)field);
}

void config_print(FILE *out, const struct config *config)
{
    const char *section = "";
    fprintf(out, "# %s\n", config->file);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(section, keys[i].section) != 0) {
            section = keys[i].section;
            fprintf(out, "\n[%s]\n", section);
        }
        fprintf(out, "# %s (default: %s)\n", keys[i].meaning, *keys[i].fallback ? keys[i].fallback : "empty");
        print_value(out, config, &keys[i]);
    }
}

char *config_template(const void *context, const char *domain, const char *transport)
{
    const struct {
        const char *name;
        const char *value;
    } given[] = {{"domain", domain}, {"transport", transport}};
    struct buffer *text = buffer_new(context, MAXIMUM_FILE);
    buffer_add_text(text, "# Kairan: the configuration of this instance. Lines that begin with \"#\" show the defaults.\n");
    const char *section = "";
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(section, keys[i].section) != 0) {
            section = keys[i].section;
            buffer_format(text, "\n[%s]\n", section);
        }
        const char *value = NULL;
        for (size_t j = 0; j < sizeof given / sizeof *given; j++)
            if (strcmp(given[j].name, keys[i].name) == 0)
                value = given[j].value;
        buffer_format(text, "# %s\n%s%s = %s\n", keys[i].meaning, value ? "" : "#", keys[i].name,
                      value ? value : keys[i].fallback);
    }
    return buffer_take(text, context);
}
