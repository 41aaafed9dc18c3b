"""Pictures of rooms and what happens to them on their way: cut, pasted, framed, turned, photographed again."""

from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw


@cache
def room(place, view=0):
    from clew.demo.render.views import picture_of

    return picture_of(place, view)


def compressed(pixels, quality=80):
    encoded = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[:, :, ::-1])


def scaled(pixels, long_side):
    share = long_side / max(pixels.shape[:2])
    size = (round(pixels.shape[1] * share), round(pixels.shape[0] * share))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def cropped(pixels, share=0.5, at=(0.3, 0.4)):
    """So much of each side is taken away; `at` says how much of that above and to the left."""
    height, width = pixels.shape[:2]
    kept = (round(height * (1 - share)), round(width * (1 - share)))
    top, left = round((height - kept[0]) * at[0]), round((width - kept[1]) * at[1])
    return np.ascontiguousarray(pixels[top : top + kept[0], left : left + kept[1]])


def bordered(pixels, colour=(255, 255, 255), share=0.2):
    wide = round(max(pixels.shape[:2]) * share)
    return cv2.copyMakeBorder(pixels, wide, wide, wide, wide, cv2.BORDER_CONSTANT, value=colour)


def blurred_beside(pixels, share=0.3):
    wide = round(pixels.shape[1] * share)
    height, width = pixels.shape[:2]
    wall = cv2.GaussianBlur(cv2.resize(pixels, (width + 2 * wide, height)), (0, 0), 25)
    wall[:, wide : wide + width] = pixels
    return wall


def covered(pixels, stranger, at=(0.3, 0.5)):
    """A quarter of the area lies under another picture."""
    page, (height, width) = pixels.copy(), pixels.shape[:2]
    top, left = round(height * at[0]), round(width * at[1])
    page[top : top + height // 2, left : left + width // 2] = cv2.resize(stranger, (width // 2, height // 2))
    return page


def rotated(pixels, degrees):
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(pixels, matrix, (width, height))


def slanted(pixels, share=0.15):
    height, width = pixels.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    moved = corners + np.float32([[share * width, 0], [0, 0], [-share * width, -share * height], [0, 0]])
    return cv2.warpPerspective(pixels, cv2.getPerspectiveTransform(corners, moved), (width, height))


def on_a_sheet(four):
    """Four pictures on one sheet."""
    tiles = [scaled(pixels, 480)[:360, :480] for pixels in four]
    return np.vstack([np.hstack(tiles[:2]), np.hstack(tiles[2:])])


def beside(pictures, height=360):
    """Side by side, all of one height, without a gap."""
    return np.hstack([cv2.resize(each, (round(each.shape[1] * height / each.shape[0]), height)) for each in pictures])


def beside_a_text(pixels):
    """On the left half of a page, with a column of short lines on the right."""
    page = Image.new("RGB", (1200, 800), "white")
    page.paste(Image.fromarray(cv2.resize(pixels, (600, 800))), (0, 0))
    drawing, lines = ImageDraw.Draw(page), np.random.default_rng(5)
    for top in range(16, 770, 44):
        words = lines.choice(
            ["harbour", "kettle", "of", "the", "meadow", "window", "and", "orchard"], lines.integers(1, 6)
        )
        drawing.text((630, top), " ".join(words), fill="black", font_size=30)
    return np.asarray(page)


def captioned(pixels, text="SHARED BY THE PICTURES OF THE DAY"):
    """With a line of text below and a badge in the corner."""
    picture = Image.fromarray(scaled(pixels, 900))
    drawing, size = ImageDraw.Draw(picture), picture.height // 16
    drawing.rectangle((0, picture.height - 2 * size, picture.width, picture.height), fill="black")
    drawing.text((12, picture.height - 1.7 * size), text, fill="white", font_size=size)
    left, wide = picture.width - picture.width // 6 - 8, picture.width // 6
    rng = np.random.default_rng(0)
    for x, y, red, green, blue in rng.integers(0, 256, (14, 5)).tolist():
        middle = (left + x * wide // 256, 30 + y * wide // 512)
        drawing.circle(middle, wide // 8, fill=(red, green, blue), outline="black")
    return compressed(np.asarray(picture))


def on_a_phone(pixels):
    """As a message on the screen of a telephone."""
    screen = Image.new("RGB", (540, 1000), (250, 250, 252))
    drawing = ImageDraw.Draw(screen)
    drawing.rectangle((0, 0, 540, 44), fill=(30, 60, 120))
    drawing.text((14, 8), "14:05   Weather club", fill="white", font_size=24)
    drawing.text((420, 8), "LTE 83%", fill="white", font_size=22)
    drawing.ellipse((12, 56, 62, 106), fill=(200, 120, 60))
    drawing.text((80, 64), "Holiday group (12)", fill="black", font_size=28)
    screen.paste(Image.fromarray(scaled(pixels, 500)), (20, 200))
    drawing.text((20, 870), "seen by 12 people   13:37", fill="black", font_size=24)
    for at, letters in enumerate(("Ab", "Gk", "Q+", "#x", "Ok")):
        drawing.rounded_rectangle((20 + at * 102, 910, 100 + at * 102, 970), 12, fill=(90, 90, 100))
        drawing.text((36 + at * 102, 922), letters, fill="white", font_size=30)
    return compressed(np.asarray(screen))
