"""From what a member typed to the HTML that others see: what it means, and what it costs."""

import time

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chat import markup
from chat.models.message import BODY_MAX
from chat.services.reading import PAGE_BYTES

HANDLES = {"ada": (7, "Ada"), "bob.x": (9, "Bob <b>&"), "a1": (11, "Al")}


def html_of(body):
    return markup.render(body, HANDLES)[0]


def mentioned_in(body):
    return markup.render(body, HANDLES)[1]


# --- markdown -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("hi", "<p>hi</p>"),
        ("hi **all**", "<p>hi <strong>all</strong></p>"),
        ("_a_ ~~b~~ `c`", "<p><em>a</em> <s>b</s> <code>c</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("![x](https://a.example/b.png)", None),
    ],
)
def test_markdown_is_what_people_expect_of_it(body, html):
    if html is None:
        assert "<img" not in html_of(body)
    else:
        assert html_of(body) == html


def test_a_table_is_a_table():
    html = html_of("a|b\n-|-\n1|2")
    assert "<th>a</th>" in html
    assert "<td>2</td>" in html


def test_code_in_a_known_language_is_highlighted_and_in_another_is_plain():
    assert '<span class="k">def</span>' in html_of("```python\ndef f(): pass\n```")
    assert html_of("```nonsense\ndef\n```") == (
        '<pre><code class="language-nonsense">def\n</code></pre>'
    )
    assert html_of("```\n<b>\n```") == "<pre><code>&lt;b&gt;\n</code></pre>"


def test_an_address_is_a_link():
    assert html_of("see https://a.example/b?c=1&d=2") == (
        '<p>see <a href="https://a.example/b?c=1&amp;d=2" rel="noopener noreferrer nofollow ugc">'
        "https://a.example/b?c=1&amp;d=2</a></p>"
    )


# --- mentions -----------------------------------------------------------------------------------


def test_a_mention_shows_the_name_and_tells_the_id():
    assert markup.render("hi @ada!", HANDLES) == (
        '<p>hi <span class="mention" data-user="7">@Ada</span>!</p>',
        [7],
    )


@pytest.mark.parametrize(
    ("body", "mentioned"),
    [
        ("@ada @ada", [7]),
        ("@ADA", [7]),
        ("@ada, @bob.x. (@a1)", [7, 9, 11]),
        ("**@ada**", [7]),
        ("- @ada\n- @a1", [7, 11]),
        ("[see @ada](https://a.example)", [7]),
        ("> @ada", [7]),
        ("@ada.", [7]),
        ("@ada_", [7]),
        ("@adam", []),
        ("@ada-x", []),
        ("x@ada", []),
        ("me@ada.example", []),
        ("@@ada", []),
        ("/@ada", []),
        ("\\@ada", []),
        ("`@ada`", []),
        ("```\n@ada\n```", []),
        ("    @ada", []),
        ("@nobody", []),
        ("@", []),
    ],
)
def test_who_is_mentioned(body, mentioned):
    assert mentioned_in(body) == mentioned


@given(st.text(alphabet="@ada b.x1-_`*[]()\n", max_size=40))
def test_only_who_is_shown_as_mentioned_is_mentioned(body):
    html, mentioned = markup.render(body, HANDLES)
    assert len(set(mentioned)) == len(mentioned)
    for user, _ in HANDLES.values():
        assert (f'data-user="{user}"' in html) == (user in mentioned)
    if mentioned:
        assert markup.handles_in(body) & HANDLES.keys()


# --- the short way ------------------------------------------------------------------------------


words = st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=6)
marks = st.sampled_from([" ", " ", ",", ";", "?", "'", '"', "(", ")", "%", "–", "…", "!", ": "])
marks |= st.sampled_from([". ", "-", ":", ".", "“", "”", "1. ", "2) ", "www", "http"])
sentences = st.lists(words | marks, min_size=1, max_size=12).map("".join)


@given(st.from_regex(markup.PLAIN, fullmatch=True).filter(markup.is_plain) | sentences)
@example("2026")
@example("1a) b")
@example("ⅷ. x")
@example("a-b-c")
@example("hi: there.")
def test_the_short_way_ends_where_the_long_way_does(body):
    body = body.strip()
    assume(markup.is_plain(body))
    assert markup.render(body, HANDLES) == markup.from_markdown(body, HANDLES)


def test_most_of_what_people_say_takes_the_short_way():
    for body in ("hi", "Good morning, everyone!", "I'm in (late), sorry: 5% left.", "Ça va?"):
        assert markup.is_plain(body)


# --- what it costs ------------------------------------------------------------------------------


def filled(pattern):
    return (pattern * BODY_MAX)[:BODY_MAX]


GREEDY = {
    "a wide table of short rows": "a|" * 500 + "\n" + "-|" * 500 + "\n" + "|\n" * 999,
    "a table like a ladder": filled("|" * 100 + "\n" + "|-" * 100 + "|\n" + "a\n" * 1800),
    "many mentions of a long name": filled("@aa "),
    "open brackets": filled("["),
    "half links": filled("[a]("),
    "stars": filled("*a"),
    "stars and spaces": filled("**a *b "),
    "backticks": filled("`a``b"),
    "less than": filled("<"),
    "half tags": filled("<a "),
    "quotes": filled("> "),
    "addresses": filled("a.co "),
    "half addresses": filled("http://"),
    "mail": filled("a@b.co "),
    "backslashes": filled("\\"),
    "entities": filled("&#x41;"),
    "code": "```python\n" + filled("x=1;")[:3900] + "\n```",
    "code of nothing": "```java\n" + "\n" * 3900 + "\n```",
    "code half quoted": "~~~javascript\n" + filled('"\\')[:3900] + "\n~~~",
    "much code in small pieces": filled("```gherkin\n" + "\n " * 100 + "\n```\n"),
}


@pytest.mark.parametrize("kind", GREEDY)
def test_no_body_makes_a_row_too_large_to_send_or_takes_long(kind):
    begun = time.process_time()
    html, _ = markup.render(GREEDY[kind], {"aa": (7, "&" * 60)})
    assert time.process_time() - begun < 1.5
    assert len(msgspec.json.encode([GREEDY[kind], html])) < PAGE_BYTES


def test_a_table_of_an_ordinary_size_is_not_held_back():
    body = "|".join("abcdefgh") + "\n" + "|".join("-" * 8) + "\n" + "1|2|3|4|5|6|7|8\n" * 100
    assert html_of(body).count("<tr>") == 101


# --- the site's own emoji -----------------------------------------------------------------------

PICTURES = {"party": "/emoji/party.webp", "b_2": "/emoji/b_2.webp"}


def picture(name):
    return f'<img class="emoji" src="{PICTURES[name]}" alt=":{name}:" title=":{name}:">'


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (":party:", ["party"]),
        ("hi :party:!", ["party"]),
        ("(:Party:) **:b_2:**", ["party", "b_2"]),
        (":party::b_2:", ["party", "b_2"]),
        ("> :party:", ["party"]),
        (":party: `:party:` :party:", ["party", "party"]),
    ],
)
def test_the_name_of_an_emoji_becomes_its_picture(body, names):
    html, _ = markup.render(body, pictures=PICTURES)
    assert html.count("<img") == len(names)
    for name in names:
        assert picture(name) in html


@pytest.mark.parametrize(
    "body",
    [
        ":nobody:",
        "`:party:`",
        "```\n:party:\n```",
        "10:party:30",
        "a.example/:party:/b",
        ":party:s",
        ":par ty:",
        ": party :",
        "::",
    ],
)
def test_what_names_no_emoji_stays_text(body):
    html, _ = markup.render(body, pictures=PICTURES)
    assert "<img" not in html
    assert html == markup.render(body)[0]


def test_a_body_full_of_emoji_fits_a_page():
    names = {"b": "/emoji/b.webp"}
    html, _ = markup.render((":b:" * BODY_MAX)[:BODY_MAX], pictures=names)
    assert html.count("<img") == BODY_MAX // 3
    assert len(html) < PAGE_BYTES
