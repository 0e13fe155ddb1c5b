"""Real parts for tests: each is a process of its own on a private port, ended with the tests."""
