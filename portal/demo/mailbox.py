"""The mail server of the demonstration: `python -m portal.demo.mailbox PORT FOLDER`."""

import sys

from portal.notifications.sink import service as sink

if __name__ == "__main__":
    sink.run("127.0.0.1", int(sys.argv[1]), sys.argv[2])
