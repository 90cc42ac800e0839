# Every command has help with an example, in at most 80 columns; man page and completion come from the same tables.
. "$(dirname "$0")/lib.sh"

run help
is "help ends well" "$status" 0
commands=$("$LOCKSTEP" completion bash | sed -n 's/^_lockstep_commands="\(.*\)"/\1/p')
all=""
for c in $commands; do
    all="$all$c
"
    for s in $("$LOCKSTEP" help "$c" | sed -n '/^Commands:/,/^$/ s/^  '"$c"' \([a-z]*\) .*/\1/p'); do
        all="$all$c $s
"
    done
    has "help lists $c" "$out" "  $c "
done
check "there are commands" test "$(printf '%s' "$all" | wc -l)" -gt 12

too_wide() { awk 'length($0) > 80 { print; bad = 1 } END { exit !bad }'; }
is "help within 80 columns" "$(too_wide <<<"$out")" ""
while read -r c; do
    # shellcheck disable=SC2086
    run help $c
    is "help $c: status" "$status" 0
    has "help $c: usage" "$out" "Usage: lockstep $c"
    has "help $c: example" "$out" "Examples:
  "
    wide=$(too_wide <<<"$out")
    is "help $c: within 80 columns" "$wide" ""
    first=$out
    # shellcheck disable=SC2086
    run $c --help
    is "$c --help is the same" "$out" "$first"
    run man
    has "man has $c" "$out" ".SS \"$c\""
done <<<"${all%
}"
fails "help of an unknown command" 64 'Did you mean "heads"?' help haeds
fails "help of an unknown subcommand" 64 'unknown command "env lst"' help env lst
fails "help of a word too much" 64 'heads has no command "x"' help heads x

"$LOCKSTEP" man >lockstep.1
check "the man page begins with a title" grep -q '^\.TH LOCKSTEP 1' lockstep.1
if command -v groff >/dev/null; then
    warnings=$(groff -man -Tutf8 -ww -P-cbou lockstep.1 2>&1 >page.txt)
    is "the man page formats without warnings" "$warnings" ""
    check "the man page has its sections" grep -q "^EXIT STATUS" page.txt
fi
finish
