"""Why a pole may ask for a service, or may not yet, in the reader's language."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.catalogue.eligibility.rules import Eligibility, Reason, Recognised, Rule, Weight
from portal.organisations.rules import Stage
from portal.organisations.words import STAGES, recognition_label
from portal.web import durations, templating

RULES: Mapping[Rule, Any] = {
    Rule.POLE: _l("The pole"),
    Rule.SERVICE: _l("The service"),
    Rule.STAGE: _l("Stage"),
    Rule.RECOGNITION: _l("Recognition"),
    Rule.TERRITORY: _l("Territory"),
    Rule.REQUESTS: _l("Requests of the year"),
    Rule.DAYS: _l("Support days of the year"),
    Rule.ROOM: _l("Places of the service"),
    Rule.PARTNER: _l("What its partner gives in a year"),
}
ENDED = _l(
    "The service you had chosen is no longer offered: choose another one, or “Guide me” if you do not know."
)
NOT_OFFERED = _l("This service is not offered at present.")
TONES: Mapping[Weight, str] = {Weight.FOR: "success", Weight.TO_CHECK: "info", Weight.AGAINST: "warning"}
_TO_THE_POLE: Mapping[Weight, Any] = {
    Weight.FOR: _l("Your pole can ask"),
    Weight.TO_CHECK: _l("Your pole can ask: to be checked with the regional cell"),
    Weight.AGAINST: _l("Not yet"),
}
_TO_OTHERS: Mapping[Weight, Any] = {
    Weight.FOR: _l("The pole can ask"),
    Weight.TO_CHECK: _l("The pole can ask: to be checked with it"),
    Weight.AGAINST: _l("Not yet"),
}


def stage_names(stages: Collection[Stage]) -> list[str]:
    """Stages in their order."""
    return [str(label) for stage, label in STAGES.items() if stage in stages]


def recognition_names(recognitions: Iterable[Recognised]) -> list[str]:
    """Recognitions by kind and year."""
    return sorted(recognition_label(kind, year) for kind, year in recognitions)


def verdict(ruling: Eligibility, *, own: bool = True) -> str:
    """What it comes to, in a few words. `own`: said to the pole itself."""
    if day := ruling.from_day:
        return _("Not yet. From %(day)s", day=templating.day(day))
    return str((_TO_THE_POLE if own else _TO_OTHERS)[ruling.weight])


def reasons(ruling: Eligibility) -> list[str]:
    """What decides comes first: what stands in the way, then what is checked, then what speaks for it."""
    return [reason(each) for weight in reversed(Weight) for each in ruling.of_weight(weight)]


def reasons_against(ruling: Eligibility) -> list[str]:
    """What stands in the way."""
    return [reason(each) for each in ruling.of_weight(Weight.AGAINST)]


def in_short(ruling: Eligibility, *, own: bool = True) -> str:
    """In one line, with what decides it where it does not simply say yes."""
    why = " ".join(reason(each) for each in ruling.of_weight(ruling.weight))
    if ruling.weight is Weight.FOR:
        return verdict(ruling, own=own)
    return _("%(verdict)s: %(why)s", verdict=verdict(ruling, own=own), why=why)


def refusal(ruling: Eligibility) -> Any:
    """What a form says, in the language of whoever reads it."""
    return LazyString(_refusal, ruling)


def _refusal(ruling: Eligibility) -> str:
    verdict = in_short(ruling)
    if ruling.is_of_the_pole:
        return _("%(verdict)s Whatever the service, your draft waits for that day.", verdict=verdict)
    return _("%(verdict)s Choose another one, or “Guide me”.", verdict=verdict)


def reason(each: Reason) -> str:
    """One reason, in a sentence, for the pole and for who follows it."""
    return str(_SENTENCES[each.rule](each))


def _of_pole(each: Reason) -> str:
    return _("This pole is no longer active.")


def _of_service(each: Reason) -> str:
    if each.until:
        return _("This service is suspended: it is offered again on %(day)s.", day=templating.day(each.until))
    return str(NOT_OFFERED)


def _of_stage(each: Reason) -> str:
    stages = ", ".join(stage_names(each.stages)).lower()
    if not stages:
        return _("Open to every stage.")
    if each.stage is None:
        return _("The stage of the pole is not known: to be checked. Meant for: %(stages)s.", stages=stages)
    stage = str(STAGES[each.stage]).lower()
    if each.weight is Weight.FOR:
        return _("The stage of the pole, %(stage)s, is one of those it is meant for.", stage=stage)
    return _(
        "This service is not meant for the present stage of the pole (%(stage)s), but for: %(stages)s. The regional"
        " cell records a new stage when it is reached.",
        stage=stage,
        stages=stages,
    )


def _of_recognition(each: Reason) -> str:
    names = ", ".join(recognition_names(each.recognitions))
    if not names:
        return _("No recognition is asked for.")
    if each.weight is Weight.FOR:
        return _("The pole has one of the recognitions asked for: %(names)s.", names=names)
    if each.weight is Weight.TO_CHECK:
        return _(
            "No recognition of the pole is recorded with its year: to be checked. Asked for: %(names)s.",
            names=names,
        )
    return _(
        "None of the recorded recognitions of the pole is asked for. One of these opens it, once the regional cell has"
        " recorded it: %(names)s.",
        names=names,
    )


def _of_territory(each: Reason) -> str:
    if each.weight is Weight.FOR:
        return _("A partner delivers it in the territory of the pole.")
    return _(
        "No partner is known to deliver it in the territory of the pole: to be checked, the cell looks for one."
    )


def _of_requests(each: Reason) -> str:
    if each.use is None:
        return ""
    used, allowed = each.use.used, each.use.allowed
    if each.weight is Weight.FOR:
        return _("Requests of this year: %(used)d of %(allowed)d.", used=used, allowed=allowed)
    return _(
        "The pole has sent %(used)d requests this year and may send %(allowed)d; those withdrawn or dropped are not"
        " counted. From %(day)s, because the count begins again.",
        used=used,
        allowed=allowed,
        day=_day(each),
    )


def _of_days(each: Reason) -> str:
    if each.use is None:
        return ""
    used, allowed = durations.figure(each.use.used), each.use.allowed
    if each.weight is Weight.FOR:
        return _("Support days of this year: %(used)s of %(allowed)d.", used=used, allowed=allowed)
    return _(
        "The pole has had %(used)s support days this year and may have %(allowed)d. From %(day)s, because the count"
        " begins again.",
        used=used,
        allowed=allowed,
        day=_day(each),
    )


def _of_room(each: Reason) -> str:
    if each.room is None:
        return ""
    room = each.room
    if each.weight is Weight.FOR:
        return _(
            "Places left this year: %(available)d of %(maximum)d.",
            available=room.available,
            maximum=room.maximum,
        )
    full = _(
        "The places of this year are all taken (%(maximum)d). It opens again as soon as one is given back or its"
        " partners open more; from %(day)s, because places are counted anew.",
        maximum=room.maximum,
        day=_day(each),
    )
    if room.available:
        full = _("The places that are left go first to the poles that wait for one.")
    if room.position:
        return _(
            "%(full)s On the waiting list, the pole is number %(position)d of %(waiting)d.",
            full=full,
            position=room.position,
            waiting=room.waiting,
        )
    return full


def _of_partner(each: Reason) -> str:
    return _(
        "The one partner that delivers it has given all that it gives this year. From %(day)s, because the count begins"
        " again, or as soon as the national cell lets it give more.",
        day=_day(each),
    )


def _day(each: Reason) -> str:
    return templating.day(each.until) if each.until else ""


_SENTENCES = {
    Rule.POLE: _of_pole,
    Rule.SERVICE: _of_service,
    Rule.STAGE: _of_stage,
    Rule.RECOGNITION: _of_recognition,
    Rule.TERRITORY: _of_territory,
    Rule.REQUESTS: _of_requests,
    Rule.DAYS: _of_days,
    Rule.ROOM: _of_room,
    Rule.PARTNER: _of_partner,
}
