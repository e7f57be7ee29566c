"""From working days counted back to moments. Pure, but for the day it starts from."""

import random
from collections import Counter
from datetime import date, datetime, time, timedelta

from portal import clock
from portal.demo.story import Story

_OPENS = 8 * 60 + 40
_CLOSES = 18 * 60 + 10


class Timeline:
    """Working days of the whole country around `today`; 1 is the last one before it."""

    def __init__(self, today: date, chance: random.Random) -> None:
        self._today = today
        self._chance = chance
        self._past: list[date] = [today]

    def back(self, days: int) -> date:
        """The working day so many before today; with 0 or less, the one so many and one after it."""
        if days < 1:
            return clock.add_working_days(self._today, 1 - days, None)
        while len(self._past) <= days:
            day = self._past[-1] - timedelta(days=1)
            while not clock.is_working_day(day, None):
                day -= timedelta(days=1)
            self._past.append(day)
        return self._past[days]

    def offsets(self, story: Story) -> list[int]:
        """How many working days ago each act of a story took place."""
        ago = story.end + story.length
        offsets = []
        for act in story.acts:
            ago -= act.wait
            offsets.append(ago)
        return offsets

    def moments(self, story: Story) -> list[datetime]:
        """When each act took place, in office hours, one after the other."""
        offsets = self.offsets(story)
        minutes: list[int] = []
        for _ago, count in sorted(Counter(offsets).items(), reverse=True):
            minutes += sorted(self._chance.sample(range(_OPENS, _CLOSES), count))
        return [
            datetime.combine(self.back(ago), time(minute // 60, minute % 60), clock.PARIS)
            for ago, minute in zip(offsets, minutes, strict=True)
        ]
