"""Three plain questions, and what they propose."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.eligibility.rules import Eligibility, PoleFacts, ServiceFacts, weigh
from portal.catalogue.guide.rules import MOST_PROPOSED, Answers, Question, proposals
from portal.catalogue.rules import Family, Format, ServiceKind
from portal.organisations.rules import Stage


@dataclass
class Sheet:
    id: int
    family: Family = Family.CONSOLIDATION
    kind: ServiceKind = ServiceKind.COACHING
    format: Format = Format.INDIVIDUAL
    admitted_stages: frozenset[Stage] = field(default_factory=frozenset)


def numbers(services: list[Sheet], answers: Answers) -> list[int]:
    return [each.service_id for each in proposals(services, answers, {})]


def test_what_meets_most_answers_comes_first() -> None:
    one, two = Sheet(1), Sheet(2, kind=ServiceKind.VISIT)
    assert numbers([one, two], Answers(purpose=Family.CONSOLIDATION, help=ServiceKind.VISIT)) == [2, 1]


def test_what_is_for_another_purpose_is_not_proposed() -> None:
    other = Sheet(1, family=Family.CREATION)
    assert numbers([other], Answers(purpose=Family.ANIMATION, help=ServiceKind.COACHING)) == []


def test_a_form_of_help_is_a_kind_or_for_how_many_poles() -> None:
    one, several = Sheet(1), Sheet(2, format=Format.COLLECTIVE)
    assert numbers([one, several], Answers(help=Format.COLLECTIVE)) == [2]
    assert numbers([one, several], Answers(help=ServiceKind.COACHING)) == [1, 2]


def test_of_two_that_meet_the_same_what_suits_the_pole_comes_first() -> None:
    closed, here = Sheet(1), Sheet(2)
    rulings = {
        1: weigh(PoleFacts(), ServiceFacts(is_open=False)),
        2: weigh(PoleFacts(), ServiceFacts()),
    }
    found = proposals([closed, here], Answers(purpose=Family.CONSOLIDATION), rulings)
    assert [each.service_id for each in found] == [2, 1]


sheets = st.builds(
    Sheet,
    id=st.integers(1, 10_000),
    family=st.sampled_from(Family),
    kind=st.sampled_from(ServiceKind),
    format=st.sampled_from(Format),
    admitted_stages=st.frozensets(st.sampled_from(Stage)),
)
answers = st.builds(
    Answers,
    purpose=st.none() | st.sampled_from(Family),
    stage=st.none() | st.sampled_from(Stage),
    help=st.none() | st.sampled_from(ServiceKind) | st.sampled_from(Format),
)


@given(st.lists(sheets, unique_by=lambda sheet: sheet.id, max_size=12), answers)
def test_everything_proposed_meets_something_that_was_said(services: list[Sheet], said: Answers) -> None:
    rulings: dict[int, Eligibility] = {}
    found = proposals(services, said, rulings)
    assert len(found) <= MOST_PROPOSED
    by_number = {sheet.id: sheet for sheet in services}
    for each in found:
        assert each.met
        if said.purpose:
            assert by_number[each.service_id].family is said.purpose
        if Question.STAGE in each.met:
            stages = by_number[each.service_id].admitted_stages
            assert not stages or said.stage in stages
