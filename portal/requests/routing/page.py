"""Where a cell routes: whether the pole may ask for the service, then who could be asked, each with its reasons."""

from collections.abc import Callable

from portal.catalogue.eligibility import words as eligibility
from portal.requests import words
from portal.requests.forms import RouteForm
from portal.requests.routing.queries import Advice
from portal.web.doors import Told

Advise = Callable[[], Advice]
"""The advice on a request, asked for once and only where it is read."""


def offer(form: RouteForm, advice: Advice) -> None:
    """The partners to choose from."""
    form.offer(
        [
            (candidate.partner_id, candidate.name, words.candidate_reasons(candidate))
            for candidate in advice.candidates
            if not candidate.already_asked
        ]
    )


def told(advice: Advice) -> Told | None:
    """What is said to the pole of the service, whoever delivers it; every reason, as its own pages give them."""
    if not advice.ruling.reasons:
        return None
    tone = eligibility.TONES[advice.ruling.weight]
    return Told(tone, eligibility.verdict(advice.ruling, own=False), eligibility.reasons(advice.ruling))
