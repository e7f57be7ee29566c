"""A request has a subject: those written before get the first words of their need"""

import re

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

BATCH = 500
LONGEST = 70
_GREETING = re.compile(
    r"^(?:(?:bonjour|bonsoir|hello|mesdames|madame|messieurs|monsieur)\b[\s,.!:–-]*(?:(?:et|à tous)\b[\s,.!]*)?)+",
    re.IGNORECASE,
)
_REQUEST = sa.table('support_request', sa.column('id'), sa.column('subject'), sa.column('need'))


def _first_words(need):
    words = _GREETING.sub("", " ".join(need.split()))
    first = re.split(r"(?<=[.!?…])\s+(?=\S)", words)[0]
    if len(first) > LONGEST:
        first = f"{first[:LONGEST].rsplit(' ', 1)[0].rstrip(' ,;:–-')}…"
    return first[:1].upper() + first[1:].rstrip(".")


def _fill():
    last, connection = 0, op.get_bind()
    name = sa.update(_REQUEST).where(_REQUEST.c.id == sa.bindparam('key')).values(subject=sa.bindparam('words'))
    while True:
        some = sa.select(_REQUEST).where(_REQUEST.c.id > last, _REQUEST.c.need != '')
        rows = connection.execute(some.order_by(_REQUEST.c.id).limit(BATCH)).mappings().all()
        if not rows:
            return
        connection.execute(name, [{'key': row['id'], 'words': _first_words(row['need'])} for row in rows])
        last = rows[-1]['id']


def upgrade() -> None:
    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('subject', sa.String(length=90), nullable=False, server_default=''))
    _fill()
    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.alter_column('subject', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('support_request', schema=None) as batch_op:
        batch_op.drop_column('subject')
