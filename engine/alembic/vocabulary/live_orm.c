#include "engine/alembic/vocabulary/live.h"
const struct py_def live_orm_defs[] = {{0}};
