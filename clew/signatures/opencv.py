"""OpenCV, imported so that it leaves no mark: its loader puts its own folder into `LD_LIBRARY_PATH`, which every process started later would get."""

from __future__ import annotations

import os

_before = os.environ.get("LD_LIBRARY_PATH")

import cv2  # noqa: E402 - what it changes is put back right after

if _before is None:
    os.environ.pop("LD_LIBRARY_PATH", None)
else:
    os.environ["LD_LIBRARY_PATH"] = _before

__all__ = ["cv2"]
