"""Draws step time against peak memory as a self-contained SVG: Neap's points joined by a line, peers beside it."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 880, 480
LEFT, RIGHT, TOP, BOTTOM = 70, 640, 30, 430
LINE_HEIGHT, CHARACTER_WIDTH = 15, 7
NEAP, PEER, GRID, TEXT = "#0072b2", "#d55e00", "#dddddd", "#333333"


class Axis:
    """Maps [0, at least `largest`] to [begin, end]."""

    def __init__(self, largest, begin, end):
        self.step = nice_step(largest / 8)
        self.limit = self.step * math.ceil(1.05 * largest / self.step)
        self.begin, self.end = begin, end

    def place(self, value):
        return self.begin + (self.end - self.begin) * value / self.limit

    def ticks(self):
        return [self.step * number for number in range(round(self.limit / self.step) + 1)]


def nice_step(raw):
    """The smallest of 1, 2 and 5 times a power of ten that is at least `raw`."""
    power = 10 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999999)


def text(x, y, content, anchor="start", color=TEXT, more=""):
    halo = ' paint-order="stroke" stroke="white" stroke-width="3"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}"{halo}{more}>{escape(content)}</text>'


def line(x1, y1, x2, y2, color, width=1.0):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="{width}"/>'


def draw_axes(x, y):
    parts = []
    for tick in x.ticks():
        parts += [line(x.place(tick), TOP, x.place(tick), BOTTOM, GRID),
                  text(x.place(tick), BOTTOM + 18, f"{tick:g}", "middle")]
    for tick in y.ticks():
        parts += [line(LEFT, y.place(tick), RIGHT, y.place(tick), GRID),
                  text(LEFT - 8, y.place(tick) + 4, f"{tick:,.0f}", "end")]
    middle = (TOP + BOTTOM) / 2
    turned = f' transform="rotate(-90 16 {middle})"'
    return parts + [text((LEFT + RIGHT) / 2, BOTTOM + 38, "seconds a step", "middle"),
                    text(16, middle, "peak resident memory, MiB", "middle", more=turned)]


def place_labels(places, labels):
    """(x, y) of each label: right of its point, below the labels that it would cover."""
    found = {}
    for name in sorted(places, key=lambda name: places[name][1]):
        x, y = places[name][0] + 10, places[name][1]
        end = x + CHARACTER_WIDTH * len(labels[name])
        others = [(found[other][0], found[other][1], found[other][0] + CHARACTER_WIDTH * len(labels[other])) for other in found]
        while any(x < other_end and other_x < end and abs(y - other_y) < LINE_HEIGHT for other_x, other_y, other_end in others):
            y += 1
        found[name] = x, y
    return found


def marker(x, y, is_neap):
    if is_neap:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{NEAP}"/>'
    return f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" fill="{PEER}"/>'


def draw(points, labels):
    """SVG text. `points` is {name: (seconds, bytes)}, names of Neap's points begin with neap-; `labels` is {name: text}."""
    x = Axis(max(seconds for seconds, _ in points.values()), LEFT, RIGHT)
    y = Axis(max(count for _, count in points.values()) / 2**20, BOTTOM, TOP)
    places = {name: (x.place(seconds), y.place(count / 2**20)) for name, (seconds, count) in points.items()}
    curve = sorted((name for name in points if name.startswith("neap-") and not name.endswith("-never")),
                   key=lambda name: -points[name][1])
    joined = " ".join(f"{places[name][0]:.1f},{places[name][1]:.1f}" for name in curve)
    parts = draw_axes(x, y) + [f'<polyline points="{joined}" fill="none" stroke="{NEAP}" stroke-width="1.5"/>']
    for name, (x, y) in place_labels(places, labels).items():
        is_neap, place = name.startswith("neap-"), places[name]
        parts += [line(*place, x - 2, y, GRID), marker(*place, is_neap),
                  text(x, y + 4, labels[name], color=NEAP if is_neap else PEER)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">\n'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n")
