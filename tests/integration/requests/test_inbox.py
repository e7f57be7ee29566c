"""The inbox of each role: what each folder holds, how it is counted, searched, ordered and paged."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.db import transaction
from portal.requests.inbox import queries as inbox
from portal.requests.models import SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from portal.web.pagination import PAGE_SIZE
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, late_count

A, R = AssignmentState, RequestState
_REFERENCE = re.compile(r'href="/demandes/(\d{4}-\d{4})"')
_TAB = re.compile(r'href="/demandes\?dossier=([a-z-]+)".*?</a>', re.DOTALL)
Box = dict[str, SupportRequest]


@pytest.fixture
def box(make: Builder, world: World) -> Box:
    """One request for each thing that can be waited for, named; `far` is of another pole, region and partner."""
    other, yesterday = make.partner(), clock.today() - timedelta(days=1)
    shapes = {
        "fresh": [],
        "proposed": [(world.partner, A.PROPOSED)],
        "held": [(world.partner, A.ON_HOLD)],
        "accepted": [(world.partner, A.ACCEPTED)],
        "completed": [(world.partner, A.COMPLETED)],
        "declined": [(world.partner, A.DECLINED)],
        "handed back": [(world.partner, A.HANDED_BACK)],
        "expired": [(world.partner, A.EXPIRED)],
        "late": [(world.partner, A.PROPOSED)],
        "accepted, other late": [(other, A.PROPOSED), (world.partner, A.ACCEPTED)],
        "half done": [(world.partner, A.COMPLETED), (other, A.PROPOSED)],
        "other's": [(other, A.ACCEPTED)],
        "withdrawn": [(world.partner, A.CANCELLED)],
        "dropped": [(world.partner, A.CANCELLED)],
    }
    states = {
        "withdrawn": R.WITHDRAWN,
        "dropped": R.DROPPED,
        "accepted, other late": R.ACCEPTED,
        "half done": R.PROPOSED,
    }
    made: Box = {"draft": make.raw_request(world.coordinator, R.DRAFT)}
    for name, assignments in shapes.items():
        made[name] = make.raw_request(world.coordinator)
        for partner, state in assignments:
            late = "late" in name and state is A.PROPOSED
            make.raw_assignment(made[name], partner, state, **({"due_on": yesterday} if late else {}))
    far_pole = make.pole(region_code="11", department_code="75", name="Pôle de l’Œuvre d’Été")
    made["far"] = make.raw_request(make.coordinator(far_pole))
    make.raw_assignment(made["far"], other)
    with transaction() as session:
        for name, state in states.items():
            made[name].state = state
        session.add_all(made.values())
    return made


FOLDERS = {
    "coordinator": {
        "brouillons": "draft",
        "a-repondre": "held",
        "en-cours": "fresh proposed held accepted declined handed_back expired late "
        "accepted,_other_late half_done other's",
        "terminees": "completed",
        "sans-suite": "withdrawn dropped",
        "collegues-absents": "",
        "toutes": "draft fresh proposed held accepted completed declined handed_back expired late "
        "accepted,_other_late half_done other's withdrawn dropped",
    },
    "practitioner": {
        "a-traiter": "proposed late",
        "en-attente": "held",
        "en-cours": "accepted accepted,_other_late",
        "terminees": "completed half_done",
        "declinees": "declined handed_back expired withdrawn dropped",
        "collegues-absents": "",
    },
    "cell": {
        "a-orienter": "fresh declined handed_back expired",
        "en-retard": "late accepted,_other_late",
        "proposees": "proposed held late half_done",
        "en-cours": "accepted accepted,_other_late other's",
        "terminees": "completed",
        "sans-suite": "withdrawn dropped",
    },
    "national": {"proposees": "proposed held late half_done far", "en-retard": "late accepted,_other_late"},
}
WAITS_FOR_US = {"brouillons", "a-repondre", "a-traiter", "a-orienter", "en-retard"}
CASES = [(who, slug) for who, folders in FOLDERS.items() for slug in folders]


def names(box: Box, references: list[str]) -> list[str]:
    by_reference = {request.reference: name.replace(" ", "_") for name, request in box.items()}
    return [by_reference[reference] for reference in references]


def listed(browser: Browser, query: str) -> list[str]:
    """The references that a list shows, in its order."""
    page = browser.get(f"/demandes?{query}")
    assert page.status_code == 200
    return _REFERENCE.findall(page.text)


@pytest.mark.parametrize(("who", "slug"), CASES)
def test_each_folder_holds_what_it_says(world: World, box: Box, browse, who: str, slug: str) -> None:
    """Oldest first where it waits for us, so that nobody is forgotten; else latest first."""
    expected = FOLDERS[who][slug].split()
    found = names(box, listed(browse(getattr(world, who)), f"dossier={slug}"))
    order = [name.replace(" ", "_") for name in box]
    assert found == sorted(expected, key=order.index, reverse=slug not in WAITS_FOR_US)


@pytest.mark.parametrize("who", FOLDERS)
def test_each_folder_is_in_the_table_above(world: World, who: str) -> None:
    slugs = {folder.slug for folder in inbox.folders(actor_of(getattr(world, who)))}
    assert set(FOLDERS[who]) - {"toutes"} <= slugs
    if who != "national":
        assert set(FOLDERS[who]) - {"toutes"} == slugs


@pytest.mark.parametrize("who", ["coordinator", "practitioner", "cell"])
def test_the_counters_count_what_the_folders_hold(world: World, box: Box, browse, who: str) -> None:
    page = browse(getattr(world, who)).get("/demandes").text
    shown = {match.group(1): re.findall(r">\s*(\d+)\s*<", match.group(0)) for match in _TAB.finditer(page)}
    for folder in inbox.folders(actor_of(getattr(world, who))):
        held = len(FOLDERS[who][folder.slug].split())
        if folder.hidden_when_empty and not held:
            assert folder.slug not in shown
            continue
        assert shown[folder.slug] == [str(held)], folder.slug


def test_what_piles_up_is_counted_to_a_limit(make: Builder, monkeypatch: pytest.MonkeyPatch, browse) -> None:
    monkeypatch.setattr(inbox, "MOST_COUNTED", 2)
    coordinator = make.coordinator()
    for _ in range(4):
        make.raw_request(coordinator, RequestState.COMPLETED)
    page = browse(coordinator).get("/demandes").text
    assert re.search(r"dossier=terminees.*?2\+", page, re.DOTALL)


def test_the_first_folder_opens_and_an_unknown_one_does_not_exist(world: World, box: Box, browse) -> None:
    browser = browse(world.cell)
    assert listed(browser, "") == listed(browser, "dossier=a-orienter")
    for unknown in ("nimporte-quoi", "brouillons", "", "A-ORIENTER", "a-orienter'--"):
        assert browser.get("/demandes", query_string={"dossier": unknown}).status_code == 404


def test_an_empty_inbox_is_a_page_too(world: World, browse) -> None:
    for member in (world.coordinator, world.practitioner, world.cell, world.national):
        browser = browse(member)
        assert listed(browser, "") == listed(browser, "dossier=toutes&recherche=rien") == []


def test_late_is_counted_for_a_partner_of_its_own_alone(
    make: Builder, world: World, box: Box, browse
) -> None:
    home = html.unescape(browse(world.practitioner).get("/").text)
    assert len(re.findall("jours? ouvrés? de retard", home)) == 1
    assert late_count(actor_of(world.cell)) == 2
    assert late_count(actor_of(make.regional_admin("11"))) == 0


@pytest.mark.parametrize("typed", ["{0}", "{1}", " {1} ", "{2}"])
def test_a_reference_is_found_as_it_is_said(world: World, box: Box, browse, typed: str) -> None:
    reference = box["held"].reference
    typed = typed.format(reference, reference.replace("-", ""), reference.replace("-", " "))
    for member in (world.coordinator, world.practitioner, world.cell):
        assert listed(browse(member), f"dossier=toutes&recherche={typed}") == [reference]
    assert listed(browse(world.cell), "dossier=toutes&recherche=" + box["far"].reference) == [], "not theirs"


@pytest.mark.parametrize("typed", ["oeuvre", "Œuvre", "ŒUVRE D’ETE", "été l’œuvre", "pole ete", "oeu"])
def test_a_pole_is_found_whatever_the_accents(world: World, box: Box, browse, typed: str) -> None:
    found = browse(world.national).get("/demandes", query_string={"dossier": "toutes", "recherche": typed})
    assert _REFERENCE.findall(found.text) == [box["far"].reference]


def test_words_of_the_need_are_found_and_all_are_needed(make: Builder, world: World, browse) -> None:
    one = make.raw_request(world.coordinator, need="Louer un four à pain collectif, à Évreux.")
    make.raw_request(world.coordinator, need="Louer un camion.")
    browser = browse(world.cell)
    assert listed(browser, "dossier=toutes&recherche=evreux+four") == [one.reference]
    assert listed(browser, "dossier=toutes&recherche=four+camion") == []


@pytest.mark.parametrize("typed", ["%", "_", "\\", "%%", "qz%", "_qz_", "'", "' OR qz=qz --", "()", "-"])
def test_what_is_typed_is_never_a_pattern(world: World, box: Box, browse, typed: str) -> None:
    page = browse(world.national).get("/demandes", query_string={"dossier": "toutes", "recherche": typed})
    assert page.status_code == 200
    assert _REFERENCE.findall(page.text) == []


def test_a_very_long_search_is_only_a_search(world: World, box: Box, browse) -> None:
    assert listed(browse(world.cell), "dossier=toutes&recherche=" + "qz+" * 2000) == []


def test_lists_are_filtered_by_service_region_and_partner(
    make: Builder, world: World, box: Box, browse
) -> None:
    served = make.raw_request(world.coordinator, service=world.service)
    browser, everything = browse(world.national), "dossier=toutes"
    assert listed(browser, f"{everything}&service={world.service.id}") == [served.reference]
    guided = set(names(box, listed(browser, f"{everything}&service=0")))
    assert guided == {name.replace(" ", "_") for name in box} - {"draft"}
    assert listed(browser, f"{everything}&region=11") == [box["far"].reference]
    theirs = names(box, listed(browser, f"{everything}&partenaire={world.partner.id}"))
    assert set(theirs) == guided - {"fresh", "other's", "far"}
    both = f"dossier=proposees&partenaire={world.partner.id}&region=28&recherche=gouvernance"
    assert set(names(box, listed(browser, both))) == {"proposed", "held", "late", "half_done"}


@pytest.mark.parametrize(
    "query", ["service=x", "service=-1", "service=999999999999999", "partenaire=x", "region=zz"]
)
def test_a_filter_that_is_no_choice_is_no_failure(world: World, box: Box, browse, query: str) -> None:
    for member in (world.coordinator, world.practitioner, world.cell, world.national):
        assert browse(member).get(f"/demandes?dossier=toutes&{query}").status_code == 200


def test_a_cell_cannot_look_into_another_region(make: Builder, world: World, box: Box, browse) -> None:
    assert listed(browse(world.cell), "dossier=toutes&region=11") == []
    assert listed(browse(make.regional_admin("11")), "dossier=toutes") == [box["far"].reference]


def page_links(page: str) -> dict[str, str]:
    """The addresses of the pages before and after, named next and previous, where there are some."""
    links = re.search(r'<nav class="pagination".*?</nav>', page, re.DOTALL)
    found = re.findall(r'(class="next">)?<a[^>]*href="([^"]+)"', links.group(0)) if links else []
    return {"next" if after else "previous": html.unescape(address) for after, address in found}


def walk(
    browser: Browser, path: str, way: str, meanwhile: Callable[[], object] = int
) -> tuple[list[str], str]:
    """Every reference from a page on, in the order of the list; and the address of the last page."""
    found: list[str] = []
    for _ in range(20):
        page = browser.get(path).text
        rows = _REFERENCE.findall(page)
        assert len(rows) <= PAGE_SIZE
        found = found + rows if way == "next" else rows + found
        meanwhile()
        if way not in page_links(page):
            return found, path
        path = page_links(page)[way]
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("slug", ["a-orienter", "toutes"])
def test_pages_walk_everything_once_even_when_requests_arrive(
    make: Builder, world: World, browse, slug: str
) -> None:
    before = [make.raw_request(world.coordinator).reference for _ in range(60)]
    expected = before if slug == "a-orienter" else before[::-1]
    browser, first = browse(world.cell), f"/demandes?dossier={slug}&recherche=gouvernance"
    forwards, last = walk(browser, first, "next")
    assert forwards == expected
    assert walk(browser, last, "previous")[0] == expected
    assert "recherche=gouvernance" in last

    def arrive() -> None:
        make.raw_request(world.coordinator)

    for path, way in ((first, "next"), (last, "previous")):
        found, _ = walk(browser, path, way, arrive)
        assert [one for one in found if one in before] == expected, "each once, in order"
        assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "page", ["x", ">", "<", ">i:", ">i:x", ">x", ">s:abc", ">i:1~i:2", ">i:9" + "9" * 40, "%", "é"]
)
def test_a_page_that_was_made_up_does_not_exist(make: Builder, world: World, browse, page: str) -> None:
    make.raw_request(world.coordinator)
    found = browse(world.cell).get("/demandes", query_string={"page": page})
    assert found.status_code in {200, 404}
