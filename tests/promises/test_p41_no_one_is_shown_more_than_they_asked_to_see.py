"""P41: no one is shown more than they asked to see: no picture leaves but as a look on record, no clearer than its step, by no way whatever.

Routes are found, not listed: a new one that answers with a picture fails here.
"""

import io
import itertools
import json
import uuid

import numpy as np
import pytest
from PIL import Image

from tests.promises.test_p08_nothing_leaves_before_the_ledger_has_it import _calls, held  # noqa: F401 - a fixture

STEPS = ("outline", "reduced", "grey", "colour")
#: How a picture begins, as bytes and as base64 in a page or in JSON.
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"/9j/", b"iVBORw", b"data:image")


def _body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_of_all_routes_two_answer_with_pictures(world, held):  # noqa: F811 - the fixture
    from clew.catalogue.looking import look

    calls = _calls(world, held)
    # The officer has looked at everything as closely as may be: nothing that remembers it gives more.
    for rendition, steps in (("thumbnail", STEPS[:3]), ("preview", STEPS)):
        for step in steps:
            look(world.officer("SE"), held["media_id"], rendition, step=step)
    showing = set()
    for name, ways in calls.items():
        # Twice: a call before it may have ended the session of the first.
        for ask in (*ways, *ways):
            body = _body(ask())
            if any(mark in body for mark in PICTURES):
                showing.add(name)
    # The other one, outlines, shows nothing to whoever names no media as it asks for; what it shows then has tests below.
    assert showing == {"catalogue:reveal"}


@pytest.fixture
def shared(world, pictures, jpeg):
    """A picture of Norway's that Portugal sees, and Portugal's national administrator."""
    from clew.access.actions import enlist_officer
    from clew.catalogue.models import Media

    world.submit("NO", {"a.jpg": jpeg(pictures(1, 1600, 1200))}, sharing="members")
    world.officers["PC"] = enlist_officer(
        world.units["PT"], username="chief", name="C", roles=["national_administrator"], password="a long password here"
    )
    return Media.objects.using("service").get()


def _clearness(content):
    """What can be seen in the bytes themselves, whatever they are called."""
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    if pixels.ndim == 3:
        return 4
    if max(pixels.shape) <= 28:
        return 2
    # An outline is mostly white; a picture of a room is not.
    return 1 if (pixels > 240).mean() > 0.4 and max(pixels.shape) <= 160 else 3


def _minimum(world, **changes):
    from clew.catalogue.look_minimum import Minimum, set_minimum

    set_minimum(world.officer("PC"), Minimum(**changes))


def _model(first, grid, rendition, wanted, before, *, needs_reason, reason, known_closed):
    """Whether a look may be, said once more."""
    top = grid if rendition == "thumbnail" else 4
    start = min(first, top)
    wanted = wanted or start
    if wanted > top or (wanted > start and before < wanted - 1):
        return None
    if wanted == 4 and (known_closed or (needs_reason and not reason)):
        return None
    return wanted


def test_the_rule_is_that_of_a_smaller_model_for_every_minimum_choice_step_and_history():
    from clew.catalogue.looking_rules import LookRules, allow, step_asked, stricter
    from clew.kernel.errors import ClewError
    from clew.media.steps import Step

    tried = 0
    words = ("", *STEPS)
    flags = list(itertools.product((False, True), repeat=4))
    for first, grid, own_first, own_grid in itertools.product(range(1, 5), repeat=4):
        for rendition, wanted, before in itertools.product(("thumbnail", "preview", "strip"), range(5), range(5)):
            for needs_reason, reason, is_known, colour_of_known in flags:
                demanded = LookRules(Step(first), Step(grid), needs_reason, colour_of_known)
                rules = stricter(demanded, Step(own_first), Step(own_grid))
                expected = _model(
                    min(first, own_first),
                    min(grid, own_grid),
                    rendition,
                    wanted,
                    before,
                    needs_reason=needs_reason,
                    reason=reason,
                    known_closed=is_known and not colour_of_known,
                )
                try:
                    step = step_asked(words[wanted], rules, rendition)
                    allow(
                        step,
                        rules,
                        rendition,
                        before=Step(before) if before else None,
                        reason="the sign on the wall" if reason else "",
                        is_known=is_known,
                    )
                    got = step.value
                except ClewError:
                    got = None
                assert got == expected, (first, grid, own_first, own_grid, rendition, wanted, before)
                tried += 1
    assert tried == 4**4 * 75 * 16


@pytest.mark.parametrize("first", [1, 2, 4])
def test_every_walk_shows_what_its_step_says_and_never_more(world, shared, first):
    """All orders of steps, at all renditions: what the bytes show is no clearer than their step, and their step is on record."""
    from clew.catalogue.models import Look
    from clew.ledger.models import Entry

    client = world.client("PT")
    _minimum(world, first_step=first, grid_step=3)
    for rendition, walk in itertools.product(("thumbnail", "preview"), itertools.permutations(range(1, 5), 3)):
        Look.objects.using("service").all().delete()
        before = 0
        for wanted in walk:
            entries = Entry.objects.using("service").filter(verb="catalogue:media:reveal", outcome="done").count()
            answer = client.post(f"/media/{shared.id}/reveal/", {"rendition": rendition, "step": STEPS[wanted - 1]})
            expected = _model(first, 3, rendition, wanted, before, needs_reason=False, reason=False, known_closed=False)
            left = Entry.objects.using("service").filter(verb="catalogue:media:reveal", outcome="done")
            if expected is None:
                assert 400 <= answer.status_code < 500, (rendition, walk, wanted)
                assert not any(mark in answer.content for mark in PICTURES)
                assert left.count() == entries
                continue
            assert answer.status_code == 200, (rendition, walk, wanted, answer.content[:200])
            assert _clearness(answer.content) == wanted
            assert (left.count(), left.order_by("-sequence")[0].facts["step"]) == (entries + 1, STEPS[wanted - 1])
            assert "no-store" in answer["Cache-Control"]
            before = max(before, wanted)


def test_no_verb_address_or_parameter_gets_a_clearer_picture(world, shared):
    from django.test import Client

    from clew.access.keys import create_key

    client = world.client("PT")
    address, outlines = f"/media/{shared.id}/reveal/", "/media/outlines/"
    query = "?step=colour&rendition=preview&reason=because+it+is+needed"
    for verb in ("get", "head", "options", "put", "patch", "delete", "trace"):
        for place in (address + query, outlines + query):
            answer = getattr(client, verb)(place)
            assert not any(mark in _body(answer) for mark in PICTURES), (verb, place)
    tries = [
        client.post(address + query),
        client.post(address + query, {"rendition": "preview"}),
        client.post(address, json.dumps({"step": "colour", "rendition": "preview"}), content_type="application/json"),
        client.post(address, {"rendition": "preview", "Step": "colour", "steps": "colour", "clearest": "4"}),
        client.post(address, "rendition=preview&step=outline&step=", content_type="application/x-www-form-urlencoded"),
        client.post(
            address, {"rendition": "preview"}, headers={"X-Clew-Step": "colour", "X-HTTP-Method-Override": "GET"}
        ),
        client.post(address, {"rendition": "preview"}, headers={"Range": "bytes=0-", "Accept": "image/*"}),
    ]
    assert {answer.status_code for answer in tries} == {200}
    assert {_clearness(answer.content) for answer in tries} == {1}
    last = client.post(address, "step=outline&step=colour", content_type="application/x-www-form-urlencoded")
    assert last.status_code in {403, 409}
    for name in ("original", "original_address", "preview_address", "../preview", "Preview", "PREVIEW", "preview\x00"):
        answer = client.post(address, {"rendition": name, "step": "outline"})
        assert answer.status_code == 404, name
    # A key opens calls of the API, and no page of pictures.
    key = create_key(world.officer("PT"), "test")
    for place in (address, outlines):
        answer = Client().post(place, {"step": "colour"}, headers={"Authorization": f"Bearer {key}"})
        assert not any(mark in _body(answer) for mark in PICTURES)
    asked = json.dumps({"media": [str(shared.id)], "step": "colour", "rendition": "preview"})
    told = client.post(outlines + query, asked, content_type="application/json").json()
    import base64

    assert [_clearness(base64.b64decode(text)) for text in told["outlines"].values()] == [1]


def test_a_page_from_before_the_minimum_was_raised_gets_no_more(world, shared):
    client = world.client("PT")
    _minimum(world, first_step=4, grid_step=4)
    address = f"/media/{shared.id}/reveal/"
    assert _clearness(client.post(address, {"step": "colour"}).content) == 4
    _minimum(world, first_step=1, grid_step=1)
    for step in STEPS[1:]:
        assert client.post(address, {"step": step}).status_code == 403
    _minimum(world, first_step=1, grid_step=3, colour_needs_reason=True)
    assert client.post(address, {"step": "colour"}).status_code == 403
    assert client.post(address, {"step": "colour", "rendition": "preview"}).status_code == 422


def test_no_other_code_opens_a_rendition_for_somebody():
    """The columns that say where renditions are sealed are read in few places; only looking opens what they name."""
    import re
    from pathlib import Path

    import clew

    root = Path(clew.__file__).parent
    naming = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "migrations" not in path.parts and re.search("(thumbnail|preview|strip)_address", path.read_text())
    }
    opening = {
        name
        for name in naming
        if re.search(r"vault\(\)\.open|open_together|open_stream|open_range", (root / name).read_text())
    }
    # The pipeline opens originals for the jail, in a worker whom no page asks.
    assert opening == {"catalogue/looking.py", "intake/pipeline.py"}


def test_foreign_and_absent_are_alike(world, shared, pictures, jpeg):
    from clew.catalogue.models import Media

    world.submit("NO", {"b.jpg": jpeg(pictures(2))}, reference="C-2")
    foreign = Media.objects.using("service").exclude(id=shared.id).get()
    client = world.client("PT")
    for step in ("", *STEPS, "nonsense"):
        told = [client.post(f"/media/{id_}/reveal/", {"step": step}) for id_ in (foreign.id, uuid.uuid4())]
        assert told[0].status_code == told[1].status_code
    asked = [json.dumps({"media": [str(id_)]}) for id_ in (foreign.id, uuid.uuid4())]
    told = [client.post("/media/outlines/", body, content_type="application/json") for body in asked]
    assert told[0].content == told[1].content
