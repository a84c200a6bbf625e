/* Texts to be searched: see searchable.h. */
#include "text/searchable.h"

#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

/* Kana, kanji and what is set among them (U+2E80 and above, without the half-width letters of folded text). */
static bool is_wide(const char *character, size_t length)
{
    return length >= 3 && (unsigned char)character[0] >= 0xE2 &&
           memcmp(character, "\xE2\xBA\x80", 3) >= 0;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

/* Works in place: what is left is never longer than what came. */
struct folded *text_make_searchable(const void *context, const char *source)
{
    struct folded *folded = text_fold(context, source, strlen(source));
    char *text = folded->text;
    size_t kept = 0;
    bool after_wide = false;
    bool after_blank = false;
    size_t blank_origin = 0;
    for (size_t i = 0, length; i < folded->length; i += length) {
        length = 1;
        if (is_blank(text[i])) {
            if (!after_blank)
                blank_origin = folded->origin[i];
            after_blank = true;
            continue;
        }
        if ((unsigned char)text[i] >= 0x80)
            length = utf8_sequence_length(text + i, folded->length - i, &(size_t){0});
        length = length ? length : 1;
        bool wide = is_wide(text + i, length);
        if (after_blank && kept && !(after_wide && wide)) {
            text[kept] = ' ';
            folded->origin[kept++] = blank_origin;
        }
        for (size_t j = 0; j < length; j++, kept++) {
            text[kept] = text[i + j];
            folded->origin[kept] = folded->origin[i + j];
        }
        after_wide = wide;
        after_blank = false;
    }
    folded->origin[kept] = folded->origin[folded->length];
    text[kept] = '\0';
    folded->length = kept;
    return folded;
}
