"""What templates draw again and again: icons, faces, and fields of a form."""

from typing import Any

from django import forms, template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts import agents, faces
from accounts.models import User

register = template.Library()

BOX_WIDGETS = (forms.Textarea, forms.Select, forms.widgets.Input)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite. It says nothing to a screen reader: words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons/lucide.svg"),
        name,
    )


@register.filter
def breakable(address: str) -> SafeString:
    """Let a mail address go on in the next line before its @, where it must."""
    name, _at, host = address.rpartition("@")
    return format_html("{}<wbr>@{}", name, host)


@register.simple_tag
def words() -> str:
    """Return the address of the scripts' texts in the language of the page; English needs none."""
    language = get_language()
    if not language or language == settings.LANGUAGE_CODE:
        return ""
    return static(f"js/words/{language}.js")


@register.simple_tag
def avatar(member: Any, size: str = "") -> SafeString:
    """Draw a member's face: that of a User, or of a row with ``id``, ``name`` and ``avatar``.

    ``size`` is "small", "large" or nothing. The name is expected to stand beside it.
    """
    if isinstance(member, User):
        return _face(member.pk, member.name, member.avatar_url, size)
    return _face(member.id, member.name, member.avatar, size)


@register.simple_tag
def avatar_of_row(member: Any, size: str = "") -> SafeString:
    """Draw the face of a member of a room, whose id a row calls ``user``."""
    return _face(member.user, member.name, member.avatar, size)


def _face(member_id: int, name: str, url: str | None, size: str) -> SafeString:
    size_class = f" avatar--{size}" if size else ""
    if url:
        return format_html(
            '<img class="avatar{}" src="{}" alt="" loading="lazy" decoding="async">',
            size_class,
            url,
        )
    return format_html(
        '<span class="avatar{}" data-hue="{}" aria-hidden="true">{}</span>',
        size_class,
        faces.hue(member_id),
        faces.initials(name),
    )


@register.inclusion_tag("snippets/field.html")
def field(bound: forms.BoundField, prefix: str = "") -> dict[str, Any]:
    """Draw a field of a form with its label, help and errors, tied together for a screen reader.

    ``prefix`` stands inside the box, before what is typed.
    """
    widget = bound.field.widget
    attrs: dict[str, Any] = {}
    if isinstance(widget, forms.CheckboxInput):
        attrs["class"] = "check"
    elif isinstance(widget, BOX_WIDGETS):
        attrs["class"] = f"input {widget.attrs.get('class', '')}".strip()
    described_by = [f"{bound.auto_id}_error"] if bound.errors else []
    if bound.help_text:
        described_by.append(f"{bound.auto_id}_help")
    if described_by:
        attrs["aria-describedby"] = " ".join(described_by)
    # The label says it already.
    widget.attrs.pop("placeholder", None)
    return {
        "field": bound,
        "control": bound.as_widget(attrs=widget.attrs | attrs),
        "is_check": isinstance(widget, forms.CheckboxInput),
        "prefix": prefix,
    }


@register.simple_tag
def browser(user_agent: str) -> agents.Agent:
    """Return what kind of browser a session came from."""
    return agents.describe(user_agent)


@register.filter
def current_if(path: str, prefix: str) -> str:
    """Mark a link as that of the present page when ``path`` begins with ``prefix``."""
    return SafeString('aria-current="page"') if path.startswith(prefix) else ""
