"""What members fill in about rooms and conversations. The services judge what is in them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.errors import ChatError
from chat.models import Callers, Writers
from chat.services.links import USES_MAX
from chat.services.rooms import NAME_MAX, SLUG_MAX, TOPIC_MAX
from chat.views.refusals import field_of, words

KINDS = (
    ("public", _("Everybody on this site can find it, read it and join.")),
    ("private", _("Only those who are invited know that it exists.")),
)
LINK_LIVES = (
    (30 * 60, _("30 minutes")),
    (24 * 60 * 60, _("1 day")),
    (7 * 24 * 60 * 60, _("1 week")),
    (30 * 24 * 60 * 60, _("30 days")),
)
SLOW_MODES = (
    (0, _("Off")),
    (5, _("5 seconds")),
    (10, _("10 seconds")),
    (30, _("30 seconds")),
    (60, _("1 minute")),
    (300, _("5 minutes")),
    (900, _("15 minutes")),
    (3600, _("1 hour")),
    (21600, _("6 hours")),
)


class TellingForm(forms.Form):
    """A form that can show why a service refused."""

    def refuse(self, refusal: ChatError) -> None:
        """Show the refusal, at the field it names."""
        self.add_error(field_of(refusal, self.fields), words(refusal))


class RoomForm(TellingForm):
    """What a room is called and about."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    topic = forms.CharField(
        label=_("Topic"),
        max_length=TOPIC_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("A line on what belongs here."),
    )


class NewRoomForm(RoomForm):
    """A room to be."""

    kind = forms.ChoiceField(label=_("Who can come in?"), choices=KINDS, initial="public")


class RoomSettingsForm(RoomForm):
    """What those who look after a room may change about it."""

    slow_mode = forms.TypedChoiceField(
        label=_("Slow mode"),
        coerce=int,
        choices=SLOW_MODES,
        help_text=_("How long a member waits between two messages."),
    )

    writers = forms.ChoiceField(label=_("Who may write?"), choices=Writers.choices, required=False)
    callers = forms.ChoiceField(
        label=_("Who may write @room and @here?"),
        choices=Callers.choices,
        required=False,
        help_text=_("They call every member, or all who are here."),
    )

    def clean_callers(self) -> str | None:
        """Return the choice, or None where it was not sent: then it stays what it is."""
        return self.cleaned_data["callers"] or None

    def clean_writers(self) -> str | None:
        """Return the choice, or None where it was not sent: then it stays what it is."""
        return self.cleaned_data["writers"] or None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.initial.get("slow_mode", 0)
        field = self.fields["slow_mode"]
        assert isinstance(field, forms.ChoiceField)
        if current not in dict(SLOW_MODES):  # set elsewhere, to the second
            field.choices = [*SLOW_MODES, (current, _("%d seconds") % current)]


class AddressForm(TellingForm):
    """Where a room is, which its owners may change."""

    slug = forms.CharField(
        label=_("Address"),
        max_length=SLUG_MAX,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text=_("Small letters, digits, dashes. Links to the old address stop working."),
    )


class RetentionForm(TellingForm):
    """How long messages of a room are kept: at ``most`` so many days, or as long as elsewhere."""

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"] = forms.IntegerField(
            label=_("Days"),
            min_value=1,
            max_value=most,
            required=False,
            help_text=_(
                "What is older is removed for good, soon after you save and from then on."
                " Empty: as long as on the whole site."
            ),
        )


class LinkForm(TellingForm):
    """How long and how often a join link works."""

    expires_in = forms.TypedChoiceField(label=_("Works for"), coerce=int, choices=LINK_LIVES)
    uses_max = forms.IntegerField(
        label=_("How many may use it"),
        min_value=1,
        max_value=USES_MAX,
        initial=1,
        required=False,
        help_text=_("Empty: any number."),
    )


class InviteForm(forms.Form):
    """Whom to let in."""

    handle = forms.CharField(
        label=_("Handle"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
