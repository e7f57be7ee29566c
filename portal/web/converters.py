"""Numbers from addresses that a database can hold: a larger one names nothing."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2_147_483_647


class KeyConverter(IntegerConverter):
    """`<int:…>`: the key of a row; too large a number is a 404 like any other unknown one."""

    def __init__(self, map: Map, max: int = LARGEST) -> None:  # noqa: A002 (Werkzeug's own names)
        super().__init__(map, max=max)


def key(text: str) -> int:
    """The key of a row typed in a query string, for `request.args.get(…, type=key)`; ValueError otherwise."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = KeyConverter
