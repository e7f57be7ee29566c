"""Dates that a partner proposes, of which the pole picks one"""

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None

_STATE = sa.Enum('open', 'others_asked', 'picked', 'taken_back', 'replaced', name='proposal_state', native_enum=False, create_constraint=True, length=32)
_PLACE = sa.Enum('on_site', 'remote', name='place_kind', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('date_proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=True),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('state', _STATE, nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('place_kind', _PLACE, nullable=False),
    sa.Column('place', sa.String(length=200), nullable=True),
    sa.Column('picked', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('minutes > 0 AND minutes % 15 = 0', name=op.f('ck_date_proposal_quarter_hours')),
    sa.CheckConstraint("(state = 'picked') = (picked IS NOT NULL)", name=op.f('ck_date_proposal_picked_has_its_date')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_date_proposal_assignment_id_assignment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_date_proposal')),
    sa.UniqueConstraint('assignment_id', 'once', name=op.f('uq_date_proposal_assignment_id_once'))
    )
    op.create_index('ix_date_proposal_live', 'date_proposal', ['assignment_id'], unique=True, sqlite_where=sa.text("state IN ('open', 'others_asked')"), postgresql_where=sa.text("state IN ('open', 'others_asked')"))
    op.create_table('proposed_date',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.Time(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['date_proposal.id'], name=op.f('fk_proposed_date_proposal_id_date_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'number', name=op.f('pk_proposed_date'))
    )
    op.create_table('proposed_practice',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_proposed_practice_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_proposed_practice_person_id_person')),
    sa.ForeignKeyConstraint(['proposal_id'], ['date_proposal.id'], name=op.f('fk_proposed_practice_proposal_id_date_proposal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('proposal_id', 'person_id', name=op.f('pk_proposed_practice'))
    )
    op.create_index(op.f('ix_proposed_practice_assignment_id'), 'proposed_practice', ['assignment_id'], unique=False)
    op.create_index(op.f('ix_proposed_practice_person_id'), 'proposed_practice', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_table('proposed_practice')
    op.drop_table('proposed_date')
    op.drop_table('date_proposal')
