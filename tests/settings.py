"""The site's own settings for the tests, on the parts that SITE names (tests/parts/backing.py)."""

from tests.parts import backing

backing.provide()

from chatsite.settings import *  # noqa: E402, F403
from chatsite.settings import DATABASES, STORAGES  # noqa: E402

# pytest-django keeps SQLite's test database in memory unless it has a name; a server must reach it.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATABASES["default"]["NAME"]) + "-test"}
else:
    # A test is a transaction for as long as it takes, on whatever machine.
    DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0"

# Hashing passwords well takes a while, which is the point of it, but not here.
PASSWORD_HASHERS = ["tests.parts.passwords.QuickArgon2"]
# Pages rendered inside the test process: no collectstatic before each run.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
