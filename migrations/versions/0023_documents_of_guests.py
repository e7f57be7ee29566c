"""Guests of a conversation send documents"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

_OF_GUESTS = 'FROM document WHERE sent_by_id IS NULL'


def upgrade() -> None:
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('guest_id', sa.Integer(), nullable=True))
        batch_op.alter_column('sent_by_id', existing_type=sa.Integer(), nullable=True)
        batch_op.create_index(batch_op.f('ix_document_guest_id'), ['guest_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_document_guest_id_guest'), 'guest', ['guest_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_document_one_sender'), '(sent_by_id IS NULL) = (guest_id IS NOT NULL)')


def downgrade() -> None:
    op.execute(f'CREATE TEMPORARY TABLE gone AS SELECT file_id {_OF_GUESTS}')
    op.execute(f'DELETE {_OF_GUESTS}')
    op.execute('DELETE FROM stored_file WHERE id IN (SELECT file_id FROM gone)')
    op.execute('DROP TABLE gone')
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_document_one_sender'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_document_guest_id_guest'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_document_guest_id'))
        batch_op.alter_column('sent_by_id', existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column('guest_id')
