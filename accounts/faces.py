"""What stands for a member who has no picture: initials on a colour of their own."""

HUES = 12  # as many as static/css/components/avatar.css has
HUE_STEP = 5  # coprime with HUES: neighbours by id look least alike


def initials(name: str) -> str:
    """Return one or two capital letters for ``name``: of its first and its last word."""
    words = [word for word in name.replace("_", " ").replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return name.strip()[:1] or "?"
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()[:2]


def hue(user_id: int) -> int:
    """Return the number, from 0 to HUES - 1, of the colour that belongs to this member."""
    return user_id * HUE_STEP % HUES
