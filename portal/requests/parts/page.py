"""The sections that features above add to the page of a request, and what they let do there."""

from collections.abc import Mapping, Sequence

from portal.access.roles import Actor
from portal.feature import features
from portal.requests.models import SupportRequest
from portal.requests.rules import Happened
from portal.web.doors import Panel, Part
from portal.web.forms import PortalForm


def parts(
    actor: Actor, request: SupportRequest, happened: Sequence[Happened], refused: Mapping[str, PortalForm]
) -> list[Part]:
    """The sections. `refused`: their forms to correct, by feature."""
    told = (
        feature.request_part(actor, request, happened, refused.get(feature.name))
        for feature in features()
        if feature.request_part
    )
    return [part for part in told if part]


def panels(
    actor: Actor, request: SupportRequest, happened: Sequence[Happened], refused: Mapping[str, PortalForm]
) -> list[Panel]:
    """What they let do before anything else. `refused`: as for `parts`."""
    return [
        panel
        for feature in features()
        if feature.request_panels
        for panel in feature.request_panels(actor, request, happened, refused.get(feature.name))
    ]
