"""What partners give in a year is limited too"""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

_RULES = ('pole', 'service', 'stage', 'recognition', 'territory', 'requests', 'days', 'room')


def upgrade() -> None:
    op.create_table('partner_limit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('measure', sa.Enum('requests', 'days', name='partner_measure', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('maximum', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['partner_id'], ['organisation.id'], name=op.f('fk_partner_limit_partner_id_organisation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_partner_limit_service_id_service'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_limit')),
    sa.UniqueConstraint('partner_id', 'measure', 'service_id', name=op.f('uq_partner_limit_partner_id_measure_service_id'))
    )
    with op.batch_alter_table('partner_limit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_limit_service_id'), ['service_id'], unique=False)
        batch_op.create_index('uq_partner_limit_all_services', ['partner_id', 'measure'], unique=True, sqlite_where=sa.text('service_id IS NULL'), postgresql_where=sa.text('service_id IS NULL'))

    _rename_who('pole_id', 'organisation_id', 'fk_limit_exception_organisation_id_organisation')
    _allow_rules(*_RULES, 'partner')


def downgrade() -> None:
    op.execute("DELETE FROM blocked_demand WHERE rule = 'partner'")
    _allow_rules(*_RULES)
    op.execute("DELETE FROM limit_exception WHERE organisation_id IN (SELECT id FROM organisation WHERE kind <> 'pole')")
    _rename_who('organisation_id', 'pole_id', 'fk_limit_exception_pole_id_organisation')
    op.drop_table('partner_limit')


def _rename_who(before: str, after: str, key: str) -> None:
    with op.batch_alter_table('limit_exception', schema=None) as batch_op:
        batch_op.drop_index(f'ix_limit_exception_{before}_measure')
        batch_op.drop_constraint(batch_op.f(f'fk_limit_exception_{before}_organisation'), type_='foreignkey')
    with op.batch_alter_table('limit_exception', schema=None) as batch_op:
        batch_op.alter_column(before, new_column_name=after, existing_type=sa.Integer(), existing_nullable=False)
    with op.batch_alter_table('limit_exception', schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f(key), 'organisation', [after], ['id'], ondelete='CASCADE')
        batch_op.create_index(f'ix_limit_exception_{after}_measure', [after, 'measure'], unique=False)


def _allow_rules(*rules: str) -> None:
    allowed = ', '.join(f"'{rule}'" for rule in rules)
    with op.batch_alter_table('blocked_demand', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_blocked_demand_blocked_rule'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_blocked_demand_blocked_rule'), f'rule IN ({allowed})')
