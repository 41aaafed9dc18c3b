"""Encoder traces: what wrote a JPEG, read from its bytes; hostile bytes are refused or read, never more."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from clew.demo.camera_models import MODELS
from clew.signatures.camera_serials import CameraSerials
from clew.signatures.encoder_traces import EncoderTrace, TraceUnreadable, trace_of
from tests.sensors import light

PIXELS = light(1, 128, 96)


def _jpeg(pixels=PIXELS, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_one_model_writes_one_trace_whatever_it_sees(model):
    traces = {trace_of(model.jpeg_of(light(n, 128, 96), ("1", "2"))) for n in range(3)}
    assert len(traces) == 1


def test_models_of_different_tables_or_settings_differ():
    traces = [trace_of(model.jpeg_of(PIXELS, None)) for model in MODELS]
    assert len({trace.key for trace in traces}) == len(MODELS)
    assert all(len(trace.key) == 32 for trace in traces)


def test_each_setting_shows_in_its_part():
    plain = trace_of(_jpeg(quality=90))
    assert plain == EncoderTrace(
        plain.tables, "22 11 11", "baseline", "usual", "APP0 DQT DQT baseline DHT DHT DHT DHT SOS", 0, ""
    )
    for options, parts in [
        ({"quality": 80}, {"tables"}),
        ({"quality": 90, "subsampling": 0}, {"sampling"}),
        ({"quality": 90, "optimize": True}, {"huffman"}),
        ({"quality": 90, "restart_marker_rows": 2}, {"restart_units", "order"}),
        ({"quality": 90, "comment": b"by hand"}, {"order"}),
    ]:
        assert set(plain.differences(trace_of(_jpeg(**options)))) == parts
    assert trace_of(_jpeg(quality=90, progressive=True)).coding == "progressive"
    assert trace_of(_jpeg(PIXELS[:, :, 0])).sampling == "11"


def test_maker_model_and_program_belong_to_it():
    content = _jpeg()
    told = trace_of(content, {"camera_make": " Ariadne \n", "camera_model": "A1", "software": 2})
    assert (told.make, told.model, told.software) == ("Ariadne", "A1", "2")
    assert set(told.differences(trace_of(content))) == {"make", "model", "software"}


def test_the_thumbnail_has_tables_of_its_own():
    def with_thumbnail(quality):
        block = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + _jpeg(PIXELS[:48, :64], quality=quality)
        content = _jpeg(quality=90)
        return content[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + content[2:]

    one, other = trace_of(with_thumbnail(70)), trace_of(with_thumbnail(50))
    assert one.differences(other) == ("thumbnail",)
    assert one.thumbnail.endswith("22 11 11 usual")
    assert trace_of(_jpeg(quality=90)).thumbnail == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        _jpeg()[:100],
        b"\xff\xd8" + b"\xff\xe0\0\2" * 50_000,
    ],
)
def test_what_is_no_jpeg_is_refused(content):
    with pytest.raises(TraceUnreadable):
        trace_of(content)


def test_a_file_of_very_many_segments_is_refused_before_its_scan():
    content = _jpeg()
    assert trace_of(content[:2] + b"\xff\xe0\0\2" * 100 + content[2:])
    with pytest.raises(TraceUnreadable):
        trace_of(content[:2] + b"\xff\xe0\0\2" * 1000 + content[2:])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=30), st.integers(0, 800))
def test_changed_bytes_are_read_or_refused_and_nothing_else(changes, length):
    content = bytearray(MODELS[3].jpeg_of(PIXELS, ("1", "2")))
    for at, value in changes:
        content[at] = value
    for hostile in (bytes(content), bytes(content[:length])):
        try:
            trace = trace_of(memoryview(hostile))
        except TraceUnreadable:
            continue
        assert len(trace.key) == 32


def test_serials_are_read_with_their_maker_and_only_shared_where_equal():
    facts = {
        "camera_make": "Ariadne",
        "camera_model": "A1",
        "camera_serial_number": "00731-22",
        "lens_serial_number": "L77123",
    }
    one = CameraSerials.from_facts(facts)
    assert one.shared_with(CameraSerials.from_facts({**facts, "camera_make": "ARIADNE "})) == ("body", "lens")
    assert one.shared_with(CameraSerials.from_facts({**facts, "camera_make": "Daedal"})) == ()
    other = CameraSerials.from_facts({**facts, "camera_serial_number": "00731-23"})
    assert one.shared_with(other) == ("lens",)
    assert one.contradicts(other)
    assert not one.contradicts(CameraSerials.from_facts({}))
    assert CameraSerials().shared_with(CameraSerials()) == ()


@pytest.mark.parametrize(
    "number", [None, "", "0", "0000000", "00000001", "----", "1111", "unknown", " None ", "123", "1234567890", 0]
)
def test_what_is_no_number_is_no_serial(number):
    assert CameraSerials.from_facts({"camera_make": "Ariadne", "camera_serial_number": number}).body == ""


def test_a_decoded_picture_of_noise_has_a_trace_too():
    noise = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    assert trace_of(_jpeg(noise, quality=1)).coding == "baseline"
