/*
 * A stack of open blocks over the tokens. IF, REPEAT and others are also functions, and CASE an expression:
 * they open a block only where a statement may begin, which is tracked along.
 */
#include "drivers/mysql/body.h"

enum phase {
    PHASE_START,
    PHASE_BEGIN,    /* BEGIN: a compound statement when NOT follows, else of a transaction */
    PHASE_WORD,     /* some other first word: a label when a colon follows */
    PHASE_CREATE,   /* CREATE or ALTER and its modifiers */
    PHASE_DEFINER,  /* DEFINER: = follows */
    PHASE_USER,     /* a user's or a host's name follows */
    PHASE_PARAMS,   /* of a routine: up to the closing parenthesis */
    PHASE_TRAITS,   /* of a routine: between parameters and body */
    PHASE_TRIGGER,  /* up to FOR EACH ROW */
    PHASE_ORDER,    /* FOLLOWS or PRECEDES may follow */
    PHASE_NEIGHBOR, /* the name behind those */
    PHASE_EVENT,    /* up to DO */
    PHASE_BODY,
    PHASE_PLAIN /* no body */
};

enum block {
    BLOCK_BEGIN,
    BLOCK_IF,
    BLOCK_CASE,       /* the statement */
    BLOCK_EXPRESSION, /* CASE in an expression */
    BLOCK_LOOP,       /* LOOP, and WHILE and FOR behind their DO */
    BLOCK_HEAD,       /* WHILE and FOR up to their DO */
    BLOCK_REPEAT,
    BLOCK_UNTIL, /* REPEAT whose UNTIL has come */
    BLOCK_NONE
};

enum handler {
    HANDLER_NONE,
    HANDLER_DECLARE,
    HANDLER_FOR,       /* HANDLER: FOR follows */
    HANDLER_CONDITION, /* a condition follows */
    HANDLER_STATE,     /* SQLSTATE: [VALUE] and a string follow */
    HANDLER_FOUND,     /* NOT: FOUND follows */
    HANDLER_NEXT       /* a comma, or the statement */
};

void mysql_body_start(struct mysql_body *b)
{
    memset(b, 0, offsetof(struct mysql_body, blocks));
}

static enum block top(const struct mysql_body *b)
{
    return b->depth ? (enum block)b->blocks[b->depth - 1] : BLOCK_NONE;
}

bool mysql_body_open(const struct mysql_body *b)
{
    return b->depth > 0 && b->blocks[0] != BLOCK_EXPRESSION; /* no expression spans a semicolon */
}

bool mysql_body_program(const struct mysql_body *b)
{
    return b->phase == PHASE_BODY || b->phase == PHASE_TRAITS;
}

static bool push(struct mysql_body *b, enum block block, bool at_statement, size_t offset)
{
    if (b->depth == MYSQL_BODY_DEPTH_MAX) {
        return false;
    }
    b->opened = b->depth ? b->opened : offset;
    b->blocks[b->depth++] = (unsigned char)block;
    b->at_statement = at_statement;
    return true;
}

static const struct {
    const char *word;
    enum block block;
    bool at_statement; /* a statement begins right behind it */
} openers[] = {
    {"begin", BLOCK_BEGIN, true},   {"if", BLOCK_IF, false},      {"case", BLOCK_CASE, false},
    {"loop", BLOCK_LOOP, true},     {"while", BLOCK_HEAD, false}, {"for", BLOCK_HEAD, false},
    {"repeat", BLOCK_REPEAT, true},
};

/* Index into openers, or -1. */
static int opener_of(const struct sql_token *t)
{
    for (size_t i = 0; i < COUNT_OF(openers); i++) {
        if (sql_word_is(t, openers[i].word)) {
            return (int)i;
        }
    }
    return -1;
}

static bool close_block(struct mysql_body *b)
{
    b->depth -= b->depth > 0;
    b->was_end = true;
    b->at_statement = false;
    return true;
}

/* The first token of a statement of the body. */
static bool statement_start(struct mysql_body *b, const struct sql_token *t, size_t offset)
{
    int opener = opener_of(t);
    if (opener >= 0) {
        return push(b, openers[opener].block, openers[opener].at_statement, offset);
    }
    if (sql_word_is(t, "end")) {
        return close_block(b);
    }
    /* NOT ATOMIC behind BEGIN, ELSE, and empty statements: the next token still begins one. */
    b->at_statement = sql_word_is(t, "not") || sql_word_is(t, "atomic") || sql_symbol_is(t, ';') ||
                      (sql_word_is(t, "else") && (top(b) == BLOCK_IF || top(b) == BLOCK_CASE));
    if (sql_word_is(t, "until") && top(b) == BLOCK_REPEAT) {
        b->blocks[b->depth - 1] = BLOCK_UNTIL;
    } else if (sql_word_is(t, "declare")) {
        b->handler = HANDLER_DECLARE;
    } else if (!b->at_statement) {
        b->was_label = t->kind == SQL_TOKEN_WORD || t->kind == SQL_TOKEN_NAME;
    }
    return true;
}

static void semicolon(struct mysql_body *b)
{
    while (top(b) == BLOCK_EXPRESSION) {
        b->depth--;
    }
    b->at_statement = true;
    b->handler = HANDLER_NONE;
}

/* Steps through DECLARE ... HANDLER FOR conditions; true when t begins the handler's statement. */
static bool handler_token(struct mysql_body *b, const struct sql_token *t)
{
    static const char *const actions[] = {"continue", "exit", "undo"};
    switch ((enum handler)b->handler) {
    case HANDLER_DECLARE:
        if (sql_word_is(t, "handler")) {
            b->handler = HANDLER_FOR;
        } else if (!sql_word_in(t, actions, COUNT_OF(actions))) {
            b->handler = HANDLER_NONE;
        }
        return false;
    case HANDLER_FOR:
        b->handler = HANDLER_CONDITION;
        return false;
    case HANDLER_CONDITION:
        b->handler = sql_word_is(t, "not")        ? HANDLER_FOUND
                     : sql_word_is(t, "sqlstate") ? HANDLER_STATE
                                                  : HANDLER_NEXT;
        return false;
    case HANDLER_STATE:
        b->handler = sql_word_is(t, "value") ? HANDLER_STATE : HANDLER_NEXT;
        return false;
    case HANDLER_FOUND:
        b->handler = HANDLER_NEXT;
        return false;
    case HANDLER_NEXT:
        b->handler = sql_symbol_is(t, ',') ? HANDLER_CONDITION : HANDLER_NONE;
        return b->handler == HANDLER_NONE;
    case HANDLER_NONE:
        break;
    }
    return false;
}

static bool body_token(struct mysql_body *b, const struct sql_token *t, size_t offset)
{
    bool was_end = b->was_end, was_label = b->was_label;
    b->was_end = b->was_label = false;
    if (b->at_statement) {
        return statement_start(b, t, offset);
    }
    if (sql_symbol_is(t, ';')) {
        semicolon(b);
        return true;
    }
    if (was_end && opener_of(t) >= 0) {
        return true; /* END IF */
    }
    if (was_label && sql_symbol_is(t, ':')) {
        b->at_statement = true;
        return true;
    }
    if (b->handler != HANDLER_NONE) {
        return handler_token(b, t) ? statement_start(b, t, offset) : true;
    }
    if (sql_word_is(t, "case")) {
        return push(b, BLOCK_EXPRESSION, false, offset);
    }
    if (sql_word_is(t, "end")) {
        if (top(b) == BLOCK_EXPRESSION) {
            b->depth--;
        } else if (top(b) == BLOCK_UNTIL) {
            close_block(b);
        }
    } else if (sql_word_is(t, "then")) {
        b->at_statement = top(b) == BLOCK_IF || top(b) == BLOCK_CASE;
    } else if (sql_word_is(t, "do") && top(b) == BLOCK_HEAD) {
        b->blocks[b->depth - 1] = BLOCK_LOOP;
        b->at_statement = true;
    }
    return true;
}

static bool enter_body(struct mysql_body *b, const struct sql_token *t, size_t offset)
{
    b->phase = PHASE_BODY;
    b->at_statement = true;
    return t ? body_token(b, t, offset) : true;
}

/* First words of the statements that a routine may consist of without BEGIN. SET is told from CHARACTER SET
 * by the word before it. */
static bool is_verb(const struct mysql_body *b, const struct sql_token *t)
{
    static const char *const verbs[] = {
        "alter",   "analyze", "call",     "check",   "checksum", "commit",   "create",    "deallocate",
        "delete",  "do",      "drop",     "execute", "explain",  "flush",    "get",       "grant",
        "insert",  "kill",    "load",     "lock",    "optimize", "prepare",  "rename",    "repair",
        "replace", "reset",   "resignal", "return",  "revoke",   "rollback", "savepoint", "select",
        "show",    "signal",  "start",    "stop",    "truncate", "unlock",   "update",    "use",
        "values",  "with",    "xa"};
    return sql_word_in(t, verbs, COUNT_OF(verbs)) || (sql_word_is(t, "set") && !b->was_character);
}

static bool traits_token(struct mysql_body *b, const struct sql_token *t, size_t offset)
{
    if (sql_symbol_is(t, ':')) {
        return enter_body(b, NULL, offset);
    }
    if (opener_of(t) >= 0 || is_verb(b, t)) {
        return enter_body(b, t, offset);
    }
    b->was_character = sql_word_is(t, "character") || sql_word_is(t, "char");
    return true;
}

static bool start_token(struct mysql_body *b, const struct sql_token *t, size_t offset)
{
    if (sql_word_is(t, "begin")) {
        b->phase = PHASE_BEGIN;
        b->opened = offset;
    } else if (opener_of(t) >= 0) {
        return enter_body(b, t, offset);
    } else if (sql_word_is(t, "create") || sql_word_is(t, "alter")) {
        b->phase = PHASE_CREATE;
    } else {
        b->phase = t->kind == SQL_TOKEN_WORD || t->kind == SQL_TOKEN_NAME ? PHASE_WORD : PHASE_PLAIN;
    }
    return true;
}

static void create_token(struct mysql_body *b, const struct sql_token *t)
{
    static const struct {
        const char *word;
        enum phase next;
    } rules[] = {
        {"or", PHASE_CREATE},       {"replace", PHASE_CREATE},   {"aggregate", PHASE_CREATE},
        {"definer", PHASE_DEFINER}, {"procedure", PHASE_PARAMS}, {"function", PHASE_PARAMS},
        {"trigger", PHASE_TRIGGER}, {"event", PHASE_EVENT},
    };
    enum phase next = sql_symbol_is(t, '@')                            ? PHASE_USER
                      : sql_symbol_is(t, '(') || sql_symbol_is(t, ')') ? PHASE_CREATE
                                                                       : PHASE_PLAIN;
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        next = sql_word_is(t, rules[i].word) ? rules[i].next : next;
    }
    b->phase = (int)next;
}

static void params_token(struct mysql_body *b, const struct sql_token *t)
{
    if (sql_symbol_is(t, '(')) {
        b->parens++;
    } else if (sql_symbol_is(t, ')') && b->parens) {
        b->parens--;
        b->phase = b->parens ? PHASE_PARAMS : PHASE_TRAITS;
    }
}

bool mysql_body_token(struct mysql_body *b, const struct sql_token *t, size_t offset)
{
    switch ((enum phase)b->phase) {
    case PHASE_START:
        return start_token(b, t, offset);
    case PHASE_BEGIN:
        b->phase = PHASE_PLAIN;
        return !sql_word_is(t, "not") ||
               (enter_body(b, NULL, offset) && push(b, BLOCK_BEGIN, true, b->opened));
    case PHASE_WORD:
        b->phase = PHASE_PLAIN;
        return !sql_symbol_is(t, ':') || enter_body(b, NULL, offset);
    case PHASE_CREATE:
        create_token(b, t);
        return true;
    case PHASE_DEFINER:
        b->phase = sql_symbol_is(t, '=') ? PHASE_USER : PHASE_PLAIN;
        return true;
    case PHASE_USER:
        b->phase = PHASE_CREATE;
        return true;
    case PHASE_PARAMS:
        params_token(b, t);
        return true;
    case PHASE_TRAITS:
        return traits_token(b, t, offset);
    case PHASE_TRIGGER:
        b->phase = b->was_each && sql_word_is(t, "row") ? PHASE_ORDER : PHASE_TRIGGER;
        b->was_each = sql_word_is(t, "each");
        return true;
    case PHASE_ORDER:
        if (sql_word_is(t, "follows") || sql_word_is(t, "precedes")) {
            b->phase = PHASE_NEIGHBOR;
            return true;
        }
        return enter_body(b, t, offset);
    case PHASE_NEIGHBOR:
        return enter_body(b, NULL, offset);
    case PHASE_EVENT:
        return !sql_word_is(t, "do") || enter_body(b, NULL, offset);
    case PHASE_BODY:
        return body_token(b, t, offset);
    case PHASE_PLAIN:
        break;
    }
    return true;
}
