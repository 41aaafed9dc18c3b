"""The plot of a calibration as SVG, drawn here: expected across, observed upwards, with intervals and how many pairs each point stands for."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from clew.matching.calibration import Calibration

_SIDE, _LEFT, _TOP, _BELOW = 420, 62, 40, 58
#: Clear by day and to those who see no red or green (Okabe and Ito 2008).
_COLOURS = ("#0072b2", "#d55e00", "#009e73")
#: The band about the diagonal that is drawn: what a calibration is asked to stay in.
BAND = 0.05


def calibration_svg(calibrations: Mapping[str, Calibration], title: str) -> str:
    """One picture of up to three named calibrations, the same for the same figures."""
    width, height = _SIDE + _LEFT + 24, _SIDE + _TOP + _BELOW + 20 * len(calibrations)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" fill="#222222">{escape(title)}</text>',
        *_axes(),
    ]
    for number, (name, calibration) in enumerate(calibrations.items()):
        parts += _points(calibration, _COLOURS[number % len(_COLOURS)], 3 * (number - 1))
        parts.append(_legend(name, calibration, _COLOURS[number % len(_COLOURS)], number))
    return "\n".join([*parts, "</svg>", ""])


def _at(expected: float, observed: float) -> tuple[float, float]:
    return _LEFT + _SIDE * expected, _TOP + _SIDE * (1 - observed)


def _axes() -> list[str]:
    corners = [(0, 0), (0, BAND), (1 - BAND, 1), (1, 1), (1, 1 - BAND), (BAND, 0)]
    band = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_at(*corner) for corner in corners))
    parts = [f'<polygon points="{band}" fill="#eeeeee"/>']
    for tenth in range(0, 11, 2):
        x, y = _at(tenth / 10, tenth / 10)
        parts += [
            f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_TOP + _SIDE}" stroke="#dddddd"/>',
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _SIDE}" y2="{y:.1f}" stroke="#dddddd"/>',
            f'<text x="{x:.1f}" y="{_TOP + _SIDE + 18}" text-anchor="middle" fill="#444444">{10 * tenth} %</text>',
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444444">{10 * tenth} %</text>',
        ]
    (x1, y1), (x2, y2) = _at(0, 0), _at(1, 1)
    parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#888888" stroke-dasharray="4 4"/>')
    middle = _LEFT + _SIDE / 2
    parts.append(
        f'<text x="{middle:.0f}" y="{_TOP + _SIDE + 40}" text-anchor="middle" fill="#222222">expected by the score (across), observed (upwards)</text>'
    )
    return parts


def _points(calibration: Calibration, colour: str, aside: int) -> list[str]:
    parts = []
    for each in calibration.bins:
        x, y = _at(each.expected, each.observed)
        _, low = _at(each.expected, each.low)
        _, high = _at(each.expected, each.high)
        parts += [
            f'<line x1="{x + aside:.1f}" y1="{low:.1f}" x2="{x + aside:.1f}" y2="{high:.1f}" stroke="{colour}" stroke-width="1.5"/>',
            f'<circle cx="{x + aside:.1f}" cy="{y:.1f}" r="4" fill="{colour}"><title>{each.pairs:,} pairs</title></circle>',
        ]
    return parts


def _legend(name: str, calibration: Calibration, colour: str, number: int) -> str:
    words = f"{name}: {calibration.pairs:,} pairs, error {100 * calibration.expected_error:.1f} %, Brier {calibration.brier:.3f}"
    return f'<text x="{_LEFT}" y="{_TOP + _SIDE + 64 + 20 * number}" fill="{colour}">{escape(words)}</text>'
