#!/usr/bin/env python
"""Django's command line for this site."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    # Whoever set a variable wrongly needs a sentence and no traceback.
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The site cannot start: {error}")
    except OperationalError as error:
        if not is_unreachable(error):
            raise
        sys.exit(f"The database cannot be reached: {' '.join(str(error).split())}")


def is_unreachable(error: Exception) -> bool:
    """Tell whether ``error`` is about getting to the database, not about what was asked of it."""
    if hasattr(error.__cause__, "sqlite_errorname"):
        return bool(error.__cause__.sqlite_errorname == "SQLITE_CANTOPEN")
    return getattr(error.__cause__, "sqlstate", "unknown") is None


if __name__ == "__main__":
    main()
