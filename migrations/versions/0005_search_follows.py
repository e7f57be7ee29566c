"""Search follows what it was made from"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BATCH = 500
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def _rows(table, *columns):
    """Every row, a few hundred at a time, by number."""
    last, connection = 0, op.get_bind()
    of_table = sa.table(table, *(sa.column(name) for name in ("id", *columns)))
    while True:
        wanted = sa.select(of_table).where(of_table.c.id > last).order_by(of_table.c.id).limit(BATCH)
        found = connection.execute(wanted).mappings().all()
        if not found:
            return
        yield from found
        last = found[-1]["id"]


def _write(table, row, **keys):
    of_table = sa.table(table, *(sa.column(name) for name in ("id", *keys)))
    op.get_bind().execute(sa.update(of_table).where(of_table.c.id == row["id"]).values(**keys))


def _key(text):
    """What is searched, as it is typed without accents: what shows nothing is left out."""
    spaced = unicodedata.normalize("NFKC", re.sub(r"\s", " ", text))
    letters = unicodedata.normalize("NFKD", re.sub("[\u02b9\u02bb\u02bc\u02c8\ua78c]", "'", spaced).casefold())
    plain = "".join(one for one in letters if unicodedata.category(one)[0] != "M")
    shown = "".join(one for one in plain if unicodedata.category(one) not in {"Cf", "Cc"})
    return re.sub(r"[\W_]+", " ", shown.translate(_LETTERS).casefold()).strip()


def _joined(row, *columns):
    return _key(" ".join(row[name] or "" for name in columns))


def _fill_keys():
    """Keys as the portal makes them from here on."""
    for row in _rows("service", "name", "name_en"):
        _write("service", row, name_key=_joined(row, "name"), names_key=_joined(row, "name", "name_en"))
    for row in _rows("organisation", "name", "town"):
        town_key = _joined(row, "town") if row["town"] else None
        _write("organisation", row, name_key=_joined(row, "name"), town_key=town_key)
    for row in _rows("person", "given_name", "family_name"):
        _write("person", row, name_key=_joined(row, "family_name", "given_name")[:170])
    for row in _rows("support_request", "reference", "need"):
        _write("support_request", row, search_text=_joined(row, "reference", "need"))
    for row in _rows("journal_entry", "subject_name", "actor_name", "actor_organisation"):
        names = _joined(row, "subject_name", "actor_name", "actor_organisation")
        _write("journal_entry", row, search_text=names[:700])


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.add_column(sa.Column("town_key", sa.String(length=120), nullable=True))
    with op.batch_alter_table("service") as batch_op:
        batch_op.add_column(sa.Column("names_key", sa.String(length=360), nullable=False, server_default=""))
        batch_op.drop_column("usual_days")
    _fill_keys()
    with op.batch_alter_table("service") as batch_op:
        batch_op.alter_column("names_key", server_default=None)


def downgrade() -> None:
    """Requests are again found by their pole and service, as they are called now."""
    with op.batch_alter_table("service") as batch_op:
        batch_op.add_column(sa.Column("usual_days", sa.Integer(), nullable=False, server_default="5"))
        batch_op.drop_column("names_key")
    with op.batch_alter_table("organisation") as batch_op:
        batch_op.drop_column("town_key")
    with op.batch_alter_table("service") as batch_op:
        batch_op.alter_column("usual_days", server_default=None)
    _name_requests()


def _name_requests():
    names = {row["id"]: row["name_key"] for row in _rows("organisation", "name_key")}
    services = {row["id"]: row["name_key"] for row in _rows("service", "name_key")}
    for row in _rows("support_request", "search_text", "pole_id", "service_id"):
        said = (row["search_text"], names[row["pole_id"]], services.get(row["service_id"], ""))
        _write("support_request", row, search_text=" ".join(filter(None, said)))
