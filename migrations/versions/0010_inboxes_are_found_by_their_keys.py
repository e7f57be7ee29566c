"""Inboxes are found by their keys, from the assignments; people keep filters of them under a name"""

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
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('chased_on', sa.Date(), nullable=True))
    op.create_table(
        'saved_filter',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('membership_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('query', sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ['membership_id'], ['membership.id'], name=op.f('fk_saved_filter_membership_id_membership'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filter')),
        sa.UniqueConstraint('membership_id', 'name', name=op.f('uq_saved_filter_membership_id_name')),
    )


    op.create_table(
        'snooze',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('request_id', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('until', sa.Date(), nullable=False),
        sa.Column('note', sa.String(length=300), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['request_id'], ['support_request.id'], name=op.f('fk_snooze_request_id_support_request'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_snooze_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_snooze')),
        sa.UniqueConstraint('request_id', name=op.f('uq_snooze_request_id')),
    )
    op.create_index(op.f('ix_snooze_by_id'), 'snooze', ['by_id'])
    op.create_index(op.f('ix_snooze_until'), 'snooze', ['until'])


def downgrade() -> None:
    op.drop_table('snooze')
    op.drop_table('saved_filter')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_column('chased_on')
    op.drop_index('ix_assignment_proposed', 'assignment')
    op.drop_index('ix_assignment_partner_id_state_request_id', 'assignment')
    op.create_index('ix_assignment_state_due_on', 'assignment', ['state', 'due_on'])
    op.create_index('ix_assignment_partner_id_state_id', 'assignment', ['partner_id', 'state', 'id'])
