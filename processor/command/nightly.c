/* kairan nightly [JOB…] [--json]. */
#include <stdio.h>

#include "base/memory.h"
#include "command/command.h"
#include "job/nightly.h"

static bool run(const void *context, const struct command_options *options, const char *const names[],
                struct error **error)
{
    struct config *config = config_load(context, options->instance, error);
    if (!config || !command_become_owner(config, error))
        return false;
    json_t *ended = json_array();
    bool done = nightly_run(config, names, ended, error);
    if (options->json) {
        struct template_folder *templates = template_open_folder(context, config->templates);
        done = command_print(templates, "", json_pack("{s:O}", "jobs", ended), true, done ? error : NULL) && done;
    }
    json_decref(ended);
    return done;
}

int command_nightly(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", NULL}, &options, &status))
        return status;
    for (int i = options.first; i < argc; i++)
        if (!nightly_knows(argv[i])) {
            fprintf(stderr, "kairan nightly: there is no job \"%s\"; kairan nightly --help lists them\n", argv[i]);
            return COMMAND_USAGE;
        }
    void *context = talloc_new(NULL);
    if (!run(context, &options, (const char *const *)(argv + options.first), &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
