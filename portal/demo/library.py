"""The stories of the demonstration, the same for everyone. Pure, seeded."""

import random
from collections import Counter
from collections.abc import Sequence

from portal.demo.author import Author, Plot
from portal.demo.content import GUIDE, Need, Texts
from portal.demo.people import FEATURED_PARTNER, FEATURED_POLE, Home, People
from portal.demo.script import Script
from portal.demo.story import Ending, Story

SEED = 11
REQUESTS = 298
INTERVENTIONS = 500
A_YEAR = 250  # working days
_HOW_MANY = {
    Ending.DRAFT: 14,
    Ending.TO_ROUTE: 10,
    Ending.TO_REROUTE: 9,
    Ending.PROPOSED: 14,
    Ending.ON_HOLD: 8,
    Ending.LATE: 8,
    Ending.ACCEPTED: 54,
    Ending.COMPLETED: 152,
    Ending.WITHDRAWN: 17,
    Ending.DROPPED: 12,
}
_OF_FEATURED_POLE = {
    Ending.DRAFT: 2,
    Ending.TO_ROUTE: 1,
    Ending.PROPOSED: 1,
    Ending.ON_HOLD: 1,
    Ending.LATE: 1,
    Ending.ACCEPTED: 4,
    Ending.COMPLETED: 6,
    Ending.WITHDRAWN: 1,
}
_OF_FEATURED_REGION = {
    Ending.TO_ROUTE: 2,
    Ending.TO_REROUTE: 2,
    Ending.PROPOSED: 2,
    Ending.LATE: 1,
    Ending.ACCEPTED: 4,
    Ending.COMPLETED: 8,
}
_WITHOUT_CELL = {Ending.TO_ROUTE: 2, Ending.TO_REROUTE: 1, Ending.LATE: 1}
_MANY = {Ending.ACCEPTED: (0, 1, 2, 2, 3, 4), Ending.COMPLETED: (1, 2, 2, 3, 3, 4)}
_ROUTED = frozenset({Ending.TO_ROUTE, Ending.TO_REROUTE, Ending.DROPPED})
_TO_TRY = frozenset({Ending.PROPOSED, Ending.ON_HOLD, Ending.LATE, Ending.ACCEPTED})


class Library:
    """Chooses pole, service and partners of each story, and has it written."""

    def __init__(self, people: People, texts: Texts) -> None:
        self._people = people
        self._texts = texts
        self._chance = random.Random(SEED)  # noqa: S311 (the same activity for everyone)
        self._author = Author(Script(self._chance, texts))
        self._used: Counter[tuple[int, str]] = Counter()
        self._told: Counter[tuple[int, str]] = Counter()

    def stories(self) -> list[Story]:
        endings = [ending for ending, count in _HOW_MANY.items() for _ in range(count)]
        homes = [home for ending in _HOW_MANY for home in self._homes(ending)]
        visits = self._visits(endings)
        return [
            self._story(ending, home, count)
            for ending, home, count in zip(endings, homes, visits, strict=True)
        ]

    def _homes(self, ending: Ending) -> list[int]:
        """The poles of the stories that end so: those of the accounts to try first, then any."""
        homes = self._people.homes
        featured = next(index for index, home in enumerate(homes) if home.name == FEATURED_POLE)
        region = homes[featured].region_code
        near = [i for i, home in enumerate(homes) if home.region_code == region and i != featured]
        lone = [i for i, home in enumerate(homes) if home.region_code not in self._people.cells]
        others = [i for i, home in enumerate(homes) if i != featured and len(home.offers) > 1]
        chosen = [featured] * _OF_FEATURED_POLE.get(ending, 0)
        chosen += self._chance.choices(near, k=_OF_FEATURED_REGION.get(ending, 0))
        chosen += self._chance.choices(lone, k=_WITHOUT_CELL.get(ending, 0))
        if ending is Ending.DROPPED:
            chosen += [i for i, home in enumerate(homes) if len(home.offers) == 1]
        return chosen + self._chance.choices(others, k=_HOW_MANY[ending] - len(chosen))

    def _visits(self, endings: Sequence[Ending]) -> list[int]:
        """How many interventions each story holds: five hundred in all."""
        counts = [self._chance.choice(_MANY.get(ending, (0,))) for ending in endings]
        adjustable = [i for i, ending in enumerate(endings) if ending is Ending.COMPLETED]
        while (missing := INTERVENTIONS - sum(counts)) != 0:
            index = self._chance.choice(adjustable)
            counts[index] = max(1, counts[index] + (1 if missing > 0 else -1))
        return counts

    def _story(self, ending: Ending, position: int, visits: int) -> Story:
        home = self._people.homes[position]
        slug = self._service(home, position, ending)
        named = None if slug == GUIDE else slug
        partners = self._partners(home.offers[slug])
        reports = self._texts.reports[named or self._chance.choice(sorted(self._texts.reports))]
        direct = slug in self._people.direct
        acts = self._author.write(Plot(ending, partners, direct, reports, visits))
        length = sum(act.wait for act in acts)
        return Story(
            ending=ending,
            home=position,
            slug=named,
            need=self._need(position, slug),
            acts=acts,
            end=self._author.since(ending, max(1, A_YEAR - length), acts),
            wished_in=self._chance.randint(10, 60) if self._chance.random() < 0.6 else None,
            drafted_by_member=home.member is not None and self._chance.random() < 0.4,
        )

    def _service(self, home: Home, position: int, ending: Ending) -> str:
        """A service the pole may ask for, not always the same; one that waits for the cell is not direct."""
        routed = ending in _ROUTED
        slugs = [slug for slug in home.offers if not (routed and slug in self._people.direct)]
        if home.name == FEATURED_POLE and ending in _TO_TRY:
            slugs = [slug for slug in slugs if FEATURED_PARTNER in home.offers[slug]]
        self._chance.shuffle(slugs)
        slug = min(slugs, key=lambda sentence: self._used[position, sentence])
        self._used[position, slug] += 1
        return slug

    def _partners(self, keys: Sequence[str]) -> list[str]:
        """In the order they are asked: most often the one whose accounts can be tried."""
        shuffled = self._chance.sample(list(keys), len(keys))
        if self._chance.random() < 0.85:
            shuffled.sort(key=lambda key: key != FEATURED_PARTNER)
        return shuffled

    def _need(self, position: int, slug: str) -> Need:
        """Another one each time that a pole asks for a service, as long as there are some."""
        needs = self._texts.needs[slug]
        self._told[position, slug] += 1
        return needs[(position + self._told[position, slug]) % len(needs)]
