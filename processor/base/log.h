/*
 * The log: lines on standard error, one an event, for the administrator. Under systemd they carry the priority
 * prefix that journald understands (sd-daemon(3)); on a terminal they are plain. Never secrets, never mail bodies.
 */
#ifndef KAIRAN_BASE_LOG_H
#define KAIRAN_BASE_LOG_H

#include "base/error.h"

/* Names the program at the start of every line; decides once how lines look. */
void log_start(const char *program);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Progress; only on a terminal and under systemd. */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
