/* kairan doctor: whether the instance can do its work, and what is in its way. */
#include "job/doctor.h"

#include "base/memory.h"
#include "base/place.h"
#include "command/command.h"
#include "text/template.h"

int command_doctor(int argc, char *argv[])
{
    struct command_options options;
    int status = COMMAND_DONE;
    struct error *error = NULL;
    if (!command_read_options(argc, argv, (const char *const[]){"json", NULL}, &options, &status) ||
        !command_takes_no_words(argc, argv, &options, &status))
        return status;
    void *context = talloc_new(NULL);
    struct config *config = config_load(context, options.instance, &error);
    json_t *view = config && command_become_owner(config, &error) ? doctor_examine(config) : NULL;
    if (view && !json_is_true(json_object_get(view, "is_well")))
        status = COMMAND_FAILED;
    /* the installed templates, for the instance's own may be what is ill */
    if (!view || !command_print(template_open_folder(context, place_templates(context)), "doctor.txt", view, options.json, &error))
        status = command_fail(&error);
    talloc_free(context);
    return status;
}
