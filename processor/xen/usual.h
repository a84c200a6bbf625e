/* What is usual of a VM: the size of an export against those before it. Much less is the first sign of a disk that was lost. Pure. */
#ifndef KAIRAN_XEN_USUAL_H
#define KAIRAN_XEN_USUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The median of the first seven of `count` sizes (zeros are skipped); 0 when there are fewer than three. */
int64_t usual_size(const int64_t sizes[], size_t count);

/* Whether a size is more than half off the usual one. */
bool usual_is_odd(int64_t size, int64_t usual);

#endif
