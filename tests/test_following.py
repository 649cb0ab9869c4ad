"""A library that is only read: it keeps nobody from writing, and shows what they wrote."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conftest import EGRET, HERON, PAPERS, TIDE
from fakes import HashingEmbedding

from index_store.following import FollowedLibrary
from index_store.paper_index import PaperIndex


def found(index: PaperIndex, query: str) -> str:
    return index.search(query, limit=1)[0].chunk.paper.id


def test_readers_keep_nobody_from_writing_and_see_what_was_written(library: Path) -> None:
    with (
        FollowedLibrary(library, HashingEmbedding()) as first,
        FollowedLibrary(library, HashingEmbedding()) as second,
    ):
        for paper in PAPERS:
            with PaperIndex(library, HashingEmbedding()) as writer:
                writer.add([paper])
            for follower in (first, second):
                with follower.reading() as index:
                    assert found(index, paper.abstract) == paper.id
        with PaperIndex(library, HashingEmbedding()) as writer:
            writer.remove([TIDE.id])
            with first.reading() as index:  # while the writer is still there
                assert index.count_papers() == 2
                assert found(index, "gauges as a graph") in {HERON.id, EGRET.id}


def test_who_reads_keeps_what_they_read_until_they_are_done(library: Path) -> None:
    with FollowedLibrary(library, HashingEmbedding()) as follower:
        with PaperIndex(library, HashingEmbedding()) as writer:
            writer.add([HERON, TIDE])
        with follower.reading() as before:
            with PaperIndex(library, HashingEmbedding()) as writer:
                writer.add([EGRET])
            with follower.reading() as after:
                assert after is not before
                assert found(after, "convolutions on a phone") == EGRET.id
            follower.close()
            assert found(before, "sea levels and gauges") == TIDE.id


def test_process_that_was_killed_while_it_read_leaves_the_library_whole(library: Path) -> None:
    with PaperIndex(library, HashingEmbedding()) as writer:
        writer.add(PAPERS)
    program = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; "
        "from fakes import HashingEmbedding; from index_store.following import FollowedLibrary; "
        "library = FollowedLibrary(Path(sys.argv[1]), HashingEmbedding()); print('open', flush=True); "
        "input()"
    )
    command = [sys.executable, "-c", program, str(library), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout and reader.stdout.readline() == "open\n"
        reader.kill()
    with PaperIndex(library, HashingEmbedding()) as writer:
        assert writer.remove([TIDE.id]) == 1
        assert found(writer, "bird songs without labels") in {HERON.id, EGRET.id}
