"""Plans: what is not decoded never changes what is."""

import io
import itertools

import pytest

from clew.signatures import films
from clew.signatures.film_plan import Plan, plan_of
from tests.films import film

OPTIONS = {
    "plain": ("libx264", "mp4", "mov", {}),
    "many frames between": ("libx264", "mp4", "mov", {"bf": "8", "x264-params": "b-pyramid=normal:keyint=40"}),
    "strict pyramid": ("libx264", "matroska", "matroska", {"bf": "16", "x264-params": "b-pyramid=strict:keyint=70"}),
    "open groups": ("libx264", "mp4", "mov", {"x264-params": "open-gop=1:keyint=20:bframes=5"}),
    "no key frames": ("libx264", "mp4", "mov", {"x264-params": "intra-refresh=1:keyint=20"}),
    "interlaced": ("libx264", "mp4", "mov", {"flags": "+ildct+ilme", "x264-params": "interlaced=1:keyint=30"}),
    "a stream": ("libx264", "mpegts", "mpegts", {"bf": "3"}),
    "a phone": ("libx264", "mp4", "mov", {"x264-params": "keyint=10:bframes=0"}),
    "h265": ("libx265", "matroska", "matroska", {"x265-params": "keyint=20:open-gop=0:bframes=8:log-level=none"}),
    "h265, open groups": ("libx265", "mp4", "mov", {"x265-params": "keyint=20:open-gop=1:log-level=none"}),
    "vp9": ("libvpx-vp9", "webm", "matroska", {}),
    "mpeg4": ("mpeg4", "avi", "avi", {"bf": "2"}),
    "mpeg2": ("mpeg2video", "mpegts", "mpegts", {"bf": "2"}),
}


@pytest.fixture(scope="module")
def content_of(pictures):
    def made(name):
        codec, form, parser, options = OPTIONS[name]
        rooms = [pictures(1), pictures(2), pictures(3)]
        return film(rooms, seconds=3, codec=codec, form=form, options=options), parser

    return made


def _plan(content, parser, step=10, *, is_close=False):
    with films._opened(io.BytesIO(content), parser) as container:
        return plan_of(container, container.streams.video[0], step, is_close=is_close)


def _told(moments):
    return [(moment.number, moment.time_ms, moment.pixels.tobytes()) for moment in moments]


@pytest.mark.parametrize("name", OPTIONS)
def test_the_frames_of_a_plan_are_those_of_the_whole_film_bit_for_bit(content_of, name, monkeypatch):
    content, parser = content_of(name)
    every = _told(films._every(io.BytesIO(content), parser, 10))
    assert len(every) == 9
    plan = _plan(content, parser)
    # Nothing is missed at first and found by decoding everything after all.
    monkeypatch.setattr(films, "_every", None)
    told = _told(films._planned(io.BytesIO(content), parser, 10, plan))
    assert [moment for moment in told if moment[0] % 10 == 0] == every
    assert {number for number, *_ in told} == set(plan.numbers.values())
    # With others between, which come at least every half second, they are the same.
    close = _plan(content, parser, is_close=True)
    closely = list(films._planned(io.BytesIO(content), parser, 10, close, is_close=True))
    assert _told(moment for moment in closely if not moment.is_between) == told
    times = [moment.time_ms for moment in closely]
    assert max(after - before for before, after in itertools.pairwise(times)) <= 600


def test_key_frames_between_are_hashed_too_and_are_those_of_the_whole_film(content_of):
    content, parser = content_of("open groups")
    plan = _plan(content, parser, step=9)
    between = {number for number in plan.numbers.values() if number % 9}
    assert between
    whole = {moment[0]: moment for moment in _told(films._every(io.BytesIO(content), parser, 1))}
    told = _told(films._planned(io.BytesIO(content), parser, 9, plan))
    assert [moment for moment in told if moment[0] in between] == [whole[number] for number in sorted(between)]


def test_where_every_frame_is_a_key_frame_none_is_hashed_for_it(pictures):
    content = film([pictures(1)], seconds=3, codec="libx264", options={"x264-params": "keyint=1"})
    assert sorted(_plan(content, "mov").numbers.values()) == [0, 10, 20]


def test_a_film_with_a_key_frame_each_second_is_decoded_by_these_alone(content_of):
    plan = _plan(*content_of("a phone"))
    assert (sum(plan.is_decoded), len(plan.is_decoded)) == (9, 90)


def test_between_open_groups_everything_up_to_the_last_wanted_frame_is_decoded(content_of):
    assert sum(_plan(*content_of("open groups")).is_decoded) > 70


def test_a_plan_that_names_frames_which_never_come_is_made_good_by_decoding_everything(content_of):
    content, parser = content_of("plain")
    whole = _plan(content, parser)
    broken = Plan(whole.is_wanted, [False] * len(whole.is_decoded), whole.numbers)
    every = _told(films._every(io.BytesIO(content), parser, 10))
    assert _told(films._planned(io.BytesIO(content), parser, 10, broken)) == every


def test_packets_that_do_not_tell_their_time_make_no_plan(pictures):
    from types import SimpleNamespace

    packet = SimpleNamespace(size=1, pts=None, is_discard=False, is_corrupt=False, is_keyframe=True)
    stream = SimpleNamespace(
        codec_context=SimpleNamespace(extradata=None, codec=SimpleNamespace(canonical_name="h264"))
    )
    assert plan_of(SimpleNamespace(demux=lambda _stream: [packet]), stream, 10) is None
