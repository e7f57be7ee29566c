"""What is new is listed by when it was written"""

from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

_OLD = 'ix_outbox_email_person_id_id'
_NEW = 'ix_outbox_email_person_id_created_at_id'


def upgrade() -> None:
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.drop_index(_OLD)
        batch_op.create_index(_NEW, ['person_id', 'created_at', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.drop_index(_NEW)
        batch_op.create_index(_OLD, ['person_id', 'id'], unique=False)
