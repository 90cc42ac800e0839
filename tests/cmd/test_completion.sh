# The completion scripts load, and offer commands, options and names.
. "$(dirname "$0")/lib.sh"

mkdir bin
ln -s "$LOCKSTEP" bin/lockstep
export PATH=$work/bin:$PATH
branching_project
mkdir -p plans
: >plans/dev-1.yaml

prints "names of environments" "dev" completion environments
prints "plans" "plans/dev-1.yaml" completion plans
run completion revisions
has "ids" "$out" "aaaa1111aaaa"
has "labels" "$out" "left@head"

lockstep completion bash >bash.sh
check "bash reads the script" bash -n bash.sh

# complete WORD...: what bash offers for the last word
complete_bash()
{
    bash --norc -c '
        . ./bash.sh
        compopt() { :; }
        COMP_WORDS=(lockstep "$@")
        COMP_CWORD=$#
        _lockstep
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | sort | tr "\n" " "
}
is "commands" "$(complete_bash hea)" "heads "
is "subcommands" "$(complete_bash env "")" "check list show "
is "options of a command" "$(complete_bash revision --sp)" "--splice "
is "global options" "$(complete_bash heads --form)" "--format "
is "choices" "$(complete_bash heads --format "")" "html json jsonl junit markdown text "
is "choices behind =" "$(complete_bash heads --format = j)" "json jsonl junit "
is "environments after -e" "$(complete_bash -e "")" "dev "
is "environments as an argument" "$(complete_bash env show "")" "dev "
is "revisions" "$(complete_bash show aaa)" "aaaa1111aaaa "
is "a command behind an option with a value" "$(complete_bash -e dev hist)" "history "
is "help of commands" "$(complete_bash help vers)" "version "

if command -v zsh >/dev/null; then
    mkdir zfunc
    lockstep completion zsh >zfunc/_lockstep
    check "zsh reads the script" zsh -n zfunc/_lockstep
    got=$(zsh -f -c 'autoload -Uz compinit && compinit -u -d dump && . zfunc/_lockstep && print $_comps[lockstep]' 2>&1)
    is "zsh loads it after compinit" "$got" _lockstep
    got=$(zsh -f -c 'fpath=($PWD/zfunc $fpath); autoload -Uz compinit && compinit -u -d dump2 && print $_comps[lockstep]' 2>&1)
    is "zsh finds it in fpath" "$got" _lockstep
    got=$(zsh -f -c '. zfunc/_lockstep; _lockstep_specs heads; print -rl -- $specs' 2>&1)
    has "zsh has the options of a command" "$got" "--resolve-dependencies[leave out heads"
fi
finish
