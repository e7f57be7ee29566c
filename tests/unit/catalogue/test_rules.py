"""Who may ask for a service."""

import pytest

from portal.catalogue.rules import Admission, admission, admits
from portal.organisations.rules import Stage

STARTING = {Stage.EMERGING}


@pytest.mark.parametrize("stage", [*Stage, None])
def test_a_service_without_stages_is_open_to_all(stage: Stage | None) -> None:
    assert admission((), stage) is Admission.OPEN


def test_a_service_is_open_to_the_stages_it_names() -> None:
    assert admission(STARTING, Stage.EMERGING) is Admission.OPEN
    assert admission(STARTING, Stage.CONSOLIDATING) is Admission.CLOSED


def test_a_pole_of_unknown_stage_may_ask_and_is_checked() -> None:
    assert admission(STARTING, None) is Admission.TO_CHECK
    assert admits(STARTING, None)


def test_an_inactive_pole_may_not_ask_where_stages_are_named() -> None:
    assert not admits(STARTING, Stage.INACTIVE)
