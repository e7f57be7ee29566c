"""What calendars know a planned date by"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None

_INTERVENTION = sa.table('intervention', sa.column('id', sa.Integer), sa.column('uid', sa.String))


def upgrade() -> None:
    with op.batch_alter_table('intervention') as table:
        table.add_column(sa.Column('uid', sa.String(length=36), nullable=True))
        table.add_column(sa.Column('sequence', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('outbox_email', sa.Column('calendar', sa.Text(), nullable=False, server_default=''))
    _name_each()
    with op.batch_alter_table('intervention') as table:
        table.alter_column('uid', existing_type=sa.String(length=36), nullable=False)
        table.create_unique_constraint(op.f('uq_intervention_uid'), ['uid'])


def _name_each() -> None:
    connection = op.get_bind()
    numbers = connection.scalars(sa.select(_INTERVENTION.c.id)).all()
    named = sa.update(_INTERVENTION).where(_INTERVENTION.c.id == sa.bindparam('number')).values(uid=sa.bindparam('name'))
    if numbers:
        connection.execute(named, [{'number': number, 'name': str(uuid4())} for number in numbers])


def downgrade() -> None:
    op.drop_column('outbox_email', 'calendar')
    with op.batch_alter_table('intervention') as table:
        table.drop_constraint(op.f('uq_intervention_uid'), type_='unique')
        table.drop_column('sequence')
        table.drop_column('uid')
