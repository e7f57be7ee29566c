"""What became of a planned date, and what somebody did lately"""

import sqlalchemy as sa
from alembic import op

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None

_BEFORE = ('planned', 'done', 'called_off')
_STATES = ('planned', 'done', 'pole_absent', 'called_off')


def _allow(*states: str) -> None:
    allowed = ', '.join(f"'{state}'" for state in states)
    with op.batch_alter_table('intervention', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_intervention_intervention_state'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_intervention_intervention_state'), f'state IN ({allowed})')


def upgrade() -> None:
    with op.batch_alter_table('intervention', schema=None) as batch_op:
        batch_op.add_column(sa.Column('told_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('as_planned', sa.Boolean(), nullable=True))
    _allow(*_STATES)
    with op.batch_alter_table('practice', schema=None) as batch_op:
        batch_op.create_index('ix_practice_person_id_intervention_id', ['person_id', 'intervention_id'], unique=False)
        batch_op.drop_index(batch_op.f('ix_practice_person_id'))


def downgrade() -> None:
    with op.batch_alter_table('practice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_practice_person_id'), ['person_id'], unique=False)
        batch_op.drop_index('ix_practice_person_id_intervention_id')
    op.execute("DELETE FROM request_event WHERE action = 'miss' OR action = 'undo' AND reason = 'miss'")
    op.execute("UPDATE intervention SET state = 'called_off' WHERE state = 'pole_absent'")
    _allow(*_BEFORE)
    with op.batch_alter_table('intervention', schema=None) as batch_op:
        batch_op.drop_column('as_planned')
        batch_op.drop_column('told_at')
