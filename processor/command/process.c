/* kairan process [--watch] [--no-post] and kairan post. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "command/command.h"
#include "job/lock.h"
#include "job/nightly.h"
#include "job/process.h"
#include "job/upkeep.h"
#include "store/store.h"

enum {
    ROUND_SECONDS = 60, /* deadlines are looked at this often, mail or no mail */
    BUSY_SECONDS = 1,   /* another kairan is at work: a command's, as a rule, and soon done */
};

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
    struct error *reason = NULL;
    office->now = clock_now();
    bool done = nightly_tell_missed(office, &reason);
    done = process_run(office, !options->no_post, &counts, done ? &reason : NULL) && done;
    report(&counts);
    done = upkeep_run(office, done ? &reason : NULL) && done;
    if (!done)
        *error = reason;
    return done;
}

/*
 * One round of a watch, with all opened anew: what is repaired or restored meanwhile is seen, and between rounds other
 * commands may take the lock. False: another kairan is at work.
 */
static bool run_round(const struct command_options *options)
{
    void *context = talloc_new(NULL);
    struct error *error = NULL;
    struct config *config = config_load(context, options->instance, &error);
    bool ready = config && command_become_owner(config, &error);
    struct lock *lock = ready ? lock_take(context, config, &error) : NULL;
    bool busy = ready && !lock && error->class == ERROR_TEMPORARY;
    struct office *office = lock ? office_open(context, config, &error) : NULL;
    if (!busy && !(office && run_once(office, options, &error)))
        command_fail(&error); /* said; the next round tries again */
    error_free(&error);
    talloc_free(context);
    return !busy;
}

/* Signals are only looked at here: a round is never cut short. */
static bool wait_for_mail(int notifier, int stop, int seconds, bool *stopped)
{
    char events[4096];
    struct pollfd waiting[] = {{.fd = notifier, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
    int ready = poll(waiting, 2, seconds * 1000);
    if (ready < 0)
        return errno == EINTR;
    *stopped = waiting[1].revents != 0;
    return !waiting[0].revents || read(notifier, events, sizeof events) >= 0 || errno == EAGAIN || errno == EINTR;
}

static bool run_rounds(int notifier, int stop, const struct command_options *options, struct error **error)
{
    for (bool stopped = false; !stopped;) {
        int seconds = run_round(options) ? ROUND_SECONDS : BUSY_SECONDS;
        if (!wait_for_mail(notifier, stop, seconds, &stopped))
            return error_set_errno(error, "cannot wait for mail");
    }
    return true;
}

static int catch_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return sigprocmask(SIG_BLOCK, &signals, NULL) == 0 ? signalfd(-1, &signals, SFD_CLOEXEC) : -1;
}

static bool watch(const struct command_options *options, struct error **error)
{
    void *context = talloc_new(NULL);
    struct office *office = command_open(context, options, false, error); /* what is wrong from the start ends us */
    char *folder = office ? file_join(context, office->config->spool, "new") : NULL;
    talloc_free(office);
    int notifier = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    int stop = catch_signals();
    bool done = false;
    if (folder && (notifier < 0 || inotify_add_watch(notifier, folder, IN_MOVED_TO | IN_CREATE) < 0))
        error_set_errno(error, "cannot watch %s", folder);
    else if (folder && stop < 0)
        error_set_errno(error, "cannot wait for signals");
    else if (folder)
        done = run_rounds(notifier, stop, options, error);
    if (notifier >= 0)
        close(notifier);
    if (stop >= 0)
        close(stop);
    talloc_free(context);
    return done;
}

static bool run_alone(const struct command_options *options, struct error **error)
{
    void *context = talloc_new(NULL);
    struct office *office = command_open(context, options, true, error);
    bool done = office && run_once(office, options, error);
    talloc_free(context);
    return done;
}

int command_process(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"watch", "no-post", NULL}, &options, &status) ||
        !command_takes_no_words(argc, argv, &options, &status))
        return status;
    if (!(options.watch ? watch(&options, &error) : run_alone(&options, &error)))
        status = command_fail(&error);
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
