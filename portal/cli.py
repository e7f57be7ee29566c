"""Commands: the worker, the first accounts, the reference data."""

from flask import Flask

from portal.notifications import outbox, worker


def init_app(app: Flask) -> None:
    @app.cli.command("worker")
    def run_worker() -> None:
        """Send e-mails and run daily jobs until stopped."""
        worker.run(daily=(outbox.purge,))
