"""An index on names

Revision ID: 10c0ffee0006
Revises: 10c0ffee0005
"""
from alembic import op

revision = "10c0ffee0006"
down_revision = "10c0ffee0005"


def upgrade():
    op.create_index("customers_name", "customers", ["name"])


def downgrade():
    op.drop_index("customers_name", table_name="customers")
