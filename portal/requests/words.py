"""The vocabulary of requests in words, with the tone and icon of each state."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.catalogue.limits.words import left
from portal.catalogue.models import Service
from portal.catalogue.words import ServiceNames, service_name
from portal.requests import steps
from portal.requests.models import SupportRequest
from portal.requests.rows.rules import Row
from portal.requests.rules import Candidate, ContactPreference, Mode
from portal.requests.steps import (
    AssignmentState,
    CloseReason,
    DeclineReason,
    EndReason,
    Outcome,
    Planned,
    Progress,
    RequestState,
)
from portal.steps import Words
from portal.web import templating
from portal.web.tags import Tag

_BEFORE_A_MARK = re.compile(r" (?=[?!:;»%])")
GUIDE_ME = _l("Guide me")
"""What a request without a service is called."""


def service_asked(service: ServiceNames | None) -> str:
    """The service that a request is for, by its name."""
    return service_name(service) if service else str(GUIDE_ME)


def title(request: SupportRequest | Row) -> str:
    """What a request is called wherever it is named: its subject, or its service while it has none."""
    return _BEFORE_A_MARK.sub("\N{NO-BREAK SPACE}", request.subject) or service_asked(request.service)


def time_to_answer(service: Service) -> str:
    """How long a partner has, once it is asked."""
    return ngettext("%(num)s working day", "%(num)s working days", service.days_to_answer)


REQUEST_STATES: Mapping[RequestState, Tag] = {
    RequestState.DRAFT: Tag(_l("Draft"), "neutral", "pencil"),
    RequestState.TO_ROUTE: Tag(_l("To be routed"), "warning", "signpost-split"),
    RequestState.PROPOSED: Tag(_l("Waiting for an answer"), "info", "hourglass-split"),
    RequestState.ACCEPTED: Tag(_l("Accepted"), "success", "check-circle"),
    RequestState.COMPLETED: Tag(_l("Completed"), "success", "flag"),
    RequestState.WITHDRAWN: Tag(_l("Withdrawn"), "neutral", "arrow-counterclockwise"),
    RequestState.DROPPED: Tag(_l("Dropped"), "neutral", "x-circle"),
}
TO_REROUTE = Tag(_l("To be rerouted"), "warning", "signpost-split")
UNDER_WAY = Tag(_l("Under way"), "success", "play-circle")

PROGRESS: Mapping[Progress, Any] = {
    Progress.SENT: _l("Sent by the pole"),
    Progress.ROUTED: _l("Routed"),
    Progress.ACCEPTED: _l("Accepted"),
    Progress.UNDER_WAY: _l("In progress"),
    Progress.COMPLETED: _l("Completed"),
}

ASSIGNMENT_STATES: Mapping[AssignmentState, Tag] = {
    AssignmentState.PROPOSED: Tag(_l("Waiting for an answer"), "info", "hourglass-split"),
    AssignmentState.ON_HOLD: Tag(_l("Waiting for information"), "warning", "pause-circle"),
    AssignmentState.ACCEPTED: Tag(_l("Accepted"), "success", "check-circle"),
    AssignmentState.COMPLETED: Tag(_l("Completed"), "success", "flag"),
    AssignmentState.DECLINED: Tag(_l("Declined"), "danger", "x-circle"),
    AssignmentState.HANDED_BACK: Tag(_l("Handed back"), "danger", "arrow-counterclockwise"),
    AssignmentState.EXPIRED: Tag(_l("No answer"), "danger", "clock-history"),
    AssignmentState.CANCELLED: Tag(_l("Cancelled"), "neutral", "slash-circle"),
}

DECLINE_REASONS: Mapping[DeclineReason, Any] = {
    DeclineReason.OUT_OF_SCOPE: _l("Not what we do"),
    DeclineReason.NOT_ELIGIBLE: _l("The pole does not meet the rules of this service"),
    DeclineReason.NO_CAPACITY: _l("No one is available in the period wished for"),
    DeclineReason.TERRITORY: _l("Outside our territory"),
    DeclineReason.TOO_EARLY: _l("Too early: the project has to ripen first"),
    DeclineReason.OTHER: _l("Another reason"),
}

_DUPLICATE, _OTHER = _l("It was asked twice"), _l("Another reason")
POLE_CLOSE_REASONS: Mapping[CloseReason, Any] = {
    CloseReason.SOLVED: _l("The need has been met otherwise"),
    CloseReason.NEED_CHANGED: _l("The need has changed"),
    CloseReason.DUPLICATE: _DUPLICATE,
    CloseReason.OTHER: _OTHER,
}
CELL_CLOSE_REASONS: Mapping[CloseReason, Any] = {
    CloseReason.NO_PARTNER: _l("No partner can answer it"),
    CloseReason.NO_ANSWER: _l("The pole no longer answers"),
    CloseReason.DUPLICATE: _DUPLICATE,
    CloseReason.OTHER: _OTHER,
}

PLANNED: Mapping[Planned, Any] = {
    Planned.HELD: _l("They are held, and can still be logged afterwards"),
    Planned.CALLED_OFF: _l("They are cancelled, and whoever was to come is told"),
}

OUTCOMES: Mapping[Outcome, tuple[Any, Any]] = {
    Outcome.HELPED: (_l("The need was met"), _l("The pole got what it asked for.")),
    Outcome.PARTLY_HELPED: (
        _l("The need was partly met"),
        _l("Something useful was done; something remains."),
    ),
    Outcome.NOT_HELPED: (_l("The need was not met"), _l("We talked, and could not help.")),
    Outcome.UNREACHABLE: (
        _l("The pole could not be reached"),
        _l("We tried several times without an answer."),
    ),
}

MODES: Mapping[Mode, Any] = {
    Mode.EITHER: _l("On site or remote"),
    Mode.ON_SITE: _l("On site"),
    Mode.REMOTE: _l("Remote"),
}

CONTACT_PREFERENCES: Mapping[ContactPreference, Any] = {
    ContactPreference.EITHER: _l("By e-mail or telephone"),
    ContactPreference.EMAIL: _l("By e-mail"),
    ContactPreference.PHONE: _l("By telephone"),
}


STEPS: Mapping[str, Words] = {
    steps.SUBMIT.name: Words(
        happened=_l("Request sent"),
        icon="send",
        button=_l("Send the request"),
        explains=_l("It goes to your cell or to the partner; you can follow it here."),
    ),
    steps.ROUTE.name: Words(
        happened=_l("Sent to %(partner)s"),
        icon="signpost-split",
        button=_l("Route to partners"),
        explains=_l("Each partner you choose is asked by e-mail, and told by which day to answer."),
        done=_l("The partners have been asked."),
    ),
    steps.WITHDRAW.name: Words(
        happened=_l("Request withdrawn"),
        icon="arrow-counterclockwise",
        button=_l("Withdraw the request"),
        explains=_l("Everyone who had it is told."),
        done=_l("Your request is withdrawn."),
        reasons=POLE_CLOSE_REASONS,
    ),
    steps.DROP.name: Words(
        happened=_l("Request dropped"),
        icon="x-circle",
        button=_l("Drop the request"),
        explains=_l("Nothing more will be done; the pole and the partners are told why."),
        done=_l("The request is dropped; everyone concerned is told."),
        reasons={
            **CELL_CLOSE_REASONS,
            CloseReason.DORMANT: _l("Nothing had happened for a long time"),
            EndReason.POLE_ENDED: _l("The pole no longer uses the portal"),
        },
    ),
    steps.TAKE.name: Words(
        happened=_l("Looked after at %(partner)s"),
        icon="person-check",
        button=_l("I take it"),
        explains=_l("Your team sees that you have it; the e-mails about it come to you."),
        done=_l("You have it now."),
    ),
    steps.ASSIGN.name: Words(
        happened=_l("Given to a colleague at %(partner)s"),
        icon="person-plus",
        button=_l("Give it to a colleague"),
        explains=_l("Your colleague is told, and decides on it."),
        done=_l("Your colleague is told."),
    ),
    steps.CHASE.name: Words(
        happened=_l("%(partner)s was asked for its answer"),
        icon="bell",
        button=_l("Remind this partner"),
        explains=_l("Whoever has it there, or the whole team, gets a polite e-mail."),
        done=_l("The partner is reminded."),
    ),
    steps.CHASE_ANSWER.name: Words(
        happened=_l("The pole was asked for its answer to %(partner)s"),
        icon="bell",
        button=_l("Remind the pole of the question"),
        explains=_l("The pole gets a polite e-mail; the partner’s time still stands still."),
        done=_l("The pole is reminded of the question."),
    ),
    steps.ASK_NEWS.name: Words(
        happened=_l("%(partner)s was asked for news"),
        icon="bell",
        button=_l("Ask for news"),
        explains=_l("The partner says in one click whether it goes on, is finished, or is handed back."),
        done=_l("The partner is asked for news."),
    ),
    steps.GO_ON.name: Words(
        happened=_l("%(partner)s: it goes on"),
        icon="play-circle",
        tone="success",
        button=_l("It goes on"),
        explains=_l("Your cell knows that the support continues, though nothing was logged lately."),
        done=_l("Your cell knows that it goes on."),
    ),
    steps.ACCEPT.name: Words(
        happened=_l("Accepted by %(partner)s"),
        icon="check-circle",
        tone="success",
        button=_l("Accept"),
        explains=_l("The pole is told who its referent is."),
        done=_l("You have accepted. The pole is told."),
    ),
    steps.DECLINE.name: Words(
        happened=_l("Declined by %(partner)s"),
        icon="x-circle",
        tone="danger",
        button=_l("Decline"),
        explains=_l("The pole gets your reason and the next step you suggest."),
        done=_l("You have declined. The pole and its cell are told."),
        reasons=DECLINE_REASONS,
    ),
    steps.ASK.name: Words(
        happened=_l("Question from %(partner)s"),
        icon="question-circle",
        tone="warning",
        button=_l("Ask for information"),
        explains=_l("Your time to answer stands still until the pole replies."),
        done=_l("Your question is sent. Your time to answer stands still until the pole replies."),
    ),
    steps.ANSWER.name: Words(
        happened=_l("Answer to %(partner)s"),
        icon="chat-left-text",
        button=_l("Answer the question"),
        explains=_l("The partner is told and its time to answer runs again."),
        done=_l("Your answer is sent."),
    ),
    steps.CHANGE_REFERENT.name: Words(
        happened=_l("New referent at %(partner)s"),
        icon="person",
        button=_l("Change the referent"),
        explains=_l("The pole and the new referent are told."),
        done=_l("The referent is changed."),
    ),
    steps.ADD_INFORMATION.name: Words(
        happened=_l("Information added"),
        icon="chat-left-text",
        button=_l("Add information"),
        explains=_l("Whoever has your request gets it by e-mail: the partner, else your cell."),
        done=_l("Your information is sent to whoever has your request."),
    ),
    steps.REMIND.name: Words(
        happened=_l("Reminder to %(partner)s"),
        icon="bell",
        tone="warning",
        button=_l("Remind the partner"),
        explains=_l("Its answer is late: its team gets a polite e-mail. This can be done once."),
        done=_l("The team of the partner gets your reminder by e-mail."),
    ),
    steps.THANK.name: Words(
        happened=_l("Thanks to %(partner)s"),
        icon="star",
        tone="success",
        button=_l("Thank the partner"),
        explains=_l("It gets your thanks by e-mail. This can be done once."),
        done=_l("Your thanks are sent to the partner."),
    ),
    steps.LEAD.name: Words(
        happened=_l("%(partner)s leads the support"),
        icon="person-check",
        button=_l("Let this partner lead"),
        explains=_l("The pole and the partners who work together are told whom to turn to first."),
        done=_l("The pole and the partners are told who leads."),
    ),
    steps.CHANGE_CONTACT.name: Words(happened=_l("New contact in the pole"), icon="person"),
    steps.UNDO.name: Words(
        happened=_l("Undone"),
        icon="arrow-counterclockwise",
        done=_l("It is as it was before, and nobody was written to."),
    ),
    steps.MOVE.name: Words(happened=_l("Taken over by another pole"), icon="arrow-repeat"),
    steps.HAND_BACK.name: Words(
        happened=_l("Handed back by %(partner)s"),
        icon="arrow-counterclockwise",
        tone="danger",
        button=_l("Hand back"),
        explains=_l("You cannot go on: the cell looks for another partner."),
        done=_l("The request is handed back to its cell."),
        reasons=DECLINE_REASONS,
    ),
    steps.COMPLETE.name: Words(
        happened=_l("Completed by %(partner)s"),
        icon="flag",
        tone="success",
        button=_l("Complete"),
        explains=_l("You close your part with its outcome and a short review."),
        done=_l("Your part is completed. Thank you."),
        reasons={outcome: label for outcome, (label, _definition) in OUTCOMES.items()},
    ),
    steps.REOPEN.name: Words(
        happened=_l("Reopened with %(partner)s"),
        icon="arrow-repeat",
        button=_l("Reopen"),
        explains=_l("The support goes on, within thirty days of its end."),
        done=_l("The support goes on."),
    ),
    steps.CANCEL.name: Words(
        happened=_l("Taken back from %(partner)s"),
        icon="slash-circle",
        button=_l("Take back from this partner"),
        explains=_l("The partner is told that nothing more is expected."),
        done=_l("The partner is told that nothing more is expected."),
        reasons={EndReason.PARTNER_ENDED: _l("The partner no longer uses the portal")},
    ),
    steps.EXPIRE.name: Words(happened=_l("No answer from %(partner)s"), icon="clock-history", tone="danger"),
}
"""%(partner)s is the assignment's."""


def candidate_reasons(candidate: Candidate, several: bool = False) -> str:
    """What speaks for asking a partner, or against. `several`: for more than one request."""
    notes = [
        *(_of_several(candidate) if several else _of_one(candidate)),
        ngettext("%(num)d open request", "%(num)d open requests", candidate.open_requests),
    ]
    if candidate.capacity is not None:
        notes.append(
            _("%(taken)d of %(capacity)d this month", taken=candidate.taken, capacity=candidate.capacity)
        )
    if candidate.places is not None:
        notes.append(
            _(
                "asked this year for %(used)d of its %(places)d places",
                used=candidate.used,
                places=candidate.places,
            )
        )
    notes += map(left, candidate.given)
    if candidate.answers_in is not None:
        notes.append(_answers_in(round(candidate.answers_in)))
    if candidate.places_left == 0:
        notes.insert(0, _("asked for all its places of the year"))
    if candidate.declined_on:
        notes.insert(0, _("declined on %(day)s", day=templating.day(candidate.declined_on)))
    if candidate.is_spent:
        notes.insert(0, _("has given all it may this year: the national cell can let it give more"))
    if candidate.absent_until:
        notes.insert(0, _("absent until %(day)s", day=templating.day(candidate.absent_until)))
    sentence = ", ".join(notes)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _of_one(candidate: Candidate) -> tuple[str, ...]:
    if candidate.delivers is None:
        return (_covers_place(candidate),)
    delivers = _("delivers this service") if candidate.delivers else _("does not list this service")
    return delivers, _covers_place(candidate)


def _covers_place(candidate: Candidate) -> str:
    """As the eligibility of a pole has it: what is not known is to be checked, and is not elsewhere."""
    if candidate.covers:
        return _("covers this place")
    return (
        _("may cover it: the place of the pole is not fully known")
        if candidate.may_cover
        else _("works elsewhere")
    )


def _of_several(candidate: Candidate) -> tuple[str, ...]:
    covers = _("covers all of these places") if candidate.covers else _("does not cover all of these places")
    if candidate.delivers is None:
        return (covers,)
    if candidate.delivers:
        return _("delivers all of these services"), covers
    return _("does not list all of these services"), covers


def _answers_in(days: int) -> str:
    if days == 0:
        return _("usually answers the same day")
    return ngettext("usually answers in %(num)d working day", "usually answers in %(num)d working days", days)
