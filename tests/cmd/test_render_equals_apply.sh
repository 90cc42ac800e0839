# The rendered script, fed to psql, mariadb and sqlite3, leaves what apply leaves.
exec python3 -B "$(dirname "$0")/render_equals_apply.py"
