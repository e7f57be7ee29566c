"""A service says what its partners count as time spent beside the sessions"""

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.add_column(sa.Column('time_counted', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.alter_column('time_counted', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.drop_column('time_counted')
