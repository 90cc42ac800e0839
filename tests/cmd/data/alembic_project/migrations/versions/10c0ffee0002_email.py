"""e-mail addresses
of customers

They may be empty: old customers have none.

Revision ID: 10c0ffee0002
Revises: 10c0ffee0001

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "10c0ffee0002"
down_revision: Union[str, Sequence[str], None] = "10c0ffee0001"


def upgrade() -> None:
    op.add_column("customers", sa.Column("email", sa.String(200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("customers") as batch:
        batch.drop_column("email")
