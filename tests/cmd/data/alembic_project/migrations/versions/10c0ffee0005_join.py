'''orders and billing

    Revision ID: 10c0ffee0005
    Revises: 10c0ffee0003, 10c0ffee0004
'''

revision = "10c0ffee0005"
down_revision = ("10c0ffee0003", "10c0ffee0004")


def upgrade():
    pass


def downgrade():
    pass
