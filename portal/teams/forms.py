"""Forms about who belongs to an organisation."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    EmailField,
    Field,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.access.roles import Role
from portal.accounts import rules as accounts
from portal.accounts.models import Membership, Person
from portal.accounts.words import ROLES, what_a_role_may
from portal.teams.words import member_label
from portal.web.forms import PortalForm, an_email, at_most, choices, number_or_none, required
from portal.web.languages import LANGUAGES


def _name(label: Any, autocomplete: str, needed: Any) -> StringField:
    return StringField(
        label,
        validators=[required(needed), at_most(80)],
        render_kw={"autocomplete": autocomplete},
    )


def _offer_roles(field: RadioField, roles: Collection[Role]) -> None:
    """Each role with what it may do; the only one is chosen already."""
    field.choices = [
        SelectChoice(str(role), ROLES[role], render_kw={"data-hint": what_a_role_may(role)})
        for role in ROLES
        if role in roles
    ]
    if len(roles) == 1 and not field.data:
        field.data = str(*roles)


class InviteForm(PortalForm):
    """Whom to invite, to do what."""

    email = EmailField(
        _l("E-mail address"),
        validators=[
            required(_l("Type their e-mail address.")),
            Length(max=254, message=_l("This address is too long.")),
            an_email,
        ],
        description=_l("Their own, not one that several people read: the link works for this address only."),
        render_kw={"autocomplete": "off"},
    )
    given_name = _name(_l("Given name"), "off", _l("Type their given name."))
    family_name = _name(_l("Family name"), "off", _l("Type their family name."))
    role = RadioField(_l("Role"), validators=[required(_l("Choose a role."))])
    language = SelectField(_l("Language of the e-mail"), choices=choices(LANGUAGES.items()), default="fr")

    def offer(self, roles: Collection[Role]) -> None:
        """Let one choose among the roles of the organisation."""
        _offer_roles(self.role, roles)


class AcceptForm(PortalForm):
    """How a guest is called, and the passphrase of their new account."""

    given_name = _name(_l("Given name"), "given-name", _l("Type your given name."))
    family_name = _name(_l("Family name"), "family-name", _l("Type your family name."))
    password = PasswordField(
        _l("Choose a password"),
        description=_l(
            "At least %(count)d characters. A few ordinary words make a good one.",
            count=accounts.SHORTEST_PASSPHRASE,
        ),
        validators=[InputRequired(_l("Type a new password."))],
        render_kw={"autocomplete": "new-password"},
    )
    password_confirm = PasswordField(
        _l("The same password, again"),
        validators=[
            InputRequired(_l("Type the new password again.")),
            EqualTo("password", _l("The two passwords differ.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def validate_password(self, field: Field) -> None:
        """The rule of every passphrase here."""
        owner = Person(
            email=self._email,
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
        )
        rule = current_app.extensions["security"].password_util
        problems, _written = rule.validate(field.data or "", is_register=True, user=owner)
        if problems:
            raise ValidationError(problems[0])


class RoleForm(PortalForm):
    """What a member does from now on."""

    role = RadioField(_l("Role"), validators=[required(_l("Choose a role."))])

    def offer(self, roles: Collection[Role]) -> None:
        """Let one choose among the roles of the organisation."""
        _offer_roles(self.role, roles)


class LeaveForm(PortalForm):
    """Who takes over, where there is open work and somebody to take it."""

    to_id = SelectField(
        _l("Who takes over the open work?"),
        coerce=number_or_none,
        validators=[required(_l("Choose who takes over the open work."))],
    )

    def offer(self, colleagues: Sequence[Membership]) -> None:
        """Let one choose among the colleagues; asks nothing where there are none."""
        if not colleagues:
            del self.to_id
            return
        self.to_id.choices = choices(
            (colleague.person_id, member_label(colleague)) for colleague in colleagues
        )

    def chosen(self) -> int | None:
        """The colleague, None where none was asked for."""
        return self.to_id.data if "to_id" in self else None


class AbsenceForm(PortalForm):
    """Days away, both included, and who stands in."""

    starts_on = DateField(_l("First day away"), validators=[required(_l("Type the first day away."))])
    ends_on = DateField(_l("Last day away"), validators=[required(_l("Type the last day away."))])
    substitute_id = SelectField(
        _l("Who stands in?"),
        coerce=number_or_none,
        default=0,
        description=_l("They get the e-mails meanwhile, and see the open requests marked in their inbox."),
    )

    def offer(self, colleagues: Sequence[Membership]) -> None:
        """Let one choose among those who can do the work, or nobody in particular."""
        nobody = (0, _l("Nobody in particular: the e-mails also go to the rest of the team"))
        self.substitute_id.choices = choices(
            [nobody, *((colleague.person_id, member_label(colleague)) for colleague in colleagues)]
        )


class ReviewForm(PortalForm):
    """Who no longer belongs; everybody else is confirmed."""

    ended_ids = SelectMultipleField(
        _l("Who no longer belongs here?"),
        coerce=int,
        description=_l("Tick nobody if everybody still does."),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def offer(self, people: Sequence[Membership]) -> None:
        """Let one choose among the members; asks nothing where there are none."""
        if not people:
            del self.ended_ids
            return
        self.ended_ids.choices = choices((member.id, member_label(member)) for member in people)

    def chosen(self) -> Sequence[int]:
        """The memberships to end."""
        return (self.ended_ids.data or []) if "ended_ids" in self else []
