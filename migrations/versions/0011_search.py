"""What can be found is kept as words, in an index of each database's own"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

WORDS = """CREATE VIRTUAL TABLE search_word USING fts5(
    key, content='search_entry', content_rowid='id', detail='none', tokenize="ascii tokenchars '=^~_'")"""
VECTOR = """ALTER TABLE search_entry ADD COLUMN words tsvector
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(key, ' '))) STORED"""
ADD = "INSERT INTO search_word (rowid, key) VALUES (new.id, new.key);"
TAKE = "INSERT INTO search_word (search_word, rowid, key) VALUES ('delete', old.id, old.key);"
TRIGGERS = {'INSERT': ADD, 'DELETE': TAKE, 'UPDATE': TAKE + ADD}


def upgrade() -> None:
    op.create_index('ix_support_request_contact_id', 'support_request', ['contact_id'])
    op.create_index('ix_assignment_referent_id', 'assignment', ['referent_id'])
    op.create_table('search_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_entry')),
    sa.UniqueConstraint('kind', 'item_id', name=op.f('uq_search_entry_kind_item_id'))
    )
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(WORDS)
        for act, work in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER search_entry_{act.lower()} AFTER {act} ON search_entry BEGIN {work} END")
    else:
        op.execute(VECTOR)
        op.create_index('ix_search_entry_words', 'search_entry', ['words'], postgresql_using='gin')


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute("DROP TABLE search_word")
    op.drop_table('search_entry')
    op.drop_index('ix_assignment_referent_id', 'assignment')
    op.drop_index('ix_support_request_contact_id', 'support_request')
