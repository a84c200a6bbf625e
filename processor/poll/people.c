/* Finding invited people: see people.h. */
#include "poll/people.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "text/fold.h"

/* Without the courtesy behind a name, and without blanks: 「佐藤 花子さん」 and 「佐藤花子」 are one. */
static char *name_key(const void *context, const char *name)
{
    static const char *const titles[] = {"さん", "様", "先生", "氏", "くん", "君"};
    char *key = text_fold_key(context, name);
    char *to = key;
    for (const char *from = key; *from; from++)
        if (*from != ' ')
            *to++ = *from;
    *to = '\0';
    size_t length = strlen(key);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        size_t title = strlen(titles[i]);
        if (length > title && strcmp(key + length - title, titles[i]) == 0) {
            key[length - title] = '\0';
            break;
        }
    }
    return key;
}

/* 2: the whole name or address, 1: the beginning of one, 0: neither. */
static int fits(void *context, const struct invitation *invitation, const char *word, const char *key)
{
    char *name = name_key(context, invitation->name);
    if (strcasecmp(invitation->address, word) == 0 || (*name && strcmp(name, key) == 0))
        return 2;
    size_t local = strcspn(invitation->address, "@");
    if (strlen(word) == local && strncasecmp(invitation->address, word, local) == 0)
        return 2;
    return strncmp(name, key, strlen(key)) == 0 || strncasecmp(invitation->address, word, strlen(word)) == 0;
}

const struct invitation *people_find(const struct invitation *list, const char *word)
{
    void *context = talloc_new(NULL);
    const struct invitation *found[3] = {NULL, NULL, NULL};
    size_t count[3] = {0, 0, 0};
    char *key = name_key(context, word);
    for (size_t i = 0; *key && i < memory_count(list); i++) {
        int fit = fits(context, &list[i], word, key);
        found[fit] = &list[i];
        count[fit]++;
    }
    talloc_free(context);
    if (count[2])
        return count[2] == 1 ? found[2] : NULL;
    return count[1] == 1 ? found[1] : NULL;
}

static void add_person(const void *context, struct people_choice *choice, const struct invitation *found)
{
    size_t count = memory_count(choice->people);
    for (size_t i = 0; i < count; i++)
        if (choice->people[i].id == found->id)
            return;
    choice->people = memory_resize(context, choice->people, struct invitation, count + 1);
    choice->people[count] = *found;
}

void people_add_unknown(const void *context, struct people_choice *choice, const char *word)
{
    size_t count = memory_count(choice->unknown);
    choice->unknown = memory_resize(context, choice->unknown, char *, count + 1);
    choice->unknown[count] = memory_copy_text(choice->unknown, word);
}

struct people_choice people_choose(const void *context, const struct invitation *list, const char *words)
{
    static const char *const separators[] = {",", "、", "，", ";", "；"};
    struct people_choice choice = {memory_array(context, struct invitation, 0), NULL};
    for (const char *word = words; *word;) {
        size_t length = strlen(word);
        size_t width = 0;
        for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
            const char *found = strstr(word, separators[i]);
            if (found && (size_t)(found - word) < length) {
                length = (size_t)(found - word);
                width = strlen(separators[i]);
            }
        }
        char *name = text_fold_key(context, memory_copy_bytes(context, word, length));
        const struct invitation *found = *name ? people_find(list, name) : NULL;
        if (found)
            add_person(context, &choice, found);
        else if (*name)
            people_add_unknown(context, &choice, name);
        word += length + width;
    }
    return choice;
}

json_t *people_view_unknown(const struct people_choice *choice)
{
    json_t *names = json_array();
    for (size_t i = 0; i < memory_count(choice->unknown); i++)
        json_array_append_new(names, json_string(choice->unknown[i]));
    return json_pack("{s:o}", "names", names);
}
