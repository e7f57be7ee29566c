"""What the pages of an application show: what it says, who holds it until when, what I can do, what happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.roles import Actor, Role
from portal.applications import forms, queries, rules, service, steps, words
from portal.applications.models import Application, ApplicationEvent
from portal.applications.rules import Facts, Known, Section
from portal.applications.steps import State
from portal.files import service as files
from portal.organisations.rules import Sector
from portal.organisations.words import SECTORS, STAGES
from portal.refusals import NotFound
from portal.steps import Step
from portal.territories.reference import department_name, region_name
from portal.web import templating
from portal.web.doors import Door, Holder, Line, Panel
from portal.web.forms import PortalForm


def _door(
    step: Step[State],
    path: str,
    form: type[PortalForm],
    do: Callable[..., Application],
    leads: bool = False,
) -> Door:
    return Door(step, words.STEPS[step.name], path, form, do, leads)


DOORS_OF_APPLICANTS = (
    _door(steps.ANSWER, "repondre", forms.AnswerForm, service.answer, leads=True),
    _door(steps.WITHDRAW, "retirer", forms.WithdrawForm, service.withdraw),
)
"""What applicants do by their link once it is sent, what a page offers first before the rest."""

DOORS_OF_CELLS = (
    _door(steps.ADVISE, "avis", forms.AdviseForm, service.advise, leads=True),
    _door(steps.ADMIT, "admettre", forms.AdmitForm, service.admit, leads=True),
    _door(steps.ASK, "demander-une-precision", forms.AskForm, service.ask),
    _door(steps.REFUSE, "refuser", forms.RefuseForm, service.refuse),
)
"""The same of cells."""


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the form, and whether it says all that sending needs."""

    section: Section
    label: Any
    hint: Any
    done: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """Something for the cell to look at, and the page of what it is about, where the cell may read it."""

    title: str
    reason: str
    url: str | None


def holder(application: Application, *, region_has_cell: bool = True) -> Holder:
    """Who holds the application now."""
    due_on, place = application.due_on, application.place
    match application.state:
        case State.DRAFT:
            return Holder(_("The applicant, who is still writing"))
        case State.SUBMITTED:
            region = region_name(application.region_code)
            if region_has_cell:
                return Holder(
                    _("The regional cell of %(region)s, which gives its opinion", region=region),
                    due_on,
                    place,
                )
            return Holder(_("The national cell, which gives its opinion"), due_on, place)
        case State.ADVISED:
            return Holder(_("The national cell, which decides"), due_on, place)
        case State.MORE_WANTED:
            return Holder(_("The applicant, who has a question to answer"))
        case _:
            return Holder(_("Nobody: this application is closed"))


def holder_for_applicant(application: Application, *, region_has_cell: bool) -> Holder:
    """The same, said to the applicant."""
    if application.state is State.MORE_WANTED:
        return Holder(_("You: a question waits for your answer"))
    return holder(application, region_has_cell=region_has_cell)


def tasks(application: Application) -> list[Task]:
    """The parts of the form, in order."""
    lacking = {section for section, _name in rules.missing(application)}
    optional = {Section.REGISTER: bool(application.public_summary or application.publish)}
    return [
        Task(section, label, hint, optional.get(section, section not in lacking))
        for section, (label, hint) in words.SECTIONS.items()
    ]


def summaries(application: Application) -> list[tuple[Section, Any, list[tuple[str, Any]]]]:
    """All that the application says, by part of the form."""
    sectors = ", ".join(str(SECTORS[Sector(sector)]) for sector in application.sectors)
    sections: dict[Section, list[tuple[str, Any]]] = {
        Section.PROJECT: [
            (_("Name of the pole"), application.name),
            (_("What the members want to do together"), application.purpose),
            (_("For whom"), application.audience),
            (_("Why a PTCE"), application.reason),
            (_("Where the project stands"), STAGES[application.stage] if application.stage else ""),
            (_("What has been done already"), application.progress),
            (_("What is expected from the support bundle"), application.expectations),
        ],
        Section.TERRITORY: [
            (_("Town"), application.town or ""),
            (_("Department"), department_name(application.department_code)),
            (_("Region"), region_name(application.region_code)),
            (_("Sectors"), sectors),
        ],
        Section.ORGANISATIONS: [
            (_("Lead organisation"), application.lead_organisation or ""),
            (_("SIRET of the lead organisation"), application.lead_siret or ""),
            (_("RNA of the lead organisation"), application.lead_rna or ""),
            (_("Members"), application.members),
            (_("Website"), application.website or ""),
        ],
        Section.CONTACT: [
            (_("Name"), application.contact_name),
            (_("E-mail"), application.contact_email or ""),
            (_("Telephone"), application.phone or ""),
        ],
        Section.REGISTER: [
            (_("The pole in a few sentences"), application.public_summary),
            (_("Public register"), _("Agreed once admitted") if application.publish else _("Not wished")),
        ],
    }
    return [(section, words.SECTIONS[section][0], rows) for section, rows in sections.items()]


def timeline(events: Sequence[ApplicationEvent], place: str | None, *, for_applicant: bool) -> list[Line]:
    """The events in words, newest first, by the clocks of a place; to the applicant a cell speaks with one voice."""
    return [_line(event, place, for_applicant) for event in reversed(events)]


def open_question(application: Application, events: Sequence[ApplicationEvent]) -> str | None:
    """What the applicant must answer now."""
    asked = [event.message for event in events if event.action == steps.ASK.name]
    return asked[-1] if asked and application.state is State.MORE_WANTED else None


def _line(event: ApplicationEvent, place: str | None, for_applicant: bool) -> Line:
    names = [event.organisation.name] if event.organisation else []
    if event.actor and not for_applicant:
        names.insert(0, event.actor.name)
    step = words.STEPS[event.action]
    reason = str(step.reasons.get(event.reason, ""))
    return Line(
        title=str(step.happened),
        when=templating.moment(event.at, place),
        who=", ".join(names) or _("The applicant"),
        text="\n\n".join(filter(None, (reason, event.message))),
        icon=step.icon,
        tone=step.tone,
    )


def build_form(door: Door, application: Application, *, posted: bool) -> PortalForm:
    """The form of a door; one that was not sent stays empty, but for the name of the pole."""
    form = door.form(id_prefix=f"{door.step.verb}-", **({} if posted else {"formdata": None}))
    if isinstance(form, forms.AdmitForm) and not posted:
        form.name.data = application.name
    return form


def panels(
    actor: Actor | None, application: Application, token: str | None, refused: Panel | None
) -> list[Panel]:
    """What I can do now, the most useful first; a refused form stays open. `actor` None: the applicant's link."""
    doors = DOORS_OF_CELLS if actor else DOORS_OF_APPLICANTS
    possible = [door for door in doors if not service.why_not(actor, door.step, application)]
    return [
        refused
        if refused and refused.door is door
        else panel(
            door,
            application,
            build_form(door, application, posted=False),
            token,
            primary=index == 0 and door.leads,
        )
        for index, door in enumerate(possible)
    ]


def panel(
    door: Door,
    application: Application,
    form: PortalForm,
    token: str | None,
    *,
    primary: bool = True,
    is_open: bool = False,
) -> Panel:
    """A door as it is shown."""
    named: dict[str, Any] = {"token": token} if token else {"reference": application.reference}
    url = url_for(f"applications.{door.step.verb}", **named)
    return Panel(door, url, form, open=is_open, primary=primary)


def remarks(actor: Actor, application: Application) -> list[Remark]:
    """What the cell should look at before it decides."""
    record = queries.company(application.lead_siret)
    facts = Facts(
        name=application.name,
        emails=frozenset(filter(None, (application.email, application.contact_email))),
        siret=application.lead_siret,
        rna=application.lead_rna,
        texts=(application.name, application.purpose, application.audience, application.reason),
        region_code=application.region_code,
    )
    company = rules.Company(record.found, record.name, record.open, record.region_code) if record else None
    hints = rules.hints(facts, queries.others(application), company, rules.DISPOSABLE_DOMAINS)
    return [Remark(*words.hint_words(hint), _page_of(actor, hint.known)) for hint in hints]


def _page_of(actor: Actor, known: Known | None) -> str | None:
    """The page of a pole or of another application, where the actor may open it."""
    if known is None or not (actor.role is Role.NATIONAL_ADMIN or known.region_code in actor.region_codes):
        return None
    if known.pole_id is not None:
        return url_for("organisations.detail", organisation_id=known.pole_id)
    return url_for("applications.show", reference=known.reference)


def download(application: Application, document_id: int) -> ResponseReturnValue:
    """A document of this application, to be saved."""
    for document in application.documents:
        if document.id == document_id:
            return files.download(document.file)
    raise NotFound
