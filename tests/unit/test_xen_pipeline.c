/* xen/pipeline: everything arrives, in order, on the other side; and who wants no more is asked no more. */
#include "xen/pipeline.h"

#include <string.h>

#include "base/memory.h"
#include "unit.h"

struct sink {
    unsigned next;  /* byte that is due */
    size_t taken;
    size_t most;    /* then it wants no more; 0: all */
    bool is_right;
};

static bool take(void *closure, const char *bytes, size_t length)
{
    struct sink *sink = closure;
    for (size_t i = 0; i < length; i++)
        sink->is_right = sink->is_right && (unsigned char)bytes[i] == sink->next++ % 251;
    sink->taken += length;
    return !sink->most || sink->taken < sink->most;
}

/* Feeds `length` bytes in pieces of `piece`; how many it got rid of. */
static size_t feed(struct pipeline *pipeline, size_t length, size_t piece)
{
    char *bytes = memory_array(NULL, char, piece);
    size_t at = 0;
    bool wanted = true;
    while (wanted && at < length) {
        size_t now = length - at < piece ? length - at : piece;
        for (size_t i = 0; i < now; i++)
            bytes[i] = (char)((at + i) % 251);
        wanted = pipeline_feed(pipeline, bytes, now);
        at += now;
    }
    talloc_free(bytes);
    return at;
}

START_TEST(all_of_it_arrives_in_order)
{
    static const size_t lengths[] = {0, 1, 512 * 1024, 512 * 1024 + 1, 5000000};
    static const size_t pieces[] = {1000, 16384, 3000000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
            struct sink sink = {.is_right = true};
            struct pipeline *pipeline = pipeline_open(NULL, take, &sink, NULL);
            ck_assert_uint_eq(feed(pipeline, lengths[i], pieces[j]), lengths[i]);
            ck_assert(pipeline_close(pipeline) && sink.is_right);
            ck_assert_uint_eq(sink.taken, lengths[i]);
            talloc_free(pipeline);
        }
    }
}
END_TEST

START_TEST(who_wants_no_more_is_asked_no_more)
{
    struct sink sink = {.is_right = true, .most = 700000};
    struct pipeline *pipeline = pipeline_open(NULL, take, &sink, NULL);
    ck_assert_uint_lt(feed(pipeline, 50000000, 16384), 50000000);
    ck_assert(!pipeline_close(pipeline));
    ck_assert(sink.is_right && sink.taken >= 700000 && sink.taken < 2000000);
    talloc_free(pipeline);
    struct sink small = {.is_right = true, .most = 1};
    pipeline = pipeline_open(NULL, take, &small, NULL);
    ck_assert_uint_eq(feed(pipeline, 10, 10), 10);
    talloc_free(pipeline); /* which closes it */
    ck_assert_uint_eq(small.taken, 10);
}
END_TEST

static Suite *pipeline_suite(void)
{
    Suite *suite = suite_create("pipeline");
    TCase *cases = tcase_create("pipeline");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, all_of_it_arrives_in_order);
    tcase_add_test(cases, who_wants_no_more_is_asked_no_more);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(pipeline_suite())
