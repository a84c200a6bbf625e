/*
 * One process a mail, through a pipe, as an MTA does it: kairan-deliver beside the floor (the bare system calls),
 * procmail and maildrop, on the same mails and the same disk. Every mail goes to each of them in turn, so that whatever
 * else the machine does strikes all alike; at the end the bytes that arrived are compared, for a program may say yes
 * and deliver nothing. Usage: bench_deliver [MAILS], from the top of the tree.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mta-hooks/maildir.h"

enum { DEFAULT_MAILS = 1000, MOST_MAILS = 100000, WARM_UP = 20, MAIL_BYTES = 8192, PROGRAMS = 4, WORDS = 14 };

#define BLOCK "Return-Path: <hanako@example.org>\nDelivered-To: poll+k7q2@example.org\nX-Kairan-Queue-ID: 4XyZ12\n"

struct program {
    const char *name;
    char path[PATH_MAX];
    char spool[PATH_MAX];
    char setting[PATH_MAX + 16]; /* the rc file of procmail and maildrop */
    const char *words[WORDS];
    bool installed;
    size_t added;    /* bytes that it puts on top of each mail */
    size_t expected; /* bytes that must have arrived */
    double *seconds; /* of each mail */
};

static void die(const char *what)
{
    fprintf(stderr, "bench_deliver: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* A reply of about 3 kB with its number in it; lengths vary from 2.6 to 3.4 kB. */
static size_t make_mail(char mail[MAIL_BYTES], int number)
{
    int length = snprintf(mail, MAIL_BYTES,
                          "Received: from client.example.org by mx.example.org; Thu, 15 Jan 2026 10:00:00 +0900\n"
                          "From: hanako@example.org\nTo: poll+k7q2@example.org\nSubject: Re: date\n"
                          "Message-ID: <%d@example.org>\nContent-Type: text/plain; charset=utf-8\n\n",
                          number);
    for (int line = 0; line < 35 + number % 11; line++)
        length += snprintf(mail + length, MAIL_BYTES - (size_t)length,
                           "> %2d  quoted line of the ballot, as mail clients send it back to us\n", line);
    return (size_t)length;
}

static void write_setting(struct program *program, const char *format)
{
    int file = open(program->setting, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || dprintf(file, format, program->spool) < 0 || close(file) != 0)
        die(program->setting);
}

static void prepare(struct program *program, const char *folder, int mails)
{
    snprintf(program->spool, sizeof program->spool, "%.2000s/%s", folder, program->name);
    snprintf(program->setting, sizeof program->setting, "%.2000s/%s.rc", folder, program->name);
    struct maildir maildir = {.path = program->spool};
    if (!maildir_create(&maildir))
        die(maildir.why);
    program->installed = access(program->path, X_OK) == 0;
    program->seconds = calloc((size_t)mails, sizeof *program->seconds);
    if (!program->seconds)
        die("memory");
}

static pid_t start(struct program *program, int input)
{
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "HOME=/", "LOGNAME=root", NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    errno = posix_spawn(&child, program->path, &actions, NULL, (char **)program->words, (char **)environment);
    if (errno != 0)
        die(program->path);
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* Seconds from before the start of the process to its exit status. */
static double deliver(struct program *program, const char *mail, size_t length)
{
    double begun = now();
    int ends[2];
    int status;
    if (pipe2(ends, O_CLOEXEC) != 0)
        die("pipe");
    pid_t child = start(program, ends[0]);
    if (write(ends[1], mail, length) != (ssize_t)length || close(ends[1]) != 0)
        die("cannot hand over the mail");
    if (waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "bench_deliver: %s ended with status %d\n", program->name, status);
        exit(EXIT_FAILURE);
    }
    close(ends[0]);
    program->expected += length + program->added;
    return now() - begun;
}

static size_t count_bytes(const struct program *program)
{
    char path[PATH_MAX + 8];
    size_t bytes = 0;
    snprintf(path, sizeof path, "%s/new", program->spool);
    DIR *folder = opendir(path);
    if (!folder)
        die(path);
    struct dirent *entry;
    struct stat status;
    while ((entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.' && fstatat(dirfd(folder), entry->d_name, &status, 0) == 0)
            bytes += (size_t)status.st_size;
    closedir(folder);
    return bytes;
}

static int compare_seconds(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static double rate(const struct program *program, int mails)
{
    double sum = 0;
    for (int i = 0; i < mails; i++)
        sum += program->seconds[i];
    return mails / sum;
}

/* Prints one program's line; false when bytes are missing or too many. */
static bool print(struct program *program, int mails, double floor)
{
    if (!program->installed) {
        printf("%-16s not installed\n", program->name);
        return true;
    }
    double per_second = rate(program, mails);
    qsort(program->seconds, (size_t)mails, sizeof *program->seconds, compare_seconds);
    size_t arrived = count_bytes(program);
    printf("%-16s %8.0f %9.2f %9.2f %9.2f  %s\n", program->name, per_second, program->seconds[mails / 2] * 1e3,
           program->seconds[mails * 99 / 100] * 1e3, per_second / floor,
           arrived == program->expected ? "all bytes arrived" : "BYTES DIFFER");
    return arrived == program->expected;
}

static void run(struct program *programs, int mails)
{
    char mail[MAIL_BYTES];
    for (int number = -WARM_UP; number < mails; number++) {
        size_t length = make_mail(mail, number + WARM_UP);
        for (int turn = 0; turn < PROGRAMS; turn++) {
            struct program *program = &programs[(turn + number + WARM_UP) % PROGRAMS];
            if (!program->installed)
                continue;
            double seconds = deliver(program, mail, length);
            if (number >= 0)
                program->seconds[number] = seconds;
        }
    }
}

static void remove_folder(const char *folder)
{
    const char *words[] = {"rm", "-rf", folder, NULL};
    pid_t child;
    int status;
    if (posix_spawn(&child, "/bin/rm", NULL, NULL, (char **)words, NULL) != 0 || waitpid(child, &status, 0) != child)
        fprintf(stderr, "bench_deliver: %s is left behind\n", folder);
}

static void set_words(struct program *program, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        program->words[i] = words[i];
}

/* The command lines: an MTA's for the hook, the plainest delivery into a Maildir for the others. */
static void set_up(struct program *programs, const char *beside, const char *folder, int mails)
{
    struct program *floor = &programs[0];
    struct program *hook = &programs[1];
    struct program *procmail = &programs[2];
    struct program *maildrop = &programs[3];
    snprintf(floor->path, PATH_MAX, "%.2000s/floor_deliver", beside);
    snprintf(hook->path, PATH_MAX, "%.2000s/../../kairan-deliver", beside);
    for (int i = 0; i < PROGRAMS; i++)
        prepare(&programs[i], folder, mails);
    set_words(floor, (const char *[]){"floor_deliver", floor->spool, NULL});
    set_words(hook, (const char *[]){"kairan-deliver", "--mta", "postfix", "--spool", hook->spool, "--sender",
                                     "hanako@example.org", "--rcpt", "poll+k7q2@example.org", "--queue-id", "4XyZ12",
                                     "--size", "2000", NULL});
    set_words(procmail, (const char *[]){"procmail", procmail->setting, NULL});
    set_words(maildrop, (const char *[]){"maildrop", maildrop->setting, NULL});
    write_setting(procmail, "DEFAULT=%s/\n");
    write_setting(maildrop, "to \"%s\"\n");
}

int main(int count, char **words)
{
    int mails = count > 1 ? (int)strtol(words[1], NULL, 10) : DEFAULT_MAILS;
    if (mails < 1 || mails > MOST_MAILS)
        mails = DEFAULT_MAILS;
    char folder[PATH_MAX];
    char work[] = "build/bench-deliver-XXXXXX";
    char *own = realpath(words[0], NULL);
    if (!own || !mkdtemp(work) || !realpath(work, folder))
        die("cannot begin (run it from the top of the tree)");
    struct program programs[PROGRAMS] = {
        {.name = "floor"},
        {.name = "kairan-deliver", .added = sizeof BLOCK - 1},
        {.name = "procmail", .path = "/usr/bin/procmail"},
        {.name = "maildrop", .path = "/usr/bin/maildrop"},
    };
    set_up(programs, dirname(own), folder, mails);
    run(programs, mails);
    printf("%-16s %8s %9s %9s %9s\n", "one a process", "mails/s", "p50 ms", "p99 ms", "x floor");
    double floor = rate(&programs[0], mails);
    bool right = true;
    for (int i = 0; i < PROGRAMS; i++)
        right = print(&programs[i], mails, floor) && right;
    remove_folder(folder);
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
