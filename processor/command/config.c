/* kairan config: every key, its value and its meaning. */
#include <stdio.h>

#include "base/memory.h"
#include "command/command.h"
#include "text/almanac.h"

int command_config(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){NULL}, &options, &status) ||
        !command_takes_no_words(argc, argv, &options, &status))
        return status;
    void *context = talloc_new(NULL);
    struct config *config = config_load(context, options.instance, &error);
    bool is_right = config && almanac_load(context, config, &error); /* its keys are read by whoever needs days */
    if (is_right)
        config_print(stdout, config);
    if (!is_right || fflush(stdout) != 0)
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
