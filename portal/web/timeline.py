"""What has happened to what is followed, as the component `timeline` draws it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: its title, when in words, who did it, what they wrote, and its look."""

    title: str
    when: str
    who: str
    text: str
    icon: str
    tone: str
