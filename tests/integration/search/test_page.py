"""The page of the search: what it shows to whom, and what it says of what cannot be found."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from portal.access.roles import Role
from portal.catalogue.rules import ServiceState
from portal.conversation.models import Message
from portal.conversation.rules import Side
from portal.db import transaction
from portal.requests.models import RequestEvent
from portal.requests.steps import ANSWER, AssignmentState
from portal.search import queries as queries_of_search
from portal.search.rules import asked
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.search.conftest import actor_of
from tests.plans import plan_of

Browse = Callable[..., Browser]


def page(browser: Browser, words: str, kind: str | None = None) -> str:
    answer = browser.get("/recherche", query_string={"q": words, **({"genre": kind} if kind else {})})
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def titles(html: str) -> list[str]:
    """What was found, in order."""
    found = re.findall(r'<ol class="results">.*?</ol>', html, re.S)
    links = re.findall(r'<a href="[^"]*" dir="auto">(.*?)</a>', "".join(found), re.S)
    return [re.sub("<[^>]+>|[\u2066-\u2069]", "", link) for link in links]


def marked(html: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", html)


def test_words_are_marked_and_nothing_typed_is_html(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    make.raw_request(
        coordinator,
        subject="Une <b>scierie</b>",
        need="Nous montons <script>alert(1)</script> des scieries mobiles.",
    )
    answer = browse(coordinator).get("/recherche?q=scierie+<i>").get_data(as_text=True)
    assert "Une &lt;b&gt;<mark>scierie</mark>&lt;/b&gt;" in answer
    assert "&lt;script&gt;alert(1)&lt;/script&gt; des <mark>scieries</mark> mobiles." in answer
    assert "<script>alert" not in answer


def test_what_is_called_so_comes_first(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    make.raw_request(coordinator, subject="Atelier bois", need="Une scie")
    make.raw_request(coordinator, subject="Autre chose", need="Un atelier")
    make.raw_request(coordinator, subject="Rien", need="Rien")
    html = page(browse(coordinator), "ateliers")
    assert titles(html) == ["Atelier bois", "Autre chose"]


def test_a_request_is_found_by_all_that_stands_beside_it(make: Builder, browse: Browse) -> None:
    pole, partner = make.pole(name="Filière Lin"), make.partner(name="Agence Œuvre")
    coordinator = make.member(
        pole, Role.COORDINATOR, make.person(given_name="Philomène", family_name="Aubert")
    )
    practitioner = make.member(
        partner, Role.PRACTITIONER, make.person(given_name="Gaspard", family_name="Roy")
    )
    service = make.service(partner, name="Diagnostic flash", name_en="Quick check")
    request = make.raw_request(
        coordinator,
        service=service,
        subject="Des statuts",
        need="Écrire",
        phone="06 12 34 56 78",
        reference="1203-4078",
    )
    make.raw_assignment(request, partner, AssignmentState.ACCEPTED, referent_id=practitioner.person_id)
    for words in (
        "1203-4078", "12034078", "1203 4078", "statut", "ecrire", "filiere lin", "oeuvre", "flash", "quick check",
        "philomene", "gaspard roy", "0612345678", "06.12.34.56.78", "+33 6 12 34 56 78", "statuts lin oeuvre philomène",
    ):  # fmt: skip
        for reader in (coordinator, practitioner):
            html = page(browse(reader), words, "request")
            assert titles(html) == ["Des statuts"], words
            assert marked(html), words


def test_new_names_are_followed_at_once(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    make.raw_request(coordinator, subject="Des statuts", need="Écrire")
    with transaction():
        coordinator.organisation.name = "Filière Chanvre"
    assert titles(page(browse(coordinator), "chanvre", "request")) == ["Des statuts"]
    assert titles(page(browse(coordinator), "érables", "request")) == []


def test_the_public_finds_what_is_public(make: Builder, browse: Browse) -> None:
    partner = make.partner(name="Agence du Lin")
    make.partner(name="Agence du Lin sans service")
    make.partner(name="Agence du Lin partie", active=False)
    make.service(partner, name="Tisser le lin", name_en="Weaving linen")
    make.service(partner, name="Ancien service du lin", stored_state=ServiceState.ARCHIVED)
    shown = make.pole(name="Filière Lin", published=True)
    hidden = make.pole(name="Lin caché")
    coordinator = make.member(hidden, Role.COORDINATOR, make.person(given_name="Lin"))
    make.raw_request(coordinator, subject="Du lin", need="Du lin")
    visitor = browse(None)
    assert titles(page(visitor, "lin")) == ["Tisser le lin", "Agence du Lin", shown.name]
    assert titles(page(visitor, "linen")) == ["Tisser le lin", "Agence du Lin"]
    for kind in ("request", "said", "person"):
        assert titles(page(visitor, "lin", kind)) == []
    assert "Connectez-vous" in page(visitor, "introuvable")


def test_a_page_in_french_shows_what_it_found_by_english_words_in_french(
    make: Builder, browse: Browse
) -> None:
    partner = make.partner(name="Agence des Prés")
    texts = {
        "summary": "Un regard neuf.",
        "summary_en": "A fresh look.",
        "description_en": "We study your project.",
    }
    make.service(partner, name="Diagnostic flash", name_en="Quick check", **texts)
    visitor = browse(None)
    found = page(visitor, "study", "service")
    assert titles(found) == ["Diagnostic flash"]
    assert "Un regard neuf." in found
    assert "We study" not in found
    visitor.post("/langue", {"language": "en", "next": "/"})
    assert marked(page(visitor, "study", "service")) == ["study"]


def test_a_partner_found_by_its_service_shows_why(make: Builder, browse: Browse) -> None:
    make.service(make.partner(name="Agence des Prés"), name="Diagnostic flash", name_en="Quick check")
    visitor = browse(None)
    for language in ("fr", "en"):
        visitor.post("/langue", {"language": language, "next": "/"})
        for words in ("diagnostic", "flash", "quick", "checks"):
            found = page(visitor, words, "partner")
            assert titles(found) == ["Agence des Prés"], words
            assert marked(found), (language, words)


def test_english_pages_find_by_both_languages(make: Builder, browse: Browse) -> None:
    partner = make.partner()
    make.service(
        partner,
        name="Études de faisabilité",
        name_en="Feasibility studies",
        description_en="We study your project.",
    )
    visitor = browse(None)
    visitor.post("/langue", {"language": "en", "next": "/"})
    for words in ("study", "feasibility", "etude", "faisabilités"):
        assert titles(page(visitor, words, "service")) == ["Feasibility studies"], words
    assert "Nothing was found" in page(visitor, "introuvable")


def test_a_partner_does_not_find_what_was_said_to_another(make: Builder, browse: Browse) -> None:
    one, other = make.practitioner(), make.practitioner()
    request = make.raw_request(subject="Des statuts")
    parts = [make.raw_assignment(request, who.organisation) for who in (one, other)]
    with transaction() as session:
        for part, words in (
            (parts[0], "Parlons du chanvre."),
            (parts[1], "Parlons de la laine."),
            (None, "À tous."),
        ):
            session.add(
                RequestEvent(
                    request_id=request.id,
                    assignment_id=part and part.id,
                    action=ANSWER.name,
                    from_state="proposed",
                    to_state="proposed",
                    message=words,
                )
            )
    assert titles(page(browse(one), "chanvre", "said")) == ["Des statuts"]
    assert titles(page(browse(one), "laine", "said")) == []
    assert titles(page(browse(one), other.organisation.name, "request")) == []
    assert titles(page(browse(make.national_admin()), "laine", "said")) == ["Des statuts"]


def test_a_partner_that_declined_does_not_find_by_whom_to_call(make: Builder, browse: Browse) -> None:
    practitioner, coordinator = make.practitioner(), make.coordinator()
    request = make.raw_request(coordinator, phone="06 12 34 56 78")
    part = make.raw_assignment(request, practitioner.organisation)
    browser = browse(practitioner)
    assert titles(page(browser, "0612345678", "request")) != []
    with transaction() as session:
        part.state = AssignmentState.DECLINED
        session.add(part)
    assert titles(page(browser, "0612345678", "request")) == []
    assert titles(page(browser, coordinator.person.family_name, "request")) == []
    assert titles(page(browser, request.reference, "request")) != []


def test_the_own_record_and_those_of_ones_work_are_found(make: Builder, browse: Browse) -> None:
    coordinator, practitioner = make.coordinator(make.pole(name="Filière Lin")), make.practitioner()
    make.raw_assignment(make.raw_request(coordinator), practitioner.organisation)
    for reader, expected in (
        (coordinator, ["Filière Lin"]),
        (practitioner, ["Filière Lin"]),
        (make.practitioner(), []),
        (make.regional_admin("28"), ["Filière Lin"]),
        (make.regional_admin("76"), []),
        (make.observer(), []),
    ):
        assert titles(page(browse(reader), "lin", "pole")) == expected
    assert titles(page(browse(practitioner), coordinator.person.name, "person")) == []


@pytest.mark.parametrize(
    "words",
    [
        "a", "de la", "%", "%%", "_", '"', "'", "''", "*", "(", "a:b OR", "NEAR(", "\\", "--", "^=~", "\u202e",
        "نص عربي", "🦉", "e\u0301", "a" * 1000, "mot " * 1000, "AND", "'; DROP TABLE person", "=request", "1" * 400,
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [None, "request", "nothing"])
def test_whatever_is_typed_gets_an_answer(
    make: Builder, browse: Browse, words: str, kind: str | None
) -> None:
    coordinator = make.coordinator()
    make.raw_request(coordinator, subject="نص عربي", need="100 % laine_douce")
    page(browse(coordinator), words, kind)


def test_a_null_byte_is_refused_as_everywhere(make: Builder, browse: Browse) -> None:
    assert browse(make.coordinator()).get("/recherche?q=x%00y").status_code == 400


def test_right_to_left_is_found(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    make.raw_request(coordinator, subject="نص عربي", need="مكتب")
    assert titles(page(browse(coordinator), "عربي")) == ["نص عربي"]


def test_what_asks_for_nothing_is_told_so(make: Builder, browse: Browse) -> None:
    browser = browse(make.coordinator())
    assert "Trouvez des demandes" in page(browser, "")
    assert "C’est trop court" in page(browser, "l")
    assert "C’est trop court" in page(browser, "de la")
    assert "Rien n’a été trouvé" in page(browser, "introuvable")
    assert "Les 12 premiers mots" in page(browser, " ".join(f"mot{number}" for number in range(20)))


def test_all_of_a_kind_page_by_page(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    with make.at_once():
        for number in range(30):
            make.raw_request(
                coordinator, subject=f"{'Atelier' if number % 3 else 'Essai'} {number:02}", need="Un atelier"
            )
    browser = browse(coordinator)
    first = page(browser, "atelier")
    assert "Voir les 30 résultats" in first
    seen, html = [], page(browser, "atelier", "request")
    while True:
        seen += titles(html)
        following = re.search(r'<span class="next"><a class="btn btn-secondary" href="([^"]+)"', html)
        if not following:
            break
        html = unescape(browser.get(following[1]).get_data(as_text=True))
    newest = range(29, -1, -1)
    assert seen == [f"Atelier {n:02}" for n in newest if n % 3] + [
        f"Essai {n:02}" for n in newest if not n % 3
    ]
    assert browser.get("/recherche?q=atelier&genre=request&page=nonsense").status_code == 404


def test_a_page_costs_a_bounded_number_of_statements(
    make: Builder, browse: Browse, queries: list[str]
) -> None:
    """However much is found: who looks, one statement that finds, some for each kind that is shown."""
    coordinator = make.coordinator(make.pole(name="Atelier"))
    browser = browse(coordinator)

    def cost(kind: str | None = None) -> int:
        queries.clear()
        page(browser, "atelier", kind)
        return len(queries)

    def more(count: int) -> None:
        with make.at_once():
            for number in range(count):
                make.service(name=f"Atelier {number}")
                make.raw_request(coordinator, subject=f"Atelier {number}")

    more(3)
    few, few_of_one = cost(), cost("request")
    more(30)
    assert (cost(), cost("request")) == (few, few_of_one)
    assert few <= 16
    assert few_of_one <= 9


def test_the_field_is_on_every_page_of_who_is_signed_in(make: Builder, browse: Browse) -> None:
    field = 'class="site-search"'
    assert field in browse(make.coordinator()).get("/").get_data(as_text=True)
    assert field in browse(make.national_admin()).get("/nulle-part").get_data(as_text=True)
    assert field not in browse(None).get("/").get_data(as_text=True)
    assert field not in browse(make.coordinator()).get("/recherche").get_data(as_text=True)


@pytest.mark.parametrize("kind", ["request", "said", "person", "pole"])
def test_no_list_reads_all_that_is_kept(make: Builder, kind: str) -> None:
    """Words and names are looked up by indexes, and rights by the rows that these lead to."""
    make.raw_request()
    findable = next(one for one in queries_of_search.kinds() if one.kind == kind)
    for membership in (make.practitioner(), make.regional_admin("28")):
        shown = plan_of(
            queries_of_search.listing(actor_of(membership), findable, asked("filière bois")).limit(26)
        )
        assert "SCAN search_entry" not in shown
        assert "Seq Scan on search_entry" not in shown
        assert "ix_search_entry_words" in shown or "search_word VIRTUAL TABLE INDEX" in shown


def test_a_note_of_a_partner_is_found_by_its_team_alone(make: Builder, browse: Browse) -> None:
    partner = make.partner()
    author, colleague, other = make.practitioner(partner), make.practitioner(partner), make.practitioner()
    coordinator = make.coordinator()
    request = make.raw_request(coordinator, subject="Des statuts")
    for who in (author, other):
        make.raw_assignment(request, who.organisation)
    with transaction() as session:
        session.add(
            Message(
                request_id=request.id, once="a", author_id=author.person_id, organisation_id=partner.id,
                side=Side.PARTNER, note=True, text="Le chanvre, entre nous.",
            )
        )  # fmt: skip
    assert titles(page(browse(colleague), "chanvre")) == ["Des statuts"]
    for reader in (coordinator, other, make.regional_admin("28"), make.national_admin(), None):
        html = page(browse(reader), "chanvre")
        assert titles(html) == []
        assert "entre nous" not in html
