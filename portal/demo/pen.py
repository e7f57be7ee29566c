"""Writes single acts of a story, with the words people say. Pure, seeded."""

import random
from collections.abc import Sequence

from portal.demo.content import Report, Sentence, Texts
from portal.demo.story import Beat, Visit
from portal.interventions import steps as visits
from portal.interventions.steps import Place
from portal.requests import steps

_LENGTHS = (90, 120, 180, 210, 210, 240, 300, 420)
_ANSWER_TIMES = (0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 8)
_EXPIRES_AFTER = 17  # working days of the whole country: at least 15 of any department


class Pen:
    """One source of chance, one stock of sentences."""

    def __init__(self, chance: random.Random, texts: Texts) -> None:
        self.chance = chance
        self._texts = texts

    def opening(self) -> list[Beat]:
        return [Beat(None), Beat(steps.SUBMIT, self.chance.choice((0, 0, 0, 1, 2)))]

    def route(self, *partners: str) -> Beat:
        word = self._some(self._texts.routings).text if self.chance.random() < 0.3 else None
        return Beat(steps.ROUTE, self.chance.choice((0, 1, 1, 2, 3)), partners, message=word)

    def accept(self, partner: str) -> Beat:
        word = self._some(self._texts.welcomes).text
        return Beat(steps.ACCEPT, self.chance.choice(_ANSWER_TIMES), (partner,), message=word)

    def decline(self, partner: str) -> Beat:
        said = self._some(self._texts.declines)
        wait = self.chance.choice(_ANSWER_TIMES)
        return Beat(steps.DECLINE, wait, (partner,), said.code, said.text)

    def hand_back(self, partner: str) -> Beat:
        said = self._some(self._texts.hand_backs)
        return Beat(steps.HAND_BACK, self.chance.randint(4, 12), (partner,), said.code, said.text)

    def question(self, partner: str) -> tuple[Beat, Beat]:
        exchange = self.chance.choice(self._texts.exchanges)
        ask = Beat(steps.ASK, self.chance.randint(1, 3), (partner,), message=exchange.question)
        return ask, Beat(steps.ANSWER, self.chance.randint(0, 5), (partner,), message=exchange.answer)

    def expire(self, partner: str) -> Beat:
        return Beat(steps.EXPIRE, _EXPIRES_AFTER, (partner,))

    def change_referent(self, partner: str) -> Beat:
        return Beat(steps.CHANGE_REFERENT, self.chance.randint(3, 9), (partner,))

    def cancel(self, partner: str) -> Beat:
        return Beat(steps.CANCEL, 1, (partner,))

    def complete(self, partner: str) -> Beat:
        said = self._some(self._texts.reviews)
        return Beat(steps.COMPLETE, self.chance.randint(2, 8), (partner,), said.code, said.text)

    def reopen(self, partner: str) -> Beat:
        word = self._some(self._texts.reopenings).text
        return Beat(steps.REOPEN, self.chance.randint(2, 12), (partner,), message=word)

    def withdraw(self) -> Beat:
        said = self._some(self._texts.withdrawals)
        return Beat(steps.WITHDRAW, self.chance.randint(2, 10), (), said.code, said.text)

    def drop(self) -> Beat:
        said = self._some(self._texts.drops)
        return Beat(steps.DROP, self.chance.randint(15, 40), (), said.code, said.text)

    def visit(self, holder: str, number: int, report: Report) -> list[Beat]:
        """An intervention of the past: logged at once, planned then logged, or called off."""
        fate = self.chance.random()
        wait = self.chance.randint(3, 9)
        if fate < 0.65:
            return [Beat(visits.LOG, wait, (holder,), visit=self._facts(number, 0, report))]
        ahead = self.chance.randint(3, 8)
        visit = self._facts(number, ahead, report)
        plan = Beat(visits.PLAN, wait, (holder,), visit=visit)
        if fate < 0.72:
            why = self.chance.choice(self._texts.call_offs)
            return [plan, Beat(visits.CALL_OFF, ahead - 1, (holder,), message=why, visit=visit)]
        return [plan, Beat(visits.LOG, ahead, (holder,), visit=visit)]

    def planned(self, holder: str, number: int, report: Report) -> Beat:
        """An intervention to come, or one that its day has passed by without a report."""
        ahead = 1 if self.chance.random() < 0.2 else self.chance.randint(10, 24)
        wait = self.chance.randint(3, 9)
        return Beat(visits.PLAN, wait, (holder,), visit=self._facts(number, ahead, report))

    def _facts(self, number: int, ahead: int, report: Report) -> Visit:
        remote = self.chance.random() < 0.35
        return Visit(
            number=number,
            ahead=ahead,
            hour=self.chance.choice((9, 10, 14)),
            minutes=self.chance.choice(_LENGTHS),
            kind=Place.REMOTE if remote else Place.ON_SITE,
            place=None if remote else self.chance.choice(self._texts.places),
            participants=self.chance.randint(2, 24),
            report=report,
            with_colleague=self.chance.random() < 0.2,
        )

    def _some(self, sentences: Sequence[Sentence]) -> Sentence:
        return self.chance.choice(sentences)
