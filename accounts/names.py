"""Names that show what they are: nothing unseen in them, and nobody else's in other letters."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User

MARKS_MAX = 4  # on one letter: more than any language stacks, fewer than it takes to cover a line

# What turns text around, or takes no place. The two joiners stay: emoji and Persian need them.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff]"
)
PILE = re.compile(rf"\w?(?:[{''.join(map(chr, range(0x0300, 0x0370)))}\u0483-\u0489\u20d0-\u20ff])"
                  rf"{{{MARKS_MAX + 1}}}")  # fmt: skip

# Scripts whose letters look like one another's. A word of one name is written in one of them.
ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
# As most typefaces draw them.
LATIN_FOR = str.maketrans(
    "авеіјкмнопрсԛѕтухһԁԝьɡαβεικνορτυχγωϲϳոսօցհյքᴀʙᴄᴅᴇɪᴊᴋʟᴍɴᴏᴘᴛᴜᴠᴡᴢɑӏ",
    "abeijkmhonpcqstyxhdwbgabeikvoptuxywcjnuoghjpabcdeijklmnoptuvwzal",
)


def hides_something(text: str) -> bool:
    """Tell whether ``text`` holds what cannot be seen, or marks that pile up over other lines."""
    return bool(HIDDEN.search(text) or PILE.search(unicodedata.normalize("NFD", text)))


def mixes_scripts(name: str) -> bool:
    """Tell whether a word of ``name`` has letters of several scripts that look alike."""
    return any(len(_scripts(word)) > 1 for word in name.split())


def as_latin(name: str) -> str:
    """Return ``name`` in the Latin letters that it looks like, small."""
    return unicodedata.normalize("NFKC", name).casefold().translate(LATIN_FOR)


def check(name: str, user: User | None = None) -> None:
    """Refuse ``name`` for ``user``, a new member where None. Raises ValidationError, in words."""
    if hides_something(name):
        raise ValidationError(_("There is something in this name that cannot be seen."))
    if mixes_scripts(name):
        raise ValidationError(_("A word of this name mixes letters of several alphabets."))
    latin = as_latin(name)
    if latin.isascii() and latin != name.casefold() and _is_somebody_elses(latin, user):
        raise ValidationError(_("This name looks like that of somebody else."))


def _scripts(word: str) -> set[str]:
    names = (unicodedata.name(letter, "").partition(" ")[0] for letter in word)
    return {script for script in names if script in ALIKE}


def _is_somebody_elses(name: str, user: User | None) -> bool:
    others = User.objects.exclude(pk=user.pk) if user else User.objects.all()
    return others.filter(Q(username=name) | Q(display_name__iexact=name)).exists()
