/* A job in a child: see job_child.h. The child's last words come through a pipe, whose end also tells that it ended. */
#include "job/job_child.h"

#include <errno.h>
#include <fcntl.h>
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

/* Collects what the child says until it has ended. False when `deadline` came first. */
static bool listen_until(int report, long deadline, char *reason, size_t *used)
{
    for (;;) {
        long left = deadline - now_in_milliseconds();
        struct pollfd waiting = {.fd = report, .events = POLLIN};
        int ready = poll(&waiting, 1, left > 0 ? (int)left : 0);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        ssize_t got = read(report, reason + *used, REASON_BYTES - *used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return true;
        *used += (size_t)got;
    }
}

static void end_group(pid_t child, int report, char *reason, size_t *used)
{
    kill(-child, SIGTERM);
    listen_until(report, now_in_milliseconds() + GRACE_SECONDS * 1000L, reason, used);
    kill(-child, SIGKILL); /* also what outlived its leader */
}

static void watch(const void *context, pid_t child, int report, int seconds, struct job_end *end)
{
    char reason[REASON_BYTES];
    size_t used = 0;
    int status = 0;
    bool in_time = listen_until(report, now_in_milliseconds() + seconds * 1000L, reason, &used);
    if (!in_time)
        end_group(child, report, reason, &used);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!in_time) {
        end->outcome = JOB_LATE;
        end->reason = memory_format(context, "it was not done after %d seconds and was ended", seconds);
    } else if (WIFSIGNALED(status)) {
        end->outcome = JOB_CRASHED;
        end->reason = memory_format(context, "signal %d (%s) ended it", WTERMSIG(status), strsignal(WTERMSIG(status)));
    } else {
        end->outcome = WEXITSTATUS(status) == 0 ? JOB_DONE : JOB_FAILED;
        end->reason = memory_copy_bytes(context, reason, used);
    }
}

bool job_child_run(const void *context, bool (*work)(void *closure, struct error **error), void *closure, int seconds,
                   struct job_end *end, struct error **error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set_errno(error, "cannot make a pipe");
    pid_t watcher = getpid();
    pid_t child = fork();
    if (child < 0) {
        error_set_errno(error, "cannot start a child");
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    if (child == 0) {
        become_job(watcher);
        work_and_exit(work, closure, ends[1]);
    }
    close(ends[1]);
    (void)setpgid(child, child); /* whoever of us comes first; the other one's call changes nothing */
    watch(context, child, ends[0], seconds, end);
    close(ends[0]);
    return true;
}
