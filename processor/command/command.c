/* What all commands share: see command.h. */
#include "command/command.h"

#include <getopt.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/place.h"
#include "job/lock.h"

static const char default_instance[] = "/etc/kairan";

int command_fail(struct error **error)
{
    enum error_class class = *error ? (*error)->class : ERROR_REFUSED;
    char *text = error_text(NULL, *error);
    log_error("%s", text);
    talloc_free(text);
    error_free(error);
    return class == ERROR_TEMPORARY ? COMMAND_BUSY : COMMAND_FAILED;
}

const char *command_language(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            return strncmp(value, "ja", 2) == 0 ? "ja" : "en";
    }
    return "en";
}

static bool print_template(struct template_folder *templates, const char *name, json_t *view, struct error **error)
{
    char *text = template_render(templates, templates, command_language(), name, view, error);
    if (!text)
        return false;
    bool printed = fputs(text, stdout) >= 0 && fflush(stdout) == 0;
    talloc_free(text);
    return printed || error_set_errno(error, "cannot print");
}

static int print_help(const char *command)
{
    struct error *error = NULL;
    void *context = talloc_new(NULL);
    char *name = memory_format(context, "help-%s.txt", command);
    json_t *nothing = json_object();
    bool printed =
        print_template(template_open_folder(context, place_templates(context)), name, nothing, &error);
    json_decref(nothing);
    talloc_free(context);
    return printed ? COMMAND_DONE : command_fail(&error);
}

static bool is_allowed(const char *const allowed[], const char *name)
{
    for (size_t i = 0; allowed[i]; i++)
        if (strcmp(allowed[i], name) == 0)
            return true;
    return false;
}

static bool take_option(struct command_options *options, const char *name)
{
    if (strcmp(name, "json") == 0)
        options->json = true;
    else if (strcmp(name, "watch") == 0)
        options->watch = true;
    else if (strcmp(name, "no-post") == 0)
        options->no_post = true;
    else if (strcmp(name, "write") == 0)
        options->write = true;
    else if (strcmp(name, "anyway") == 0)
        options->anyway = true;
    else if (strcmp(name, "now") == 0)
        options->now = optarg;
    else if (strcmp(name, "lang") == 0)
        options->language = optarg;
    else if (strcmp(name, "dry-run") == 0)
        options->dry_run = true;
    else if (strcmp(name, "domain") == 0)
        options->domain = optarg;
    else if (strcmp(name, "transport") == 0)
        options->transport = optarg;
    else if (strcmp(name, "poll") == 0)
        options->poll = optarg;
    else
        return false;
    return true;
}

bool command_read_options(int argc, char *argv[], const char *const allowed[], struct command_options *options,
                          int *status)
{
    static const struct option known[] = {
        {"help", no_argument, NULL, 'h'},        {"json", no_argument, NULL, 0},
        {"write", no_argument, NULL, 0},         {"anyway", no_argument, NULL, 0},
        {"watch", no_argument, NULL, 0},         {"dry-run", no_argument, NULL, 0},
                {"no-post", no_argument, NULL, 0},
        {"domain", required_argument, NULL, 0},  {"transport", required_argument, NULL, 0},
        {"poll", required_argument, NULL, 0},
        {"now", required_argument, NULL, 0},     {"lang", required_argument, NULL, 0},
        {NULL, 0, NULL, 0},
    };
    *options = (struct command_options){.instance = default_instance};
    for (int index = 0, letter; (letter = getopt_long(argc, argv, "hC:", known, &index)) != -1;) {
        if (letter == 'C') {
            options->instance = optarg;
        } else if (letter == 'h') {
            *status = print_help(argv[0]);
            return false;
        } else if (letter == '?' || !is_allowed(allowed, known[index].name) || !take_option(options, known[index].name)) {
            if (letter != '?')
                fprintf(stderr, "kairan %s: there is no option --%s here\n", argv[0], known[index].name);
            fprintf(stderr, "kairan %s --help tells what it takes\n", argv[0]);
            *status = COMMAND_USAGE;
            return false;
        }
    }
    options->first = optind;
    return true;
}

bool command_takes_no_words(int argc, char *argv[], const struct command_options *options, int *status)
{
    if (options->first == argc)
        return true;
    fprintf(stderr, "kairan %s: \"%s\" is not understood; kairan %s --help tells what it takes\n", argv[0],
            argv[options->first], argv[0]);
    *status = COMMAND_USAGE;
    return false;
}

bool command_become_owner(const struct config *config, struct error **error)
{
    struct stat status;
    if (geteuid() != 0 || stat(config->database, &status) != 0 || status.st_uid == 0)
        return true; /* a database that is missing is the store's to tell */
    if (setgroups(0, NULL) != 0 || setresgid(status.st_gid, status.st_gid, status.st_gid) != 0 ||
        setresuid(status.st_uid, status.st_uid, status.st_uid) != 0)
        return error_set_errno(error, "cannot work as the owner of %s", config->database);
    return true;
}

struct office *command_open(const void *context, const struct command_options *options, bool writes,
                            struct error **error)
{
    struct config *config = config_load(context, options->instance, error);
    if (!config || !command_become_owner(config, error) || (writes && !lock_take(context, config, error)))
        return NULL;
    return office_open(context, config, error);
}

bool command_print(struct template_folder *templates, const char *name, json_t *view, bool json, struct error **error)
{
    bool printed;
    if (json) {
        printed = json_dumpf(view, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF && fflush(stdout) == 0;
        if (!printed)
            error_set_errno(error, "cannot print");
    } else {
        printed = print_template(templates, name, view, error);
    }
    json_decref(view);
    return printed;
}
