# env list, show and check, and doctor.
. "$(dirname "$0")/lib.sh"
"$LOCKSTEP" init . >/dev/null || exit 1

run env list
has "list" "$out" "ENVIRONMENT"
has "list has production" "$out" "production"
run env show
has "show takes the default" "$out" "dev"
run env show production
has "an address" "$out" "sqlite:///"
fails "an unknown environment" 64 "production" env show prodution
run env show -e staging --format json
json "show as json" 'd["environment"], d["targets"][0]["name"]' "('staging', 'main')"
run env show --url sqlite:///x.db
is "show of a url" "$status" 0
run env show --url postgresql://ana:s3same@db/orders
lacks "a password is not shown" "$out$errors" "s3same"

cat >environments/many.yaml <<'END'
environment: many
targets:
  - name: tenant-${value}
    url: sqlite:///tenant-${value}.db
    each: { range: 1..3 }
END
run env show many --format json
json "a range is written out" '[t["name"] for t in d["targets"]]' "['tenant-1', 'tenant-2', 'tenant-3']"
run env show many -t '*-2' --format json
json "-t" '[t["name"] for t in d["targets"]]' "['tenant-2']"

prints "check" "$("$LOCKSTEP" env check)" env check
run env check
is "all are right" "$status" 0
is "a line for each" "$(grep -c '^ok' <<<"$out")" 4
printf 'environment: wrong\ntargts: []\n' >environments/wrong.yaml
fails "a wrong document" 65 "wrong.yaml:2" env check
has "with its nearest key" "$errors" "targets"
has "the others are still checked" "$out" "staging"
fails "one of them" 65 "wrong.yaml:2" env check wrong
run env check production
is "another one" "$status" 0
run env check --format json
is "check as json: status" "$status" 65
json "check as json" '[e["ok"] for e in d["environments"]].count(False)' 1
fails "list of a wrong document" 65 "wrong.yaml:2" env list
run doctor
is "doctor finds it" "$status" 1
has "and says where" "$out" "wrong.yaml:2"
rm environments/wrong.yaml

cat >environments/typo.yaml <<'END'
environment: typo
targets:
  - { name: a, url: "sqlite:///a.db", labels: { canary: true } }
rollout:
  waves:
    - { name: first, match: { canray: true } }
    - { rest: true }
END
run env check typo
is "a label that nobody has: status" "$status" 0
has "a label that nobody has is a warning" "$out" "warn  typo: 1 target"
has "with its place" "$errors" "typo.yaml:6:31: wave first: no target has the label \"canray\""
has "and the labels there are" "$errors" "Did you mean \"canary\"?"
run env check typo --format json
json "a warning as json" 'd["environments"][0]["ok"], d["environments"][0]["warnings"][0]["line"]' "(True, 6)"
rm environments/typo.yaml

run doctor
is "doctor" "$status" 0
for part in "ok" lockstep "driver sqlite" "driver postgresql" "driver mysql" ssh project revisions "environment dev" store; do
    has "doctor has $part" "$out" "$part"
done
run doctor --format json
json "doctor as json" 'set(c["result"] for c in d["checks"]) <= {"ok", "warn"}' True
run doctor --connect -e dev
is "doctor --connect" "$status" 0
has "says which server" "$out" "SQLite 3"
check "and makes no database" test ! -e dev.db

# The place of the store.
cp lockstep.yaml kept.yaml
echo "store: postgres:/lockstep" >>lockstep.yaml
fails "half a URL is no store" 65 "two slashes" apply dev --yes
check "and makes no folder" test ! -e postgres:
cp kept.yaml lockstep.yaml
echo "store: no/such/store.db" >>lockstep.yaml
fails "no store to look into" 65 "there is no store at" audit log
fails "nor to verify" 65 "there is no store at" audit verify
run status dev
has "status says so" "$errors" "there is no store at"
fails "a run makes no folders above it" 65 "does not exist" apply dev --yes
check "none" test ! -e no
mv kept.yaml lockstep.yaml

echo "nonsense" >revisions/bad.sql
run doctor
is "doctor and a wrong revision" "$status" 1
cd / || exit 1
run doctor
is "doctor without a project" "$status" 1
has "says what to do" "$out" "lockstep init"
finish
