"""What happened to a request is the name of a step, which any feature may add: no constraint lists them"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_BEFORE = ('submit', 'route', 'withdraw', 'drop', 'accept', 'decline', 'ask', 'answer', 'change_referent', 'change_contact', 'hand_back', 'complete', 'reopen', 'cancel', 'expire', 'plan', 'log', 'correct', 'call_off', 'move')
_WORDS = sa.Enum(*_BEFORE, name='action', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.alter_column('action', existing_type=_WORDS, type_=sa.String(length=32), existing_nullable=False)


def downgrade() -> None:
    known = sa.column('action').in_(_BEFORE)
    op.execute(sa.delete(sa.table('request_event')).where(~known))
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.alter_column('action', existing_type=sa.String(length=32), type_=_WORDS, existing_nullable=False)
