"""Purposes: stated with every search and submission, or set by the unit; kept on record; refused where missing."""

import pytest


def _without_defaults(world, key):
    from clew.access.models import Unit

    Unit.objects.using("service").filter(id=world.units[key].id).update(purpose_default="", legal_basis_default="")
    world.officers[key].refresh_from_db()
    return world.officers[key]


def test_the_policy_data_names_rules_and_offers_what_is_verified():
    from clew.access.purposes import purpose_words, purposes, purposes_offered

    assert all(purpose.rule == "R2" for purpose in purposes().values())
    assert {purpose.code for purpose in purposes_offered()} == {
        code for code, purpose in purposes().items() if purpose.is_verified
    }
    assert len(purposes_offered()) < len(purposes())
    assert purpose_words("victim-identification") == "victim identification"
    assert purpose_words("our own words") == "our own words"


def test_what_is_stated_wins_over_what_the_unit_has_set_and_without_either_nothing_is_asked(world):
    from clew.access.purposes import GroundsMissing, Reason, reason_of
    from clew.intake.actions import check
    from clew.intake.fingerprints import Fingerprint
    from clew.ledger.models import Entry

    officer = world.officer("NO")
    assert reason_of(officer) == Reason("victim-identification", "Act 1")
    assert reason_of(officer, "forensic-analysis", " ") == Reason("forensic-analysis", "Act 1")
    officer = _without_defaults(world, "NO")
    with pytest.raises(GroundsMissing, match="missing: legal basis"):
        reason_of(officer, "forensic-analysis")
    with pytest.raises(GroundsMissing, match="missing: purpose and legal basis"):
        check(officer, [Fingerprint(digests={"md5": bytes(16)})])
    assert not Entry.objects.using("service").filter(verb="intake:check:run").exists()
    check(officer, [Fingerprint(digests={"md5": bytes(16)})], purpose="forensic-analysis", legal_basis="Act 2")
    entry = Entry.objects.using("service").get(verb="intake:check:run")
    assert (entry.purpose, entry.legal_basis) == ("forensic-analysis", "Act 2")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/checks", {"fingerprints": [{"path": "a", "md5": "0" * 32}]}),
        ("/match", {"signatures": ["md5:" + "0" * 32]}),
        ("/submissions", {"case_reference": "C-1"}),
    ],
)
def test_through_the_api(world, path, body):
    from django.test import Client

    from clew.access.keys import create_key

    _without_defaults(world, "NO")
    headers = {"Authorization": f"Bearer {create_key(world.officer('NO'), 'x')}"}

    def ask(**more):
        return Client().post(f"/api/v1{path}", {**body, **more}, content_type="application/json", headers=headers)

    refused = ask(purpose="forensic-analysis")
    assert (refused.status_code, refused.json()["error"]) == (422, "GroundsMissing")
    assert ask(purpose="forensic-analysis", legal_basis="Act 2").status_code == 200
