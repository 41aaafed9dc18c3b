"""What was said to be not the same, for those who ask what is alike: pairs that officers keep apart never come back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

#: Tells which contents are kept apart from one: registered by the part that keeps such pairs.
Keeper = Callable[[uuid.UUID], set[uuid.UUID]]
_keepers: list[Keeper] = []


def on_keeping_apart(keeper: Keeper) -> None:
    """Have whoever keeps pairs apart be asked."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def apart_from(media_id: uuid.UUID | None) -> set[uuid.UUID]:
    """The contents that are kept apart from this one."""
    return set().union(*(keeper(media_id) for keeper in _keepers)) if media_id is not None else set()
