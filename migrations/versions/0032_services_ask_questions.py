"""Services ask questions, which requests answer"""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

_LIST = sa.text("'[]'")


def upgrade() -> None:
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.add_column(sa.Column('questions', sa.JSON(), nullable=False, server_default=_LIST))
    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answers', sa.JSON(), nullable=False, server_default=_LIST))
        batch_op.add_column(sa.Column('answers_text', sa.Text(), nullable=False, server_default=''))
    for table, columns in (('service', ('questions',)), ('support_request', ('answers', 'answers_text'))):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.drop_column('answers_text')
        batch_op.drop_column('answers')
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.drop_column('questions')
