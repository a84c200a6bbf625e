/* Plugins of others: see checks.h. */
#include "xen/checks.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/child.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"

enum { MOST_CHECKS = 100, MOST_OUTPUT = 8 * 1024, MOST_TEXT = 500, UNKNOWN = 3 };

static long long steady(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

struct check {
    pid_t process;
    int output; /* what it says */
    long long deadline;
    struct buffer *said;
    bool is_late;
};

/* Its own process group, so that what it started ends with it; its standard error goes nowhere. */
static bool start(struct check *check, const char *path)
{
    static const char *const environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                                              "HOME=/nonexistent", NULL};
    const char *const arguments[] = {path, NULL};
    int ends[2];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    int failed = posix_spawn(&check->process, path, &actions, &attributes, child_arguments(arguments), child_arguments(environment));
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    check->output = ends[0];
    if (failed)
        close(ends[0]);
    return !failed;
}

/* Until it closes its output or its time is over; what is beyond the limit is read and forgotten. */
static void listen(struct check *check)
{
    char piece[4096];
    for (;;) {
        long long left = check->deadline - steady();
        struct pollfd waiting = {.fd = check->output, .events = POLLIN};
        int ready = left > 0 ? poll(&waiting, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0) {
            check->is_late = true;
            return;
        }
        ssize_t length = read(check->output, piece, sizeof piece);
        if (length <= 0)
            return;
        size_t room = check->said->maximum - check->said->length;
        buffer_add(check->said, piece, (size_t)length < room ? (size_t)length : room);
    }
}

/* One that has closed its output may still be at work. */
static int wait_for_end(struct check *check)
{
    enum { PAUSE = 10 * 1000 * 1000 };
    int status = 0;
    while (!check->is_late && waitpid(check->process, &status, WNOHANG) == 0) {
        nanosleep(&(struct timespec){0, PAUSE}, NULL);
        check->is_late = steady() >= check->deadline;
    }
    kill(-check->process, SIGKILL); /* the group: also what it left behind */
    if (check->is_late)
        waitpid(check->process, &status, 0);
    return status;
}

/* The first line, cut in two at "|"; what is no UTF-8 is not shown. */
static void take_text(json_t *view, const void *context, const struct buffer *said)
{
    char *line = memory_copy_bytes(context, said->bytes, strcspn(said->bytes, "\r\n"));
    char *performance = strchr(line, '|');
    if (performance)
        *performance++ = '\0';
    size_t length = strlen(line);
    while (length && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        line[--length] = '\0';
    json_t *text = length > MOST_TEXT ? NULL : json_string(line);
    json_t *data = performance ? json_string(performance + strspn(performance, " ")) : NULL;
    json_object_set_new(view, "text", text ? text : json_string(""));
    json_object_set_new(view, "performance", data ? data : json_string(""));
}

static json_t *run_one(const void *context, const char *path, const char *name, int seconds)
{
    long long begun = steady();
    struct check check = {.deadline = begun + seconds * 1000LL, .said = buffer_new(context, MOST_OUTPUT)};
    json_t *view = json_pack("{s:s, s:i, s:s, s:s, s:n, s:i}", "name", name, "status", UNKNOWN, "text", "", "performance", "", "problem",
                             "milliseconds", 0);
    if (!view || !start(&check, path)) {
        json_object_set_new(view, "problem", json_string("check_nonsense"));
        return view;
    }
    listen(&check);
    int status = wait_for_end(&check);
    close(check.output);
    take_text(view, context, check.said);
    json_object_set_new(view, "milliseconds", json_integer(steady() - begun));
    if (check.is_late)
        json_object_set_new(view, "problem", json_string("check_late"));
    else if (!WIFEXITED(status))
        json_object_set_new(view, "problem", json_string("check_crashed"));
    else if (WEXITSTATUS(status) > UNKNOWN)
        json_object_set_new(view, "problem", json_string("check_nonsense"));
    else
        json_object_set_new(view, "status", json_integer(WEXITSTATUS(status)));
    return view;
}

json_t *checks_run(const char *folder, int seconds)
{
    void *context = talloc_new(NULL);
    json_t *list = json_array();
    char **names = file_list_folder(context, folder, MOST_CHECKS, NULL);
    for (size_t i = 0; i < memory_count(names); i++) {
        char *path = file_join(context, folder, names[i]);
        json_t *view = access(path, X_OK) == 0 ? run_one(context, path, names[i], seconds) : NULL;
        if (view)
            json_array_append_new(list, view);
    }
    talloc_free(context);
    return list;
}
