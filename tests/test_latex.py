"""LaTeX as bibliographies hold it becomes plain text, formulas stay, and no input freezes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_store.readers.fields import clean
from index_store.readers.latex import address_of_latex, is_balanced, latex_to_text


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\'e}\'{e}\'e{\'{e}}{\' e}", "ééééé"),
        (r"{\'{\i}}{\'\i}\'{\i}\'i", "íííí"),
        (r"{\"o}\"o\"{o}{\"{\i}}", "öööï"),
        (r"{\o}{\O}{\l}{\L}{\ss}{\aa}{\AA}{\ae}{\oe}{\dj}{\th}", "øØłŁßåÅæœđþ"),
        (r"\v{c}{\v c}\v c\c{c}\k{a}\H{o}\r{u}\u{g}\={a}\.{z}\^{o}\~{n}\d{a}", "čččçąőůğāżôñạ"),
        (r"\o re, \ss{}, stra\ss e", "øre, ß, straße"),
        (r"{\textalpha}{\textbeta}\textmu{}m {\textsigma}{\textomega}", "αβμm σω"),
    ],
)
def test_accents_and_letters_become_unicode_in_every_spelling(latex: str, text: str) -> None:
    assert clean(latex_to_text(latex)) == text


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("{{Double Braces}}", "Double Braces"),
        ("The {BERT} of {G}raphs", "The BERT of Graphs"),
        ("pages 1--2 --- ``quoted'' and `so'", "pages 1–2 — “quoted” and `so'"),
        (r"A~B, M{\"u}ller~\& S\o{}n", "A B, Müller & Søn"),
        (r"5\% of a\_b, \#1, \$5, \{x\}", "5% of a_b, #1, $5, {x}"),
        (r"\emph{Very} \textit{new} {\em and} {\sc Bert}", "Very new and Bert"),
        (r"\textsc{Small} \texttt{code} \textnormal{and} \foo{more}", "Small code and more"),
        (r"\url{https://a.b/c_d} \href{https://x.y}{there}", "https://a.b/c_d there"),
        (r"{\textless}5 {\textgreater}6 {\textasciitilde}7 {\textbackslash}n", r"<5 >6 ~7 \n"),
        (r"\textquotedblleft q\textquotedblright, \textquotesingle", "“q”, '"),
        (r"a\,b a\ b soft\-hyphen x\\y \LaTeX{} x", "a b a b softhyphen x y LaTeX x"),
        (r"\begin{itemize} \item one \item two \end{itemize}", "one two"),
        (r"known \cite{key} things \citep{key}.", "known things ."),
        ("CO{$_2$}, {$<$}0.05 and {$\\alpha$} alone", "CO$_2$, <0.05 and α alone"),
    ],
)  # fmt: skip
def test_marks_of_latex_become_what_they_stand_for(latex: str, text: str) -> None:
    assert clean(latex_to_text(latex)) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("30% of R&D is in C# and a_b^2", "30% of R&D is in C# and a_b^2"),
        (r"30% raw, 40\% escaped, then more", "30% raw, 40% escaped, then more"),
        ('It costs $5 or $10, M{\\"u}ller says', "It costs $5 or $10, Müller says"),
        (r"from $5-$10 (US$ 3) to $\sim$5 nm, $>$9", r"from $5-$10 (US$ 3) to $\sim$5 nm, $>$9"),
        ("about ~5 (~6) but Fig.~7", "about ~5 (~6) but Fig. 7"),
        (r"We call it \ours, and \OURS\ wins; \name{x} too", r"We call it \ours, and \OURS wins; x too"),
    ],
)
def test_text_that_forgot_it_is_latex_loses_nothing(raw: str, text: str) -> None:
    assert clean(latex_to_text(raw)) == text


@pytest.mark.parametrize(
    "formula",
    [
        r"$\alpha$",
        "$x^2$",
        r"$\mathcal{O}(n \log n)$",
        "$p<0.05$",
        r"$$a\$b$$",
        r"\(x_i\)",
        r"$95\%$",
        "$a&b$",
    ],
)
def test_formula_stays_as_it_is_written(formula: str) -> None:
    assert (
        clean(latex_to_text(rf"For {{the {formula} {{case}}}} \& others"))
        == f"For the {formula} case & others"
    )


@pytest.mark.parametrize("latex", ["a } b { c \\'e", "{{{ c \\'e", "\\emph{ c \\'e", "c \\'e \\begin{x}"])
def test_broken_latex_keeps_its_words(latex: str) -> None:
    assert clean(latex_to_text(latex)).endswith("c é")


@pytest.mark.parametrize(
    ("latex", "address"),
    [
        (r"10.1007/978-3\_13", "10.1007/978-3_13"),
        (r"10.1007/978-3{\_}13", "10.1007/978-3_13"),
        (r"\url{https://a.b/\%7Ec?d=e\&f\#g}", "https://a.b/%7Ec?d=e&f#g"),
        (r"https://a.b/{\textasciitilde}c/$\sim$d/\~{}e", "https://a.b/~c/~d/~e"),
        (r"10.1002/(SICI)1:2{$<$}3::A{$>$}4", "10.1002/(SICI)1:2<3::A>4"),
        ("https://a.b/c", "https://a.b/c"),
    ],
)
def test_address_is_freed_of_latex(latex: str, address: str) -> None:
    assert address_of_latex(latex) == address


HOSTILE = {
    "braces": "{" * 100_000 + "}" * 100_000,
    "some braces": "{" * 5_000 + "}" * 5_000,
    "nested macros": r"\emph{" * 50 + "}" * 50,
    "nested options": r"\sqrt[" * 5_000 + "]{a}" * 5_000,
    "some nested options": r"\sqrt[" * 30 + "]{a}" * 30,
    "open options": r"\cite[" * 6_000,
    "accents": "\\'" * 19_000,
    "backslashes": "\\" * 39_999,
    "dollars": "$" * 39_999,
    "open formulas": r"\(a" + r"\a" * 19_000,
    "formulas": "$x$ " * 9_000,
    "percents": "%" * 39_999,
    "environments": r"\begin{a}" * 4_000,
    "one macro": "\\" + "a" * 39_000,
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("latex", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_latex_is_read_or_refused_in_reasonable_time(latex: str) -> None:
    try:
        latex_to_text(latex)
    except ValueError as error:
        assert str(error).endswith(".")


def test_nesting_beyond_reason_is_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match="nested more than 60 deep"):
        latex_to_text("{" * 100 + r"\emph{x}" + "}" * 100)
    with pytest.raises(ValueError, match="more than 40,000 characters"):
        latex_to_text(r"\emph{x} " * 20_000)
    with pytest.raises(ValueError, match="more than 2,048 formulas"):
        latex_to_text(" ".join(f"${n}x$" for n in range(3_000)))


def test_length_of_a_text_without_macros_is_no_matter() -> None:
    assert latex_to_text('{Plain}, M{\\"u}ller, 5\\% ' * 20_000) == "Plain, Müller, 5% " * 20_000
    assert latex_to_text("{" * 50_000 + "x" + "}" * 50_000) == "x"


def test_escaped_braces_are_not_counted() -> None:
    assert is_balanced(r"{\{}")
    assert not is_balanced(r"{\}")


@given(st.text(st.sampled_from("\\{}$%&~'\"a1^_[]() \n-`") | st.characters(), max_size=300))
def test_any_text_is_converted_or_refused(latex: str) -> None:
    try:
        latex_to_text(latex)
    except ValueError as error:
        assert "\n" not in str(error)
    address_of_latex(latex)
