/* The archive for browsers: see archive.h. */
#include "note/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "note/archive_text.h"
#include "note/fetch.h"
#include "note/view.h"
#include "store/attachment.h"
#include "text/value.h"

enum { NOTES_AT_ONCE = 100, TAG_FILE_BYTES = 200 };

static const char marker[] = ".kairan-archive"; /* only a folder that holds it is ever replaced */

/* One line of a list: a thread. */
struct entry {
    int64_t id;
    time_t created_at;
    json_t *view; /* {"href", "code", "title", "author", "date", "month", "tags": [], "comments"} */
};

struct archive {
    struct office *office;
    const char *language;
    char *folder; /* that is written, to be put in its place at the end */
    struct entry *entries;
    size_t count;
    int64_t notes;
};

static bool write_page(struct archive *archive, const char *name, const char *template, json_t *view,
                       struct error **error)
{
    void *context = talloc_new(NULL);
    json_object_set_new(view, "center", json_string(archive->office->config->domain));
    char *text = template_render(context, archive->office->templates, archive->language, template, view, error);
    bool done = text && file_write(file_join(context, archive->folder, name), text, strlen(text), 0600, error);
    talloc_free(context);
    return done;
}

/* A tag as the name of a file: letters and digits as they are, any other byte as two hex digits. */
static char *tag_page(const void *context, const char *tag, size_t length)
{
    char *name = memory_copy_text(context, "tag-");
    for (size_t i = 0; i < length && strlen(name) < TAG_FILE_BYTES; i++) {
        bool plain = (tag[i] >= 'a' && tag[i] <= 'z') || (tag[i] >= '0' && tag[i] <= '9');
        name = memory_format(context, plain ? "%s%c" : "%s_%02x", name, (unsigned char)tag[i]);
    }
    return memory_format(context, "%s.html", name);
}

static json_t *view_tags(const char *tags)
{
    void *context = talloc_new(NULL);
    json_t *list = json_array();
    while (*tags) {
        size_t length = strcspn(tags, " ");
        json_array_append_new(list, json_pack("{s:s%, s:s}", "tag", tags, length, "href", tag_page(context, tags, length)));
        tags += length + (tags[length] == ' ');
    }
    talloc_free(context);
    return list;
}

/* What a file is called in the archive: its content, and an ending only where a browser shows such a thing as it is. */
static char *file_name(const void *context, const char *sha256, const char *type)
{
    static const struct {
        const char *type;
        const char *ending;
    } endings[] = {{"image/png", "png"},      {"image/jpeg", "jpg"},       {"image/gif", "gif"},
                   {"application/pdf", "pdf"}, {"application/zip", "zip"}};
    const char *ending = "bin";
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (strcmp(endings[i].type, type) == 0)
            ending = endings[i].ending;
    return memory_format(context, "files/%s.%s", sha256, ending);
}

/* Puts the files of a note beside the pages, and says in its view where they are. */
static bool write_files(struct archive *archive, json_t *files, struct error **error)
{
    size_t index;
    json_t *file;
    bool done = true;
    json_array_foreach(files, index, file) {
        void *context = talloc_new(NULL);
        struct stat status;
        const char *sha256 = json_string_value(json_object_get(file, "sha256"));
        size_t size = (size_t)json_integer_value(json_object_get(file, "bytes"));
        char *name = file_name(context, sha256, json_string_value(json_object_get(file, "type")));
        char *path = file_join(context, archive->folder, name);
        json_object_set_new(file, "href", json_string(name));
        if (done && stat(path, &status) != 0) {
            char *bytes = attachment_read(context, archive->office->config->attachments, sha256, size, error);
            done = bytes && file_write(path, bytes, size, 0600, error);
        }
        talloc_free(context);
    }
    return done;
}

/* Makes of the view of a note what its page shows. */
static bool complete_note(struct archive *archive, json_t *view, const char *tags, struct error **error)
{
    json_object_set_new(view, "tags", view_tags(tags));
    json_object_set_new(view, "pieces", archive_split_text(json_string_value(json_object_get(view, "text"))));
    return write_files(archive, json_object_get(view, "attachments"), error);
}

static void add_entry(struct archive *archive, const struct note *note, json_t *page)
{
    void *context = talloc_new(NULL);
    char *date = note_view_date(context, note->created_at);
    json_t *comments = json_object_get(page, "comments");
    json_t *view = json_pack("{s:s, s:s, s:s, s:O, s:s, s:s%, s:O, s:i}", "href",
                             memory_format(context, "N%lld.html", (long long)note->thread_id), "code",
                             memory_format(context, "N%lld", (long long)note->id), "title", note->title, "author",
                             json_object_get(page, "author"), "date", date, "month", date, sizeof "2026-01" - 1, "tags",
                             json_object_get(page, "tags"), "comments", (int)json_array_size(comments));
    if (archive->count == memory_count(archive->entries))
        archive->entries = memory_resize(archive->folder, archive->entries, struct entry, 2 * archive->count + 100);
    archive->entries[archive->count++] = (struct entry){note->id, note->created_at, view_check(view)};
    talloc_free(context);
}

static bool write_thread(struct archive *archive, const struct note *note, struct error **error)
{
    json_t *view = fetch_view(archive->office, note, error);
    size_t index;
    json_t *comment;
    if (!view)
        return false;
    bool done = complete_note(archive, view, note->tags, error);
    json_array_foreach(json_object_get(view, "comments"), index, comment) {
        done = done && complete_note(archive, comment, "", error);
    }
    char *name = memory_format(NULL, "N%lld.html", (long long)note->thread_id);
    done = done && write_page(archive, name, "archive-thread.html", view, error);
    if (done)
        add_entry(archive, note, view);
    talloc_free(name);
    json_decref(view);
    return done;
}

/* The first note of a thread that is shown begins its page: its first one, unless that was withdrawn. */
static bool begins_page(struct archive *archive, const struct note *note, bool *begins, struct error **error)
{
    *begins = true;
    if (!note_is_comment(note))
        return true;
    struct note *thread = store_list_thread(NULL, archive->office->store, note->thread_id, error);
    *begins = memory_count(thread) && thread[0].id == note->id;
    bool done = thread != NULL;
    talloc_free(thread);
    return done;
}

static bool write_threads(struct archive *archive, struct error **error)
{
    for (int64_t last = 0;;) {
        struct note *notes = store_list_notes_after(NULL, archive->office->store, last, NOTES_AT_ONCE, error);
        size_t found = memory_count(notes);
        bool done = notes != NULL;
        for (size_t i = 0; done && i < found; i++) {
            bool begins;
            done = begins_page(archive, &notes[i], &begins, error) &&
                   (!begins || write_thread(archive, &notes[i], error));
            archive->notes++;
            last = notes[i].id;
        }
        talloc_free(notes);
        if (!done || !found)
            return done;
    }
}

static int compare_entries(const void *first, const void *second)
{
    const struct entry *a = first;
    const struct entry *b = second;
    if (a->created_at != b->created_at)
        return a->created_at > b->created_at ? -1 : 1;
    return a->id > b->id ? -1 : a->id < b->id;
}

/* Adds a thread to a list; the first one of each month is told so. */
static void append_entry(json_t *list, const json_t *entry)
{
    json_t *last = json_array_get(list, json_array_size(list) - 1);
    json_t *copy = json_copy((json_t *)entry);
    const char *month = json_string_value(json_object_get(copy, "month"));
    bool is_same = last && strcmp(json_string_value(json_object_get(last, "month")), month) == 0;
    json_object_set_new(copy, "heading", is_same ? json_null() : json_string(month));
    json_array_append_new(list, copy);
}

/* Lists by key, each {"name", "href", "entries": []}: years, or tags. */
static json_t *find_list(json_t *lists, const char *name, const char *href)
{
    json_t *list = json_object_get(lists, name);
    if (!list) {
        list = json_pack("{s:s, s:s, s:[]}", "name", name, "href", href, "entries");
        json_object_set_new(lists, name, view_check(list));
    }
    return json_object_get(list, "entries");
}

static int compare_lists(const void *first, const void *second)
{
    const char *a = json_string_value(json_object_get(*(json_t *const *)first, "name"));
    const char *b = json_string_value(json_object_get(*(json_t *const *)second, "name"));
    return strcmp(a, b);
}

/* The lists in the order of their names, and how much is in each, as [{"name", "href", "count", "is_open"}]. */
static json_t *view_lists(json_t *lists, const char *open)
{
    size_t count = json_object_size(lists);
    json_t **sorted = memory_array(NULL, json_t *, count + 1);
    size_t filled = 0;
    const char *name;
    json_t *list;
    json_object_foreach(lists, name, list) {
        sorted[filled++] = list;
    }
    qsort(sorted, filled, sizeof(void *), compare_lists);
    json_t *view = json_array();
    for (size_t i = 0; i < filled; i++) {
        name = json_string_value(json_object_get(sorted[i], "name"));
        json_array_append_new(view, json_pack("{s:s, s:O, s:i, s:b}", "name", name, "href", json_object_get(sorted[i], "href"),
                                              "count", (int)json_array_size(json_object_get(sorted[i], "entries")),
                                              "is_open", open && strcmp(open, name) == 0));
    }
    talloc_free(sorted);
    return view;
}

/* A page with one list; `years` are those that it leads to. */
static bool write_list(struct archive *archive, const json_t *list, const char *page, const char *tag, json_t *years,
                       struct error **error)
{
    const char *name = json_string_value(json_object_get(list, "name"));
    json_t *entries = json_object_get(list, "entries");
    json_t *view = json_pack("{s:s, s:o, s:O, s:o, s:i}", "name", name, "tag", tag ? json_string(tag) : json_null(),
                             "entries", entries, "years", view_lists(years, tag ? NULL : name), "count",
                             (int)json_array_size(entries));
    bool done = write_page(archive, page, "archive-list.html", view_check(view), error);
    json_decref(view);
    return done;
}

/* All lists as pages; that of the newest year is the page to begin with, too. */
static bool write_lists(struct archive *archive, json_t *years, json_t *tags, struct error **error)
{
    bool done = true;
    const char *name;
    json_t *list;
    json_t *newest = NULL;
    json_object_foreach(years, name, list) {
        done = done && write_list(archive, list, json_string_value(json_object_get(list, "href")), NULL, years, error);
        newest = newest && compare_lists(&list, &newest) < 0 ? newest : list;
    }
    json_object_foreach(tags, name, list) {
        done = done && write_list(archive, list, json_string_value(json_object_get(list, "href")), name, years, error);
    }
    json_t *nothing = json_pack("{s:s, s:[]}", "name", "", "entries");
    done = done && write_list(archive, newest ? newest : nothing, "index.html", NULL, years, error);
    json_decref(nothing);
    json_t *view = json_pack("{s:o, s:o}", "tag_lists", view_lists(tags, NULL), "years", view_lists(years, NULL));
    done = done && write_page(archive, "tags.html", "archive-tags.html", view_check(view), error);
    json_decref(view);
    return done;
}

static bool list_threads(struct archive *archive, struct error **error)
{
    void *context = talloc_new(NULL);
    json_t *years = json_object();
    json_t *tags = json_object();
    if (archive->count)
        qsort(archive->entries, archive->count, sizeof *archive->entries, compare_entries);
    for (size_t i = 0; i < archive->count; i++) {
        json_t *entry = archive->entries[i].view;
        char *year = memory_copy_bytes(context, json_string_value(json_object_get(entry, "month")), sizeof "2026" - 1);
        size_t index;
        json_t *tag;
        append_entry(find_list(years, year, memory_format(context, "%s.html", year)), entry);
        json_array_foreach(json_object_get(entry, "tags"), index, tag) {
            append_entry(find_list(tags, json_string_value(json_object_get(tag, "tag")),
                                   json_string_value(json_object_get(tag, "href"))),
                         entry);
        }
    }
    bool done = write_lists(archive, years, tags, error);
    json_decref(years);
    json_decref(tags);
    talloc_free(context);
    return done;
}

/* Only what is new, empty or an archive of ours may be replaced. */
static bool check_place(const char *path, struct error **error)
{
    struct stat status;
    char *mark = file_join(NULL, path, marker);
    bool is_free = (stat(path, &status) != 0 && errno == ENOENT) || stat(mark, &status) == 0 || rmdir(path) == 0;
    talloc_free(mark);
    return is_free || error_set(error, ERROR_REFUSED, "%s is no archive of notes and is not replaced; name a new folder", path);
}

bool archive_write(struct office *office, const char *path, const char *language, int64_t *count, struct error **error)
{
    void *context = talloc_new(NULL);
    struct archive archive = {.office = office, .language = language};
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    char *place = memory_copy_bytes(context, path, length);
    archive.folder = memory_format(context, "%s.unfinished", place);
    bool done = check_place(place, error) && file_remove_tree(archive.folder, error) &&
                file_make_folder(file_join(context, archive.folder, "files"), error) &&
                file_write(file_join(context, archive.folder, marker), "", 0, 0600, error) &&
                write_threads(&archive, error) && list_threads(&archive, error) &&
                file_replace_folder(place, archive.folder, error);
    for (size_t i = 0; i < archive.count; i++)
        json_decref(archive.entries[i].view);
    *count = archive.notes;
    talloc_free(context);
    return done;
}
