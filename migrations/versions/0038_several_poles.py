"""Several poles on one request"""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

_STATES = ('invited', 'joined', 'refused', 'left', 'lapsed', 'taken_back')
_ACTIONS = ('invite', 'join', 'refuse', 'leave', 'shut_out', 'lapse')


def upgrade() -> None:
    op.create_table('joint_pole',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum(*_STATES, name='joint_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('word', sa.Text(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('invited_by_id', sa.Integer(), nullable=True),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['person.id'], name=op.f('fk_joint_pole_answered_by_id_person')),
    sa.ForeignKeyConstraint(['invited_by_id'], ['person.id'], name=op.f('fk_joint_pole_invited_by_id_person')),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_joint_pole_pole_id_organisation')),
    sa.ForeignKeyConstraint(['request_id'], ['support_request.id'], name=op.f('fk_joint_pole_request_id_support_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_joint_pole')),
    sa.UniqueConstraint('request_id', 'pole_id', name=op.f('uq_joint_pole_request_id_pole_id'))
    )
    with op.batch_alter_table('joint_pole', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_joint_pole_answered_by_id'), ['answered_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_joint_pole_invited_by_id'), ['invited_by_id'], unique=False)
        batch_op.create_index('ix_joint_pole_pole_id_state', ['pole_id', 'state'], unique=False)
        batch_op.create_index('ix_joint_pole_state_id', ['state', 'id'], unique=False)
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pole_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_request_event_pole_id_organisation'), 'organisation', ['pole_id'], ['id'])


def downgrade() -> None:
    for action in _ACTIONS:
        op.execute(f"DELETE FROM request_event WHERE action = '{action}' OR action = 'undo' AND reason = '{action}'")
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_request_event_pole_id_organisation'), type_='foreignkey')
        batch_op.drop_column('pole_id')
    op.drop_table('joint_pole')
