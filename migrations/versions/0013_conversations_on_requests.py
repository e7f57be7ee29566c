"""What is said on requests, who reads it, how far people have read, and their drafts"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('side', sa.Enum('pole', 'partner', 'cell', name='message_side', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.Boolean(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_message_author_id_person')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_message_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['request_id'], ['support_request.id'], name=op.f('fk_message_request_id_support_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('request_id', 'once', name=op.f('uq_message_request_id_once'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_author_id', ['author_id'], unique=False)
        batch_op.create_index('ix_message_request_id_id', ['request_id', 'id'], unique=False)

    op.create_table('message_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('reach', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_message_draft_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_message_draft_person_id_person')),
    sa.ForeignKeyConstraint(['request_id'], ['support_request.id'], name=op.f('fk_message_draft_request_id_support_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_draft')),
    sa.UniqueConstraint('person_id', 'organisation_id', 'request_id', name=op.f('uq_message_draft_person_id_organisation_id_request_id'))
    )
    with op.batch_alter_table('message_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_draft_request_id'), ['request_id'], unique=False)

    op.create_table('reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('read_until', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_reading_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_reading_person_id_person')),
    sa.ForeignKeyConstraint(['request_id'], ['support_request.id'], name=op.f('fk_reading_request_id_support_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading'))
    )
    with op.batch_alter_table('reading', schema=None) as batch_op:
        batch_op.create_index('ix_reading_furthest', ['person_id', 'organisation_id', 'request_id', 'read_until'], unique=False)
        batch_op.create_index('ix_reading_request_id_read_until', ['request_id', 'read_until'], unique=False)

    op.create_table('message_mention',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_mention_message_id_message')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_message_mention_person_id_person')),
    sa.PrimaryKeyConstraint('message_id', 'person_id', name=op.f('pk_message_mention'))
    )
    with op.batch_alter_table('message_mention', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_mention_person_id'), ['person_id'], unique=False)

    op.create_table('message_partner',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_partner_message_id_message')),
    sa.ForeignKeyConstraint(['partner_id'], ['organisation.id'], name=op.f('fk_message_partner_partner_id_organisation')),
    sa.PrimaryKeyConstraint('message_id', 'partner_id', name=op.f('pk_message_partner'))
    )
    with op.batch_alter_table('message_partner', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_partner_partner_id'), ['partner_id'], unique=False)


def downgrade() -> None:
    for table in ('message_partner', 'message_mention', 'reading', 'message_draft', 'message'):
        op.drop_table(table)
