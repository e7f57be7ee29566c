"""What people are reminded of, once each"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('thing', sa.Integer(), nullable=False),
    sa.Column('round', sa.String(length=20), nullable=False),
    sa.Column('rung', sa.String(length=40), nullable=False),
    sa.Column('state', sa.Enum('due', 'cleared', 'held', 'sent', 'dropped', 'skipped', name='reminder_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.Enum('overtaken', 'too_late', 'no_longer', 'nobody', 'refused', name='reminder_reason', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('letters', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder')),
    sa.UniqueConstraint('kind', 'thing', 'round', 'rung', name=op.f('uq_reminder_kind_thing_round_rung'))
    )
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.create_index('ix_reminder_state_at', ['state', 'at'], unique=False)
        batch_op.create_index('ix_reminder_state_id', ['state', 'id'], unique=False)

    op.create_table('reminder_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('rung', sa.String(length=40), nullable=False),
    sa.Column('scope', sa.String(length=10), nullable=False),
    sa.Column('which', sa.String(length=12), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_choice')),
    sa.UniqueConstraint('kind', 'rung', 'scope', 'which', name=op.f('uq_reminder_choice_kind_rung_scope_which'))
    )
    op.create_table('reminder_letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reminder_id', sa.Integer(), nullable=False),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.ForeignKeyConstraint(['reminder_id'], ['reminder.id'], name=op.f('fk_reminder_letter_reminder_id_reminder'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_letter')),
    sa.UniqueConstraint('recipient', 'reminder_id', name=op.f('uq_reminder_letter_recipient_reminder_id'))
    )
    with op.batch_alter_table('reminder_letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reminder_letter_reminder_id'), ['reminder_id'], unique=False)


def downgrade() -> None:
    op.drop_table('reminder_letter')
    op.drop_table('reminder_choice')
    op.drop_table('reminder')
