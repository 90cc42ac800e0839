# revision, merge, history, heads, branches and show, on an empty, a linear and a branching project.
. "$(dirname "$0")/lib.sh"

fails "outside a project" 65 "lockstep.yaml" heads
has "says what to do" "$errors" "lockstep init"

# Linear.
mkdir -p linear/revisions
cd linear || exit 1
echo "project: linear" >lockstep.yaml
prints "no heads yet" "" heads
prints "no history yet" "" history
run revision -m "Create: the users!" --rev-id 0001
is "first revision" "$status" 0
is "says where" "$out" "made revisions/0001_create_the_users.sql"
check "the header" grep -q '^-- message: Create: the users!$' revisions/0001_create_the_users.sql
prints "it is the head" "0001 (head)" heads
run revision -m "add phone"
is "second revision" "$status" 0
id=$(basename "$(ls revisions/*_add_phone.sql)" _add_phone.sql)
check "a random id of 12 hex digits" grep -qE '^[0-9a-f]{12}$' <<<"$id"
prints "history" "0001 -> $id (head), add phone
<base> -> 0001, Create: the users!" history
prints "from an id on" "0001 -> $id (head), add phone
<base> -> 0001, Create: the users!" history -r 0001:
prints "up to an id" "<base> -> 0001, Create: the users!" history -r :0001
run revision
is "without a message" "$status" 0
run revision -m "as json" --format json
json "as json" 'd["message"], len(d["id"]), d["revises"] != []' "('as json', 12, True)"
check "its file" test -s "$(printf '%s' "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin)["file"])')"

before=$(ls revisions)
fails "an id that is taken" 64 'is taken by' revision -m x --rev-id 0001
fails "an id with a colon" 64 "Character(s) ':' not allowed in revision identifier 'a:b'" revision -m x --rev-id a:b
fails "an id with a slash" 64 'may not contain "/"' revision -m x --rev-id ../a
fails "an id that means something" 64 'has a meaning of its own' revision -m x --rev-id head
fails "a message of two lines" 64 'must be one line' revision -m $'a\n-- upgrade\nDROP TABLE x'
fails "a message that is not UTF-8" 64 'not valid UTF-8' revision -m $'\xff'
fails "a parent that is not a head" 64 "--splice" revision -m x --head 0001
fails "an unknown parent" 64 'nope' revision -m x --head nope
fails "an unknown dependency" 64 'nope' revision -m x --depends-on nope
fails "a folder of no project" 64 'is not represented in current version locations' revision -m x --version-path /
fails "nothing to merge" 64 "two revisions or more" merge
fails "an ancestor in a merge" 64 "cannot be merged" merge 0001 heads
is "none of these wrote a file" "$(ls revisions)" "$before"

# Branching: the shapes are Alembic's.
mkdir ../forked
cd ../forked || exit 1
branching_project
prints "heads" "1234abcd0001 (other) (head)
ffff6666ffff (left, right) (head)" heads
prints "branches" "bbbb2222bbbb (branchpoint)
             -> cccc3333cccc (left)
             -> dddd4444dddd (right)" branches
run history
is "history says everything" "$(sort <<<"$out")" "$(sort <<'END'
<base> (bbbb2222bbbb) -> 1234abcd0001 (other) (head), other root
eeee5555eeee -> ffff6666ffff (left, right) (head), autocommit
cccc3333cccc, dddd4444dddd -> eeee5555eeee (left, right) (mergepoint), merge
bbbb2222bbbb -> cccc3333cccc (left), left
bbbb2222bbbb -> dddd4444dddd (right), right
aaaa1111aaaa -> bbbb2222bbbb (branchpoint), add column
<base> -> aaaa1111aaaa, create account
END
)"
prints "a range" "aaaa1111aaaa -> bbbb2222bbbb (branchpoint), add column
<base> -> aaaa1111aaaa, create account" history -r :bbbb
run show bbbb
is "show" "$out" "Rev: bbbb2222bbbb (branchpoint)
Parent: aaaa1111aaaa
Branches into: cccc3333cccc, dddd4444dddd
Path: revisions/bbbb2222bbbb_add_column.sql

    add column
    
    Revision ID: bbbb2222bbbb
    Revises: aaaa1111aaaa"
run show other
has "a label" "$out" "Rev: 1234abcd0001 (head)
Parent: <base>
Also depends on: bbbb2222bbbb
Branch names: other"
run heads -v
has "heads -v" "$out" "Rev: ffff6666ffff (head)"
run branches -v
has "branches -v has messages" "$out" "-> cccc3333cccc (left), left"
run history -v -r aaaa:bbbb
is "history -v" "$(grep -c '^Rev: ' <<<"$out")" 2
fails "show of several heads" 64 "head" show head
run show left@head
has "a head by label" "$out" "Rev: ffff6666ffff"
fails "an unknown revision" 64 "zzzz" show zzzz

for c in heads history branches "show left@head"; do
    # shellcheck disable=SC2086
    run $c --format json
    is "$c as json: status" "$status" 0
    json "$c as json" 'all(r["id"] for r in d["revisions"]) and len(d["revisions"]) > 0' True
done
run history --format json
json "json of a merge" '[r["revises"] for r in d["revisions"] if r["merge_point"]]' "[['cccc3333cccc', 'dddd4444dddd']]"

fails "several heads" 64 "ffff6666ffff" revision -m x
has "says what to do" "$errors" "lockstep merge"
run revision -m "on left" --head left@head --branch-label later --depends-on 1234
is "on one head" "$status" 0
file=$(ls revisions/*_on_left.sql)
check "follows it" grep -q '^-- revises: ffff6666ffff$' "$file"
check "depends on the whole id" grep -q '^-- depends_on: 1234abcd0001$' "$file"
check "has the label" grep -q '^-- labels: later$' "$file"
fails "a label that is taken" 64 "is taken by" revision -m x --head later@head --branch-label left
run merge -m "all together" --rev-id 5555aaaa5555
is "merge" "$status" 0
run heads
is "one head is left" "$(wc -l <<<"$out")" 1
has "and it is the merge" "$out" "5555aaaa5555"
run revision -m "on base" --head base --branch-label lab --rev-id 6666aaaa6666
is "on base" "$status" 0
run revision -m spliced --head bbbb --splice --rev-id 7777aaaa7777
is "spliced" "$status" 0
run revision -m deps --head 5555 --depends-on lab --rev-id 8888aaaa8888
is "depends on a label" "$status" 0
run heads
has "an effective head" "$out" "6666aaaa6666 (lab) (effective head)"
has "a spliced head" "$out" "7777aaaa7777 (head)"
run heads --resolve-dependencies
lacks "without those that others depend on" "$out" "6666aaaa6666"
finish
