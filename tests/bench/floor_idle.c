/* The floor for an idle run: opens the database as kairan does, asks it one thing, and closes it. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>

int main(int count, char **words)
{
    sqlite3 *database;
    if (count != 2 || sqlite3_open_v2(words[1], &database, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return EXIT_FAILURE;
    bool is_open = sqlite3_exec(database, "PRAGMA journal_mode = WAL; SELECT value FROM meta", NULL, NULL, NULL) == SQLITE_OK;
    return sqlite3_close(database) == SQLITE_OK && is_open ? EXIT_SUCCESS : EXIT_FAILURE;
}
