"""Who is told at once when rules of sightings change: rooms above keep rows that stand under the rule of a sighting, and follow in its transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

#: Given an organisation and contents of which its sightings are new, or stand under another rule or caution; on the service's connection.
Follower = Callable[[uuid.UUID, Sequence[uuid.UUID]], None]
_followers: list[Follower] = []


def on_rule_change(follower: Follower) -> None:
    """Have a room above follow. It runs before the change is committed: nobody sees what stands under a rule that is gone."""
    if follower not in _followers:
        _followers.append(follower)


def rules_changed(organisation_id: uuid.UUID, media_ids: Sequence[uuid.UUID]) -> None:
    """Tell them, inside the service's transaction."""
    if media_ids:
        for follower in _followers:
            follower(organisation_id, media_ids)
