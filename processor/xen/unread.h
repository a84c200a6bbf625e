/*
 * Fields of XAPI's records that nothing in Kairan reads. A pool of 2,000 VMs says 130,000 of them every time that it is asked, and
 * most of the work with its answers would be theirs. What stands here is left out while an answer is read; what does not, and all
 * that later hosts may add, is kept. `make lint` refuses a name that is read somewhere after all.
 */
#ifndef KAIRAN_XEN_UNREAD_H
#define KAIRAN_XEN_UNREAD_H

#include <stdbool.h>

bool unread_has(const char *field);

/*
 * How many structs stand within each other in an answer to `method` down to the fields of records, the envelope's among them; 0 for
 * an answer without records.
 */
int unread_depth(const char *method);

#endif
