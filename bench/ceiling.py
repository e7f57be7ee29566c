"""The least that a signed-in page with rows can cost here: Flask-Login, one indexed query, one small template.

No product: no layout, translation, rights or audit. `gunicorn bench.ceiling:app`, with DATABASE_URL and SECRET_KEY.
"""

import os
from typing import Any

from flask import Flask, render_template_string
from flask_login import LoginManager, UserMixin, login_required
from sqlalchemy import create_engine, select

from portal.accounts.models import Person
from portal.organisations.models import Pole
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState

PAGE = """<!doctype html><html lang="fr"><head><title>{% block title %}Demandes{% endblock %}</title></head><body>
<table>{% for row in rows %}
<tr><th><a href="{{ url_for('show', reference=row.reference) }}">{{ row.reference }}</a></th>
<td>{{ row.state }}</td><td>{{ row.name }}</td><td>{{ row.submitted_at }}</td></tr>{% endfor %}
</table></body></html>"""

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY")
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite://"), isolation_level="AUTOCOMMIT")
login = LoginManager(app)

_person, _pole, _request = Person.__table__, Pole.__table__, SupportRequest.__table__
_ROWS = (
    select(_request.c.reference, _request.c.state, _request.c.submitted_at, _pole.c.name)
    .join(_pole, _pole.c.id == _request.c.pole_id)
    .order_by(_request.c.id)
)


class _User(UserMixin):
    def __init__(self, row: Any) -> None:
        self.id = row.fs_uniquifier


@login.user_loader  # type: ignore[untyped-decorator]  # Flask-Login's
def load(key: str) -> _User | None:
    with engine.connect() as connection:
        row = connection.execute(select(_person).where(_person.c.fs_uniquifier == key)).first()
    return _User(row) if row else None


def _page(statement: Any) -> str:
    with engine.connect() as connection:
        return render_template_string(PAGE, rows=connection.execute(statement).all())


@app.get("/demandes")
@login_required  # type: ignore[untyped-decorator]  # Flask-Login's
def index() -> str:
    return _page(_ROWS.where(_request.c.state == RequestState.TO_ROUTE).limit(25))


@app.get("/demandes/<reference>")
@login_required  # type: ignore[untyped-decorator]  # Flask-Login's
def show(reference: str) -> str:
    return _page(_ROWS.where(_request.c.reference == reference))
