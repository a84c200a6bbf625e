/* What is usual of a VM: see usual.h. */
#include "xen/usual.h"

#include <stdlib.h>

enum { MOST = 7, LEAST = 3 };

static int compare(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

int64_t usual_size(const int64_t sizes[], size_t count)
{
    int64_t known[MOST];
    size_t used = 0;
    for (size_t i = 0; i < count && used < MOST; i++)
        if (sizes[i] > 0)
            known[used++] = sizes[i];
    if (used < LEAST)
        return 0;
    qsort(known, used, sizeof *known, compare);
    return known[used / 2];
}

bool usual_is_odd(int64_t size, int64_t usual)
{
    return usual && (size < usual - usual / 2 || size > usual + usual / 2);
}
