"""A store of notes, one file each."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path


class NotFound(KeyError):
    """There is no note of this name."""


@dataclass
class Note:
    name: str
    text: str
    tags: set[str] = field(default_factory=set)

    def matches(self, *, tag: str | None = None, word: str = "") -> bool:
        if tag is not None and tag not in self.tags:
            return False
        return word.lower() in self.text.lower()


class Store:
    def __init__(self, folder: os.PathLike[str] | str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> Note:
        path = self.folder / f"{name}.json"
        try:
            with path.open(encoding="utf-8") as file:
                raw = json.load(file)
        except FileNotFoundError as error:
            raise NotFound(name) from error
        return Note(name=name, text=raw["text"], tags=set(raw.get("tags", [])))

    def write(self, note: Note) -> None:
        text = json.dumps(
            {
                "text": note.text,
                "tags": sorted(note.tags),
            },
            indent=2,
        )
        path = self.folder / f"{note.name}.json"
        path.write_text(text, encoding="utf-8")

    def find(self, **wanted: str) -> list[Note]:
        found = []
        for path in sorted(self.folder.glob("*.json")):
            note = self.read(path.stem)
            if note.matches(**wanted):
                found.append(note)
            else:
                continue
        return found
