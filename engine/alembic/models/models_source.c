/* What models import besides the vocabulary of revisions: written in Python, in this folder. */
#include "engine/alembic/models/models_load.h"
#include "engine/alembic/models/sql.h"

const char *models_source(const char *name)
{
    static const struct {
        const char *name, *text;
    } modules[] = {
        {"pydantic", sql_models_pydantic},
        {"sqlalchemy.ext.associationproxy", sql_models_hybrid},
        {"sqlalchemy.ext.asyncio", sql_models_hybrid},
        {"sqlalchemy.ext.declarative", sql_models_orm},
        {"sqlalchemy.ext.hybrid", sql_models_hybrid},
        {"sqlalchemy.ext.orderinglist", sql_models_hybrid},
        {"sqlalchemy.orm", sql_models_orm},
        {"sqlmodel", sql_models_sqlmodel},
        {"typing", sql_models_typing},
        {"typing_extensions", sql_models_typing},
    };
    for (size_t i = 0; i < COUNT_OF(modules); i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return modules[i].text;
        }
    }
    return NULL;
}
