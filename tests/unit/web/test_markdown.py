"""What people write with a few signs becomes HTML that does nothing but say it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.markdown import render

KNOWN = re.compile(
    r"</?(p|br|ul|ol|li|strong|em|a|blockquote|hr|code|h2)"
    r'( (dir="auto"|href="[^"]*"|title="[^"]*"|rel="noopener"|start="\d+"))* ?/?>'
)


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("Un\n\nDeux", '<p dir="auto">Un</p>\n<p dir="auto">Deux</p>'),
        ("**gras** et *penché*", '<p dir="auto"><strong>gras</strong> et <em>penché</em></p>'),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>"),
        ("# Titre", "<h2>Titre</h2>"),
        ("### Titre", "<h2>Titre</h2>"),
        ("[site](https://a.fr)", '<p dir="auto"><a href="https://a.fr" rel="noopener">site</a></p>'),
        ("5 < 6 & 7", '<p dir="auto">5 &lt; 6 &amp; 7</p>'),
        ("", ""),
    ],
)
def test_a_few_signs_are_known(written: str, made: str) -> None:
    assert render(written).strip() == made


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://a.fr/x.png)",
        '[x](https://a.fr "\\" onclick=alert(1)")',
        "<a href='https://a.fr' onclick='x'>y</a>",
        '<https://a.fr/"onclick="x>',
    ],
)
def test_nothing_that_acts_comes_through(written: str) -> None:
    made = render(written)
    assert not KNOWN.sub("", made).count("<"), made
    assert "javascript:" not in re.findall(r'href="([^"]*)"', made)
    assert "<img" not in made


@given(st.text(alphabet="<>\"'&[]()!*_#-`~ \n\\:/abcjavscript=", max_size=60))
def test_whatever_is_written_only_known_tags_are_made(written: str) -> None:
    assert "<" not in KNOWN.sub("", render(written))
