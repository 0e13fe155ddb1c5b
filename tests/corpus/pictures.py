"""Uploads that are not what they claim, or more than that; made here, each a few kilobytes."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, PngImagePlugin

REFUSED, HARMLESS = "refused", "harmless"
SCRIPT = b"<script>document.title='hit'</script>"
MARKS = (b"<script", b"PK\x03\x04", b"GPS", b"Exif", b"alert", b"XMP", b"ICCP", b"ANIM")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def drawn(
    kind: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object
) -> bytes:
    """Return a picture in that format."""
    data = io.BytesIO()
    Image.new(mode, size, options.pop("color", 120)).save(data, kind, **options)
    return data.getvalue()


def header(width: int, height: int, depth: int = 1) -> bytes:
    """Return a PNG that says it is so large, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum_)

    shape = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 4096)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", shape) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def animated(kind: str, frames: int, size: tuple[int, int] = (32, 32)) -> bytes:
    """Return a picture that moves."""
    first, *rest = [Image.new("L", size, number % 256) for number in range(frames)]
    data = io.BytesIO()
    first.save(data, kind, save_all=True, append_images=rest, duration=1)
    return data.getvalue()


def uploads() -> Iterator[tuple[str, bytes, str]]:
    """Yield what each is, its bytes, and what is to become of it."""
    png, jpeg, gif, webp = (drawn(kind) for kind in ("PNG", "JPEG", "GIF", "WEBP"))
    kinds = {"PNG": png, "JPEG": jpeg, "GIF": gif, "WEBP": webp}
    yield "nothing", b"", REFUSED
    yield "a page", b"<!doctype html>" + SCRIPT, REFUSED
    yield "a drawing with a script", SVG, REFUSED
    yield "a drawing after a declaration", b'<?xml version="1.0"?>' + SVG, REFUSED
    yield "a compressed drawing", zlib.compress(SVG), REFUSED
    yield "a script that begins as a GIF", b"GIF89a/*" + b" " * 20 + b"*/=1;alert(1)", REFUSED
    yield "a document", b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj", REFUSED
    yield "a PostScript program", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nquit", REFUSED
    yield "an archive", b"PK\x03\x04" + b"\0" * 200, REFUSED
    yield "a program", b"\x7fELF" + b"\0" * 200, REFUSED
    yield "zeros", b"\0" * 5000, REFUSED
    yield "a PNG's name and no more", b"\x89PNG\r\n\x1a\n", REFUSED
    yield "a JPEG's name and no more", b"\xff\xd8\xff\xe0", REFUSED
    for kind in ("TIFF", "BMP", "ICO", "PPM", "TGA", "PCX", "SGI", "DDS", "JPEG2000"):
        yield f"a picture as {kind}", drawn(kind), REFUSED
    for kind, data in kinds.items():
        yield f"half a {kind}", data[: len(data) // 2], REFUSED
        yield f"a {kind} without its beginning", data[7:], REFUSED
        yield f"a {kind} with a page behind it", data + SCRIPT, HARMLESS
        yield f"a {kind} with an archive behind it", data + b"PK\x03\x04" + b"x" * 400, HARMLESS
        yield f"a small {kind}", drawn(kind, (1, 1)), HARMLESS
        yield f"a long thin {kind}", drawn(kind, (3000, 2)), HARMLESS
        yield f"a {kind} as wide as can be", drawn(kind, (8000, 5), color=3), HARMLESS
    for side in (6400, 20_000, 50_000, 2**31 - 1):
        yield f"a PNG that says {side} px", header(side, side), REFUSED
        yield f"a deep PNG that says {side} px", header(side, side, 16), REFUSED
    yield "a PNG without height", header(64, 0), REFUSED
    yield "a PNG with too little in it", header(3000, 3000), REFUSED
    for kind in ("GIF", "PNG", "WEBP"):
        yield f"a {kind} of 500 frames", animated(kind, 500), HARMLESS
        yield f"a {kind} of two large frames", animated(kind, 2, (2000, 2000)), HARMLESS
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", SCRIPT.decode())
    said.add_itxt("XML:com.adobe.xmp", SCRIPT.decode())
    yield "a PNG with a script in its text", drawn("PNG", pnginfo=said), HARMLESS
    yield "a JPEG with a script in its comment", drawn("JPEG", comment=SCRIPT), HARMLESS
    yield "a JPEG with a false profile", drawn("JPEG", icc_profile=SCRIPT * 9), HARMLESS
    yield "a WebP with a false profile", drawn("WEBP", icc_profile=SCRIPT * 9), HARMLESS
    where = Image.Exif()
    where[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
    where[0x0112] = 6
    yield "a JPEG that tells where it was taken", drawn("JPEG", exif=where), HARMLESS
    yield "a WebP that tells where it was taken", drawn("WEBP", exif=where), HARMLESS
    yield "a JPEG with nonsense for Exif", drawn("JPEG", exif=b"Exif\0\0" + b"\xff" * 60), HARMLESS
    yield "a JPEG for print", drawn("JPEG", mode="CMYK", color=(9, 9, 9, 9)), HARMLESS
    yield "a PNG of 16 bits", drawn("PNG", mode="I;16"), HARMLESS
    yield "a PNG of one bit", drawn("PNG", mode="1", color=1), HARMLESS
    yield "a PNG with a palette", drawn("PNG", mode="P", transparency=0), HARMLESS
    yield "a PNG one can see through", drawn("PNG", mode="LA", color=(9, 9)), HARMLESS
