"""Organisations and people"""

import sqlalchemy as sa

from portal.text import search_key
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('journal_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('act', sa.Enum('created', 'changed', 'merged', 'closed', 'invited', 'invitation_accepted', 'invitation_revoked', 'role_changed', 'joined', 'left', 'members_reviewed', 'email_changed', 'password_changed', 'second_factor_set', 'second_factor_removed', 'passkey_added', 'passkey_removed', 'signed_out_everywhere', 'viewed_as', 'viewing_ended', 'decided', 'imported', 'exported', 'anonymised', name='act', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject', sa.Enum('person', 'membership', 'invitation', 'organisation', 'application', 'transfer', name='subject', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('subject_name', sa.String(length=300), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=170), nullable=True),
    sa.Column('actor_organisation', sa.String(length=200), nullable=True),
    sa.Column('address', sa.String(length=45), nullable=True),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('search_text', sa.String(length=700), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entry'))
    )
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.create_index('ix_journal_entry_actor_id_at', ['actor_id', 'at'], unique=False)
        batch_op.create_index('ix_journal_entry_at_id', ['at', 'id'], unique=False)
        batch_op.create_index('ix_journal_entry_subject_subject_id_at', ['subject', 'subject_id', 'at'], unique=False)

    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('given_name', sa.String(length=80), nullable=False),
    sa.Column('family_name', sa.String(length=80), nullable=False),
    sa.Column('role', sa.Enum('coordinator', 'member', 'practitioner', 'manager', 'regional_admin', 'national_admin', 'observer', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('invited_by_id', sa.Integer(), nullable=True),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['invited_by_id'], ['person.id'], name=op.f('fk_invitation_invited_by_id_person')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_invitation_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_email'), ['email'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_invited_by_id'), ['invited_by_id'], unique=False)
        batch_op.create_index('ix_invitation_organisation_id_sent_at', ['organisation_id', 'sent_at'], unique=False)
        batch_op.create_index('uq_invitation_open', ['organisation_id', 'email'], unique=True, sqlite_where=sa.text('accepted_at IS NULL AND revoked_at IS NULL'), postgresql_where=sa.text('accepted_at IS NULL AND revoked_at IS NULL'))

    op.create_table('organisation_absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_organisation_absence_in_order')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_organisation_absence_organisation_id_organisation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation_absence'))
    )
    with op.batch_alter_table('organisation_absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_absence_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('pole_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('siret', sa.String(length=14), nullable=True),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_pole_member_pole_id_organisation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pole_member')),
    sa.UniqueConstraint('pole_id', 'name', name=op.f('uq_pole_member_pole_id_name'))
    )
    op.create_table('pole_sector',
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.Column('sector', sa.Enum('food', 'circular_economy', 'building', 'energy', 'mobility', 'industry', 'care', 'employment', 'culture', 'sport_and_tourism', 'nature', 'digital', 'local_life', 'enterprise', name='sector', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_pole_sector_pole_id_organisation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('pole_id', 'sector', name=op.f('pk_pole_sector'))
    )
    with op.batch_alter_table('pole_sector', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pole_sector_sector'), ['sector'], unique=False)

    op.create_table('stage_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('emerging', 'developing', 'consolidating', 'inactive', name='stage', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_stage_change_pole_id_organisation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stage_change')),
    sa.UniqueConstraint('pole_id', 'since', name=op.f('uq_stage_change_pole_id_since'))
    )
    op.create_table('viewing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('viewer_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_viewing_membership_id_membership'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['viewer_id'], ['person.id'], name=op.f('fk_viewing_viewer_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_viewing')),
    sa.UniqueConstraint('viewer_id', name=op.f('uq_viewing_viewer_id'))
    )
    with op.batch_alter_table('viewing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_viewing_membership_id'), ['membership_id'], unique=False)

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shared_mailbox', sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column('capacity_per_month', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('lead_rna', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('commune_code', sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column('longitude', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('latitude', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('public_summary', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('peer_mentor', sa.Boolean(), nullable=True))
        batch_op.create_index(batch_op.f('ix_organisation_lead_rna'), ['lead_rna'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_lead_siret'), ['lead_siret'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_organisation_merged_into_id_organisation'), 'organisation', ['merged_into_id'], ['id'])

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('idle_warned_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('name_key', sa.String(length=170), server_default='', nullable=False))
        batch_op.create_index(batch_op.f('ix_person_last_seen_at'), ['last_seen_at'], unique=False)
        batch_op.create_index('ix_person_name_key_id', ['name_key', 'id'], unique=False)

    with op.batch_alter_table('recognition', schema=None) as batch_op:
        batch_op.add_column(sa.Column('proof', sa.String(length=300), nullable=True))

    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('anonymised_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column('contact_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.create_index('ix_support_request_anonymised_at_created_at', ['anonymised_at', 'created_at'], unique=False)

    # The stage a pole has becomes the first line of its history.
    op.execute("UPDATE organisation SET stage_since = DATE(created_at) WHERE stage IS NOT NULL AND stage_since IS NULL")
    op.execute(
        "INSERT INTO stage_change (pole_id, stage, since)"
        " SELECT id, stage, stage_since FROM organisation WHERE stage IS NOT NULL"
    )
    # Whoever has an account got there by a link sent to their address.
    op.execute("UPDATE person SET confirmed_at = created_at")
    # People are found and sorted by their names without accents.
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, given_name, family_name FROM person")).all():
        key = search_key(f"{row.family_name} {row.given_name}")[:170]
        connection.execute(sa.text("UPDATE person SET name_key = :key WHERE id = :id"), {"key": key, "id": row.id})


def downgrade() -> None:
    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.drop_index('ix_support_request_anonymised_at_created_at')
        batch_op.alter_column('contact_id',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.drop_column('anonymised_at')

    with op.batch_alter_table('recognition', schema=None) as batch_op:
        batch_op.drop_column('proof')

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index('ix_person_name_key_id')
        batch_op.drop_index(batch_op.f('ix_person_last_seen_at'))
        batch_op.drop_column('name_key')
        batch_op.drop_column('closed_at')
        batch_op.drop_column('idle_warned_at')
        batch_op.drop_column('last_seen_at')
        batch_op.drop_column('confirmed_at')

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_organisation_merged_into_id_organisation'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_organisation_merged_into_id'))
        batch_op.drop_index(batch_op.f('ix_organisation_lead_siret'))
        batch_op.drop_index(batch_op.f('ix_organisation_lead_rna'))
        batch_op.drop_column('peer_mentor')
        batch_op.drop_column('public_summary')
        batch_op.drop_column('latitude')
        batch_op.drop_column('longitude')
        batch_op.drop_column('commune_code')
        batch_op.drop_column('lead_rna')
        batch_op.drop_column('merged_into_id')
        batch_op.drop_column('capacity_per_month')
        batch_op.drop_column('shared_mailbox')

    with op.batch_alter_table('viewing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_viewing_membership_id'))

    op.drop_table('viewing')
    op.drop_table('stage_change')
    with op.batch_alter_table('pole_sector', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pole_sector_sector'))

    op.drop_table('pole_sector')
    op.drop_table('pole_member')
    with op.batch_alter_table('organisation_absence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_absence_organisation_id'))

    op.drop_table('organisation_absence')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index('uq_invitation_open', sqlite_where=sa.text('accepted_at IS NULL AND revoked_at IS NULL'), postgresql_where=sa.text('accepted_at IS NULL AND revoked_at IS NULL'))
        batch_op.drop_index('ix_invitation_organisation_id_sent_at')
        batch_op.drop_index(batch_op.f('ix_invitation_invited_by_id'))
        batch_op.drop_index(batch_op.f('ix_invitation_email'))

    op.drop_table('invitation')
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_journal_entry_subject_subject_id_at')
        batch_op.drop_index('ix_journal_entry_at_id')
        batch_op.drop_index('ix_journal_entry_actor_id_at')

    op.drop_table('journal_entry')
