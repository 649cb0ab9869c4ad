"""A small model hub on loopback, which speaks to `huggingface_hub` as the real one does."""

from __future__ import annotations

import time
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse

COMMIT = "5eed" * 10
LARGE = ".safetensors"


class SmallHub:
    """Serves the files of one folder as one model, and keeps the paths that it was asked for.

    `lies` are names of files whose SHA-256 it states wrongly; `refusal` is its answer
    instead; `delay` is seconds before weights come.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.lies: set[str] = set()
        self.refusal: tuple[int, str] | None = None
        self.delay = 0.0
        self.asked: list[str] = []
        self.app = FastAPI()
        self.app.add_api_route("/api/models/{path:path}", self.describe)
        self.app.add_api_route("/{path:path}", self.give, methods=["GET", "HEAD"])

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def describe(self, path: str, request: Request) -> Response:
        """What the model has: as one object, or as its tree."""
        self.asked.append(request.url.path)
        if self.refusal:
            status, code = self.refusal
            return JSONResponse({"error": "no"}, status, {"X-Error-Code": code})
        if not path.startswith(self.name):
            return JSONResponse({"error": "no"}, 404, {"X-Error-Code": "RepoNotFound"})
        entries = [self._entry(file) for file in self._files()]
        if "/tree/" in path:
            return JSONResponse(entries)
        siblings = [
            {"rfilename": e["path"], "size": e["size"], "blobId": e["oid"], "lfs": _lfs(e)} for e in entries
        ]
        model = {"_id": "1", "id": self.name, "modelId": self.name, "sha": COMMIT, "siblings": siblings}
        return JSONResponse(model | {"private": False, "tags": [], "downloads": 0, "likes": 0})

    def give(self, path: str, request: Request) -> Response:
        """One file of the model."""
        self.asked.append(f"{request.method} {request.url.path}")
        if request.method == "GET" and path.endswith(LARGE):
            time.sleep(self.delay)
        file = self.folder / path.partition(f"/resolve/{COMMIT}/")[2]
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{_hash(file)}"'}
        return FileResponse(file, headers=headers)

    def _entry(self, file: Path) -> dict[str, Any]:
        name, size = str(file.relative_to(self.folder)), file.stat().st_size
        entry: dict[str, Any] = {"type": "file", "path": name, "size": size, "oid": "0" * 40}
        if name.endswith(LARGE):
            stated = "f" * 64 if name in self.lies else _hash(file)
            entry["lfs"] = {"oid": stated, "size": size, "pointerSize": 130}
        return entry


def _lfs(entry: dict[str, Any]) -> dict[str, Any] | None:
    lfs = entry.get("lfs")
    return lfs and {"sha256": lfs["oid"], "size": lfs["size"], "pointerSize": 130}


def _hash(file: Path) -> str:
    kind = sha256 if file.name.endswith(LARGE) else sha1
    return kind(file.read_bytes()).hexdigest()
