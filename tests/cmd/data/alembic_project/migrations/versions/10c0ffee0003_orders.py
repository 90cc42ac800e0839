"""orders"""
import sqlalchemy as sa
from alembic import op

revision = "10c0ffee0003"
down_revision = "10c0ffee0002"
branch_labels = ("orders",)


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("orders")
