"""From the settings of an output's pictures to options of ffmpeg."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from analysis.mediaconvert.known_settings import refused

Options = list[str]

# a rate that a container only claims: of a variable rate it is that of its clock
_FASTEST, _USUAL = 120, 30
# a single pass is asked for where time matters: on a laptop it takes most of a workflow's time
_PRESETS = {"SINGLE_PASS": "superfast", "SINGLE_PASS_HQ": "medium", "MULTI_PASS_HQ": "slow"}
# the service's quality 1 to 10 on x264's scale, where 0 is without loss and 51 the worst
_WORST_CRF, _CRF_OF_A_LEVEL = 40, 2.2


def check_video(path: str, description: Mapping[str, Any]) -> None:
    """Raises ServiceError when something is missing or does not go together."""
    for name in ("Width", "Height"):
        if description.get(name, 0) % 2:
            raise refused(f"{path}/{name.lower()}", "must be even")
    settings = description.get("CodecSettings", {})
    if "Codec" not in settings:
        raise refused(f"{path}/codecSettings", "codec is required")
    if settings["Codec"] == "H_264":
        where, h264 = f"{path}/codecSettings/h264Settings", settings.get("H264Settings", {})
        _framerate(where, h264)
        _h264(where, h264, Fraction(_USUAL))


def is_capture(description: Mapping[str, Any]) -> bool:
    """Whether the output is pictures, a file each."""
    return bool(description["CodecSettings"]["Codec"] == "FRAME_CAPTURE")


def read_video(
    path: str, description: Mapping[str, Any], rate: Fraction, segment: int | None = None
) -> Options:
    """The options for an output's pictures.

    rate: frames in a second of the input. segment: seconds after which a picture has to begin a
    new segment, if so.
    """
    settings = description["CodecSettings"]
    steady = rate if rate <= _FASTEST else Fraction(_USUAL)
    if is_capture(description):
        return _capture(description, settings.get("FrameCaptureSettings", {}), steady)
    h264 = settings.get("H264Settings", {})
    wanted = _framerate(f"{path}/codecSettings/h264Settings", h264) or steady
    # what lies between the times of the new frames is left out, what is missing is repeated
    filters = [f"fps={wanted}", *_scale(description)]
    options = _h264(f"{path}/codecSettings/h264Settings", h264, wanted)
    if segment is not None:
        options += ["-force_key_frames", f"expr:gte(t,n_forced*{segment})"]
    return ["-vf", ",".join(filters), *options, "-pix_fmt", "yuv420p"]


def _capture(
    description: Mapping[str, Any], settings: Mapping[str, Any], rate: Fraction
) -> Options:
    """The first frame, and one every `FramerateDenominator / FramerateNumerator` seconds."""
    step = f"{settings.get('FramerateDenominator', 1)}/{settings.get('FramerateNumerator', 1)}"
    # At a steady rate there is a frame at every time; half of one is within what times are rounded.
    chosen = f"select='gte(t+{float(1 / rate / 2):.6f},selected_n*{step})'"
    quality = round(31 - settings.get("Quality", 80) * 29 / 100)
    filters = [f"fps={rate}", chosen, *_scale(description)]
    most = settings.get("MaxCaptures")
    return [
        *("-vf", ",".join(filters), "-fps_mode", "passthrough", "-c:v", "mjpeg"),
        # pictures of the whole range of brightness, as JPEG has it
        *("-pix_fmt", "yuvj420p", "-q:v", str(quality), "-start_number", "0"),
        *(("-frames:v", str(most)) if most else ()),
    ]


def _scale(description: Mapping[str, Any]) -> list[str]:
    """Square pixels of an even number each way, in the size that is asked for."""
    width, height = description.get("Width"), description.get("Height")
    if not width and not height:
        return ["scale='2*ceil(iw*sar/2)':'2*ceil(ih/2)'", "setsar=1"]
    square = ["scale='iw*sar':ih", "setsar=1"]
    if not width or not height:
        return [*square, f"scale={width or -2}:{height or -2}"]
    if description.get("ScalingBehavior") == "STRETCH_TO_OUTPUT":
        return [f"scale={width}:{height}", "setsar=1"]
    fit = f"scale={width}:{height}:force_original_aspect_ratio=decrease"
    return [*square, fit, f"pad={width}:{height}:(ow-iw)/2:(oh-ih)/2"]


def _framerate(path: str, settings: Mapping[str, Any]) -> Fraction | None:
    if settings.get("FramerateControl") != "SPECIFIED":
        return None
    for name in ("FramerateNumerator", "FramerateDenominator"):
        if name not in settings:
            raise refused(path, f"{name[0].lower()}{name[1:]} is required")
    rate = Fraction(settings["FramerateNumerator"], settings["FramerateDenominator"])
    if not 1 <= rate <= _FASTEST:
        raise refused(f"{path}/framerateNumerator", f"the frame rate must be 1 to {_FASTEST}")
    return rate


def _h264(path: str, settings: Mapping[str, Any], rate: Fraction) -> Options:
    options = ["-c:v", "libx264"]
    options += ["-preset", _PRESETS[settings.get("QualityTuningLevel", "SINGLE_PASS")]]
    options += _rate_control(path, settings)
    options += _group_of_pictures(settings, rate)
    options += ["-profile:v", settings.get("CodecProfile", "MAIN").lower()]
    level = settings.get("CodecLevel", "AUTO")
    if level != "AUTO":
        options += ["-level:v", level.removeprefix("LEVEL_").replace("_", ".")]
    if settings.get("CodecProfile") == "BASELINE":
        # the profile knows neither
        return [*options, "-coder", "cavlc", "-bf", "0"]
    coder = "cavlc" if settings.get("EntropyEncoding") == "CAVLC" else "cabac"
    return [*options, "-coder", coder, *_between(settings)]


def _between(settings: Mapping[str, Any]) -> Options:
    """Frames that refer to later ones too."""
    options: Options = []
    if "NumberBFramesBetweenReferenceFrames" in settings:
        options += ["-bf", str(settings["NumberBFramesBetweenReferenceFrames"])]
    if "GopBReference" in settings:
        pyramid = "normal" if settings["GopBReference"] == "ENABLED" else "none"
        options += ["-b-pyramid", pyramid]
    return options


def _group_of_pictures(settings: Mapping[str, Any], rate: Fraction) -> Options:
    options: Options = []
    units, size = settings.get("GopSizeUnits", "FRAMES"), settings.get("GopSize")
    if size and units != "AUTO":
        frames = size * float(rate) if units == "SECONDS" else size
        options += ["-g", str(max(1, round(frames)))]
    if settings.get("MinIInterval"):
        options += ["-keyint_min", str(settings["MinIInterval"])]
    if settings.get("SceneChangeDetect") == "DISABLED":
        options += ["-sc_threshold", "0"]
    if "NumberReferenceFrames" in settings:
        options += ["-refs", str(settings["NumberReferenceFrames"])]
    if "Slices" in settings:
        options += ["-slices", str(settings["Slices"])]
    return options


def _rate_control(path: str, settings: Mapping[str, Any]) -> Options:
    mode = settings.get("RateControlMode", "VBR")
    needed = "MaxBitrate" if mode == "QVBR" else "Bitrate"
    if needed not in settings:
        raise refused(path, f"{needed[0].lower()}{needed[1:]} is required with {mode}")
    most = settings["Bitrate"] if mode == "CBR" else settings.get("MaxBitrate")
    limits: Options = []
    if most:
        limits = ["-maxrate", str(most), "-bufsize", str(settings.get("HrdBufferSize") or 2 * most)]
    if mode == "QVBR":
        qvbr = settings.get("QvbrSettings", {})
        level = qvbr.get("QvbrQualityLevel", 7) + qvbr.get("QvbrQualityLevelFineTune", 0)
        return ["-crf", f"{_WORST_CRF - _CRF_OF_A_LEVEL * level:.1f}", *limits]
    return ["-b:v", str(settings["Bitrate"]), *limits]
