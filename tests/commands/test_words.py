"""What `manage.py words` finds in the scripts, and what it does not let pass."""

import shutil
from pathlib import Path

import pytest
from babel.messages import Catalog
from django.core.management import CommandError, call_command

from chatsite import languages, script_texts

TEMPLATE = """
/** gettext("in a comment") is none */
export const button = (names) => html`<a title="x ${gettext("Who's \\"there\\"")}"
  >one's ${isOpen ? html`<b>${gettext("Close {name}", { name })}</b>` : nothing}
  ${ngettext("{n} vote",
    "{n} votes", names.length)}</a>`;
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "button.js"


def test_texts_are_found_wherever_they_stand_in_a_template(script: Path) -> None:
    script.write_text(TEMPLATE)
    assert script_texts.texts_in(script) == [
        ('Who\'s "there"',),
        ("Close {name}",),
        ("{n} vote", "{n} votes"),
    ]


@pytest.mark.parametrize("call", ["gettext(label)", "gettext(`Close ${name}`)", "gettext('Close')"])
def test_what_nobody_could_translate_is_no_text(script: Path, call: str) -> None:
    script.write_text(f"const label = {call};")
    with pytest.raises(ValueError, match=r"button\.js: gettext takes literals"):
        script_texts.texts_in(script)


def test_modules_of_the_first_page_have_their_texts_without_those_of_the_others() -> None:
    assert script_texts.AT_ONCE in script_texts.loaded_at_once()
    assert script_texts.IN_ALL not in script_texts.loaded_at_once()
    assert script_texts.misplaced() == []


@pytest.mark.parametrize(
    ("text", "told", "is_lacking"),
    [
        ("Close {name}", ("{name} schließen",), False),
        ("Close {name}", ("Schließen",), True),
        ("Close {name}", ("{Name} schließen",), True),
        (("{n} vote for {it}", "{n} votes for {it}"), ("eine für {it}", "{n} für {it}"), False),
        (("{n} vote for {it}", "{n} votes for {it}"), ("eine Stimme", "{n} für {it}"), True),
    ],
)
def test_a_translation_keeps_the_places_of_its_text(
    text: str | tuple[str, ...], told: tuple[str, ...], is_lacking: bool
) -> None:
    assert script_texts.lacks_places(text, told) == is_lacking


@pytest.mark.parametrize("language", languages.translated_languages())
def test_the_same_emoji_have_names_in_every_language(language: str) -> None:
    told = languages.read(language)
    for (named,) in script_texts.texts_in(script_texts.SCRIPTS / "view/emoji-names.js"):
        assert emoji_in(str(told[named].string)) == emoji_in(named)


def emoji_in(named: str) -> list[str]:
    """Return the emoji of a text that names some; each has a name."""
    pairs = [each.split(" ", 1) for each in named.split("|")]
    assert all(name.strip() for _emoji, name in pairs)
    return [emoji for emoji, _name in pairs]


def test_a_text_without_a_translation_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = languages.catalogue_path("de").read_text()
    (tmp_path / "de.po").write_text(told.replace("Zurück zu den Räumen", ""))
    shutil.copy(languages.catalogue_path("ar"), tmp_path / "ar.po")
    monkeypatch.setattr(languages, "catalogue_path", lambda language: tmp_path / f"{language}.po")

    with pytest.raises(CommandError, match=r"1 texts.*\nde: Back to the rooms\Z"):
        call_command("words", check=True)


def test_a_refusal_names_its_field_in_every_language() -> None:
    found = Catalog()
    found.add("body: too long.", "Text: zu lang.")
    found.add("name: too long.", "name: zu lang.")
    assert languages.untranslated(found) == ["body: too long."]
