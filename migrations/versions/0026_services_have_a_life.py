"""Services are drafted, published, suspended and archived; their sheets say more; partners have the time they say"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

_STATE = sa.Enum('draft', 'published', 'suspended', 'archived', name='service_state', native_enum=False, create_constraint=True, length=32)
_SUBJECTS = ('person', 'membership', 'invitation', 'organisation', 'application', 'transfer', 'setting')
_TEXTS = {'cost': 300, 'cost_en': 300, 'venue': 500, 'venue_en': 500, 'documents_wanted': 1000, 'documents_wanted_en': 1000, 'notice': 300, 'notice_en': 300}
_NEW = {'stored_state': "'published'", 'days_to_answer': '5', 'languages': "'[]'", **dict.fromkeys(_TEXTS, "''")}


def _subjects(*words):
    return sa.Enum(*words, name='subject', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stored_state', _STATE, nullable=False, server_default='published'))
        batch_op.add_column(sa.Column('reopens_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('days_to_answer', sa.Integer(), nullable=False, server_default='5'))
        for name, length in _TEXTS.items():
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('languages', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('notice_until', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('checked_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('checked_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('check_due_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(sa.text("UPDATE service SET stored_state = 'archived' WHERE NOT active"))
    with op.batch_alter_table('service', schema=None) as batch_op:
        for name in _NEW:
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_column('active')
        batch_op.create_check_constraint(op.f('ck_service_suspended_has_its_end'), "stored_state <> 'suspended' OR reopens_on IS NOT NULL")
        batch_op.create_foreign_key(op.f('fk_service_checked_by_id_organisation'), 'organisation', ['checked_by_id'], ['id'])
        batch_op.create_index(op.f('ix_service_checked_by_id'), ['checked_by_id'], unique=False)
        batch_op.create_index(op.f('ix_service_check_due_on'), ['check_due_on'], unique=False)
    op.create_table('service_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=3), nullable=True),
    sa.Column('department_code', sa.String(length=3), nullable=True),
    sa.CheckConstraint('(region_code IS NULL) <> (department_code IS NULL)', name=op.f('ck_service_place_one_place')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_service_place_service_id_service'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_place')),
    sa.UniqueConstraint('service_id', 'region_code', 'department_code', name=op.f('uq_service_place_service_id_region_code_department_code'))
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('days_to_answer', sa.Integer(), nullable=False, server_default='5'))
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.alter_column('days_to_answer', server_default=None)
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.alter_column('subject', existing_type=_subjects(*_SUBJECTS), type_=_subjects(*_SUBJECTS, 'service'), existing_nullable=False)


def downgrade() -> None:
    op.execute("DELETE FROM journal_entry WHERE subject = 'service'")
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.alter_column('subject', existing_type=_subjects(*_SUBJECTS, 'service'), type_=_subjects(*_SUBJECTS), existing_nullable=False)
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_column('days_to_answer')
    op.drop_table('service_place')
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.add_column(sa.Column('active', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute(sa.text("UPDATE service SET active = false WHERE stored_state <> 'published'"))
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.alter_column('active', server_default=None)
        batch_op.drop_index(op.f('ix_service_check_due_on'))
        batch_op.drop_index(op.f('ix_service_checked_by_id'))
        batch_op.drop_constraint(op.f('fk_service_checked_by_id_organisation'), type_='foreignkey')
        batch_op.drop_constraint(op.f('ck_service_suspended_has_its_end'), type_='check')
        batch_op.drop_constraint(op.f('ck_service_service_state'), type_='check')
        for name in ('edited_at', 'check_due_on', 'checked_by_id', 'checked_on', 'notice_until', *_NEW, 'asked_at', 'reopens_on'):
            batch_op.drop_column(name)
