/* alembic.context and the migration context behind op.get_context(). */
#pragma once
#include "engine/alembic/vocabulary/vocab.h"

pyv op_migration_context(struct py *py); /* op.get_context() */
