# Random schemas turned into one another and back on real servers. Thousands of pairs: bench/schema-round-trip
exec python3 -B "$LOCKSTEP_SOURCE/tests/engine/round_trip.py" --suite "$LOCKSTEP_BUILD/tests/lockstep-schema"
