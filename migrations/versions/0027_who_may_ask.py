"""Services are meant for poles with certain recognitions"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('service_recognition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('pole_temoin', 'aap_2013', 'aap_2015', 'ami_phase_1', 'ami_phase_2', 'charter', name='service_recognition_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_service_recognition_service_id_service'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_recognition')),
    sa.UniqueConstraint('service_id', 'kind', 'year', name=op.f('uq_service_recognition_service_id_kind_year'))
    )
    with op.batch_alter_table('service_recognition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_recognition_service_id'), ['service_id'], unique=False)

    op.create_table('blocked_demand',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.Enum('pole', 'service', 'stage', 'recognition', 'territory', 'requests', 'days', 'room', name='blocked_rule', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_blocked_demand_pole_id_organisation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_blocked_demand_service_id_service'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blocked_demand')),
    sa.UniqueConstraint('service_id', 'rule', 'year', 'pole_id', name=op.f('uq_blocked_demand_service_id_rule_year_pole_id'))
    )
    with op.batch_alter_table('blocked_demand', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_blocked_demand_pole_id'), ['pole_id'], unique=False)
        batch_op.create_index('ix_blocked_demand_year_service_id_rule', ['year', 'service_id', 'rule'], unique=False)

    op.create_table('use_limit',
    sa.Column('measure', sa.Enum('requests', 'days', name='limited_measure', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('maximum', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('measure', name=op.f('pk_use_limit'))
    )
    op.create_table('limit_exception',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.Column('measure', sa.Enum('requests', 'days', name='excepted_measure', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('more', sa.Integer(), nullable=False),
    sa.Column('granted_on', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.CheckConstraint('granted_on <= until', name=op.f('ck_limit_exception_in_order')),
    sa.CheckConstraint('more > 0', name=op.f('ck_limit_exception_gives_more')),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_limit_exception_pole_id_organisation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_limit_exception'))
    )
    with op.batch_alter_table('limit_exception', schema=None) as batch_op:
        batch_op.create_index('ix_limit_exception_pole_id_measure', ['pole_id', 'measure'], unique=False)

    op.create_table('service_room',
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('unit', sa.Enum('support', 'session', 'seat', name='room_unit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('maximum', sa.Integer(), nullable=False),
    sa.Column('updated_on', sa.Date(), nullable=False),
    sa.CheckConstraint('maximum >= 0', name=op.f('ck_service_room_not_less_than_nothing')),
    sa.ForeignKeyConstraint(['partner_id'], ['organisation.id'], name=op.f('fk_service_room_partner_id_organisation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_service_room_service_id_service'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('service_id', 'partner_id', name=op.f('pk_service_room'))
    )
    with op.batch_alter_table('service_room', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_room_partner_id'), ['partner_id'], unique=False)

    op.create_table('waiting_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_waiting_place_pole_id_organisation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_waiting_place_service_id_service'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_place')),
    sa.UniqueConstraint('service_id', 'pole_id', name=op.f('uq_waiting_place_service_id_pole_id'))
    )
    with op.batch_alter_table('waiting_place', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waiting_place_pole_id'), ['pole_id'], unique=False)
        batch_op.create_index('ix_waiting_place_service_id_id', ['service_id', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('waiting_place')
    op.drop_table('service_room')
    op.drop_table('limit_exception')
    op.drop_table('use_limit')
    op.drop_table('blocked_demand')
    op.drop_table('service_recognition')
