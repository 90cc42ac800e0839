# What the target itself cannot tell after a crash, and statements that outlive their client.
exec python3 -B "$(dirname "$0")/recover.py"
