/* People and their addresses: see person.h. */
#include "store/person.h"

#include "base/address.h"
#include "base/memory.h"
#include "store/sql.h"

static struct person *read_person(const void *context, struct rows *rows)
{
    struct person *person = memory_new(context, struct person);
    person->id = rows_integer(rows, 0);
    person->name = rows_text(person, rows, 1);
    person->language = rows_text(person, rows, 2);
    return person;
}

bool store_find_person(const void *context, struct store *store, const char *address, struct person **person,
                 struct error **error)
{
    *person = NULL;
    char *key = address_lower(context, address);
    struct rows *rows = sql_query(store,
                                  "SELECT person.id, person.name, person.language FROM address"
                                  " JOIN person ON person.id = address.person_id WHERE address.address = ?",
                                  SQL_VALUES(sql_text(key)), error);
    if (!rows)
        return false;
    if (rows_next(rows))
        *person = read_person(context, rows);
    return rows_end(rows, error);
}

struct person *store_load_person(const void *context, struct store *store, int64_t id, struct error **error)
{
    struct rows *rows = sql_query(store, "SELECT id, name, language FROM person WHERE id = ?",
                                  SQL_VALUES(sql_integer(id)), error);
    if (!rows)
        return NULL;
    struct person *person = rows_next(rows) ? read_person(context, rows) : NULL;
    if (!rows_end(rows, error))
        return NULL;
    if (!person)
        error_set(error, ERROR_REFUSED, "there is no person %lld", (long long)id);
    return person;
}

bool store_update_person(struct store *store, const struct person *person, struct error **error)
{
    return sql_run(store, "UPDATE person SET name = ?, language = ? WHERE id = ?",
                   SQL_VALUES(sql_text(person->name), sql_text(person->language), sql_integer(person->id)), error);
}

/* What was not known before is filled in; what a person has told is never overwritten by a guess from a header. */
static bool fill_in(struct store *store, struct person *person, const char *name, const char *language,
                    struct error **error)
{
    bool new_name = name && *name && !*person->name;
    bool new_language = language && !person->language;
    if (!new_name && !new_language)
        return true;
    if (new_name)
        person->name = memory_copy_text(person, name);
    if (new_language)
        person->language = memory_copy_text(person, language);
    return store_update_person(store, person, error);
}

struct person *store_meet_person(const void *context, struct store *store, const char *address, const char *name,
                           const char *language, struct error **error)
{
    struct person *person;
    if (!store_find_person(context, store, address, &person, error))
        return NULL;
    if (person)
        return fill_in(store, person, name, language, error) ? person : NULL;
    person = memory_new(context, struct person);
    person->name = memory_copy_text(person, name ? name : "");
    person->language = memory_copy_text(person, language);
    if (!store_next_id(store, "person", &person->id, error) ||
        !sql_run(store, "INSERT INTO person (id, name, language) VALUES (?, ?, ?)",
                 SQL_VALUES(sql_integer(person->id), sql_text(person->name), sql_text(person->language)), error) ||
        !store_add_address(store, person->id, address, error))
        return NULL;
    return person;
}

bool store_add_address(struct store *store, int64_t person_id, const char *address, struct error **error)
{
    char *key = address_lower(NULL, address);
    bool done = sql_run(store,
                        "INSERT INTO address (address, person_id, position) VALUES (?, ?,"
                        " (SELECT coalesce(max(position) + 1, 0) FROM address WHERE person_id = ?)) ON CONFLICT DO NOTHING",
                        SQL_VALUES(sql_text(key), sql_integer(person_id), sql_integer(person_id)), error);
    talloc_free(key);
    return done;
}

bool store_set_first_address(struct store *store, int64_t person_id, const char *address, struct error **error)
{
    char *key = address_lower(NULL, address);
    bool has = false;
    bool done = store_add_address(store, person_id, key, error) &&
                store_has_address(store, person_id, key, &has, error);
    if (done && has)
        done = sql_run(store, "UPDATE address SET position = position + 1 WHERE person_id = ?",
                       SQL_VALUES(sql_integer(person_id)), error) &&
               sql_run(store, "UPDATE address SET position = 0 WHERE address = ?", SQL_VALUES(sql_text(key)), error);
    talloc_free(key);
    return done;
}

char *store_first_address(const void *context, struct store *store, int64_t person_id, struct error **error)
{
    struct rows *rows = sql_query(store, "SELECT address FROM address WHERE person_id = ? ORDER BY position, address",
                                  SQL_VALUES(sql_integer(person_id)), error);
    if (!rows)
        return NULL;
    char *address = rows_next(rows) ? rows_text(context, rows, 0) : NULL;
    if (rows_end(rows, error) && !address)
        error_set(error, ERROR_REFUSED, "the person %lld has no address", (long long)person_id);
    return address;
}

bool store_has_address(struct store *store, int64_t person_id, const char *address, bool *has, struct error **error)
{
    char *key = address_lower(NULL, address);
    struct rows *rows = sql_query(store, "SELECT 1 FROM address WHERE address = ? AND person_id = ?",
                                  SQL_VALUES(sql_text(key), sql_integer(person_id)), error);
    bool done = false;
    if (rows) {
        *has = rows_next(rows);
        done = rows_end(rows, error);
    }
    talloc_free(key);
    return done;
}
