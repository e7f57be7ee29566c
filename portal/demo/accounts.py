"""The accounts of the demonstration that everybody may use."""

from dataclasses import dataclass

PASSPHRASE = "bouquet-de-demonstration"  # noqa: S105 (published on purpose; the demonstration holds no secret)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An address, and who signs in with it."""

    email: str
    role: str


COORDINATION = DemoAccount("coordination@demo.example", "coordinator of a pole")
INTERVENTION = DemoAccount("intervention@demo.example", "practitioner of a partner")
PARTNERSHIP = DemoAccount("partenaire@demo.example", "manager of the same partner")
ARRIVAL = DemoAccount("arrivee@demo.example", "practitioner of the same partner, who has just arrived")
REGIONAL = DemoAccount("region@demo.example", "regional cell")
NATIONAL = DemoAccount("national@demo.example", "national cell")
OBSERVATION = DemoAccount("observation@demo.example", "funder, sees figures only")

ACCOUNTS = (COORDINATION, INTERVENTION, PARTNERSHIP, ARRIVAL, REGIONAL, NATIONAL, OBSERVATION)
