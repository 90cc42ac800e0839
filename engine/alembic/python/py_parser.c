/* The parser's memory, names and errors, and its entry points. */
#include "engine/alembic/python/py_parser.h"
#include "engine/alembic/python/py_swar.h"

/* --- errors --- */

bool py_is_word(const struct py_token *t, const char *word)
{
    size_t n = (size_t)(t->end - t->start);
    return t->kind == PY_T_NAME && n == strlen(word) && memcmp(t->start, word, n) == 0;
}

void *py_error_here(struct py_parser *p, const char *fmt, ...)
{
    if (p->tok.kind != PY_T_ERROR && !p->lex.failed) {
        char message[512];
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(message, sizeof(message), fmt, ap);
        va_end(ap);
        py_lex_error(&p->lex, p->tok.start, "%s", message);
    }
    p->tok.kind = PY_T_ERROR;
    return NULL;
}

void *py_error_at(struct py_parser *p, const struct py_node *node, const char *fmt, ...)
{
    if (p->lex.failed) {
        return NULL;
    }
    char message[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    const char *at = p->lex.text.ptr;
    for (int line = 1; line < node->line; line++) {
        at = strchr(at, '\n') + 1;
    }
    for (int column = 1; column < node->column; column++) {
        do {
            at++;
        } while (((unsigned char)*at & 0xC0) == 0x80);
    }
    py_lex_error(&p->lex, at, "%s", message);
    p->tok.kind = PY_T_ERROR;
    return NULL;
}

void *py_error_syntax(struct py_parser *p)
{
    enum py_token_kind kind = p->tok.kind;
    switch (kind) {
    case PY_T_INDENT:
        return py_error_here(p, "unexpected indent");
    case PY_T_DEDENT:
    case PY_T_END:
    case PY_T_NEWLINE:
        return py_error_here(p, "invalid syntax: unexpected %s", py_token_text(kind));
    default:
        return py_error_here(p, "invalid syntax");
    }
}

bool py_expect(struct py_parser *p, enum py_token_kind kind)
{
    if (p->tok.kind == kind) {
        py_advance(p);
        return true;
    }
    py_error_here(p, "expected %s", py_token_text(kind));
    return false;
}

/* --- memory --- */

#define UP_TO(member) (offsetof(struct py_node, member) + sizeof(((struct py_node *)0)->member))
const unsigned char py_node_sizes[PY_NODE_COUNT] = {
    [PY_CONSTANT] = UP_TO(constant),
    [PY_NAME] = UP_TO(name),
    [PY_ATTRIBUTE] = UP_TO(left),
    [PY_SUBSCRIPT] = UP_TO(right),
    [PY_SLICE] = UP_TO(third),
    [PY_CALL] = UP_TO(keywords),
    [PY_STARRED] = UP_TO(left),
    [PY_UNARY] = UP_TO(left),
    [PY_BINARY] = UP_TO(right),
    [PY_BOOL] = UP_TO(list),
    [PY_COMPARE] = UP_TO(ops),
    [PY_CONDITIONAL] = UP_TO(right),
    [PY_NAMED] = UP_TO(right),
    [PY_LAMBDA] = UP_TO(scope),
    [PY_TUPLE] = UP_TO(list),
    [PY_LIST] = UP_TO(list),
    [PY_SET] = UP_TO(list),
    [PY_DICT] = UP_TO(keys),
    [PY_LIST_COMP] = UP_TO(scope),
    [PY_SET_COMP] = UP_TO(scope),
    [PY_DICT_COMP] = UP_TO(scope),
    [PY_GENERATOR] = UP_TO(scope),
    [PY_YIELD] = UP_TO(left),
    [PY_YIELD_FROM] = UP_TO(left),
    [PY_AWAIT] = UP_TO(left),
    [PY_JOINED_STR] = UP_TO(list),
    [PY_FORMATTED] = UP_TO(right),
    [PY_EXPR] = UP_TO(left),
    [PY_ASSIGN] = UP_TO(list),
    [PY_AUG_ASSIGN] = UP_TO(right),
    [PY_ANN_ASSIGN] = UP_TO(third),
    [PY_RETURN] = UP_TO(left),
    [PY_DELETE] = UP_TO(list),
    [PY_PASS] = UP_TO(name),
    [PY_BREAK] = UP_TO(name),
    [PY_CONTINUE] = UP_TO(name),
    [PY_RAISE] = UP_TO(right),
    [PY_ASSERT] = UP_TO(right),
    [PY_GLOBAL] = UP_TO(names),
    [PY_NONLOCAL] = UP_TO(names),
    [PY_IMPORT] = UP_TO(aliases),
    [PY_IMPORT_FROM] = UP_TO(aliases),
    [PY_IF] = UP_TO(orelse),
    [PY_WHILE] = UP_TO(orelse),
    [PY_FOR] = UP_TO(orelse),
    [PY_WITH] = UP_TO(body),
    [PY_TRY] = UP_TO(finalbody),
    [PY_MATCH] = UP_TO(cases),
    [PY_FUNCTION] = UP_TO(scope),
    [PY_CLASS] = UP_TO(scope),
    [PY_TYPE_ALIAS] = UP_TO(type_params),
    [PY_MATCH_VALUE] = UP_TO(left),
    [PY_MATCH_SINGLETON] = UP_TO(left),
    [PY_MATCH_SEQUENCE] = UP_TO(list),
    [PY_MATCH_MAPPING] = UP_TO(keys),
    [PY_MATCH_CLASS] = UP_TO(keywords),
    [PY_MATCH_STAR] = UP_TO(name),
    [PY_MATCH_AS] = UP_TO(left),
    [PY_MATCH_OR] = UP_TO(list),
    [PY_MODULE] = UP_TO(body),
};

/* Blocks are sized so that a file of usual density needs one or two, and wastes little of the last. */
void *py_refill(struct py_parser *p, size_t size)
{
    size_t left = (size_t)(p->lex.text.ptr + p->lex.text.len - p->lex.at);
    size_t block = left * 8 + 1024;
    block = block > 65536 ? 65536 : block;
    if (size > block / 4) {
        return arena_alloc(p->arena, size);
    }
    p->free = arena_alloc(p->arena, block);
    p->free_end = p->free + block;
    void *it = p->free;
    p->free += size;
    return it;
}

void py_stack_grow(struct py_stack *s, size_t more)
{
    size_t cap = s->cap ? s->cap * 2 : 1024;
    while (cap - s->len < more) {
        cap *= 2;
    }
    s->items = xrealloc(s->items, cap);
    s->cap = cap;
}

void *py_stack_take(struct py_parser *p, struct py_stack *s, size_t from)
{
    size_t size = s->len - from;
    if (!size) {
        return NULL;
    }
    void *it = py_bytes(p, size);
    memcpy(it, s->items + from, size);
    s->len = from;
    return it;
}

py_nodes_t py_pop_nodes(struct py_parser *p, size_t from, struct py_node *above)
{
    py_nodes_t list = {.n = (p->nodes.len - from) / sizeof(struct py_node *)};
    list.items = py_stack_take(p, &p->nodes, from);
    for (size_t i = 0; above && i < list.n; i++) {
        py_above(above, list.items[i]);
    }
    return list;
}

/* --- names --- */

struct name {
    uint32_t mark;
    char text[];
};

/* Names of up to eight characters are told apart by these; longer ones by a hash and by all of them. */
static inline uint64_t word_of(const struct py_parser *p, const char *s, size_t n, uint64_t first)
{
    uint64_t hash = n > 8 ? first ^ p->seed : first;
    while (n > 8) {
        size_t step = n < 16 ? n - 8 : 8;
        hash = (hash ^ hash >> 29) * UINT64_C(0x9E3779B97F4A7C15) + py_word(s + step);
        s += step;
        n -= step;
    }
    return hash;
}

static inline uint32_t slot_of(const struct py_parser *p, uint64_t word)
{
    return (uint32_t)(((word ^ p->seed) * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (p->nslots - 1);
}

static void put_name(struct py_parser *p, struct py_name_slot slot)
{
    uint32_t at = slot_of(p, slot.word);
    while (p->names[at].text) {
        at = (at + 1) & (p->nslots - 1);
    }
    p->names[at] = slot;
}

static void grow_names(struct py_parser *p)
{
    struct py_name_slot *old = p->names;
    uint32_t n = p->nslots;
    p->nslots = n * 2;
    p->names = xcalloc(p->nslots, sizeof(*p->names));
    for (uint32_t i = 0; i < n; i++) {
        if (old[i].text) {
            put_name(p, old[i]);
        }
    }
    free(old);
}

static const char *add_name(struct py_parser *p, const char *s, size_t n, uint64_t word)
{
    struct name *name = py_bytes(p, sizeof(*name) + n + 1);
    memcpy(name->text, s, n);
    put_name(p, (struct py_name_slot){word, (uint32_t)n, name->text});
    if (++p->nnames > p->nslots / 2) {
        grow_names(p);
    }
    return name->text;
}

static inline const char *find_name(struct py_parser *p, const char *s, size_t n, uint64_t word)
{
    for (uint32_t at = slot_of(p, word); p->names[at].text; at = (at + 1) & (p->nslots - 1)) {
        const struct py_name_slot *slot = &p->names[at];
        if (slot->word == word && slot->len == n && (n <= 8 || memcmp(slot->text, s, n) == 0)) {
            return slot->text;
        }
    }
    return add_name(p, s, n, word);
}

const char *py_name_of(struct py_parser *p, const struct py_token *t)
{
    size_t n = (size_t)(t->end - t->start);
    return find_name(p, t->start, n, word_of(p, t->start, n, t->word));
}

const char *py_name(struct py_parser *p, const char *s, size_t n)
{
    return find_name(p, s, n, word_of(p, s, n, py_word_cut(py_word(s), n)));
}

bool py_marked(struct py_parser *p, const char *text)
{
    struct name *name = (struct name *)(void *)((char *)(uintptr_t)text - offsetof(struct name, text));
    bool marked = name->mark == p->mark;
    name->mark = p->mark;
    return marked;
}

/* --- entry points --- */

static int parser_init(struct py_parser *p, struct arena *a, const char *file, struct slice text,
                       struct err *err)
{
    struct slice source;
    int rc = py_source_read(a, file, text, &source, err);
    if (rc) {
        return rc;
    }
    if (source.len > INT32_MAX / 2) {
        return err_set(err, ERR_FILE, "%s: the file is too long", file);
    }
    py_lexer_init(&p->lex, file, source, err);
    p->arena = a;
    p->err = err;
    p->nslots = 128;
    while (p->nslots < source.len / 32 && p->nslots < 65536) {
        p->nslots *= 2;
    }
    p->names = xcalloc(p->nslots, sizeof(*p->names));
    p->seed = (uintptr_t)p->names * UINT64_C(0xD6E8FEB86659FD93);
    p->prev_end = source.ptr;
    p->prev_line = 1;
    return 0;
}

static void parser_release(struct py_parser *p)
{
    free(p->nodes.items);
    free(p->other.items);
    free(p->bindings.items);
    free(p->names);
    strbuf_release(&p->text);
}

static struct py_node *parse_module(struct py_parser *p)
{
    struct py_frame frame;
    struct py_node *module = py_node_at(p, PY_MODULE, &p->tok);
    module->line = module->column = 1;
    py_frame_enter(p, &frame, PY_FRAME_MODULE);
    while (py_peek(p) != PY_T_END) {
        if (!py_parse_statement(p)) {
            return NULL;
        }
    }
    module->body = py_pop_nodes(p, 0, module);
    py_frame_leave(p);
    return py_end(p, module);
}

static struct py_node *parse_expression(struct py_parser *p)
{
    struct py_frame frame;
    py_frame_enter(p, &frame, PY_FRAME_MODULE);
    struct py_node *node = py_parse_list(p);
    if (!node) {
        return NULL;
    }
    py_accept(p, PY_T_NEWLINE);
    if (py_peek(p) != PY_T_END) {
        return py_error_syntax(p);
    }
    py_frame_leave(p);
    return node->height > PY_HEIGHT_MAX ? py_error_at(p, node, "nested too deeply") : node;
}

static int run(struct arena *a, const char *file, struct slice text,
               struct py_node *(*parse)(struct py_parser *), struct py_node **out, struct err *err)
{
    struct err ours;
    AUTO(parser_release) struct py_parser p = {0};
    err = err ? err : &ours;
    int rc = parser_init(&p, a, file, text, err);
    if (rc) {
        return rc;
    }
    py_lex(&p.lex, &p.tok);
    struct py_node *node = parse(&p);
    if (!node) {
        return err->status;
    }
    *out = node;
    return 0;
}

int py_parse(struct arena *a, const char *file, struct slice text, struct py_node **module, struct err *err)
{
    return run(a, file, text, parse_module, module, err);
}

int py_parse_expression(struct arena *a, const char *file, struct slice text, struct py_node **out,
                        struct err *err)
{
    return run(a, file, text, parse_expression, out, err);
}
