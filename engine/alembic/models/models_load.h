/* Running modules as far as their models are concerned. Private to models*.c. */
#pragma once
#include "engine/alembic/python/py_frame.h"

/* The module, with the packages around it and all that they import of the project. 0 or -1, and stopped. */
int models_load(struct py *py, struct py_module *m);
/* By name; *found false: it is none of the project's. */
int models_load_name(struct py *py, const char *name, struct py_module **out);
/* The vocabulary's modules in Python that only models have. */
const char *models_source(const char *name);
