"""Addresses of mail, ways back in, and second steps of those who live there."""

import time

from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.backends.db import SessionStore

from tests.factories import Member
from tests.screenshots.house import House

DAY = 24 * 60 * 60  # s: no scene is taken later than that


def secure(house: House) -> None:
    """Give Ines addresses and what was mailed to her, Selma all second steps, and Carl one."""
    ines = house.people["ines"].user
    EmailAddress.objects.create(user=ines, email="ines@example.org", primary=True, verified=True)
    unsure = EmailAddress.objects.create(
        user=ines, email="ines.vidal.of.the.gardens@mail.example.org"
    )
    selma, carl = house.people["secured"].user, house.people["careful"].user
    EmailAddress.objects.create(user=carl, email="carl@example.org", primary=True, verified=True)
    TOTP.activate(carl, generate_totp_secret())
    house.places["confirmation"] = EmailConfirmationHMAC(unsure).key
    token = default_token_generator.make_token(ines)
    house.places["reset"] = f"{user_pk_to_url_str(ines)}-{token}"
    for who in ("ines", "noor", "secured"):
        _has_just_signed_in(house.people[who])
    TOTP.activate(selma, generate_totp_secret())
    RecoveryCodes.activate(selma)
    for name in ("Grandmother's telephone", "The key on my key ring"):
        data = {"name": name, "credential": {}}
        key = Authenticator.objects.create(user=selma, type=Authenticator.Type.WEBAUTHN, data=data)
        house.places["passkey"] = str(key.pk)


def _has_just_signed_in(member: Member) -> None:
    """Spare them being asked for the password again."""
    session = SessionStore(member.cookie)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time() + DAY, "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(member.id)
    session.save()
