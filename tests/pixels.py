"""Pixels of encoded pictures, for tests that hash them as intake does."""

import io

import numpy as np
from PIL import Image


def decoded(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
