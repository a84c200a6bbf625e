/* How fast notes go into the search table, and how long a search over 10,000 of them takes. Prints; asserts nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/person.h"
#include "store/search.h"
#include "text/searchable.h"

enum { NOTES = 10000, PIECES = 120, ROUNDS = 60 };

static const char *const pieces[] = {
    "仮想", "化", "ディスク", "の", "縮小", "手順", "を", "まとめた", "。", "バックアップ", "が", "失敗", "する", "と", "XenServer ",
    "UUID ", "snapshot ", "fsck -f ", "/dev/sda1 ", "更新", "適用", "再起動", "確認", "会議", "資料", "\n", "resize2fs ", "容量", "不足"};

/* Of the processor: what others do at the same time is not ours. */
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static unsigned draw(unsigned below)
{
    static unsigned state = 1;
    state = state * 1103515245 + 12345;
    return (state >> 16) % below;
}

static void fill(struct store *store)
{
    double start = seconds();
    size_t bytes = 0;
    if (!store_begin(store, NULL))
        abort();
    struct person *person = store_meet_person(store, store, "tanaka@tc.example.ac.jp", "田中 実", "ja", NULL);
    for (int i = 0; i < NOTES; i++) {
        void *context = talloc_new(NULL);
        char *text = memory_copy_text(context, i % 1000 ? "" : "稀な言葉 zfs ");
        for (int j = 0; j < PIECES; j++)
            text = talloc_strdup_append(text, pieces[draw(sizeof pieces / sizeof *pieces)]);
        struct note note = {.title = memory_format(context, "記録 %d", i), .text = text, .tags = memory_copy_text(context, "disk"),
                            .author_id = person->id, .author = person->name,
                            .address = memory_copy_text(context, "tanaka@tc.example.ac.jp"), .created_at = 1768000000 + i};
        bytes += strlen(text);
        if (!store_add_note(store, &note, 0, NULL) || !store_index_note(store, &note, NULL, NULL))
            abort();
        talloc_free(context);
    }
    if (!store_commit(store, NULL))
        abort();
    printf("  %d notes of %zu bytes taken in: %.0f/s\n", NOTES, bytes / NOTES, NOTES / (seconds() - start));
}

static void search(struct store *store, const char *word)
{
    double best = 1e9;
    int64_t total = 0;
    for (int i = 0; i < ROUNDS; i++) {
        void *context = talloc_new(NULL);
        struct search_query query = {.terms = memory_array(context, struct search_term, 1)};
        query.terms[0] = (struct search_term){SEARCH_ANYWHERE, text_make_searchable(context, word)->text, false};
        double start = seconds();
        if (!store_search_notes(context, store, &query, 10, &total, NULL))
            abort();
        double taken = seconds() - start;
        best = taken < best ? taken : best;
        talloc_free(context);
    }
    printf("  %-24s %6lld hits %8.2f ms\n", word, (long long)total, best * 1e3);
}

int main(void)
{
    static const char *const words[] = {"稀", "仮", "縮小", "稀な", "仮想化", "バックアップ", "zfs", "xenserver", "uuid", "e", "uui", "クアッ", "無い言葉"};
    char path[] = "/tmp/kairan-bench-XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor < 0)
        return EXIT_FAILURE;
    close(descriptor);
    struct store *store = store_create(NULL, path, NULL);
    if (!store)
        return EXIT_FAILURE;
    fill(store);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        search(store, words[i]);
    talloc_free(store);
    return unlink(path) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
