"""reports

Revision ID: 20c0ffee0001
Revises: None
"""
import sqlalchemy as sa
from alembic import op

revision = "20c0ffee0001"
down_revision = None
branch_labels = "reports"
depends_on = "10c0ffee0002"


def upgrade():
    op.create_table("reports", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("reports")
