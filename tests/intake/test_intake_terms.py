"""A submission says how long its new case is kept: by form and by call; an existing case keeps its term."""

import datetime as dt

import pytest


def _case(reference):
    from clew.catalogue.models import Case

    return Case.objects.using("service").filter(reference=reference).first()


def _post(world, reference, **more):
    stated = {
        "case_reference": reference,
        "purpose": "victim-identification",
        "legal_basis": "Act 1",
        "confidentiality": "restricted",
        "sharing": "nobody",
        "outside": "contact",
        **more,
    }
    return world.client("NO").post("/submissions/new/", stated)


def test_by_the_form(world):
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=400)
    assert _post(world, "F-1", collection="icse", keep_until=soon.isoformat()).status_code == 302
    assert (_case("F-1").collection, _case("F-1").expires_on) == ("icse", soon)
    assert _post(world, "F-1").status_code == 302
    assert _case("F-1").expires_on == soon
    assert _post(world, "F-2").status_code == 302
    assert _case("F-2").collection == "general"
    assert _post(world, "F-3", collection="elsewhere").status_code == 422
    assert _post(world, "F-3", keep_until="2001-01-01").status_code == 422
    assert _case("F-3") is None


@pytest.mark.parametrize(
    ("more", "status"), [({"keep_until": "2001-01-01"}, 422), ({"collection": "elsewhere"}, 422), ({}, 200)]
)
def test_by_a_call(world, more, status):
    from django.test import Client

    from clew.access.keys import create_key

    soon = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100)).isoformat()
    asked = {
        "case_reference": "A-1",
        "legal_basis": "Act 1",
        "purpose": "victim-identification",
        "keep_until": soon,
        **more,
    }
    answer = Client().post(
        "/api/v1/submissions",
        asked,
        content_type="application/json",
        headers={"Authorization": f"Bearer {create_key(world.officer('NO'), 'test')}"},
    )
    assert answer.status_code == status
    assert (_case("A-1") is not None) == (status == 200)
    assert status != 200 or _case("A-1").expires_on.isoformat() == soon
