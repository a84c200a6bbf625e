/* kairan init DIR: an instance in a folder, ready to try. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "command/command.h"
#include "mail/token.h"
#include "mta-hooks/maildir.h"
#include "store/store.h"

static bool make_maildir(const void *context, const char *folder, const char *name, struct error **error)
{
    struct maildir maildir = {.path = file_join(context, folder, name)};
    return maildir_create(&maildir) || error_set(error, ERROR_TEMPORARY, "%s", maildir.why);
}

static bool make_config(const void *context, const char *folder, const struct command_options *options,
                        struct error **error)
{
    const char *domain = options->domain ? options->domain : "localhost";
    const char *transport = options->transport ? options->transport : "maildir:out";
    char *text = config_template(context, domain, transport);
    char *path = file_join(context, folder, "kairan.conf");
    if (!file_create(path, text, strlen(text), 0640, error))
        return false;
    if (config_load(context, path, error))
        return true;
    unlink(path); /* what was asked for makes no instance; the first error is the one to tell */
    return false;
}

/* The configuration comes last: an instance without one is none, and init can be run again. */
static bool make_instance(const void *context, const char *folder, const struct command_options *options,
                          struct error **error)
{
    char *key = file_join(context, folder, "secret.key");
    if (access(file_join(context, folder, "kairan.conf"), F_OK) == 0)
        return error_set(error, ERROR_REFUSED, "%s holds an instance already; nothing was changed", folder);
    if (!file_make_folder(folder, error) || !make_maildir(context, folder, "spool", error) ||
        !file_make_folder(file_join(context, folder, "spool/failed"), error) ||
        !file_make_folder(file_join(context, folder, "archive"), error) ||
        !file_make_folder(file_join(context, folder, "circles"), error))
        return false;
    if (!options->transport && !make_maildir(context, folder, "out", error))
        return false;
    if (access(key, F_OK) != 0 && !token_create_key(key, error))
        return false;
    struct store *store = store_create(context, file_join(context, folder, "kairan.db"), error);
    return store && make_config(context, folder, options, error);
}

int command_init(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"domain", "transport", NULL}, &options, &status))
        return status;
    if (argc - options.first != 1) {
        fprintf(stderr, "usage: kairan init [--domain DOMAIN] [--transport TRANSPORT] DIR\n");
        return COMMAND_USAGE;
    }
    void *context = talloc_new(NULL);
    const char *folder = argv[options.first];
    if (!make_instance(context, folder, &options, &error))
        status = command_fail(&error);
    else
        printf("%s\n", folder);
    talloc_free(context);
    return status;
}
