/*
 * The parser's parts. It is a recursive descent over the tokens as they come, with one token at hand and no
 * way back; binary operators go by precedence. What a function makes is in the arena; lists grow on stacks
 * that are reused, and are copied when their length is known.
 *
 * Functions that give a node return NULL when the source is wrong; the error is filled then.
 */
#pragma once
#include "engine/alembic/python/py_lexer.h"

#define PY_NESTING_MAX 200

struct py_stack {
    char *items;
    size_t len, cap; /* bytes */
};

/* What a function, a lambda, a class or the module is remembered by while it is read. */
enum py_frame_kind { PY_FRAME_MODULE, PY_FRAME_FUNCTION, PY_FRAME_LAMBDA, PY_FRAME_CLASS };
struct py_frame {
    enum py_frame_kind kind;
    size_t bindings; /* where its bindings begin */
    bool is_generator;
    int loops; /* open ones */
    struct py_frame *outer;
};

struct py_name_slot {
    uint64_t word; /* the first eight characters, or the hash of all of a longer name */
    uint32_t len;
    const char *text; /* NULL: free */
};

struct py_parser {
    struct py_lexer lex;
    struct py_token tok;  /* the next one, not used yet */
    const char *prev_end; /* where the one before it ends */
    int prev_line;        /* its last line */
    int depth;            /* nesting of expressions and blocks */
    struct arena *arena;
    struct err *err;
    char *free, *free_end; /* zeroed memory for nodes */
    struct py_stack nodes; /* of struct py_node * */
    struct py_stack other; /* of anything else */
    struct py_stack bindings;
    struct strbuf text; /* strings put together */
    struct py_name_slot *names;
    uint32_t nslots, nnames;
    uint64_t seed; /* so that no file is written for names to meet in one slot */
    uint32_t mark; /* of names, for finding duplicates */
    struct py_frame *frame;
};

/* --- tokens and errors (py_parser.c) --- */
static inline enum py_token_kind py_peek(const struct py_parser *p)
{
    return p->tok.kind;
}
static inline void py_advance(struct py_parser *p)
{
    p->prev_end = p->tok.end;
    p->prev_line = p->tok.end_line;
    py_lex(&p->lex, &p->tok);
}
static inline bool py_accept(struct py_parser *p, enum py_token_kind kind)
{
    if (p->tok.kind != kind) {
        return false;
    }
    py_advance(p);
    return true;
}
/* Take the token, or fail with "expected ...". */
bool py_expect(struct py_parser *p, enum py_token_kind kind);
/* Each fails at a place, unless the lexer did, and returns NULL. */
void *py_error_here(struct py_parser *p, const char *fmt, ...) PRINTF(2, 3); /* at the token at hand */
void *py_error_at(struct py_parser *p, const struct py_node *node, const char *fmt, ...) PRINTF(3, 4);
void *py_error_syntax(struct py_parser *p); /* "invalid syntax" at the token at hand, with what may help */
bool py_is_word(const struct py_token *t, const char *word); /* a name that reads so: soft keywords */
/* One level deeper; false: too deep, the error is filled. */
static inline bool py_deeper(struct py_parser *p)
{
    return ++p->depth <= PY_NESTING_MAX || py_error_here(p, "nested too deeply");
}

/* --- memory (py_parser.c) --- */
void *py_refill(struct py_parser *p, size_t size);
static inline void *py_bytes(struct py_parser *p, size_t size) /* zeroed, aligned to 8 */
{
    size = (size + 7) & ~(size_t)7;
    if ((size_t)(p->free_end - p->free) < size) {
        return py_refill(p, size);
    }
    void *it = p->free;
    p->free += size;
    return it;
}
extern const unsigned char py_node_sizes[PY_NODE_COUNT];
/* A node that begins at the token. */
static inline struct py_node *py_node_at(struct py_parser *p, enum py_node_kind kind,
                                         const struct py_token *t)
{
    struct py_node *node = py_bytes(p, py_node_sizes[kind]);
    node->kind = kind;
    node->line = t->line;
    node->column = t->column;
    node->end_line = t->end_line;
    node->height = 1;
    return node;
}
/* A node that begins where its first part does. */
static inline struct py_node *py_node_from(struct py_parser *p, enum py_node_kind kind,
                                           const struct py_node *first)
{
    struct py_node *node = py_bytes(p, py_node_sizes[kind]);
    node->kind = kind;
    node->line = first->line;
    node->column = first->column;
    node->end_line = first->end_line;
    node->height = first->height + 1;
    return node;
}
/* The node is above the other one, which may be NULL. */
static inline void py_above(struct py_node *node, const struct py_node *below)
{
    if (below && below->height >= node->height) {
        node->height = below->height + 1;
    }
}
static inline struct py_node *py_end(struct py_parser *p, struct py_node *node) /* behind its last token */
{
    node->end_line = p->prev_line;
    return node;
}

void py_stack_grow(struct py_stack *s, size_t more);
static inline void *py_stack_push(struct py_stack *s, size_t size)
{
    if (s->cap - s->len < size) {
        py_stack_grow(s, size);
    }
    void *it = s->items + s->len;
    s->len += size;
    return it;
}
/* What was pushed since `from`, moved into the arena. */
void *py_stack_take(struct py_parser *p, struct py_stack *s, size_t from);
static inline void py_push(struct py_parser *p, struct py_node *node)
{
    memcpy(py_stack_push(&p->nodes, sizeof(node)), &node, sizeof(node));
}
/* The nodes pushed since `from`, as the list of `above`. */
py_nodes_t py_pop_nodes(struct py_parser *p, size_t from, struct py_node *above);
/* The same for keys and values by turns, as keys and list. */
void py_pop_pairs(struct py_parser *p, size_t from, struct py_node *node);
#define PY_TAKE(p, from, array)                                                                              \
    ((array)->n = ((p)->other.len - (from)) / sizeof(*(array)->items),                                       \
     (array)->items = py_stack_take((p), &(p)->other, (from)))

/* Equal names are one pointer. */
const char *py_name(struct py_parser *p, const char *s, size_t n);
const char *py_name_of(struct py_parser *p, const struct py_token *t);
/* Set the mark of a name; true when it had it already. For finding duplicates after py_new_mark(). */
static inline void py_new_mark(struct py_parser *p)
{
    p->mark++;
}
bool py_marked(struct py_parser *p, const char *name);

/* --- expressions (py_parser_expr.c) --- */
struct py_node *py_parse_expr(struct py_parser *p);  /* a if b else c, lambda, or and not ... */
struct py_node *py_parse_named(struct py_parser *p); /* also x := y */
struct py_node *py_parse_star(struct py_parser *p);  /* also *x (starred or an expression) */
struct py_node *py_parse_star_named(struct py_parser *p);
/* Expressions with commas: a tuple when there is one. With or without := in them. */
struct py_node *py_parse_list(struct py_parser *p);
struct py_node *py_parse_disjunction(struct py_parser *p);
struct py_node *py_parse_bitor(struct py_parser *p); /* binds tighter than comparisons: targets of `for` */
/* Go on with an expression whose first primary is there already. */
struct py_node *py_parse_expr_from(struct py_parser *p, struct py_node *primary);
struct py_node *py_parse_yield(struct py_parser *p);
struct py_node *py_parse_yield_or_list(struct py_parser *p);
/* Targets: `a, (b, *c)`, of `for`. Checked and bound by py_bind_target(). */
struct py_node *py_parse_targets(struct py_parser *p);

/* --- atoms, calls (py_parser_atom.c, py_parser_call.c, py_parser_number.c, py_parser_string.c) --- */
struct py_node *py_parse_atom(struct py_parser *p);
struct py_node *py_parse_name(struct py_parser *p); /* the token at hand is one */
struct py_node *py_parse_number(struct py_parser *p);
struct py_node *py_parse_strings(struct py_parser *p);
/* `for x in y if z ...` of a comprehension whose elements are in the node already. */
struct py_node *py_parse_comprehension(struct py_parser *p, struct py_node *node);
static inline bool py_at_comprehension(const struct py_parser *p)
{
    return p->tok.kind == PY_T_FOR || p->tok.kind == PY_T_ASYNC;
}
/* `( ... )` of a call or a class into list and keywords of the node; the token at hand is "(". */
bool py_parse_arguments(struct py_parser *p, struct py_node *node);
struct py_node *py_parse_subscript(struct py_parser *p, struct py_node *value);

/* --- parameters (py_parser_params.c) --- */
struct py_params *py_parse_params(struct py_parser *p, enum py_token_kind end, struct py_node *above);
struct py_node *py_parse_lambda(struct py_parser *p);
bool py_parse_type_params(struct py_parser *p, struct py_node *node); /* none: node is as it was */

/* --- statements (py_parser_simple.c, py_parser_compound.c, py_parser_pattern.c) --- */
bool py_parse_statement(struct py_parser *p);         /* pushes one or several nodes */
bool py_parse_simple_statements(struct py_parser *p); /* a; b; c and the end of the line */
struct py_node *py_parse_import(struct py_parser *p);
/* NULL without an error: the token begins no compound statement. */
struct py_node *py_parse_compound(struct py_parser *p);
bool py_parse_block(struct py_parser *p, struct py_node *above, py_nodes_t *body);
struct py_node *py_parse_with(struct py_parser *p, bool is_async, const struct py_token *start);
struct py_node *py_parse_match(struct py_parser *p);
struct py_node *py_parse_pattern(struct py_parser *p);

/* --- scopes (py_scope.c) --- */
void py_frame_enter(struct py_parser *p, struct py_frame *frame, enum py_frame_kind kind);
struct py_scope *py_frame_leave(struct py_parser *p); /* what the frame's program binds */
void py_bind_name(struct py_parser *p, const char *name);
void py_declare(struct py_parser *p, const char *name, bool global);
void py_bind_params(struct py_parser *p, const struct py_params *params);
/* Check a target of an assignment and bind its names; `doing` is "assign to" or "delete". */
bool py_bind_target(struct py_parser *p, struct py_node *target, const char *doing);
