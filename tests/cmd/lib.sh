# Helpers of the command tests: source it, call checks, end with `finish`. Each test works in an empty folder
# that is removed afterwards.
set -u
: "${LOCKSTEP:?the path of the program}"
LOCKSTEP=$(realpath "$LOCKSTEP")
export LC_ALL=C.UTF-8
unset NO_COLOR
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

ok() { passed=$((passed + 1)); echo "ok $1"; }
not_ok() { failed=$((failed + 1)); echo "not ok $1"; shift; printf '    %s\n' "$@"; }

# run ARG...: the program; leaves $out, $errors and $status
run()
{
    out=$("$LOCKSTEP" "$@" 2>"$work/.errors" </dev/null)
    status=$?
    errors=$(cat "$work/.errors")
}

# is NAME ACTUAL EXPECTED
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "expected: $3" "got:      $2"; fi; }
# has NAME TEXT PART
has() { case $2 in *"$3"*) ok "$1" ;; *) not_ok "$1" "expected part: $3" "got: $2" ;; esac; }
# lacks NAME TEXT PART
lacks() { case $2 in *"$3"*) not_ok "$1" "unexpected part: $3" "got: $2" ;; *) ok "$1" ;; esac; }
# check NAME COMMAND...: the command must succeed
check() { local name=$1; shift; if "$@" >"$work/.check" 2>&1; then ok "$name"; else not_ok "$name" "$(cat "$work/.check")"; fi; }
# prints NAME EXPECTED ARG...: status 0 and exactly this on standard output
prints()
{
    local name=$1 expected=$2
    shift 2
    run "$@"
    if [ "$status" = 0 ]; then is "$name" "$out" "$expected"; else not_ok "$name" "status $status" "$errors"; fi
}
# fails NAME STATUS PART ARG...: this status, and PART in what standard error says, which is not empty
fails()
{
    local name=$1 wanted=$2 part=$3
    shift 3
    run "$@"
    if [ "$status" = "$wanted" ]; then has "$name" "$errors" "$part"; else not_ok "$name" "status $status, not $wanted" "$out" "$errors"; fi
}
# json NAME EXPRESSION EXPECTED: the Python expression over d, the parsed $out
json()
{
    local got
    got=$(printf '%s' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$2" 2>&1)
    is "$1" "$got" "$3"
}

# revision_file ID REVISES MESSAGE [HEADER...]: a file in revisions/
revision_file()
{
    local file id=$1
    mkdir -p revisions
    file=revisions/${id}_$(printf '%s' "$3" | tr ' ' _).sql
    printf -- '-- revision: %s\n-- revises: %s\n-- message: %s\n' "$1" "$2" "$3" >"$file"
    shift 3
    [ $# = 0 ] || printf -- '-- %s\n' "$@" >>"$file"
    printf -- '\n-- upgrade\nCREATE TABLE t_%s (id integer);\n-- downgrade\nDROP TABLE t_%s;\n' "$id" "$id" >>"$file"
}

# A project with two branches, a merge, and an independent branch that depends on the first.
branching_project()
{
    printf 'project: forked\n' >lockstep.yaml
    mkdir -p environments
    printf 'environment: dev\ntargets: [ { name: main, url: "sqlite:///dev.db" } ]\n' >environments/dev.yaml
    revision_file aaaa1111aaaa "" "create account"
    revision_file bbbb2222bbbb aaaa1111aaaa "add column"
    revision_file cccc3333cccc bbbb2222bbbb "left" "labels: left"
    revision_file dddd4444dddd bbbb2222bbbb "right" "labels: right"
    revision_file eeee5555eeee "cccc3333cccc, dddd4444dddd" "merge"
    revision_file ffff6666ffff eeee5555eeee "autocommit"
    revision_file 1234abcd0001 "" "other root" "labels: other" "depends_on: bbbb2222bbbb"
}

finish()
{
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
    exit
}
