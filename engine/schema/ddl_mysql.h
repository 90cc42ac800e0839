/* MySQL and MariaDB: pieces of statements. Private to ddl_mysql*.c. */
#pragma once
#include "engine/schema/ddl_text.h"
#include "engine/schema/mysql_text.h"

void my_name(struct strbuf *b, const char *name); /* always in backquotes */
void my_path(struct strbuf *b, const struct pen *p, const char *schema, const char *name);
void my_text(struct strbuf *b, const char *text); /* 'it''s' */
bool my_is_text_type(const char *type);
const char *my_option(const struct schema_table *t, const char *name); /* NULL: not set */

/* As in CREATE TABLE. always_collated: with the collation that it has from its table, too. */
void my_column(struct strbuf *b, const struct schema_table *t, const struct schema_column *c,
               bool always_collated);
void my_primary_key(struct strbuf *b, const struct schema_table *t, const struct schema_constraint *k);
void my_index(struct strbuf *b, const struct pen *p, const struct schema_table *t,
              const struct schema_index *x);
/* CHECK and FOREIGN KEY and, where there is no index that tells more, UNIQUE. */
void my_constraint(struct strbuf *b, const struct pen *p, const struct schema_constraint *k);
void my_partitions(struct strbuf *b, const struct schema_table *t);
/* without: the indexes and foreign keys that have statements of their own. */
void my_create_table(const struct pen *p, const struct schema_table *t, bool with_indexes);

/* Changes of a table's attributes, columns, indexes and constraints, but for foreign keys, in one statement.
 */
int my_alter_table(const struct pen *p, const struct schema_table *from, const struct schema_table *to,
                   const struct schema_change *const *changes, size_t n);

int my_create(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
              schema_statements_t *out, struct err *err);
int my_drop(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
            schema_statements_t *out, struct err *err);
int my_write(struct arena *a, const struct schema *from, const struct schema *to,
             const struct schema_change *const *changes, size_t n, bool qualify, schema_statements_t *out,
             struct err *err);
