"""Packages of Lambda functions are unpacked once for all processes that use them.

MiniStack 1.5.33 unpacks code and layers for each process anew, 37 MB and thousands of files for
most functions here. On AWS a function may not write there either.
"""

import hashlib
import shutil
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

_FOLDER = "packages"


def enforce() -> None:
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedArchive,
        BadZipFile=zipfile.BadZipFile,
        # it calls this exception so
        LargeFileError=zipfile.LargeZipFile,
    )


class SharedArchive(zipfile.ZipFile):
    """The archive that MiniStack has just written for a process, and needs no more afterwards."""

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        """The empty folder ``path`` becomes a link to what all processes share."""
        archive = Path(str(self.filename))
        folder = Path(tempfile.gettempdir()) / _FOLDER
        unpacked = folder / hashlib.sha256(archive.read_bytes()).hexdigest()
        if not unpacked.exists():
            folder.mkdir(exist_ok=True)
            part = tempfile.mkdtemp(dir=folder)
            super().extractall(part, members, pwd)
            try:
                Path(part).rename(unpacked)
            except OSError:
                # another process of the function was quicker
                shutil.rmtree(part)
        Path(path).rmdir()
        Path(path).symlink_to(unpacked)
        archive.unlink()
