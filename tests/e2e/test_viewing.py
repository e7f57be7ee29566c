"""Looking at the portal as somebody else, in a real browser: always in sight, and easy to leave."""

import pytest

from tests.axe import violations
from tests.builders import Builder

WIDE, NARROW = 1280, 360
REASON = "Vos demandes ne s’affichent plus."


@pytest.mark.parametrize(
    ("hands", "width"), [("mouse", WIDE), ("keyboard", WIDE), ("no-javascript", WIDE), ("mouse", NARROW)]
)
def test_look_then_leave(make: Builder, visit, hands: str, width: int) -> None:
    viewer, viewed = make.national_admin(), make.coordinator()
    make.raw_request(viewed)
    visitor = visit(width=width, hands=hands)
    visitor.come_in(viewer)
    visitor.open(f"/personnes/voir-comme/{viewed.id}")
    visitor.write(visitor.words("Why you need to see the portal as this person"), REASON)
    visitor.press(visitor.words("View as this person"))
    banner = visitor.page.get_by_role("region", name=visitor.words("Looking as somebody else"))
    banner.wait_for()
    for path in ("/", "/demandes", "/mon-compte"):
        visitor.open(path)
        visitor.page.mouse.wheel(0, 400)
        assert banner.is_visible()
        assert viewed.person.name in banner.inner_text()
        assert banner.bounding_box()["y"] <= 0, "it stays on top"
        if hands != "no-javascript":
            assert not violations(visitor.page)
    visitor.press(visitor.words("Stop"), inside=banner)
    visitor.page.get_by_text(visitor.words("You see the portal as yourself again.")).wait_for()
    assert not banner.count()
