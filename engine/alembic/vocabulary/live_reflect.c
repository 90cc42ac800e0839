#include "engine/alembic/vocabulary/live_inspect.h"
struct ddl_table *live_reflect(struct py *py, struct ddl_name n, struct ddl_name s)
{
    (void)n, (void)s;
    return py_refuse(py, "reflection of a table");
}
