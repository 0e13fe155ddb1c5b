"""Passwords for tests: hashed as the site does it, so that it takes them, but in no time."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 at its least cost. The site replaces such a hash when the member signs in."""

    time_cost = 1
    memory_cost = 8  # KiB
    parallelism = 1
