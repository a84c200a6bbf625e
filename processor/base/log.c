/* The log: see log.h. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

enum priority { PRIORITY_ERROR = 3, PRIORITY_WARNING = 4, PRIORITY_INFO = 6 };

static struct {
    const char *program;
    bool journal;
    bool tells; /* somebody watches or the journal keeps: progress is worth a line; cron would mail it */
} log_state = {"kairan", false, false};

void log_start(const char *program)
{
    log_state.program = program;
    log_state.journal = getenv("JOURNAL_STREAM") != NULL;
    log_state.tells = log_state.journal || isatty(STDERR_FILENO);
}

/* One write a line, controls made visible, so that a hostile subject cannot forge a second line. */
static void write_line(enum priority priority, const char *format, va_list arguments)
{
    char *text = memory_format_list(NULL, format, arguments);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = '?';
    if (log_state.journal)
        fprintf(stderr, "<%d>%s\n", (int)priority, text);
    else
        fprintf(stderr, "%s: %s\n", log_state.program, text);
    talloc_free(text);
}

void log_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(PRIORITY_ERROR, format, arguments);
    va_end(arguments);
}

void log_warning(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(PRIORITY_WARNING, format, arguments);
    va_end(arguments);
}

void log_info(const char *format, ...)
{
    va_list arguments;
    if (!log_state.tells)
        return;
    va_start(arguments, format);
    write_line(PRIORITY_INFO, format, arguments);
    va_end(arguments);
}
