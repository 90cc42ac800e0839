# What Alembic itself prints, where it is installed.
. "$(dirname "$0")/lib.sh"
command -v alembic >/dev/null || { echo "alembic is not installed"; exit 77; }
unset ALEMBIC_CONFIG
export PYTHONDONTWRITEBYTECODE=1
check "outputs are Alembic's" python3 "$LOCKSTEP_SOURCE/tests/cmd/alembic_peer.py" 4
cat "$work/.check"

# Each writes files that the other one reads.
cp -r "$LOCKSTEP_SOURCE/tests/cmd/data/alembic_project" "$work/p" && cd "$work/p" || exit 1
run revision -m "one of ours" --rev-id 30c0ffee0001 --head reports@head
check "Alembic reads our file" alembic show 30c0ffee0001
check "Alembic writes the next" alembic revision -m "one of theirs" --rev-id 30c0ffee0002 --head reports@head
run show 30c0ffee0002
has "which we read" "$out" "Parent: 30c0ffee0001"
is "the files differ in their names alone" \
    "$(sed '/^Create Date/d; s/one of ours/X/; s/30c0ffee0001/ID/; s/20c0ffee0001/PARENT/' migrations/versions/30c0ffee0001_*)" \
    "$(sed '/^Create Date/d; s/one of theirs/X/; s/30c0ffee0002/ID/; s/30c0ffee0001/PARENT/' migrations/versions/30c0ffee0002_*)"
run stamp heads
check "Alembic finds our stamp" test "$(alembic current 2>/dev/null | sort)" = "$("$LOCKSTEP" current | sort)"
for template in generic async pyproject; do
    mkdir "$work/$template" && cd "$work/$template" || exit 1
    run init --template $template scripts
    sed -i 's#^sqlalchemy.url.*#sqlalchemy.url = sqlite:///x.db#' alembic.ini
    # Releases before 1.16 do not read pyproject.toml.
    [ $template != pyproject ] || sed -i 's#^\[alembic\]#[alembic]\nscript_location = scripts#' alembic.ini
    check "Alembic takes a project made by init --template $template" alembic revision -m first --rev-id 1a
    prints "and so do we" "1a (head)" heads
    [ $template = async ] || check "its env.py runs" alembic upgrade head
done
finish
