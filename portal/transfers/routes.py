"""Imports and exports of the national cell, as CSV files."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Permission, allows
from portal.db import transaction
from portal.refusals import Invalid, NotFound
from portal.territories.reference import REGIONS
from portal.transfers import queries, rules, service, words
from portal.transfers.forms import ExportForm, ImportForm
from portal.transfers.models import Transfer
from portal.transfers.rules import Outcome, TransferKind
from portal.transfers.service import Result
from portal.transfers.table.service import COLUMNS
from portal.transfers.table.service import template as template_lines
from portal.web import current, flash, kept
from portal.web.blueprint import GuardedBlueprint
from portal.web.downloads import spreadsheet
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("transfers", __name__, url_prefix="/transferts")
_KIND = f"<any({','.join(words.KINDS_BY_PATH)}):path>"
_OUTCOMES = {path: outcome for outcome, path in words.OUTCOME_PATHS.items()}


@bp.url_value_preprocessor
def _let_files_in(endpoint: str | None, values: object) -> None:
    """Files to import may be larger than what other pages take, from whoever may import."""
    if endpoint == "transfers.bring" and allows(current.actor_or_none(), Permission.TRANSFER_RUN):
        request.max_content_length = current_app.config["LARGEST_IMPORT"]


@bp.get("", access=Permission.TRANSFER_RUN)
def index() -> ResponseReturnValue:
    """What can be imported and exported, and the files that wait."""
    return _index(ExportForm(None))


def _index(form: ExportForm) -> str:
    return render_template(
        "transfers/index.html",
        form=form,
        waiting=queries.waiting(current.actor().person_id),
        words=words,
    )


@bp.route(f"/imports/{_KIND}", methods=["GET", "POST"], access=Permission.TRANSFER_RUN)
def bring(path: str) -> ResponseReturnValue:
    """Choose a file; what it would do is shown next, and nothing is changed yet."""
    form = ImportForm()
    if form.submitted():
        try:
            transfer_id = _look(words.KINDS_BY_PATH[path], form)
        except rules.Unreadable as problem:
            form.refuse(Invalid("file", words.flaw(problem)))
        else:
            return redirect(url_for(".report", transfer_id=transfer_id))
    page = render_template(
        "transfers/bring.html",
        form=form,
        kind=words.KINDS_BY_PATH[path],
        path=path,
        columns=COLUMNS[words.KINDS_BY_PATH[path]],
        words=words,
    )
    return page, 422 if form.errors else 200


def _look(kind: TransferKind, form: ImportForm) -> int:
    with closing(form.file.data) as brought:
        content, name = brought.read(), brought.filename
    lines = service.look(kind, content)
    with transaction():
        return service.keep(current.actor(), kind, name, content, lines).id


def _mine(transfer_id: int) -> Transfer:
    transfer = queries.mine(current.actor().person_id, transfer_id)
    if transfer is None:
        raise NotFound
    return transfer


@bp.get("/<int:transfer_id>", access=Permission.TRANSFER_RUN)
def report(transfer_id: int) -> ResponseReturnValue:
    """What my file would do, line by line, errors first."""
    return _report_page(_mine(transfer_id))


def _report_page(transfer: Transfer, *, outdated: bool = False) -> str:
    outcome = _OUTCOMES.get(request.args.get("lignes", ""))
    return render_template(
        "transfers/report.html",
        transfer=transfer,
        outdated=outdated,
        page=keyset_page(queries.report(transfer.id, outcome)),
        folders=[
            _folder(transfer, which, outcome)
            for which in (None, *Outcome)
            if which is None or transfer.count(which)
        ],
        words=words,
    )


def _folder(transfer: Transfer, outcome: Outcome | None, shown: Outcome | None) -> dict[str, Any]:
    """A choice of lines, as the navigation shows it."""
    return {
        "label": words.OUTCOMES[outcome] if outcome else _("All the lines"),
        "url": url_for(".report", transfer_id=transfer.id, lignes=outcome and words.OUTCOME_PATHS[outcome]),
        "count": transfer.count(outcome) if outcome else transfer.lines,
        "current": outcome is shown,
    }


@bp.post("/<int:transfer_id>/rapport.csv", access=Permission.TRANSFER_RUN, fresh=True)
def download_report(transfer_id: int) -> ResponseReturnValue:
    """The whole report for a spreadsheet; it holds what the file held, people included."""
    transfer = _mine(transfer_id)
    return spreadsheet(f"rapport-{transfer.id}.csv", _report_rows(transfer.id))


def _report_rows(transfer_id: int) -> Iterator[Sequence[str]]:
    yield words.report_heads()
    for line in queries.all_lines(transfer_id):
        told = [*line.problems, *(words.change(*change) for change in line.changes)]
        yield [str(line.number), line.name, str(words.OUTCOMES[line.outcome]), "\n".join(told)]


@bp.post("/<int:transfer_id>/importer", access=Permission.TRANSFER_RUN, fresh=True)
def apply(transfer_id: int) -> ResponseReturnValue:
    """Import all of it, if it still does what the report says."""
    if kept.is_resuming():
        return redirect(url_for(".report", transfer_id=transfer_id))
    actor, seen = current.actor(), request.form.get("seen", "")
    prepared = service.prepare(actor, transfer_id)
    with transaction():
        result = service.apply(actor, transfer_id, seen, prepared)
    if result is Result.OUTDATED:
        return _report_page(_mine(transfer_id), outdated=True), 409
    flash.success(_("The file is imported."))
    return redirect(url_for(".report", transfer_id=transfer_id))


@bp.post("/<int:transfer_id>/abandonner", access=Permission.TRANSFER_RUN)
def discard(transfer_id: int) -> ResponseReturnValue:
    """Forget my file."""
    with transaction():
        service.discard(current.actor(), transfer_id)
    flash.success(_("The file is forgotten: nothing was imported."))
    return redirect(url_for(".index"))


@bp.get(f"/modeles/{_KIND}.csv", access=Permission.TRANSFER_RUN)
def template(path: str) -> ResponseReturnValue:
    """The columns of a file, with a line of example."""
    return spreadsheet(f"modele-{path}.csv", template_lines(words.KINDS_BY_PATH[path]))


@bp.post("/export.csv", access=Permission.TRANSFER_RUN, fresh=True)
def export() -> ResponseReturnValue:
    """What the portal holds, in the columns of the import; noted in the journal."""
    form = ExportForm(request.form)
    if kept.is_resuming():
        return _index(form)
    region = form.code("region", REGIONS)
    parts = (words.PATHS[form.kind], region, clock.today().isoformat())
    name = "-".join(filter(None, parts)) + ".csv"
    with transaction():
        service.note_export(form.kind, region, name)
    return spreadsheet(name, service.export(form.kind, region))
