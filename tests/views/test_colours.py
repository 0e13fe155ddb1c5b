"""What stands on what can be read, in both schemes: contrasts computed from the tokens."""

import math
import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
OKLCH = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)")
TEXT = 4.5  # WCAG 2.2 AA, 1.4.3
SHAPE = 3.0  # WCAG 2.2 AA, 1.4.11

SURFACES = ["canvas", "surface", "surface-raised", "surface-pressed"]
# What is written in which colour, on what.
WRITTEN = [
    *[(text, on) for text in ("text", "text-quiet", "accent") for on in SURFACES],
    *[(text, on) for text in ("danger", "warning", "success") for on in SURFACES[:3]],
    *[("text", f"{kind}-soft") for kind in ("accent", "danger", "warning", "success")],
    *[("text-quiet", f"{kind}-soft") for kind in ("accent", "warning")],
    *[(kind, f"{kind}-soft") for kind in ("accent", "danger", "warning", "success")],
    ("on-accent", "accent-fill"),
    ("on-accent", "accent-fill-strong"),
    ("on-accent", "accent"),
    ("on-danger", "danger-fill"),
    ("on-warning", "warning-fill"),
    ("canvas", "text"),  # a notice over the conversation
]
# Edges of fields, rings and marks that must be found.
DRAWN = [
    *[("focus", on) for on in SURFACES],
    ("focus", "accent-soft"),
    *[("line-strong", on) for on in SURFACES[:3]],
    ("accent-fill", "canvas"),
    ("danger-fill", "canvas"),
    ("success-fill", "surface"),
]


def raw(scheme: str) -> dict[str, tuple[float, float, float]]:
    """Return the raw colours of a scheme as lightness, chroma and hue."""
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)", 1)
    parts = [light] if scheme == "light" else [light, dark.split("/* Colour by role */")[0]]
    found = {}
    for part in parts:
        for name, value in re.findall(r"--raw-([\w-]+): ([^;]+);", part):
            match = OKLCH.match(value)
            if match:
                lightness, chroma, hue = map(float, match.groups())
                found[name] = (lightness / 100, chroma, hue)
            elif name == "avatar-lightness":
                found[name] = (float(value.rstrip("%")) / 100, 0, 0)
            elif name == "avatar-chroma":
                found[name] = (0, float(value), 0)
    return found


def luminance(colour: tuple[float, float, float]) -> float:
    """Return the relative luminance of an oklch colour, as a screen with sRGB shows it."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(max(channel, 0), 1) for channel in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the contrast of two colours as WCAG has it, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def by_role(scheme: str) -> dict[str, tuple[float, float, float]]:
    """Return the colours of a scheme by their role."""
    colours = raw(scheme)
    roles = re.findall(r"--color-([\w-]+): var\(--raw-([\w-]+)\)", TOKENS)
    return {role: colours[name] for role, name in roles if name in colours}


def test_the_sum_is_right():
    assert contrast((0, 0, 0), (1, 0, 0)) == pytest.approx(21, abs=0.01)
    # CSS Color 4 gives oklch(62.796% 0.25768 29.234) for pure red, whose contrast on white is 4.
    assert contrast((0.62796, 0.25768, 29.234), (1, 0, 0)) == pytest.approx(3.998, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_written_can_be_read(scheme):
    colours = by_role(scheme)
    ratios = {(text, on): contrast(colours[text], colours[on]) for text, on in WRITTEN}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_drawn_can_be_found(scheme):
    colours = by_role(scheme)
    ratios = {(shape, on): contrast(colours[shape], colours[on]) for shape, on in DRAWN}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < SHAPE} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_initials_can_be_read_on_every_face(scheme):
    colours = raw(scheme)
    hues = re.findall(r"--avatar-hue: (\d+)", (CSS / "components/avatar.css").read_text())
    assert len(set(hues)) >= 12
    lightness, chroma = colours["avatar-lightness"][0], colours["avatar-chroma"][1]
    ratios = {hue: contrast((lightness, chroma, float(hue)), colours["on-avatar"]) for hue in hues}
    assert {hue: ratio for hue, ratio in ratios.items() if ratio < TEXT} == {}


def test_components_use_roles_and_no_raw_colour():
    used = {
        (path.name, name)
        for path in CSS.rglob("*.css")
        if path.name != "tokens.css"
        for name in re.findall(r"var\(--raw-([\w-]+)\)|#[0-9a-fA-F]{3,8}\b", path.read_text())
    }
    assert {
        (file, name) for file, name in used if not name.startswith(("avatar", "on-avatar"))
    } == set()
