/* mbox files: see mbox.h. */
#include "mail/mbox.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"

enum { CHUNK = 256 * 1024, SEPARATOR_LONGEST = 1000 };

static const char from[] = "From ";

struct mbox {
    int descriptor;
    char *path;
    long long number; /* of the mail that is read, from 1 */
    char *chunk;
    size_t start; /* what is not yet read of the chunk … */
    size_t end;
    bool at_end;   /* … and whether nothing follows it */
};

char *mbox_separator(const void *context, const char *sender, time_t date)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm utc;
    if (!gmtime_r(&date, &utc))
        memset(&utc, 0, sizeof utc);
    return memory_format(context, "From %s %s %s %2d %02d:%02d:%02d %d\n", *sender ? sender : "MAILER-DAEMON",
                         days[utc.tm_wday], months[utc.tm_mon], utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                         utc.tm_year + 1900);
}

/* "From somebody … 09:00 …": with a time of day, as no sentence that begins with "From" has one by chance. */
static bool is_separator(const char *line, size_t length)
{
    if (length < sizeof from - 1 || length > SEPARATOR_LONGEST || memcmp(line, from, sizeof from - 1) != 0)
        return false;
    for (size_t i = sizeof from - 1; i + 4 < length; i++)
        if (isdigit((unsigned char)line[i]) && isdigit((unsigned char)line[i + 1]) && line[i + 2] == ':' &&
            isdigit((unsigned char)line[i + 3]) && isdigit((unsigned char)line[i + 4]))
            return true;
    return false;
}

bool mbox_begins(const char *bytes, size_t length)
{
    const char *end = memchr(bytes, '\n', length);
    return end && is_separator(bytes, (size_t)(end - bytes));
}

static int close_mbox(struct mbox *mbox)
{
    close(mbox->descriptor); /* it was only read */
    return 0;
}

struct mbox *mbox_open(const void *context, const char *path, struct error **error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) {
        error_set_errno(error, "cannot open %s", path);
        return NULL;
    }
    struct mbox *mbox = memory_new(context, struct mbox);
    mbox->descriptor = descriptor;
    talloc_set_destructor(mbox, close_mbox);
    mbox->path = memory_copy_text(mbox, path);
    mbox->chunk = memory_array(mbox, char, CHUNK);
    return mbox;
}

/* Makes room and reads on; false when the disk fails. */
static bool fill(struct mbox *mbox, struct error **error)
{
    memmove(mbox->chunk, mbox->chunk + mbox->start, mbox->end - mbox->start);
    mbox->end -= mbox->start;
    mbox->start = 0;
    while (mbox->end < CHUNK && !mbox->at_end) {
        ssize_t got = read(mbox->descriptor, mbox->chunk + mbox->end, CHUNK - mbox->end);
        if (got < 0 && errno != EINTR)
            return error_set_errno(error, "cannot read %s", mbox->path);
        mbox->at_end = got == 0;
        mbox->end += got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* The line that comes next, its end included; one that is longer than a chunk comes in pieces. NULL: *at_end or an error. */
static const char *next_line(struct mbox *mbox, size_t *length, bool *at_end, struct error **error)
{
    const char *end = memchr(mbox->chunk + mbox->start, '\n', mbox->end - mbox->start);
    if (!end) {
        if (!fill(mbox, error))
            return NULL;
        end = memchr(mbox->chunk, '\n', mbox->end);
    }
    *at_end = mbox->start == mbox->end;
    if (*at_end)
        return NULL;
    *length = end ? (size_t)(end + 1 - mbox->chunk) - mbox->start : mbox->end - mbox->start;
    return mbox->chunk + mbox->start;
}

/* Without the ">" that was put before a "From " of the text. */
static void add_line(struct buffer *mail, const char *line, size_t length, bool begins_line)
{
    size_t marks = 0;
    while (marks < length && line[marks] == '>')
        marks++;
    bool is_escaped = begins_line && marks && length - marks >= sizeof from - 1 &&
                      memcmp(line + marks, from, sizeof from - 1) == 0;
    buffer_add(mail, line + is_escaped, length - is_escaped);
}

static bool is_empty_line(const char *line, size_t length)
{
    return length <= 2 && (line[0] == '\n' || (line[0] == '\r' && length == 2));
}

char *mbox_read(const void *context, struct mbox *mbox, size_t maximum, size_t *length, bool *at_end,
                struct error **error)
{
    struct buffer *mail = buffer_new(context, maximum);
    size_t width;
    bool begins_line = true;
    bool after_empty = true;
    bool has_begun = false;
    bool ends = false;
    const char *line;
    while ((line = next_line(mbox, &width, &ends, error)) != NULL) {
        bool separates = begins_line && after_empty && is_separator(line, width);
        if (separates && has_begun)
            break;
        mbox->start += width;
        after_empty = begins_line && is_empty_line(line, width);
        if (!separates)
            add_line(mail, line, width, begins_line);
        begins_line = line[width - 1] == '\n';
        has_begun = true;
    }
    *at_end = ends && !has_begun;
    *length = mail->length;
    mbox->number++;
    if (has_begun && (line || ends) && !mail->overflowed)
        return buffer_take(mail, context);
    if (mail->overflowed && (line || ends))
        error_set(error, ERROR_REFUSED, "mail %lld of %s is larger than %zu bytes", mbox->number, mbox->path, maximum);
    talloc_free(mail);
    return NULL;
}
