"""Mail in the site's looks: the HTML beside the text, made from the text itself.

So there is one wording of each mail, and nothing in one part that is not in the other.
"""

import re
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

SIGNATURE = "\n-- \n"  # RFC 3676: what follows says who wrote
ADDRESS = re.compile(r"https?://\S+\Z")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a letter; ``is_link`` of one that is an address and nothing else."""

    text: str

    @property
    def is_link(self) -> bool:
        """Whether it is where the reader is to go."""
        return ADDRESS.match(self.text) is not None


def paragraphs(body: str) -> list[Paragraph]:
    """Return the paragraphs of a text mail without its signature."""
    text, _, _ = body.partition(SIGNATURE)
    return [Paragraph(part.strip()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def dress(message: EmailMultiAlternatives, site_name: str) -> EmailMultiAlternatives:
    """Add the HTML to a mail that has text alone; return the mail."""
    html = render_to_string(
        "mail/letter.html",
        {
            "subject": message.subject,
            "paragraphs": paragraphs(str(message.body)),
            "site_name": site_name,
        },
    )
    message.attach_alternative(html, "text/html")
    return message
