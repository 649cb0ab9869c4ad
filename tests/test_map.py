"""The map of a library: places, topics and their names, and the file that keeps it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import PAPERS, make_paper
from fakes import HashingEmbedding

from index_store.map import PaperMap, build_map, open_map
from index_store.paper_index import PaperIndex
from index_store.topics import MOST_TOPICS, find_topics, name_topics
from index_store.values import Paper
from ui.map_loader import MapLoader

SUBJECTS = {
    "owls": "Owls hunt mice at night with silent feathers and round ears",
    "tides": "Tides flood harbours when moon and storm raise sea levels",
    "proofs": "Proofs of theorems use lemmas from algebra and topology",
}


def papers_of(subject: str, count: int) -> list[Paper]:
    words = SUBJECTS[subject].split()
    return [
        make_paper(
            f"{subject.title()} {words[n % 9]} number{n}", f"We propose {SUBJECTS[subject]}. Case {n}."
        )
        for n in range(count)
    ]


@pytest.fixture
def three(library: Path) -> Iterator[PaperIndex]:
    """A library of three subjects, eight papers each."""
    with PaperIndex(library, HashingEmbedding()) as index:
        index.add([paper for subject in SUBJECTS for paper in papers_of(subject, 8)])
        yield index


def ignore(_what: str, _done: int, _total: int) -> None:
    """Take a report of progress."""


def build(index: PaperIndex) -> PaperMap:
    return build_map(index, index.fingerprint, ignore)


def test_papers_alike_are_near_each_other_and_of_one_topic(three: PaperIndex) -> None:
    made = build(three)
    assert len(made.points) == made.total == 24
    groups = {subject: [p for p in made.points if subject in p.title.lower()] for subject in SUBJECTS}
    centres = {s: (np.mean([p.x for p in g]), np.mean([p.y for p in g])) for s, g in groups.items()}
    for subject, group in groups.items():
        assert len({p.topic for p in group}) == 1
        for p in group:
            assert min(centres, key=lambda s: math.dist(centres[s], (p.x, p.y))) == subject
    assert all(0 <= p.x <= 1 and 0 <= p.y <= 1 for p in made.points)


def test_topics_are_named_by_words_that_tell_them_apart(three: PaperIndex) -> None:
    made = build(three)
    named = {made.topics[p.topic]: SUBJECTS[p.title.split()[0].lower()].lower() for p in made.points}
    assert len(named) == 3
    for name, subject in named.items():
        assert len(name.split()) == 2
        assert all(word.strip(",").lower() in subject for word in name.split())
        assert "," in name or name.lower() in subject
        assert "propose" not in name
    words = " ".join(named).replace(",", "").split()
    assert len(set(words)) == len(words)


def test_same_library_always_has_the_same_map(three: PaperIndex) -> None:
    assert build(three) == build(three)


def test_name_is_written_as_titles_write_it() -> None:
    papers = [make_paper(f"GANs paint birds {n}", "gans paint") for n in range(3)]
    assert name_topics(papers, np.zeros(3, dtype=np.intp)) in (["GANs paint"], ["paint GANs"])


def test_two_words_that_stand_side_by_side_are_a_name_in_their_order() -> None:
    texts = [
        "Owls hunt at night. Hungry owls see.",
        "Songs of night owls. Night owls hide mice.",
        "We count night owls and mice.",
    ]
    papers = [make_paper(f"Night owls {n}", text) for n, text in enumerate(texts)]
    assert name_topics(papers, np.zeros(3, dtype=np.intp)) == ["night owls"]
    apart = [make_paper(f"Owls {n}: mice", f"Mice. Any owls, {n}.") for n in range(3)]
    assert name_topics(apart, np.zeros(3, dtype=np.intp))[0].lower() in ("mice, owls", "owls, mice")


def test_papers_without_words_make_no_name_up() -> None:
    assert name_topics([make_paper("12 34", "", id="n")], np.zeros(1, dtype=np.intp)) == ["other"]


def test_there_are_never_more_topics_than_can_be_told_apart() -> None:
    places = np.random.default_rng(0).random((900, 2)).astype(np.float32)
    topics = find_topics(places)
    assert topics.max() + 1 == MOST_TOPICS
    counts = np.bincount(topics)
    assert list(counts) == sorted(counts, reverse=True)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 9])
def test_small_library_has_a_map_too(library: Path, count: int) -> None:
    with PaperIndex(library, HashingEmbedding()) as index:
        index.add(papers_of("owls", count))
        made = build(index)
    assert len({(p.x, p.y) for p in made.points}) == count
    assert made.topics


def test_papers_that_are_all_alike_are_still_seen_apart(library: Path) -> None:
    with PaperIndex(library, HashingEmbedding()) as index:
        index.add([make_paper("Same Title", "Same words.", id=f"p{n}", year=1990 + n) for n in range(12)])
        made = build(index)
    assert len({(p.x, p.y) for p in made.points}) == len(made.points) == 12


def test_empty_library_has_an_empty_map(library: Path) -> None:
    with PaperIndex(library, HashingEmbedding()) as index:
        assert build(index).points == ()


def test_large_library_is_sampled_evenly(three: PaperIndex) -> None:
    made = build_map(three, "today", ignore, most=12)
    assert (len(made.points), made.total) == (12, 24)
    assert {subject: sum(subject in p.title.lower() for p in made.points) for subject in SUBJECTS} == (
        dict.fromkeys(SUBJECTS, 4)
    )


def test_map_is_kept_until_the_library_changes(three: PaperIndex) -> None:
    steps: list[str] = []
    made = open_map(three, lambda what, *_: steps.append(what))
    assert "placing the papers" in steps
    steps.clear()
    assert open_map(three, lambda what, *_: steps.append(what)) == made
    assert "placing the papers" not in steps
    three.add(PAPERS)
    again = open_map(three, ignore)
    assert again.total == 27
    assert again.fingerprint != made.fingerprint


@pytest.mark.parametrize("kept", ["", "{", "[1]", '{"version": 0}', '{"version": 1, "points": [{"z": 1}]}'])
def test_damaged_map_is_made_again(three: PaperIndex, kept: str) -> None:
    (three.folder / "map.json").write_text(kept)
    assert len(open_map(three, ignore).points) == 24
    assert json.loads((three.folder / "map.json").read_text())["total"] == 24


def test_map_that_cannot_be_kept_is_there_all_the_same(three: PaperIndex) -> None:
    (three.folder / "map.json.partial").mkdir()
    assert len(open_map(three, ignore).points) == 24
    assert not (three.folder / "map.json").exists()


def test_loader_makes_one_map_says_what_is_on_it_and_renews_it(three: PaperIndex) -> None:
    loader = MapLoader(three)
    assert loader.map is None
    for total in (24, 27):
        loader.want()
        loader.want()
        assert loader.status.startswith("Making the map: ")
        loader.wait()
        assert loader.map is not None
        assert loader.status.startswith(f"{total} papers. ")
        made = loader.map
        loader.want()
        assert loader.map is made
        three.add(PAPERS)
