# Reading the command line: every way in which it can be wrong, and options before and after the command.
. "$(dirname "$0")/lib.sh"

run version
version=$out
has "version" "$version" "lockstep "
prints "--version" "$version" --version
prints "options before the command" "$version" -q --color never version
prints "options after the command" "$version" version -q --color never
prints "a value behind =" "$version" version --color=never
prints "-- ends the options" "$version" version --

fails "no command" 64 "Usage: lockstep"
fails "unknown command" 64 'Did you mean "history"?' histroy
fails "a word far from every command" 64 '"lockstep help" lists the commands' qqqqqqqqqq
fails "unknown subcommand" 64 'Did you mean "env list"?' env lsit
fails "a missing subcommand" 64 "expects one of list, show, check" env
fails "unknown long option" 64 'Did you mean "--splice"?' revision --spilce
fails "unknown long option with a value" 64 'unknown option "--haed"' revision --haed=x
fails "unknown short option" 64 'unknown option "-w"' heads -w
fails "unknown option in a cluster" 64 'unknown option "-z"' heads -qz
fails "an option of another command" 64 'unknown option "--splice"' heads --splice
fails "an ambiguous beginning" 64 'is ambiguous' version --ver
fails "a missing value" 64 "--format expects a value" version --format
fails "a missing short value" 64 "--config expects a value" version -c
fails "a value too much" 64 "--quiet takes no value" version --quiet=1
fails "a wrong choice" 64 'expects text, json, jsonl, markdown, junit or html, not "xml"' version --format xml
fails "a wrong choice of three" 64 'expects auto, always or never, not "red"' version --color red
fails "an argument too much" 64 'unexpected argument "x"' version x
fails "a missing argument" 64 "REVISION is missing" show
fails "usage in the hint" 64 "Usage: lockstep show REVISION..." show
fails "a wrong choice of an argument" 64 'expects bash, zsh,' completion fish
fails "url and environment" 64 "cannot be given together" heads --url sqlite:// -e dev
fails "an empty command" 64 'unknown command ""' ""

run --format json version
json "json" 'd["name"]' lockstep
run nonsense --format json
is "errors as json need --format before" "$status" 64
run --format json nonsense
is "an error in json has its status" "$status" 64
is "an error leaves stdout empty" "$out" ""
out=$errors
json "the error as json" 'd["error"]["exit"], d["error"]["status"]' "(64, 'usage')"

# "apply PLAN --transaction revision" ran the plan in one transaction all the same.
fails "a plan file takes no --transaction" 64 "--transaction cannot be given" apply plans/any.yaml --transaction revision
fails "a plan file takes no --to" 64 "--to cannot be given" apply plans/any.yaml --to +1

# Numbers with a sign are arguments, wherever they stand.
branching_project
fails "a negative number is an argument" 64 'unexpected argument "-1"' heads -1
fails "behind --" 64 'unexpected argument "-1"' heads -- -1
fails "a negative number is no command" 64 'unknown command "-1"' -1
run history -r-1:ffff
has "a negative number glued to its option" "$out" "ffff6666ffff"
run history -r -1:ffff
has "a negative number as a value" "$out" "ffff6666ffff"
run history --rev-range=-1:ffff
has "a negative number behind =" "$out" "ffff6666ffff"
finish
