/* store/host_update: new until told, gone when no longer seen, new again when they come back. */
#include "store/host_update.h"
#include "test_store_case.h"

static const struct host_update first = {.pool = "center", .host_uuid = "h1", .host_name = "xen1", .id = "u1", .name = "XS65ESP1"};
static const struct host_update second = {.pool = "center", .host_uuid = "h1", .host_name = "xen1", .id = "u2", .name = "XS65ESP1010"};

static bool see(struct store *store, const struct host_update *update, time_t now)
{
    bool is_new = false;
    ck_assert(store_see_update(store, update, now, &is_new, NULL));
    return is_new;
}

START_TEST(updates_are_new_until_somebody_was_told)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    time_t now = case_instant("2026-01-15T04:00:00+09:00");
    ck_assert(see(store, &first, now));
    ck_assert_msg(see(store, &first, now + 60), "nobody has been told");
    ck_assert(store_tell_updates(store, "other", now + 70, NULL));
    ck_assert_msg(see(store, &first, now + 80), "another pool's people were");
    ck_assert(store_tell_updates(store, "center", now + 90, NULL));
    ck_assert(!see(store, &first, now + 100));
    ck_assert(see(store, &second, now + 100));
    talloc_free(context);
}
END_TEST

START_TEST(updates_that_are_no_longer_seen_are_gone)
{
    void *context = talloc_new(NULL);
    struct store *store = case_new_store(context);
    time_t now = case_instant("2026-01-15T04:00:00+09:00");
    see(store, &first, now);
    see(store, &second, now);
    ck_assert(store_tell_updates(store, "center", now, NULL));
    see(store, &second, now + 100);
    ck_assert(store_end_updates(store, "center", "h1", now + 100, NULL));
    struct host_update *updates = store_list_updates(context, store, "center", 0, NULL);
    ck_assert_uint_eq(memory_count(updates), 2);
    ck_assert_int_eq(updates[0].gone_at, now + 100);
    ck_assert_int_eq(updates[1].gone_at, 0);
    ck_assert_str_eq(updates[1].name, "XS65ESP1010");
    ck_assert_uint_eq(memory_count(store_list_updates(context, store, "center", now + 50, NULL)), 1);
    ck_assert_msg(see(store, &first, now + 200), "one that comes back is new");
    ck_assert_int_eq(store_list_updates(context, store, "center", now + 200, NULL)[0].first_seen_at, now + 200);
    talloc_free(context);
}
END_TEST

static Suite *host_update_suite(void)
{
    Suite *suite = suite_create("host update");
    TCase *cases = tcase_create("host update");
    tcase_add_test(cases, updates_are_new_until_somebody_was_told);
    tcase_add_test(cases, updates_that_are_no_longer_seen_are_gone);
    suite_add_tcase(suite, cases);
    return suite;
}

UNIT_MAIN(host_update_suite())
