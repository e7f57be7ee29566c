"""An act on a request can be taken back: how, which events it is, and a partner that was asked no more"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

_ROLES = ('coordinator', 'member', 'practitioner', 'manager', 'regional_admin', 'national_admin', 'observer')
_ASSIGNMENT = sa.table('assignment', sa.column('id'), sa.column('request_id'))
_EVENT = sa.table('request_event', sa.column('assignment_id'), sa.column('request_id'))


def upgrade() -> None:
    op.create_table(
        'undo',
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('membership_id', sa.Integer(), nullable=False),
        sa.Column('role', sa.Enum(*_ROLES, name='undo_role', native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('letters', sa.JSON(), nullable=False),
        sa.Column('changes', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_undo_membership_id_membership')),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_undo')),
    )
    op.create_index('ix_undo_at', 'undo', ['at'])
    op.add_column('request_event', sa.Column('act', sa.String(length=32), nullable=True))
    op.create_index('ix_request_event_act', 'request_event', ['act'])
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.alter_column('request_id', existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    whose = sa.select(sa.func.min(_EVENT.c.request_id)).where(_EVENT.c.assignment_id == _ASSIGNMENT.c.id)
    lost = sa.update(_ASSIGNMENT).where(_ASSIGNMENT.c.request_id.is_(None))
    op.execute(lost.values(request_id=whose.scalar_subquery()))
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.alter_column('request_id', existing_type=sa.Integer(), nullable=False)
    op.drop_index('ix_request_event_act', 'request_event')
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.drop_column('act')
    op.drop_index('ix_undo_at', 'undo')
    op.drop_table('undo')
