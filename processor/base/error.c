/* Error chains: see error.h. Every chain is a talloc tree of its own, so that it outlives the work that failed. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/memory.h"

static bool set_sentence(struct error **error, enum error_class class, char *sentence)
{
    if (!error) {
        talloc_free(sentence);
        return false;
    }
    struct error *made = memory_new(NULL, struct error);
    made->class = class;
    made->sentence = talloc_steal(made, sentence);
    made->cause = talloc_steal(made, *error);
    *error = made;
    return false;
}

bool error_set(struct error **error, enum error_class class, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *sentence = memory_format_list(NULL, format, arguments);
    va_end(arguments);
    return set_sentence(error, class, sentence);
}

/* What time does not heal: somebody must set a permission, a path or a name right. */
static enum error_class class_of_errno(int number)
{
    switch (number) {
    case EACCES:
    case EPERM:
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ELOOP:
    case ENAMETOOLONG:
    case ENOEXEC:
    case EROFS:
        return ERROR_INSTALLATION;
    default:
        return ERROR_TEMPORARY;
    }
}

bool error_set_errno(struct error **error, const char *format, ...)
{
    int number = errno;
    va_list arguments;
    va_start(arguments, format);
    char *what = memory_format_list(NULL, format, arguments);
    va_end(arguments);
    char *sentence = memory_format(NULL, "%s: %s", what, strerror(number));
    talloc_free(what);
    return set_sentence(error, class_of_errno(number), sentence);
}

bool error_add(struct error **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *sentence = memory_format_list(NULL, format, arguments);
    va_end(arguments);
    enum error_class class = error && *error ? (*error)->class : ERROR_TEMPORARY;
    return set_sentence(error, class, sentence);
}

char *error_text(const void *context, const struct error *error)
{
    if (!error)
        return memory_copy_text(context, "no reason was given");
    char *text = memory_copy_text(context, error->sentence);
    for (const struct error *cause = error->cause; cause; cause = cause->cause) {
        char *longer = memory_format(context, "%s: %s", text, cause->sentence);
        talloc_free(text);
        text = longer;
    }
    return text;
}

void error_free(struct error **error)
{
    if (!error)
        return;
    talloc_free(*error);
    *error = NULL;
}
