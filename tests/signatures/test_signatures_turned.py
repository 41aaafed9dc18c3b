"""Turned looks: what is packed comes back, what says too little is left out, what is damaged is refused."""

from __future__ import annotations

import pytest

from clew.signatures.orientations import Orientation
from clew.signatures.pdq import PdqHash, pdq_dihedral
from clew.signatures.turned import TurnedLooksUnreadable, pack_turned, unpack_turned


def test_the_looks_of_a_picture_come_back_as_they_were(pictures):
    made = pdq_dihedral(pictures(1))
    looks = list(unpack_turned(pack_turned({"": made, "trimmed": made})))
    assert {(look.variant, look.orientation): look.bits for look in looks} == {
        (variant, orientation): found.bits for variant in ("", "trimmed") for orientation, found in made.items()
    }


def test_what_says_too_little_is_left_out():
    plain = {Orientation.ORIGINAL: PdqHash(bytes(32), 49), Orientation.FLIPX: PdqHash(bytes(range(32)), 50)}
    assert [look.orientation for look in unpack_turned(pack_turned({"enlarged": plain}))] == [Orientation.FLIPX]


def test_damaged_looks_are_refused():
    kept = pack_turned({"": {Orientation.ORIGINAL: PdqHash(bytes(range(32)), 90)}})
    for damaged in (kept[:-1], b"\xff" + kept[1:]):
        with pytest.raises(TurnedLooksUnreadable):
            list(unpack_turned(damaged))
