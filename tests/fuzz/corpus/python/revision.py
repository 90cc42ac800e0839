"""Add a table

Revision ID: b2
Revises: a1
"""
from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

revision: str = "b2"
down_revision: Union[str, None] = "a1"
branch_labels = None
depends_on = ("c3", "d4")


def upgrade() -> None:
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Nothing."""
    pass
