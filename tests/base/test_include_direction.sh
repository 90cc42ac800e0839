#!/bin/bash
# Includes point down: base <- { environments, plans, drivers } <- engine <- cmd, and only cmd prints or exits.
set -u
source_root=${LOCKSTEP_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
layers="base environments plans drivers engine cmd"

# The folders that a file of this layer may include from.
allowed() {
    case $1 in
    base) echo base ;;
    environments | plans | drivers) echo "base $1" ;;
    engine) echo "base environments plans drivers engine" ;;
    cmd) echo "$layers" ;;
    esac
}

# Print every violation in the tree; the number of includes looked at goes to descriptor 3.
violations() {
    local root=$1 looked=0 file line include layer driver
    cd "$root" || return
    while IFS=: read -r file line include; do
        looked=$((looked + 1))
        layer=${file%%/*}
        include=${include#*\"}
        include=${include%%\"*}
        case " $(allowed "$layer") " in
        *" ${include%%/*} "*) ;;
        *) echo "$file:$line: $layer may not include \"$include\"" ;;
        esac
        # One driver knows nothing of another, and the rest of the program knows only the common header.
        case $include in
        drivers/*/*)
            driver=${include#drivers/}
            driver=drivers/${driver%%/*}/
            case $file in
            "$driver"*) ;;
            *) echo "$file:$line: \"$include\" belongs to $driver alone" ;;
            esac
            ;;
        esac
    done < <(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' $layers 2>/dev/null)
    echo "$looked" >&3

    # The lookbehind keeps snprintf() and _exit() in a forked child out of it. Running out of memory is the one
    # thing that ends the program from below, with a line on standard error. Tables of what revisions are
    # refused name such functions of Python's.
    grep -rnP --include='*.[ch]' \
        '(?<![A-Za-z0-9_."])(printf|vprintf|puts|putchar|perror|psignal|exit|quick_exit)\s*\(|(?<![A-Za-z0-9_])(stdout|stderr)(?![A-Za-z0-9_])' \
        base environments plans drivers engine 2>/dev/null |
        grep -vP '^[^:]*:[0-9]+:\s*(/\*|\*|//)' | grep -v '^base/arena.c:[0-9]*:    fwrite(text, ' | grep -vP '__attribute__\s*\(\(\s*format|REFUSED' |
        sed 's/^\([^:]*:[0-9]*\):.*/\1: only cmd prints and exits/'
}

# First see that each kind of mistake is found.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
expect() {
    rm -rf "$work/tree"
    mkdir -p "$work"/tree/{base,environments,plans,engine,cmd,drivers/sqlite,drivers/mysql}
    printf '%s\n' "$2" >"$work/tree/$1"
    if [ -z "$(violations "$work/tree" 3>/dev/null)" ]; then
        echo "this mistake is not noticed: $2 in $1"
        exit 1
    fi
}
expect base/a.c '#include "drivers/driver.h"'
expect plans/a.h '#include "environments/url.h"'
expect drivers/a.c '# include "plans/plan.h"'
expect environments/a.c '#include "engine/run/run.h"'
expect engine/a.c '#include "cmd/command.h"'
expect engine/a.c '#include "drivers/sqlite/connection.h"'
expect drivers/mysql/a.c '#include "drivers/sqlite/connection.h"'
expect base/a.c '#include "a.h"'
expect engine/a.c '    printf("hello\n");'
expect base/a.c '    fprintf(stderr, "hello\n");'
expect plans/a.c '    exit(1);'

violations "$source_root" 3>"$work/looked" >"$work/found"
looked=$(cat "$work/looked")
if [ -s "$work/found" ]; then
    cat "$work/found"
    exit 1
fi
if [ "$looked" -lt 50 ]; then
    echo "only $looked includes found: this proves nothing"
    exit 1
fi
echo "$looked includes point down"
