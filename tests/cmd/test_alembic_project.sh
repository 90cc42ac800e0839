# An Alembic project: what is found, what is printed (Alembic's own text), new files, and what is told when something
# is wrong.
. "$(dirname "$0")/lib.sh"
data=$LOCKSTEP_SOURCE/tests/cmd/data/alembic_project
unset ALEMBIC_CONFIG VISUAL EDITOR
project() { rm -rf "$work/p"; cp -r "$data" "$work/p"; cd "$work/p" || exit 1; }
# text NAME FILE ARG...: status 0 and exactly what stands in the file, with the project's folder put in for @
text() { local name=$1 file=$2; shift 2; prints "$name" "$(sed "s#@#$work/p#" <<<"$file")" "$@"; }

project
prints "heads" "10c0ffee0006 (billing, orders) (head)
20c0ffee0001 (reports) (head)" heads
text "heads -v" "Rev: 10c0ffee0006 (head)
Parent: 10c0ffee0005
Branch names: billing, orders
Path: @/migrations/versions/10c0ffee0006_index.py

    An index on names
    
    Revision ID: 10c0ffee0006
    Revises: 10c0ffee0005

Rev: 20c0ffee0001 (head)
Parent: <base>
Also depends on: 10c0ffee0002
Branch names: reports
Path: @/migrations/versions/20c0ffee0001_reports.py

    reports
    
    Revision ID: 20c0ffee0001
    Revises: None" heads -v
text "branches -v" "Rev: 10c0ffee0002 (branchpoint)
Parent: 10c0ffee0001
Branches into: 10c0ffee0003, 10c0ffee0004
Path: @/migrations/versions/10c0ffee0002_email.py

    e-mail addresses
    of customers
    
    They may be empty: old customers have none.
    
    Revision ID: 10c0ffee0002
    Revises: 10c0ffee0001

             -> 10c0ffee0003 (orders), orders
             -> 10c0ffee0004 (billing), " branches -v
prints "history of a range" "10c0ffee0001 -> 10c0ffee0002 (branchpoint), e-mail addresses
of customers
<base> -> 10c0ffee0001, customers" history -r :10c0ffee0002
run history
has "a first revision that depends" "$out" "<base> (10c0ffee0002) -> 20c0ffee0001 (reports) (head), reports"
has "a merge" "$out" "10c0ffee0003, 10c0ffee0004 -> 10c0ffee0005 (billing, orders) (mergepoint), orders and billing"
text "show without a docstring" "Rev: 10c0ffee0004
Parent: 10c0ffee0002
Branch names: billing
Path: @/migrations/versions/10c0ffee0004_billing.py

" show billing@10c0ffee0004
run show 10c0ffee0002 --format json
json "the message is one line" 'd["revisions"][0]["message"]' "e-mail addresses of customers"

# --- where a database stands
prints "no database yet" "" current
run stamp 10c0ffee0006
prints "current" "10c0ffee0006 (head)" current
run current -v
has "current -v names the database" "$out" "Current revision(s) for sqlite:///$work/p/shop.db:"
has "current -v" "$out" "Path: $work/p/migrations/versions/10c0ffee0006_index.py"
fails "not at all heads" 2 "Database is not on all head revisions" current --check-heads
is "and no list of revisions" "$out" ""
run history -i -r 10c0ffee0005:10c0ffee0006
has "history -i" "$out" "10c0ffee0006 (billing, orders) (head) (current), An index on names"
run stamp --purge 20c0ffee0001
prints "what a dependency implies" "20c0ffee0001 (head)
10c0ffee0002 (branchpoint)" current
run stamp heads
prints "at all heads" "10c0ffee0006 (head)
20c0ffee0001 (head)" current --check-heads
check "the store is beside the ini file" test -f .lockstep/store.db
prints "another database" "" --url sqlite:///other.db current
cd "$work" || exit 1
prints "from elsewhere with -c" "10c0ffee0006 (head)
20c0ffee0001 (head)" -c p/alembic.ini current
cd p || exit 1
rm -f shop.db
prints "ensure_version" "" ensure_version
is "made the table" "$(sqlite3 shop.db 'select count(*) from alembic_version')" 0
prints "ensure_version --sql" "CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);" ensure_version --sql

# --- new files
project
prints "revision" "Generating $work/p/migrations/versions/30c0ffee0001_add_a_thing_größe.py ...  done" \
    revision -m "Add a Thing: Größe!" --rev-id 30c0ffee0001 --head orders@head
is "its file" "$(sed '/^Create Date/d' migrations/versions/30c0ffee0001_*)" '"""Add a Thing: Größe!

Revision ID: 30c0ffee0001
Revises: 10c0ffee0006

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# What Alembic knows the revision by.
revision: str = '"'30c0ffee0001'"'
down_revision: Union[str, Sequence[str], None] = '"'10c0ffee0006'"'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass'
check "with its date" grep -qE '^Create Date: 20[0-9]{2}-[01][0-9]-[0-3][0-9] [0-9:]{8}(\.[0-9]{6})?$' migrations/versions/30c0*
prints "merge" "Generating $work/p/migrations/versions/40c0ffee0001_.py ...  done" merge --rev-id 40c0ffee0001 heads
check "of both" grep -qF "= ('20c0ffee0001', '30c0ffee0001')" migrations/versions/40c0*
run revision --rev-id 50c0ffee0001 --head base --branch-label lab --depends-on orders --depends-on 10c0ffee0001
check "a label is a tuple" grep -qF "branch_labels: Union[str, Sequence[str], None] = ('lab',)" migrations/versions/50c0*
check "several dependencies are a list" grep -qF "= ['orders', '10c0ffee0001']" migrations/versions/50c0*
run heads
is "all of them are read back" "$out" "40c0ffee0001 (billing, orders, reports) (head)
50c0ffee0001 (lab) (head)"
fails "several heads" 64 "Multiple heads are present; please specify the head revision on which" revision -m x
fails "not a head" 64 "Revision 10c0ffee0001 is not a head revision; please specify --splice" revision --head 10c0ffee0001
fails "an id with a dash" 64 "Character(s) '-' not allowed in revision identifier 'a-b'" revision --rev-id a-b --head lab@head
fails "an id that is taken" 64 "is taken by" revision --rev-id 50c0ffee0001 --head lab@head
fails "--autogenerate of several heads" 64 "Multiple heads" revision --autogenerate
fails "no such revision" 64 "Can't locate revision identified by 'zzzz'" show zzzz
fails "several heads where one is meant" 64 "Multiple head revisions are present for given argument 'head'" show head
fails "no range" 64 "History range requires [start]:[end], [start]:, or :[end]" history -r 10c0

project
sed -i 's#^\[alembic\]#[alembic]\nfile_template = %%(year)d/%%(month).2d/%%(rev)s-%%(slug)s\nrecursive_version_locations = true\ntruncate_slug_length = 10\ntimezone = UTC#' alembic.ini
run revision -m "add a longer name" --rev-id 30c0ffee0001 --head reports@head
folder=$work/p/migrations/versions/$(date -u +%Y/%m)
is "a template with folders" "$out" "Creating directory $folder ...  done
Generating $folder/30c0ffee0001-add_a_.py ...  done"
check "the date has its zone" grep -qE '^Create Date: .*\+00:00$' "$folder"/30c0*
run heads
has "and is found there" "$out" "30c0ffee0001 (reports) (head)"
sed -i 's/^timezone.*/timezone = Nowhere\/Else/' alembic.ini
fails "an unknown time zone" 65 "Can't locate timezone: Nowhere/Else" revision --head reports@head
sed -i 's/^timezone.*//; s/^file_template.*/file_template = %%(rev)q/' alembic.ini
fails "a wrong file_template" 65 "expected %(name)s or %(name)d" revision --head reports@head

project
printf '%% for x in y:\n%% endfor\n' >>migrations/script.py.mako
fails "a loop in the template" 4 "script.py.mako:27:1: a line of template control" revision --head reports@head
printf '"""${message}"""\nrevision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n' >migrations/script.py.mako
fails "a template without labels" 65 "Version 60c0 specified branch_labels x, however the migration file" \
    revision --head reports@head --rev-id 60c0 --branch-label x
check "nothing is written" test ! -e migrations/versions/60c0_.py
printf '[post_write_hooks]\nhooks = black\nblack.type = exec\n' >>alembic.ini
run revision --head reports@head --rev-id 60c0 -m x
has "hooks are not run, and that is said" "$errors" 'post_write_hooks of alembic.ini are not run ("black" is the first)'

# --- edit
project
run edit 10c0ffee0001
is "edit without an editor" "$status" 64
VISUAL="printf '<%s>\n'" run edit 10c0ffee0001
is "edit" "$out" "<migrations/versions/10c0ffee0001_customers.py>"
EDITOR=false run edit 10c0ffee0001
is "an editor that fails" "$status" 1

# --- wrong files
project
cp migrations/versions/10c0ffee0001_customers.py migrations/versions/again.py
fails "an id twice" 65 "Revision 10c0ffee0001 is present more than once: it is in migrations/versions/10c0ffee0001_customers.py already" heads
printf 'x = 1\n' >migrations/versions/again.py
fails "no id" 65 "Could not determine revision id from filename again.py" heads
printf 'revision = "1"\ndown_revision = compute()\n' >migrations/versions/again.py
fails "an id that is computed" 65 "again.py:2" heads
printf 'revision = "1"\ndown_revision = "nothing"\n' >migrations/versions/again.py
fails "an unknown parent" 65 'revision 1 revises "nothing"' heads
printf 'def (:\n' >migrations/versions/again.py
fails "no Python" 65 "again.py:1" heads
rm migrations/versions/again.py
touch migrations/versions/.#10c0 migrations/versions/__init__.py migrations/versions/data.sql
run heads
is "other files do not disturb" "$status" 0
printf -- '-- revision: 70c0ffee0001\n-- revises: 20c0ffee0001\n-- message: in SQL\n-- upgrade\nSELECT 1;\n' >migrations/versions/70c0.sql
run heads
has "an SQL revision follows a Python one" "$out" "70c0ffee0001 (reports) (head)"
printf '[other]\n' >alembic.ini
fails "no section" 65 "No config file 'alembic.ini' found, or file has no '[alembic]' section" heads
printf '[alembic]\n' >alembic.ini
fails "no script_location" 65 "No 'script_location' key found in configuration" heads
printf '[alembic]\nscript_location = nowhere\n' >alembic.ini
fails "a missing folder" 65 "alembic.ini:2:1: Path doesn't exist: nowhere" heads
printf '[alembic]\nscript_location = shop:migrations\n' >alembic.ini
fails "a missing package" 65 'cannot find the package "shop"' heads
mkdir -p src/shop && mv migrations src/shop/
printf '[alembic]\nscript_location = shop:migrations\nprepend_sys_path = src\n' >alembic.ini
run heads
is "a package under prepend_sys_path" "$status" 0
fails "no URL" 64 "there is no sqlalchemy.url in alembic.ini" current
printf '[alembic]\nscript_location = src/shop/migrations\nsqlalchemy.url = driver://user:pass@localhost/dbname\n' >alembic.ini
fails "the placeholder" 64 "sqlalchemy.url is still what Alembic's template begins with" current
printf '[alembic]\nscript_location = src/shop/migrations\nsqlalchemy.url = postgresql://u:p%%40ss@h/d\n' >alembic.ini
fails "a lone percent sign" 65 'alembic.ini:3:1: a lone "%"' heads
lacks "the password is not shown" "$errors" "p%40ss"

# --- which file
project
mv alembic.ini other.ini
fails "no project" 65 "no lockstep.yaml" heads
run -c other.ini heads
is "-c names it" "$status" 0
ALEMBIC_CONFIG=other.ini run heads
is "ALEMBIC_CONFIG names it" "$status" 0
sed 's/^\[alembic\]/[second]/' other.ini >two.ini
run -c two.ini -n second heads
is "-n names the section" "$status" 0
fails "two ini files" 64 "only one ini file may be indicated" -c other.ini -c two.ini heads
printf '[tool.alembic]\nscript_location = "%%(here)s/migrations"\n' >pyproject.toml
run heads
is "pyproject.toml" "$status" 0
printf '[tool.alembic]\nscript_location = 1.5\n' >pyproject.toml
fails "a wrong value there" 65 'pyproject.toml:2:19: expected "script_location" to be a string' heads
printf 'project: x\nrevisions: migrations/versions\n' >lockstep.yaml
mkdir environments
run heads
has "lockstep.yaml wins, and may name the folder" "$out" "20c0ffee0001 (reports) (head)"

# --- settings that env.py does not tell without running
project
sed -i 's/connection=connection,/connection=connection, version_table=settings.TABLE,/' migrations/env.py
fails "a computed version table" 4 "env.py:14:64: the value of version_table is known only when env.py runs" current
run heads
is "which does not matter here" "$status" 0
printf '[lockstep]\nversion_table = other_version\n' >>alembic.ini
run stamp 20c0ffee0001
is "until [lockstep] says it" "$(sqlite3 shop.db 'select version_num from other_version')" 20c0ffee0001
printf 'verion_table = x\n' >>alembic.ini
fails "a misspelt option there" 65 'Did you mean "version_table"?' current

# --- projects made by init
for template in generic async pyproject pyproject_async; do
    mkdir "$work/$template" && cd "$work/$template" || exit 1
    run init -t $template scripts
    is "init -t $template" "$status" 0
    has "init -t $template says what it made" "$out" "Generating $work/$template/scripts/env.py ...  done"
    sed -i 's#^sqlalchemy.url.*#sqlalchemy.url = sqlite:///x.db#' alembic.ini
    run revision -m first --rev-id 1a
    is "$template: a first revision" "$status" 0
    run stamp head
    prints "$template: works" "1a (head)" current
done
cd "$work" || exit 1
fails "an unknown template" 64 "No such template generc" init --template generc x
has "and the nearest" "$errors" 'Did you mean "generic"?'
fails "multidb" 4 "not supported" init --template multidb x
mkdir full && touch full/file
fails "a folder that is not empty" 65 "Directory full already exists and is not empty" init --template generic full
mkdir package && cd package && run init --template alembic --package
check "--package" test -f alembic/__init__.py -a -f alembic/versions/__init__.py
run list_templates
has "list_templates" "$out" "generic - Generic single-database configuration."
# A naming convention of the project's metadata, which env.py hands to Alembic.
project
sed -i 's/target_metadata=None/target_metadata=Base.metadata/; 1i from app.db import Base' migrations/env.py
mkdir app
echo 'Base = declarative_base()' >app/db.py
run upgrade 10c0ffee0001 --sql
is "without one unnamed keys are unnamed" "$status $errors" "0 "
echo 'metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})' >app/db.py
fails "with one that is not known they are refused" 4 "naming_convention of the project's metadata" upgrade 10c0ffee0001 --sql
cp migrations/env.py full.py
sed -i 's/target_metadata=Base.metadata/target_metadata=None/; 1i # target_metadata = mymodel.Base.metadata' migrations/env.py
run upgrade 10c0ffee0001 --sql
is "the example in the comment of a new env.py hands over none" "$status $errors" "0 "
mv full.py migrations/env.py
sed -i 's/sa.Column("id", sa.Integer(), primary_key=True)/sa.Column("id", sa.Integer()), sa.PrimaryKeyConstraint("id", name=op.f("pk_customers"))/' migrations/versions/10c0ffee0001_customers.py
run upgrade 10c0ffee0001 --sql
has "and with op.f they have that name" "$out" "CONSTRAINT pk_customers PRIMARY KEY (id)"
# The text of --sql along branches and a merge, as Alembic 1.19 writes it.
project
for dialect in postgresql mysql sqlite; do
    sed -i "s#^sqlalchemy.url.*#sqlalchemy.url = $dialect://#" alembic.ini
    prints "upgrade heads --sql for $dialect" "$(cat "$LOCKSTEP_SOURCE/tests/cmd/data/alembic_offline.$dialect.sql")" \
        upgrade heads --sql
done
finish
