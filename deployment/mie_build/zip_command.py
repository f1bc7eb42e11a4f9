"""``zip -r9 ARCHIVE FILE…`` for machines that have no zip, with reproducible bytes.

The section "Make lambda package" of build-s3-dist.sh calls it under the name ``zip``.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from mie_build import zips


def main(arguments: Sequence[str]) -> int:
    """Options are accepted and change nothing: folders are always packed with their contents."""
    names = [one for one in arguments if not one.startswith("-")]
    if len(names) < 2:
        print("zip: name an archive and at least one file", file=sys.stderr)
        return 2
    archive, *sources = names
    files: dict[str, Path] = {}
    for source in map(Path, sources):
        if not source.exists():
            print(f"zip: {source} does not exist", file=sys.stderr)
            return 1
        if source.is_dir():
            files.update(zips.tree(source, f"{source.as_posix().removeprefix('./')}/"))
        else:
            files[source.as_posix().removeprefix("./")] = source
    target = Path(archive)
    zips.write(target if target.suffix else target.with_suffix(".zip"), files)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
