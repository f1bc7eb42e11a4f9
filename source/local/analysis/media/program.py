"""Where the program ffmpeg is: the system's own, or the one that the package imageio-ffmpeg has."""

import shutil
from importlib.util import find_spec

from analysis.media.refusals import MediaRefused


def find_ffmpeg() -> str:
    """The path of ffmpeg; the system's goes before the wheel's.

    Raises MediaRefused when there is none.
    """
    system = shutil.which("ffmpeg")
    if system is not None:
        return system
    if find_spec("imageio_ffmpeg") is None:
        raise MediaRefused("ffmpeg is not installed: install it, or the package imageio-ffmpeg")
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())
