"""The journal, as the national cell reads and downloads it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Permission
from portal.db import transaction
from portal.feature import features
from portal.journal import queries, service, words
from portal.journal.forms import JournalForm
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Filters, Page, Subject
from portal.web.addresses import with_this_query
from portal.web.blueprint import GuardedBlueprint
from portal.web.downloads import spreadsheet
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("journal", __name__, url_prefix="/journal")


def _page(subject: Subject) -> Page | None:
    pages = (feature.journal_pages for feature in features())
    return next((known[subject] for known in pages if subject in known), None)


def _related(filters: Filters) -> queries.Related:
    """What else belongs to the history of the subject asked for."""
    page = _page(filters.subject) if filters.subject else None
    return page.related(filters.subject_id) if page and filters.subject_id is not None else {}


def _link(entry: JournalEntry) -> str | None:
    """The page of what an entry is about, where there is one."""
    page = _page(entry.subject)
    if page is None or entry.subject_id is None:
        return None
    values: Mapping[str, Any] = {page.argument: entry.subject_id}
    return url_for(page.endpoint, **values)


def _whose(filters: Filters) -> str | None:
    """Whose history or acts are shown, where the list is limited to one."""
    if filters.subject and filters.subject_id is not None:
        return queries.last_name_of(filters.subject, filters.subject_id) or _("an unknown record")
    if filters.actor_id is not None:
        return queries.last_name_of_actor(filters.actor_id) or _("an unknown person")
    return None


@bp.get("", access=Permission.JOURNAL_READ)
def index() -> ResponseReturnValue:
    """Changes to people, rights and organisations, newest first."""
    form = JournalForm(request.args)
    filters = form.filters()
    return render_template(
        "journal/index.html",
        form=form,
        filters=filters,
        filtered=filters != Filters(),
        whose=_whose(filters),
        page=keyset_page(queries.entries(filters, _related(filters))),
        export_url=with_this_query(url_for(".export"), without="page"),
        link=_link,
        words=words,
    )


@bp.post("/export.csv", access=Permission.JOURNAL_READ, fresh=True)
def export() -> ResponseReturnValue:
    """The entries that match, for a spreadsheet; a post, since the journal remembers who took them away."""
    form = JournalForm(request.args)
    filters = form.filters()
    if form.has_errors:
        return redirect(with_this_query(url_for(".index")))
    with transaction():
        asked = {name: value for name, value in request.args.items() if value and name != "page"}
        service.record(Act.EXPORTED, Subject.TRANSFER, None, _("Journal"), after=asked)
    return spreadsheet(f"journal-{clock.today()}.csv", _rows(filters))


def _rows(filters: Filters) -> Iterator[Sequence[str]]:
    yield [
        _("When"),
        _("Who"),
        _("Organisation"),
        _("From where"),
        _("What happened"),
        _("About"),
        _("Name"),
        _("Before and after"),
    ]
    for entry in queries.each(filters, _related(filters)):
        yield [
            clock.local(entry.at).strftime("%Y-%m-%d %H:%M:%S"),
            words.who(entry),
            entry.actor_organisation or "",
            entry.address or "",
            words.act_label(entry.act),
            str(words.SUBJECTS[entry.subject]),
            words.name(entry),
            " | ".join(words.as_text(change) for change in words.in_words(entry)),
        ]
