"""Documents that people send."""

from flask import Flask

from portal.feature import Feature
from portal.files import jobs, words


def init_app(app: Flask) -> None:
    app.jinja_env.filters["file_state"] = words.state


FEATURE = Feature(
    "files",
    start=init_app,
    jobs=jobs.JOBS,
)
