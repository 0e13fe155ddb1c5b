"""docs/protocol.md is what the code says."""

from django.core.management import call_command


def test_the_page_describes_the_frames_as_they_are() -> None:
    call_command("protocol", check=True)
