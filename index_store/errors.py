"""Every error that paperchat raises on purpose, and the one place where they are named.

PaperchatError                  a message for the person at the screen: what, which, and what now
|-- FileError                   a file that cannot be read as papers
|-- LibraryError                a library that cannot be opened or written
|   |-- LibraryBusyError        another process is writing to it
|   |-- EmbedderMismatchError   it was indexed with another embedder
|   `-- LibraryFullError        the disk is full
|-- WeightsError                weights that are missing, or cannot be fetched or converted
|   `-- HashMismatchError       weights whose SHA-256 is not the official one
|-- QuestionError               what is asked for cannot be answered as it was put
`-- ModelError                  the language model failed while it was answering
    `-- ModelNotReadyError      those who run it have not started it, or not yet
"""

from __future__ import annotations

__all__ = [
    "EmbedderMismatchError",
    "FileError",
    "HashMismatchError",
    "LibraryBusyError",
    "LibraryError",
    "LibraryFullError",
    "ModelError",
    "ModelNotReadyError",
    "PaperchatError",
    "QuestionError",
    "WeightsError",
]


class PaperchatError(Exception):
    """Something the user can act on. The message is one line and complete in itself."""


class FileError(PaperchatError):
    """A file cannot be read as papers."""


class LibraryError(PaperchatError):
    """A library cannot be opened or written."""


class LibraryBusyError(LibraryError):
    """Another process holds the library for writing."""


class EmbedderMismatchError(LibraryError):
    """The library was indexed with another embedder."""


class LibraryFullError(LibraryError):
    """There is no room left on the disk of the library."""


class WeightsError(PaperchatError):
    """Weights are missing, or cannot be fetched or converted."""


class HashMismatchError(WeightsError):
    """Weights do not have the SHA-256 of the official release."""


class ModelError(PaperchatError):
    """The language model failed while it was answering."""


class ModelNotReadyError(ModelError):
    """The program that runs the model does not answer, or has none yet. Later it may."""


class QuestionError(PaperchatError):
    """What is asked for cannot be answered as it was put."""
