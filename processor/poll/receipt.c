/* Receipts: see receipt.h. */
#include "poll/receipt.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"

enum { HALF = 4 };

char *receipt_make(const void *context, const struct office *office, const struct poll *poll, int number)
{
    char *subject = memory_format(NULL, "%s/%d", poll->code, number);
    char *token = token_make(subject, office->key, subject, "receipt");
    for (char *c = token; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    char *receipt = memory_format(context, "%.*s-%.*s", (int)HALF, token, (int)HALF, token + HALF);
    talloc_free(subject);
    return receipt;
}
