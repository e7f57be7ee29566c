"""What applicants and cells say. Nothing is needed to save a part of the form; sending asks for what is marked."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.applications import rules, words
from portal.applications.rules import Section
from portal.applications.steps import State
from portal.files import service as files
from portal.files.contents.rules import ENDINGS
from portal.organisations.facts.forms import field_of
from portal.organisations.facts.rules import FACT
from portal.organisations.rules import Sector, typed_rna, typed_siret
from portal.organisations.words import SECTORS
from portal.territories.forms import commune_field
from portal.territories.reference import REGIONS
from portal.web.filters import FilterForm, choice_field, word_field
from portal.web.forms import (
    LONG_TEXT,
    SEEN_BY_ALL,
    SHORT_TEXT,
    PortalForm,
    an_email,
    at_most,
    choices,
    required,
)


class NeededToSend:
    """Marks a field as needed; a draft may leave it empty, sending may not."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: PortalForm, field: Field) -> None:
        """Nothing to check before sending."""


def _checks(*, needed: bool, length: int) -> list[Any]:
    return [NeededToSend() if needed else Optional(), at_most(length)]


def text(
    label: Any,
    hint: Any = "",
    *,
    needed: bool = True,
    length: int = LONG_TEXT,
    seen: Mapping[str, Any] = MappingProxyType({}),
    **shown: Any,
) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        validators=_checks(needed=needed, length=length),
        render_kw={**seen, **shown} or None,
    )


def line(
    label: Any,
    hint: Any = "",
    *,
    needed: bool = True,
    length: int = SHORT_TEXT,
    seen: Mapping[str, Any] = MappingProxyType({}),
    **shown: Any,
) -> StringField:
    return StringField(
        label,
        description=hint,
        validators=_checks(needed=needed, length=length),
        render_kw={**seen, **shown} or None,
    )


def _message(label: Any, needed: Any, hint: Any = "") -> TextAreaField:
    """A text without which the form is not sent."""
    return TextAreaField(label, description=hint, validators=[required(needed), at_most(LONG_TEXT)])


def project_name(
    label: Any, hint: Any = "", seen: Mapping[str, Any] = MappingProxyType({}), **shown: Any
) -> StringField:
    needed = required(_l("Give your project a name."))
    return StringField(
        label,
        description=hint,
        validators=[needed, at_most(FACT["name"].limit)],
        render_kw={**seen, **shown} or None,
    )


def email_field(label: Any, hint: Any = "", *, needed: bool = False) -> EmailField:
    need = required(_l("Type your e-mail address.")) if needed else NeededToSend()
    return EmailField(label, description=hint, validators=[need, at_most(254), an_email])


LATE = "oui"


class BeginForm(PortalForm):
    email = email_field(
        _l("Your e-mail address"), _l("We send you a link there, to write in several visits."), needed=True
    )
    name = project_name(_l("Name of the project"), _l("A working name will do: you can change it."))


class LostLinkForm(PortalForm):
    email = email_field(_l("The e-mail address you applied with"), needed=True)


class ProjectForm(PortalForm):
    name = project_name(_l("Name of the pole"), seen=SEEN_BY_ALL)
    purpose = text(
        _l("What do you want to do together?"),
        _l("The economic project you share, in plain words: what you make, sell, repair, teach, open…"),
    )
    audience = text(
        _l("For whom?"), _l("Who gains from it on your territory, and how you know they need it.")
    )
    reason = text(_l("Why a PTCE?"), _l("What you can do together that none of you could alone."))
    stage = RadioField(
        _l("Where are you now?"),
        choices=choices((stage.value, label) for stage, (label, _hint) in words.STAGES.items()),
        validators=[NeededToSend(), Optional()],
        render_kw=dict(SEEN_BY_ALL),
    )
    progress = text(
        _l("What has been done already?"), _l("Meetings, first actions, jobs, funding."), needed=False
    )
    expectations = text(
        _l("What do you expect from the support bundle?"), _l("What would help you most this year.")
    )

    def values(self) -> dict[str, Any]:
        """The columns that the form writes."""
        texts = ("name", "purpose", "audience", "reason", "progress", "expectations")
        return {**{name: self[name].data or "" for name in texts}, "stage": self.stage.data or None}


class TerritoryForm(PortalForm):
    commune_code = commune_field(
        _l("Town"),
        description=_l("Where the pole is, mainly. Its name or its postcode, for instance Pornic or 44210."),
        validators=[NeededToSend()],
        seen=SEEN_BY_ALL,
    )
    sectors = SelectMultipleField(
        _l("Sectors"),
        choices=choices((sector.value, label) for sector, label in SECTORS.items()),
        validators=[NeededToSend()],
        render_kw=dict(SEEN_BY_ALL),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def values(self) -> dict[str, Any]:
        """The columns that the form writes."""
        place = self.commune_code.commune
        return {
            "town": place.name if place else None,
            "commune_code": place.code if place else None,
            "department_code": place.department_code if place else None,
            "region_code": place.region_code if place else None,
            "sectors": [sector.value for sector in Sector if sector in (self.sectors.data or [])],
        }


class OrganisationsForm(PortalForm):
    lead_organisation = line(
        _l("Lead organisation"),
        _l("The legal body that carries the project for all."),
        length=FACT["lead_organisation"].limit,
        autocomplete="organization",
        seen=SEEN_BY_ALL,
    )
    lead_siret = field_of("lead_siret")
    lead_rna = field_of("lead_rna")
    members = text(
        _l("Members"), _l("One a line: organisations, firms, local authorities, schools…"), seen=SEEN_BY_ALL
    )
    website = field_of("website")

    def validate_members(self, field: Field) -> None:
        names = rules.member_names(field.data or "")
        if len(names) > rules.MOST_MEMBERS:
            raise ValidationError(
                _l("More than %(count)d members: name the main ones.", count=rules.MOST_MEMBERS)
            )
        if any(len(name) > FACT["members"].limit for name in names):
            raise ValidationError(_l("One of the names is too long: write one member a line."))

    def values(self) -> dict[str, Any]:
        """The columns that the form writes."""
        return {
            "lead_organisation": self.lead_organisation.data or None,
            "lead_siret": typed_siret(self.lead_siret.data or ""),
            "lead_rna": typed_rna(self.lead_rna.data or ""),
            "members": "\n".join(rules.member_names(self.members.data or "")),
            "website": self.website.data or None,
        }


class ContactForm(PortalForm):
    given_name = line(_l("First name"), length=80, autocomplete="given-name")
    family_name = line(_l("Last name"), length=80, autocomplete="family-name")
    contact_email = email_field(
        _l("E-mail address of the contact"),
        _l("If it is not yours, this person is told by e-mail when you send the application."),
    )
    phone = line(_l("Telephone"), needed=False, length=30, autocomplete="tel")

    def values(self) -> dict[str, Any]:
        """The columns that the form writes."""
        names = ("given_name", "family_name", "contact_email", "phone")
        return {name: self[name].data or None for name in names}


class RegisterForm(PortalForm):
    public_summary = text(
        _l("Your pole in a few sentences"),
        _l("What you do together, for whom, with whom. No names of people."),
        needed=False,
        length=FACT["public_summary"].limit,
        seen=SEEN_BY_ALL,
    )
    publish = BooleanField(_l("Once admitted, our pole may appear in the public register of PTCE."))

    def values(self) -> dict[str, Any]:
        """The columns that the form writes."""
        return {"public_summary": self.public_summary.data or "", "publish": self.publish.data}


SectionForm = ProjectForm | TerritoryForm | OrganisationsForm | ContactForm | RegisterForm

SECTION_FORMS: Mapping[Section, type[SectionForm]] = {
    Section.PROJECT: ProjectForm,
    Section.TERRITORY: TerritoryForm,
    Section.ORGANISATIONS: OrganisationsForm,
    Section.CONTACT: ContactForm,
    Section.REGISTER: RegisterForm,
}


def _what_to_send() -> str:
    return _(
        "Statutes, presentation, letters of the members. PDF, office document or image; %(size)d MB at most.",
        size=files.largest_megabytes(),
    )


class DocumentForm(PortalForm):
    document = FileField(
        _l("Add a document"),
        description=LazyString(_what_to_send),
        validators=[required(_l("Choose a file."))],
        render_kw={"accept": ",".join(f".{ending}" for ending in ENDINGS)},
    )

    def validate_document(self, field: Field) -> None:
        if not isinstance(field.data, FileStorage):
            raise ValidationError(_l("Choose a file."))


class SendForm(PortalForm):
    agreed = BooleanField(
        _l(
            "The members agree to this application. The people named in it know that the regional and national cells"
            " read it, and for how long it is kept."
        ),
        validators=[InputRequired(_l("Tick the box once the members agree."))],
    )


class AnswerForm(PortalForm):
    message = _message(_l("Your answer"), _l("Write your answer."))


class WithdrawForm(PortalForm):
    message = text(_l("A word of explanation"), needed=False)


class AdviseForm(PortalForm):
    reason = RadioField(
        _l("Opinion"),
        choices=choices((opinion.value, tag.label) for opinion, tag in words.OPINIONS.items()),
        validators=[required(_l("Choose an opinion."))],
    )
    message = _message(
        _l("What this opinion rests on"),
        _l("Write what this opinion rests on."),
        _l("The national cell and the applicant read it as it is."),
    )


class AskForm(PortalForm):
    message = _message(
        _l("Your question"),
        _l("Write your question."),
        _l("The applicant gets it by e-mail, and answers by their link."),
    )


class AdmitForm(PortalForm):
    name = project_name(
        _l("Name of the pole"), _l("As the register will say it: change it if another pole has it.")
    )
    message = text(_l("A word of welcome"), _l("The applicant reads it as it is."), needed=False)


class RefuseForm(PortalForm):
    reason = SelectField(
        _l("Reason"),
        choices=choices(
            [("", _l("Choose…")), *((reason.value, label) for reason, label in words.REFUSALS.items())]
        ),
        validators=[required(_l("Choose a reason."))],
    )
    message = _message(
        _l("What to do next"),
        _l("Write what to do next."),
        _l("What is missing, whom to talk to, when to apply again. The applicant reads it as it is."),
    )


class ListForm(FilterForm):
    """What is asked of the list of applications."""

    etat = word_field(
        _l("Where it stands"),
        {state: words.STATES[state].label for state in State if state is not State.DRAFT},
        _l("All states"),
    )
    region = choice_field(
        _l("Region"), [(code, region.name) for code, region in REGIONS.items()], _l("All regions")
    )
    retard = choice_field(_l("Delay"), [(LATE, _l("Late only"))], _l("Late or not"))
