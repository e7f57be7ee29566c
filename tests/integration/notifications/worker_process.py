"""A worker in a process of its own, to be killed: python -m … DATABASE_URL SMTP_PORT."""

import sys

from config import Testing
from portal import create_app
from portal.notifications.worker import service as worker

if __name__ == "__main__":
    app = create_app(Testing(sys.argv[1]))
    app.config["MAIL_PORT"] = int(sys.argv[2])
    with app.app_context():
        worker.run()
