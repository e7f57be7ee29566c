"""The rows of the table of access that stand in files of their own; parts of `matrix.py`."""

from tests.access.confirmed import CONFIRMED
from tests.access.dated import DATED
from tests.access.entitled import ENTITLED
from tests.access.gathered import GATHERED
from tests.access.joined import JOINED
from tests.access.of_dates import OF_DATES
from tests.access.received import RECEIVED
from tests.access.reminded import REMINDED

BESIDE = (CONFIRMED, DATED, ENTITLED, GATHERED, JOINED, OF_DATES, RECEIVED, REMINDED)
