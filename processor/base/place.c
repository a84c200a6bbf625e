/* Where Kairan's own files lie: see place.h. */
#include "base/place.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

/* The running program as the kernel knows it, so neither PATH nor argv[0] can mislead; NULL without /proc. */
static char *running_program(const void *context)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    if (length <= 0 || (size_t)length >= sizeof path)
        return NULL;
    return memory_copy_bytes(context, path, (size_t)length);
}

/*
 * Cuts TREE/build/FLAVOUR/… (programs, and tests deeper down) to TREE/build/FLAVOUR and tells where TREE ends;
 * 0 when the program does not run from a build tree.
 */
static size_t cut_to_build_folder(char *program)
{
    static const char build[] = "/build/";
    char *found = NULL;
    for (char *next = strstr(program, build); next; next = strstr(next + 1, build))
        found = next;
    char *slash = found ? strchr(found + sizeof build - 1, '/') : NULL;
    if (!slash)
        return 0;
    *slash = '\0';
    return (size_t)(found - program);
}

char *place_helper(const void *context, const char *name)
{
    char *folder = running_program(context);
    char *helper = NULL;
    if (folder && cut_to_build_folder(folder))
        helper = file_join(context, folder, name);
    talloc_free(folder);
    if (helper && access(helper, X_OK) == 0)
        return helper;
    talloc_free(helper);
    return file_join(context, KAIRAN_LIBEXECDIR, name);
}

char *place_templates(const void *context)
{
    char *folder = running_program(context);
    size_t tree = folder ? cut_to_build_folder(folder) : 0;
    char *templates = tree ? memory_format(context, "%.*s/templates", (int)tree, folder) : NULL;
    talloc_free(folder);
    if (templates && access(templates, R_OK | X_OK) == 0)
        return templates;
    talloc_free(templates);
    return memory_copy_text(context, KAIRAN_DATADIR "/templates");
}
