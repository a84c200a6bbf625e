/*
 * kairan-deliver: what the MTA runs for each mail. Copies standard input, with the envelope on top, durably into the
 * spool and exits 0; the mail has then been taken. It knows nothing of polls and links nothing but libc.
 *
 * Exit statuses, and no others: 0 taken; 75 try again (all that time or an administrator can heal, a mistyped option
 * too: a mistake there must not bounce anybody's mail); 65 and 69 refused, with one line on standard error for the
 * bounce. Standard input is read to its end, also when the mail is refused: some MTAs take unread input for a crash,
 * others take it for success.
 *
 * Nothing is allocated, no handler runs, and the only state is one struct on the stack.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "mta-hooks/envelope.h"
#include "mta-hooks/maildir.h"

#ifndef KAIRAN_SPOOL
#define KAIRAN_SPOOL "/var/spool/kairan"
#endif

enum {
    BUFFER_BYTES = 128 * 1024, /* twice what a pipe holds: nearly every mail fits whole, and is one write */
    SENTENCE_BYTES = 640,
    DEFAULT_SECONDS = 120, /* Postfix bounces after 1000 s, Sieve gives up after 10: we give up first, with a 75 */
    MOST_SECONDS = 24 * 3600,
    LARGEST_REMOVED_HEADER = 4096,      /* a spam filter's report, the seals of several relays */
    DEFAULT_MAXIMUM = 20 * 1024 * 1024, /* below LIMIT_LETTER_BYTES of the processor */
};

/* What the MTA's idea of the size tells about ours. */
enum size_rule { SIZE_IGNORED, SIZE_POSTFIX, SIZE_EXACT };

/* What differs between those who call us. */
struct mta {
    const char *name;
    bool waits; /* it waits for us: our parent gone means a mail that was cut short */
    bool tells; /* its environment holds the envelope */
    enum size_rule size_rule;
    const char *queue_id; /* names of variables, or NULL */
    const char *size;
};

static const struct mta mtas[] = {
    {.name = "none", .tells = true},
    {.name = "postfix", .waits = true, .size_rule = SIZE_POSTFIX},
    {.name = "local", .waits = true, .tells = true, .size_rule = SIZE_POSTFIX},
    {.name = "exim",
     .waits = true,
     .tells = true,
     .size_rule = SIZE_EXACT,
     .queue_id = "MESSAGE_ID",
     .size = "MESSAGE_SIZE"},
    {.name = "opensmtpd", .waits = true, .tells = true},
    {.name = "sendmail", .waits = true},
    {.name = "maildrop", .waits = true, .tells = true},
    /* these may be gone before us by right: procmail does not wait without its flag w, Sieve may go through a socket */
    {.name = "procmail", .tells = true},
    {.name = "sieve", .tells = true},
};

/* One run of the program. */
struct delivery {
    const struct mta *mta;
    struct maildir spool;
    struct envelope envelope;
    const char *told_size;
    size_t expected; /* what the MTA says the size is, 0 when it does not */
    size_t maximum;
    long seconds;
    struct timespec started;
    pid_t parent;
    int stop; /* a descriptor that is readable when a signal asks us to stop */
    /* the input */
    char *buffer;
    size_t begin, end; /* what is still to be written lies between them */
    bool ended;        /* end of file has been seen */
    size_t bytes;      /* of the mail, without what the MTA put on top */
    size_t lines;
    char last_byte;
    /* the answer */
    int status;
    char sentence[SENTENCE_BYTES];
};

static bool give_up(struct delivery *delivery, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Decides on the answer; the first decision stands. Always false, so that `return give_up(…)` is one line. */
static bool give_up(struct delivery *delivery, int status, const char *format, ...)
{
    if (delivery->status != EX_OK)
        return false;
    delivery->status = status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(delivery->sentence, sizeof delivery->sentence, format, arguments);
    va_end(arguments);
    return false;
}

/* --- the input --- */

static int milliseconds_left(const struct delivery *delivery)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long passed = (now.tv_sec - delivery->started.tv_sec) * 1000 + (now.tv_nsec - delivery->started.tv_nsec) / 1000000;
    long left = delivery->seconds * 1000 - passed;
    return left > 0 ? (int)left : 0;
}

/*
 * Waits until standard input has something, a signal asks us to stop, or the time is over. Signals are blocked and come
 * by descriptor: no handler runs between our instructions, and none can come at a wrong moment.
 */
static bool wait_for_input(struct delivery *delivery)
{
    for (;;) {
        int left = milliseconds_left(delivery);
        struct pollfd waiting[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = delivery->stop, .events = POLLIN}};
        int ready = poll(waiting, 2, left);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            return give_up(delivery, EX_TEMPFAIL, "4.3.0 cannot wait for the mail: %s", strerror(errno));
        if (ready == 0 || left == 0) /* a sender that never pauses does not get more time than one that does */
            return give_up(delivery, EX_TEMPFAIL, "4.3.0 the mail did not end within %ld seconds", delivery->seconds);
        if (waiting[1].revents)
            return give_up(delivery, EX_TEMPFAIL, "4.3.0 stopped by a signal before the mail was taken");
        return true;
    }
}

/* Fills the buffer as far as the input goes. */
static bool fill_buffer(struct delivery *delivery)
{
    delivery->begin = delivery->end = 0;
    while (!delivery->ended && delivery->end < BUFFER_BYTES) {
        if (!wait_for_input(delivery))
            return false;
        ssize_t got = read(STDIN_FILENO, delivery->buffer + delivery->end, BUFFER_BYTES - delivery->end);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            return give_up(delivery, EX_TEMPFAIL, "4.3.0 cannot read the mail: %s", strerror(errno));
        delivery->end += (size_t)got;
        delivery->ended = got == 0;
    }
    return true;
}

/* Reads what is left for nobody, so that the MTA hears our answer and not a broken pipe. The verdict stands already. */
static void drain_input(struct delivery *delivery)
{
    if (isatty(STDIN_FILENO)) /* an administrator who mistyped an option and has no mail to give */
        return;
    for (bool more = true; more && !delivery->ended;)
        more = fill_buffer(delivery);
}

/* --- taking the mail --- */

/* Counts what is to be written next, and minds the limit. */
static bool count_bytes(struct delivery *delivery)
{
    delivery->bytes += delivery->end - delivery->begin;
    if (delivery->end > delivery->begin)
        delivery->last_byte = delivery->buffer[delivery->end - 1];
    if (delivery->bytes > delivery->maximum)
        return give_up(delivery, EX_UNAVAILABLE, "5.2.3 the mail is larger than %zu bytes", delivery->maximum);
    const char *stop = delivery->buffer + delivery->end;
    const char *at = delivery->buffer + delivery->begin;
    while (delivery->expected && (at = memchr(at, '\n', (size_t)(stop - at))) != NULL) {
        delivery->lines++;
        at++;
    }
    return true;
}

/*
 * An MTA that dies while it writes looks like the end of the mail. Exim announces the bytes. Postfix announces the size
 * of its queue file: 2 bytes more a line, 3 more for each 2048 bytes of a long one, and also the header lines that a
 * milter has taken out again; to believe it to the byte would defer such a mail for ever. But Postfix writes in blocks
 * of 4096 bytes, which hardly ever end where a line does.
 */
static bool is_cut_short(const struct delivery *delivery)
{
    if (delivery->mta->size_rule == SIZE_EXACT)
        return delivery->expected > delivery->bytes;
    size_t most = delivery->bytes + 2 * delivery->lines + 3 * (delivery->bytes / 2048) + 8;
    if (delivery->expected <= most)
        return false;
    return delivery->last_byte != '\n' || delivery->expected - most > LARGEST_REMOVED_HEADER;
}

static bool check_size(struct delivery *delivery)
{
    if (!delivery->bytes)
        return give_up(delivery, EX_TEMPFAIL, "4.3.0 the mail is empty");
    if (delivery->expected && is_cut_short(delivery))
        return give_up(delivery, EX_TEMPFAIL, "4.3.0 the mail was cut short: %zu bytes came, %zu were announced",
                       delivery->bytes, delivery->expected);
    return true;
}

/*
 * Whether a process is on its way out. The kernel closes a dying process's files, which is our end of file, before it
 * gives its children a new parent; in between, getppid() still shows the old one, but the process carries PF_EXITING
 * in the flags of /proc/PID/stat (proc(5)). Without /proc nobody can tell, and the mail is believed.
 */
static bool is_exiting(pid_t process)
{
    enum { PF_EXITING = 0x4, FIELDS_BEFORE_FLAGS = 6 };
    char path[32];
    char status[1024];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)process);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    ssize_t length = read(descriptor, status, sizeof status - 1);
    close(descriptor); /* it was only read: nothing can be lost here */
    if (length <= 0)
        return false;
    status[length] = '\0';
    const char *field = strrchr(status, ')'); /* the name in front may hold anything */
    for (int i = 0; field && i <= FIELDS_BEFORE_FLAGS; i++)
        field = strchr(field + 1, ' ');
    return field && (strtoul(field + 1, NULL, 10) & PF_EXITING);
}

/* The last look before the mail counts as taken. */
static bool check_last(struct delivery *delivery)
{
    struct pollfd stop = {.fd = delivery->stop, .events = POLLIN};
    if (poll(&stop, 1, 0) != 0)
        return give_up(delivery, EX_TEMPFAIL, "4.3.0 stopped by a signal before the mail was taken");
    if (delivery->mta->waits && (getppid() != delivery->parent || is_exiting(delivery->parent)))
        return give_up(delivery, EX_TEMPFAIL, "4.3.0 the MTA went away before the mail was taken");
    if (milliseconds_left(delivery) == 0)
        return give_up(delivery, EX_TEMPFAIL, "4.3.0 the mail was not on the disk in %ld seconds", delivery->seconds);
    return true;
}

static bool give_up_spool(struct delivery *delivery)
{
    return give_up(delivery, EX_TEMPFAIL, "4.3.0 %s", delivery->spool.why);
}

static struct slice unwritten(const struct delivery *delivery)
{
    return (struct slice){.bytes = delivery->buffer + delivery->begin, .length = delivery->end - delivery->begin};
}

/* Writes the block and the mail to its end. The first buffer is filled already. */
static bool copy_mail(struct delivery *delivery, struct maildir_file *file)
{
    char block[ENVELOPE_BLOCK_BYTES];
    size_t block_length = envelope_write_block(&delivery->envelope, unwritten(delivery), block);
    for (bool first = true;; first = false) {
        if (!count_bytes(delivery))
            return false;
        struct iovec pieces[] = {{block, first ? block_length : 0},
                                 {delivery->buffer + delivery->begin, delivery->end - delivery->begin}};
        if (!maildir_write(&delivery->spool, file, pieces, 2))
            return give_up_spool(delivery);
        if (delivery->ended)
            return check_size(delivery);
        if (!fill_buffer(delivery))
            return false;
    }
}

static bool read_number(const char *text, size_t least, size_t most, size_t *number)
{
    char *rest;
    errno = 0;
    unsigned long long value = strtoull(text, &rest, 10);
    *number = (size_t)value;
    return text[0] >= '0' && text[0] <= '9' && !*rest && errno == 0 && value >= least && value <= most;
}

/* What the options have left open, from the MTA's environment. */
static bool ask_environment(struct delivery *delivery)
{
    const struct mta *mta = delivery->mta;
    if (mta->tells)
        envelope_ask_environment(&delivery->envelope);
    if (mta->queue_id && !delivery->envelope.queue_id.bytes)
        delivery->envelope.queue_id = slice_of(getenv(mta->queue_id));
    if (mta->size && !delivery->told_size)
        delivery->told_size = getenv(mta->size);
    if (delivery->told_size && !read_number(delivery->told_size, 0, SSIZE_MAX, &delivery->expected))
        return give_up(delivery, EX_TEMPFAIL, "4.3.5 the size \"%.40s\" is not a number", delivery->told_size);
    if (mta->size_rule == SIZE_IGNORED)
        delivery->expected = 0;
    return true;
}

/* The envelope, from the options, the environment and the first buffer, whose top is left out of the mail. */
static bool find_envelope(struct delivery *delivery)
{
    if (!ask_environment(delivery))
        return false;
    if (!envelope_read_top(&delivery->envelope, unwritten(delivery), delivery->ended, &delivery->begin))
        return give_up(delivery, EX_DATAERR, "5.6.0 the mail does not begin within %d bytes", (int)BUFFER_BYTES);
    const char *problem = envelope_check(&delivery->envelope);
    return !problem || give_up(delivery, problem[0] == '4' ? EX_TEMPFAIL : EX_DATAERR, "%s", problem);
}

static bool take_mail(struct delivery *delivery)
{
    if (!fill_buffer(delivery) || !find_envelope(delivery))
        return false;
    struct maildir_file file;
    bool taken = (maildir_begin(&delivery->spool, &file) || give_up_spool(delivery)) && copy_mail(delivery, &file) &&
                 (maildir_store(&delivery->spool, &file) || give_up_spool(delivery)) && check_last(delivery) &&
                 (maildir_publish(&delivery->spool, &file, NULL) || give_up_spool(delivery));
    if (!taken)
        maildir_discard(&delivery->spool, &file);
    return taken;
}

/* --- the caller --- */

static const struct mta *find_mta(const char *name)
{
    for (size_t i = 0; i < sizeof mtas / sizeof mtas[0]; i++)
        if (strcmp(mtas[i].name, name) == 0)
            return &mtas[i];
    return NULL;
}

static bool use_option(struct delivery *delivery, int option, const char *value)
{
    size_t seconds;
    switch (option) {
    case 'm':
        delivery->mta = find_mta(value);
        return delivery->mta != NULL;
    case 'd':
        delivery->spool.path = value;
        return value[0] != '\0';
    case 's':
        delivery->envelope.sender = slice_of(value);
        return true;
    case 'r':
        delivery->envelope.recipient = slice_of(value);
        return true;
    case 'o':
        delivery->envelope.original_recipient = slice_of(value);
        return true;
    case 'e':
        delivery->envelope.extension = slice_of(value);
        return true;
    case 'q':
        delivery->envelope.queue_id = slice_of(value);
        return true;
    case 'n':
        delivery->told_size = value;
        return true;
    case 'x':
        return read_number(value, 1, SSIZE_MAX, &delivery->maximum);
    case 't':
        if (!read_number(value, 1, MOST_SECONDS, &seconds))
            return false;
        delivery->seconds = (long)seconds;
        return true;
    default:
        return false;
    }
}

static bool read_options(struct delivery *delivery, int count, char **words)
{
    static const struct option options[] = {
        {"mta", required_argument, NULL, 'm'},
        {"spool", required_argument, NULL, 'd'},
        {"sender", required_argument, NULL, 's'},
        {"rcpt", required_argument, NULL, 'r'},
        {"orig-rcpt", required_argument, NULL, 'o'},
        {"ext", required_argument, NULL, 'e'},
        {"queue-id", required_argument, NULL, 'q'},
        {"size", required_argument, NULL, 'n'},
        {"max-size", required_argument, NULL, 'x'},
        {"timeout", required_argument, NULL, 't'},
        {NULL, 0, NULL, 0},
    };
    opterr = 0; /* one line, and that is ours */
    int option;
    while ((option = getopt_long(count, words, "", options, NULL)) != -1)
        if (!use_option(delivery, option, optarg))
            return give_up(delivery, EX_TEMPFAIL, "4.3.5 kairan-deliver does not understand \"%.100s\"",
                           words[optind - 1]);
    return optind == count ||
           give_up(delivery, EX_TEMPFAIL, "4.3.5 kairan-deliver does not understand \"%.100s\"", words[optind]);
}

/*
 * Signals that ask us to stop wait in a descriptor; those that would kill us for a broken pipe or a file size limit
 * become errors of the write.
 */
static bool hold_signals(struct delivery *delivery)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGHUP);
    sigaddset(&stop, SIGQUIT);
    sigaddset(&stop, SIGALRM);
    sigset_t held = stop;
    sigaddset(&held, SIGPIPE);
    sigaddset(&held, SIGXFSZ);
    if (sigprocmask(SIG_BLOCK, &held, NULL) != 0)
        return give_up(delivery, EX_TEMPFAIL, "4.3.0 cannot hold signals: %s", strerror(errno));
    delivery->stop = signalfd(-1, &stop, SFD_CLOEXEC);
    if (delivery->stop < 0)
        return give_up(delivery, EX_TEMPFAIL, "4.3.0 cannot wait for signals: %s", strerror(errno));
    /* descriptors are given lowest first: this one shows whether standard input is there at all */
    delivery->ended = delivery->stop == STDIN_FILENO;
    return !delivery->ended || give_up(delivery, EX_TEMPFAIL, "4.3.5 standard input is closed");
}

/* One line, whatever a path or an option had in it. */
static void tell(char *sentence)
{
    size_t length = strlen(sentence);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)sentence[i] < ' ' || sentence[i] == 0x7F)
            sentence[i] = '?';
    sentence[length] = '\n'; /* in the place of the NUL */
    if (write(STDERR_FILENO, sentence, length + 1) < 0)
        return; /* nobody listens; the status says the same */
}

int main(int count, char **words)
{
    char buffer[BUFFER_BYTES];
    struct delivery delivery = {
        .parent = getppid(), /* before anything else: the sooner, the less can have happened to it */
        .mta = &mtas[0],
        .spool.path = KAIRAN_SPOOL,
        .maximum = DEFAULT_MAXIMUM,
        .seconds = DEFAULT_SECONDS,
        .buffer = buffer,
    };
    clock_gettime(CLOCK_MONOTONIC, &delivery.started);
    if (hold_signals(&delivery) && read_options(&delivery, count, words))
        take_mail(&delivery);
    if (delivery.status != EX_OK) {
        drain_input(&delivery);
        tell(delivery.sentence);
    }
    return delivery.status;
}
