"""The voices: names of the service, and the voice on this machine that speaks in place of each.

A name of the service stands for a language, a gender and the engines that it is offered for; the
sound is another voice's. A voice of Kokoro sounds like a person, one of eSpeak NG like a machine.
Languages that neither speaks well, Japanese above all, have no voice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_BOTH, _STANDARD, _NEURAL = ("neural", "standard"), ("standard",), ("neural",)

_LANGUAGE_NAMES: Mapping[str, str] = {
    "arb": "Arabic", "ca-ES": "Catalan", "cmn-CN": "Chinese Mandarin", "cy-GB": "Welsh",
    "da-DK": "Danish", "de-DE": "German", "en-AU": "Australian English",
    "en-GB": "British English", "en-US": "US English", "es-ES": "Castilian Spanish",
    "es-MX": "Mexican Spanish", "es-US": "US Spanish", "fi-FI": "Finnish", "fr-FR": "French",
    "hi-IN": "Hindi", "is-IS": "Icelandic", "it-IT": "Italian", "ko-KR": "Korean",
    "nb-NO": "Norwegian", "nl-NL": "Dutch", "pl-PL": "Polish", "pt-BR": "Brazilian Portuguese",
    "pt-PT": "Portuguese", "ro-RO": "Romanian", "ru-RU": "Russian", "sv-SE": "Swedish",
    "tr-TR": "Turkish",
}  # fmt: skip


@dataclass(frozen=True)
class Voice:
    """A name of the service and what speaks for it.

    style: a voice of Kokoro, "" for one of eSpeak NG. phonemes: the voice of eSpeak NG, which
    writes a text in phonemes for Kokoro, or speaks it itself.
    """

    id: str
    gender: str
    language: str
    engines: tuple[str, ...]
    style: str
    phonemes: str

    @property
    def language_name(self) -> str:
        return _LANGUAGE_NAMES[self.language]

    @property
    def local_name(self) -> str:
        """What speaks, for a person: `kokoro af_heart`, `espeak-ng de`."""
        return f"kokoro {self.style}" if self.style else f"espeak-ng {self.phonemes}"


# language -> how eSpeak NG calls it, and rows (name, engines, voice of Kokoro); the first letter
# of a voice of Kokoro is its language, the second its gender
_SPOKEN: Mapping[str, tuple[str, tuple[tuple[str, tuple[str, ...], str], ...]]] = {
    "en-US": (
        "en-us",
        (
            ("Joanna", _BOTH, "af_heart"), ("Matthew", _BOTH, "am_fenrir"),
            ("Kendra", _BOTH, "af_bella"), ("Kimberly", _BOTH, "af_sarah"),
            ("Salli", _BOTH, "af_nova"), ("Ivy", _BOTH, "af_sky"),
            ("Joey", _BOTH, "am_michael"), ("Justin", _BOTH, "am_puck"),
            ("Kevin", _NEURAL, "am_liam"), ("Ruth", _NEURAL, "af_kore"),
            ("Danielle", _NEURAL, "af_aoede"), ("Gregory", _NEURAL, "am_onyx"),
            ("Stephen", _NEURAL, "am_eric"),
        ),
    ),
    "en-GB": (
        "en",
        (
            ("Amy", _BOTH, "bf_emma"), ("Emma", _BOTH, "bf_isabella"),
            ("Brian", _BOTH, "bm_george"), ("Arthur", _NEURAL, "bm_daniel"),
        ),
    ),
    "en-AU": (
        "en",
        (
            ("Nicole", _STANDARD, "bf_alice"), ("Russell", _STANDARD, "bm_lewis"),
            ("Olivia", _NEURAL, "bf_lily"),
        ),
    ),
    "es-ES": (
        "es",
        (
            ("Lucia", _BOTH, "ef_dora"), ("Conchita", _STANDARD, "ef_dora"),
            ("Enrique", _STANDARD, "em_alex"), ("Sergio", _NEURAL, "em_alex"),
        ),
    ),
    "es-US": (
        "es-419",
        (
            ("Lupe", _BOTH, "ef_dora"), ("Penelope", _STANDARD, "ef_dora"),
            ("Miguel", _STANDARD, "em_alex"), ("Pedro", _NEURAL, "em_alex"),
        ),
    ),
    "es-MX": ("es-419", (("Mia", _BOTH, "ef_dora"), ("Andres", _NEURAL, "em_alex"))),
    "fr-FR": ("fr", (("Lea", _BOTH, "ff_siwis"), ("Celine", _STANDARD, "ff_siwis"))),
    "hi-IN": ("hi", (("Aditi", _STANDARD, "hf_alpha"), ("Kajal", _NEURAL, "hf_beta"))),
    "it-IT": (
        "it",
        (
            ("Bianca", _BOTH, "if_sara"), ("Carla", _STANDARD, "if_sara"),
            ("Giorgio", _STANDARD, "im_nicola"), ("Adriano", _NEURAL, "im_nicola"),
        ),
    ),
    "pt-BR": (
        "pt-br",
        (
            ("Camila", _BOTH, "pf_dora"), ("Vitoria", _BOTH, "pf_dora"),
            ("Ricardo", _STANDARD, "pm_alex"), ("Thiago", _NEURAL, "pm_alex"),
        ),
    ),
}  # fmt: skip

# language -> how eSpeak NG calls it, and rows (name, gender, engines)
_ROBOTIC: Mapping[str, tuple[str, tuple[tuple[str, str, tuple[str, ...]], ...]]] = {
    "fr-FR": ("fr", (("Mathieu", "Male", _STANDARD), ("Remi", "Male", _NEURAL))),
    "de-DE": (
        "de",
        (
            ("Vicki", "Female", _BOTH), ("Marlene", "Female", _STANDARD),
            ("Hans", "Male", _STANDARD), ("Daniel", "Male", _NEURAL),
        ),
    ),
    "ru-RU": ("ru", (("Tatyana", "Female", _STANDARD), ("Maxim", "Male", _STANDARD))),
    "nl-NL": (
        "nl",
        (("Lotte", "Female", _STANDARD), ("Ruben", "Male", _STANDARD),
         ("Laura", "Female", _NEURAL)),
    ),
    "pl-PL": (
        "pl",
        (("Ewa", "Female", _STANDARD), ("Maja", "Female", _STANDARD),
         ("Jacek", "Male", _STANDARD), ("Jan", "Male", _STANDARD), ("Ola", "Female", _NEURAL)),
    ),
    "pt-PT": ("pt", (("Ines", "Female", _BOTH), ("Cristiano", "Male", _STANDARD))),
    "sv-SE": ("sv", (("Astrid", "Female", _STANDARD), ("Elin", "Female", _NEURAL))),
    "da-DK": (
        "da",
        (("Naja", "Female", _STANDARD), ("Mads", "Male", _STANDARD),
         ("Sofie", "Female", _NEURAL)),
    ),
    "nb-NO": ("nb", (("Liv", "Female", _STANDARD), ("Ida", "Female", _NEURAL))),
    "fi-FI": ("fi", (("Suvi", "Female", _NEURAL),)),
    "is-IS": ("is", (("Dora", "Female", _STANDARD), ("Karl", "Male", _STANDARD))),
    "cy-GB": ("cy", (("Gwyneth", "Female", _STANDARD),)),
    "ca-ES": ("ca", (("Arlet", "Female", _NEURAL),)),
    "ro-RO": ("ro", (("Carmen", "Female", _STANDARD),)),
    "tr-TR": ("tr", (("Filiz", "Female", _STANDARD), ("Burcu", "Female", _NEURAL))),
    "arb": ("ar", (("Zeina", "Female", _STANDARD),)),
    "cmn-CN": ("cmn", (("Zhiyu", "Female", _BOTH),)),
    "ko-KR": ("ko", (("Seoyeon", "Female", _BOTH),)),
}  # fmt: skip
# a variant of eSpeak NG's voices that sounds like a woman's
_FEMALE = "+f3"


def _voices() -> Iterator[Voice]:
    for language, (phonemes, rows) in _SPOKEN.items():
        for name, engines, style in rows:
            gender = "Female" if style[1] == "f" else "Male"
            yield Voice(name, gender, language, engines, style, phonemes)
    for language, (phonemes, speakers) in _ROBOTIC.items():
        for name, gender, engines in speakers:
            variant = _FEMALE if gender == "Female" else ""
            yield Voice(name, gender, language, engines, "", phonemes + variant)


VOICES: Mapping[str, Voice] = {voice.id: voice for voice in _voices()}
