"""Addresses and what follows them: languages, open redirects, bookmarks of lists, numbers nobody has."""

import pytest
from flask import url_for
from werkzeug.routing import BuildError

LISTS = {
    "/ptce": None,
    "/demandes": "national",
    "/organisations": "national",
    "/emails": "national",
}
BAD_BOOKMARKS = ("x", "i:1~i:2", ">i:1~i:2~i:3~i:4", "~~~~", "%00", "s:a~s:b~s:c~s:d", "9" * 400, "é")
ELSEWHERE = (
    "https://elsewhere.test/",
    "//elsewhere.test/",
    "/\\elsewhere.test/",
    "\\/elsewhere.test",
    "/\t/elsewhere.test",
    "javascript:alert(1)",
    "",
)


@pytest.fixture
def reader(make, browse):
    people = {"national": make.national_admin(), None: None}
    return lambda path: browse(people[LISTS.get(path)])


def test_french_comes_first_and_a_choice_lasts(browse) -> None:
    visitor = browse()
    assert '<html lang="fr">' in visitor.get("/services").text
    answer = visitor.post("/langue", {"language": "en", "next": "/services?famille=creation"})
    assert answer.location == "/services?famille=creation"
    assert '<html lang="en">' in visitor.get("/services").text
    assert '<html lang="en">' in visitor.get("/ptce").text
    visitor.post("/langue", {"language": "fr"})
    assert '<html lang="fr">' in visitor.get("/ptce").text


def test_the_browser_s_language_is_not_guessed(browse) -> None:
    page = browse().get("/services", headers={"Accept-Language": "en"})
    assert '<html lang="fr">' in page.text


def test_a_language_we_do_not_speak_changes_nothing(browse) -> None:
    visitor = browse()
    assert visitor.post("/langue", {"language": "xx"}).status_code == 302
    assert '<html lang="fr">' in visitor.get("/services").text


def test_a_person_reads_in_their_own_language(make, browse) -> None:
    pole = make.pole()
    member = make.member(pole, "coordinator", make.person(language="en"))
    assert '<html lang="en">' in browse(member).get("/services").text


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_form_leads_to_another_site(make, browse, target: str) -> None:
    switched = browse().post("/langue", {"language": "en", "next": target})
    assert switched.location in {"/", "http://localhost/"}
    coordinator = make.coordinator()
    fields = {"email": coordinator.person.email, "password": "quatre mots bien ordinaires", "next": target}
    signed_in = browse().post("/connexion", fields)
    assert signed_in.status_code == 302
    assert signed_in.location in {"/", "http://localhost/"}


def test_signing_in_leads_back_to_the_page_asked_for(make, browse) -> None:
    visitor = browse()
    asked = visitor.get("/demandes?dossier=toutes")
    assert asked.status_code == 302
    assert asked.location.startswith("/connexion?next=")
    coordinator = make.coordinator()
    visitor.get(asked.location)
    fields = {"email": coordinator.person.email, "password": "quatre mots bien ordinaires"}
    assert visitor.post(asked.location, fields).location == "/demandes?dossier=toutes"


@pytest.mark.parametrize("bookmark", BAD_BOOKMARKS)
@pytest.mark.parametrize("path", LISTS)
def test_a_made_up_bookmark_names_no_page(reader, path: str, bookmark: str) -> None:
    assert reader(path).get(f"{path}?page={bookmark}").status_code in {400, 404}


def test_a_bookmark_of_another_list_is_no_failure(make, reader) -> None:
    for number in range(30):
        make.pole(published=True, name=f"Pôle {number:02d}")
    page = reader("/ptce").get("/ptce").text
    bookmark = page.partition("page=")[2].partition('"')[0]
    assert bookmark
    assert reader("/emails").get(f"/emails?page={bookmark}").status_code in {200, 404}


@pytest.mark.parametrize("number", ["0", "99999999", "2147483648", "9" * 30])
@pytest.mark.parametrize("address", ["/organisations/{}", "/ptce/{}"])
def test_numbers_nobody_has_are_not_found(make, browse, address: str, number: str) -> None:
    assert browse(make.national_admin()).get(address.format(number)).status_code == 404


@pytest.mark.parametrize("path", ["/demandes/%00", "/services/%00", "/ptce?q=%00", "/services/%F0%28%8C%BC"])
def test_characters_no_database_keeps_are_refused(make, browse, path: str) -> None:
    assert browse(make.national_admin()).get(path).status_code in {400, 404}


def test_an_address_is_that_of_the_place_it_is_asked_in_each_time(app) -> None:
    def of_pages() -> list[str]:
        values = {"reference": "2026-0001"}
        return [
            url_for("requests.show", **values),
            url_for("requests.show", **values, _anchor="what-i-can-do"),
            url_for("catalogue.index", famille=1),
            url_for("catalogue.index", famille=True),
            url_for("catalogue.index", famille=["a", "b"]),
            url_for("catalogue.index", famille=None),
            url_for(".index"),
        ]

    with app.test_request_context("/services"):
        here = of_pages()
        assert of_pages() == here
    assert here == [
        "/demandes/2026-0001",
        "/demandes/2026-0001#what-i-can-do",
        "/services?famille=1",
        "/services?famille=True",
        "/services?famille=a&famille=b",
        "/services",
        "/services",
    ]
    with app.test_request_context("/demandes"):
        assert of_pages() == [*here[:-1], "/demandes"]
    with app.test_request_context("/services", base_url="http://localhost/appui/"):
        assert of_pages() == [f"/appui{address}" for address in here]
    with app.test_request_context("/services"), pytest.raises(BuildError):
        url_for("requests.show")
