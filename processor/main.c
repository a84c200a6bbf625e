/* kairan: the table of subcommands, nothing else. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "command/command.h"

static const struct {
    const char *name;
    int (*run)(int argc, char *argv[]);
    const char *summary;
} commands[] = {
    {"init", command_init, "make an instance in a folder"},
    {"process", command_process, "take in the spool, close what is due, post the outbox"},
    {"post", command_post, "hand the outbox to the MTA"},
    {"nightly", command_nightly, "run the jobs whose time of the day has come, or the named ones"},
    {"read", command_read, "show how a mail would be read; changes nothing"},
    {"answer", command_answer, "show what a reply means; changes nothing"},
    {"dates", command_dates, "show the dates in a text"},
    {"poll", command_poll, "list, show, open, remind, close, export polls"},
    {"xen", command_xen, "look after pools of XenServer and XCP-ng hosts"},
    {"note", command_note, "list, show, search, export, import notes"},
    {"outbox", command_outbox, "list, retry, drop mails that the MTA has not taken"},
    {"replay", command_replay, "read every answer again from the archive, and compare the votes"},
    {"status", command_status, "how the instance is doing"},
    {"doctor", command_doctor, "whether the instance can do its work, and what is in its way"},
    {"config", command_config, "every key, its value and its meaning"},
};

static int print_usage(FILE *out, int status)
{
    fputs("usage: kairan COMMAND [OPTIONS]\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fputs("\nkairan COMMAND --help tells more. -C DIR names the instance (default /etc/kairan).\n", out);
    return status;
}

int main(int argc, char *argv[])
{
    struct error *error = NULL;
    log_start("kairan");
    memory_start();
    umask(077);               /* votes and mail are nobody else's business */
    signal(SIGPIPE, SIG_IGN); /* a helper that died is an error of a write, not our end */
    if (!clock_start(&error))
        return command_fail(&error);
    if (argc < 2)
        return print_usage(stderr, COMMAND_USAGE);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return print_usage(stdout, COMMAND_DONE);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "kairan: there is no command \"%s\"\n\n", argv[1]);
    return print_usage(stderr, COMMAND_USAGE);
}
