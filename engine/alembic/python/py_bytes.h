/* What str and bytes need of each other. */
#pragma once
#include "engine/alembic/python/py_builtin.h"

/* The arguments of encode(), decode(), str() and bytes(): each str, or NULL. */
bool py_codec_names(struct py *py, const char *function, pyv encoding, pyv errors);
/* text.encode(encoding, errors); each may be NULL. Refuses encodings other than UTF-8, Latin-1 and ASCII. */
pyv py_text_encode(struct py *py, struct slice text, pyv encoding, pyv errors);
