"""A request moves to the pole that takes over from one that ends: one more action"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_BEFORE = ('submit', 'route', 'withdraw', 'drop', 'accept', 'decline', 'ask', 'answer', 'change_referent', 'change_contact', 'hand_back', 'complete', 'reopen', 'cancel', 'expire', 'plan', 'log', 'correct', 'call_off')


def _actions(*words):
    return sa.Enum(*words, name='action', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.alter_column('action', existing_type=_actions(*_BEFORE), type_=_actions(*_BEFORE, 'move'), existing_nullable=False)


def downgrade() -> None:
    op.execute("DELETE FROM request_event WHERE action = 'move'")
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.alter_column('action', existing_type=_actions(*_BEFORE, 'move'), type_=_actions(*_BEFORE), existing_nullable=False)
