"""Who gives sessions"""

import sqlalchemy as sa
from alembic import op

revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('session_giver',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_session_giver_person_id_person')),
    sa.ForeignKeyConstraint(['session_id'], ['collective_session.id'], name=op.f('fk_session_giver_session_id_collective_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', 'person_id', name=op.f('pk_session_giver'))
    )
    op.create_index('ix_session_giver_person_id_session_id', 'session_giver', ['person_id', 'session_id'], unique=False)


def downgrade() -> None:
    op.drop_table('session_giver')
