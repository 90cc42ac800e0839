/* The tree as text, in the form of Python's ast.dump(): for tests that compare the two. Only constants are
 * written otherwise, so that no table of printable characters is needed: texts as bytes of UTF-8, big
 * integers in hexadecimal digits. Recursion goes no deeper than a tree is high. */
#include "engine/alembic/python/py_ast.h"

const char *py_op_text(enum py_op op)
{
    static const char *const texts[] = {
        "+", "-", "*",   "@",  "/",  "//", "%", "**", "<<", ">>", "|",  "^",      "&",  "not",   "-",
        "+", "~", "and", "or", "==", "!=", "<", "<=", ">",  ">=", "is", "is not", "in", "not in"};
    _Static_assert(COUNT_OF(texts) == PY_OP_COUNT, "a text for every operator");
    return texts[op];
}

static const char *op_name(enum py_op op)
{
    static const char *const names[] = {
        "Add",   "Sub",    "Mult",   "MatMult", "Div",  "FloorDiv", "Mod",    "Pow", "LShift", "RShift",
        "BitOr", "BitXor", "BitAnd", "Not",     "USub", "UAdd",     "Invert", "And", "Or",     "Eq",
        "NotEq", "Lt",     "LtE",    "Gt",      "GtE",  "Is",       "IsNot",  "In",  "NotIn"};
    _Static_assert(COUNT_OF(names) == PY_OP_COUNT, "a name for every operator");
    return names[op];
}

/* --- constants --- */

static bool is_printable(unsigned char c)
{
    return c >= ' ' && c < 0x7F;
}

static void text(struct strbuf *out, const char *prefix, struct slice s)
{
    strbuf_adds(out, prefix);
    strbuf_addch(out, '\'');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '\'' || c == '\\' || !is_printable(c)) {
            strbuf_addf(out, "\\x%02x", c);
        } else {
            strbuf_addch(out, (char)c);
        }
    }
    strbuf_addch(out, '\'');
}

static void name(struct strbuf *out, const char *s)
{
    text(out, "", slice_of(s));
}

static unsigned radix_of(struct slice digits)
{
    char c = digits.len > 2 ? (char)(digits.ptr[1] | 0x20) : '0';
    return c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
}

/* An integer of any length in hexadecimal: its digits are taken up one by one into 32-bit words. */
static void big_integer(struct strbuf *out, struct slice digits)
{
    unsigned radix = radix_of(digits);
    uint32_t *words = xcalloc(digits.len / 8 + 2, sizeof(*words));
    size_t n = 1;
    for (size_t i = radix == 10 ? 0 : 2; i < digits.len; i++) {
        char c = digits.ptr[i];
        uint64_t carry = c <= '9' ? (uint64_t)(c - '0') : (uint64_t)((c | 0x20) - 'a') + 10;
        for (size_t w = 0; w < n || carry; w++) {
            carry += (uint64_t)words[w] * radix;
            words[w] = (uint32_t)carry;
            carry >>= 32;
            n = w >= n ? w + 1 : n;
        }
    }
    strbuf_addf(out, "0x%x", words[n - 1]);
    while (--n) {
        strbuf_addf(out, "%08x", words[n - 1]);
    }
    free(words);
}

static void real(struct strbuf *out, double value, const char *suffix)
{
    strbuf_addf(out, "%.17g%s", value, suffix);
}

static void constant(struct strbuf *out, const struct py_constant *c)
{
    static const char *const words[] = {"None", "True", "False", "Ellipsis"};
    switch (c->kind) {
    case PY_C_INT:
        if (c->big) {
            big_integer(out, c->text);
        } else {
            strbuf_addf(out, "%lld", (long long)c->integer);
        }
        break;
    case PY_C_FLOAT:
        real(out, c->real, "");
        break;
    case PY_C_COMPLEX:
        real(out, c->real, "j");
        break;
    case PY_C_STR:
        text(out, "", c->text);
        break;
    case PY_C_BYTES:
        text(out, "b", c->text);
        break;
    default:
        strbuf_adds(out, words[c->kind]);
    }
}

/* --- nodes --- */

/* What a field of Python's tree is made of here. Names of members, or of what has a form of its own. */
enum part {
    LEFT = 1,
    LEFT_STORE,
    RIGHT,
    THIRD,
    TEST,
    NAME,        /* a text; NULL: no field */
    NAME_STORE,  /* the text as a Name node */
    MODULE_NAME, /* a text; "": no field */
    LIST,
    LIST_STORE,
    LIST_DEL,
    ELEMENTS, /* list, in the context of the node itself */
    KEYS,
    BODY,
    ORELSE,
    FINALBODY,
    DECORATORS,
    OP,
    OPS,
    KEYWORDS,
    KEYWORD_NAMES,
    KEYWORD_VALUES,
    GENERATORS,
    HANDLERS,
    ITEMS,
    CASES,
    ALIASES,
    NAMES,
    TYPE_PARAMS, /* none: no field */
    PARAMS,
    CONSTANT,
    SINGLETON,
    CONVERSION,
    LEVEL,
    SIMPLE,
    CONTEXT
};
struct field {
    const char *name;
    enum part part;
};
static const struct shape {
    const char *name;
    struct field fields[8];
} shapes[PY_NODE_COUNT] = {
    [PY_CONSTANT] = {"Constant", {{"value", CONSTANT}}},
    [PY_NAME] = {"Name", {{"id", NAME}, {"ctx", CONTEXT}}},
    [PY_ATTRIBUTE] = {"Attribute", {{"value", LEFT}, {"attr", NAME}, {"ctx", CONTEXT}}},
    [PY_SUBSCRIPT] = {"Subscript", {{"value", LEFT}, {"slice", RIGHT}, {"ctx", CONTEXT}}},
    [PY_SLICE] = {"Slice", {{"lower", LEFT}, {"upper", RIGHT}, {"step", THIRD}}},
    [PY_CALL] = {"Call", {{"func", LEFT}, {"args", LIST}, {"keywords", KEYWORDS}}},
    [PY_STARRED] = {"Starred", {{"value", ELEMENTS}, {"ctx", CONTEXT}}},
    [PY_UNARY] = {"UnaryOp", {{"op", OP}, {"operand", LEFT}}},
    [PY_BINARY] = {"BinOp", {{"left", LEFT}, {"op", OP}, {"right", RIGHT}}},
    [PY_BOOL] = {"BoolOp", {{"op", OP}, {"values", LIST}}},
    [PY_COMPARE] = {"Compare", {{"left", LEFT}, {"ops", OPS}, {"comparators", LIST}}},
    [PY_CONDITIONAL] = {"IfExp", {{"test", TEST}, {"body", LEFT}, {"orelse", RIGHT}}},
    [PY_NAMED] = {"NamedExpr", {{"target", LEFT_STORE}, {"value", RIGHT}}},
    [PY_LAMBDA] = {"Lambda", {{"args", PARAMS}, {"body", LEFT}}},
    [PY_TUPLE] = {"Tuple", {{"elts", ELEMENTS}, {"ctx", CONTEXT}}},
    [PY_LIST] = {"List", {{"elts", ELEMENTS}, {"ctx", CONTEXT}}},
    [PY_SET] = {"Set", {{"elts", LIST}}},
    [PY_DICT] = {"Dict", {{"keys", KEYS}, {"values", LIST}}},
    [PY_LIST_COMP] = {"ListComp", {{"elt", LEFT}, {"generators", GENERATORS}}},
    [PY_SET_COMP] = {"SetComp", {{"elt", LEFT}, {"generators", GENERATORS}}},
    [PY_DICT_COMP] = {"DictComp", {{"key", LEFT}, {"value", RIGHT}, {"generators", GENERATORS}}},
    [PY_GENERATOR] = {"GeneratorExp", {{"elt", LEFT}, {"generators", GENERATORS}}},
    [PY_YIELD] = {"Yield", {{"value", LEFT}}},
    [PY_YIELD_FROM] = {"YieldFrom", {{"value", LEFT}}},
    [PY_AWAIT] = {"Await", {{"value", LEFT}}},
    [PY_JOINED_STR] = {"JoinedStr", {{"values", LIST}}},
    [PY_FORMATTED] = {"FormattedValue",
                      {{"value", LEFT}, {"conversion", CONVERSION}, {"format_spec", RIGHT}}},
    [PY_EXPR] = {"Expr", {{"value", LEFT}}},
    [PY_ASSIGN] = {"Assign", {{"targets", LIST_STORE}, {"value", RIGHT}}},
    [PY_AUG_ASSIGN] = {"AugAssign", {{"target", LEFT_STORE}, {"op", OP}, {"value", RIGHT}}},
    [PY_ANN_ASSIGN] = {"AnnAssign",
                       {{"target", LEFT_STORE}, {"annotation", THIRD}, {"value", RIGHT}, {"simple", SIMPLE}}},
    [PY_RETURN] = {"Return", {{"value", LEFT}}},
    [PY_DELETE] = {"Delete", {{"targets", LIST_DEL}}},
    [PY_PASS] = {"Pass", {{NULL, 0}}},
    [PY_BREAK] = {"Break", {{NULL, 0}}},
    [PY_CONTINUE] = {"Continue", {{NULL, 0}}},
    [PY_RAISE] = {"Raise", {{"exc", LEFT}, {"cause", RIGHT}}},
    [PY_ASSERT] = {"Assert", {{"test", TEST}, {"msg", RIGHT}}},
    [PY_GLOBAL] = {"Global", {{"names", NAMES}}},
    [PY_NONLOCAL] = {"Nonlocal", {{"names", NAMES}}},
    [PY_IMPORT] = {"Import", {{"names", ALIASES}}},
    [PY_IMPORT_FROM] = {"ImportFrom", {{"module", MODULE_NAME}, {"names", ALIASES}, {"level", LEVEL}}},
    [PY_IF] = {"If", {{"test", TEST}, {"body", BODY}, {"orelse", ORELSE}}},
    [PY_WHILE] = {"While", {{"test", TEST}, {"body", BODY}, {"orelse", ORELSE}}},
    [PY_FOR] = {"For", {{"target", LEFT_STORE}, {"iter", RIGHT}, {"body", BODY}, {"orelse", ORELSE}}},
    [PY_WITH] = {"With", {{"items", ITEMS}, {"body", BODY}}},
    [PY_TRY] = {"Try",
                {{"body", BODY}, {"handlers", HANDLERS}, {"orelse", ORELSE}, {"finalbody", FINALBODY}}},
    [PY_MATCH] = {"Match", {{"subject", LEFT}, {"cases", CASES}}},
    [PY_FUNCTION] = {"FunctionDef",
                     {{"name", NAME},
                      {"args", PARAMS},
                      {"body", BODY},
                      {"decorator_list", DECORATORS},
                      {"returns", THIRD},
                      {"type_params", TYPE_PARAMS}}},
    [PY_CLASS] = {"ClassDef",
                  {{"name", NAME},
                   {"bases", LIST},
                   {"keywords", KEYWORDS},
                   {"body", BODY},
                   {"decorator_list", DECORATORS},
                   {"type_params", TYPE_PARAMS}}},
    [PY_TYPE_ALIAS] = {"TypeAlias", {{"name", NAME_STORE}, {"type_params", TYPE_PARAMS}, {"value", RIGHT}}},
    [PY_MATCH_VALUE] = {"MatchValue", {{"value", LEFT}}},
    [PY_MATCH_SINGLETON] = {"MatchSingleton", {{"value", SINGLETON}}},
    [PY_MATCH_SEQUENCE] = {"MatchSequence", {{"patterns", LIST}}},
    [PY_MATCH_MAPPING] = {"MatchMapping", {{"keys", KEYS}, {"patterns", LIST}, {"rest", NAME}}},
    [PY_MATCH_CLASS] =
        {"MatchClass",
         {{"cls", LEFT}, {"patterns", LIST}, {"kwd_attrs", KEYWORD_NAMES}, {"kwd_patterns", KEYWORD_VALUES}}},
    [PY_MATCH_STAR] = {"MatchStar", {{"name", NAME}}},
    [PY_MATCH_AS] = {"MatchAs", {{"pattern", LEFT}, {"name", NAME}}},
    [PY_MATCH_OR] = {"MatchOr", {{"patterns", LIST}}},
    [PY_MODULE] = {"Module", {{"body", BODY}}},
};

static void dump(struct strbuf *out, const struct py_node *node, const char *context);

/* "name=", with a comma before all but the first field of a node. */
static void field(struct strbuf *out, const char *label)
{
    strbuf_adds(out, out->len && out->ptr[out->len - 1] == '(' ? "" : ", ");
    strbuf_adds(out, label);
    strbuf_addch(out, '=');
}

static void one(struct strbuf *out, const char *label, const struct py_node *node, const char *context)
{
    if (node) {
        field(out, label);
        dump(out, node, context);
    }
}

static void comma(struct strbuf *out, size_t i)
{
    strbuf_adds(out, i ? ", " : "");
}

static void nodes(struct strbuf *out, const char *label, const py_nodes_t *list, const char *context)
{
    field(out, label);
    strbuf_addch(out, '[');
    for (size_t i = 0; i < list->n; i++) {
        comma(out, i);
        dump(out, list->items[i], context);
    }
    strbuf_addch(out, ']');
}

static void optional_name(struct strbuf *out, const char *label, const char *s)
{
    if (s) {
        field(out, label);
        name(out, s);
    }
}

static void param(struct strbuf *out, const char *s, const struct py_node *annotation)
{
    strbuf_adds(out, "arg(");
    optional_name(out, "arg", s);
    one(out, "annotation", annotation, "Load");
    strbuf_addch(out, ')');
}

static void param_list(struct strbuf *out, const char *label, const struct py_param *items, size_t n)
{
    field(out, label);
    strbuf_addch(out, '[');
    for (size_t i = 0; i < n; i++) {
        comma(out, i);
        param(out, items[i].name, items[i].annotation);
    }
    strbuf_addch(out, ']');
}

/* With `all`, None for parameters that have no default. */
static void defaults(struct strbuf *out, const char *label, const struct py_param *items, size_t n, bool all)
{
    size_t written = 0;
    field(out, label);
    strbuf_addch(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (items[i].def || all) {
            comma(out, written++);
            dump(out, items[i].def, "Load");
        }
    }
    strbuf_addch(out, ']');
}

static void params(struct strbuf *out, const struct py_params *p)
{
    size_t npositional = p->npositional_only + p->nordinary;
    const struct py_param *keyword_only = p->nkeyword_only ? p->items + npositional : NULL;
    strbuf_adds(out, "arguments(");
    param_list(out, "posonlyargs", p->items, p->npositional_only);
    param_list(out, "args", p->nordinary ? p->items + p->npositional_only : NULL, p->nordinary);
    if (p->args) {
        field(out, "vararg");
        param(out, p->args, p->args_annotation);
    }
    param_list(out, "kwonlyargs", keyword_only, p->nkeyword_only);
    defaults(out, "kw_defaults", keyword_only, p->nkeyword_only, true);
    if (p->kwargs) {
        field(out, "kwarg");
        param(out, p->kwargs, p->kwargs_annotation);
    }
    defaults(out, "defaults", p->items, npositional, false);
    strbuf_addch(out, ')');
}

static void keywords(struct strbuf *out, const struct py_node *node, enum part part)
{
    for (size_t i = 0; i < node->keywords.n; i++) {
        const struct py_keyword *k = &node->keywords.items[i];
        comma(out, i);
        if (part == KEYWORD_NAMES) {
            name(out, k->name);
        } else if (part == KEYWORD_VALUES) {
            dump(out, k->value, "Load");
        } else {
            strbuf_adds(out, "keyword(");
            optional_name(out, "arg", k->name);
            one(out, "value", k->value, "Load");
            strbuf_addch(out, ')');
        }
    }
}

static void generators(struct strbuf *out, const struct py_node *node)
{
    for (size_t i = 0; i < node->generators.n; i++) {
        const struct py_comprehension *c = &node->generators.items[i];
        comma(out, i);
        strbuf_adds(out, "comprehension(");
        one(out, "target", c->target, "Store");
        one(out, "iter", c->iter, "Load");
        nodes(out, "ifs", &c->ifs, "Load");
        strbuf_addf(out, ", is_async=%d)", c->is_async);
    }
}

static void handlers(struct strbuf *out, const struct py_node *node)
{
    for (size_t i = 0; i < node->handlers.n; i++) {
        const struct py_handler *h = &node->handlers.items[i];
        comma(out, i);
        strbuf_adds(out, "ExceptHandler(");
        one(out, "type", h->type, "Load");
        optional_name(out, "name", h->name);
        nodes(out, "body", &h->body, "Load");
        strbuf_addch(out, ')');
    }
}

static void with_items(struct strbuf *out, const struct py_node *node)
{
    for (size_t i = 0; i < node->items.n; i++) {
        comma(out, i);
        strbuf_adds(out, "withitem(");
        one(out, "context_expr", node->items.items[i].context, "Load");
        one(out, "optional_vars", node->items.items[i].target, "Store");
        strbuf_addch(out, ')');
    }
}

static void cases(struct strbuf *out, const struct py_node *node)
{
    for (size_t i = 0; i < node->cases.n; i++) {
        const struct py_case *c = &node->cases.items[i];
        comma(out, i);
        strbuf_adds(out, "match_case(");
        one(out, "pattern", c->pattern, "Load");
        one(out, "guard", c->guard, "Load");
        nodes(out, "body", &c->body, "Load");
        strbuf_addch(out, ')');
    }
}

static void aliases(struct strbuf *out, const struct py_node *node)
{
    for (size_t i = 0; i < node->aliases.n; i++) {
        comma(out, i);
        strbuf_adds(out, "alias(");
        optional_name(out, "name", node->aliases.items[i].name);
        optional_name(out, "asname", node->aliases.items[i].as);
        strbuf_addch(out, ')');
    }
}

static void names(struct strbuf *out, const py_names_t *list)
{
    for (size_t i = 0; i < list->n; i++) {
        comma(out, i);
        name(out, list->items[i]);
    }
}

static void type_params(struct strbuf *out, const py_names_t *list)
{
    static const char *const kinds[] = {"TypeVar", "TypeVarTuple", "ParamSpec"};
    for (size_t i = 0; i < list->n; i++) {
        size_t stars = strspn(list->items[i], "*");
        comma(out, i);
        strbuf_addf(out, "%s(", kinds[stars]);
        optional_name(out, "name", list->items[i] + stars);
        strbuf_addch(out, ')');
    }
}

static void ops(struct strbuf *out, const struct py_node *node)
{
    for (size_t i = 0; i < node->ops.n; i++) {
        comma(out, i);
        strbuf_addf(out, "%s()", op_name(node->ops.items[i]));
    }
}

static void bracketed(struct strbuf *out, const struct py_node *node, enum part part)
{
    strbuf_addch(out, '[');
    switch (part) {
    case OPS:
        ops(out, node);
        break;
    case GENERATORS:
        generators(out, node);
        break;
    case HANDLERS:
        handlers(out, node);
        break;
    case ITEMS:
        with_items(out, node);
        break;
    case CASES:
        cases(out, node);
        break;
    case ALIASES:
        aliases(out, node);
        break;
    case NAMES:
        names(out, &node->names);
        break;
    case TYPE_PARAMS:
        type_params(out, &node->type_params);
        break;
    default:
        keywords(out, node, part);
    }
    strbuf_addch(out, ']');
}

static void leaf(struct strbuf *out, const struct py_node *node, enum part part, const char *context)
{
    switch (part) {
    case NAME:
    case MODULE_NAME:
        name(out, node->name);
        break;
    case NAME_STORE:
        strbuf_adds(out, "Name(");
        optional_name(out, "id", node->name);
        strbuf_adds(out, ", ctx=Store())");
        break;
    case OP:
        strbuf_addf(out, "%s()", op_name(node->op));
        break;
    case PARAMS:
        params(out, node->params);
        break;
    case CONSTANT:
        constant(out, &node->constant);
        break;
    case SINGLETON:
        constant(out, &node->left->constant);
        break;
    case CONVERSION:
        strbuf_addf(out, "%d", node->conversion ? node->conversion : -1);
        break;
    case LEVEL:
        strbuf_addf(out, "%d", node->level);
        break;
    case SIMPLE:
        strbuf_addf(out, "%d", node->simple);
        break;
    default: /* CONTEXT */
        strbuf_addf(out, "%s()", context);
    }
}

static bool is_absent(const struct py_node *node, enum part part)
{
    return (part == NAME && !node->name) || (part == MODULE_NAME && !node->name[0]) ||
           (part == TYPE_PARAMS && !node->type_params.n);
}

static void dump_field(struct strbuf *out, const struct py_node *node, const struct field *f,
                       const char *context)
{
    switch (f->part) {
    case LEFT:
        one(out, f->name, node->left, "Load");
        break;
    case LEFT_STORE:
        one(out, f->name, node->left, "Store");
        break;
    case RIGHT:
        one(out, f->name, node->right, "Load");
        break;
    case THIRD:
        one(out, f->name, node->third, "Load");
        break;
    case TEST:
        one(out, f->name, node->test, "Load");
        break;
    case LIST:
        nodes(out, f->name, &node->list, "Load");
        break;
    case LIST_STORE:
        nodes(out, f->name, &node->list, "Store");
        break;
    case LIST_DEL:
        nodes(out, f->name, &node->list, "Del");
        break;
    case ELEMENTS:
        if (node->kind == PY_STARRED) {
            one(out, f->name, node->left, context);
        } else {
            nodes(out, f->name, &node->list, context);
        }
        break;
    case KEYS:
        nodes(out, f->name, &node->keys, "Load");
        break;
    case BODY:
        nodes(out, f->name, &node->body, "Load");
        break;
    case ORELSE:
        nodes(out, f->name, &node->orelse, "Load");
        break;
    case DECORATORS:
        nodes(out, f->name, &node->decorators, "Load");
        break;
    case FINALBODY:
        nodes(out, f->name, &node->finalbody, "Load");
        break;
    default:
        if (is_absent(node, f->part)) {
            break;
        }
        field(out, f->name);
        if (f->part >= OPS && f->part <= TYPE_PARAMS) {
            bracketed(out, node, f->part);
        } else {
            leaf(out, node, f->part, context);
        }
    }
}

static const char *shape_name(const struct py_node *node)
{
    switch (node->kind) {
    case PY_FUNCTION:
        return node->is_async ? "AsyncFunctionDef" : "FunctionDef";
    case PY_FOR:
        return node->is_async ? "AsyncFor" : "For";
    case PY_WITH:
        return node->is_async ? "AsyncWith" : "With";
    case PY_TRY:
        return node->star ? "TryStar" : "Try";
    default:
        return shapes[node->kind].name;
    }
}

static void dump(struct strbuf *out, const struct py_node *node, const char *context)
{
    if (!node) {
        strbuf_adds(out, "None");
        return;
    }
    strbuf_addf(out, "%s(", shape_name(node));
    for (const struct field *f = shapes[node->kind].fields; f->name; f++) {
        dump_field(out, node, f, context);
    }
    strbuf_addch(out, ')');
}

void py_dump(struct strbuf *out, const struct py_node *node)
{
    dump(out, node, "Load");
}
