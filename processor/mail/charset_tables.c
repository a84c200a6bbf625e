/* The tables of mail/charset: see charset_tables.h. */
#include "mail/charset_tables.h"

#include <stdlib.h>
#include <string.h>

#include "processor/mail/charset_tables.inc"

enum { LABEL_BYTES = 48 };

static int compare_label(const void *name, const void *label)
{
    return strcmp(name, ((const struct charset_label *)label)->name);
}

const struct charset_label *charset_find_label(const char *label)
{
    static const char fringe[] = " \t\r\n\f\"'";
    char name[LABEL_BYTES] = "";
    label += strspn(label, fringe);
    size_t length = strlen(label);
    while (length && strchr(fringe, label[length - 1]))
        length--;
    if (length >= sizeof name)
        return NULL;
    for (size_t i = 0; i < length; i++)
        name[i] = label[i] >= 'A' && label[i] <= 'Z' ? (char)(label[i] - 'A' + 'a') : label[i];
    return bsearch(name, labels, sizeof labels / sizeof *labels, sizeof *labels, compare_label);
}
