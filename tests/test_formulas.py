"""Formulas and code in untrusted words: what is drawn, what stays text, and that no more comes of it."""

from __future__ import annotations

import html
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.formulas import rich_text
from ui.markup import text

SIGNS = [
    *r"\frac \text \href \style \class \color \verb \sqrt \left \begin{matrix} \\".split(),
    *"{}$`^_&<>\"'[]%",
]


class Page(HTMLParser):
    """Gathers the tags and attributes of what was drawn, and the words without those of the formulas."""

    def __init__(self, drawn: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.words = ""
        self.feed(drawn)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "math" not in self.open:
            self.words += data


def drawn_formulas(words: str) -> list[str]:
    return re.findall(r"<math>(.*?)</math>", rich_text(words))


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("of $x^2$ parts", "<msup><mi>x</mi><mn>2</mn></msup>"),
        (r"$\frac{a}{b}$", "<mfrac>"),
        (r"in \(a_1\) or", "<msub>"),
        (r"so $$\sum_{i=1}^n x_i$$ is", "<msubsup><mo>∑</mo>"),
        (r"3$\times$ faster", "<mo>×</mo>"),
        (r"$\sim$10 hours", "<m"),
        ("CO$_2$ is", "<msub>"),
        ("the $k$NN", "<mi>k</mi>"),
        ("by $95%$", "<mi>%</mi>"),
        (r"$a \text{ and also } b$", "and\xa0also"),
        (r"$\mathbb{R}^{d}$", "ℝ"),
        (r"$O(n \log n)$", ">log</mo>"),
    ],
)
def test_formula_is_drawn_and_its_source_stands_beside_it(words: str, part: str) -> None:
    [formula] = drawn_formulas(words)
    assert part in html.unescape(formula)
    assert Page(rich_text(words)).words == words


@pytest.mark.parametrize(
    "words",
    [
        "costs $5 and $6",
        "from $5-$10 a month",
        "US$5 or 5 US$ or A$ 6",
        "a lone $ sign, and $x",
        "$ x $",
        r"\$5 and \$6",
        "we paid $5 to them and got it for 6$",
        r"$\frac{1$",
        r"$}x{$",
        "$x^$",
        r"$\unknown{x}$",
        r"$\phantom{x}$",
        f"${'x+' * 300}x$",
        f"${'{' * 150}x{'}' * 150}$",
    ],
)
def test_what_is_no_whole_formula_stays_as_its_text(words: str) -> None:
    assert rich_text(words) == text(words)


def test_code_between_backticks_is_code_and_nothing_in_it_is_a_formula() -> None:
    drawn = rich_text("Run `pip install <b>` for `$x$`, not ` x ` or ``.")
    assert drawn.count("<code>") == 2
    assert drawn_formulas("`$x$`") == []
    assert Page(drawn).words == "Run `pip install <b>` for `$x$`, not ` x ` or ``."


@pytest.mark.parametrize(
    "formula",
    [
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed;inset:0}{x}",
        r"\class{cite}{x}",
        r"\color{red\" onclick=\"alert(1)}{x}",
        r"\verb|</math><script>alert(1)</script>|",
        r"\rule{900em}{900em}",
        r"\hspace{9000em}x",
        r"\begin{array}{c\"><script>}x\end{array}",
        r"\operatorname{</mo><script>}",
        r"\mathrm{<b>}",
        "&lt;script&gt;&#x0003C;b&#x0003E;",
        r"\text{&#x0003C;script&#x0003E;}",
    ],
)
def test_hostile_formula_draws_no_element_attribute_or_size_of_its_own(formula: str) -> None:
    drawn = rich_text(f"It is ${formula}$ so.")
    page = Page(drawn)
    assert page.tags <= set(
        "span math mrow mi mn mo mtext mspace mstyle mover munder mtable mtr mtd".split()
    )
    assert page.attributes <= set("class mathvariant stretchy fence form columnalign lspace rspace".split())
    assert page.words == f"It is ${formula}$ so."


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(SIGNS), st.text(max_size=6)), max_size=40).map("".join))
def test_whatever_is_written_is_kept_and_only_known_tags_are_drawn(words: str) -> None:
    page = Page(rich_text(f"${words}$ {words}"))
    assert not page.tags & {"script", "img", "b", "a", "style", "svg", "iframe"}
    assert not page.attributes & {"href", "style", "onclick", "src", "id"}
    assert page.words == " ".join(f"${words}$ {words}".split())


def test_long_hostile_words_take_no_time() -> None:
    began = time.perf_counter()
    for words in (
        "$" * 100_000,
        "$x" * 50_000,
        "`" * 100_000,
        r"\(" * 50_000,
        "${" * 50_000,
        "$1$1" * 20_000,
    ):
        rich_text(words)
    assert time.perf_counter() - began < 5
