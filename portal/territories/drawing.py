"""Where things are on the drawn map of France; its shapes are in static/images/france.svg (`make territories`)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.territories.reference import DEPARTMENTS, department_name, region_name


@dataclass(frozen=True, slots=True)
class Shape:
    """A department as it is drawn once as a link: `identity` in the SVG; where its number goes."""

    code: str
    identity: str
    x: float
    y: float

    @property
    def name(self) -> str:
        return department_name(self.code)

    @property
    def region(self) -> str:
        return region_name(DEPARTMENTS[self.code].region_code)


@dataclass(frozen=True, slots=True)
class Frame:
    """A box beside the mainland; `code`: its overseas department, None for the ring of Paris."""

    code: str | None
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map of France with its five overseas departments and the ring of Paris drawn larger, in one unit.

    `small`: identities of the ring's departments where they truly are, too small to be pointed at.
    """

    width: int
    height: int
    shapes: tuple[Shape, ...]
    frames: tuple[Frame, ...]
    small: tuple[Shape, ...]


RING = ("75", "92", "93", "94")


def _read() -> Drawing:
    data = json.loads((Path(__file__).parent / "data" / "map.json").read_text(encoding="utf-8"))
    labels: Mapping[str, list[float]] = data["labels"]
    boxes = data["overseas_boxes"]
    return Drawing(
        data["width"],
        data["height"],
        tuple(Shape(code, ("z" if code in RING else "d") + code, *labels[code]) for code in DEPARTMENTS),
        (Frame(None, *data["ring_box"]), *(Frame(code, *boxes[code]) for code in boxes)),
        tuple(Shape(code, f"d{code}", *labels[code]) for code in RING),
    )


FRANCE = _read()
