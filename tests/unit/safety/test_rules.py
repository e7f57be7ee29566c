"""Browsers in words, and codes as they are compared."""

import pytest

from portal.safety.rules import browser_and_system, is_from_an_application, plain_code

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0 Safari/537.36"
ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/147.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "named"),
    [
        (CHROME, ("Chrome", "Linux")),
        (ANDROID, ("Chrome", "Android")),
        (f"{CHROME} Edg/147.0", ("Edge", "Linux")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/19.0 Safari/605.1", ("Safari", "macOS")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) FxiOS/140.0 Safari", ("Firefox", "iPhone")),
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Windows")),
        ("", ("", "")),
        ("curl/8.0", ("", "")),
        ("<script>" * 1000, ("", "")),
    ],
)
def test_a_browser_is_named_by_what_it_says(user_agent: str, named: tuple[str, str]) -> None:
    assert browser_and_system(user_agent) == named


@pytest.mark.parametrize("typed", ["123456", "123 456", " 123-456 ", "12 34 56"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert plain_code(typed) == "123456"
    assert is_from_an_application(plain_code(typed))


@pytest.mark.parametrize("typed", ["a1b2-c3d4-e5f6", "12345", "1234567", "12345a", "", "٠١٢٣٤٥"])
def test_other_codes_are_not_of_an_application(typed: str) -> None:
    assert not is_from_an_application(plain_code(typed))
