"""Polls: a message with options, and who chose which."""

from django.conf import settings
from django.db import models

from chat.models.message import Message

QUESTION_MAX = 300  # characters
OPTION_MAX = 100  # characters
OPTIONS_MIN = 2
OPTIONS_MAX = 10
NAMED_VOTERS_MAX = 100  # of whom a message's row tells who they are; more are only counted


class Poll(models.Model):
    """What a message asks. Its question is the message's body."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="poll")
    options = models.JSONField()  # the texts, in order
    multiple = models.BooleanField(default=False)
    # How it stands, counted anew with each vote: a page of history reads no votes.
    voters = models.PositiveIntegerField(default=0)
    tally = models.JSONField(default=list)  # for each option {"votes": 2, "users": [3, 7]}
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"poll in {self.message}"

    def count(self, votes: dict[int, list[int]]) -> None:
        """Set how it stands: ``votes`` are, by option, the ids of those who chose it."""
        who = {user for users in votes.values() for user in users}
        named = len(who) <= NAMED_VOTERS_MAX
        self.voters = len(who)
        chosen = [votes.get(option, []) for option in range(len(self.options))]
        self.tally = [{"votes": len(users), "users": users if named else []} for users in chosen]

    @property
    def is_closed(self) -> bool:
        """Whether nobody can vote any more."""
        return self.closed_at is not None


class PollVote(models.Model):
    """A member's choice of one option."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="votes", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    option = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "user", "option"], name="poll_vote_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.option} in {self.poll}"
