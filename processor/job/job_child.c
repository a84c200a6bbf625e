/* A job in a child: see job_child.h. The child's last words come through a pipe, whose end also tells that it ended. */
#include "job/job_child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/utf8.h"

enum {
    REASON_BYTES = 2000,
    GRACE_SECONDS = 5, /* between asking a job to end and ending it */
};

struct job_child {
    pid_t process; /* and the number of its group */
    int report;    /* where its last words come from; their end is its end */
    int seconds;   /* that it was given */
    long deadline; /* in milliseconds */
    bool has_ended;
    char reason[REASON_BYTES];
    size_t used;
};

static long now_in_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A group of its own, so that its helpers can be ended with it; and no life without whoever counts its time. */
static void become_job(pid_t watcher)
{
    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != watcher)
        _exit(1);
}

static _Noreturn void work_and_exit(bool (*work)(void *closure, struct error **error), void *closure, int report)
{
    struct error *error = NULL;
    bool done = work(closure, &error);
    if (!done) {
        char *text = error ? error_text(NULL, error) : memory_copy_text(NULL, "it gives no reason");
        if (write(report, text, utf8_cut(text, REASON_BYTES)) < 0)
            _exit(1); /* who should be told has gone */
        talloc_free(text);
        error_free(&error);
    }
    _exit(done ? 0 : 1); /* nothing of the parent's is to be flushed or freed twice */
}

static int close_report(struct job_child *child)
{
    close(child->report);
    return 0;
}

/* One piece of what the child says; false when it has ended. */
static bool listen(struct job_child *child)
{
    ssize_t got = read(child->report, child->reason + child->used, REASON_BYTES - child->used);
    if (got > 0)
        child->used += (size_t)got;
    else if (got == 0 || errno != EINTR)
        child->has_ended = true;
    return !child->has_ended;
}

size_t job_child_wait(struct job_child *const children[], size_t count, int milliseconds)
{
    long end = milliseconds < 0 ? LONG_MAX : now_in_milliseconds() + milliseconds;
    struct pollfd *waiting = memory_array(NULL, struct pollfd, count);
    size_t found = count;
    for (bool again = true; again && found == count;) {
        long now = now_in_milliseconds();
        long nearest = end;
        for (size_t i = 0; i < count; i++) {
            waiting[i] = (struct pollfd){.fd = children[i]->report, .events = POLLIN};
            nearest = children[i]->deadline < nearest ? children[i]->deadline : nearest;
            if (children[i]->has_ended || children[i]->deadline <= now)
                found = i;
        }
        long left = nearest - now < INT_MAX ? nearest - now : INT_MAX;
        again = found == count && left > 0;
        int ready = again ? poll(waiting, count, (int)left) : 0;
        for (size_t i = 0; ready > 0 && i < count; i++)
            if (waiting[i].revents && !listen(children[i]))
                found = i;
    }
    talloc_free(waiting);
    return found;
}

/* Asks it to go, with all that it started; then makes it go, and what outlived its leader as well. */
static void end_group(struct job_child *child)
{
    child->deadline = now_in_milliseconds() + GRACE_SECONDS * 1000L;
    kill(-child->process, SIGTERM);
    job_child_wait(&child, 1, -1);
    kill(-child->process, SIGKILL);
}

void job_child_end(const void *context, struct job_child *child, struct job_end *end)
{
    int status = 0;
    bool in_time = child->has_ended;
    if (!in_time)
        end_group(child);
    while (waitpid(child->process, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!in_time) {
        end->outcome = JOB_LATE;
        end->reason = memory_format(context, "it was not done after %d seconds and was ended", child->seconds);
    } else if (WIFSIGNALED(status)) {
        end->outcome = JOB_CRASHED;
        end->reason = memory_format(context, "signal %d (%s) ended it", WTERMSIG(status), strsignal(WTERMSIG(status)));
    } else {
        end->outcome = WEXITSTATUS(status) == 0 ? JOB_DONE : JOB_FAILED;
        end->reason = memory_copy_bytes(context, child->reason, child->used);
    }
    talloc_free(child);
}

struct job_child *job_child_start(const void *context, bool (*work)(void *closure, struct error **error), void *closure, int seconds,
                                  struct error **error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        error_set_errno(error, "cannot make a pipe");
        return NULL;
    }
    pid_t watcher = getpid();
    pid_t process = fork();
    if (process < 0) {
        error_set_errno(error, "cannot start a child");
        close(ends[0]);
        close(ends[1]);
        return NULL;
    }
    if (process == 0) {
        become_job(watcher);
        work_and_exit(work, closure, ends[1]);
    }
    close(ends[1]);
    (void)setpgid(process, process); /* whoever of us comes first; the other one's call changes nothing */
    struct job_child *child = memory_new(context, struct job_child);
    child->process = process;
    child->report = ends[0];
    child->seconds = seconds;
    child->deadline = now_in_milliseconds() + seconds * 1000L;
    talloc_set_destructor(child, close_report);
    return child;
}

bool job_child_run(const void *context, bool (*work)(void *closure, struct error **error), void *closure, int seconds,
                   struct job_end *end, struct error **error)
{
    struct job_child *child = job_child_start(context, work, closure, seconds, error);
    if (!child)
        return false;
    job_child_wait(&child, 1, -1);
    job_child_end(context, child, end);
    return true;
}
