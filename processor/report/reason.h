/* Why something did not work, for the template xen-reason.txt: it has words for what the codes of XAPI and our own come to. */
#ifndef KAIRAN_REPORT_REASON_H
#define KAIRAN_REPORT_REASON_H

#include <jansson.h>

/* Puts {`name`: {word: true, every other word: false, "other": whether there is no word for the code}} into `entry`. */
void report_add_reason(json_t *entry, const char *name, const char *code);

#endif
