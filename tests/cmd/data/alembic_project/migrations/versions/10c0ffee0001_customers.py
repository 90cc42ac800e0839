"""customers

Revision ID: 10c0ffee0001
Revises:
Create Date: 2026-03-01 09:00:00.000000

"""
from alembic import op
import sqlalchemy as sa

revision = "10c0ffee0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("customers", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(100)))


def downgrade():
    op.drop_table("customers")
