"""The pole confirms what was logged; what is confirmed is adjusted"""

import sqlalchemy as sa
from alembic import op

revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None

_STATE = sa.Enum(
    'waiting', 'confirmed', 'silent', 'contested', 'settled',
    name='confirmation_state', native_enum=False, create_constraint=True, length=32,
)
_ADJUSTED = sa.Enum(
    'proposed', 'made', 'refused', name='adjustment_state', native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    op.create_table('confirmation',
    sa.Column('intervention_id', sa.Integer(), nullable=False),
    sa.Column('state', _STATE, nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.Integer(), nullable=True),
    sa.Column('ruling', sa.Text(), nullable=True),
    sa.CheckConstraint('minutes >= 0 AND minutes % 15 = 0', name=op.f('ck_confirmation_quarter_hours')),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_confirmation_intervention_id_intervention'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['answered_by_id'], ['person.id'], name=op.f('fk_confirmation_answered_by_id_person')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['person.id'], name=op.f('fk_confirmation_settled_by_id_person')),
    sa.PrimaryKeyConstraint('intervention_id', name=op.f('pk_confirmation'))
    )
    op.create_index(op.f('ix_confirmation_answered_by_id'), 'confirmation', ['answered_by_id'], unique=False)
    op.create_index(op.f('ix_confirmation_settled_by_id'), 'confirmation', ['settled_by_id'], unique=False)
    op.create_index('ix_confirmation_state_intervention_id', 'confirmation', ['state', 'intervention_id'], unique=False)
    op.create_table('adjustment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('intervention_id', sa.Integer(), nullable=False),
    sa.Column('state', _ADJUSTED, nullable=False),
    sa.Column('before', sa.Integer(), nullable=False),
    sa.Column('after', sa.Integer(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.CheckConstraint('after != before', name=op.f('ck_adjustment_changes_something')),
    sa.CheckConstraint('after >= 0 AND after % 15 = 0', name=op.f('ck_adjustment_quarter_hours')),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_adjustment_intervention_id_intervention'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_adjustment_by_id_person')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_adjustment_decided_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_adjustment'))
    )
    op.create_index(op.f('ix_adjustment_by_id'), 'adjustment', ['by_id'], unique=False)
    op.create_index(op.f('ix_adjustment_decided_by_id'), 'adjustment', ['decided_by_id'], unique=False)
    op.create_index('ix_adjustment_intervention_id_id', 'adjustment', ['intervention_id', 'id'], unique=False)
    op.create_index('ix_adjustment_state_id', 'adjustment', ['state', 'id'], unique=False)
    op.add_column('outbox_email', sa.Column('waiting', sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column('outbox_email', 'waiting')
    op.drop_table('adjustment')
    op.drop_table('confirmation')
