# A revision against the same text in the database's own client.
exec python3 -B "$(dirname "$0")/plain_client.py"
