"""The chat of the Channels tutorial in one module: AuthMiddlewareStack, a consumer a room.

CHANNEL_LAYER is `core` or `pubsub`. Members come with Django sessions in SQLite, which
`python channels_tutorial.py N` makes and prints, one Cookie header a line.
"""

import os
import sys

import django
from django.conf import settings

SQLITE = os.environ["SQLITE"]
LAYERS = {
    "core": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}

settings.configure(
    DEBUG=False,
    SECRET_KEY="benchmark",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "channels",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": SQLITE}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": LAYERS[os.environ.get("CHANNEL_LAYER", "pubsub")],
            # The core layer blocks 5 s in Redis, which is also redis-py's socket timeout.
            "CONFIG": {"hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": None}]},
        }
    },
    LOGGING_CONFIG=None,
)
django.setup()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (needs the settings)
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import path  # noqa: E402


class ChatConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        self.group = "chat_" + self.scope["url_route"]["kwargs"]["room"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content):
        event = {"type": "chat.message", "message": content["message"]}
        await self.channel_layer.group_send(self.group, event)

    async def chat_message(self, event):
        await self.send_json({"message": event["message"]})


routes = URLRouter([path("ws/chat/<slug:room>/", ChatConsumer.as_asgi())])
application = ProtocolTypeRouter(
    {"websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(routes))}
)


def make_sessions(count: int) -> None:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    user, _ = User.objects.get_or_create(username="member")
    for _ in range(count):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        print("sessionid=" + session.session_key)


if __name__ == "__main__":
    make_sessions(int(sys.argv[1]))
