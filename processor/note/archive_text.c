/* Texts of notes for pages: see archive_text.h. */
#include "note/archive_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "text/value.h"

/* The bytes of an address (RFC 3986, its letters only) at the start of a text; 0 when there is none. */
static size_t address_length(const char *text)
{
    static const char *const schemes[] = {"https://", "http://"};
    static const char marks[] = "-._~:/?#[]@!$&'()*+,;=%";
    size_t scheme = 0;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes && !scheme; i++)
        if (strncmp(text, schemes[i], strlen(schemes[i])) == 0)
            scheme = strlen(schemes[i]);
    if (!scheme)
        return 0;
    size_t length = scheme;
    while (text[length] && (isalnum((unsigned char)text[length]) || strchr(marks, text[length])))
        length++;
    bool opens = memchr(text, '(', length) != NULL;
    while (length > scheme && (strchr(".,:;!?'*", text[length - 1]) || (text[length - 1] == ')' && !opens)))
        length--; /* the sentence's, not the address's */
    return length > scheme ? length : 0;
}

static void add_piece(json_t *pieces, const char *text, size_t length, bool is_link)
{
    if (length)
        json_array_append_new(pieces, view_check(json_pack("{s:s%, s:o}", "text", text, length, "href",
                                                           is_link ? json_stringn(text, length) : json_null())));
}

json_t *archive_split_text(const char *text)
{
    json_t *pieces = json_array();
    const char *plain = text;
    while (*text) {
        size_t length = address_length(text);
        if (!length) {
            text++;
            continue;
        }
        add_piece(pieces, plain, (size_t)(text - plain), false);
        add_piece(pieces, text, length, true);
        text += length;
        plain = text;
    }
    add_piece(pieces, plain, strlen(plain), false);
    return pieces;
}
