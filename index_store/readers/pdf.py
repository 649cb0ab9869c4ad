"""Reads the PDF of one paper: its title and its abstract from the first two pages.

In: a source. Out: one paper, and right after it a doubt when something was guessed. The rest of the text is
not read. Where things stand on a page is for `pdf_page` to know.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from index_store.errors import FileError
from index_store.identifiers import find_doi
from index_store.readers.fields import author_names, build_paper, clean
from index_store.readers.pdf_page import Line, find_abstract, find_title, lines_of, squash
from index_store.readers.source import Source
from index_store.values import Doubt, Paper

if TYPE_CHECKING:
    from pypdf import PdfReader

__all__ = ["read_pdf"]

FIRST_PAGES = 2
FEWEST_LETTERS = 40
"""What less than is on the first pages are the stamps on a scan."""
SHORTEST_ABSTRACT, LONGEST_ABSTRACT = 200, 3000
"""Characters; beyond them something is probably missing or was taken for a part of it."""
STAMP = re.compile(r"arXiv:(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?\s*\[[\w.-]+\]")
"""What arXiv prints into the margin; other arXiv ids on a page are those of cited papers."""
FILE_NAMED = re.compile(
    r"\s*(?:microsoft (?:word|powerpoint)\b.*|untitled.*|title|paper|manuscript|arxiv:.*|doi:.*|pii:.*"
    r"|\S*[_\\/]\S*|\S+\.(?:docx?|tex|dvi|pdf|rtf|odt|indd|qxd))\s*",
    re.I,
)
"""What programs write into the metadata in the place of a title."""
Metadata = Mapping[str, str]


def read_pdf(source: Source) -> Iterator[Paper | Doubt]:
    """Yield the paper, and a doubt when its title or abstract may not be what they seem.

    Raises:
        FileError: it is no PDF, damaged or encrypted, or holds pictures of pages only.
    """
    pages, metadata = _first_pages(source)
    lines = [line for page in pages for line in page]
    if sum(letter.isalpha() for line in lines for letter in line.text) < FEWEST_LETTERS:
        raise FileError(
            f"{source.path}: this PDF holds no text, as a scan; run text recognition on it first."
        )
    doubts: list[str] = []
    first = "\n".join(line.text for line in pages[0])
    title = _title(pages[0], metadata, source.name, doubts)
    abstract = _abstract(lines, title, doubts)
    stamp = STAMP.search(first)
    arxiv_id = stamp[1] if stamp else metadata.get("/arXivID", "")
    yield build_paper(
        title=title,
        abstract=abstract,
        authors=_authors(metadata, first),
        year=_year(stamp[1]) if stamp else None,
        ids={"arxiv_id": arxiv_id, "doi": _doi(pages[0], metadata)},
    )
    if doubts:
        yield Doubt(source.name, f"{'; '.join(doubts)}.")


def _first_pages(source: Source) -> tuple[list[list[Line]], Metadata]:
    """Return the lines of each of the first pages, and what the file says of itself."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    if b"%PDF-" not in source.head:
        raise FileError(f"{source.path}: this is no PDF.")
    data = source.data()
    try:
        reader = PdfReader(io.BytesIO(data))
        if not _is_open(reader):
            raise FileError(f"{source.path}: this PDF is encrypted; print it to a new PDF and add that.")
        pages = [lines_of(page) for _, page in zip(range(FIRST_PAGES), reader.pages, strict=False)]
        metadata = {
            key: clean(value) for key, value in (reader.metadata or {}).items() if isinstance(value, str)
        }
    except FileError:
        raise
    except Exception as error:  # of a damaged file pypdf trusts what is there, and fails in any way
        raise FileError(
            f"{source.path}: this is a damaged PDF ({clean(str(error)) or type(error).__name__})."
        ) from error
    if not pages:
        raise FileError(f"{source.path}: this PDF has no pages.")
    return pages, metadata


def _is_open(reader: PdfReader) -> bool:
    """Whether it can be read without a password, as most PDFs that only forbid to print can."""
    from pypdf import PasswordType
    from pypdf.errors import DependencyError

    if not reader.is_encrypted:
        return True
    try:
        return reader.decrypt("") is not PasswordType.NOT_DECRYPTED
    except (DependencyError, NotImplementedError):  # some ciphers need a package that is not here
        return False


def _title(page: list[Line], metadata: Metadata, name: str, doubts: list[str]) -> str:
    """Return the title: the largest type on top, spelled as in the metadata where these agree with it."""
    largest = find_title(page)
    told = metadata.get("/Title", "")
    if not told or FILE_NAMED.fullmatch(told):
        told = ""
    if told and squash(told) in squash(" ".join(line.text for line in page)):
        longer = len(squash(largest)) > len(squash(told)) and squash(largest).startswith(squash(told))
        return largest if longer else told
    if largest:
        if told:
            doubts.append(f'its metadata name another title, "{told}"')
        return largest
    if told:
        doubts.append("its title was taken from its metadata, and is not on its first page")
        return told
    doubts.append("its title was not found; the name of the file stands for it")
    return clean(PurePath(name).stem.replace("_", " ")) or name


def _abstract(lines: list[Line], title: str, doubts: list[str]) -> str:
    found = find_abstract(lines, title, LONGEST_ABSTRACT)
    abstract = clean(found.text)
    if found.doubt:
        doubts.append(found.doubt)
    elif len(abstract) < SHORTEST_ABSTRACT:
        doubts.append(f"its abstract has {len(abstract)} characters only")
    elif len(abstract) > LONGEST_ABSTRACT:
        doubts.append(f"its abstract is long, {len(abstract)} characters; more may have been taken for it")
    return abstract


def _authors(metadata: Metadata, first_page: str) -> tuple[str, ...]:
    """Return the authors that the metadata name, as far as they are on the first page."""
    on_page = squash(first_page)
    names = author_names(metadata.get("/Author", ""))
    return tuple(name for name in names if squash(name) and squash(name) in on_page)


def _doi(page: list[Line], metadata: Metadata) -> str:
    """Return the DOI that the page or the metadata call one."""
    named = [line.text[match.start() :] for line in page if (match := re.search("doi", line.text, re.I))]
    told = [value for key, value in metadata.items() if "doi" in key.casefold() or key == "/Subject"]
    return next(filter(None, map(find_doi, [*named, *told])), "")


def _year(arxiv_id: str) -> int:
    """Return the year in which arXiv gave out an id: 2303.12345 in 2023, math/9901001 in 1999."""
    number = int(arxiv_id.rpartition("/")[2][:2])
    return number + (1900 if number > 90 else 2000)
