"""The dated lines of an organisation: stages it reached, recognitions it got, absences it says."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Actor
from portal.db import db
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations import rules, service
from portal.organisations.models import Organisation, OrganisationAbsence, Pole, Recognition, StageChange
from portal.organisations.rules import RecognitionKind, Stage
from portal.refusals import Conflict, Invalid, NotFound
from portal.web.templating import day

T = TypeVar("T", StageChange, Recognition, OrganisationAbsence)


def record_stage(actor: Actor, pole_id: int, stage: Stage, since: date, line_id: int | None = None) -> Pole:
    """A pole reached a stage on a day; `line_id`: the line of its history that is corrected."""
    pole = _pole(actor, pole_id)
    _require_possible(since)
    before = _stages(pole)
    keep_unwritten_stage(pole, unless=since)
    line = StageChange() if line_id is None else _line(pole.stage_changes, line_id)
    if any(change.since == since for change in pole.stage_changes if change is not line):
        raise Invalid("since", _l("A stage is already recorded on this day: correct that line instead."))
    line.stage, line.since = stage, since
    if line_id is None:
        pole.stage_changes.append(line)
    settle_stage(pole)
    _record(pole, "stages", before, _stages(pole))
    return pole


def remove_stage(actor: Actor, pole_id: int, line_id: int) -> Pole:
    """Take a wrong line out of the history of a pole."""
    pole = _pole(actor, pole_id)
    before = _stages(pole)
    pole.stage_changes.remove(_line(pole.stage_changes, line_id))
    settle_stage(pole)
    _record(pole, "stages", before, _stages(pole))
    return pole


def settle_stage(pole: Pole, otherwise: Stage | None = None) -> None:
    """Write the stage of a pole, that of its last line: the only place that does. `otherwise`: without any line."""
    last = max(pole.stage_changes, key=lambda change: change.since, default=None)
    pole.stage = last.stage if last else otherwise
    pole.stage_since = last.since if last else None


def keep_unwritten_stage(pole: Pole, unless: date | None = None) -> None:
    """A stage that was said with its date before there were lines becomes the first one; `unless` it began that day.

    Without a date there is no line to make of it: the journal keeps it.
    """
    if pole.stage and pole.stage_since and not pole.stage_changes and pole.stage_since != unless:
        pole.stage_changes.append(StageChange(stage=pole.stage, since=pole.stage_since))


def recognise(actor: Actor, pole_id: int, kind: RecognitionKind, year: int | None, proof: str | None) -> Pole:
    """Add a recognition and what proves it. Invalid("kind") where it is there already."""
    pole = _pole(actor, pole_id, Permission.RECOGNITION_EDIT)
    if any(recognition.kind is kind and recognition.year == year for recognition in pole.recognitions):
        raise Invalid("kind", _l("This recognition is already there, with this year."))
    before = _recognitions(pole)
    pole.recognitions.append(Recognition(kind=kind, year=year, proof=proof or None))
    _record(pole, "recognitions", before, _recognitions(pole))
    return pole


def remove_recognition(actor: Actor, pole_id: int, line_id: int) -> Pole:
    """Take away a recognition that was not one."""
    pole = _pole(actor, pole_id, Permission.RECOGNITION_EDIT)
    before = _recognitions(pole)
    pole.recognitions.remove(_line(pole.recognitions, line_id))
    _record(pole, "recognitions", before, _recognitions(pole))
    return pole


def announce_absence(
    actor: Actor, organisation_id: int, starts_on: date, ends_on: date, reason: str | None
) -> Organisation:
    """Days, both included, when an organisation takes no new request."""
    organisation = service.begin(actor, organisation_id)
    if organisation.kind not in rules.KINDS_WITH_ABSENCES:
        raise NotFound
    for absence in organisation.absences:
        if absence.starts_on <= ends_on and starts_on <= absence.ends_on:
            days = {"first": day(absence.starts_on), "last": day(absence.ends_on)}
            raise Invalid(
                "starts_on",
                _("You are already absent from %(first)s to %(last)s: remove that line first.", **days),
            )
    before = _absences(organisation)
    organisation.absences.append(
        OrganisationAbsence(starts_on=starts_on, ends_on=ends_on, reason=reason or None)
    )
    _record(organisation, "absences", before, _absences(organisation))
    return organisation


def remove_absence(actor: Actor, organisation_id: int, line_id: int) -> Organisation:
    """Back earlier, or never gone. Conflict for an absence that is over: requests were routed by it."""
    organisation = service.begin(actor, organisation_id)
    line = _line(organisation.absences, line_id)
    if line.ends_on < clock.today():
        raise Conflict
    before = _absences(organisation)
    organisation.absences.remove(line)
    _record(organisation, "absences", before, _absences(organisation))
    return organisation


def _pole(actor: Actor, pole_id: int, right: Permission = Permission.ORGANISATION_EDIT) -> Pole:
    pole = service.begin(actor, pole_id, right)
    if not isinstance(pole, Pole):
        raise NotFound
    return pole


def _require_possible(since: date) -> None:
    if since > clock.today():
        raise Invalid("since", _l("This day is still to come: record the stage once it is reached."))
    if since < rules.EARLIEST_STAGE:
        raise Invalid("since", _l("This day is before 2000: check the year."))


def _line(lines: Sequence[T], line_id: int) -> T:
    stage_change = next((line for line in lines if line.id == line_id), None)
    if stage_change is None:
        raise NotFound
    return stage_change


def _stages(pole: Pole) -> list[str]:
    lines = sorted(pole.stage_changes, key=lambda change: change.since)
    return [f"{line.since} {line.stage}" for line in lines] or ([str(pole.stage)] if pole.stage else [])


def _recognitions(pole: Pole) -> list[str]:
    return sorted(
        " ".join(filter(None, (recognition.kind, str(recognition.year or ""), recognition.proof)))
        for recognition in pole.recognitions
    )


def _absences(organisation: Organisation) -> list[str]:
    return sorted(f"{absence.starts_on} – {absence.ends_on}" for absence in organisation.absences)


def _record(organisation: Organisation, fact: str, before: Any, after: Any) -> None:
    db.session.flush()
    journal.record(
        Act.CHANGED,
        Subject.ORGANISATION,
        organisation.id,
        organisation.name,
        before={fact: before},
        after={fact: after},
    )
