"""What was said lately is found for the home of whoever it is said to"""

from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_message_at', 'message', ['at'])


def downgrade() -> None:
    op.drop_index('ix_message_at', table_name='message')
