"""All pictures of a scene side by side, small enough to be looked at at once."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

HEIGHT = 900  # px of a picture on the sheet; what is longer is cut
GAP = 16  # px
BACKGROUND = (120, 120, 120)


def make_sheets(
    folder: Path, names: Sequence[str], widths: Sequence[int], schemes: Sequence[str]
) -> None:
    """Write ``NAME-sheet.png`` for each scene: a row a scheme, the widths beside each other."""
    for name in names:
        rows = [
            [Image.open(folder / f"{name}-{width}-{scheme}.png") for width in widths]
            for scheme in schemes
        ]
        sheet = Image.new("RGB", _size(rows), BACKGROUND)
        for line, row in enumerate(rows):
            left = GAP
            for picture in row:
                sheet.paste(
                    picture.crop((0, 0, picture.width, min(picture.height, HEIGHT))),
                    (left, GAP + line * (HEIGHT + GAP)),
                )
                left += picture.width + GAP
        sheet.save(folder / f"{name}-sheet.png")


def _size(rows: list[list[Image.Image]]) -> tuple[int, int]:
    width = max(sum(picture.width + GAP for picture in row) for row in rows) + GAP
    return width, len(rows) * (HEIGHT + GAP) + GAP
