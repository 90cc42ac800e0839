# The reports of drift and diff in every format, over real databases, read in a browser.
exec python3 -B "$(dirname "$0")/report_forms.py"
