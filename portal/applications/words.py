"""The vocabulary of applications in words, with the tone and icon of each state."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.applications import steps
from portal.applications.rules import Hint, HintKind, Opinion, RefusalReason, Section
from portal.applications.steps import NotWritable, OpinionIsRegional, State
from portal.organisations.rules import Stage
from portal.refusals import Conflict
from portal.steps import StepRefused, Words
from portal.territories.reference import region_name
from portal.web.tags import Tag

STATES: Mapping[State, Tag] = {
    State.DRAFT: Tag(_l("Draft"), "neutral", "pencil"),
    State.SUBMITTED: Tag(_l("Opinion awaited"), "warning", "hourglass-split"),
    State.ADVISED: Tag(_l("Decision awaited"), "info", "hourglass-split"),
    State.MORE_WANTED: Tag(_l("Information wanted"), "warning", "question-circle"),
    State.ADMITTED: Tag(_l("Admitted"), "success", "check-circle"),
    State.REFUSED: Tag(_l("Not admitted"), "danger", "x-circle"),
    State.WITHDRAWN: Tag(_l("Withdrawn"), "neutral", "arrow-counterclockwise"),
}

SECTIONS: Mapping[Section, tuple[Any, Any]] = {
    Section.PROJECT: (_l("Your project"), _l("What you want to do together, and what you expect.")),
    Section.TERRITORY: (_l("Territory and sectors"), _l("Where you are, and what you work on.")),
    Section.ORGANISATIONS: (_l("Who takes part"), _l("The lead organisation and the members.")),
    Section.CONTACT: (
        _l("The person to contact"),
        _l("Whom the cells talk to; the first coordinator once admitted."),
    ),
    Section.REGISTER: (_l("What may be public"), _l("What the register of PTCE would say of you.")),
}

STAGES: Mapping[Stage, tuple[Any, Any]] = {
    Stage.EMERGING: (_l("Emerging"), _l("We are getting together; the shared project is being written.")),
    Stage.DEVELOPING: (_l("Developing"), _l("We have begun to act together.")),
    Stage.CONSOLIDATING: (_l("Consolidating"), _l("We have cooperated for years and want to make it last.")),
}

OPINIONS: Mapping[Opinion, Tag] = {
    Opinion.FAVOURABLE: Tag(_l("Favourable"), "success", "check-circle"),
    Opinion.RESERVED: Tag(_l("Favourable with reservations"), "warning", "exclamation-triangle"),
    Opinion.UNFAVOURABLE: Tag(_l("Unfavourable"), "danger", "x-circle"),
}

REFUSALS: Mapping[RefusalReason, Any] = {
    RefusalReason.NOT_A_COOPERATION: _l("The cooperation between several organisations does not show yet"),
    RefusalReason.TOO_EARLY: _l("The project is not ready yet"),
    RefusalReason.OUT_OF_SCOPE: _l("The project is not that of a PTCE"),
    RefusalReason.ALREADY_THERE: _l("This pole, or one with the same members, is already there"),
    RefusalReason.INCOMPLETE: _l("What is needed to decide is missing"),
    RefusalReason.OTHER: _l("Another reason"),
}

STEPS: Mapping[str, Words] = {
    steps.SUBMIT.name: Words(happened=_l("Application sent"), icon="send"),
    steps.ADVISE.name: Words(
        happened=_l("Opinion of the regional cell"),
        icon="chat-left-text",
        tone="info",
        button=_l("Give the opinion"),
        explains=_l("The national cell then decides; the applicant reads the opinion."),
        done=_l("The opinion is given; the national cell has the application."),
        reasons={opinion: tag.label for opinion, tag in OPINIONS.items()},
    ),
    steps.ASK.name: Words(
        happened=_l("Information wanted"),
        icon="question-circle",
        tone="warning",
        button=_l("Ask for information"),
        explains=_l("The time to answer stands still until the applicant replies."),
        done=_l("The question is sent to the applicant."),
    ),
    steps.ANSWER.name: Words(
        happened=_l("Answer of the applicant"),
        icon="reply",
        button=_l("Answer the question"),
        explains=_l("The cell that asked goes on from your answer."),
        done=_l("Your answer is sent."),
    ),
    steps.ADMIT.name: Words(
        happened=_l("Pole admitted"),
        icon="check-circle",
        tone="success",
        button=_l("Admit the pole"),
        explains=_l("The pole is created, and its contact is invited as its first coordinator."),
        done=_l("The pole is admitted, and its coordinator is invited."),
    ),
    steps.REFUSE.name: Words(
        happened=_l("Pole not admitted"),
        icon="x-circle",
        tone="danger",
        button=_l("Do not admit"),
        explains=_l("The applicant gets your reason and what to do next."),
        done=_l("The applicant is told, with your reason."),
        reasons=REFUSALS,
    ),
    steps.WITHDRAW.name: Words(
        happened=_l("Application withdrawn"),
        icon="arrow-counterclockwise",
        button=_l("Withdraw the application"),
        explains=_l("The cell is told."),
        done=_l("Your application is withdrawn."),
    ),
}

_NOW: Mapping[State, Any] = {
    State.DRAFT: _l("This application is still a draft: it must be sent first."),
    State.SUBMITTED: _l("This application is waiting for the opinion of the regional cell."),
    State.ADVISED: _l("The opinion has been given: this application is waiting for the national decision."),
    State.MORE_WANTED: _l(
        "A question has been asked: this application is waiting for the applicant’s answer."
    ),
    State.ADMITTED: _l("This pole has been admitted."),
    State.REFUSED: _l("It has been decided not to admit this pole."),
    State.WITHDRAWN: _l("This application has been withdrawn by the applicant."),
}

_HINTS: Mapping[HintKind, tuple[Any, Any]] = {
    HintKind.SAME_LEAD: (
        _l("Same lead organisation"),
        _l("%(name)s has the same SIREN or RNA. Is it the same project?"),
    ),
    HintKind.SAME_CONTACT: (
        _l("Same e-mail address"),
        _l("The applicant or the contact already stands for %(name)s."),
    ),
    HintKind.SIMILAR_NAME: (_l("Similar name"), _l("The name looks like %(name)s.")),
    HintKind.DISPOSABLE_ADDRESS: (
        _l("Address made to be thrown away"),
        _l("%(word)s gives addresses that do not last: ask for another one before you admit."),
    ),
    HintKind.LOOKS_LIKE_A_TEST: (_l("Perhaps a test"), _l("“%(word)s” does not look like a real answer.")),
    HintKind.COMPANY_CLOSED: (
        _l("Establishment closed"),
        _l("The public register of companies says that this SIRET (%(word)s) is closed."),
    ),
    HintKind.COMPANY_UNKNOWN: (
        _l("SIRET not found"),
        _l("The public register of companies does not show this SIRET: it may be new, or not public."),
    ),
    HintKind.SEAT_ELSEWHERE: (
        _l("Lead organisation elsewhere"),
        _l("This establishment is in another region than the pole: %(word)s."),
    ),
}


def hint_words(hint: Hint) -> tuple[str, str]:
    """A hint and its reason."""
    title, reason = _HINTS[hint.kind]
    word = region_name(hint.word) if hint.kind is HintKind.SEAT_ELSEWHERE else hint.word
    return str(title), str(reason) % {"name": hint.known.name if hint.known else "", "word": word}


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why an action cannot be done now: where things stand."""
    match refusal:
        case StepRefused() | NotWritable():
            return str(_NOW[refusal.state])
        case OpinionIsRegional():
            return _(
                "The regional cell gives the opinion, and still has time to. You can act once it is late."
            )
        case _:
            return None
