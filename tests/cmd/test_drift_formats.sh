# Reports of drift as JSON, Markdown, JUnit and a page, which a browser reads.
exec python3 -B "$(dirname "$0")/drift_formats.py"
