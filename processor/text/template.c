/* Rendering templates: see template.h. */
#include "text/template.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "text/template_parse.h"

enum {
    MOST_PARTIALS = 10, /* templates within templates: a circle ends here */
    MOST_VALUES = TEMPLATE_NESTING * (MOST_PARTIALS + 1) + 1,
};

struct template_folder {
    char *path;
    struct template **templates; /* talloc array, sorted by name, then language */
    size_t count;
};

/* Everything one rendering needs to know. */
struct renderer {
    struct template_folder *folder;
    const char *language;
    const struct template *template; /* the one being rendered, for error sentences */
    struct buffer *output;
    bool escapes;
    int partials;
    json_t *values[MOST_VALUES]; /* where names are looked up, innermost last */
    size_t depth;
};

struct template_folder *template_open_folder(const void *context, const char *path)
{
    struct template_folder *folder = memory_new(context, struct template_folder);
    folder->path = memory_copy_text(folder, path);
    return folder;
}

/* Names become paths: nothing may lead out of the folder. */
static bool is_safe(const char *name)
{
    return name[0] && name[0] != '.' && !strchr(name, '/');
}

static const char *choose_language(const struct template_folder *folder, const char *language)
{
    if (!is_safe(language))
        return "en";
    char *path = file_join(NULL, folder->path, language);
    struct stat status;
    bool is_known = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    talloc_free(path);
    return is_known ? language : "en";
}

/* The place of a template in the sorted list, or where it would have to stand. */
static size_t find_place(const struct template_folder *folder, const char *language, const char *name, bool *is_there)
{
    size_t low = 0;
    size_t high = folder->count;
    *is_there = false;
    while (low < high && !*is_there) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, folder->templates[middle]->name);
        if (order == 0)
            order = strcmp(language, folder->templates[middle]->language);
        if (order == 0)
            *is_there = true;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return *is_there ? high : low;
}

static char *path_of(const void *context, const struct template_folder *folder, const char *language, const char *name)
{
    return memory_format(context, "%s/%s/%s", folder->path, choose_language(folder, language), name);
}

static struct template *load(struct template_folder *folder, const char *language, const char *name,
                             struct error **error)
{
    struct template *template = memory_new(folder, struct template);
    template->language = memory_copy_text(template, language);
    template->name = memory_copy_text(template, name);
    template->path = path_of(template, folder, language, name);
    size_t length;
    template->source = file_read(template, template->path, LIMIT_TEMPLATE_BYTES, &length, error);
    if (template->source && template_parse(template, length, error))
        return template;
    bool heals = error && *error && (*error)->class == ERROR_TEMPORARY;
    error_set(error, heals ? ERROR_TEMPORARY : ERROR_INSTALLATION, "the template %s cannot be used", template->path);
    talloc_free(template);
    return NULL;
}

static void keep(struct template_folder *folder, size_t place, struct template *template)
{
    folder->templates = memory_resize(folder, folder->templates, struct template *, folder->count + 1);
    memmove(folder->templates + place + 1, folder->templates + place,
            (folder->count - place) * sizeof(struct template *));
    folder->templates[place] = template;
    folder->count++;
}

static const struct template *find(struct template_folder *folder, const char *language, const char *name,
                                   struct error **error)
{
    bool is_there;
    size_t place = find_place(folder, language, name, &is_there);
    if (is_there && folder->templates[place]->source)
        return folder->templates[place];
    if (!is_safe(name)) {
        error_set(error, ERROR_INSTALLATION, "\"%s\" is no name of a template", name);
        return NULL;
    }
    struct template *template = load(folder, language, name, error);
    if (template && is_there)
        folder->templates[place] = template; /* it has come since it was looked for */
    else if (template)
        keep(folder, place, template);
    return template;
}

bool template_exists(struct template_folder *folder, const char *language, const char *name)
{
    bool is_there;
    size_t place = find_place(folder, language, name, &is_there);
    if (is_there)
        return folder->templates[place]->source != NULL;
    if (!is_safe(name))
        return false;
    char *path = path_of(NULL, folder, language, name);
    struct stat status;
    bool exists = stat(path, &status) == 0 && S_ISREG(status.st_mode);
    talloc_free(path);
    if (!exists) { /* asked for every mail: what is not there is remembered, too */
        struct template *absent = memory_new(folder, struct template);
        absent->language = memory_copy_text(absent, language);
        absent->name = memory_copy_text(absent, name);
        keep(folder, place, absent);
    }
    return exists;
}

/* The value a tag names; NULL when the view knows no such name. Below null or false everything is null. */
static json_t *look_up(const struct renderer *renderer, const struct node *node)
{
    if (node->parts == 0)
        return renderer->values[renderer->depth - 1];
    json_t *value = NULL;
    for (size_t i = renderer->depth; i-- > 0 && !value;)
        value = json_object_get(renderer->values[i], node->name);
    const char *name = node->name;
    for (int part = 1; part < node->parts && value; part++) {
        name += strlen(name) + 1;
        if (!json_is_null(value) && !json_is_false(value))
            value = json_object_get(value, name);
    }
    return value;
}

static bool is_true(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_NULL:
    case JSON_FALSE:
        return false;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    default:
        return true;
    }
}

static const char *entity(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return "&#39;";
    }
}

static void write_text(struct renderer *renderer, const char *text, size_t length, bool escapes)
{
    while (escapes && length) {
        size_t plain = strcspn(text, "&<>\"'");
        if (plain >= length)
            break;
        buffer_add(renderer->output, text, plain);
        buffer_add_text(renderer->output, entity(text[plain]));
        text += plain + 1;
        length -= plain + 1;
    }
    buffer_add(renderer->output, text, length);
}

static bool write_value(struct renderer *renderer, const struct node *node, const json_t *value, struct error **error)
{
    char number[40];
    switch (json_typeof(value)) {
    case JSON_STRING:
        write_text(renderer, json_string_value(value), json_string_length(value),
                   renderer->escapes && node->kind == NODE_VALUE);
        return true;
    case JSON_INTEGER:
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        buffer_add_text(renderer->output, number);
        return true;
    case JSON_REAL:
        snprintf(number, sizeof number, "%.15g", json_real_value(value));
        buffer_add_text(renderer->output, number);
        return true;
    case JSON_TRUE:
        buffer_add_text(renderer->output, "true");
        return true;
    case JSON_NULL:
    case JSON_FALSE:
        return true;
    default:
        return error_set(error, ERROR_INSTALLATION, "%s:%d: \"%.*s\" is a list or an object and cannot be shown",
                         renderer->template->path, node->line, (int)node->length, node->text);
    }
}

static bool render(struct renderer *renderer, const struct template *template, size_t from, size_t to,
                   struct error **error);

static bool render_with(struct renderer *renderer, size_t section, json_t *value, struct error **error)
{
    const struct template *template = renderer->template;
    renderer->values[renderer->depth++] = value;
    bool done = render(renderer, template, section + 1, template->nodes[section].end, error);
    renderer->depth--;
    return done;
}

static bool render_section(struct renderer *renderer, size_t section, json_t *value, struct error **error)
{
    const struct template *template = renderer->template;
    const struct node *node = &template->nodes[section];
    if (is_true(value) != (node->kind == NODE_SECTION))
        return true;
    if (node->kind == NODE_INVERTED)
        return render(renderer, template, section + 1, node->end, error);
    if (!json_is_array(value))
        return render_with(renderer, section, value, error);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!render_with(renderer, section, json_array_get(value, i), error))
            return false;
    return true;
}

static bool render_partial(struct renderer *renderer, const struct node *node, struct error **error)
{
    const struct template *outer = renderer->template;
    if (renderer->partials == MOST_PARTIALS)
        return error_set(error, ERROR_INSTALLATION, "%s:%d: more than %d templates in each other", outer->path, node->line,
                         MOST_PARTIALS);
    const struct template *partial = find(renderer->folder, renderer->language, node->name, error);
    if (!partial)
        return error_add(error, "%s:%d: {{> %s}}", outer->path, node->line, node->name);
    renderer->partials++;
    bool done = render(renderer, partial, 0, partial->count, error);
    renderer->partials--;
    renderer->template = outer;
    return done;
}

/* Depth is bounded: TEMPLATE_NESTING sections in a file, MOST_PARTIALS files. */
static bool render(struct renderer *renderer, const struct template *template, size_t from, size_t to,
                   struct error **error)
{
    renderer->template = template;
    for (size_t i = from; i < to; i++) {
        const struct node *node = &template->nodes[i];
        if (node->kind == NODE_TEXT) {
            buffer_add(renderer->output, node->text, node->length);
            continue;
        }
        if (node->kind == NODE_PARTIAL) {
            if (!render_partial(renderer, node, error))
                return false;
            continue;
        }
        json_t *value = look_up(renderer, node);
        if (!value)
            return error_set(error, ERROR_INSTALLATION, "%s:%d: the view has no \"%.*s\"", template->path, node->line,
                             (int)node->length, node->text);
        bool is_section = node->kind == NODE_SECTION || node->kind == NODE_INVERTED;
        if (!(is_section ? render_section(renderer, i, value, error) : write_value(renderer, node, value, error)))
            return false;
        if (is_section)
            i = node->end - 1;
    }
    return true;
}

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text);
    size_t wanted = strlen(ending);
    return length >= wanted && strcmp(text + length - wanted, ending) == 0;
}

char *template_render(const void *context, struct template_folder *folder, const char *language, const char *name,
                      json_t *view, struct error **error)
{
    const struct template *template = find(folder, language, name, error);
    if (!template)
        return NULL;
    struct renderer renderer = {
        .folder = folder,
        .language = language,
        .output = buffer_new(context, LIMIT_MAIL_OUT_BYTES),
        .escapes = ends_with(name, ".html"),
        .depth = 1,
    };
    renderer.values[0] = view;
    bool done = render(&renderer, template, 0, template->count, error);
    if (done && renderer.output->overflowed)
        done = error_set(error, ERROR_REFUSED, "%s makes a mail of more than %d bytes", template->path,
                         LIMIT_MAIL_OUT_BYTES);
    if (done)
        return buffer_take(renderer.output, context);
    talloc_free(renderer.output);
    return NULL;
}
