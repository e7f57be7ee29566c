"""E-mails know their readers, who choose how soon they come"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('email_choice',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('rhythm', sa.Enum('at_once', 'daily', 'weekly', 'never', name='email_rhythm', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_email_choice_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_email_choice_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', 'organisation_id', 'topic', name=op.f('pk_email_choice'))
    )
    with op.batch_alter_table('email_choice', schema=None) as batch_op:
        batch_op.create_index('ix_email_choice_organisation_id', ['organisation_id'], unique=False)

    op.create_table('email_hours',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Integer(), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=True),
    sa.Column('quiet_until', sa.Integer(), nullable=True),
    sa.Column('place', sa.String(length=3), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_email_hours_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_email_hours'))
    )
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('organisation_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('url', sa.String(length=500), server_default='', nullable=False))
        batch_op.add_column(sa.Column('digest_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('digested_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('read_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_outbox_email_person_id_person'), 'person', ['person_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_outbox_email_organisation_id_organisation'), 'organisation', ['organisation_id'], ['id'])
        batch_op.create_index('ix_outbox_email_person_id_id', ['person_id', 'id'], unique=False)
        batch_op.create_index('ix_outbox_email_organisation_id', ['organisation_id'], unique=False)
        batch_op.create_index('ix_outbox_email_unread', ['person_id', 'organisation_id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
        batch_op.create_index('ix_outbox_email_digest', ['digest_at', 'person_id'], unique=False, sqlite_where=sa.text('digest_at IS NOT NULL'), postgresql_where=sa.text('digest_at IS NOT NULL'))


def downgrade() -> None:
    op.execute("UPDATE outbox_email SET next_attempt_at = digest_at WHERE digest_at IS NOT NULL")
    with op.batch_alter_table('outbox_email', schema=None) as batch_op:
        for index in ('digest', 'unread', 'organisation_id', 'person_id_id'):
            batch_op.drop_index(f'ix_outbox_email_{index}')
        for name in ('organisation_id_organisation', 'person_id_person'):
            batch_op.drop_constraint(batch_op.f(f'fk_outbox_email_{name}'), type_='foreignkey')
        for column in ('read_at', 'digested_at', 'digest_at', 'url', 'organisation_id', 'person_id'):
            batch_op.drop_column(column)
    op.drop_table('email_hours')
    op.drop_table('email_choice')
