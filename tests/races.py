"""Several people, or workers, at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from portal.db import transaction
from portal.refusals import Refusal


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Acts at the same moment, each in a transaction on its own connection; the answer of each, or its refusal."""
    meet = threading.Barrier(len(acts), timeout=20)

    def one(act: Callable[[], Any]) -> Any:
        with app.test_request_context():
            meet.wait()
            try:
                with transaction():
                    return act()
            except Refusal as refusal:
                return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))
