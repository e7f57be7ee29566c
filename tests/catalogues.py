"""The translations that pages are drawn with, which are compiled from the texts that people write."""

from pathlib import Path

TRANSLATIONS = Path(__file__).parents[1] / "portal/translations"


def stale(translations: Path = TRANSLATIONS) -> list[Path]:
    """The compiled catalogues that are missing, or were not made from the texts of today."""
    texts = {path.with_suffix(".mo"): path for path in sorted(translations.glob("*/LC_MESSAGES/*.po"))}
    return [made for made, text in texts.items() if not made.exists() or _written(made) < _written(text)]


def _written(path: Path) -> int:
    return path.stat().st_mtime_ns
