"""From the settings of an output's sound to options of ffmpeg."""

from collections.abc import Mapping
from typing import Any

from analysis.mediaconvert.known_settings import refused

Options = list[str]

_CHANNELS = {"CODING_MODE_1_0": 1, "CODING_MODE_2_0": 2, "CODING_MODE_5_1": 6}
# what ffmpeg's encoder calls the qualities, from about 40 to 100 kbit/s of a channel
_AAC_QUALITY = {"LOW": "0.6", "MEDIUM_LOW": "1", "MEDIUM_HIGH": "1.5", "HIGH": "2"}
_AAC_RATES = (8_000, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000)
_MP3_RATES = (22_050, 24_000, 32_000, 44_100, 48_000)


def read_sound(path: str, description: Mapping[str, Any], index: int) -> Options:
    """The options for the track of number `index` of an output. Raises ServiceError."""
    codec_settings = description.get("CodecSettings", {})
    codec = codec_settings.get("Codec", "AAC")
    member, read = _CODECS[codec]
    where = f"{path}/codecSettings/{member[0].lower()}{member[1:]}"
    options = read(where, codec_settings.get(member, {}))
    return [_of_track(part, index) for part in options] + _tags(description, index)


def codec_of(description: Mapping[str, Any]) -> str:
    """AAC, MP3 or WAV."""
    codec: str = description.get("CodecSettings", {}).get("Codec", "AAC")
    return codec


def _of_track(part: str, index: int) -> str:
    """`-b:a` becomes `-b:a:1`; values do not begin with a dash and end in `:a`."""
    return f"{part}:{index}" if part.startswith("-") and part.endswith(":a") else part


def _tags(description: Mapping[str, Any], index: int) -> Options:
    tags: Options = []
    if description.get("LanguageCodeControl") == "USE_CONFIGURED" and "LanguageCode" in description:
        language = description["LanguageCode"].lower()
        tags += [f"-metadata:s:a:{index}", f"language={language}"]
    if description.get("StreamName"):
        tags += [f"-metadata:s:a:{index}", f"title={description['StreamName']}"]
    return tags


def _aac(path: str, settings: Mapping[str, Any]) -> Options:
    rate = _needed(path, settings, "SampleRate")
    if rate not in _AAC_RATES:
        raise refused(f"{path}/sampleRate", f"{rate} is none of {_listed(_AAC_RATES)}")
    channels = _CHANNELS[_needed(path, settings, "CodingMode")]
    if settings.get("RateControlMode", "CBR") == "VBR":
        quality = ["-q:a", _AAC_QUALITY[settings.get("VbrQuality", "MEDIUM_HIGH")]]
    else:
        quality = ["-b:a", str(_needed(path, settings, "Bitrate"))]
    return ["-c:a", "aac", *quality, "-ar:a", str(rate), "-ac:a", str(channels)]


def _mp3(path: str, settings: Mapping[str, Any]) -> Options:
    rate = settings.get("SampleRate", 48_000)
    if rate not in _MP3_RATES:
        raise refused(f"{path}/sampleRate", f"{rate} is none of {_listed(_MP3_RATES)}")
    if settings.get("RateControlMode", "CBR") == "VBR":
        quality = ["-q:a", str(settings.get("VbrQuality", 4))]
    else:
        quality = ["-b:a", str(_needed(path, settings, "Bitrate"))]
    channels = str(settings.get("Channels", 2))
    return ["-c:a", "libmp3lame", *quality, "-ar:a", str(rate), "-ac:a", channels]


def _wav(_path: str, settings: Mapping[str, Any]) -> Options:
    codec = f"pcm_s{settings.get('BitDepth', 16)}le"
    rate, channels = settings.get("SampleRate", 48_000), settings.get("Channels", 2)
    return ["-c:a", codec, "-ar:a", str(rate), "-ac:a", str(channels)]


_CODECS = {
    "AAC": ("AacSettings", _aac),
    "MP3": ("Mp3Settings", _mp3),
    "WAV": ("WavSettings", _wav),
}


def _needed(path: str, settings: Mapping[str, Any], name: str) -> Any:
    if name not in settings:
        raise refused(path, f"{name[0].lower()}{name[1:]} is required")
    return settings[name]


def _listed(values: tuple[int, ...]) -> str:
    return ", ".join(map(str, values))
