# The same small INI files, read by Python's configparser and by ours.
python3 "$LOCKSTEP_SOURCE/tests/engine/compare_ini.py" "$LOCKSTEP_BUILD/tests/engine_alembic_ini" 4000
