# lockstep init: what it makes, twice, and over files that are there.
. "$(dirname "$0")/lib.sh"

run init shop
is "status" "$status" 0
for f in lockstep.yaml environments/dev.yaml environments/staging.yaml environments/production.yaml .gitignore; do
    check "made $f" test -s "shop/$f"
    has "says $f" "$out" "made shop/$f"
done
has "says what next" "$out" "cd shop"
check "no temporary files" test -z "$(find shop -name '*.tmp')"
cd shop || exit 1
prints "the example is a head" "000000000001 (head)" heads
run env check
is "the environments are right" "$status" 0
run env list --format json
json "three environments" 'sorted(e["name"] for e in d["environments"])' "['dev', 'production', 'staging']"
json "promotion order" '{e["name"]: e["promotes_from"] for e in d["environments"]}["production"]' staging
check "the project has the folder's name" grep -q '^project: shop$' lockstep.yaml
run init
is "a second time changes nothing" "$status" 0
has "and says so" "$out" "kept lockstep.yaml"

echo "# mine" >>environments/dev.yaml
rm environments/staging.yaml
cp environments/dev.yaml before
fails "a changed file stops it" 65 "already environments/dev.yaml" init
check "the changed file stands" cmp environments/dev.yaml before
check "nothing was written" test ! -e environments/staging.yaml

cd "$work" || exit 1
mkdir "9 lives" empty
cd "9 lives" || exit 1
run init --format json
is "a folder with a strange name" "$status" 0
json "as json" 'len(d["made"]), d["folder"]' "(6, '.')"
run heads
is "is a project" "$status" 0
cd "$work/empty" || exit 1
run init --name billing -q
check "--name" grep -q '^project: billing$' lockstep.yaml
lacks "-q leaves the advice out" "$out" "Next"

cd "$work" || exit 1
for name in true null "a#b" -x "it's"; do
    "$LOCKSTEP" init -q -- "$name" >/dev/null
    cd -- "$name" || exit 1
    prints "a folder named $name" "000000000001 (head)" heads
    cd "$work" || exit 1
done
fails "a name that YAML would read otherwise" 64 "does not make a project's name" init colon --name 'a: b'
check "and nothing was made" test ! -e colon
: >file
fails "a file in the place of the folder" 65 "file" init file
fails "two folders" 64 "unexpected argument" init a b
finish
