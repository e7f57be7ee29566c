"""What was corrected of what was logged, and what goes beyond a limit"""

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('intervention') as table:
        for column in ('beyond_pole', 'beyond_partner'):
            table.add_column(sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('intervention_id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_correction_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_correction_by_id_person')),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_correction_intervention_id_intervention'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    for column in ('assignment_id', 'by_id'):
        op.create_index(op.f(f'ix_correction_{column}'), 'correction', [column], unique=False)
    op.create_index('ix_correction_intervention_id_id', 'correction', ['intervention_id', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('correction')
    with op.batch_alter_table('intervention') as table:
        table.drop_column('beyond_partner')
        table.drop_column('beyond_pole')
