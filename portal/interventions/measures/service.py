"""Each partner's contribution to an act, kept equal to who comes for it."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from portal.catalogue.rules import Beside
from portal.interventions.measures import queries
from portal.interventions.models import Contribution, Intervention
from portal.requests.models import Assignment

_NOTHING: Mapping[Beside, int] = MappingProxyType({})


def share_out(
    intervention: Intervention, writing: Assignment | None = None, beside: Mapping[Beside, int] = _NOTHING
) -> None:
    """A contribution of each partner whose people come or that did something beside; that of who noted it stays.

    `writing`: the assignment of who says so, whose minutes `beside` are: of what its service counts.
    """
    coming = Counter(practice.assignment_id for practice in intervention.practices)
    shares = {share.assignment_id: share for share in intervention.contributions}
    noted_by = intervention.assignment_id or intervention.assignment.id
    for assignment_id in {noted_by, *coming, *([writing.id] if writing else [])} - shares.keys():
        nothing = dict.fromkeys(map(str, Beside), 0)
        shares[assignment_id] = Contribution(assignment_id=assignment_id, **nothing)
    for assignment_id, share in shares.items():
        share.practitioners = coming[assignment_id]
    if writing:
        counted = queries.counted(writing.request)
        for name in Beside:
            setattr(shares[writing.id], name, beside.get(name, 0) if name in counted else 0)
    intervention.contributions = [
        share for share in shares.values() if share.assignment_id == noted_by or _gives(share)
    ]


def _gives(share: Contribution) -> bool:
    return bool(share.practitioners or any(getattr(share, name) for name in Beside))
