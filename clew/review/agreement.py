"""How far two who judged the same contents agree beyond chance: Cohen's kappa. Pure: pairs of codes in, figures out.

Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960) 37-46.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

#: Of the normal distribution: 95 of 100.
_SPREAD = 1.959964


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was judged twice. Shares are of 1; `kappa` is None where nothing was judged, or chance alone would make all agree."""

    number: int
    observed: float
    expected: float
    kappa: float | None
    #: Within these kappa lies, 95 times of 100, were it drawn again; None where there is no kappa.
    low: float | None
    high: float | None
    #: (code of the first, code of the second) -> how often.
    table: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def agreed(self) -> int:
        """How often both said the same."""
        return sum(count for (first, second), count in self.table.items() if first == second)


def agreement_of(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """The agreement over pairs (code of the first, code of the second)."""
    table = Counter(pairs)
    number = sum(table.values())
    if not number:
        return Agreement(0, 0.0, 0.0, None, None, None)
    firsts, seconds = Counter[str](), Counter[str]()
    for (first, second), count in table.items():
        firsts[first] += count
        seconds[second] += count
    observed = sum(count for (first, second), count in table.items() if first == second) / number
    expected = sum(firsts[code] * seconds[code] for code in firsts) / number**2
    if expected == 1:
        return Agreement(number, observed, expected, None, None, None, dict(table))
    kappa = (observed - expected) / (1 - expected)
    spread = _SPREAD * math.sqrt(observed * (1 - observed) / number) / (1 - expected)
    return Agreement(
        number, observed, expected, kappa, max(kappa - spread, -1.0), min(kappa + spread, 1.0), dict(table)
    )
