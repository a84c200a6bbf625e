/* The floor for bench_deliver: the system calls of a durable delivery and nothing else: no envelope, no limits. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_BYTES = 128 * 1024, PATH_BYTES = 4096 };

/* Copies standard input to the descriptor. */
static int copy(int out)
{
    char buffer[BUFFER_BYTES];
    ssize_t got;
    while ((got = read(STDIN_FILENO, buffer, sizeof buffer)) > 0)
        if (write(out, buffer, (size_t)got) != got)
            return -1;
    return (int)got;
}

int main(int count, char **words)
{
    char tmp[PATH_BYTES];
    char new[PATH_BYTES];
    unsigned long long random;
    struct timespec now;
    if (count != 2 || getrandom(&random, sizeof random, 0) != sizeof random || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return EXIT_FAILURE;
    snprintf(tmp, sizeof tmp, "%s/tmp/%lld.P%ld_%016llx", words[1], (long long)now.tv_sec, (long)getpid(), random);
    snprintf(new, sizeof new, "%s/new/%lld.P%ld_%016llx", words[1], (long long)now.tv_sec, (long)getpid(), random);
    int file = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 || copy(file) != 0 || fsync(file) != 0 || close(file) != 0 || rename(tmp, new) != 0)
        return EXIT_FAILURE;
    snprintf(new, sizeof new, "%s/new", words[1]);
    int folder = open(new, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder >= 0 && fsync(folder) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
