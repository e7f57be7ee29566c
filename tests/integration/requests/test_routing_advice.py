"""What a cell reads of partners where it routes agrees with what is said to the pole and with where each works."""

import html
import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.catalogue.eligibility import words
from portal.catalogue.eligibility.rules import Rule, Weight
from portal.catalogue.limits import service as limits
from portal.catalogue.limits.rules import Measure, year_of
from portal.catalogue.models import Service, ServicePlace
from portal.catalogue.room.models import ServiceRoom
from portal.catalogue.room.rules import Unit
from portal.db import transaction
from portal.organisations.models import Coverage, Partner
from portal.organisations.rules import Stage, covers, may_cover
from portal.requests import queries as requests
from portal.requests.models import SupportRequest
from portal.requests.routing import queries as routing
from portal.requests.routing.queries import Advice
from portal.requests.rows import queries as rows
from portal.requests.steps import AssignmentState
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, page_of

Where = tuple[str | None, str | None]
POLES: list[Where] = [("28", "76"), ("28", None), ("11", "75"), ("94", "2A"), (None, None)]
WORKS: list[Where] = [("28", None), (None, "76"), (None, "14"), ("11", None), (None, "2B"), (None, None)]
places = st.lists(st.sampled_from(WORKS), max_size=3, unique=True)


def partner_in(make: Builder, where: list[Where]) -> Partner:
    rows = [Coverage(region_code=region, department_code=department) for region, department in where]
    return make._save(Partner(name="Partenaire", coverages=rows))


def advice_on(world: World, request: SupportRequest) -> Advice:
    found = requests.get(actor_of(world.national), request.reference)
    assert found is not None
    return routing.advice(found)


def say_places(partner: Partner, service: Service, maximum: int) -> None:
    with transaction() as session:
        about = {"partner_id": partner.id, "service_id": service.id}
        session.add(ServiceRoom(maximum=maximum, unit=Unit.SUPPORT, updated_on=clock.today(), **about))


def test_of_a_service_with_one_partner_both_are_told_the_same(make: Builder, world: World) -> None:
    """The pole of its service and the cell of its partner: places not known are to be checked by both."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(POLES),
        places,
        st.lists(st.sampled_from(WORKS[:-1]), max_size=1),
        st.sampled_from([None, *Stage]),
        st.sampled_from([(), (Stage.EMERGING,)]),
        st.sampled_from([None, 1, 2]),
    )
    def told(place, works, offered, stage, stages, room) -> None:
        partner = partner_in(make, works)
        service = make.service(partner, stages=stages)
        with transaction() as session:
            session.add_all(
                ServicePlace(service_id=service.id, region_code=region, department_code=department)
                for region, department in offered
            )
        if room:
            say_places(partner, service, room)
        pole = make.pole(stage=stage, region_code=place[0], department_code=place[1], town=None)
        said = advice_on(world, make.raw_request(make.coordinator(pole), service=service))
        assert said.ruling is not None
        (asked,) = (each for each in said.candidates if each.partner_id == partner.id)
        assert asked.ruling is not None
        assert asked.ruling.reasons == said.ruling.reasons
        assert asked.covers is covers(partner.coverages, *place)
        assert asked.may_cover is may_cover(partner.coverages, *place)
        assert asked.may_cover or not asked.covers
        if not offered:
            assert asked.covers is (asked.ruling.about(Rule.TERRITORY).weight is Weight.FOR)

    told()


def test_of_several_requests_each_is_told_what_its_own_page_tells(
    make: Builder, world: World, browse, queries: list[str]
) -> None:
    """Limits that the request itself fills, places, clocks that differ; in one statement for each clock."""
    with transaction():
        limits.limit({Measure.REQUESTS: 1, Measure.DAYS: None})
    service = make.service(world.partner, stages=(Stage.EMERGING,))
    say_places(world.partner, service, 2)
    poles = [
        make.pole(
            name=f"Pôle {number}", region_code=region, department_code=department, stage=stage, town=None
        )
        for number, (region, department, stage) in enumerate(
            [("28", "76", Stage.EMERGING), ("28", None, None), ("04", "974", Stage.CONSOLIDATING)]
        )
    ]
    asked = [make.raw_request(make.coordinator(pole), service=service) for pole in (*poles, poles[0])]
    asked.append(make.raw_request(make.coordinator(poles[1]), service=None))
    page = rows.by_reference(actor_of(world.national), [request.reference for request in asked])
    queries.clear()
    told = routing.rulings(page)
    assert len(queries) == 2, "Paris and La Réunion"
    assert told == {request.id: advice_on(world, request).ruling for request in asked}
    assert {ruling.weight for ruling in told.values()} >= {Weight.AGAINST}

    ticked = {"acte": "orienter", "demande": [request.reference for request in asked]}
    shown = html.unescape(browse(world.national).get("/demandes/lot", query_string=ticked).text)
    assert shown.count("Peut-il être demandé") == len(told)
    for ruling in told.values():
        assert words.in_short(ruling, own=False) in shown


def hints(world: World, browse, request: SupportRequest) -> dict[str, str]:
    """What stands beside each partner in the form, in the order of the form, in lower case."""
    page = html.unescape(browse(world.national).get(page_of(request)).text)
    form = page[page.index('id="action-route"') :].partition("</form>")[0]
    boxes = form.split('class="form-check-label"')[1:]
    return {
        box.partition("</label>")[0].rpartition(">")[2]: box.partition("hint")[2].lower() for box in boxes
    }


@pytest.mark.parametrize(
    ("place", "works", "said"),
    [
        (("28", "76"), [(None, "76")], "couvre ce territoire"),
        (("28", "76"), [(None, "14")], "intervient ailleurs"),
        (("28", None), [(None, "76")], "pourrait y intervenir"),
        (("28", None), [("11", None)], "intervient ailleurs"),
        ((None, None), [(None, "2B")], "pourrait y intervenir"),
        ((None, None), [(None, None)], "couvre ce territoire"),
        ((None, None), [], "intervient ailleurs"),
    ],
)
def test_a_place_that_is_not_fully_known_is_not_said_to_be_elsewhere(
    make: Builder, world: World, browse, place: Where, works: list[Where], said: str
) -> None:
    partner_in(make, works)
    pole = make.pole(region_code=place[0], department_code=place[1], town=None)
    assert said in hints(world, browse, make.raw_request(make.coordinator(pole)))["Partenaire"]


def test_who_has_most_places_left_comes_first_and_who_has_none_after_all_that_have(
    make: Builder, world: World, browse
) -> None:
    """Before anybody who is absent, too: an absence ends sooner than a year."""
    full, few, many, silent = (make.partner(name=name) for name in ("A comble", "B peu", "C large", "D muet"))
    service = make.service(full, few, many, silent)
    for partner, maximum in ((full, 1), (few, 2), (many, 5)):
        say_places(partner, service, maximum)
    for partner in (full, few, many, silent):
        make.raw_assignment(make.raw_request(service=service), partner)
    shown = hints(world, browse, make.raw_request(world.coordinator, service=service))
    assert list(shown)[:4] == ["C large", "B peu", "D muet", "A comble"]
    assert "sollicité pour toutes ses places de l’année" in shown["A comble"].lower()
    assert "toutes ses places" not in shown["B peu"]
    assert "1 de ses 2 places" in shown["B peu"].replace("\xa0", " ")


@pytest.mark.parametrize(
    ("sent_last_year", "state", "used"),
    [
        (True, AssignmentState.PROPOSED, 0),
        (False, AssignmentState.PROPOSED, 1),
        (False, AssignmentState.COMPLETED, 1),
        (False, AssignmentState.DECLINED, 0),
    ],
)
def test_a_partner_has_used_what_is_taken_of_the_places_of_its_service(
    make: Builder, world: World, sent_last_year: bool, state: AssignmentState, used: int
) -> None:
    """Both are of the year in which a request was sent, whenever its partner was asked."""
    service = make.service(world.partner)
    say_places(world.partner, service, 3)
    last_year = year_of(clock.today(), None).start - timedelta(days=1)
    sent = {"submitted_at": last_year} if sent_last_year else {}
    make.raw_assignment(make.raw_request(service=service, **sent), world.partner, state)
    said = advice_on(world, make.raw_request(world.coordinator, service=service))
    (asked,) = (each for each in said.candidates if each.partner_id == world.partner.id)
    taken = said.ruling.about(Rule.ROOM).room
    assert taken is not None
    assert asked.used == used
    assert asked.used == taken.taken or state is AssignmentState.DECLINED, "which is still looked after"


def test_where_no_service_is_asked_for_nothing_is_said_of_one(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator)
    assert advice_on(world, request).ruling.reasons == ()
    page = html.unescape(browse(world.national).get(page_of(request)).text)
    assert "Le pôle peut demander" not in page


def test_where_no_service_is_asked_for_nobody_is_said_to_deliver_it_or_not(
    make: Builder, world: World, browse
) -> None:
    make.partner(regions=("11",))
    one, other = make.raw_request(world.coordinator), make.raw_request(world.coordinator)
    alone = browse(world.national).get(page_of(one)).text
    together = browse(world.national).get(
        "/demandes/lot", query_string={"acte": "orienter", "demande": [one.reference, other.reference]}
    )
    for page in map(html.unescape, (alone, together.text)):
        assert "ouvre " in page
        assert not re.search(
            r"(assure|annonce pas|indique pas) (ce service|tous ces services)", page, re.IGNORECASE
        )
    assert next(each for each in advice_on(world, one).candidates).covers
