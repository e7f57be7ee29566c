"""Who gives sessions"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None

_SESSION = sa.table('collective_session', sa.column('id', sa.Integer), sa.column('uid', sa.String))


def upgrade() -> None:
    op.create_table('session_giver',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_session_giver_person_id_person')),
    sa.ForeignKeyConstraint(['session_id'], ['collective_session.id'], name=op.f('fk_session_giver_session_id_collective_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', 'person_id', name=op.f('pk_session_giver'))
    )
    op.create_index('ix_session_giver_person_id_session_id', 'session_giver', ['person_id', 'session_id'], unique=False)
    with op.batch_alter_table('collective_session') as table:
        table.add_column(sa.Column('uid', sa.String(length=36), nullable=True))
        table.add_column(sa.Column('sequence', sa.Integer(), nullable=False, server_default='0'))
    _name_each()
    with op.batch_alter_table('collective_session') as table:
        table.alter_column('uid', existing_type=sa.String(length=36), nullable=False)
        table.create_unique_constraint(op.f('uq_collective_session_uid'), ['uid'])
    with op.batch_alter_table('calendar_invitation') as table:
        table.add_column(sa.Column('session_id', sa.Integer(), nullable=True))
        table.alter_column('intervention_id', existing_type=sa.Integer(), nullable=True)
        table.create_foreign_key(op.f('fk_calendar_invitation_session_id_collective_session'), 'collective_session', ['session_id'], ['id'], ondelete='CASCADE')
        table.create_unique_constraint(op.f('uq_calendar_invitation_session_id_address'), ['session_id', 'address'])
        table.create_check_constraint(op.f('ck_calendar_invitation_of_either'), '(intervention_id IS NULL) <> (session_id IS NULL)')


def _name_each() -> None:
    connection = op.get_bind()
    numbers = connection.scalars(sa.select(_SESSION.c.id)).all()
    named = sa.update(_SESSION).where(_SESSION.c.id == sa.bindparam('number')).values(uid=sa.bindparam('name'))
    if numbers:
        connection.execute(named, [{'number': number, 'name': str(uuid4())} for number in numbers])


def downgrade() -> None:
    op.execute('DELETE FROM calendar_invitation WHERE session_id IS NOT NULL')
    with op.batch_alter_table('calendar_invitation') as table:
        table.drop_constraint(op.f('ck_calendar_invitation_of_either'), type_='check')
        table.drop_constraint(op.f('uq_calendar_invitation_session_id_address'), type_='unique')
        table.drop_constraint(op.f('fk_calendar_invitation_session_id_collective_session'), type_='foreignkey')
        table.alter_column('intervention_id', existing_type=sa.Integer(), nullable=False)
        table.drop_column('session_id')
    with op.batch_alter_table('collective_session') as table:
        table.drop_constraint(op.f('uq_collective_session_uid'), type_='unique')
        table.drop_column('uid')
        table.drop_column('sequence')
    op.drop_table('session_giver')
