"""Work for the network, without a pole"""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None

_KIND = sa.Enum('animation', 'meeting', 'partnership', name='network_kind', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('network_act',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('kind', _KIND, nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('practitioners', sa.Integer(), nullable=False),
    sa.Column('participants', sa.Integer(), nullable=True),
    sa.Column('reached', sa.String(length=500), nullable=True),
    sa.Column('report', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('minutes > 0 AND minutes % 15 = 0', name=op.f('ck_network_act_quarter_hours')),
    sa.CheckConstraint('practitioners > 0', name=op.f('ck_network_act_by_somebody')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_network_act_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_network_act')),
    sa.UniqueConstraint('once', name=op.f('uq_network_act_once'))
    )
    op.create_index('ix_network_act_organisation_id_on_id', 'network_act', ['organisation_id', 'on', 'id'], unique=False)
    op.create_index('ix_network_act_on', 'network_act', ['on'], unique=False)
    op.create_table('network_practice',
    sa.Column('act_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['act_id'], ['network_act.id'], name=op.f('fk_network_practice_act_id_network_act'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_network_practice_person_id_person')),
    sa.PrimaryKeyConstraint('act_id', 'person_id', name=op.f('pk_network_practice'))
    )
    op.create_index(op.f('ix_network_practice_person_id'), 'network_practice', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_table('network_practice')
    op.drop_table('network_act')
