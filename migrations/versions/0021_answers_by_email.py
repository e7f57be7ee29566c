"""E-mails can be answered by e-mail"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answers', sa.String(length=40), nullable=True))
    op.create_table('received_email',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('answers', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('sender', sa.String(length=254), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_received_email_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_received_email')),
    sa.UniqueConstraint('key', name=op.f('uq_received_email_key'))
    )
    with op.batch_alter_table('received_email', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_received_email_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_received_email_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_table('received_email')
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.drop_column('answers')
