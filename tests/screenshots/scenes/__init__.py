"""What is photographed: an address, who is there, and what they do before the picture."""

from tests.screenshots.scenes.admin import ADMIN
from tests.screenshots.scenes.conversation import CONVERSATION
from tests.screenshots.scenes.languages import again_in, most_words_in
from tests.screenshots.scenes.letters import LETTERS
from tests.screenshots.scenes.moderation import MODERATION
from tests.screenshots.scenes.pages import PAGES
from tests.screenshots.scenes.panels import PANELS
from tests.screenshots.stage import Scene

SCENES = [*PAGES, *LETTERS, *CONVERSATION, *PANELS, *MODERATION, *ADMIN]


def scenes_in(language: str | None) -> list[Scene]:
    """Return all scenes in one language; without one in English, and some of them again."""
    if language:
        return again_in(language, SCENES)
    return [*SCENES, *most_words_in("de", SCENES), *most_words_in("ar", SCENES)]
