"""Requests that resemble each other are brought together"""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alike_pair',
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('near', sa.Enum('department', 'region', 'neighbour', name='alike_near', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('shared', sa.JSON(), nullable=False),
    sa.Column('unlike_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('first_id < second_id', name=op.f('ck_alike_pair_in_order')),
    sa.ForeignKeyConstraint(['first_id'], ['support_request.id'], name=op.f('fk_alike_pair_first_id_support_request'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['second_id'], ['support_request.id'], name=op.f('fk_alike_pair_second_id_support_request'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_alike_pair'))
    )
    with op.batch_alter_table('alike_pair', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alike_pair_second_id'), ['second_id'], unique=False)

    op.create_table('compared_request',
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['support_request.id'], name=op.f('fk_compared_request_request_id_support_request'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('request_id', name=op.f('pk_compared_request'))
    )
    op.create_table('shared_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shared_session'))
    )
    op.create_table('shared_request',
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['support_request.id'], name=op.f('fk_shared_request_request_id_support_request'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['shared_session.id'], name=op.f('fk_shared_request_session_id_shared_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('request_id', name=op.f('pk_shared_request'))
    )
    with op.batch_alter_table('shared_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shared_request_session_id'), ['session_id'], unique=False)


def downgrade() -> None:
    op.drop_table('shared_request')
    op.drop_table('shared_session')
    op.drop_table('compared_request')
    op.drop_table('alike_pair')
