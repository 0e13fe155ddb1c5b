"""The page that a banned member gets instead of every other, with the one appeal they have."""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from chat.services import bans

SEAL_LASTS = 60 * 60  # s, from seeing the page to appealing
SALT = "chat.appeal"


def banned_page(request: HttpRequest, user: User) -> HttpResponse:
    """Tell a banned member why and until when. Who cannot sign in can appeal from here too."""
    ban = bans.standing(user)
    seal = ban and ban.may_be_appealed and signing.dumps([user.pk, ban.pk], salt=SALT)
    context = {"reason": user.ban_reason, "ban": ban, "seal": seal}
    return render(request, "account/banned.html", context, status=403)


def opened(seal: str) -> tuple[int, int]:
    """Return the member and the sanction that a page was sealed for. Raises BadSignature."""
    user_id, sanction_id = signing.loads(seal, salt=SALT, max_age=SEAL_LASTS)
    return user_id, sanction_id
