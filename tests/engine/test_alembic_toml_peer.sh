# The same small TOML documents, read by Python's tomllib and by ours.
python3 "$LOCKSTEP_SOURCE/tests/engine/compare_toml.py" "$LOCKSTEP_BUILD/tests/engine_alembic_toml" 4000
