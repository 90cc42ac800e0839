#!/bin/bash
# Every C file is as clang-format leaves it.
set -u
cd "${LOCKSTEP_SOURCE:-$(dirname "$0")/../..}" || exit 1
if ! command -v clang-format >/dev/null; then
    echo "skipped: clang-format is not installed"
    exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp .clang-format "$work/"
printf 'int  main( void ){return 0;}\n' >"$work/ugly.c"
if clang-format --dry-run -Werror "$work/ugly.c" 2>/dev/null; then
    echo "clang-format does not complain about anything: this test would prove nothing"
    exit 1
fi

if ! git ls-files -z --cached --others --exclude-standard -- '*.c' '*.h' >"$work/files" 2>/dev/null ||
    [ ! -s "$work/files" ]; then
    find . \( -path ./build -o -path ./.git \) -prune -o -name '*.[ch]' -print0 >"$work/files"
fi
count=$(tr -cd '\0' <"$work/files" | wc -c)
if [ "$count" -lt 20 ]; then
    echo "only $count files found"
    exit 1
fi
# A file may have been removed and not yet committed so.
while IFS= read -r -d '' file; do
    if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done <"$work/files" | xargs -0 clang-format --dry-run -Werror || {
    echo "run clang-format -i on these files"
    exit 1
}
echo "$count files are formatted"
