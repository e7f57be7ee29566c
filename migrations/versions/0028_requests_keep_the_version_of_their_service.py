"""A request keeps the version of the service under which it was sent"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('service_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sheet', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_service_version_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_version')),
    sa.UniqueConstraint('service_id', 'number', name=op.f('uq_service_version_service_id_number'))
    )
    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('service_version_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_support_request_service_version_id_service_version'), 'service_version', ['service_version_id'], ['id'])
        batch_op.create_index(op.f('ix_support_request_service_version_id'), ['service_version_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_support_request_service_version_id'))
        batch_op.drop_constraint(op.f('fk_support_request_service_version_id_service_version'), type_='foreignkey')
        batch_op.drop_column('service_version_id')
    op.drop_table('service_version')
