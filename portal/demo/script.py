"""Writes single acts of a story, with the words people say. Pure, seeded."""

import random
from collections.abc import Sequence
from itertools import cycle

from portal.demo.content import Report, Sentence, Texts
from portal.demo.story import Act, Visit
from portal.interventions import steps as visits
from portal.interventions.steps import Place
from portal.requests import steps

_LINK = "https://visio.demo.example/rencontre"
_LENGTHS = (90, 120, 180, 210, 210, 240, 300, 420)
_ANSWER_TIMES = (0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 8)
_LATE_AFTER = 6  # working days: an answer is due on the fifth
_EXPIRES_AFTER = 17  # working days of the whole country: at least 15 of any department


class Script:
    """One source of chance, one stock of sentences."""

    def __init__(self, chance: random.Random, texts: Texts) -> None:
        self.chance = chance
        self._texts = texts
        self._additions, self._reminders, self._thanks = map(
            cycle, (texts.additions, texts.reminders, texts.thanks)
        )

    def opening(self) -> list[Act]:
        return [Act(None), Act(steps.SUBMIT, self.chance.choice((0, 0, 0, 1, 2)))]

    def route(self, *partners: str) -> Act:
        word = self._some(self._texts.routings).text if self.chance.random() < 0.3 else None
        return Act(steps.ROUTE, self.chance.choice((0, 1, 1, 2, 3)), partners, message=word)

    def accept(self, partner: str) -> Act:
        word = self._some(self._texts.welcomes).text
        return Act(steps.ACCEPT, self.chance.choice(_ANSWER_TIMES), (partner,), message=word)

    def decline(self, partner: str) -> Act:
        sentence = self._some(self._texts.declines)
        wait = self.chance.choice(_ANSWER_TIMES)
        return Act(steps.DECLINE, wait, (partner,), sentence.code, sentence.text)

    def hand_back(self, partner: str) -> Act:
        sentence = self._some(self._texts.hand_backs)
        return Act(steps.HAND_BACK, self.chance.randint(4, 12), (partner,), sentence.code, sentence.text)

    def question(self, partner: str) -> tuple[Act, Act]:
        exchange = self.chance.choice(self._texts.exchanges)
        ask = Act(steps.ASK, self.chance.randint(1, 3), (partner,), message=exchange.question)
        return ask, Act(steps.ANSWER, self.chance.randint(0, 5), (partner,), message=exchange.answer)

    def expire(self, partner: str) -> Act:
        return Act(steps.EXPIRE, _EXPIRES_AFTER, (partner,))

    def change_referent(self, partner: str) -> Act:
        return Act(steps.CHANGE_REFERENT, self.chance.randint(3, 9), (partner,))

    def cancel(self, partner: str) -> Act:
        return Act(steps.CANCEL, 1, (partner,))

    def complete(self, partner: str) -> Act:
        sentence = self._some(self._texts.reviews)
        return Act(steps.COMPLETE, self.chance.randint(2, 8), (partner,), sentence.code, sentence.text)

    def reopen(self, partner: str) -> Act:
        word = self._some(self._texts.reopenings).text
        return Act(steps.REOPEN, self.chance.randint(2, 12), (partner,), message=word)

    def add_information(self) -> Act:
        return Act(steps.ADD_INFORMATION, 1, message=next(self._additions).text)

    def remind(self, partner: str) -> Act:
        return Act(steps.REMIND, _LATE_AFTER, (partner,), message=next(self._reminders).text)

    def thank(self, partner: str) -> Act:
        return Act(steps.THANK, 1, (partner,), message=next(self._thanks).text)

    def withdraw(self) -> Act:
        sentence = self._some(self._texts.withdrawals)
        return Act(steps.WITHDRAW, self.chance.randint(2, 10), (), sentence.code, sentence.text)

    def drop(self) -> Act:
        sentence = self._some(self._texts.drops)
        return Act(steps.DROP, self.chance.randint(15, 40), (), sentence.code, sentence.text)

    def visit(self, holder: str, number: int, report: Report) -> list[Act]:
        """An intervention of the past: logged at once, planned then logged, or called off."""
        fate = self.chance.random()
        wait = self.chance.randint(3, 9)
        if fate < 0.65:
            return [Act(visits.LOG, wait, (holder,), visit=self._facts(number, 0, report))]
        ahead = self.chance.randint(3, 8)
        visit = self._facts(number, ahead, report)
        plan = Act(visits.PLAN, wait, (holder,), visit=visit)
        if fate < 0.72:
            why = self.chance.choice(self._texts.call_offs)
            return [plan, Act(visits.CALL_OFF, ahead - 1, (holder,), message=why, visit=visit)]
        return [plan, Act(visits.LOG, ahead, (holder,), visit=visit)]

    def planned(self, holder: str, number: int, report: Report) -> Act:
        """An intervention to come, or one that its day has passed by without a report."""
        ahead = 1 if self.chance.random() < 0.2 else self.chance.randint(10, 24)
        wait = self.chance.randint(3, 9)
        return Act(visits.PLAN, wait, (holder,), visit=self._facts(number, ahead, report))

    def _facts(self, number: int, ahead: int, report: Report) -> Visit:
        remote = self.chance.random() < 0.35
        return Visit(
            number=number,
            ahead=ahead,
            hour=self.chance.choice((9, 10, 14)),
            minutes=self.chance.choice(_LENGTHS),
            kind=Place.REMOTE if remote else Place.ON_SITE,
            place=_LINK if remote else self.chance.choice(self._texts.places),
            participants=self.chance.randint(2, 24),
            report=report,
            with_colleague=self.chance.random() < 0.2,
        )

    def _some(self, sentences: Sequence[Sentence]) -> Sentence:
        return self.chance.choice(sentences)
