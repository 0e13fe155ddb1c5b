"""What members fill in about themselves."""

import zoneinfo
from typing import Any, ClassVar

from allauth.account import forms as account_forms
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts import names, pictures
from accounts.limits import Limit
from accounts.models import NAME_MAX, STATUS_MAX, User

# Other entries of the database are old names of these, and ways of writing an offset.
REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}

PICTURES = Limit("pictures", 10, 600)  # of one member

PASSWORD_HELP = _("At least 8 characters. A few words are easier to keep in mind than symbols.")


def time_zone_choices() -> list[tuple[str, Any]]:
    """Return the time zones by region, for a select."""
    zones: dict[str, list[tuple[str, str]]] = {region: [] for region in REGIONS}
    for name in sorted(zoneinfo.available_timezones()):
        region, _slash, place = name.partition("/")
        if region in zones:
            zones[region].append((name, place.replace("_", " ").replace("/", " · ")))
    return [("UTC", "UTC"), *((str(REGIONS[region]), zones[region]) for region in REGIONS)]


class OneLineField(forms.CharField):
    """Text in one line: runs of white space become single spaces."""

    def to_python(self, value: Any) -> str:
        """Return the text in one line."""
        return " ".join((super().to_python(value) or "").split())


class SignupForm(account_forms.SignupForm):
    """What it takes to become a member."""

    display_name = OneLineField(
        label=_("Name"),
        max_length=NAME_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("What others see. You can change it whenever you like."),
    )
    # Filled in by the browser.
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        handle = self.fields["username"]
        handle.label = _("Handle")
        handle.help_text = _("How others mention you: small letters, digits, dots and dashes.")
        handle.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["email"].label = _("Email")
        if not self.fields["email"].required:
            self.fields["email"].help_text = _("To get back in, should you forget your password.")
        self.fields["password1"].help_text = PASSWORD_HELP

    def clean_display_name(self) -> str:
        """Return a name that can be told from others. Raises ValidationError."""
        names.check(self.cleaned_data["display_name"])
        return self.cleaned_data["display_name"]

    def clean_time_zone(self) -> str:
        """Return the zone if we know it, otherwise UTC: nobody typed it, so nobody is at fault."""
        zone = self.cleaned_data["time_zone"]
        return zone if zone in zoneinfo.available_timezones() else "UTC"


class LoginForm(account_forms.LoginForm):
    """What it takes to come back in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Handle or email")
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username webauthn",
            "autocapitalize": "none",
            "spellcheck": "false",
        }


class ChangePasswordForm(account_forms.ChangePasswordForm):
    """The old password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Password now")
        _label_new_password(self)


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):
    """A new password, for one who came by the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label_new_password(self)


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):
    """A key's name, and whether it will do alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with it alone")
        alone.help_text = _(
            "Without handle and password. The device then asks for your fingerprint, your face or"
            " its PIN."
        )


def _label_new_password(form: forms.Form) -> None:
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = PASSWORD_HELP
    form.fields["password2"].label = _("The same again")


# What of a profile others are not shown.
UNSEEN = {
    "language",
    "time_zone",
    "shares_last_seen",
    "shares_reading",
    "read_out",
    "single_keys",
}


class ProfileForm(forms.ModelForm):
    """How a member shows up."""

    display_name = OneLineField(
        label=_("Name"),
        max_length=NAME_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("What others see. Without one they see your handle."),
    )
    status = OneLineField(
        label=_("Status"),
        max_length=STATUS_MAX,
        required=False,
        help_text=_("A line about now: “on leave until Monday”."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As my browser asks for")), *settings.LANGUAGES],
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=lazy(time_zone_choices, list))
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, up to 5 MB. It is cut to a square."),
        widget=forms.FileInput(attrs={"accept": pictures.ACCEPTED}),
    )
    remove_picture = forms.BooleanField(label=_("Remove my picture"), required=False)

    class Meta:
        model = User
        fields = (
            "display_name",
            "status",
            "language",
            "time_zone",
            "shares_last_seen",
            "shares_reading",
            "read_out",
            "single_keys",
        )
        labels: ClassVar[dict[str, Any]] = {
            "shares_last_seen": _("Let others see when I was here last"),
            "shares_reading": _("Let others see what I have read, and see it of them"),
            "read_out": _("What a screen reader reads out of the open room"),
            "single_keys": _("Single keys do something: R replies to a message, ? lists all keys"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.avatar:
            del self.fields["remove_picture"]

    def clean_display_name(self) -> str:
        """Return a name that can be told from others. Raises ValidationError."""
        name = self.cleaned_data["display_name"]
        if name != self.initial["display_name"]:
            names.check(name, self.instance)
        return name

    def clean_picture(self) -> UploadedFile | pictures.Picture | None:
        """Return the upload made small and harmless. Raises ValidationError in words."""
        upload = self.cleaned_data["picture"]
        if not upload:
            return None
        if PICTURES.count(str(self.instance.pk)) is not None:
            raise forms.ValidationError(_("Too many pictures. Wait a few minutes, then try again."))
        return pictures.square(upload)

    def save(self, commit: bool = True) -> User:
        """Store the profile; the old picture's file goes once the change is committed."""
        picture = self.cleaned_data.get("picture")
        if picture:
            pictures.replace(self.instance, picture)
        elif self.cleaned_data.get("remove_picture"):
            pictures.replace(self.instance, None)
        if "status" in self.changed_data:
            self.instance.status_until = None
        if not self.instance.shares_last_seen:
            self.instance.last_seen_at = None
        return super().save(commit)

    @property
    def changes_what_others_see(self) -> bool:
        """Whether name, picture or status differ from before."""
        return bool(set(self.changed_data) - UNSEEN)
