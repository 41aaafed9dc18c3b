"""The published PDQ values of ThreatExchange: every list, each with the tolerance its README states.

The pictures are not part of this repository. They lie in `../shared/vectors` or where CLEW_VECTORS says.
"""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clew.signatures.pdq import Orientation, PdqHash, pdq, pdq_dihedral

VECTORS = Path(os.environ.get("CLEW_VECTORS") or Path(__file__).parents[3] / "shared" / "vectors") / "pdq"

pytestmark = pytest.mark.skipif(
    not (VECTORS / "expected").is_dir(),
    reason="the PDQ vectors are absent; CLEW_VECTORS names the folder that holds pdq/",
)

# Lists name these pictures, which upstream removed or keeps elsewhere; others show the same.
STAND_INS = {
    "misc-images/b.jpg": "bridge-mods/aaa-orig.jpg",
    "sample-b.jpg": "reg-test-input/dih/bridge-1-original.jpg",
}
MODES = [
    "CMYK.jpg",
    "F.webp",
    "HSV.webp",
    "I.webp",
    "L.png",
    "LA.png",
    "LAB.webp",
    "P.png",
    "PA.webp",
    "RGB.jpg",
    "RGBA.png",
    "YCbCr.jpg",
    "1.png",
]
DIHEDRAL_FILES = {
    Orientation.ORIGINAL: "bridge-1-original.jpg",
    Orientation.ROTATE90: "bridge-2-rotate-90.jpg",
    Orientation.ROTATE180: "bridge-3-rotate-180.jpg",
    Orientation.ROTATE270: "bridge-4-rotate-270.jpg",
    Orientation.FLIPX: "bridge-5-flipx.jpg",
    Orientation.FLIPY: "bridge-6-flipy.jpg",
    Orientation.FLIPPLUS1: "bridge-7-flip-plus-1.jpg",
    Orientation.FLIPMINUS1: "bridge-8-flip-minus-1.jpg",
}


def expected(name):
    """The lines of one list as dictionaries; nothing where the vectors are absent."""
    path = VECTORS / "expected" / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def picture(folder, name):
    """8-bit RGB pixels of a vector picture.

    Pillow's conversion drops alpha and, for 16-bit grey, cuts off at 255 instead of scaling: so do the peers' values.
    """
    path = VECTORS / folder / STAND_INS.get(name, name)
    if not path.exists() and name in STAND_INS:
        path = VECTORS / "data" / STAND_INS[name]
    if not path.exists():
        pytest.skip(f"the vectors hold no picture {name}")
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def listed(name, column="path_under_pdq/data"):
    """Test parameters (path, hash text) of one list, without the lines that name no picture."""
    lines = [(line[column].removeprefix("../../../../data/"), line) for line in expected(name)]
    return [pytest.param(path, line, id=path) for path, line in lines if not path.endswith(".mp4")]


@pytest.mark.parametrize(("path", "line"), listed("java_PDQHasherTest.csv"))
def test_full_resolution_value_of_the_java_test_is_equal(path, line):
    assert pdq(picture("data", path)).hex == line["pdq_hex"]


@pytest.mark.parametrize(("path", "line"), listed("pytx_formats.csv", "path_under_pytx/resources"))
def test_full_resolution_value_and_quality_of_threatexchange_are_equal(path, line):
    made = pdq(picture("resources", path))
    assert (made.hex, made.quality) == (line["pdq_hex"], int(line["quality"]))


def test_eight_orientations_of_threatexchange_are_equal_and_in_order():
    made = pdq_dihedral(picture("resources", "LA.png"))
    lines = expected("pytx_dihedral_LA.csv")
    assert [(str(name), one.hex) for name, one in made.items()] == [
        (one["transform"].lower(), one["pdq_hex"]) for one in lines
    ]
    assert len(lines) == len(Orientation)


@pytest.mark.parametrize(
    ("path", "line"), [*listed("python_reference_pdq_test.csv"), *listed("python_reference_readme.csv")]
)
def test_full_resolution_lies_within_16_bits_of_the_value_shrunk_to_512(path, line):
    assert pdq(picture("data", path)).distance(PdqHash.from_hex(line["pdq_hex"])) <= 16


@pytest.mark.parametrize(
    ("path", "line"),
    [*listed("java_readme.csv"), *listed("wasm_PDQMD5TestData.csv", "FilePath")],
)
def test_values_of_2018_lie_within_10_bits_where_the_quality_is_high(path, line):
    made = pdq(picture("data", path))
    if made.quality < 80:
        pytest.skip(f"quality {made.quality} is under 80")
    assert made.distance(PdqHash.from_hex(line.get("pdq_hex") or line["Hash"])) <= 10


@pytest.mark.parametrize("name", MODES)
def test_every_colour_mode_lies_within_2_bits_of_the_original_once_it_is_rgb(name):
    original = pdq(picture("data", "misc-images/modes/original.jpg"))
    assert pdq(picture("data", f"misc-images/modes/{name}")).distance(original) <= 2


@pytest.mark.parametrize(("orientation", "name"), DIHEDRAL_FILES.items())
def test_orientation_lies_near_the_really_turned_file(orientation, name):
    original = picture("data", "reg-test-input/dih/bridge-1-original.jpg")
    turned = pdq(picture("data", f"reg-test-input/dih/{name}"))
    # The files were turned and saved as JPEG anew, hence not 0.
    assert pdq_dihedral(original)[orientation].distance(turned) <= 4


def test_a_stranger_is_far_away():
    bridge = pdq(picture("data", "reg-test-input/dih/bridge-1-original.jpg"))
    assert bridge.distance(pdq(picture("data", "misc-images/c.png"))) > 80
