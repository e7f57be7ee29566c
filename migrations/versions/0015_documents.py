"""Documents on requests and on the parts of partners; what is known of the check of a file"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

STATES = sa.Enum(
    'being_checked', 'ready', 'infected', name='file_state', native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state', STATES, nullable=False, server_default='ready'))
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.alter_column('state', server_default=None)
        batch_op.create_index('ix_stored_file_state_id', ['state', 'id'], unique=False)
    op.create_table(
        'document',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('file_id', sa.Integer(), nullable=False),
        sa.Column('sent_by_id', sa.Integer(), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=True),
        sa.Column('parent_id', sa.Integer(), nullable=True),
        sa.Column('form', sa.String(length=200), nullable=True),
        sa.CheckConstraint('(kind IS NULL) = (form IS NOT NULL)', name=op.f('ck_document_parent_or_form')),
        sa.CheckConstraint('(kind IS NULL) = (parent_id IS NULL)', name=op.f('ck_document_whole_parent')),
        sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_document_file_id_stored_file')),
        sa.ForeignKeyConstraint(['sent_by_id'], ['person.id'], name=op.f('fk_document_sent_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
        sa.UniqueConstraint('file_id', name=op.f('uq_document_file_id')),
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index('ix_document_kind_parent_id_id', ['kind', 'parent_id', 'id'], unique=False)
        batch_op.create_index('ix_document_sent_by_id_form', ['sent_by_id', 'form'], unique=False)


def downgrade() -> None:
    op.drop_table('document')
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_index('ix_stored_file_state_id')
        batch_op.drop_constraint(op.f('ck_stored_file_file_state'), type_='check')
        batch_op.drop_column('state')
