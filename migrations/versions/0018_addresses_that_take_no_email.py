"""Addresses that take no e-mail are known"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail_failure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('message_id', sa.String(length=300), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.Column('counts', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('forgiven_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_failure')),
    sa.UniqueConstraint('message_id', name=op.f('uq_mail_failure_message_id'))
    )
    with op.batch_alter_table('mail_failure', schema=None) as batch_op:
        batch_op.create_index('ix_mail_failure_address_id', ['address', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_failure_at'), ['at'], unique=False)


def downgrade() -> None:
    op.drop_table('mail_failure')
