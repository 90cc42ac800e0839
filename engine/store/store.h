/* Where a store is: a file of SQLite's beside the project, or a PostgreSQL server for several machines. */
#pragma once
#include "base/err.h"

struct arena;
struct store;
struct driver_address;
struct project;

/* Open (making the file and its folder when `create`) and bring the schema up to date. SQLite in WAL mode,
 * synchronous = FULL, busy timeout 10 s. Without create a missing store reads as empty.
 * ERR_FILE when it is not a store, or made by a newer version. */
int store_open(const char *path, bool create, struct store **out, struct err *err);
/* The same in the schema at->schema ("lockstep" when that is NULL) of a PostgreSQL database, which is made
 * where `create` and the user's rights allow; `place` is for people. ERR_UNREACHABLE without a session. */
int store_open_server(const struct driver_address *at, const char *place, bool create, struct store **out,
                      struct err *err);
/* The project's store, wherever it is. */
int store_open_project(const struct project *p, bool create, struct store **out, struct err *err);
void store_close(struct store *s); /* accepts NULL */

/* Another handle of the same store, with a session of its own. */
int store_reopen(struct store *s, struct store **out, struct err *err);
const char *store_place(const struct store *s); /* for people; lives as long as the store */
/* Has anybody made it yet? What is not there reads as empty. */
bool store_is_there(const struct store *s);
/* Can other machines reach it too? */
bool store_is_shared(const struct store *s);
