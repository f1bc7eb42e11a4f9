"""Which settings of a job are known here, and which of their values.

A job asks for a great many things. What the translation to ffmpeg does is in the table as a
value; what makes no difference to the files that come out here stands as NO_EFFECT; everything
else is refused by its name, so that nobody takes a file for what it is not.
"""

from collections.abc import Callable, Mapping
from typing import Any

from analysis.faults import ServiceError

Check = Callable[[str, Any], None]

BAD_REQUEST = "BadRequestException"


def refused(path: str, reason: str) -> ServiceError:
    """The service's own form: `/outputGroups/0/type: …`."""
    return ServiceError(BAD_REQUEST, f"{path or '/'}: {reason}")


def one_of(*values: Any) -> Check:
    """Only these values; any other one asks for what is not made here."""

    def check(path: str, value: Any) -> None:
        if value not in values:
            known = ", ".join(str(one) for one in values)
            raise refused(path, f"{value} is not available locally; available is {known}")

    return check


def group(members: Mapping[str, Check]) -> Check:
    """A structure with these members and no other."""

    def check(path: str, value: Any) -> None:
        for name, member in value.items():
            where = f"{path}/{name[0].lower()}{name[1:]}"
            if name not in members:
                raise refused(where, "this setting is not available locally")
            members[name](where, member)

    return check


def each(member: Check) -> Check:
    """A list of these, or a map to them from names that the user gives."""

    def check(path: str, value: Any) -> None:
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for place, item in items:
            member(f"{path}/{place}", item)

    return check


def _accept(_path: str, _value: Any) -> None:
    """Every value is known."""


DONE = _accept
NO_EFFECT = _accept

_DESTINATION = {
    "Destination": DONE,
    "DestinationSettings": group(
        {
            "S3Settings": group(
                {
                    "StorageClass": one_of("STANDARD"),
                    # the local stack encrypts nothing that lies on this machine's disk
                    "Encryption": group({"EncryptionType": one_of("SERVER_SIDE_ENCRYPTION_S3")}),
                }
            )
        }
    ),
}

_HLS = group(
    {
        **_DESTINATION,
        "SegmentLength": DONE,
        "SegmentControl": DONE,
        "SegmentLengthControl": one_of("EXACT", "GOP_MULTIPLE"),
        "ManifestDurationFormat": DONE,
        "StreamInfResolution": DONE,
        "OutputSelection": one_of("MANIFESTS_AND_SEGMENTS"),
        "DirectoryStructure": one_of("SINGLE_DIRECTORY"),
        "ManifestCompression": one_of("NONE"),
        "ProgramDateTime": one_of("EXCLUDE"),
        "ProgressiveWriteHlsManifest": NO_EFFECT,
        "ImageBasedTrickPlay": one_of("NONE"),
        "CaptionLanguageSetting": one_of("OMIT", "NONE"),
        "CaptionSegmentLengthControl": NO_EFFECT,
        "MinSegmentLength": one_of(0),
        "MinFinalSegmentLength": one_of(0),
        "TimestampDeltaMilliseconds": one_of(0),
        "TargetDurationCompatibilityMode": NO_EFFECT,
        "AudioOnlyHeader": NO_EFFECT,
        "ClientCache": NO_EFFECT,
        "CodecSpecification": NO_EFFECT,
        "ProgramDateTimePeriod": NO_EFFECT,
        "TimedMetadataId3Frame": NO_EFFECT,
        "TimedMetadataId3Period": NO_EFFECT,
        "SegmentsPerSubdirectory": NO_EFFECT,
    }
)

_MP4 = group(
    {
        "MoovPlacement": DONE,
        "CslgAtom": NO_EFFECT,
        "FreeSpaceBox": NO_EFFECT,
        "CttsVersion": NO_EFFECT,
        "AudioDuration": one_of("DEFAULT_CODEC_DURATION"),
    }
)
_MOV = group(
    {
        "ClapAtom": NO_EFFECT,
        "CslgAtom": NO_EFFECT,
        "PaddingControl": NO_EFFECT,
        "Mpeg2FourCCControl": NO_EFFECT,
        "Reference": one_of("SELF_CONTAINED"),
    }
)
# how a transport stream is numbered and interleaved, which players read from the stream itself
_M3U8 = group(
    {
        **dict.fromkeys(
            (
                "AudioFramesPerPes",
                "AudioPids",
                "DataPTSControl",
                "MaxPcrInterval",
                "PatInterval",
                "PcrControl",
                "PcrPid",
                "PmtInterval",
                "PmtPid",
                "PrivateMetadataPid",
                "ProgramNumber",
                "Scte35Pid",
                "TimedMetadataPid",
                "TransportStreamId",
                "VideoPid",
            ),
            NO_EFFECT,
        ),
        "AudioDuration": one_of("DEFAULT_CODEC_DURATION"),
        "NielsenId3": one_of("NONE"),
        "Scte35Source": one_of("NONE"),
        "TimedMetadata": one_of("NONE"),
    }
)

_H264 = group(
    {
        **dict.fromkeys(
            (
                "Bitrate",
                "MaxBitrate",
                "RateControlMode",
                "HrdBufferSize",
                "FramerateControl",
                "FramerateNumerator",
                "FramerateDenominator",
                "GopSize",
                "GopSizeUnits",
                "GopBReference",
                "NumberBFramesBetweenReferenceFrames",
                "NumberReferenceFrames",
                "MinIInterval",
                "Slices",
                "EntropyEncoding",
                "CodecLevel",
                "SceneChangeDetect",
                "QualityTuningLevel",
            ),
            DONE,
        ),
        "QvbrSettings": group(
            {
                "QvbrQualityLevel": DONE,
                "QvbrQualityLevelFineTune": DONE,
                "MaxAverageBitrate": NO_EFFECT,
            }
        ),
        "CodecProfile": one_of("BASELINE", "MAIN", "HIGH"),
        "ParControl": one_of("SPECIFIED", "INITIALIZE_FROM_SOURCE"),
        "ParNumerator": one_of(1),
        "ParDenominator": one_of(1),
        "InterlaceMode": one_of("PROGRESSIVE"),
        "FramerateConversionAlgorithm": one_of("DUPLICATE_DROP"),
        "Telecine": one_of("NONE"),
        "SlowPal": one_of("DISABLED"),
        "Syntax": one_of("DEFAULT"),
        "UnregisteredSeiTimecode": one_of("DISABLED"),
        "ScanTypeConversionMode": NO_EFFECT,
        # progressive pictures have no fields
        "FieldEncoding": NO_EFFECT,
        "GopClosedCadence": one_of(0, 1),
        # how the encoder spends its bits; x264 has its own ways
        "AdaptiveQuantization": NO_EFFECT,
        "SpatialAdaptiveQuantization": NO_EFFECT,
        "TemporalAdaptiveQuantization": NO_EFFECT,
        "FlickerAdaptiveQuantization": NO_EFFECT,
        "SaliencyAwareEncoding": one_of("DISABLED"),
        "DynamicSubGop": NO_EFFECT,
        "Softness": one_of(0),
        "ExplicitWeightedPrediction": NO_EFFECT,
        "RepeatPps": NO_EFFECT,
        "EndOfStreamMarkers": NO_EFFECT,
        "HrdBufferInitialFillPercentage": NO_EFFECT,
        "HrdBufferFinalFillPercentage": NO_EFFECT,
        "WriteMp4PackagingType": one_of("AVC1"),
    }
)

_VIDEO = group(
    {
        "CodecSettings": group(
            {
                "Codec": one_of("H_264", "FRAME_CAPTURE"),
                "H264Settings": _H264,
                "FrameCaptureSettings": group(
                    {
                        "FramerateNumerator": DONE,
                        "FramerateDenominator": DONE,
                        "MaxCaptures": DONE,
                        "Quality": DONE,
                    }
                ),
            }
        ),
        "Width": DONE,
        "Height": DONE,
        "ScalingBehavior": one_of("DEFAULT", "STRETCH_TO_OUTPUT"),
        "TimecodeInsertion": one_of("DISABLED"),
        "TimecodeTrack": one_of("DISABLED"),
        "AfdSignaling": one_of("NONE"),
        "RespondToAfd": one_of("NONE"),
        "FixedAfd": NO_EFFECT,
        "AntiAlias": NO_EFFECT,
        "Sharpness": NO_EFFECT,
        "DropFrameTimecode": NO_EFFECT,
        "ColorMetadata": NO_EFFECT,
        "ChromaPositionMode": NO_EFFECT,
    }
)

_AUDIO = group(
    {
        "AudioSourceName": DONE,
        "LanguageCode": DONE,
        "LanguageCodeControl": DONE,
        "StreamName": DONE,
        "AudioTypeControl": NO_EFFECT,
        "AudioType": one_of(0),
        "CodecSettings": group(
            {
                "Codec": one_of("AAC", "MP3", "WAV"),
                "AacSettings": group(
                    {
                        "Bitrate": DONE,
                        "RateControlMode": DONE,
                        "VbrQuality": DONE,
                        "SampleRate": DONE,
                        "CodingMode": one_of(
                            "CODING_MODE_1_0", "CODING_MODE_2_0", "CODING_MODE_5_1"
                        ),
                        "CodecProfile": one_of("LC"),
                        "RawFormat": one_of("NONE"),
                        "AudioDescriptionBroadcasterMix": one_of("NORMAL"),
                        "Specification": NO_EFFECT,
                    }
                ),
                "Mp3Settings": group(
                    {
                        "Bitrate": DONE,
                        "RateControlMode": DONE,
                        "VbrQuality": DONE,
                        "SampleRate": DONE,
                        "Channels": one_of(1, 2),
                    }
                ),
                "WavSettings": group(
                    {
                        "BitDepth": one_of(16, 24),
                        "Channels": one_of(1, 2, 6, 8),
                        "SampleRate": DONE,
                        "Format": one_of("RIFF"),
                    }
                ),
            }
        ),
    }
)

_OUTPUT = group(
    {
        "NameModifier": DONE,
        "Extension": DONE,
        "ContainerSettings": group(
            {
                "Container": one_of("MP4", "MOV", "M3U8", "RAW"),
                "Mp4Settings": _MP4,
                "MovSettings": _MOV,
                "M3u8Settings": _M3U8,
            }
        ),
        "VideoDescription": _VIDEO,
        "AudioDescriptions": each(_AUDIO),
        "CaptionDescriptions": one_of([]),
        "OutputSettings": group(
            {
                "HlsSettings": group(
                    {
                        "AudioTrackType": one_of("AUDIO_ONLY_VARIANT_STREAM"),
                        "IFrameOnlyManifest": one_of("EXCLUDE"),
                        "AudioOnlyContainer": NO_EFFECT,
                        "DescriptiveVideoServiceFlag": one_of("DONT_FLAG"),
                        # of sounds that are files of their own, which there are none
                        "AudioGroupId": NO_EFFECT,
                        "AudioRenditionSets": NO_EFFECT,
                    }
                )
            }
        ),
    }
)

_INPUT = group(
    {
        "FileInput": DONE,
        "AudioSelectors": each(
            group(
                {
                    "Tracks": DONE,
                    "DefaultSelection": DONE,
                    "SelectorType": one_of("TRACK"),
                    "Offset": one_of(0),
                    "AudioDurationCorrection": one_of("DISABLED"),
                    # of transport streams with several programs the first one is read
                    "ProgramSelection": one_of(0, 1),
                }
            )
        ),
        "VideoSelector": group(
            {
                "Rotate": DONE,
                "ColorSpace": one_of("FOLLOW"),
                "ColorSpaceUsage": NO_EFFECT,
                "AlphaBehavior": one_of("DISCARD"),
                "SampleRange": one_of("FOLLOW"),
                "PadVideo": one_of("DISABLED"),
                "EmbeddedTimecodeOverride": NO_EFFECT,
            }
        ),
        "FilterEnable": one_of("AUTO", "DISABLE"),
        "FilterStrength": one_of(0),
        "DeblockFilter": one_of("DISABLED"),
        "DenoiseFilter": one_of("DISABLED"),
        "AdvancedInputFilter": one_of("DISABLED"),
        "InputScanType": one_of("AUTO"),
        "CaptionSelectors": one_of({}),
        "InputClippings": one_of([]),
        "PsiControl": NO_EFFECT,
        # no timecode is written, and nothing is cut by one
        "TimecodeSource": NO_EFFECT,
    }
)

_SETTINGS = group(
    {
        "AdAvailOffset": NO_EFFECT,
        "FollowSource": one_of(1),
        "TimecodeConfig": group({"Source": NO_EFFECT, "Anchor": NO_EFFECT, "Start": NO_EFFECT}),
        "Inputs": each(_INPUT),
        "OutputGroups": each(
            group(
                {
                    "Name": NO_EFFECT,
                    "CustomName": NO_EFFECT,
                    "OutputGroupSettings": group(
                        {
                            "Type": one_of("FILE_GROUP_SETTINGS", "HLS_GROUP_SETTINGS"),
                            "FileGroupSettings": group(_DESTINATION),
                            "HlsGroupSettings": _HLS,
                        }
                    ),
                    "Outputs": each(_OUTPUT),
                }
            )
        ),
    }
)


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raises ServiceError with the first setting, or value, that is not known here."""
    _SETTINGS("", settings)
