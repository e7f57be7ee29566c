"""Inboxes are found by their keys: the requests of a partner, and those that wait for one, from the assignments"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

PROPOSED = sa.text("state = 'proposed'")


def upgrade() -> None:
    op.drop_index('ix_assignment_partner_id_state_id', 'assignment')
    op.drop_index('ix_assignment_state_due_on', 'assignment')
    op.create_index('ix_assignment_partner_id_state_request_id', 'assignment', ['partner_id', 'state', 'request_id'])
    op.create_index(
        'ix_assignment_proposed',
        'assignment',
        ['request_id', 'due_on'],
        sqlite_where=PROPOSED,
        postgresql_where=PROPOSED,
    )


def downgrade() -> None:
    op.drop_index('ix_assignment_proposed', 'assignment')
    op.drop_index('ix_assignment_partner_id_state_request_id', 'assignment')
    op.create_index('ix_assignment_state_due_on', 'assignment', ['state', 'due_on'])
    op.create_index('ix_assignment_partner_id_state_id', 'assignment', ['partner_id', 'state', 'id'])
