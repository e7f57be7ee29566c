"""Who may ask for a service: every rule by itself, then what they come to together."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.eligibility.rules import (
    Eligibility,
    PoleFacts,
    Reason,
    Recognised,
    Rule,
    ServiceFacts,
    Weight,
    Where,
    admits,
    weigh,
)
from portal.organisations.rules import RecognitionKind, Stage

FOR, TO_CHECK, AGAINST = Weight.FOR, Weight.TO_CHECK, Weight.AGAINST
R = RecognitionKind
AMI, ANY_CHARTER = Recognised(R.AMI_PHASE_1, 2021), Recognised(R.CHARTER, None)
STARTING = frozenset({Stage.EMERGING})
DAY = date(2027, 3, 1)


def says(rule: Rule, pole: PoleFacts, service: ServiceFacts) -> Weight | None:
    found = [reason.weight for reason in weigh(pole, service).reasons if reason.rule is rule]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("stages", "stage", "weight"),
    [
        (frozenset(), None, FOR),
        *((frozenset(), stage, FOR) for stage in Stage),
        (STARTING, Stage.EMERGING, FOR),
        (STARTING, Stage.CONSOLIDATING, AGAINST),
        (STARTING, Stage.INACTIVE, AGAINST),
        (STARTING, None, TO_CHECK),
    ],
)
def test_the_stage(stages: frozenset[Stage], stage: Stage | None, weight: Weight) -> None:
    assert says(Rule.STAGE, PoleFacts(stage=stage), ServiceFacts(stages=stages)) is weight
    assert admits(stages, stage) is (weight is not AGAINST), "the filter of the list says the same"


@pytest.mark.parametrize(
    ("wanted", "known", "weight"),
    [
        ((), (), FOR),
        ((), (AMI,), FOR),
        ((AMI,), (), TO_CHECK),
        ((AMI,), (AMI,), FOR),
        ((AMI,), (Recognised(R.AMI_PHASE_1, 2022),), AGAINST),
        ((AMI,), (Recognised(R.AMI_PHASE_2, 2021),), AGAINST),
        ((AMI,), (Recognised(R.AMI_PHASE_1, None),), TO_CHECK),
        ((AMI, ANY_CHARTER), (Recognised(R.CHARTER, 2023),), FOR),
        ((AMI, ANY_CHARTER), (Recognised(R.CHARTER, None),), FOR),
        ((AMI, ANY_CHARTER), (Recognised(R.AAP_2013, 2013),), AGAINST),
    ],
)
def test_the_recognitions(
    wanted: tuple[Recognised, ...], known: tuple[Recognised, ...], weight: Weight
) -> None:
    pole, service = PoleFacts(recognitions=frozenset(known)), ServiceFacts(recognitions=frozenset(wanted))
    assert says(Rule.RECOGNITION, pole, service) is weight


@pytest.mark.parametrize(
    ("places", "region", "department", "weight"),
    [
        ((), "28", "76", TO_CHECK),
        ((Where(None, None),), None, None, FOR),
        ((Where("28", None),), "28", None, FOR),
        ((Where("28", None),), None, None, TO_CHECK),
        ((Where("28", None),), "11", "75", TO_CHECK),
        ((Where(None, "76"),), "28", "76", FOR),
        ((Where(None, "76"),), "28", None, TO_CHECK),
    ],
)
def test_the_territory_never_refuses(
    places: tuple[Where, ...], region: str | None, department: str | None, weight: Weight
) -> None:
    pole = PoleFacts(region_code=region, department_code=department)
    assert says(Rule.TERRITORY, pole, ServiceFacts(places=places)) is weight


def test_a_pole_that_ended_and_a_service_that_is_not_offered() -> None:
    assert says(Rule.POLE, PoleFacts(active=False), ServiceFacts()) is AGAINST
    assert says(Rule.POLE, PoleFacts(), ServiceFacts()) is None
    assert says(Rule.SERVICE, PoleFacts(), ServiceFacts(is_open=False)) is AGAINST
    assert says(Rule.SERVICE, PoleFacts(), ServiceFacts()) is None


def test_it_says_from_when_only_where_every_obstacle_goes_by_itself() -> None:
    suspended = ServiceFacts(is_open=False, reopens_on=DAY)
    assert weigh(PoleFacts(), suspended).from_day == DAY
    assert weigh(PoleFacts(), ServiceFacts(is_open=False)).from_day is None
    assert weigh(PoleFacts(active=False), suspended).from_day is None
    assert weigh(PoleFacts(), ServiceFacts()).from_day is None
    later = DAY + timedelta(days=30)
    reasons = (Reason(Rule.SERVICE, AGAINST, until=DAY), Reason(Rule.STAGE, AGAINST, until=later))
    assert Eligibility(reasons).from_day == later


def test_a_draft_waits_for_what_passes_and_not_for_what_stays() -> None:
    assert weigh(PoleFacts(), ServiceFacts(is_open=False)).may_draft
    emerging = ServiceFacts(stages=STARTING)
    assert not weigh(PoleFacts(stage=Stage.DEVELOPING), emerging).may_draft


facts_of_poles = st.builds(
    PoleFacts,
    stage=st.sampled_from([None, *Stage]),
    recognitions=st.frozensets(
        st.builds(Recognised, st.sampled_from(RecognitionKind), st.sampled_from([None, 2021, 2022]))
    ),
    active=st.booleans(),
)
facts_of_services = st.builds(
    ServiceFacts,
    is_open=st.booleans(),
    stages=st.frozensets(st.sampled_from(Stage)),
    recognitions=st.frozensets(
        st.builds(Recognised, st.sampled_from(RecognitionKind), st.sampled_from([None, 2021, 2022]))
    ),
)


@given(facts_of_poles, facts_of_services)
def test_the_weight_is_that_of_its_heaviest_reason(pole: PoleFacts, service: ServiceFacts) -> None:
    said = weigh(pole, service)
    weights = [reason.weight for reason in said.reasons]
    assert said.may_ask is (AGAINST not in weights)
    assert said.weight is max(weights, key=[FOR, TO_CHECK, AGAINST].index)
    assert said.may_draft or not said.may_ask
    assert {Rule.STAGE, Rule.RECOGNITION, Rule.TERRITORY} <= {reason.rule for reason in said.reasons}
