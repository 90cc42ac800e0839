# The cases of data/batch_cases.txt, done by the Alembic that is installed too, if it is new enough.
set -u
command -v sqlite3 >/dev/null || exit 77
python3 -c 'import sys, alembic, sqlalchemy
sys.exit(tuple(map(int, alembic.__version__.split(".")[:2])) < (1, 16) or sqlalchemy.__version__ < "2")' 2>/dev/null || exit 77
python3 "$(dirname "$0")/make_batch.py" "${LOCKSTEP_BUILD:?}/tests/lockstep-alembic-run" --check
