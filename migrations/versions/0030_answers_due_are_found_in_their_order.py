"""Answers that are due are found in their order"""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

PROPOSED = sa.text("state = 'proposed'")


def upgrade() -> None:
    op.create_index(
        'ix_assignment_due', 'assignment', ['due_on', 'id'], sqlite_where=PROPOSED, postgresql_where=PROPOSED
    )


def downgrade() -> None:
    op.drop_index('ix_assignment_due', 'assignment')
