/* lockstep completion: scripts for bash and zsh, out of the tables, and the words that they offer. */
#include "base/file.h"
#include "base/str.h"
#include "cmd/env_check.h"
#include "cmd/report.h"

static const char *kind_name(enum completion kind)
{
    static const char *const names[] = {
        [COMPLETE_NOTHING] = "nothing",    [COMPLETE_FILE] = "file",
        [COMPLETE_FOLDER] = "folder",      [COMPLETE_ENVIRONMENT] = "environments",
        [COMPLETE_REVISION] = "revisions", [COMPLETE_PLAN] = "plans",
        [COMPLETE_COMMAND] = "commands",
    };
    _Static_assert(COUNT_OF(names) == COMPLETE_COUNT, "a name for every kind");
    return names[kind];
}

typedef void (*each_command_fn)(struct strbuf *b, const struct command *c);

static void each_command(struct strbuf *b, each_command_fn each)
{
    for (size_t i = 0; i < ncommands; i++) {
        each(b, commands[i]);
        for (const struct command *const *s = commands[i]->subcommands; s && *s; s++) {
            each(b, *s);
        }
    }
}

/* ---- bash ---- */

/* "words a b" for choices, otherwise the kind. */
static void bash_kind(struct strbuf *b, const char *choices, enum completion kind)
{
    if (!choices) {
        strbuf_adds(b, kind_name(kind));
        return;
    }
    strbuf_adds(b, "words");
    struct slice rest = slice_of(choices), part;
    while (slice_cut(&rest, '|', &part)) {
        strbuf_addf(b, " %.*s", (int)part.len, part.ptr);
    }
}

static void bash_values(struct strbuf *b, const char *command, const struct option_spec *options)
{
    for (const struct option_spec *s = options; s && s->name; s++) {
        if (!s->value) {
            continue;
        }
        strbuf_addf(b, "    '%s':--%s", command, s->name);
        if (s->letter) {
            strbuf_addf(b, "|'%s':-%c", command, s->letter);
        }
        strbuf_adds(b, ") echo \"");
        bash_kind(b, s->choices, s->complete);
        strbuf_adds(b, "\" ;;\n");
    }
}

static void bash_command_values(struct strbuf *b, const struct command *c)
{
    bash_values(b, c->name, c->options);
}

static void bash_names(struct strbuf *b, const struct option_spec *options)
{
    for (const struct option_spec *s = options; s && s->name; s++) {
        strbuf_addf(b, " --%s", s->name);
    }
}

static void bash_command_names(struct strbuf *b, const struct command *c)
{
    if (c->options && c->options->name) {
        strbuf_addf(b, "    '%s') echo \"", c->name);
        bash_names(b, c->options);
        strbuf_adds(b, "\" ;;\n");
    }
}

static void bash_command_words(struct strbuf *b, const struct command *c)
{
    if (c->subcommands) {
        strbuf_addf(b, "    '%s') echo \"words", c->name);
        for (const struct command *const *s = c->subcommands; *s; s++) {
            strbuf_addf(b, " %s", command_word(*s));
        }
        strbuf_adds(b, "\" ;;\n");
    } else if (c->arguments && c->arguments->name) {
        strbuf_addf(b, "    '%s') echo \"", c->name);
        bash_kind(b, c->arguments->choices, c->arguments->complete);
        strbuf_adds(b, "\" ;;\n");
    }
}

static void command_names(struct strbuf *b)
{
    for (size_t i = 0; i < ncommands; i++) {
        strbuf_addf(b, " %s", commands[i]->name);
    }
}

static const char bash_tail[] =
    "_lockstep_offer() # kind, then the word so far\n"
    "{\n"
    "    local kind=${1%% *}\n"
    "    case $kind in\n"
    "    file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$2\") ;;\n"
    "    folder) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$2\") ;;\n"
    "    words) mapfile -t COMPREPLY < <(compgen -W \"${1#words}\" -- \"$2\") ;;\n"
    "    commands) mapfile -t COMPREPLY < <(compgen -W \"$_lockstep_commands\" -- \"$2\") ;;\n"
    "    environments|revisions|plans)\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$(lockstep completion \"$kind\" 2>/dev/null)\" -- \"$2\") "
    ";;\n"
    "    esac\n"
    "}\n"
    "\n"
    "_lockstep()\n"
    "{\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= kind i w\n"
    "    COMPREPLY=()\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        w=${COMP_WORDS[i]}\n"
    "        if [[ $w == -* ]]; then\n"
    "            _lockstep_value \"$command\" \"$w\" >/dev/null && ((i++))\n"
    "        elif [[ -z $command && \" $_lockstep_commands \" == *\" $w \"* ]]; then\n"
    "            command=$w\n"
    "        elif [[ \" $(_lockstep_words \"$command\") \" == \" words \"*\" $w \"* && $command != *' '* ]]; "
    "then\n"
    "            command=\"$command $w\"\n"
    "        fi\n"
    "    done\n"
    "    [[ $word == = ]] && word=\n"
    "    [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    if [[ $before == -* ]] && kind=$(_lockstep_value \"$command\" \"$before\"); then\n"
    "        _lockstep_offer \"$kind\" \"$word\"\n"
    "    elif [[ $word == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$_lockstep_globals $(_lockstep_options \"$command\")\" -- "
    "\"$word\")\n"
    "    elif [[ -z $command ]]; then\n"
    "        _lockstep_offer commands \"$word\"\n"
    "    else\n"
    "        _lockstep_offer \"$(_lockstep_words \"$command\")\" \"$word\"\n"
    "    fi\n"
    "}\n"
    "complete -F _lockstep lockstep\n";

static void bash_script(struct strbuf *b)
{
    strbuf_adds(
        b, "# bash completion for lockstep: eval \"$(lockstep completion bash)\"\n_lockstep_commands=\"");
    command_names(b);
    strbuf_adds(b, " \"\n_lockstep_globals=\"");
    bash_names(b, global_options);
    strbuf_adds(b, "\"\n\n_lockstep_value() # command, option: what its value is; fails for a flag\n{\n"
                   "    case \"$1\":\"$2\" in\n");
    for (const struct option_spec *s = global_options; s->name; s++) {
        if (s->value) {
            strbuf_addf(b, "    *:--%s%s%.1s) echo \"", s->name, s->letter ? "|*:-" : "",
                        s->letter ? &s->letter : "");
            bash_kind(b, s->choices, s->complete);
            strbuf_adds(b, "\" ;;\n");
        }
    }
    each_command(b, bash_command_values);
    strbuf_adds(b,
                "    *) return 1 ;;\n    esac\n}\n\n_lockstep_options() # command\n{\n    case \"$1\" in\n");
    each_command(b, bash_command_names);
    strbuf_adds(
        b, "    esac\n}\n\n_lockstep_words() # command: what its arguments are\n{\n    case \"$1\" in\n");
    each_command(b, bash_command_words);
    strbuf_adds(b, "    esac\n}\n\n");
    strbuf_adds(b, bash_tail);
}

/* ---- zsh ---- */

/* Text inside '...[text]...' and 'word:text' of zsh's completion functions. */
static void zsh_text(struct strbuf *b, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\'') {
            strbuf_adds(b, "'\\''");
        } else if (strchr("[]:\\", *p)) {
            strbuf_addf(b, "\\%c", *p);
        } else {
            strbuf_addch(b, *p);
        }
    }
}

static void zsh_action(struct strbuf *b, const char *choices, enum completion kind)
{
    if (choices) {
        strbuf_adds(b, "(");
        for (const char *p = choices; *p; p++) {
            strbuf_add(b, *p == '|' ? " " : p, 1);
        }
        strbuf_adds(b, ")");
        return;
    }
    switch (kind) {
    case COMPLETE_FILE:
        strbuf_adds(b, "_files");
        break;
    case COMPLETE_FOLDER:
        strbuf_adds(b, "_files -/");
        break;
    case COMPLETE_ENVIRONMENT:
    case COMPLETE_REVISION:
    case COMPLETE_PLAN:
        strbuf_addf(b, "_lockstep_offer %s", kind_name(kind));
        break;
    case COMPLETE_COMMAND:
        strbuf_adds(b, "_lockstep_commands");
        break;
    default:
        strbuf_adds(b, " ");
    }
}

static void zsh_options(struct strbuf *b, const struct option_spec *options)
{
    for (const struct option_spec *s = options; s && s->name; s++) {
        strbuf_adds(b, "        ");
        if (s->many) {
            strbuf_adds(b, "'*'");
        } else if (s->letter) {
            strbuf_addf(b, "'(-%c --%s)'", s->letter, s->name);
        }
        if (s->letter) {
            strbuf_addf(b, "{-%c%s,--%s%s}'[", s->letter, s->value ? "+" : "", s->name, s->value ? "=" : "");
        } else {
            strbuf_addf(b, "'--%s%s[", s->name, s->value ? "=" : "");
        }
        zsh_text(b, s->help);
        strbuf_addch(b, ']');
        if (s->value) {
            strbuf_addf(b, ":%s:", s->value);
            zsh_action(b, s->choices, s->complete);
        }
        strbuf_adds(b, "'\n");
    }
}

static void zsh_command(struct strbuf *b, const struct command *c)
{
    strbuf_addf(b, "    '%s') specs=(\n", c->name);
    zsh_options(b, c->options);
    for (const struct argument_spec *s = c->arguments; s && s->name && !c->subcommands; s++) {
        strbuf_addf(b, "        '%s:%s:", s->many ? "*" : s->optional ? ":" : "", s->name);
        zsh_action(b, s->choices, s->complete);
        strbuf_adds(b, "'\n");
    }
    strbuf_adds(b, "        ) ;;\n");
}

static void zsh_list(struct strbuf *b, const struct command *const *list)
{
    for (const struct command *const *c = list; *c; c++) {
        strbuf_addf(b, " '%s:", command_word(*c));
        zsh_text(b, (*c)->summary);
        strbuf_addch(b, '\'');
    }
}

static void zsh_subcommands(struct strbuf *b, const struct command *c)
{
    if (c->subcommands) {
        strbuf_addf(b, "    '%s') list=(", c->name);
        zsh_list(b, c->subcommands);
        strbuf_adds(b, ") ;;\n");
    }
}

static const char zsh_tail[] =
    "_lockstep()\n"
    "{\n"
    "    local curcontext=$curcontext state line\n"
    "    local -a list\n"
    "    typeset -A opt_args\n"
    "    _arguments -C $_lockstep_globals '1:command:_lockstep_commands' '*::argument:->rest' && return 0\n"
    "    [[ $state == rest ]] || return 1\n"
    "    local command=$line[1]\n"
    "    _lockstep_subcommands $command\n"
    "    if (( $#list )); then\n"
    "        if (( CURRENT == 2 )); then\n"
    "            _describe -t commands command list\n"
    "            return\n"
    "        fi\n"
    "        command=\"$command $words[2]\"\n"
    "        shift words\n"
    "        (( CURRENT-- ))\n"
    "    fi\n"
    "    local -a specs\n"
    "    _lockstep_specs $command\n"
    "    _arguments $_lockstep_globals $specs\n"
    "}\n"
    "\n"
    "if [[ $funcstack[1] == _lockstep ]]; then\n"
    "    _lockstep \"$@\"\n"
    "elif (( $+functions[compdef] )); then\n"
    "    compdef _lockstep lockstep\n"
    "fi\n";

static void zsh_script(struct strbuf *b)
{
    strbuf_adds(
        b, "#compdef lockstep\n# zsh completion for lockstep: a file _lockstep in a folder of $fpath, or\n"
           "# eval \"$(lockstep completion zsh)\" after compinit\n\n"
           "_lockstep_offer()\n{\n    local -a offered\n"
           "    offered=(${(f)\"$(lockstep completion $1 2>/dev/null)\"})\n    compadd -a offered\n}\n\n"
           "_lockstep_commands()\n{\n    local -a all\n    all=(");
    zsh_list(b, commands);
    strbuf_adds(b, ")\n    _describe -t commands command all\n}\n\ntypeset -ga "
                   "_lockstep_globals\n_lockstep_globals=(\n");
    zsh_options(b, global_options);
    strbuf_adds(b, ")\n\n_lockstep_subcommands()\n{\n    case $1 in\n");
    for (size_t i = 0; i < ncommands; i++) {
        zsh_subcommands(b, commands[i]);
    }
    strbuf_adds(b, "    *) list=() ;;\n    esac\n}\n\n_lockstep_specs()\n{\n    case $1 in\n");
    each_command(b, zsh_command);
    strbuf_adds(b, "    *) specs=() ;;\n    esac\n}\n\n");
    strbuf_adds(b, zsh_tail);
}

/* ---- the words that the scripts ask for ---- */

/* Files of a folder by name; without the ending when `bare`. */
static void print_documents(const char *folder, bool bare)
{
    struct dirent **found = NULL;
    int n = folder ? scandir(folder, &found, env_is_document, alphasort) : 0;
    bool here = folder && strcmp(folder, ".") == 0;
    for (int i = 0; i < n; i++) {
        const char *name = found[i]->d_name;
        if (bare) {
            printf("%.*s\n", (int)(strrchr(name, '.') - name), name);
        } else {
            printf("%s%s%s\n", here ? "" : folder, here ? "" : "/", name);
        }
        free(found[i]);
    }
    free(found);
}

static int print_revisions(struct app *app, struct err *err)
{
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    printf("head\nheads\nbase\n");
    for (size_t i = g->all.n; i > 0; i--) {
        const struct revision *r = g->all.items[i - 1];
        printf("%s\n", r->id);
        for (size_t k = 0; k < r->labels.n; k++) {
            printf("%s@head\n", r->labels.items[k]);
        }
    }
    return 0;
}

static int print_words(struct app *app, const char *kind, struct err *err)
{
    struct project *p = NULL;
    int rc = app_project(app, &p, err);
    if (rc) {
        return rc;
    }
    if (strcmp(kind, "revisions") == 0) {
        return print_revisions(app, err);
    }
    if (strcmp(kind, "plans") == 0) {
        print_documents(p->plans, false);
    } else if (p->environments_dir) {
        print_documents(p->environments_dir, true);
    }
    return 0;
}

static int run(struct app *app, struct err *err)
{
    const char *what = args_word(&app->args, 0);
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (strcmp(what, "bash") == 0) {
        bash_script(&b);
    } else if (strcmp(what, "zsh") == 0) {
        zsh_script(&b);
    } else {
        return print_words(app, what, err);
    }
    fwrite(b.ptr, 1, b.len, stdout);
    return 0;
}

const struct command command_completion = {
    .name = "completion",
    .group = GROUP_HELP,
    .summary = "print a completion script for bash or zsh",
    .description =
        "The scripts complete commands, options, and names of environments, revisions and plans, which "
        "they get from this command's other words.",
    .arguments =
        (const struct argument_spec[]){{.name = "SHELL",
                                        .help = "bash or zsh; environments, revisions or plans: the names",
                                        .choices = "bash|zsh|environments|revisions|plans"},
                                       {0}},
    .examples = (const struct example[]){{"eval \"$(lockstep completion bash)\"", "in ~/.bashrc"},
                                         {"lockstep completion zsh > ~/.zfunc/_lockstep",
                                          "with ~/.zfunc in $fpath before compinit"},
                                         {0}},
    .run = run,
};
