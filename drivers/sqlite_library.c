/* Settings of the SQLite library itself, which hold for every connection of the process. */
#include "drivers/sqlite_library.h"
#include <pthread.h>
#include <sqlite3.h>

/* Memory statistics, which nobody reads, put every allocation behind one lock. A failure means that the
 * library is in use already: it then works as well, only slower. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

void sqlite_library_begin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
}
