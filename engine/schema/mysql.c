#include "engine/schema/schema_query.h"
const struct schema_reader schema_mysql = {0};
