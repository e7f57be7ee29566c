"""Names of who took part"""

import sqlalchemy as sa
from alembic import op

revision = '0051'
down_revision = '0050'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('intervention', sa.Column('participant_names', sa.String(length=500), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('intervention') as batch:
        batch.drop_column('participant_names')
