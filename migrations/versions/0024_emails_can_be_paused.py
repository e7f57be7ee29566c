"""E-mails can be paused, and the journal holds settings"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

_SUBJECTS = ('person', 'membership', 'invitation', 'organisation', 'application', 'transfer')
_STAYED = sa.text(
    'next_attempt_at IS NULL AND digest_at IS NULL AND held_at IS NULL AND sent_at IS NULL AND given_up_at IS NULL'
)
_HELD = sa.text('held_at IS NOT NULL')


def _subjects(*words):
    return sa.Enum(*words, name='subject', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('email_pause',
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_email_pause'))
    )
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.add_column(sa.Column('held_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_email_held', ['held_at', 'id'], unique=False, sqlite_where=_HELD, postgresql_where=_HELD)
        batch_op.create_index('ix_outbox_email_stayed', ['id'], unique=False, sqlite_where=_STAYED, postgresql_where=_STAYED)
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.alter_column('subject', existing_type=_subjects(*_SUBJECTS), type_=_subjects(*_SUBJECTS, 'setting'), existing_nullable=False)


def downgrade() -> None:
    op.execute("DELETE FROM journal_entry WHERE subject = 'setting'")
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.alter_column('subject', existing_type=_subjects(*_SUBJECTS, 'setting'), type_=_subjects(*_SUBJECTS), existing_nullable=False)
    op.execute('UPDATE outbox_email SET next_attempt_at = held_at WHERE held_at IS NOT NULL')
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_email_stayed')
        batch_op.drop_index('ix_outbox_email_held')
        batch_op.drop_column('dropped_at')
        batch_op.drop_column('held_at')
    op.drop_table('email_pause')
