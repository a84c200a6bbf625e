/* Titles of polls: see title.h. */
#include "poll/title.h"

#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

static bool strip_affix(char *title, const char *word)
{
    char *key_end = title + strlen(title);
    size_t length = strlen(word);
    if ((size_t)(key_end - title) > length && strcmp(key_end - length, word) == 0) {
        key_end[-(long)length] = '\0';
        return true;
    }
    return false;
}

char *title_read(const void *context, const char *subject)
{
    static const char *const tails[] = {"について", "の件", "の日程調整", "日程調整", "のご相談", "のお願い"};
    static const char *const heads[] = {"【日程調整】", "[日程調整]", "日程調整:", "日程調整："};
    char *title = memory_copy_text(context, subject);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (strncmp(title, heads[i], strlen(heads[i])) == 0)
            title += strlen(heads[i]);
    title += strspn(title, " ");
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
            again = strip_affix(title, tails[i]) || again;
    }
    return *title ? title : memory_copy_text(context, "日程調整");
}
