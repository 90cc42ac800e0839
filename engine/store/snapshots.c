/* Snapshots of schemas in the store. */
#include "engine/store/snapshots.h"
#include "base/arena.h"
#include "engine/store/store_internal.h"

#define SNAPSHOTS_SINCE 3 /* version of the store's tables */

static const char cannot_read[] = "cannot read the snapshots in the store";

struct saving {
    const struct snapshot *snap;
    struct slice document;
};

static int save(void *arg, UNUSED struct store *s, struct arena *a, struct store_calls *calls,
                UNUSED struct err *err)
{
    const struct saving *w = arg;
    const struct snapshot *snap = w->snap;
    AUTO(strbuf_release) struct strbuf position = STRBUF_INIT;
    for (size_t i = 0; i < snap->position.n; i++) {
        strbuf_addf(&position, "%s%s", i ? " " : "", snap->position.items[i]);
    }
    const struct store_value document[] = {store_text(snap->fingerprint), store_slice(w->document)};
    store_add(a, calls,
              "INSERT INTO snapshot_documents (fingerprint, document) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
              document, COUNT_OF(document));
    const struct store_value row[] = {store_text(snap->environment),
                                      store_text(snap->target),
                                      store_text(snap->run),
                                      store_text(snap->plan),
                                      store_text(arena_dup(a, strbuf_cstr(&position))),
                                      store_number(snap->taken_us),
                                      store_text(snap->fingerprint)};
    store_add(a, calls,
              "INSERT INTO snapshots (environment, target, run, plan, position, taken_us, fingerprint) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (environment, target) DO UPDATE SET "
              "run = excluded.run, plan = excluded.plan, position = excluded.position, "
              "taken_us = excluded.taken_us, fingerprint = excluded.fingerprint",
              row, COUNT_OF(row));
    store_add(a, calls,
              "DELETE FROM snapshot_documents WHERE NOT EXISTS (SELECT 1 FROM snapshots s "
              "WHERE s.fingerprint = snapshot_documents.fingerprint)",
              NULL, 0);
    return 0;
}

/* Writers take turns, as those of the audit log do: nobody takes away the document that another one is about
 * to refer to. */
int snapshots_save(struct store *s, const struct snapshot *snap, struct slice document, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    if (s->version < SNAPSHOTS_SINCE) {
        err_set(err, ERR_FAILED, "the store's tables are too old for snapshots");
        err_hint(err, "Have a user who may change the store's tables run any command that writes to it.");
        return err_place(err, s->path, 0, 0);
    }
    struct saving saving = {snap, document};
    return store_transact(s, &a,
                          &(struct store_work){.kind = STORE_APPENDS,
                                               .doing = "cannot write the snapshot to the store",
                                               .work = save,
                                               .arg = &saving},
                          err);
}

struct reading {
    struct arena *a;
    void *out;
};

static int each_snapshot(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct reading *r = arg;
    struct snapshot *snap = vec_push(r->a, (snapshots_t *)r->out);
    *snap = (struct snapshot){.environment = row_text(row, 0, r->a),
                              .target = row_text(row, 1, r->a),
                              .run = row_text(row, 2, r->a),
                              .plan = row_text(row, 3, r->a),
                              .taken_us = row_number(row, 5)};
    struct slice rest = row_slice(row, 4), id;
    while (rest.len) {
        slice_cut(&rest, ' ', &id);
        *vec_push(r->a, &snap->position) = slice_dup(r->a, id);
    }
    struct slice fingerprint = row_slice(row, 6);
    size_t n = fingerprint.len < DIGEST_HEX ? fingerprint.len : DIGEST_HEX;
    memcpy(snap->fingerprint, fingerprint.ptr, n);
    return 0;
}

int snapshots_list(struct store *s, struct arena *a, const char *environment, const char *target,
                   snapshots_t *out, struct err *err)
{
    snapshots_t found = {0};
    const struct store_value values[] = {store_text(environment), store_text(target)};
    int rc = 0;
    if (s->backend && s->version >= SNAPSHOTS_SINCE) {
        rc = store_query(
            s,
            "SELECT environment, target, run, plan, position, taken_us, fingerprint FROM snapshots "
            "WHERE environment = ?1 AND (CAST(?2 AS text) IS NULL OR target = ?2) ORDER BY target",
            values, COUNT_OF(values), each_snapshot, &(struct reading){a, &found}, cannot_read, err);
    }
    if (!rc) {
        *out = found;
    }
    return rc;
}

static int each_document(void *arg, const struct store_row *row, UNUSED struct err *err)
{
    struct reading *r = arg;
    struct slice text = row_slice(row, 0);
    *(struct slice *)r->out = (struct slice){arena_dupn(r->a, text.ptr, text.len), text.len};
    return 0;
}

int snapshots_document(struct store *s, struct arena *a, const char *fingerprint, struct slice *out,
                       struct err *err)
{
    struct slice found = {0};
    const struct store_value values[] = {store_text(fingerprint)};
    int rc = s->backend && s->version >= SNAPSHOTS_SINCE
                 ? store_query(s, "SELECT document FROM snapshot_documents WHERE fingerprint = ?1", values, 1,
                               each_document, &(struct reading){a, &found}, cannot_read, err)
                 : 0;
    if (!rc && !found.ptr) {
        err_set(err, ERR_FAILED, "the store has no snapshot of the fingerprint %.12s", fingerprint);
        return err_place(err, s->path, 0, 0);
    }
    if (!rc) {
        *out = found;
    }
    return rc;
}
