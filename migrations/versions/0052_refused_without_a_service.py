"""Demand that was refused without a service"""

import sqlalchemy as sa
from alembic import op

revision = '0052'
down_revision = '0051'
branch_labels = None
depends_on = None

_WITHOUT = sa.text('service_id IS NULL')


def upgrade() -> None:
    with op.batch_alter_table('blocked_demand') as batch:
        batch.alter_column('service_id', existing_type=sa.Integer(), nullable=True)
    op.create_index(
        'uq_blocked_demand_without_service',
        'blocked_demand',
        ['rule', 'year', 'pole_id'],
        unique=True,
        sqlite_where=_WITHOUT,
        postgresql_where=_WITHOUT,
    )


def downgrade() -> None:
    op.execute(sa.text('DELETE FROM blocked_demand WHERE service_id IS NULL'))
    op.drop_index('uq_blocked_demand_without_service', 'blocked_demand')
    with op.batch_alter_table('blocked_demand') as batch:
        batch.alter_column('service_id', existing_type=sa.Integer(), nullable=False)
