"""What unrelated pictures share without being copies: a caption and logo, a watermark, a phone's screen, a page's layout,
a text or buttons beside it.

A kind drawn with one seed is the same on every picture, as a site's or an app's is; pictures differ in size, so it is drawn to scale.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

WORDS = (
    *("harbour", "summer", "yellow", "picnic", "garden", "window", "kettle", "bicycle", "lantern", "meadow"),
    *("saturday", "postcard", "village", "orchard", "melody", "railway", "pebble", "feather", "museum", "cabin"),
)
PHONE = (720, 1480)
PAGE = (1100, 1400)


def captioned(pixels, seed):
    """A band of words along the foot and a logo in a corner."""
    picture = Image.fromarray(pixels).convert("RGBA")
    width, height = picture.size
    rng = np.random.default_rng(seed)
    draw = ImageDraw.Draw(picture, "RGBA")
    size = max(9, width // 18)
    top = height - round(2.2 * size)
    draw.rectangle((0, top, width, height), fill=(0, 0, 0, 150))
    draw.text((size // 2, top + size // 2), _line(rng, 4), font=_letters(size), fill=(255, 255, 255, 255))
    _logo(draw, rng, (width - 3 * size, size // 2), round(2.4 * size))
    return np.asarray(picture.convert("RGB"))


def watermarked(pixels, seed):
    """Half-transparent lettering, aslant, repeated over the whole picture."""
    picture = Image.fromarray(pixels).convert("RGBA")
    width, height = picture.size
    line = _line(np.random.default_rng(seed), 2)
    size = max(9, width // 16)
    layer = Image.new("RGBA", (2 * width, 2 * height))
    draw = ImageDraw.Draw(layer)
    for row, top in enumerate(range(0, 2 * height, 4 * size)):
        for left in range((row % 2) * 4 * size, 2 * width, 11 * size):
            draw.text((left, top), line, font=_letters(size), fill=(255, 255, 255, 110))
    turned = layer.rotate(30, Image.Resampling.BICUBIC)
    left, top = width // 2, height // 2
    picture.alpha_composite(turned.crop((left, top, left + width, top + height)))
    return np.asarray(picture.convert("RGB"))


def phone_framed(pixels, seed):
    """A screenshot: status bar, title, the picture across the screen, buttons, a line of text and a keyboard's row."""
    rng = np.random.default_rng(seed)
    width, height = PHONE
    page = Image.new("RGB", PHONE, tuple(int(n) for n in rng.integers(235, 256, 3)))
    draw = ImageDraw.Draw(page)
    ink = tuple(int(n) for n in rng.integers(0, 70, 3))
    draw.text((28, 12), f"{rng.integers(0, 24):02}:{rng.integers(0, 60):02}", font=_letters(28), fill=ink)
    for n in range(4):
        draw.rectangle((width - 180 + 26 * n, 34 - 6 * n, width - 164 + 26 * n, 40), fill=ink)
    draw.rounded_rectangle((width - 66, 14, width - 20, 38), 6, outline=ink, width=3)
    draw.line((34, 96, 56, 74), fill=ink, width=5)
    draw.line((34, 96, 56, 118), fill=ink, width=5)
    _logo(draw, rng, (84, 66), 60)
    draw.text((164, 78), _line(rng, 2), font=_letters(34), fill=ink)
    picture = Image.fromarray(pixels)
    picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    if picture.height > 960:
        picture = picture.resize((round(width * 960 / picture.height), 960), Image.Resampling.LANCZOS)
    top = 150
    page.paste(picture, ((width - picture.width) // 2, top))
    top += picture.height + 22
    for n in range(4):
        _logo(draw, rng, (30 + 90 * n, top), 52)
    for n in range(2):
        draw.text((30, top + 78 + 40 * n), _line(rng, 5), font=_letters(26), fill=ink)
    for n in range(5):
        _logo(draw, rng, (50 + 140 * n, height - 80), 56)
    return np.asarray(page)


def on_a_page(pixels, seed):
    """An article: a heading, a column of text on either side of the picture, a box with a drawing."""
    rng = np.random.default_rng(seed)
    page = Image.new("RGB", PAGE, "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, PAGE[0], 90), fill=tuple(int(n) for n in rng.integers(30, 200, 3)))
    _logo(draw, rng, (30, 15), 60)
    draw.text((120, 22), _line(rng, 4), font=_letters(40), fill="white")
    draw.text((60, 120), _line(rng, 5), font=_letters(38), fill="black")
    picture = Image.fromarray(pixels)
    picture.thumbnail((700, 640), Image.Resampling.LANCZOS)
    picture = picture if picture.width >= 500 else picture.resize((500, round(picture.height * 500 / picture.width)))
    page.paste(picture, (60, 200))
    for n in range(14):
        draw.text((790, 210 + 44 * n), _line(rng, 2), font=_letters(24), fill=(40, 40, 40))
    for n in range(11):
        draw.text((60, 880 + 44 * n), _line(rng, 8), font=_letters(24), fill=(40, 40, 40))
    return np.asarray(page)


def beside_a_text(pixels, seed):
    """The picture fills one half of a page, and lines of text the other."""
    rng = np.random.default_rng(seed)
    page = Image.new("RGB", (1300, 900), "white")
    size = int(rng.integers(14, 36))
    step, half = round(size * rng.uniform(1.25, 2)), round(1300 * rng.uniform(0.4, 0.6))
    page.paste(ImageOps.fit(Image.fromarray(pixels), (half, 900), Image.Resampling.LANCZOS), (0, 0))
    draw = ImageDraw.Draw(page)
    for top in range(20, 900 - step, step):
        draw.text((half + 20, top), _line(rng, int(rng.integers(2, 8))), font=_letters(size), fill=(20, 20, 20))
    return np.asarray(page)


def above_a_panel(pixels, seed):
    """The picture fills the upper half of a screen, and rows of coloured buttons the lower."""
    rng = np.random.default_rng(seed)
    page = Image.new("RGB", (800, 1100), tuple(int(n) for n in rng.integers(0, 256, 3)))
    half, across = round(1100 * rng.uniform(0.4, 0.6)), 800 // int(rng.integers(3, 7))
    page.paste(ImageOps.fit(Image.fromarray(pixels), (800, half), Image.Resampling.LANCZOS), (0, 0))
    draw = ImageDraw.Draw(page)
    for top in range(half + 10, 1100 - across, across):
        for left in range(8, 800 - across, across):
            _logo(draw, rng, (left, top), round(across * rng.uniform(0.6, 0.8)))
    return np.asarray(page)


OVERLAYS = {
    "caption and logo": captioned,
    "watermark": watermarked,
    "phone frame": phone_framed,
    "page layout": on_a_page,
    "text beside": beside_a_text,
    "panel below": above_a_panel,
}


def _letters(size):
    return ImageFont.load_default(size)


def _line(rng, words):
    return " ".join(rng.choice(WORDS, words))


def _logo(draw, rng, place, size):
    """A badge of a few random shapes."""
    left, top = place
    draw.ellipse((left, top, left + size, top + size), fill=tuple(int(n) for n in rng.integers(0, 256, 3)))
    for _ in range(4):
        corners = [(left + x * size, top + y * size) for x, y in rng.uniform(0.1, 0.9, (3, 2))]
        draw.polygon(corners, fill=tuple(int(n) for n in rng.integers(0, 256, 3)))
