"""What happened to an application is the name of a step too, which says of what: `application.submit`"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_PREFIX = 'application.'
_BEFORE = ('submit', 'advise', 'ask', 'answer', 'admit', 'refuse', 'withdraw')
_WORDS = sa.Enum(*_BEFORE, name='application_action', native_enum=False, create_constraint=True, length=32)
_EVENT = sa.table('application_event', sa.column('action', sa.String))


def upgrade() -> None:
    with op.batch_alter_table('application_event', schema=None) as batch_op:
        batch_op.alter_column('action', existing_type=_WORDS, type_=sa.String(length=32), existing_nullable=False)
    op.execute(sa.update(_EVENT).values(action=sa.literal(_PREFIX) + _EVENT.c.action))


def downgrade() -> None:
    known = _EVENT.c.action.in_([_PREFIX + verb for verb in _BEFORE])
    op.execute(sa.delete(_EVENT).where(~known))
    op.execute(sa.update(_EVENT).values(action=sa.func.substr(_EVENT.c.action, len(_PREFIX) + 1)))
    with op.batch_alter_table('application_event', schema=None) as batch_op:
        batch_op.alter_column('action', existing_type=sa.String(length=32), type_=_WORDS, existing_nullable=False)
