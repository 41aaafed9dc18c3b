"""`POST /api/v1/match`: any mixture of kinds, explained hits for what is met, and refusals that repeat nothing."""

import json

import numpy as np
import pytest


@pytest.fixture
def ask(world):
    """Ask as an officer; gives status and body."""
    from django.test import Client

    from clew.access.keys import create_key

    keys, client = {}, Client()

    def run(signatures, officer="NO", **more):
        if officer not in keys:
            keys[officer] = create_key(world.officer(officer), "test")
        answer = client.post(
            "/api/v1/match",
            json.dumps({"signatures": signatures, **more}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {keys[officer]}"},
        )
        return answer.status_code, answer.json()

    return run


@pytest.fixture
def held(world, pictures, jpeg):
    """A picture that Portugal shares with all members, its digests and its hash."""
    from clew.signatures.digests import digest_bytes
    from clew.signatures.pdq import pdq
    from tests.pixels import decoded

    content = jpeg(pictures(1))
    world.submit("PT", {"a.jpg": content}, sharing="members")
    return digest_bytes(content), pdq(decoded(content)).bits


def flipped(bits, distance, seed=0):
    mask = np.zeros(256, dtype=np.uint8)
    mask[np.random.default_rng(seed).choice(256, distance, replace=False)] = 1
    return (np.frombuffer(bits, np.uint8) ^ np.packbits(mask)).tobytes()


def test_kinds_may_be_mixed_and_only_what_is_met_is_told(ask, held):
    digests, bits = held
    stranger = np.random.default_rng(9).bytes(32).hex()
    status, told = ask(
        [
            f"md5:{digests.md5.hex()}",
            f"sha256:{stranger}",
            f"sha1:{digests.sha1.hex().upper()}",
            f"pdq:{flipped(bits, 12).hex()}",
            f"pdq:{stranger}",
            f"hash:{digests.sha256.hex()}",
            f"hash:{bits.hex()}",
            f"vpdq:{stranger},90,0;{flipped(bits, 9).hex()},80,12.5",
        ]
    )
    assert (status, told["asked"]) == (200, 8)
    met = {found["index"]: found for found in told["met"]}
    assert {at: found["verdict"] for at, found in met.items()} == {
        0: "known",
        2: "known",
        3: "resembles",
        5: "known",
        6: "resembles",
        7: "resembles",
    }
    (near,) = met[3]["matches"]
    assert (near["basis"], near["distance"], near["threshold"], near["orientation"]) == ("pdq", 12, 31, "original")
    assert near["owner"]["organisation"] == "Bureau PT"
    (frame,) = met[7]["matches"]
    assert (frame["variant"], frame["distance"], frame["seconds"], frame["seconds_held"]) == ("frame", 9, 12.5, 0)


@pytest.mark.parametrize("distance", range(33))
def test_a_hash_is_met_up_to_the_distance_asked_for_and_no_further(ask, held, distance):
    _digests, bits = held
    asked = [f"pdq:{flipped(bits, distance, seed).hex()}" for seed in range(3)]
    for limit in (0, 10, 31):
        _status, told = ask(asked, distance_max=limit)
        assert len(told["met"]) == (3 if distance <= limit else 0)
        assert all(found["matches"][0]["threshold"] == limit for found in told["met"])


def test_the_limit_of_the_list_holds_for_those_who_meet_it(world, ask, pictures, jpeg):
    from clew.catalogue.models import Submission
    from clew.signatures.pdq import pdq
    from tests.pixels import decoded

    content = jpeg(pictures(1))
    submission = world.submit("PT", {"a.jpg": content}, sharing="members")
    Submission.objects.using("service").filter(id=submission.id).update(match_distance_max=8)
    bits = pdq(decoded(content)).bits
    _status, told = ask([f"pdq:{flipped(bits, distance).hex()}" for distance in (0, 8, 9, 31)])
    assert [found["index"] for found in told["met"]] == [0, 1]
    assert {found["matches"][0]["threshold"] for found in told["met"]} == {8}


def test_what_is_hidden_reads_as_nothing(world, ask, pictures, jpeg):
    from clew.signatures.pdq import pdq
    from tests.pixels import decoded

    content = jpeg(pictures(1))
    world.submit("PT", {"a.jpg": content}, sharing="nobody", outside="silent")
    bits = pdq(decoded(content)).bits
    assert ask([f"pdq:{bits.hex()}"]) == (200, {"asked": 1, "met": []})


def test_a_hash_that_is_no_pictures_is_told_so(ask, held):
    _status, told = ask(["pdq:" + "00" * 32])
    (found,) = told["met"]
    assert (found["verdict"], found["matches"]) == ("new", [])
    assert "this one 0" in found["parked"][0]


@pytest.mark.parametrize(
    "text", ["", "md5", "md5:", "md5:00", "sha1:" + "0" * 64, "pdq:zz" + "0" * 62, "crc:00", "hash:00", "vpdq:", "vpdq:00,1",
             "vpdq:" + "0" * 64 + ",1,nan", "vpdq:" + "0" * 64 + ",x,1", "vpdq:" + "00,90,1"]
)  # fmt: skip
def test_what_is_no_signature_is_refused_without_repeating_it(ask, text):
    status, told = ask(["sha1:" + "ab" * 20, text])
    assert status == 422
    assert "Signature 1 " in told["message"]
    assert "0000" not in told["message"]


@pytest.mark.parametrize("body", [{"signatures": []}, {"signatures": ["md5:" + "0" * 32] * 10_001}, {}])
def test_none_and_too_many_are_refused(ask, body):
    assert ask(**{"signatures": None, **body})[0] == 422


@pytest.mark.parametrize("distance", [-1, 32, 257])
def test_a_distance_out_of_range_is_refused(ask, distance):
    assert ask(["md5:" + "0" * 32], distance_max=distance)[0] == 422


def test_an_officer_who_may_not_check_may_not_match(world, ask):
    world.found("AU", roles=("national_administrator",))
    status, told = ask(["md5:" + "0" * 32], officer="AU")
    assert (status, told["error"]) == (403, "NotPermitted")


def test_matching_is_on_record_with_its_counts_and_no_hash(ask, held):
    from clew.ledger.models import Entry

    digests, _bits = held
    ask([f"md5:{digests.md5.hex()}", "md5:" + "0" * 32])
    entry = Entry.objects.using("service").get(verb="intake:check:match")
    assert {name: entry.facts[name] for name in entry.facts if name != "key"} == {"files": 2, "known": 1}
    assert (entry.purpose, entry.legal_basis) == ("victim-identification", "Act 1")


def test_a_list_of_thousands_is_answered_as_one_by_one(ask, held):
    digests, bits = held
    rng = np.random.default_rng(4)
    signatures = [f"pdq:{rng.bytes(32).hex()}" for _ in range(3000)] + [
        f"sha1:{rng.bytes(20).hex()}" for _ in range(3000)
    ]
    signatures[1234] = f"pdq:{flipped(bits, 31).hex()}"
    signatures[5678] = f"sha1:{digests.sha1.hex()}"
    _status, told = ask(signatures)
    assert [found["index"] for found in told["met"]] == [1234, 5678]
