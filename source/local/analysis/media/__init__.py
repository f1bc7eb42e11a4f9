"""Video and sound files: what they are, their frames and their sound, read by a guarded ffmpeg.

Files come from outside, and parsers of media have faults. ffmpeg therefore runs as a process of
its own with bounded memory and time, opens nothing but the one file it is given, and knows only
containers that refer to no other file: no playlist, no network.
"""

from analysis.media.facts import AudioTrack, MediaFacts, probe
from analysis.media.ffmpeg import Input, run_ffmpeg
from analysis.media.refusals import MediaRefused
from analysis.media.streams import audio, frames

__all__ = [
    "AudioTrack",
    "Input",
    "MediaFacts",
    "MediaRefused",
    "audio",
    "frames",
    "probe",
    "run_ffmpeg",
]
