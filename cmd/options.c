/* Reading the command line. What the options mean is up to the commands and to context.c. */
#include "cmd/options.h"
#include "base/str.h"
#include <errno.h>
#include <getopt.h>

#define OPTIONS_MAX 48

const struct option_spec global_options[] = {
    {'c', "config", "FILE",
     .help =
         "project file: lockstep.yaml (default: here or in a folder above), alembic.ini or pyproject.toml",
     .complete = COMPLETE_FILE, .many = true},
    {'n', "name", "NAME", .help = "section of alembic.ini (default: alembic)"},
    {'x', "x", "KEY=VALUE", .help = "argument for Alembic revisions that ask for it; may be repeated",
     .many = true},
    {'e', "environment", "NAME",
     .help = "environment to work on (default: default_environment, else the only one)",
     .complete = COMPLETE_ENVIRONMENT},
    {0, "url", "URL", .help = "work on the database at this URL instead of an environment's"},
    {'t', "target", "GLOB", .help = "only the targets whose name matches the pattern"},
    {'q', "quiet", NULL, .help = "print results and errors only"},
    {'v', "verbose", NULL, .help = "print more"},
    {0, "format", "FORMAT",
     .help = "text (default) or json; jsonl for runs and audit export; others for drift and diff",
     .choices = "text|json|jsonl|markdown|junit|html"},
    {0, "color", "WHEN", .help = "auto (default), always or never; NO_COLOR is respected",
     .choices = "auto|always|never"},
    {0, "yes", NULL, .help = "answer yes to every question"},
    {'h', "help", NULL, .help = "show help for a command"},
    {0, "version", NULL, .help = "show the version"},
    {0},
};

/* One option as getopt_long knows it, and the table entry behind it. getopt's codes are 256 + index. */
struct table {
    const struct option_spec *specs[OPTIONS_MAX];
    struct option longs[OPTIONS_MAX + 1];
    char shorts[2 * OPTIONS_MAX + 3];
    size_t n;
};

static void table_add(struct table *t, const struct option_spec *specs)
{
    size_t len = strlen(t->shorts);
    for (const struct option_spec *s = specs; s && s->name; s++) {
        for (size_t i = 0; i < t->n; i++) {
            if ((s->letter && t->specs[i]->letter == s->letter) || strcmp(t->specs[i]->name, s->name) == 0) {
                abort(); /* two options of one name: a mistake in a command's table */
            }
        }
        if (t->n == OPTIONS_MAX) {
            abort();
        }
        t->longs[t->n] =
            (struct option){s->name, s->value ? required_argument : no_argument, NULL, 256 + (int)t->n};
        t->specs[t->n++] = s;
        if (s->letter) {
            t->shorts[len++] = s->letter;
            if (s->value) {
                t->shorts[len++] = ':';
            }
            t->shorts[len] = '\0';
        }
    }
    t->longs[t->n] = (struct option){0};
}

/* "-:": words come in order, as code 1; a missing value gives ':'; getopt prints nothing. */
static void table_init(struct table *t, const struct command *c)
{
    memset(t, 0, sizeof(*t));
    memcpy(t->shorts, "-:", 3);
    table_add(t, global_options);
    table_add(t, c ? c->options : NULL);
}

static const struct option_spec *table_find(const struct table *t, int code)
{
    if (code >= 256) {
        return t->specs[code - 256];
    }
    for (size_t i = 0; i < t->n; i++) {
        if (t->specs[i]->letter == code) {
            return t->specs[i];
        }
    }
    return NULL;
}

static bool is_negative_number(const char *word)
{
    return word[0] == '-' && word[1] >= '0' && word[1] <= '9';
}

static int unknown_option(const struct table *t, const struct command *c, const char *word, struct err *err)
{
    const char *names[OPTIONS_MAX];
    size_t n = 0, candidates = 0, len = strcspn(word, "=");
    char shown[64];
    snprintf(shown, sizeof(shown), "%.*s", (int)(len < 60 ? len : 60), word);
    if (strncmp(word, "--", 2) != 0) {
        if (optopt > 32 && optopt < 127) {
            snprintf(shown, sizeof(shown), "-%c", optopt);
        }
    } else {
        for (size_t i = 0; i < t->n; i++) {
            names[n++] = t->specs[i]->name;
            candidates += strncmp(t->specs[i]->name, word + 2, len - 2) == 0;
        }
    }
    if (candidates > 1) {
        err_set(err, ERR_USAGE, "option \"%s\" is ambiguous", shown);
    } else {
        err_set(err, ERR_USAGE, "unknown option \"%s\"", shown);
    }
    const char *nearest = n && candidates < 2 ? str_nearest(shown + 2, names, n) : NULL;
    if (nearest) {
        return err_hint(err, "Did you mean \"--%s\"?", nearest);
    }
    return err_hint(err, "\"lockstep %s%s--help\" lists the options.", c ? c->name : "", c ? " " : "");
}

static bool is_choice(const char *choices, const char *value)
{
    struct slice rest = slice_of(choices), part;
    while (slice_cut(&rest, '|', &part)) {
        if (slice_eq(part, value)) {
            return true;
        }
    }
    return false;
}

static int check_choice(const char *what, const char *choices, const char *value, struct err *err)
{
    if (!choices || is_choice(choices, value)) {
        return 0;
    }
    AUTO(strbuf_release) struct strbuf list = STRBUF_INIT;
    struct slice rest = slice_of(choices), part;
    while (slice_cut(&rest, '|', &part)) {
        strbuf_adds(&list, list.len == 0 ? "" : rest.ptr ? ", " : " or ");
        strbuf_add(&list, part.ptr, part.len);
    }
    return err_set(err, ERR_USAGE, "%s expects %s, not \"%s\"", what, strbuf_cstr(&list), value);
}

static int take_option(struct arena *a, struct args *args, const struct option_spec *spec, const char *value,
                       struct err *err)
{
    *vec_push(a, &args->given) = (struct given){spec, value};
    args->help = args->help || strcmp(spec->name, "help") == 0;
    args->version = args->version || strcmp(spec->name, "version") == 0;
    char what[64];
    snprintf(what, sizeof(what), "--%s", spec->name);
    return value ? check_choice(what, spec->choices, value, err) : 0;
}

/* The first word names the command, a second one its subcommand; all others are arguments. */
static int take_word(struct arena *a, struct args *args, struct table *t, char *word, struct err *err)
{
    const struct command *c = args->command;
    if (c && (!c->subcommands || args->words.n)) {
        *vec_push(a, &args->words) = word;
        return 0;
    }
    const struct command *found = NULL;
    int rc = command_find(c, word, &found, err);
    if (rc) {
        return rc;
    }
    args->command = found;
    table_init(t, found);
    return 0;
}

static int check_arguments(const struct args *args, struct err *err)
{
    const struct command *c = args->command;
    size_t i = 0;
    AUTO(strbuf_release) struct strbuf usage = STRBUF_INIT;
    command_synopsis(c, &usage);
    for (const struct argument_spec *s = c->arguments; s && s->name; s++) {
        if (i >= args->words.n && !s->optional) {
            err_set(err, ERR_USAGE, "%s is missing: %s", s->name, s->help);
            return err_hint(err, "Usage: lockstep %s", strbuf_cstr(&usage));
        }
        for (bool first = true; i < args->words.n && (first || s->many); first = false, i++) {
            int rc = check_choice(s->name, s->choices, args->words.items[i], err);
            if (rc) {
                return rc;
            }
        }
    }
    if (i < args->words.n) {
        err_set(err, ERR_USAGE, "unexpected argument \"%s\"", args->words.items[i]);
        return err_hint(err, "Usage: lockstep %s", strbuf_cstr(&usage));
    }
    for (const struct option_spec *s = c->options; s && s->name; s++) {
        if (s->required && !args_text(args, s->name)) {
            err_set(err, ERR_USAGE, "--%s %s is missing: %s", s->name, s->value, s->help);
            return err_hint(err, "Usage: lockstep %s", strbuf_cstr(&usage));
        }
    }
    return 0;
}

static int missing_subcommand(const struct command *c, struct err *err)
{
    AUTO(strbuf_release) struct strbuf list = STRBUF_INIT;
    for (const struct command *const *s = c->subcommands; *s; s++) {
        strbuf_addf(&list, "%s%s", list.len ? ", " : "", command_word(*s));
    }
    err_set(err, ERR_USAGE, "%s expects one of %s", c->name, strbuf_cstr(&list));
    return err_hint(err, "\"lockstep %s --help\" says what each does.", c->name);
}

int options_parse(struct arena *a, int argc, char **argv, struct args *args, struct err *err)
{
    struct table t;
    table_init(&t, NULL);
    optind = 1;
    int rc = 0;
    while (!rc) {
        if (optind < argc && is_negative_number(argv[optind])) {
            rc = take_word(a, args, &t, argv[optind++], err);
            continue;
        }
        char *word = optind < argc ? argv[optind] : NULL;
        int code = getopt_long(argc, argv, t.shorts, t.longs, NULL);
        if (code == -1) {
            break;
        }
        const struct option_spec *spec = NULL;
        switch (code) {
        case 1:
            rc = take_word(a, args, &t, optarg, err);
            break;
        case ':':
            spec = table_find(&t, optopt);
            rc = err_set(err, ERR_USAGE, "--%s expects a value: %s", spec->name, spec->value);
            break;
        case '?':
            spec = optopt >= 256 ? table_find(&t, optopt) : NULL;
            rc = spec ? err_set(err, ERR_USAGE, "--%s takes no value", spec->name)
                      : unknown_option(&t, args->command, word ? word : "", err);
            break;
        default:
            rc = take_option(a, args, table_find(&t, code), optarg, err);
        }
    }
    while (!rc && optind < argc) {
        rc = take_word(a, args, &t, argv[optind++], err);
    }
    if (rc || args->help || args->version || !args->command) {
        return rc;
    }
    if (!args->command->run) {
        return missing_subcommand(args->command, err);
    }
    return check_arguments(args, err);
}

static const struct given *find_given(const struct args *args, const char *name)
{
    const struct option_spec *tables[] = {global_options, args->command ? args->command->options : NULL};
    bool known = false;
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (const struct option_spec *s = tables[i]; s && s->name && !known; s++) {
            known = strcmp(s->name, name) == 0;
        }
    }
    if (!known) {
        abort(); /* the command asks for an option that its table does not have */
    }
    for (size_t i = args->given.n; i > 0; i--) {
        if (strcmp(args->given.items[i - 1].spec->name, name) == 0) {
            return &args->given.items[i - 1];
        }
    }
    return NULL;
}

bool args_flag(const struct args *args, const char *name)
{
    return find_given(args, name) != NULL;
}

const char *args_text(const struct args *args, const char *name)
{
    const struct given *g = find_given(args, name);
    return g ? g->value : NULL;
}

void args_list(struct arena *a, const struct args *args, const char *name, strings_t *out)
{
    for (size_t i = 0; find_given(args, name) && i < args->given.n; i++) {
        if (strcmp(args->given.items[i].spec->name, name) == 0) {
            *vec_push(a, out) = args->given.items[i].value;
        }
    }
}

int args_int(const struct args *args, const char *name, int64_t min, int64_t max, int64_t *out,
             struct err *err)
{
    const char *text = args_text(args, name);
    if (!text) {
        return 0;
    }
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno || end == text || *end || n < min || n > max) {
        return err_set(err, ERR_USAGE, "--%s expects a whole number from %lld to %lld, not \"%s\"", name,
                       (long long)min, (long long)max, text);
    }
    *out = n;
    return 0;
}

const char *args_word(const struct args *args, size_t i)
{
    return i < args->words.n ? args->words.items[i] : NULL;
}

void command_synopsis(const struct command *c, struct strbuf *out)
{
    strbuf_adds(out, c->name);
    if (c->subcommands) {
        strbuf_adds(out, c->run ? " [COMMAND]" : " COMMAND");
    }
    for (const struct option_spec *s = c->options; s && s->name; s++) {
        strbuf_adds(out, s->required ? " " : " [");
        if (s->letter) {
            strbuf_addf(out, "-%c", s->letter);
        } else {
            strbuf_addf(out, "--%s", s->name);
        }
        strbuf_addf(out, "%s%s%s%s", s->value ? " " : "", s->value ? s->value : "", s->required ? "" : "]",
                    s->many ? "..." : "");
    }
    for (const struct argument_spec *s = c->arguments; s && s->name; s++) {
        strbuf_addf(out, " %s%s%s%s", s->optional ? "[" : "", s->name, s->many ? "..." : "",
                    s->optional ? "]" : "");
    }
}
