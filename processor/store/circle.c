/* Circles: see circle.h. */
#include "store/circle.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/address.h"
#include "base/file.h"
#include "base/memory.h"

enum { MAXIMUM_FILE = 4 * 1024 * 1024, MOST_CIRCLES = 1000, LONGEST_NAME = 100 };

bool circle_exists(const char *folder, const char *name)
{
    if (!*name || *name == '.' || strchr(name, '/') || strlen(name) > LONGEST_NAME)
        return false;
    char *path = file_join(NULL, folder, name);
    bool exists = access(path, R_OK) == 0;
    talloc_free(path);
    return exists;
}

/* One word behind the first address: a flag, a language or an alias. */
static bool take_word(struct member *member, char *word, struct error **error)
{
    size_t length = strlen(word);
    if (*word == '<' && word[length - 1] == '>') {
        word[length - 1] = '\0';
        word++;
    }
    if (strcasecmp(word, "required") == 0 || strcmp(word, "必須") == 0) {
        member->required = true;
    } else if (strcasecmp(word, "ja") == 0 || strcasecmp(word, "en") == 0) {
        member->language = memory_copy_text(member->aliases, strcasecmp(word, "ja") == 0 ? "ja" : "en");
    } else if (address_is_valid(word)) {
        size_t count = memory_count(member->aliases);
        member->aliases = memory_resize(NULL, member->aliases, char *, count + 1);
        member->aliases[count] = memory_copy_text(member->aliases, word);
    } else {
        return error_set(error, ERROR_REFUSED, "\"%s\" is no address, no language (ja, en) and not \"required\"", word);
    }
    return true;
}

/* 「名前 <address> words」 or 「address words」; false when the line holds nobody that can be told. */
static bool read_member(const void *context, char *line, struct member *member, struct error **error)
{
    char *open = strchr(line, '<');
    char *start = open ? open + 1 : line;
    size_t length = strcspn(start, open ? ">" : " \t");
    if (open && !start[length])
        return error_set(error, ERROR_REFUSED, "\"%s\" has no \">\"", line);
    char *rest = start + length + (start[length] != '\0');
    start[length] = '\0';
    if (!address_is_valid(start))
        return error_set(error, ERROR_REFUSED, "\"%s\" is no mail address", start);
    member->address = memory_copy_text(context, start);
    size_t name_length = open ? (size_t)(open - line) : 0;
    while (name_length && strchr(" \t\"", line[name_length - 1]))
        name_length--;
    const char *name = line + (*line == '"' && name_length);
    member->name = memory_copy_bytes(context, name, name_length - (size_t)(name - line));
    member->aliases = memory_array(context, char *, 0);
    char *save = NULL;
    for (char *word = strtok_r(rest, " \t", &save); word; word = strtok_r(NULL, " \t", &save))
        if (!take_word(member, word, error))
            return false;
    return true;
}

static char *trim_line(char *line)
{
    line[strcspn(line, "#\r")] = '\0';
    line += strspn(line, " \t");
    size_t length = strlen(line);
    while (length && strchr(" \t", line[length - 1]))
        line[--length] = '\0';
    return line;
}

struct circle *circle_read(const void *context, const char *folder, const char *name, struct error **error)
{
    struct circle *circle = memory_new(context, struct circle);
    char *path = file_join(circle, folder, name);
    char *text = file_read_text(circle, path, MAXIMUM_FILE, error);
    int number = 0;
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        number++;
        char *content = trim_line(line);
        if (*content) {
            size_t capacity = memory_count(circle->members);
            if (circle->count == capacity)
                circle->members = memory_resize(circle, circle->members, struct member, capacity ? 2 * capacity : 16);
            struct member *member = &circle->members[circle->count++];
            *member = (struct member){0};
            if (!read_member(circle, content, member, error)) {
                error_add(error, "%s:%d", path, number);
                talloc_free(circle);
                return NULL;
            }
        }
        line = end ? end + 1 : NULL;
    }
    if (text)
        return circle;
    talloc_free(circle);
    return NULL;
}

static bool is_member(const struct member *member, const char *address)
{
    bool found = member->address && strcasecmp(member->address, address) == 0;
    for (size_t i = 0; !found && i < memory_count(member->aliases); i++)
        found = strcasecmp(member->aliases[i], address) == 0;
    return found;
}

struct member *circle_find_member(const void *context, const char *folder, const char *address)
{
    void *work = talloc_new(NULL);
    char **names = file_list_folder(work, folder, MOST_CIRCLES, NULL);
    struct member *found = NULL;
    for (size_t i = 0; !found && i < memory_count(names); i++) {
        struct circle *circle = circle_read(work, folder, names[i], NULL);
        for (size_t j = 0; circle && !found && j < circle->count; j++)
            if (is_member(&circle->members[j], address))
                found = &circle->members[j];
        if (found)
            talloc_steal(context, circle); /* the member's texts hang off it */
    }
    talloc_free(work);
    return found;
}
