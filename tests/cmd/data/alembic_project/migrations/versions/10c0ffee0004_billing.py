import sqlalchemy as sa
from alembic import op

revision = "10c0ffee0004"
down_revision = ("10c0ffee0002",)
branch_labels = ["billing"]


def upgrade():
    op.create_table("invoices", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("invoices")
