"""Where the program ffmpeg is: the system's own, or the one that the package imageio-ffmpeg has."""

import shutil
from importlib.util import find_spec

from analysis.media.refusals import MediaRefused

# All that ffmpeg gets of the environment: what a caller's says to it and its libraries says
# nothing here. The wheel's program is linked statically and breaks down when it loads a character
# set's module, as it does for the names in MPEG-TS; without a place to look it goes on without.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C",
    "AV_LOG_FORCE_NOCOLOR": "1",
    "GCONV_PATH": "/nonexistent",
}


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
