"""Organisations and people"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def _without_accents(name):
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(one for one in letters if not unicodedata.category(one).startswith("M"))
    return re.sub(r"[\W_]+", " ", plain.replace("œ", "oe").replace("æ", "ae")).strip()


def upgrade() -> None:
    op.create_table('company_record',
    sa.Column('siret', sa.String(length=14), nullable=False),
    sa.Column('found', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=True),
    sa.Column('open', sa.Boolean(), nullable=True),
    sa.Column('region_code', sa.String(length=3), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('siret', name=op.f('pk_company_record'))
    )
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

    op.create_table('stored_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
    sa.UniqueConstraint('key', name=op.f('uq_stored_file_key'))
    )
    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=10), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'advised', 'more_wanted', 'admitted', 'refused', 'withdrawn', name='application_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('progress', sa.Text(), nullable=False),
    sa.Column('expectations', sa.Text(), nullable=False),
    sa.Column('stage', sa.Enum('emerging', 'developing', 'consolidating', 'inactive', name='application_stage', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('region_code', sa.String(length=3), nullable=True),
    sa.Column('department_code', sa.String(length=3), nullable=True),
    sa.Column('commune_code', sa.String(length=5), nullable=True),
    sa.Column('town', sa.String(length=100), nullable=True),
    sa.Column('sectors', sa.JSON(), nullable=False),
    sa.Column('members', sa.Text(), nullable=False),
    sa.Column('lead_organisation', sa.String(length=200), nullable=True),
    sa.Column('lead_siret', sa.String(length=14), nullable=True),
    sa.Column('lead_rna', sa.String(length=10), nullable=True),
    sa.Column('website', sa.String(length=300), nullable=True),
    sa.Column('given_name', sa.String(length=80), nullable=True),
    sa.Column('family_name', sa.String(length=80), nullable=True),
    sa.Column('contact_email', sa.String(length=254), nullable=True),
    sa.Column('phone', sa.String(length=30), nullable=True),
    sa.Column('public_summary', sa.Text(), nullable=False),
    sa.Column('publish', sa.Boolean(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('anonymised_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('held_on', sa.Date(), nullable=True),
    sa.Column('opinion', sa.Enum('favourable', 'reserved', 'unfavourable', name='opinion', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('pole_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name=op.f('ck_application_submitted_has_its_date')),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_application_pole_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('reference', name=op.f('uq_application_reference'))
    )
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_contact_email'), ['contact_email'], unique=False)
        batch_op.create_index('ix_application_email_id', ['email', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_lead_rna'), ['lead_rna'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_lead_siret'), ['lead_siret'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_pole_id'), ['pole_id'], unique=False)
        batch_op.create_index('ix_application_region_code_submitted_at_id', ['region_code', 'submitted_at', 'id'], unique=False)
        batch_op.create_index('ix_application_state_changed_at', ['state', 'changed_at'], unique=False)
        batch_op.create_index('ix_application_state_submitted_at_id', ['state', 'submitted_at', 'id'], unique=False)

    op.create_table('authenticator',
    sa.Column('person_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('secret', sa.String(length=500), nullable=False),
    sa.Column('counter', sa.BigInteger(), nullable=True),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_authenticator_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_authenticator'))
    )
    op.create_table('email_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('old_email', sa.String(length=254), nullable=False),
    sa.Column('new_email', sa.String(length=254), nullable=False),
    sa.Column('confirm_hash', sa.String(length=64), nullable=False),
    sa.Column('stop_hash', sa.String(length=64), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_email_change_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_change')),
    sa.UniqueConstraint('confirm_hash', name=op.f('uq_email_change_confirm_hash')),
    sa.UniqueConstraint('stop_hash', name=op.f('uq_email_change_stop_hash'))
    )
    with op.batch_alter_table('email_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_email_change_person_id'), ['person_id'], unique=False)

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

    op.create_table('members_review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_members_review_by_id_person')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_members_review_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_review'))
    )
    with op.batch_alter_table('members_review', schema=None) as batch_op:
        batch_op.create_index('ix_members_review_organisation_id_at', ['organisation_id', 'at'], unique=False)

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

    op.create_table('passkey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('credential_id', sa.String(length=1400), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('user_handle', sa.String(length=90), nullable=False),
    sa.Column('sign_count', sa.BigInteger(), nullable=False),
    sa.Column('transports', sa.JSON(), nullable=False),
    sa.Column('challenge_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_passkey_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id'))
    )
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkey_person_id'), ['person_id'], unique=False)

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

    op.create_table('recovery_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recovery_code_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_person_id'), ['person_id'], unique=False)

    op.create_table('sign_in_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('browser', sa.String(length=40), nullable=False),
    sa.Column('system', sa.String(length=40), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_session_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_session')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_sign_in_session_key_hash'))
    )
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_session_last_seen_at'), ['last_seen_at'], unique=False)
        batch_op.create_index('ix_sign_in_session_person_id_started_at', ['person_id', 'started_at'], unique=False)

    op.create_table('stage_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pole_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('emerging', 'developing', 'consolidating', 'inactive', name='stage', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['pole_id'], ['organisation.id'], name=op.f('fk_stage_change_pole_id_organisation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stage_change')),
    sa.UniqueConstraint('pole_id', 'since', name=op.f('uq_stage_change_pole_id_since'))
    )
    op.create_table('transfer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('poles', 'partners', 'people', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('emptied', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_transfer_owner_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer'))
    )
    with op.batch_alter_table('transfer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_transfer_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_transfer_owner_id'), ['owner_id'], unique=False)

    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('substitute_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_absence_in_order')),
    sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_absence_membership_id_membership'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['substitute_id'], ['person.id'], name=op.f('fk_absence_substitute_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index('ix_absence_membership_id_ends_on', ['membership_id', 'ends_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_absence_substitute_id'), ['substitute_id'], unique=False)

    op.create_table('application_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_document_application_id_application')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_application_document_file_id_stored_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_document'))
    )
    with op.batch_alter_table('application_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_document_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_document_file_id'), ['file_id'], unique=False)

    op.create_table('application_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.Enum('submit', 'advise', 'ask', 'answer', 'admit', 'refuse', 'withdraw', name='application_action', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('from_state', sa.Enum('draft', 'submitted', 'advised', 'more_wanted', 'admitted', 'refused', 'withdrawn', name='application_from_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('to_state', sa.Enum('draft', 'submitted', 'advised', 'more_wanted', 'admitted', 'refused', 'withdrawn', name='application_to_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=True),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_application_event_actor_id_person')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_event_application_id_application')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_application_event_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_event'))
    )
    with op.batch_alter_table('application_event', schema=None) as batch_op:
        batch_op.create_index('ix_application_event_application_id_id', ['application_id', 'id'], unique=False)

    op.create_table('application_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_link_application_id_application'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_application_link_token_hash'))
    )
    with op.batch_alter_table('application_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_link_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_link_expires_at'), ['expires_at'], unique=False)

    op.create_table('transfer_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('transfer_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Enum('error', 'create', 'change', 'nothing', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['transfer_id'], ['transfer.id'], name=op.f('fk_transfer_line_transfer_id_transfer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer_line'))
    )
    with op.batch_alter_table('transfer_line', schema=None) as batch_op:
        batch_op.create_index('ix_transfer_line_transfer_id_rank_number', ['transfer_id', 'rank', 'number'], unique=False)

    op.create_table('viewing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('viewer_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=22), nullable=False),
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
        batch_op.add_column(sa.Column('members_reviewed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('lead_rna', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('commune_code', sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column('longitude', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('latitude', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('public_summary', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('peer_mentor', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('file_row', sa.JSON(none_as_null=True), nullable=True))
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
        key = _without_accents(f"{row.family_name} {row.given_name}")[:170]
        connection.execute(sa.text("UPDATE person SET name_key = :key WHERE id = :id"), {"key": key, "id": row.id})
    # Whoever leaves a pole hands the contact of its requests over: one more action.
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.alter_column(
            'action',
            existing_type=sa.Enum('submit', 'route', 'withdraw', 'drop', 'accept', 'decline', 'ask', 'answer', 'change_referent', 'hand_back', 'complete', 'reopen', 'cancel', 'expire', 'plan', 'log', 'correct', 'call_off', name='action', native_enum=False, create_constraint=True, length=32),
            type_=sa.Enum('submit', 'route', 'withdraw', 'drop', 'accept', 'decline', 'ask', 'answer', 'change_referent', 'hand_back', 'complete', 'reopen', 'cancel', 'expire', 'plan', 'log', 'correct', 'call_off', 'change_contact', name='action', native_enum=False, create_constraint=True, length=32),
            existing_nullable=False,
        )


def downgrade() -> None:
    op.execute("DELETE FROM request_event WHERE action = 'change_contact'")
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.alter_column(
            'action',
            existing_type=sa.Enum('submit', 'route', 'withdraw', 'drop', 'accept', 'decline', 'ask', 'answer', 'change_referent', 'hand_back', 'complete', 'reopen', 'cancel', 'expire', 'plan', 'log', 'correct', 'call_off', 'change_contact', name='action', native_enum=False, create_constraint=True, length=32),
            type_=sa.Enum('submit', 'route', 'withdraw', 'drop', 'accept', 'decline', 'ask', 'answer', 'change_referent', 'hand_back', 'complete', 'reopen', 'cancel', 'expire', 'plan', 'log', 'correct', 'call_off', name='action', native_enum=False, create_constraint=True, length=32),
            existing_nullable=False,
        )
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
        batch_op.drop_column('file_row')
        batch_op.drop_column('peer_mentor')
        batch_op.drop_column('public_summary')
        batch_op.drop_column('latitude')
        batch_op.drop_column('longitude')
        batch_op.drop_column('commune_code')
        batch_op.drop_column('lead_rna')
        batch_op.drop_column('members_reviewed_at')
        batch_op.drop_column('merged_into_id')
        batch_op.drop_column('capacity_per_month')
        batch_op.drop_column('shared_mailbox')

    with op.batch_alter_table('viewing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_viewing_membership_id'))

    op.drop_table('viewing')
    with op.batch_alter_table('transfer_line', schema=None) as batch_op:
        batch_op.drop_index('ix_transfer_line_transfer_id_rank_number')

    op.drop_table('transfer_line')
    with op.batch_alter_table('application_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_link_expires_at'))
        batch_op.drop_index(batch_op.f('ix_application_link_application_id'))

    op.drop_table('application_link')
    with op.batch_alter_table('application_event', schema=None) as batch_op:
        batch_op.drop_index('ix_application_event_application_id_id')

    op.drop_table('application_event')
    with op.batch_alter_table('application_document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_document_file_id'))
        batch_op.drop_index(batch_op.f('ix_application_document_application_id'))

    op.drop_table('application_document')
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_absence_substitute_id'))
        batch_op.drop_index('ix_absence_membership_id_ends_on')

    op.drop_table('absence')
    with op.batch_alter_table('transfer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transfer_owner_id'))
        batch_op.drop_index(batch_op.f('ix_transfer_created_at'))

    op.drop_table('transfer')
    op.drop_table('stage_change')
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_in_session_person_id_started_at')
        batch_op.drop_index(batch_op.f('ix_sign_in_session_last_seen_at'))

    op.drop_table('sign_in_session')
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_code_person_id'))

    op.drop_table('recovery_code')
    with op.batch_alter_table('pole_sector', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pole_sector_sector'))

    op.drop_table('pole_sector')
    op.drop_table('pole_member')
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_passkey_person_id'))

    op.drop_table('passkey')
    with op.batch_alter_table('organisation_absence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_absence_organisation_id'))

    op.drop_table('organisation_absence')
    with op.batch_alter_table('members_review', schema=None) as batch_op:
        batch_op.drop_index('ix_members_review_organisation_id_at')

    op.drop_table('members_review')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index('uq_invitation_open', sqlite_where=sa.text('accepted_at IS NULL AND revoked_at IS NULL'), postgresql_where=sa.text('accepted_at IS NULL AND revoked_at IS NULL'))
        batch_op.drop_index('ix_invitation_organisation_id_sent_at')
        batch_op.drop_index(batch_op.f('ix_invitation_invited_by_id'))
        batch_op.drop_index(batch_op.f('ix_invitation_email'))

    op.drop_table('invitation')
    with op.batch_alter_table('email_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_email_change_person_id'))

    op.drop_table('email_change')
    op.drop_table('authenticator')
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_index('ix_application_state_submitted_at_id')
        batch_op.drop_index('ix_application_state_changed_at')
        batch_op.drop_index('ix_application_region_code_submitted_at_id')
        batch_op.drop_index(batch_op.f('ix_application_pole_id'))
        batch_op.drop_index(batch_op.f('ix_application_lead_siret'))
        batch_op.drop_index(batch_op.f('ix_application_lead_rna'))
        batch_op.drop_index('ix_application_email_id')
        batch_op.drop_index(batch_op.f('ix_application_contact_email'))

    op.drop_table('application')
    op.drop_table('stored_file')
    with op.batch_alter_table('journal_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_journal_entry_subject_subject_id_at')
        batch_op.drop_index('ix_journal_entry_at_id')
        batch_op.drop_index('ix_journal_entry_actor_id_at')

    op.drop_table('journal_entry')
    op.drop_table('company_record')
