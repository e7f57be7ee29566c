"""Collective sessions and who comes to them"""

import sqlalchemy as sa
from alembic import op

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None

_STATE = sa.Enum('draft', 'open', 'cancelled', name='session_state', native_enum=False, create_constraint=True, length=32)
_PLACE = sa.Enum('on_site', 'remote', name='session_place_kind', native_enum=False, create_constraint=True, length=32)
_STANDING = sa.Enum('seated', 'waiting', 'offered', 'withdrawn', 'lapsed', name='registration_standing', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table('collective_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=True),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('state', _STATE, nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.Time(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('place_kind', _PLACE, nullable=False),
    sa.Column('place', sa.String(length=200), nullable=True),
    sa.Column('department_code', sa.String(length=3), nullable=True),
    sa.Column('link', sa.String(length=300), nullable=True),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('audience', sa.String(length=300), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('minutes > 0 AND minutes % 15 = 0', name=op.f('ck_collective_session_quarter_hours')),
    sa.CheckConstraint('seats > 0', name=op.f('ck_collective_session_some_seats')),
    sa.CheckConstraint("state <> 'cancelled' OR length(reason) > 0", name=op.f('ck_collective_session_cancelled_has_its_reason')),
    sa.ForeignKeyConstraint(['partner_id'], ['organisation.id'], name=op.f('fk_collective_session_partner_id_organisation')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_collective_session_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collective_session')),
    sa.UniqueConstraint('once', name=op.f('uq_collective_session_once'))
    )
    op.create_index('ix_collective_session_partner_id_on_id', 'collective_session', ['partner_id', 'on', 'id'], unique=False)
    op.create_index(op.f('ix_collective_session_service_id'), 'collective_session', ['service_id'], unique=False)
    op.create_index('ix_collective_session_state_on_starts_at_id', 'collective_session', ['state', 'on', 'starts_at', 'id'], unique=False)
    op.create_table('registration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=True),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.Column('registered_by_id', sa.Integer(), nullable=True),
    sa.Column('standing', _STANDING, nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('offered_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("standing <> 'offered' OR offered_until IS NOT NULL", name=op.f('ck_registration_offered_for_a_time')),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_registration_pole_id_organisation')),
    sa.ForeignKeyConstraint(['registered_by_id'], ['person.id'], name=op.f('fk_registration_registered_by_id_person')),
    sa.ForeignKeyConstraint(['session_id'], ['collective_session.id'], name=op.f('fk_registration_session_id_collective_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration')),
    sa.UniqueConstraint('once', name=op.f('uq_registration_once'))
    )
    op.create_index(op.f('ix_registration_email'), 'registration', ['email'], unique=False)
    op.create_index(op.f('ix_registration_pole_id'), 'registration', ['pole_id'], unique=False)
    op.create_index(op.f('ix_registration_registered_by_id'), 'registration', ['registered_by_id'], unique=False)
    op.create_index('ix_registration_session_id_standing_id', 'registration', ['session_id', 'standing', 'id'], unique=False)
    op.create_index('ix_registration_standing_offered_until', 'registration', ['standing', 'offered_until'], unique=False)


def downgrade() -> None:
    op.drop_table('registration')
    op.drop_table('collective_session')
