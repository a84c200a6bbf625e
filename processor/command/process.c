/* kairan process [--watch] [--no-post] and kairan post. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "command/command.h"
#include "job/process.h"
#include "store/store.h"

enum { ROUND_SECONDS = 60 }; /* deadlines are looked at this often, mail or no mail */

static void report(const struct process_counts *counts)
{
    const struct intake_counts *intake = &counts->intake;
    if (intake->taken || intake->repeated || intake->failed || counts->closed)
        log_info("%ld taken in, %ld known already, %ld set aside, %ld polls closed", intake->taken, intake->repeated,
                 intake->failed, counts->closed);
    if (counts->post.sent || counts->post.later || counts->post.refused)
        log_info("%ld sent, %ld to be tried again, %ld refused", counts->post.sent, counts->post.later,
                 counts->post.refused);
}

static bool run_once(struct office *office, const struct command_options *options, struct error **error)
{
    struct process_counts counts;
    office->now = clock_now();
    bool done = process_run(office, !options->no_post, &counts, error);
    report(&counts);
    return done;
}

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* Signals come only while waiting: a round is never cut short. */
static bool wait_for_mail(int notifier, const sigset_t *outside)
{
    char events[4096];
    struct pollfd waiting = {.fd = notifier, .events = POLLIN};
    int ready = ppoll(&waiting, 1, &(struct timespec){.tv_sec = ROUND_SECONDS}, outside);
    if (ready < 0 && errno != EINTR)
        return false;
    if (ready > 0 && read(notifier, events, sizeof events) < 0 && errno != EAGAIN && errno != EINTR)
        return false;
    return true;
}

static bool watch(struct office *office, const struct command_options *options, struct error **error)
{
    char *folder = file_join(office, office->config->spool, "new");
    int notifier = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (notifier < 0 || inotify_add_watch(notifier, folder, IN_MOVED_TO | IN_CREATE) < 0)
        return error_set_errno(error, "cannot watch %s", folder);
    struct sigaction action = {.sa_handler = stop};
    sigset_t blocked;
    sigset_t outside;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    if (sigprocmask(SIG_BLOCK, &blocked, &outside) != 0 || sigaction(SIGTERM, &action, NULL) != 0 ||
        sigaction(SIGINT, &action, NULL) != 0)
        return error_set_errno(error, "cannot set up signals");
    bool waits = true;
    while (!stopped && waits) {
        struct error *reason = NULL;
        if (!run_once(office, options, &reason))
            command_fail(&reason); /* said; the next round tries again */
        waits = wait_for_mail(notifier, &outside);
    }
    close(notifier);
    return waits || error_set_errno(error, "cannot wait for mail");
}

int command_process(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"watch", "no-post", NULL}, &options, &status) ||
        !command_takes_no_words(argc, argv, &options, &status))
        return status;
    void *context = talloc_new(NULL);
    struct office *office = command_open(context, &options, true, &error);
    bool done = office && (options.watch ? watch(office, &options, &error) : run_once(office, &options, &error));
    if (!done)
        status = command_fail(&error);
    talloc_free(context);
    return status;
}

int command_post(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){NULL}, &options, &status) ||
        !command_takes_no_words(argc, argv, &options, &status))
        return status;
    void *context = talloc_new(NULL);
    struct office *office = command_open(context, &options, true, &error);
    struct process_counts counts = {0};
    if (!office || !post_run(office, &counts.post, &error))
        status = command_fail(&error);
    report(&counts);
    talloc_free(context);
    return status;
}
