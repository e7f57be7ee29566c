"""What calendars know a planned date by"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None

_INTERVENTION = sa.table('intervention', sa.column('id', sa.Integer), sa.column('uid', sa.String))


_ANSWER = sa.Enum('accepted', 'tentative', 'declined', name='calendar_answer', native_enum=False, create_constraint=True, length=32)
_SCOPE = sa.Enum('mine', 'team', name='calendar_scope', native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table('intervention') as table:
        table.add_column(sa.Column('uid', sa.String(length=36), nullable=True))
        table.add_column(sa.Column('sequence', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('outbox_email', sa.Column('calendar', sa.Text(), nullable=False, server_default=''))
    _name_each()
    op.create_table('calendar_invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('intervention_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=16), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', _ANSWER, nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['intervention_id'], ['intervention.id'], name=op.f('fk_calendar_invitation_intervention_id_intervention'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_calendar_invitation_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_invitation_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_invitation')),
    sa.UniqueConstraint('intervention_id', 'address', name=op.f('uq_calendar_invitation_intervention_id_address'))
    )
    for column in ('address', 'organisation_id', 'person_id'):
        op.create_index(op.f(f'ix_calendar_invitation_{column}'), 'calendar_invitation', [column], unique=False)
    op.create_table('calendar_feed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('scope', _SCOPE, nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hour_began', sa.DateTime(timezone=True), nullable=True),
    sa.Column('readings', sa.Integer(), nullable=False, server_default='0'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_calendar_feed_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_feed_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('person_id', 'organisation_id', 'scope', name=op.f('uq_calendar_feed_person_id_organisation_id_scope')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feed_token_hash'))
    )
    op.create_index('ix_calendar_feed_organisation_id', 'calendar_feed', ['organisation_id'], unique=False)
    with op.batch_alter_table('intervention') as table:
        table.alter_column('uid', existing_type=sa.String(length=36), nullable=False)
        table.create_unique_constraint(op.f('uq_intervention_uid'), ['uid'])


def _name_each() -> None:
    connection = op.get_bind()
    numbers = connection.scalars(sa.select(_INTERVENTION.c.id)).all()
    named = sa.update(_INTERVENTION).where(_INTERVENTION.c.id == sa.bindparam('number')).values(uid=sa.bindparam('name'))
    if numbers:
        connection.execute(named, [{'number': number, 'name': str(uuid4())} for number in numbers])


def downgrade() -> None:
    op.drop_table('calendar_feed')
    op.drop_table('calendar_invitation')
    op.drop_column('outbox_email', 'calendar')
    with op.batch_alter_table('intervention') as table:
        table.drop_constraint(op.f('uq_intervention_uid'), type_='unique')
        table.drop_column('sequence')
        table.drop_column('uid')
