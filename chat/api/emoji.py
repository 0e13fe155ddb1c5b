"""The site's own emoji."""

from django.http import HttpResponse
from ninja import Router

from chat.api.answers import answer, answers
from chat.api.request import MemberRequest
from chat.services.emoji import EmojiRows, all_emoji

router = Router(tags=["emoji"])


@router.get("emoji", openapi_extra=answers(EmojiRows))
def emoji(request: MemberRequest) -> HttpResponse:
    """All of them, by name."""
    return answer(all_emoji())
