# Every file of python_cases/ prints the same when Python runs it and when the evaluator does.
set -u
program=${LOCKSTEP_BUILD:?}/tests/engine_py_eval
# The words of errors are those of Python 3.11; others have changed some of them.
python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || exit 77
cd "$(dirname "$0")/python_cases" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
for case in *.py; do
    PYTHONHASHSEED=0 python3 -W ignore "$case" >"$work/expected" 2>"$work/python" ||
        { echo "$case: python3 fails"; cat "$work/python"; failed=1; continue; }
    "$program" "$case" >"$work/printed" 2>"$work/error" ||
        { echo "$case: the evaluator fails"; cat "$work/error"; failed=1; }
    cmp -s "$work/expected" "$work/printed" || { diff "$work/expected" "$work/printed" | head -20; failed=1; }
done
exit $failed
