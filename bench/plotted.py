"""A plot as SVG, drawn here: two axes with powers of ten, lines with their points, and what was fitted to them."""

from __future__ import annotations

import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 420, 78, 50, 34, 54
COLOURS = ("#1f5fbf", "#c2571a")


def plot(lines, exponents):
    """`lines`: name -> [(number of hashes, milliseconds)]; `exponents`: name -> the fitted power."""
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    x_range = math.floor(math.log10(min(xs))), math.ceil(math.log10(max(xs)))
    y_range = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))

    def at(x, y):
        across = (math.log10(x) - x_range[0]) / (x_range[1] - x_range[0])
        up = (math.log10(y) - y_range[0]) / (y_range[1] - y_range[0])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" fill="#222222">One question, all hashes within 31 of 256 bits, one core (median)</text>',
    ]
    for power in range(x_range[0], x_range[1] + 1):
        x, _ = at(10.0**power, ys[0])
        parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#dddddd"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#444444">{10**power:,}</text>'
        )
    for power in range(y_range[0], y_range[1] + 1):
        _, y = at(xs[0], 10.0**power)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444444">{10.0**power:g} ms</text>')
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in (at(*p) for p in points)]
        words = f"{name}: grows as N to the power of {exponents[name]:.2f}"
        parts.append(f'<text x="{LEFT + 14}" y="{TOP + 22 + 20 * number}" fill="{colour}">{words}</text>')
    parts.append(
        f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#222222">hashes held (N)</text>'
    )
    return "\n".join([*parts, "</svg>", ""])
