"""The ASGI application: Django over HTTP, the live protocol over WebSocket."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django_application = get_asgi_application()

# Imported only now: models need the settings that get_asgi_application has set up.
from channels.routing import ProtocolTypeRouter  # noqa: E402

from chat.live.routing import live_application  # noqa: E402
from chatsite.floods import FloodGate  # noqa: E402
from chatsite.health import HealthChecks  # noqa: E402

application = HealthChecks(
    FloodGate(ProtocolTypeRouter({"http": django_application, "websocket": live_application}))
)
