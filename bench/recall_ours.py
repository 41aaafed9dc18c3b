"""What Clew makes of a picture that is asked about among those it holds: its hashes' nearest distances, and its scene matches."""

from __future__ import annotations

import numpy as np

from clew.kernel.limits import IMPRINT_CANDIDATES_CLOSER_MAX, IMPRINT_CANDIDATES_MAX, PDQ_DISTANCE_MAX, PDQ_QUALITY_MIN
from clew.matching.scene_index import SceneIndex
from clew.matching.scene_verify import verify
from clew.signatures.enlarged import pdq_enlarged
from clew.signatures.orientations import Orientation
from clew.signatures.pdq import PdqHash, pdq_dihedral
from clew.signatures.scene import scene_of, scene_query_of
from clew.signatures.trimmed import pdq_trimmed, trim_box


def pdq_inside(pixels):
    """The hashes of what is inside a border."""
    return pdq_trimmed(pixels, trim_box(pixels))


def pdq_negative(pixels):
    """The hashes of the negative: every bit turned around. Of a held picture, its own again, since only the question is turned."""
    return {
        name: PdqHash(bytes(255 - byte for byte in made.bits), made.quality)
        for name, made in pdq_dihedral(pixels).items()
    }


#: Which hashes a method compares.
LOOKS = {
    "PDQ": (pdq_dihedral,),
    "PDQ and trimmed": (pdq_dihedral, pdq_inside),
    "Clew's hashes": (pdq_dihedral, pdq_inside, pdq_enlarged, pdq_negative),
}
FAR = 999


class Held:
    """Pictures under the numbers 0 to n - 1, as Clew would hold them."""

    def __init__(self, pictures, peers):
        self.looks = {name: [_hashes(pixels, kinds, (Orientation.ORIGINAL,)) for pixels in pictures] for name, kinds in LOOKS.items()}  # fmt: skip
        self.scenes = [scene_of(pixels) for pixels in pictures]
        self.index = SceneIndex()
        self.index.add(np.arange(len(pictures)), self.scenes)
        told = [peers.hashes(pixels) for pixels in pictures] if peers else []
        self.metrics = peers.metrics if peers else {}
        self.peers = {name: np.stack([hashes[name] for hashes in told]) for name in self.metrics}

    def __len__(self):
        return len(self.scenes)


def look_distances(pixels, held):
    """Method -> the least distance to each held picture; FAR where there is no hash of quality to compare."""
    told = {}
    for name, kinds in LOOKS.items():
        asked = _hashes(pixels, kinds, tuple(Orientation))
        told[name] = np.array([_least(asked, rows) for rows in held.looks[name]])
    return told


def scene_matches(pixels, held, *, deep):
    """Held picture -> its SceneMatch, compared with every one so that no shortlist hides a false match; and whom the index proposes."""
    query = scene_query_of(pixels, deep=deep)
    count_max = IMPRINT_CANDIDATES_CLOSER_MAX if deep else IMPRINT_CANDIDATES_MAX
    proposed = {candidate.id for candidate in held.index.search(query, count_max)}
    found = {at: verify(query, scene) for at, scene in enumerate(held.scenes)}
    return {at: match for at, match in found.items() if match is not None}, proposed


def is_near(distance):
    return distance <= PDQ_DISTANCE_MAX


def _hashes(pixels, kinds, orientations):
    made = [hashes[turn] for hashes in (kind(pixels) for kind in kinds) if hashes for turn in orientations]
    rows = [np.frombuffer(turned.bits, np.uint8) for turned in made if turned.quality >= PDQ_QUALITY_MIN]
    return np.stack(rows) if rows else np.empty((0, 32), np.uint8)


def _least(asked, held):
    if not len(asked) or not len(held):
        return FAR
    return int(np.bitwise_count(asked[:, None] ^ held[None]).sum(axis=2, dtype=np.int64).min())


def look_distances_between(asked, held):
    """The least distance between the hashes of two pictures."""
    kinds = LOOKS["Clew's hashes"]
    return _least(_hashes(asked, kinds, tuple(Orientation)), _hashes(held, kinds, (Orientation.ORIGINAL,)))
