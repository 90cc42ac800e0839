/* What holds for every script that splits, whatever the dialect. Shared by the three splitters' targets. */
#pragma once
#include "base/arena.h"
#include "drivers/driver.h"
#include "drivers/sql_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef int (*split_fn)(struct arena *, struct slice, struct sql_script *, struct err *);
typedef void (*print_fn)(struct strbuf *, struct slice, struct slice);

static inline void must(bool holds)
{
    if (!holds) {
        __builtin_trap();
    }
}

/* Nothing but comments and semicolons. */
static inline void must_be_idle(sql_lex_fn lex, const char *from, const char *to)
{
    must(from <= to);
    struct sql_lexer l = {.text = {from, (size_t)(to - from)}};
    struct sql_token t;
    do {
        must(lex(&l, &t, NULL) == 0);
        must(t.kind == SQL_TOKEN_END || sql_symbol_is(&t, ';'));
    } while (t.kind != SQL_TOKEN_END);
}

static inline void must_round_trip(split_fn split, print_fn print, struct arena *a,
                                   const struct sql_script *one)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct err err;
    struct sql_script two;
    for (size_t i = 0; i < one->n; i++) {
        print(&b, one->items[i].text, one->items[i].copy);
    }
    must(split(a, (struct slice){strbuf_cstr(&b), b.len}, &two, &err) == 0);
    must(one->n == two.n);
    for (size_t i = 0; i < one->n; i++) {
        const struct sql_statement *x = &one->items[i], *y = &two.items[i];
        must(x->text.len == y->text.len && memcmp(x->text.ptr, y->text.ptr, x->text.len) == 0);
        must(x->kind == y->kind && x->outside_transaction == y->outside_transaction);
        must(!x->copy.ptr == !y->copy.ptr && x->copy.len == y->copy.len);
        must(!x->copy.len || memcmp(x->copy.ptr, y->copy.ptr, x->copy.len) == 0);
    }
}

/* Split; false when that fails, with an error that says where. */
static inline bool must_split(split_fn split, struct arena *a, struct slice script, struct sql_script *out,
                              struct err *err)
{
    if (split(a, script, out, err)) {
        must(err->status == ERR_FILE && err->line > 0 && err->column > 0 && err->message[0]);
        return false;
    }
    int line = 1, column = 1;
    for (size_t i = 0; i < out->n; i++) {
        const struct sql_statement *s = &out->items[i];
        must(s->text.len > 0 && (s->line > line || (s->line == line && s->column >= column)));
        must(!i || s->text.ptr >= out->items[i - 1].text.ptr + out->items[i - 1].text.len);
        line = s->line;
        column = s->column;
    }
    return true;
}
