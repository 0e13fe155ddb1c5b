"""What is photographed: an address, who is there, and what they do before the picture."""

from tests.screenshots.scenes.admin import ADMIN
from tests.screenshots.scenes.conversation import CONVERSATION
from tests.screenshots.scenes.languages import LANGUAGES
from tests.screenshots.scenes.letters import LETTERS
from tests.screenshots.scenes.moderation import MODERATION
from tests.screenshots.scenes.pages import PAGES
from tests.screenshots.scenes.panels import PANELS

SCENES = [*PAGES, *LETTERS, *CONVERSATION, *PANELS, *MODERATION, *ADMIN, *LANGUAGES]
