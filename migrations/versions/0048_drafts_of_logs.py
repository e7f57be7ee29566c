"""Drafts of logs"""

import sqlalchemy as sa
from alembic import op

revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('log_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('intervention_id', sa.Integer(), nullable=True),
    sa.Column('typed', sa.JSON(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_log_draft_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_log_draft_intervention_id_intervention'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_log_draft_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_log_draft')),
    sa.UniqueConstraint('person_id', 'assignment_id', 'intervention_id', name=op.f('uq_log_draft_person_id_assignment_id_intervention_id'))
    )
    for column in ('assignment_id', 'intervention_id'):
        op.create_index(op.f(f'ix_log_draft_{column}'), 'log_draft', [column], unique=False)


def downgrade() -> None:
    op.drop_table('log_draft')
