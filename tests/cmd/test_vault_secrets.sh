# Secrets from Vault, and where they must not be found.
exec python3 -B "$(dirname "$0")/vault_secrets.py"
