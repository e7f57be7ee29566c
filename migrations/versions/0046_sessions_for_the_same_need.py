"""Sessions that cells propose to requests, and ask of partners"""

import sqlalchemy as sa
from alembic import op

revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('attached_request',
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['support_request.id'], name=op.f('fk_attached_request_request_id_support_request'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['collective_session.id'], name=op.f('fk_attached_request_session_id_collective_session')),
    sa.PrimaryKeyConstraint('request_id', name=op.f('pk_attached_request'))
    )
    op.create_index(op.f('ix_attached_request_session_id'), 'attached_request', ['session_id'], unique=False)
    op.create_table('wanted_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shared_id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['partner_id'], ['organisation.id'], name=op.f('fk_wanted_session_partner_id_organisation')),
    sa.ForeignKeyConstraint(['shared_id'], ['shared_session.id'], name=op.f('fk_wanted_session_shared_id_shared_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wanted_session'))
    )
    for column in ('partner_id', 'shared_id'):
        op.create_index(op.f(f'ix_wanted_session_{column}'), 'wanted_session', [column], unique=False)


def downgrade() -> None:
    op.drop_table('wanted_session')
    op.drop_table('attached_request')
