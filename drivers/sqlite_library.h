/* How this process uses the SQLite library, for everybody who opens a database with it. */
#pragma once

/* Before the first call of the library; any number of times, from any thread. */
void sqlite_library_begin(void);
