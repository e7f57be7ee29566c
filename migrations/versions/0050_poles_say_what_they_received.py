"""Poles say what they received"""

import sqlalchemy as sa
from alembic import op

revision = '0050'
down_revision = '0049'
branch_labels = None
depends_on = None

POLE_THAT_ASKED = """
UPDATE confirmation SET pole_id = (
    SELECT support_request.pole_id FROM intervention
    JOIN assignment ON assignment.id = intervention.assignment_id
    JOIN support_request ON support_request.id = assignment.request_id
    WHERE intervention.id = confirmation.intervention_id
)
"""


def upgrade() -> None:
    with op.batch_alter_table('also_served') as batch:
        batch.add_column(sa.Column('minutes', sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f('ck_also_served_quarter_hours'), 'minutes >= 0 AND minutes % 15 = 0')
    op.add_column('confirmation', sa.Column('pole_id', sa.Integer(), nullable=True))
    op.execute(POLE_THAT_ASKED)
    with op.batch_alter_table('confirmation') as batch:
        batch.alter_column('pole_id', existing_type=sa.Integer(), nullable=False)
        batch.drop_constraint(op.f('pk_confirmation'), type_='primary')
        batch.create_primary_key(op.f('pk_confirmation'), ['intervention_id', 'pole_id'])
        batch.create_foreign_key(op.f('fk_confirmation_pole_id_organisation'), 'organisation', ['pole_id'], ['id'])
    op.create_index(op.f('ix_confirmation_pole_id'), 'confirmation', ['pole_id'], unique=False)


def downgrade() -> None:
    """What was said of sessions is of no request, and goes."""
    op.execute(
        'DELETE FROM confirmation WHERE pole_id NOT IN (SELECT support_request.pole_id FROM intervention'
        ' JOIN assignment ON assignment.id = intervention.assignment_id'
        ' JOIN support_request ON support_request.id = assignment.request_id'
        ' WHERE intervention.id = confirmation.intervention_id)'
    )
    op.drop_index(op.f('ix_confirmation_pole_id'), table_name='confirmation')
    with op.batch_alter_table('confirmation') as batch:
        batch.drop_constraint(op.f('fk_confirmation_pole_id_organisation'), type_='foreignkey')
        batch.drop_constraint(op.f('pk_confirmation'), type_='primary')
        batch.create_primary_key(op.f('pk_confirmation'), ['intervention_id'])
        batch.drop_column('pole_id')
    with op.batch_alter_table('also_served') as batch:
        batch.drop_constraint(op.f('ck_also_served_quarter_hours'), type_='check')
        batch.drop_column('minutes')
