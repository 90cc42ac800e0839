/* Statements as they come out of a revision that runs without a database: cut with the driver's splitter, and
 * checked for what cannot stand in a plan. */
#pragma once
#include "engine/alembic/body.h"

struct collector {
    struct arena *a; /* of the statements */
    const struct driver *driver;
    const struct revision *r;
    struct alembic_body *body;
    bool alembic_text; /* the texts are Alembic's own --sql: COMMIT; and BEGIN; stand around autocommit blocks
                        */
    unsigned autocommit; /* private: depth of autocommit blocks */
};

/* struct migration's `statement` with a collector as its arg. */
int collector_statement(void *arg, const struct migration_statement *s, struct arena *scratch,
                        struct rowset *rows, int64_t *affected, struct err *err);
/* MySQL's USE: it would move Lockstep's own tables out of sight. */
bool collector_is_use(struct slice text);
