/* PostgreSQL: what the files of schema_dialect_postgresql share. */
#pragma once
#include "engine/schema/ddl_text.h"

/* "email varchar(20) COLLATE x DEFAULT y NOT NULL", as in CREATE TABLE and ADD COLUMN. */
void pg_column(struct strbuf *b, const struct pen *p, const struct schema_column *c);
/* "CONSTRAINT x CHECK (...)" */
void pg_constraint(struct strbuf *b, const struct pen *p, const struct schema_constraint *k);
void pg_identity_options(struct strbuf *b, const struct schema_identity *i);
/* COMMENT ON what IS ...; nothing when comment is NULL and unless `also_null`. */
void pg_comment(const struct pen *p, const struct schema_item *item, const char *comment, bool also_null);
/* "TABLE x", "COLUMN t.c", "INDEX x": the object as DROP, ALTER and COMMENT name it. */
void pg_object(struct strbuf *b, const struct pen *p, const struct schema_item *item);
/* What ADD COLUMN and CREATE TABLE cannot say of a column: storage, statistics, comment. */
void pg_column_rest(const struct pen *p, const struct schema_item *item);
int pg_create_table(const struct pen *p, const struct schema_item *item);
int pg_alter_column(const struct pen *p, const struct schema_change *c);
int pg_alter(struct arena *a, const struct schema *from, const struct schema *to,
             const struct schema_change *change, bool qualify, schema_statements_t *out, struct err *err);

bool pg_is_view(const struct schema_item *item);
int pg_create(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
              schema_statements_t *out, struct err *err);
bool pg_recreates(const struct schema *from, const struct schema *to, const struct schema_change *c);
bool pg_replaces(const struct schema *from, const struct schema *to, const struct schema_change *c);
bool pg_needs(const struct schema_item *user, const struct schema_item *used);
bool pg_in_the_way(const struct schema_change *c, bool recreated, const struct schema_item *dependent);
int pg_before(struct arena *a, const struct ddl_plan *plan, bool qualify, schema_statements_t *out,
              struct err *err);
int pg_after(struct arena *a, const struct ddl_plan *plan, bool qualify, schema_statements_t *out,
             struct err *err);
/* What a type is called from when a new one takes its name until nothing is of it any more. */
const char *pg_replaced_name(struct arena *a, const char *name);
/* ALTER of a sequence: where it began is outside its new bounds. */
bool pg_begins_anew(const struct schema_identity *old, const struct schema_identity *new);
long long pg_statistics(const struct schema_column *c);
