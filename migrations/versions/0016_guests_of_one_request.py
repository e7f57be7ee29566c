"""Somebody without an account may be asked to join the conversation of one request"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


_SIDES = ('pole', 'partner', 'cell')
_OF_GUESTS = "SELECT id FROM message WHERE side = 'guest'"


def _sides(*words):
    return sa.Enum(*words, name='message_side', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('guest',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('invited_by_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('role', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('side', sa.Enum('pole', 'partner', 'cell', 'guest', name='guest_side', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['invited_by_id'], ['person.id'], name=op.f('fk_guest_invited_by_id_person')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_guest_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['request_id'], ['support_request.id'], name=op.f('fk_guest_request_id_support_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guest'))
    )
    with op.batch_alter_table('guest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_guest_email'), ['email'], unique=False)
        batch_op.create_index(batch_op.f('ix_guest_invited_by_id'), ['invited_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_guest_request_id'), ['request_id'], unique=False)

    op.create_table('guest_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guest_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['guest_id'], ['guest.id'], name=op.f('fk_guest_link_guest_id_guest')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guest_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_guest_link_token_hash'))
    )
    with op.batch_alter_table('guest_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_guest_link_guest_id'), ['guest_id'], unique=False)

    op.create_table('message_guest',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('guest_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['guest_id'], ['guest.id'], name=op.f('fk_message_guest_guest_id_guest')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_guest_message_id_message')),
    sa.PrimaryKeyConstraint('message_id', 'guest_id', name=op.f('pk_message_guest'))
    )
    with op.batch_alter_table('message_guest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_guest_guest_id'), ['guest_id'], unique=False)

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('guest_id', sa.Integer(), nullable=True))
        batch_op.alter_column('side', existing_type=_sides(*_SIDES), type_=_sides(*_SIDES, 'guest'), existing_nullable=False)
        batch_op.create_foreign_key(batch_op.f('fk_message_guest_id_guest'), 'guest', ['guest_id'], ['id'])


def downgrade() -> None:
    op.drop_table('message_guest')
    op.drop_table('guest_link')
    for table in ('message_partner', 'message_mention'):
        op.execute(f'DELETE FROM {table} WHERE message_id IN ({_OF_GUESTS})')
    op.execute("DELETE FROM message WHERE side = 'guest'")
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.alter_column('side', existing_type=_sides(*_SIDES, 'guest'), type_=_sides(*_SIDES), existing_nullable=False)
        batch_op.drop_constraint('fk_message_guest_id_guest', type_='foreignkey')
        batch_op.drop_column('guest_id')
    op.drop_table('guest')
