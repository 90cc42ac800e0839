# Colours, pipes, full disks: how output behaves where it goes.
. "$(dirname "$0")/lib.sh"
branching_project

escape=$(printf '\033')
run heads
lacks "no colour in a pipe" "$out" "$escape"
run heads --color always
has "--color always" "$out" "$escape"
out=$(NO_COLOR=1 "$LOCKSTEP" heads --color always)
has "--color always over NO_COLOR" "$out" "$escape"
on_terminal() { script -qec "$*" /dev/null </dev/null; }
if command -v script >/dev/null; then
    export TERM=xterm
    has "colour on a terminal" "$(on_terminal "$LOCKSTEP" heads)" "$escape"
    lacks "NO_COLOR" "$(NO_COLOR=1 on_terminal "$LOCKSTEP" heads)" "$escape"
    lacks "--color never" "$(on_terminal "$LOCKSTEP" heads --color never)" "$escape"
    # Long texts take several lines and break at blanks; in a pipe nothing is broken.
    # (Of a program that loads and drops so many libraries, the leak checker may trip over their thread variables.)
    narrow=$(cd / && ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}intercept_tls_get_addr=0" script -qec "stty cols 60; '$LOCKSTEP' doctor --color never" /dev/null </dev/null | tr -d '\r')
    is "a narrow terminal" "$(awk 'length($0) > 60' <<<"$narrow")" ""
    has "words stay whole" "$(tr -s ' \n' ' ' <<<"$narrow")" 'Run "lockstep init" to begin'
    is "a pipe is wide" "$(cd / && "$LOCKSTEP" doctor 2>/dev/null | grep -c 'project .*lockstep.yaml.*lockstep init')" 1
    lacks "a dumb terminal" "$(TERM=dumb on_terminal "$LOCKSTEP" heads)" "$escape"
fi

# A reader that goes away is no error, whatever the size.
mkdir long
cd long || exit 1
echo "project: long" >lockstep.yaml
mkdir revisions
before=""
for i in $(seq -f %05.0f 1 3000); do
    printf -- '-- revision: %s\n-- revises: %s\n-- message: revision number %s of a long history\n-- upgrade\nSELECT 1;\n' \
        "$i" "$before" "$i" >"revisions/$i.sql"
    before=$i
done
for c in history "history -v" "history --format json"; do
    # shellcheck disable=SC2086
    "$LOCKSTEP" $c 2>errors | head -n 1 >first
    statuses=("${PIPESTATUS[@]}")
    is "$c | head: status" "${statuses[0]}" 0
    is "$c | head: quiet" "$(cat errors)" ""
    check "$c | head: has a line" test -s first
done
"$LOCKSTEP" history | wc -l >lines
is "all lines arrive" "$(tr -d ' ' <lines)" 3000

"$LOCKSTEP" version >/dev/full 2>errors
is "a full disk" "$?" 1
has "says so" "$(cat errors)" "cannot write to standard output"
"$LOCKSTEP" history >/dev/full 2>errors
is "a full disk in the middle" "$?" 1
"$LOCKSTEP" version >&- 2>errors
is "no standard output" "$?" 1
finish
