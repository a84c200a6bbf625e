/*
 * What others know of the hardware: executables in a folder that speak the Nagios plugin convention (status 0 OK, 1 WARNING, 2
 * CRITICAL, 3 UNKNOWN; a line of text, "|", performance data). Each runs alone, without a shell, with a clean environment, no
 * input and a time limit.
 */
#ifndef KAIRAN_XEN_CHECKS_H
#define KAIRAN_XEN_CHECKS_H

#include <jansson.h>

/*
 * Runs all of them, by name: [{"name", "status", "text", "performance", "problem": null, "check_late", "check_crashed" or
 * "check_nonsense", "milliseconds"}], a new reference. No folder: none. `seconds` is what each of them has.
 */
json_t *checks_run(const char *folder, int seconds);

#endif
