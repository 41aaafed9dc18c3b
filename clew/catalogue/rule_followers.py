"""Who is told at once when rules of sightings change: rooms above keep rows that stand under the rule of a sighting, and follow in its transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

#: Given an organisation, contents of which its sightings are new or stand under another rule or caution, and whether the rule is changed by
#: hand; on the service's connection.
Follower = Callable[[uuid.UUID, Sequence[uuid.UUID], bool], None]
_followers: list[Follower] = []


def on_rule_change(follower: Follower) -> None:
    """Have a room above follow. It runs before the change is committed: nobody sees what stands under a rule that is gone."""
    if follower not in _followers:
        _followers.append(follower)


def rules_changed(organisation_id: uuid.UUID, media_ids: Sequence[uuid.UUID], *, by_hand: bool = True) -> None:
    """Tell them, inside the service's transaction. `by_hand`: they wait for what is being said at this moment, so that it follows too; files
    that come in by the thousand wait for nobody.
    """
    if media_ids:
        for follower in _followers:
            follower(organisation_id, media_ids, by_hand)
