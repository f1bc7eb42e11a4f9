"""The picture of a sound that Whisper looks at: the logarithm of its energy in 80 bands of pitch.

As the paper of the model has it (Radford et al., "Robust Speech Recognition via Large-Scale Weak
Supervision", section 2.2): 16 kHz, windows of 25 ms every 10 ms, always 30 seconds.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
SECONDS = 30
FRAMES_PER_SECOND = 100
_WINDOW = 400
_HOP = RATE // FRAMES_PER_SECOND
_BANDS = 80
# below 1000 Hz the scale of pitch is linear, above it is logarithmic (Slaney's Auditory Toolbox)
_LINEAR_TO = 1000.0
_HZ_PER_MEL = 200 / 3
_LOG_STEP = 6.4


def log_mel(samples: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The picture (80 bands, 3000 frames) of at most 30 seconds of samples in -1…1."""
    import numpy as np

    length = RATE * SECONDS
    sound = np.zeros(length + _WINDOW, np.float32)
    # frames are centred: the first one is half a window before its sample
    sound[_WINDOW // 2 : _WINDOW // 2 + len(samples)] = samples[:length]
    sound[: _WINDOW // 2] = sound[_WINDOW : _WINDOW // 2 : -1]
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[:length:_HOP]
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    energy = np.abs(np.fft.rfft(frames * window)) ** 2
    bands = np.maximum(energy @ _bands().T, 1e-10)
    loudness = np.log10(bands)
    # what is 80 dB below the loudest cannot be heard
    loudness = np.maximum(loudness, loudness.max() - 8)
    return np.ascontiguousarray(((loudness + 4) / 4).T, np.float32)


def _bands() -> "NDArray[np.float32]":
    """Triangles over the frequencies, one a band, each of the same area (80, 201)."""
    import numpy as np

    frequencies = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    edges = _to_hz(np.linspace(0, _top_mel(), _BANDS + 2))
    rising = (frequencies - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - frequencies) / np.diff(edges)[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    bands: NDArray[np.float32] = (triangles * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(
        np.float32
    )
    return bands


def _top_mel() -> float:
    import numpy as np

    steps = np.log(RATE / 2 / _LINEAR_TO) / (np.log(_LOG_STEP) / 27)
    return float(_LINEAR_TO / _HZ_PER_MEL + steps)


def _to_hz(mel: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np

    knee = _LINEAR_TO / _HZ_PER_MEL
    above = _LINEAR_TO * np.exp((mel - knee) * np.log(_LOG_STEP) / 27)
    hz: NDArray[np.float64] = np.where(mel < knee, mel * _HZ_PER_MEL, above)
    return hz
