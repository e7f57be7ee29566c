"""The table and the application name the same doors, and doors are made in one way."""

import re
import unicodedata

import pytest
from flask import Flask

from portal.access.permissions import Open
from portal.web import guard
from portal.web.blueprint import GuardedBlueprint, declared, sensitive
from tests.access.matrix import PUBLIC, ROWS, SENSITIVE
from tests.access.world import FORMS, STAGES

# Text in an address, with why it is not a number.
UNTYPED = {
    "reference": "people read it on the telephone",
    "slug": "the name of a service, for people",
    "token": "a signed link",
    "filename": "a path of Flask's own",
    "key": "what a question of a service is called for ever, drawn by lot",
    "kind": "the path of an e-mail template",
    "breakdown": "one of a closed list",
    "section": "one of a closed list",
    "step": "one of a closed list",
    "verb": "a step of a sheet",
    "which": "the code of a region, or the number of a service",
}
NOT_FRENCH = {"/health", "/robots.txt"}  # what probes and robots ask for
SAFE = {"GET", "HEAD", "OPTIONS"}


def doors(app: Flask) -> set[tuple[str, str]]:
    """Every endpoint with each of its methods; HEAD and OPTIONS follow GET."""
    methods = {
        rule.endpoint: (rule.methods or set()) - {"HEAD", "OPTIONS"} for rule in app.url_map.iter_rules()
    }
    return {(endpoint, method) for endpoint, found in methods.items() for method in found}


def test_every_door_has_its_row_and_every_row_its_door(app: Flask) -> None:
    rows = {(row.endpoint, row.method) for row in ROWS}
    assert not (missing := doors(app) - rows), f"Add rows to tests/access/matrix.py for {sorted(missing)}."
    assert not (stale := rows - doors(app)), f"Remove from tests/access/matrix.py {sorted(stale)}."


def test_one_endpoint_has_one_address(app: Flask) -> None:
    endpoints = [rule.endpoint for rule in app.url_map.iter_rules()]
    twice = sorted({one for one in endpoints if endpoints.count(one) > 1})
    assert not twice, f"The matrix visits one address of each endpoint; split {twice}."


def test_every_row_can_be_built_and_filled() -> None:
    assert {row.stage for row in ROWS} == STAGES.keys(), "tests/access/world.py builds other stages."
    assert {row.endpoint for row in ROWS if row.method != "GET"} == FORMS.keys(), "FORMS fills other forms."


def test_access_is_declared_for_what_exists_and_nothing_else(app: Flask) -> None:
    assert declared(app).keys() == {rule.endpoint for rule in app.url_map.iter_rules()}


def test_the_doors_open_to_all_are_those_we_chose(app: Flask) -> None:
    public = {endpoint for endpoint, access in declared(app).items() if access is Open.PUBLIC}
    assert public == PUBLIC, "An open door is a decision: write it in PUBLIC of tests/access/matrix.py."


def test_the_doors_that_ask_for_a_recent_sign_in_are_those_we_chose(app: Flask) -> None:
    assert sensitive(app) == SENSITIVE, "Write it in SENSITIVE of tests/access/matrix.py."


def test_addresses_are_plain_french_words_joined_by_dashes(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule in NOT_FRENCH or rule.endpoint == "static":
            continue
        fixed = re.sub(r"<[^>]+>", "x", rule.rule)
        plain = unicodedata.normalize("NFKD", fixed).encode("ascii", "ignore").decode()
        good = fixed == plain and re.fullmatch(r"/|(/[a-z][a-z-]*(\.(csv|ics))?)+", fixed)
        assert good, f"Write {rule.rule} in lower case, with dashes, without accents nor a final slash."


def test_parts_of_addresses_have_a_type(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        for name in re.findall(r"<([a-z_]+)>", rule.rule):
            assert name in UNTYPED, f"Write <int:{name}> in {rule.rule}, or say in UNTYPED why it is text."


def test_what_changes_something_is_never_a_link(app: Flask) -> None:
    acts = ("security.logout", "home.set_language", "accounts.switch_organisation", "requests.discard")
    for endpoint in acts:
        for rule in app.url_map.iter_rules(endpoint):
            assert not (rule.methods or set()) & {"GET", "HEAD"}, f"{endpoint} must be a POST only."


def test_no_method_but_get_and_post(app: Flask) -> None:
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert methods <= SAFE | {"POST"}, "Forms know GET and POST alone."


def test_a_route_that_does_not_say_who_may_use_it_is_an_error() -> None:
    bp = GuardedBlueprint("somewhere", __name__)
    for declare in (bp.route, bp.get, bp.post):
        with pytest.raises(TypeError, match="access"):
            declare("/somewhere")(lambda: "")


def test_the_portal_does_not_start_with_a_door_nobody_declared() -> None:
    app = Flask("elsewhere")
    app.add_url_rule("/extension", "extension.page", lambda: "")
    with pytest.raises(guard.UndeclaredEndpoint, match=r"extension\.page"):
        guard.refuse_undeclared(app)
