/* The sandbox of the reader: see sandbox.h. */
#include "mail/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* A sanitizer reserves terabytes of addresses and reads /proc to explain a fault; its builds run without the fence. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

enum { MEMORY_BYTES = 1 << 30 }; /* addresses, not pages: a mail of 25 MB with its copies takes a fifth */

static bool limit(__rlimit_resource_t resource, rlim_t value, struct error **error)
{
    struct rlimit rlimit = {value, value};
    return setrlimit(resource, &rlimit) == 0 || error_set_errno(error, "cannot limit resource %d", (int)resource);
}

static bool set_limits(struct error **error)
{
    return limit(RLIMIT_CORE, 0, error) && limit(RLIMIT_FSIZE, 0, error) && limit(RLIMIT_NPROC, 0, error) &&
           limit(RLIMIT_NOFILE, 3, error) && limit(RLIMIT_AS, MEMORY_BYTES, error);
}

static int add_rules(scmp_filter_ctx filter)
{
    static const int allowed[] = {
        SCMP_SYS(read),         SCMP_SYS(write),          SCMP_SYS(writev),        SCMP_SYS(brk),
        SCMP_SYS(mmap),         SCMP_SYS(munmap),         SCMP_SYS(mremap),        SCMP_SYS(madvise),
        SCMP_SYS(futex),        SCMP_SYS(exit),           SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn),
        SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime), SCMP_SYS(getpid),
        SCMP_SYS(gettid),       SCMP_SYS(tgkill),         SCMP_SYS(close),         SCMP_SYS(lseek),
        SCMP_SYS(getrandom),    SCMP_SYS(restart_syscall)};
    /* the C library tries these on the way to an error it can handle: refused, not killed for */
    static const int refused[] = {SCMP_SYS(openat), SCMP_SYS(open),  SCMP_SYS(newfstatat),
                                  SCMP_SYS(fstat),  SCMP_SYS(ioctl), SCMP_SYS(readlink)};
    int status = 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < sizeof refused / sizeof *refused && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
    return status;
}

static bool filter_calls(struct error **error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return error_set_errno(error, "cannot give up privileges");
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return error_set(error, ERROR_TEMPORARY, "the kernel does not filter system calls");
    int status = add_rules(filter);
    if (status == 0)
        status = seccomp_load(filter);
    seccomp_release(filter);
    return status == 0 || error_set(error, ERROR_TEMPORARY, "cannot filter system calls: %s", strerror(-status));
}

bool sandbox_enter(struct error **error)
{
    if (IS_SANITIZED)
        return true;
    return set_limits(error) && filter_calls(error);
}
