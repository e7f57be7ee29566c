"""Partners work together, one leads; how long each takes to answer is found by its last answers"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

ANSWERED = sa.text('answer_days IS NOT NULL')


def upgrade() -> None:
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lead_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_assignment_lead_id_assignment'), 'assignment', ['lead_id'], ['id'])
        batch_op.create_index('ix_assignment_answers', ['partner_id', 'id', 'answer_days'], unique=False, sqlite_where=ANSWERED, postgresql_where=ANSWERED)


def downgrade() -> None:
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_index('ix_assignment_answers', sqlite_where=ANSWERED, postgresql_where=ANSWERED)
        batch_op.drop_constraint(batch_op.f('fk_assignment_lead_id_assignment'), type_='foreignkey')
        batch_op.drop_column('lead_id')
