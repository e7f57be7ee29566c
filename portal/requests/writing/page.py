"""The steps of a request on the screen: what each asks, where one is, what is missing, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility import words as eligibility_words
from portal.catalogue.eligibility.rules import Eligibility
from portal.catalogue.models import Service
from portal.refusals import Invalid
from portal.requests import words
from portal.requests.answers import page as answers
from portal.requests.answers.forms import form_of as asking
from portal.requests.documents import page as attached
from portal.requests.drafts import page as drafts
from portal.requests.listing.page import ASK_FOR_GUIDANCE
from portal.requests.models import SupportRequest
from portal.requests.rows import page as rows
from portal.requests.rows import queries as row_queries
from portal.requests.rules import ContactPreference, Mode, Wishes
from portal.requests.similar import queries as similar
from portal.requests.writing import rules
from portal.requests.writing.forms import (
    DocumentsForm,
    NeedForm,
    QuestionsForm,
    ServiceForm,
    StepForm,
    WishesForm,
)
from portal.requests.writing.rules import HOLDS, FormStep
from portal.requests.writing.words import TITLES, WHAT_TO_WRITE
from portal.web import templating
from portal.web.forms import choices

LATER = "plus-tard"
FORMS: Mapping[FormStep, type[StepForm]] = {
    FormStep.SERVICE: ServiceForm,
    FormStep.NEED: NeedForm,
    FormStep.QUESTIONS: QuestionsForm,
    FormStep.WISHES: WishesForm,
    FormStep.DOCUMENTS: DocumentsForm,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A step in the list of steps. `done` None: it may be left as it is."""

    name: FormStep
    title: Any
    url: str
    current: bool
    done: bool | None


def form_of(step: FormStep, draft: SupportRequest, *, posted: bool = True) -> StepForm:
    """The form of a step with what it holds. `posted`: it is the one that was sent."""
    held = held_in(step, draft)
    kind = asking(QuestionsForm, draft, draft.service_id) if step is FormStep.QUESTIONS else FORMS[step]
    form = kind(**shown(held), seen=rules.stamp(held), **({} if posted else {"formdata": None}))
    return with_choices(form, draft) if isinstance(form, ServiceForm) else form


def with_choices(form: ServiceForm, draft: SupportRequest | None) -> ServiceForm:
    """The form that can tell whether a choice is one. A page that is only drawn says more of each: see `drawn`."""
    if request.method == "POST":
        form.service_id.choices = choices(drafts.services(draft))
    return form


def held_in(step: FormStep, draft: SupportRequest) -> Mapping[str, Any]:
    """What a step of a draft holds."""
    return {name: getattr(draft, name) for name in HOLDS.get(step, ())}


def shown(held: Mapping[str, Any]) -> dict[str, Any]:
    """The same as a form shows it: no service is a choice too."""
    return {
        name: ASK_FOR_GUIDANCE if name == "service_id" and value is None else value
        for name, value in held.items()
        if name != "answers"
    }


def wishes(step: FormStep, form: StepForm) -> Wishes:
    """What was typed in a step."""
    match step:
        case FormStep.SERVICE:
            return {"service_id": form["service_id"].data or None}
        case FormStep.NEED:
            return {"subject": form["subject"].data or "", "need": form["need"].data or ""}
        case FormStep.QUESTIONS:
            return {"answers": form.answers() if isinstance(form, QuestionsForm) else {}}
        case FormStep.WISHES:
            return {
                "wished_from": form["wished_from"].data,
                "wished_until": form["wished_until"].data,
                "mode": Mode(form["mode"].data),
                "contact_preference": ContactPreference(form["contact_preference"].data),
                "phone": form["phone"].data or None,
            }
        case _:
            return {}


def way(service: Service | None) -> list[FormStep]:
    return rules.way(
        asks=bool(service and service.questions), wants_documents=bool(service and service.documents_wanted)
    )


def listed(service: Service | None) -> list[FormStep]:
    """The steps that can be opened: those on the way, and documents."""
    return [step for step in FormStep if step in way(service) or step is FormStep.DOCUMENTS]


def _place(step: FormStep, service: Service | None) -> tuple[int, int]:
    """Which of how many."""
    steps = listed(service)
    return steps.index(step) + 1, len(steps)


def next_url(step: FormStep, draft: SupportRequest) -> str:
    """Where the button that was pressed leads."""
    wanted = request.form.get("intent")
    if wanted == LATER:
        return url_for("requests.show", reference=draft.reference)
    following = rules.neighbours(step, way(draft.service))[1] or FormStep.CHECK
    to = next((each for each in FormStep if each == wanted), following)
    return step_url(draft, to)


def step_url(draft: SupportRequest, step: FormStep) -> str:
    return url_for("writing.write", reference=draft.reference, step=step.value)


def to_go_on(draft: SupportRequest) -> FormStep:
    """The first step that keeps it from being sent, or the last."""
    return next((step for step in FormStep if _is_done(step, draft) is False), FormStep.CHECK)


def _is_done(step: FormStep, draft: SupportRequest) -> bool | None:
    match step:
        case FormStep.SERVICE:
            return drafts.gone(draft) is None
        case FormStep.NEED:
            return bool(draft.need)
        case FormStep.QUESTIONS if draft.service and draft.service.questions:
            return answers.is_ready(draft)
        case _:
            return None


TEMPLATES: Mapping[FormStep, str] = {
    FormStep.SERVICE: "requests/write/service.html",
    FormStep.NEED: "requests/write/need.html",
    FormStep.QUESTIONS: "requests/write/questions.html",
    FormStep.WISHES: "requests/write/wishes.html",
    FormStep.DOCUMENTS: "requests/write/documents.html",
}
"""Of the steps that are written; the check is only read."""


def drawn(
    actor: Actor,
    step: FormStep,
    form: StepForm,
    draft: SupportRequest | None,
    service: Service | None,
    without: str | None = None,
) -> str:
    """A step that is written. `draft` None: it is the first one of a new request; `service`: the one it is for;
    `without`: where it is sent to go on without the one that it was for, which cannot be asked for any more."""
    offer = None
    if isinstance(form, ServiceForm):
        offer = drafts.offer(actor.organisation_id, actor.place, form.service_id.data, draft)
        form.service_id.choices = choices(offer.choices)
    back, following = rules.neighbours(step, way(service))
    return render_template(
        TEMPLATES[step],
        form=form,
        step=step,
        draft=draft,
        service=service,
        entries=entries(step, draft) if draft else [],
        place=_place(step, service),
        titles=TITLES,
        back=back if draft else None,
        following=following,
        posts_to=step_url(draft, step) if draft else without,
        other=FormStep.SERVICE if without else None,
        changed=changed(step, form, draft),
        offer=offer,
        ended=drafts.gone(draft),
        eligibility=eligibility_words,
        what_to_write=WHAT_TO_WRITE[service.kind if service else None],
        documents=attached.of_draft(draft) if step is FormStep.DOCUMENTS else (),
        later=LATER,
    )


def changed(step: FormStep, form: StepForm, draft: SupportRequest | None) -> Sequence[tuple[str, Any]]:
    """What is stored now, where it is not what the form was drawn with; the form knows it from then on."""
    if draft is None or not form.errors:
        return ()
    now = rules.stamp(held_in(step, draft))
    if form.seen.data == now:
        return ()
    form.seen.data = now
    return [(label, value) for label, value in summary(draft)[step] if value]


def refused(actor: Actor, draft: SupportRequest, refusal: Invalid) -> str:
    """The step that keeps a draft from being sent, with what is to be put right at its field."""
    step = rules.at_fault(refusal.field)
    form = form_of(step, draft, posted=False)
    form.refuse(refusal)
    return drawn(actor, step, form, draft, draft.service)


def entries(current: FormStep, draft: SupportRequest) -> list[Entry]:
    """The steps of a draft: all can be opened at any time."""
    return [
        Entry(step, TITLES[step], step_url(draft, step), step is current, _is_done(step, draft))
        for step in listed(draft.service)
    ]


def checked(actor: Actor, draft: SupportRequest) -> str:
    """All of a draft, what is missing, whether it may be asked for, and what resembles it."""
    like = row_queries.rows(actor, similar.like(draft))
    lines = rows.lines(actor, like)
    return render_template(
        "requests/write/check.html",
        draft=draft,
        step=FormStep.CHECK,
        steps=FormStep,
        shown=[step for step in way(draft.service) if HOLDS.get(step)],
        entries=entries(FormStep.CHECK, draft),
        place=_place(FormStep.CHECK, draft.service),
        titles=TITLES,
        summary=summary(draft),
        urls={step: step_url(draft, step) for step in FormStep},
        missing=[
            (TITLES[step], step_url(draft, step)) for step in FormStep if _is_done(step, draft) is False
        ],
        ruling=_ruling(draft),
        eligibility=eligibility_words,
        documents=attached.of_draft(draft),
        similar=lines,
        columns=rows.columns(lines),
        may_submit=allows(actor, Permission.REQUEST_SUBMIT),
    )


def _ruling(draft: SupportRequest) -> Eligibility | None:
    if drafts.gone(draft):
        return None
    return eligibility.about(draft.pole_id, draft.pole.place, draft.service_id)


def summary(draft: SupportRequest) -> Mapping[FormStep, Sequence[tuple[str, Any]]]:
    """What each step holds, in words."""
    wished = " – ".join(templating.day(day) for day in (draft.wished_from, draft.wished_until) if day)
    return {
        FormStep.SERVICE: [(_("Service"), words.service_asked(draft.service))],
        FormStep.NEED: [(_("In one line"), draft.subject), (_("The need"), draft.need)],
        FormStep.QUESTIONS: answers.lines(draft),
        FormStep.WISHES: [
            (_("Wished period"), wished or _("at any time")),
            (_("Where"), words.MODES[draft.mode]),
            (_("Preferred contact"), words.CONTACT_PREFERENCES[draft.contact_preference]),
            (_("Telephone"), draft.phone),
        ],
        FormStep.DOCUMENTS: [],
    }
