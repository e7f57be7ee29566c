"""Each measure of an act in words: a pole reads what it received, a partner what it spent as well, a cell what each
did."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.access.roles import Actor
from portal.catalogue.rules import Beside
from portal.interventions.measures import rules
from portal.interventions.steps import InterventionState
from portal.web import durations

_RECEIVED, _SPENT = _l("Support received"), _l("Time spent")


Lines = Sequence[tuple[str, str]]


def of_act(act: Any, reader: Actor) -> Lines:
    """What an act that is done counts for, a line for each measure."""
    if act.state is not InterventionState.DONE:
        return []
    lines = [(str(_RECEIVED), _received(act.minutes, _poles(act, reader)))]
    lines += [(_label(share, reader), _spent(act.minutes, share)) for share in shares(act, reader)]
    return lines


def of_acts(acts: Iterable[Any], reader: Actor) -> Lines:
    """The same of all that is done among some."""
    done = [act for act in acts if act.state is InterventionState.DONE]
    spent: dict[str, int] = {}
    for act in done:
        for share in shares(act, reader):
            label = _label(share, reader)
            spent[label] = spent.get(label, 0) + rules.spent(act.minutes, share)
    if not done:
        return []
    received = sum(rules.received(act.minutes, _poles(act, reader)) for act in done)
    lines = [(str(_RECEIVED), durations.days(received))]
    return lines + [(label, durations.days(minutes)) for label, minutes in spent.items()]


def of_gathering(act: Any) -> Lines:
    """The same of one that is of no request, as its partner reads it: every pole is among those that it serves."""
    [share] = act.contributions
    lengths = [rules.served(act.minutes, each.minutes) for each in act.also_served]
    received = [(str(_RECEIVED), _received_each(lengths))] if any(lengths) else []
    return [*received, (str(_SPENT), _spent(act.minutes, share))]


def minutes_of(act: Any, reader: Actor) -> tuple[int, int]:
    """Support received and time spent, in minutes, of what its reader reads of an act; 0 and 0 where it is not done."""
    if act.state is not InterventionState.DONE:
        return 0, 0
    spent = sum(rules.spent(act.minutes, share) for share in shares(act, reader))
    return rules.received(act.minutes, _poles(act, reader)), spent


def _poles(act: Any, reader: Actor) -> int:
    """A pole reads of itself alone."""
    return 1 if reader.is_pole else act.poles


def shares(act: Any, reader: Actor) -> Sequence[Any]:
    """What one may read of the time that partners give."""
    if reader.is_pole:
        return []
    own = (share for share in act.contributions if share.assignment.partner_id == reader.organisation_id)
    return [*own] if reader.is_partner else act.contributions


def _label(share: Any, reader: Actor) -> str:
    if reader.is_partner:
        return str(_SPENT)
    return _("Time spent by %(partner)s", partner=share.assignment.partner.name)


def _received(minutes: int, poles: int) -> str:
    return _received_each([minutes] * poles)


def _received_each(lengths: Sequence[int]) -> str:
    """2 poles × 3 h + 1 pole × 1 h = 7 h (1 day); what counts nothing is left out."""
    of_each = Counter(sorted(filter(None, lengths), reverse=True))
    total = durations.days(sum(lengths))
    if of_each.total() == 1:
        return total
    parts = (_poles_each(poles, minutes) for minutes, poles in of_each.items())
    return f"{' + '.join(parts)} = {total}"


def _poles_each(poles: int, minutes: int) -> str:
    many = ngettext("%(num)s pole", "%(num)s poles", poles)
    return f"{many} × {durations.length(minutes)}"


def _spent(minutes: int, share: Any) -> str:
    """2 people × 3 h + preparation 1 h = 7 h (1 day)."""
    total = durations.days(rules.spent(minutes, share))
    people = ngettext("%(num)s person", "%(num)s people", share.practitioners)
    parts = [f"{people} × {durations.length(minutes)}"]
    beside = ((label, getattr(share, name)) for name, label in BESIDE.items())
    parts += [f"{label} {durations.length(length)}" for label, length in beside if length]
    return f"{' + '.join(parts)} = {total}" if len(parts) > 1 or share.practitioners != 1 else total


BESIDE = {Beside.PREPARATION: _l("preparation"), Beside.TRAVEL: _l("travel"), Beside.WRITE_UP: _l("write-up")}
