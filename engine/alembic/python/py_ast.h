/*
 * The syntax tree of a Python module, shaped as Python's own `ast` describes it (Python 3.12). Everything is
 * parsed, also what the evaluator does not run, so that a revision is refused for what it does and not for
 * how it is written.
 *
 * Trees live in the arena given to py_parse() and borrow names and texts from it; nothing changes them
 * afterwards, so that threads may share one.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

enum py_node_kind {
    /* expressions */
    PY_CONSTANT,    /* constant: None True False ... int float complex str bytes; see py_constant_kind */
    PY_NAME,        /* name */
    PY_ATTRIBUTE,   /* left . name */
    PY_SUBSCRIPT,   /* left [ right ] */
    PY_SLICE,       /* left : right : third, each may be NULL */
    PY_CALL,        /* left ( list, keywords ); list may hold PY_STARRED; a keyword without name is ** */
    PY_STARRED,     /* * left */
    PY_UNARY,       /* op left; op: PY_OP_NOT PY_OP_NEG PY_OP_POS PY_OP_INVERT */
    PY_BINARY,      /* left op right */
    PY_BOOL,        /* list joined by op PY_OP_AND or PY_OP_OR */
    PY_COMPARE,     /* left, then ops[i] list[i] */
    PY_CONDITIONAL, /* left if test else right */
    PY_NAMED,       /* left := right */
    PY_LAMBDA,      /* params, left = body; scope */
    PY_TUPLE,       /* list */
    PY_LIST,        /* list */
    PY_SET,         /* list */
    PY_DICT,        /* keys[i]: list[i]; a NULL key is ** list[i] */
    PY_LIST_COMP,   /* left for generators; scope */
    PY_SET_COMP,    /* left for generators; scope */
    PY_DICT_COMP,   /* left: right for generators; scope */
    PY_GENERATOR,   /* left for generators; scope */
    PY_YIELD,       /* left or NULL */
    PY_YIELD_FROM,  /* left */
    PY_AWAIT,       /* left */
    PY_JOINED_STR,  /* list of PY_CONSTANT (str) and PY_FORMATTED: an f-string */
    PY_FORMATTED,   /* left, conversion (0 's' 'r' 'a'), right = format spec (PY_JOINED_STR) or NULL */
    /* statements */
    PY_EXPR,       /* left */
    PY_ASSIGN,     /* list = targets (a = b = value), right = value */
    PY_AUG_ASSIGN, /* left op= right */
    PY_ANN_ASSIGN, /* left: third [= right]; right may be NULL; simple: left is a bare name */
    PY_RETURN,     /* left or NULL */
    PY_DELETE,     /* list */
    PY_PASS,
    PY_BREAK,
    PY_CONTINUE,
    PY_RAISE,       /* left or NULL, from right or NULL */
    PY_ASSERT,      /* test, right = message or NULL */
    PY_GLOBAL,      /* names */
    PY_NONLOCAL,    /* names */
    PY_IMPORT,      /* aliases */
    PY_IMPORT_FROM, /* name = module ("" when only dots), level = number of dots, aliases ("*") */
    PY_IF,          /* test, body, orelse */
    PY_WHILE,       /* test, body, orelse */
    PY_FOR,         /* left in right, body, orelse; is_async */
    PY_WITH,        /* items, body; is_async */
    PY_TRY,         /* body, handlers, orelse, finalbody; star: except* */
    PY_MATCH,       /* left = subject, cases */
    PY_FUNCTION,    /* name, params, body, decorators, third = returns, type_params, scope; is_async */
    PY_CLASS,       /* name, list = bases, keywords, body, decorators, type_params, scope */
    PY_TYPE_ALIAS,  /* name, type_params, right */
    /* patterns of match */
    PY_MATCH_VALUE,     /* left */
    PY_MATCH_SINGLETON, /* left: None True False */
    PY_MATCH_SEQUENCE,  /* list */
    PY_MATCH_MAPPING,   /* keys[i]: list[i], name = rest or NULL */
    PY_MATCH_CLASS,     /* left, list = positional, keywords (value = pattern) */
    PY_MATCH_STAR,      /* name or NULL */
    PY_MATCH_AS,        /* left = pattern or NULL, name or NULL ("_" is neither) */
    PY_MATCH_OR,        /* list */
    PY_MODULE,          /* body */
    PY_NODE_COUNT
};

enum py_op {
    PY_OP_ADD,
    PY_OP_SUB,
    PY_OP_MUL,
    PY_OP_MATMUL,
    PY_OP_DIV,
    PY_OP_FLOORDIV,
    PY_OP_MOD,
    PY_OP_POW,
    PY_OP_LSHIFT,
    PY_OP_RSHIFT,
    PY_OP_BITOR,
    PY_OP_BITXOR,
    PY_OP_BITAND,
    PY_OP_NOT,
    PY_OP_NEG,
    PY_OP_POS,
    PY_OP_INVERT,
    PY_OP_AND,
    PY_OP_OR,
    PY_OP_EQ,
    PY_OP_NE,
    PY_OP_LT,
    PY_OP_LE,
    PY_OP_GT,
    PY_OP_GE,
    PY_OP_IS,
    PY_OP_IS_NOT,
    PY_OP_IN,
    PY_OP_NOT_IN,
    PY_OP_COUNT
};
const char *py_op_text(enum py_op op); /* "+", "not in", ... */

enum py_constant_kind {
    PY_C_NONE,
    PY_C_TRUE,
    PY_C_FALSE,
    PY_C_ELLIPSIS,
    PY_C_INT,
    PY_C_FLOAT,
    PY_C_COMPLEX,
    PY_C_STR,
    PY_C_BYTES
};

struct py_node;
/* An array of known length; vec_each() walks it. */
#define PY_ARRAY(T)                                                                                          \
    struct {                                                                                                 \
        T *items;                                                                                            \
        size_t n;                                                                                            \
    }
typedef PY_ARRAY(struct py_node *) py_nodes_t;
typedef PY_ARRAY(const char *) py_names_t;

struct py_keyword {
    const char *name; /* NULL: ** */
    struct py_node *value;
    int line, column;
};
struct py_alias {
    const char *name, *as; /* dotted name; as NULL: none */
    int line, column;
};
struct py_param {
    const char *name;
    struct py_node *annotation, *def; /* either may be NULL */
};
struct py_params {
    struct py_param *items; /* positional-only, then ordinary, then keyword-only */
    size_t npositional_only, nordinary, nkeyword_only;
    const char *args, *kwargs; /* names of * and **, NULL: none. A bare * leaves args NULL */
    struct py_node *args_annotation, *kwargs_annotation; /* either may be NULL */
};
struct py_comprehension {
    struct py_node *target, *iter;
    py_nodes_t ifs;
    bool is_async;
};
struct py_with_item {
    struct py_node *context, *target; /* target may be NULL */
};
struct py_handler {
    struct py_node *type; /* NULL: bare except */
    const char *name;     /* NULL: none */
    py_nodes_t body;
    int line;
};
struct py_case {
    struct py_node *pattern, *guard; /* guard may be NULL */
    py_nodes_t body;
};

struct py_constant {
    enum py_constant_kind kind;
    bool big; /* PY_C_INT that does not fit: text holds its digits (decimal, or with 0x 0o 0b) */
    union {
        int64_t integer; /* PY_C_INT that fits */
        double real;     /* PY_C_FLOAT, and the imaginary part of PY_C_COMPLEX */
    };
    struct slice text; /* PY_C_STR (UTF-8; a lone surrogate escape is an error), PY_C_BYTES, big ints */
};

/*
 * One struct for all kinds: the comment of each kind above says which members it uses. Members that no kind
 * uses together share their place, and a node is allocated only as far as its kind's members reach: read no
 * others, and never copy a node. Members that are used but empty are NULL or have n = 0.
 */
struct py_node {
    enum py_node_kind kind;
    int line, column; /* 1-based; columns in characters */
    int end_line;     /* last line that the node is on */
    int height;       /* of the tree below: 1 for a leaf, at most PY_HEIGHT_MAX */
    union {
        enum py_op op;
        int level;
        bool is_async, star, simple;
        char conversion;
    };
    union {
        struct py_constant constant;
        struct {
            union {
                const char *name; /* in the arena; equal names of one module are the same pointer */
                struct py_node *test;
            };
            struct py_node *left;
            union {
                struct py_node *right;
                struct py_params *params;
            };
            union {
                struct py_node *third;
                py_nodes_t list;
            };
            union {
                PY_ARRAY(struct py_keyword) keywords;
                py_nodes_t keys;
                PY_ARRAY(enum py_op) ops;
                PY_ARRAY(struct py_comprehension) generators;
                PY_ARRAY(struct py_handler) handlers;
                PY_ARRAY(struct py_with_item) items;
                PY_ARRAY(struct py_case) cases;
                PY_ARRAY(struct py_alias) aliases;
                py_names_t names;
            };
            py_nodes_t body;
            union {
                py_nodes_t orelse, decorators;
            };
            union {
                py_nodes_t finalbody;
                py_names_t type_params; /* "T", "*Ts", "**P"; bounds are dropped */
            };
            /* For the evaluator: what a PY_FUNCTION, PY_LAMBDA, PY_CLASS or comprehension keeps. */
            struct py_scope *scope;
        };
    };
};
/* Recursion over a tree goes no deeper than this: sources nested deeper are syntax errors. */
#define PY_HEIGHT_MAX 1000

/* Which names belong to a function (PY_FUNCTION, PY_LAMBDA; also PY_CLASS): assigned in it (params, targets,
 * imports, nested defs, `for`, `with`, `except as`, `del`, captures of `case`, walrus inside comprehensions)
 * and not declared global or nonlocal, in order of first appearance. Comprehensions have a scope of their own
 * with their targets. */
struct py_scope {
    py_names_t locals, globals, nonlocals;
    bool is_generator; /* has yield of its own */
};

/* Parse a whole module; `text` is copied. `file` names it in errors. ERR_FILE with line, column and excerpt
 * for a syntax error (including tabs and blanks mixed, a wrong dedent, an unterminated string, brackets and
 * blocks nested deeper than 100 levels, text that is not UTF-8; a byte order mark and a PEP 263 line naming
 * utf-8, latin-1 or ascii are taken), ERR_REFUSED for what Python takes and this parser does not (\N{NAME} in
 * a string, lone surrogates, another encoding). Python 2 print statements and the like are syntax errors with
 * a hint. */
int py_parse(struct arena *a, const char *file, struct slice text, struct py_node **module, struct err *err);
/* Parse one expression, for tests and for f-strings. */
int py_parse_expression(struct arena *a, const char *file, struct slice text, struct py_node **out,
                        struct err *err);
/* The tree as ast.dump() prints it (without positions), for tests that compare with Python's own. */
void py_dump(struct strbuf *out, const struct py_node *node);

/* The module-level identifiers of a revision file, without running anything: `revision`, `down_revision`,
 * `branch_labels`, `depends_on` as literals (str, None, tuple, list or set of str, parenthesised or
 * annotated, or the name of a module-level literal), the docstring, and whether upgrade and downgrade are
 * defined at all. Quick: scans tokens and does not build a tree. */
struct py_identifiers {
    bool has_revision, has_down_revision; /* assigned at all */
    const char *revision;                 /* NULL: None, or not assigned */
    strings_t down_revision, branch_labels, depends_on;
    struct slice doc; /* the docstring's value; ptr NULL: none */
    bool has_upgrade, has_downgrade;
    bool upgrade_empty, downgrade_empty; /* nothing but a docstring and `pass` */
    int line_revision, line_down_revision, line_branch_labels, line_depends_on;
};
/* ERR_FILE for a syntax error that the scan meets, and for an identifier that is no literal (names it and
 * what was expected). */
int py_identifiers(struct arena *a, const char *file, struct slice text, struct py_identifiers *out,
                   struct err *err);
