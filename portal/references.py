"""References that people read on the telephone: they do not tell how many there are, and a slip is found."""

import secrets

from stdnum import luhn


def new_reference() -> str:
    """Eight digits in two groups, easy to say on the telephone; the last one checks the others (Luhn)."""
    return reference_of(secrets.randbelow(9_000_000) + 1_000_000)


def reference_of(number: int) -> str:
    """The reference made of seven digits."""
    digits = f"{number}{luhn.calc_check_digit(str(number))}"
    return f"{digits[:4]}-{digits[4:]}"
