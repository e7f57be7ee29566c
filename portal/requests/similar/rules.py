"""Which requests speak of the same need. Pure."""

SHORTEST_WORD = 5
FEWEST_SHARED = 3
SHARE = 0.4


def resemble(first: str, second: str) -> bool:
    """Do two texts, as keys (`portal.text.search_key`), share most of the long words of the shorter one?"""
    these, those = _long_words(first), _long_words(second)
    shared = len(these & those)
    return shared >= FEWEST_SHARED and shared >= SHARE * min(len(these), len(those))


def _long_words(key: str) -> set[str]:
    return {word for word in key.split() if len(word) >= SHORTEST_WORD and not word.isdigit()}
