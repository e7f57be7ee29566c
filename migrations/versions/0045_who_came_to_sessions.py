"""Who came to sessions, and the acts that these are"""

import sqlalchemy as sa
from alembic import op

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None

_STATES = ('draft', 'open', 'cancelled')
_STANDINGS = ('seated', 'waiting', 'offered', 'withdrawn', 'lapsed')
_PRESENCE = sa.Enum('present', 'excused', 'absent', name='registration_presence', native_enum=False, create_constraint=True, length=32)


def _allow(table: str, column: str, name: str, words: tuple[str, ...]) -> None:
    allowed = ', '.join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(batch_op.f(f'ck_{table}_{name}'), type_='check')
        batch_op.create_check_constraint(batch_op.f(f'ck_{table}_{name}'), f'{column} IN ({allowed})')


def upgrade() -> None:
    _allow('collective_session', 'state', 'session_state', (*_STATES, 'held'))
    _allow('registration', 'standing', 'registration_standing', (*_STANDINGS, 'walked_in'))
    with op.batch_alter_table('registration') as batch_op:
        batch_op.add_column(sa.Column('presence', _PRESENCE, nullable=True))
    op.create_table('gathering',
    sa.Column('intervention_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=3), nullable=True),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_gathering_intervention_id_intervention'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_gathering_service_id_service')),
    sa.PrimaryKeyConstraint('intervention_id', name=op.f('pk_gathering'))
    )
    for column in ('noted_at', 'service_id'):
        op.create_index(op.f(f'ix_gathering_{column}'), 'gathering', [column], unique=False)
    op.create_table('held_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('intervention_id', sa.Integer(), nullable=False),
    sa.Column('partner_name', sa.String(length=200), nullable=False),
    sa.Column('given_by', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('corrected_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_held_session_closed_by_id_person')),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_held_session_intervention_id_intervention')),
    sa.ForeignKeyConstraint(['session_id'], ['collective_session.id'], name=op.f('fk_held_session_session_id_collective_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_held_session')),
    sa.UniqueConstraint('session_id', name=op.f('uq_held_session_session_id')),
    sa.UniqueConstraint('intervention_id', name=op.f('uq_held_session_intervention_id'))
    )
    op.create_index(op.f('ix_held_session_closed_by_id'), 'held_session', ['closed_by_id'], unique=False)
    op.create_table('attendance',
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('pole_name', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_attendance_registration_id_registration')),
    sa.ForeignKeyConstraint(['session_id'], ['collective_session.id'], name=op.f('fk_attendance_session_id_collective_session')),
    sa.PrimaryKeyConstraint('registration_id', name=op.f('pk_attendance'))
    )
    op.create_index(op.f('ix_attendance_session_id'), 'attendance', ['session_id'], unique=False)


def downgrade() -> None:
    op.drop_table('attendance')
    _open_again()
    op.execute("DELETE FROM registration WHERE standing = 'walked_in'")
    with op.batch_alter_table('registration') as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_registration_registration_presence'), type_='check')
        batch_op.drop_column('presence')
    _allow('registration', 'standing', 'registration_standing', _STANDINGS)
    _allow('collective_session', 'state', 'session_state', _STATES)


def _open_again() -> None:
    """What was closed is open again: its act goes, or it would count twice once it is closed anew."""
    op.execute(
        'CREATE TEMPORARY TABLE undone AS SELECT intervention.id, intervention.assignment_id FROM intervention'
        ' JOIN gathering ON gathering.intervention_id = intervention.id'
        ' JOIN assignment ON assignment.id = intervention.assignment_id AND assignment.request_id IS NULL'
    )
    op.drop_table('held_session')
    op.drop_table('gathering')
    for table in ('practice', 'also_served', 'contribution'):
        op.execute(f'DELETE FROM {table} WHERE intervention_id IN (SELECT id FROM undone)')
    op.execute('DELETE FROM intervention WHERE id IN (SELECT id FROM undone)')
    op.execute('DELETE FROM assignment WHERE id IN (SELECT assignment_id FROM undone)')
    op.execute('DROP TABLE undone')
    op.execute("UPDATE collective_session SET state = 'open' WHERE state = 'held'")
