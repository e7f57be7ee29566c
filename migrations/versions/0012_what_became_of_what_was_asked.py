"""What became of what was asked: seen, reminded, thanked; e-mails are found by what they are about"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

_DAYS = ('resumed_on', 'reminded_on', 'thanked_on')


def upgrade() -> None:
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True))
        for name in _DAYS:
            batch_op.add_column(sa.Column(name, sa.Date(), nullable=True))
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_email_thread_id', ['thread', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_email_thread_id')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        for name in ('seen_at', *_DAYS):
            batch_op.drop_column(name)
