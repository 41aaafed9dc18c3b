"""P9: any rewriting of history is found: each of ten thousand random changes of a ledger, however much of it is made to fit again."""

import dataclasses
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))

from made_ledger import SIGNER, STRANGER, entry, made, nodes_over, signed

from clew.ledger.notes import parse_note
from clew.ledger.tree import leaf_hash
from clew.ledger.verification import FaultKind

SIZE, CHECKPOINTS = 260, (1, 77, 256, 260)
WHOLE = made(SIZE, CHECKPOINTS)
MUTATIONS = 10_000


def _rehash(ledger, chance, index=None):
    """Make things fit again, as far as chance has it: the entry's own hash, its leaf, the nodes over them."""
    if index is not None:
        sequence, _leaf = ledger.leaves[index]
        canonical, own = ledger.entries[sequence]
        if chance.random() < 0.5:
            own = leaf_hash(canonical)
        ledger.entries[sequence] = (canonical, own)
        if chance.random() < 0.5:
            ledger.leaves[index][1] = leaf_hash(canonical)
    if chance.random() < 0.5:
        ledger.nodes = nodes_over(ledger.hashes)


def alter(ledger, chance):
    index = chance.randrange(SIZE)
    sequence = ledger.leaves[index][0]
    canonical, own = ledger.entries[sequence]
    at = chance.randrange(len(canonical))
    changed = bytearray(canonical)
    changed[at] ^= 1 << chance.randrange(8)
    ledger.entries[sequence] = (bytes(changed), own)
    _rehash(ledger, chance, index)


def restate(ledger, chance):
    index = chance.randrange(SIZE)
    sequence = ledger.leaves[index][0]
    change = chance.choice(
        [
            {"officer": "another"},
            {"at": "2026-11-25T13:00:00.000000+00:00"},
            {"outcome": "404"},
            {"purpose": "none", "format": 2},
        ]
    )
    ledger.entries[sequence] = (entry(index, **change), ledger.entries[sequence][1])
    _rehash(ledger, chance, index)


def remove_entry(ledger, chance):
    del ledger.entries[chance.choice(list(ledger.entries))]


def remove_with_leaf(ledger, chance):
    index = chance.randrange(SIZE)
    del ledger.entries[ledger.leaves[index][0]]
    del ledger.leaves[index]
    _rehash(ledger, chance)


def cut_off_the_end(ledger, chance):
    for sequence, _leaf in ledger.leaves[chance.randrange(SIZE) :]:
        del ledger.entries[sequence]
    ledger.leaves = [one for one in ledger.leaves if one[0] in ledger.entries]
    _rehash(ledger, chance)


def swap_entries(ledger, chance):
    first, second = (ledger.leaves[index][0] for index in chance.sample(range(SIZE), 2))
    ledger.entries[first], ledger.entries[second] = ledger.entries[second], ledger.entries[first]
    _rehash(ledger, chance)


def swap_leaves(ledger, chance):
    first, second = chance.sample(range(SIZE), 2)
    ledger.leaves[first], ledger.leaves[second] = ledger.leaves[second], ledger.leaves[first]
    _rehash(ledger, chance)


def slip_in(ledger, chance):
    canonical, sequence = entry(chance.randrange(10**6), officer="slipped in"), 10**6
    ledger.entries[sequence] = (canonical, leaf_hash(canonical))
    ledger.leaves.insert(chance.randrange(SIZE), [sequence, leaf_hash(canonical)])
    _rehash(ledger, chance)


def repeat(ledger, chance):
    ledger.leaves.insert(chance.randrange(SIZE), list(chance.choice(ledger.leaves)))
    _rehash(ledger, chance)


def flip_leaf(ledger, chance):
    leaf = chance.choice(ledger.leaves)
    leaf[1] = _flipped(leaf[1], chance)
    _rehash(ledger, chance)


def spoil_nodes(ledger, chance):
    place = chance.choice(list(ledger.nodes))
    match chance.randrange(3):
        case 0:
            ledger.nodes[place] = _flipped(ledger.nodes[place], chance)
        case 1:
            del ledger.nodes[place]
        case 2:
            ledger.nodes[8, chance.randrange(1, 9)] = ledger.nodes[place]


def spoil_checkpoint(ledger, chance):
    at = chance.randrange(len(CHECKPOINTS))
    kept = ledger.checkpoints[at]
    match chance.randrange(5):
        case 0:
            where = chance.randrange(len(kept.note))
            put = chance.choice([c for c in "abcXYZ0189+/=\n —" if c != kept.note[where]])
            changed = dataclasses.replace(kept, note=kept.note[:where] + put + kept.note[where + 1 :])
        case 1:
            changed = dataclasses.replace(kept, size=kept.size + chance.choice([-1, 1]))
        case 2:
            changed = dataclasses.replace(kept, root=_flipped(kept.root, chance))
        case 3:
            changed = signed(kept.number, ledger.hashes, kept.size, signer=STRANGER)
        case 4:
            changed = signed(kept.number, [*ledger.hashes[:-1], bytes(32)], SIZE)
    ledger.checkpoints[at] = changed


def lose_checkpoint(ledger, chance):
    # That the newest is gone only a witness can tell: see P10.
    del ledger.checkpoints[chance.randrange(len(CHECKPOINTS) - 1)]


def swap_checkpoints(ledger, chance):
    first, second = chance.sample(range(len(CHECKPOINTS)), 2)
    checkpoints = ledger.checkpoints
    if chance.random() < 0.5:
        checkpoints[first], checkpoints[second] = checkpoints[second], checkpoints[first]
    else:
        one, other = checkpoints[first], checkpoints[second]
        checkpoints[first] = dataclasses.replace(other, number=one.number)
        checkpoints[second] = dataclasses.replace(one, number=other.number)


def _flipped(hash_, chance):
    changed = bytearray(hash_)
    changed[chance.randrange(32)] ^= 1 << chance.randrange(8)
    return bytes(changed)


WAYS = (
    alter, restate, remove_entry, remove_with_leaf, cut_off_the_end, swap_entries, swap_leaves, slip_in, repeat,
    flip_leaf, spoil_nodes, spoil_checkpoint, lose_checkpoint, swap_checkpoints,
)  # fmt: skip


def test_the_ledger_itself_is_whole():
    report = WHOLE.verify(witnessed=(parse_note(WHOLE.checkpoints[-1].note),))
    assert report.is_whole, report.faults
    assert (report.size, report.checkpoints, report.cosignatures) == (SIZE, len(CHECKPOINTS), len(CHECKPOINTS))


def test_ten_thousand_changes_are_all_found():
    chance = random.Random(9)
    for number in range(MUTATIONS):
        change, ledger = chance.choice(WAYS), WHOLE.copy()
        change(ledger, chance)
        assert not ledger.verify().is_whole, (number, change.__name__)


def test_what_is_wrong_is_said_where_it_is():
    sequence = WHOLE.leaves[100][0]
    for change, kind, words in [
        (lambda ledger: ledger.entries.update({sequence: (entry(100, officer="x"), ledger.entries[sequence][1])}), FaultKind.ALTERED, f"entry {sequence}, leaf 100"),
        (lambda ledger: ledger.entries.pop(sequence), FaultKind.REMOVED, f"entry {sequence} is gone"),
        (lambda ledger: ledger.nodes.pop((8, 0)), FaultKind.NODE, "leaves 0 to 255 is missing"),
        (lambda ledger: ledger.checkpoints.pop(1), FaultKind.CHECKPOINT, "checkpoint 2 is missing"),
    ]:  # fmt: skip
        ledger = WHOLE.copy()
        change(ledger)
        (fault,) = ledger.verify().faults
        assert fault.kind is kind
        assert words in fault.words


def test_two_entries_in_each_others_place_are_named():
    ledger = WHOLE.copy()
    first, second = ledger.leaves[3][0], ledger.leaves[200][0]
    ledger.entries[first], ledger.entries[second] = ledger.entries[second], ledger.entries[first]
    report = ledger.verify()
    assert [fault.kind for fault in report.faults] == [FaultKind.REORDERED] * 2
    assert f"entry {first} stands at leaf 3 and belongs to leaf 200" in report.faults[0].words


def test_a_history_rewritten_whole_is_found_between_two_checkpoints():
    ledger, index = WHOLE.copy(), 100
    canonical = entry(index, officer="x")
    ledger.entries[ledger.leaves[index][0]] = (canonical, leaf_hash(canonical))
    ledger.leaves[index][1] = leaf_hash(canonical)
    ledger.nodes = nodes_over(ledger.hashes)
    words = [fault.words for fault in ledger.verify().faults]
    assert words[0] == "checkpoint 3: leaves between 77 and 255 are not those that were signed"


def test_even_signed_anew_by_its_own_key_the_history_contradicts_what_a_witness_kept():
    ledger = made(SIZE - 1, (1, 77, 256, 259))
    assert ledger.verify().is_whole
    witnessed = parse_note(WHOLE.checkpoints[-1].note)
    assert not ledger.verify(witnessed=(witnessed,)).is_whole


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257])
def test_a_ledger_of_any_size_is_whole(count):
    ledger = made(count, (count,) if count else ())
    assert ledger.verify().is_whole
    assert SIGNER.verifier.name == "clew.example/ledger"
