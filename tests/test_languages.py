"""The language of a question is told by its ordinary words, never by names."""

from __future__ import annotations

import json
from importlib.resources import as_file, files

import pytest

from rag.linking.languages import LANGUAGES, all_is_english, language_of


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How do HERON and EgretNet differ?", "English"),
        ("EgretNet BirdBench accuracy", "English"),
        ("HERON", "English"),
        ("", "English"),
        ("What did Müller et al. propose in 2023?", "English"),
        ("https://example.com/der/die/das.com", "English"),
        ("What does the die attach paper say?", "English"),
        ("Welche Daten verwendet HERON?", "German"),
        ("Wie unterscheiden sich HERON und EgretNet?", "German"),
        ("Warum braucht HERON keine Labels?", "German"),
        ("Sur quelles données HERON est-il entraîné ?", "French"),
        ("Pourquoi HERON n'a pas besoin d'étiquettes ?", "French"),
        ("¿Qué precisión alcanza HERON en BirdBench?", "Spanish"),
        ("cuantos parametros tiene EgretNet y por que", "Spanish"),
        ("Qual é a precisão do HERON no BirdBench?", "Portuguese"),
        ("Quali sono i limiti di HERON e perché?", "Italian"),
        ("Hoe verschilt HERON van EgretNet en waarom?", "Dutch"),
        ("HERON 在 BirdBench 上的准确率是多少？", "Chinese"),
        ("HERONはどのデータで学習されますか?", "Japanese"),
        ("HERON은 어떤 데이터로 학습되나요?", "Korean"),
        ("На каких данных обучается HERON?", "Russian"),
        ("ما هي دقة HERON؟", "Arabic"),
        ("Fasse HERON kurz zusammen.", "German"),
        ("Hay artículos sobre cantos de aves?", "Spanish"),
        ("Quantos parâmetros tem o EgretNet?", "Portuguese"),
        ("Hoeveel parameters heeft EgretNet?", "Dutch"),
        ("What is StoryDALL-E?", "English"),
    ],
)
def test_language_of_a_question(question: str, language: str) -> None:
    assert language_of(question) == language


def test_single_letter_of_another_script_does_not_change_the_language() -> None:
    assert language_of("What is the role of β in the loss of HERON?") == "English"


def test_every_language_that_is_told_apart_is_known_to_the_library() -> None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    known = LanguageIdentifier.from_model_file(MODEL_FILE).labels
    assert set(LANGUAGES) <= set(known)


def test_no_title_of_the_sample_library_nor_what_is_asked_by_it_is_taken_for_another_language() -> None:
    with as_file(files("index_store").joinpath("sample", "papers.jsonl")) as path:
        titles = [json.loads(line)["title"] for line in path.read_text(encoding="utf-8").splitlines()]
    asked = [f"What is {title.split(':')[0]}?" for title in titles]
    assert [text for text in titles + asked if language_of(text) != "English"] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES.values()))
def test_that_all_is_english_is_said_in_the_language_of_the_question(language: str) -> None:
    said = all_is_english(language)
    assert language_of(said) == language
    assert bool(said) == (language != "English")
