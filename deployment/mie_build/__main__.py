"""``python -m mie_build``: the part of build-s3-dist.sh that is easier said in Python."""

import argparse
import shutil
import sys
from pathlib import Path

from mie_build import operator_library, operator_manifests, packages, templates, upload
from mie_build.dependencies import InstallError, Target

_ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    options = _options()
    prefix = f"media_insights_engine/{options.version}"
    output = Path(options.output).resolve()
    global_assets, regional_assets = output / "global-s3-assets", output / "regional-s3-assets"
    for folder in (global_assets, regional_assets):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    try:
        _build(options, global_assets, regional_assets)
        if options.upload:
            _upload(options, prefix, global_assets, regional_assets)
    except (InstallError, packages.PackageTooLarge, upload.UploadRefused) as error:
        print(f"build-s3-dist.sh: {error}", file=sys.stderr)
        return 1
    host = f"https://s3.{options.region}.amazonaws.com"
    url = f"{host}/{options.template_bucket}/{prefix}/media-insights-stack.template"
    (output / "templateUrl.txt").write_text(url + "\n")
    print("Template to deploy:")
    print(f"TEMPLATE='{url}'")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mie_build")
    parser.add_argument("--template-bucket", required=True)
    parser.add_argument("--code-bucket", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--python", required=True, help="the runtime's version, such as 3.13")
    parser.add_argument("--this-machine", action="store_true", help="packages are run here")
    parser.add_argument("--upload", action="store_true")
    parser.add_argument("--output", required=True)
    return parser.parse_args()


def _build(options: argparse.Namespace, global_assets: Path, regional_assets: Path) -> None:
    target = Target(options.python, linux=not options.this_machine)
    manifests = operator_manifests.load_manifests(_ROOT / "source" / "operators")
    packages.build(
        [
            *packages.engine_packages(_ROOT / "source"),
            *(packages.Package(*one) for one in operator_library.packages(manifests)),
        ],
        regional_assets,
        target,
        _ROOT / ".mie" / "packages",
    )
    # what the section "Make lambda package" made
    for made in sorted(Path(options.output).glob("dist/*.zip")):
        shutil.copy(made, regional_assets)
    templates.write(
        templates.build_all(_ROOT),
        global_assets,
        {
            "VERSION": options.version,
            "GLOBAL_BUCKET_NAME": options.template_bucket,
            "REGIONAL_BUCKET_NAME": options.code_bucket,
        },
    )


def _upload(
    options: argparse.Namespace, prefix: str, global_assets: Path, regional_assets: Path
) -> None:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    session = boto3.Session(region_name=options.region)
    if session.get_credentials() is None:
        print(
            "Built, not uploaded: there are no AWS credentials. Configure them and build again "
            "before you create the stack.",
            file=sys.stderr,
        )
        return
    try:
        account = session.client("sts").get_caller_identity()["Account"]
        s3 = session.client("s3")
        places = (
            (global_assets, options.template_bucket),
            (regional_assets, f"{options.code_bucket}-{options.region}"),
        )
        for folder, bucket in places:
            count = upload.upload(s3, folder, bucket, prefix, account, options.region)
            print(f"Uploaded {count} files to s3://{bucket}/{prefix}/")
    except (ClientError, BotoCoreError, NoCredentialsError) as error:
        raise upload.UploadRefused(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
