# The same random templates, rendered by Mako (which comes with Debian's alembic) and by ours.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import mako' 2>/dev/null &&
        exec "$python" "$LOCKSTEP_SOURCE/tests/engine/compare_mako.py" "$LOCKSTEP_BUILD/tests/engine_alembic_mako" 1500
done
echo "Mako is not installed"
exit 77
