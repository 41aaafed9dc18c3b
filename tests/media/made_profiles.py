"""Colour profiles, made here: matrices and curves as ICC.1:2001-04 lays them out."""

import struct


def _tag(kind, body):
    return kind + bytes(4) + body


def _xyz(*values):
    return _tag(b"XYZ ", struct.pack(">3i", *(round(65536 * value) for value in values)))


def _curve(gamma):
    return _tag(b"curv", struct.pack(">IH", 1, round(256 * gamma)) + bytes(2))


def _described(name):
    text = name.encode() + b"\0"
    return _tag(b"desc", struct.pack(">I", len(text)) + text + bytes(78))


#: The colorants of sRGB, adapted to D50.
RED, GREEN, BLUE = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)


def rgb_profile(name, red, green, blue, gamma=2.2):
    """A profile of a display with these colorants."""
    tags = {
        b"desc": _described(name),
        b"cprt": _tag(b"text", b"none\0"),
        b"wtpt": _xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": _xyz(*red),
        b"gXYZ": _xyz(*green),
        b"bXYZ": _xyz(*blue),
        **{name_: _curve(gamma) for name_ in (b"rTRC", b"gTRC", b"bTRC")},
    }
    return _profile(b"RGB ", tags)


def grey_profile(name, gamma):
    """A profile of grey with this curve."""
    tags = {
        b"desc": _described(name),
        b"cprt": _tag(b"text", b"none\0"),
        b"wtpt": _xyz(0.9642, 1.0, 0.8249),
        b"kTRC": _curve(gamma),
    }
    return _profile(b"GRAY", tags)


def _profile(colours, tags):
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", at + len(body), len(content))
        body += padded
    size = at + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"none", 0x02200000, b"mntr", colours, b"XYZ ")
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
