"""Static files as they are served: named by their content, compressed, without their comments."""

import re
from base64 import b32encode
from collections.abc import Collection, Iterator
from typing import Any

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Names of files end with so many letters of what their content hashes to, of 32 kinds.
HASH_LENGTH = 6
# In our scripts nothing else looks like these: no string and no template holds such a thing. Behind
# code a comment with a quote in it stays, since it might be the end of a text.
COMMENT = re.compile(
    rb"/\*\*.*?\*/[ \t]*|^[ \t]*//[^\n]*\n|[ \t]+//[ ][^\n\"'`]*$", re.MULTILINE | re.DOTALL
)
EMPTY_LINES = re.compile(rb"\n(?:[ \t]*\n)+")
# Templates are indented with their code; what they become does not depend on it.
INDENTATION = re.compile(rb"^[ \t]+", re.MULTILINE)
# A line that ends so goes on in the next one; not where a comment is left behind it.
GOING_ON = re.compile(rb"^((?:(?!//)[^\n])*[;{])\n", re.MULTILINE)
STYLE_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files whose module imports are rewritten to the hashed names."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 16  # as deep as modules import each other, with room to spare

    def _save(self, name: str, content: "File[Any]") -> str:
        if name.startswith("js/") and name.endswith(".js"):
            content = ContentFile(slim_script(b"".join(content.chunks())))
        elif name.startswith("css/") and name.endswith(".css"):
            content = ContentFile(slim_style(b"".join(content.chunks())))
        return super()._save(name, content)

    def file_hash(self, name: str, content: "File[Any] | None" = None) -> str | None:
        """Return what names a file by its content; None without any.

        Half as long as Django's: each module names by it all that it imports, in letters that no
        compression makes shorter.
        """
        digits = super().file_hash(name, content)
        return digits and b32encode(bytes.fromhex(digits)).decode().lower()[:HASH_LENGTH]

    def post_process(self, paths: Collection[str], *args: Any, **options: Any) -> Iterator[Any]:
        """Name the files by the content they were saved with, not by that of their sources."""
        saved = {name: (self, name) for name in paths}
        yield from super().post_process(saved, *args, **options)


def without_comments(script: bytes) -> bytes:
    """Return one of our scripts without its comments.

    The types and the reasons are for who reads the code: they are a quarter of what a browser
    would have to load. And modules that name each other's types would have names that depend on
    each other's content.
    """
    return EMPTY_LINES.sub(b"\n", COMMENT.sub(b"", script))


def slim_script(script: bytes) -> bytes:
    """Return one of our scripts as it is served: without comments, indentation, most line ends."""
    return GOING_ON.sub(rb"\1", INDENTATION.sub(b"", without_comments(script)))


def slim_style(sheet: bytes) -> bytes:
    """Return one of our style sheets as it is served: without comments and indentation."""
    return EMPTY_LINES.sub(b"\n", INDENTATION.sub(b"", STYLE_COMMENT.sub(b"", sheet)))
