"""What an agenda is limited to, read from the address."""

from collections.abc import Set
from datetime import date

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import DateField
from wtforms.validators import Optional

from portal.access.roles import Actor
from portal.agenda import rules, words
from portal.agenda.queries import Limits
from portal.agenda.rules import Days, View
from portal.calendars import words as calendars
from portal.calendars.feeds.queries import WITH_DATES
from portal.calendars.rules import Scope
from portal.interventions.rules import Flag
from portal.interventions.steps import InterventionState
from portal.interventions.words import STATES
from portal.web.filters import FilterForm, choice_field, word_field
from portal.web.forms import choices


class AgendaForm(FilterForm):
    """What cannot be understood is said on its field; the days of this month are shown then."""

    qui = choice_field(_l("Whose dates"), (), "")
    etat = word_field(
        _l("State"), {state: tag.label for state, tag in STATES.items()}, _l("All but cancelled ones")
    )
    signalees = choice_field(_l("Flags"), (), "")
    de = DateField(_l("First day"), validators=[Optional()])
    a = DateField(_l("Last day"), validators=[Optional()])

    def __init__(self, formdata: MultiDict[str, str], view: View, actor: Actor, today: date) -> None:
        super().__init__(formdata)
        usual = rules.month_of(today)
        if actor.role in WITH_DATES:
            self.qui.choices = choices(
                [
                    ("", calendars.scope_label(Scope.TEAM, actor)),
                    (Scope.MINE, calendars.scope_label(Scope.MINE, actor)),
                ]
            )
        else:
            del self.qui
        if actor.is_pole:
            del self.signalees
        else:
            self.signalees.choices = choices(words.flags_offered())
        if view is View.LIST:
            self.days = self._days(usual, today)
        else:
            del self.de, self.a

    @property
    def scope(self) -> Scope:
        return Scope.MINE if "qui" in self and self.qui.data == Scope.MINE else Scope.TEAM

    @property
    def state(self) -> InterventionState | None:
        return self.chosen("etat", InterventionState)

    @property
    def limits(self) -> Limits:
        return Limits(self.scope, self.state, self._flags())

    def _flags(self) -> Set[Flag] | None:
        if "signalees" not in self:
            return None
        flag = self.chosen("signalees", Flag)
        return {flag} if flag else frozenset(Flag) if self.signalees.data == words.ANY else None

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self)

    def _days(self, usual: Days, today: date) -> Days:
        for field in (self.de, self.a):
            if field.process_errors or (field.data and not rules.in_reach(field.data, today)):
                field.errors = [words.NOT_A_DAY]
        first, last = self.de.data or usual.first, self.a.data or usual.last
        if not self.has_errors and last < first:
            self.a.errors = [words.TURNED]
        elif not self.has_errors and last - first > rules.LONGEST:
            self.a.errors = [words.TOO_LONG]
        if self.has_errors:
            return usual
        self.de.data, self.a.data = first, last
        return Days(first, last)
