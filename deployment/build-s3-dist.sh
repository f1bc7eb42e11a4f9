#!/usr/bin/env bash
# Builds the layer, the Lambda packages and the CloudFormation templates, and uploads them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")

usage() {
  cat <<'USAGE'
Usage: build-s3-dist.sh --template-bucket NAME --code-bucket NAME --version TEXT --region REGION
                        [--runtime pythonX.Y] [--no-upload] [--local] [--output DIR] [-v] [-h]

Builds the Media Insights Engine and prints the URL of the template to deploy.

  --template-bucket NAME  bucket for the templates; it is made when it does not exist
  --code-bucket NAME      bucket for the packages, named here without the region:
                          the packages go to NAME-REGION
  --version TEXT          becomes part of the keys, and what /version answers
  --region REGION         where the stack will be deployed
  --runtime pythonX.Y     Lambda runtime to build for (default python3.13); deploy with the
                          parameter LambdaRuntime set to the same value
  --no-upload             build only
  --local                 build for this machine's Python instead of Lambda's; implies --no-upload
  --output DIR            where the results go (default: this script's folder)
  -v, --verbose           print every command
  -h, --help              print this text

Without AWS credentials the results are built and not uploaded.
USAGE
}

die() {
  echo "build-s3-dist.sh: $1" >&2
  exit 1
}

template_bucket='' code_bucket='' version='' region='' runtime='' output=$here
upload=(--upload) machine=()
while [ $# -gt 0 ]; do
  case $1 in
    --template-bucket | --code-bucket | --version | --region | --runtime | --output)
      [ $# -gt 1 ] && [ -n "$2" ] || die "$1 needs a value"
      case $1 in
        --template-bucket) template_bucket=$2 ;;
        --code-bucket) code_bucket=$2 ;;
        --version) version=$2 ;;
        --region) region=$2 ;;
        --runtime) runtime=$2 ;;
        --output) output=$2 ;;
      esac
      shift 2
      ;;
    --no-upload) upload=() && shift ;;
    --local) upload=() machine=(--this-machine) && shift ;;
    -v | --verbose) set -x && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && die "unknown option $1" ;;
  esac
done
for option in template_bucket code_bucket version region; do
  [ -n "${!option}" ] || { usage >&2 && die "--${option//_/-} is missing"; }
done
[[ $region =~ ^[a-z]{2}(-[a-z]+)+-[0-9]$ ]] || die "$region is not an AWS region"
[[ $version =~ ^[A-Za-z0-9._-]+$ ]] || die "--version may have letters, digits, '.', '_' and '-'"
for bucket in "$template_bucket" "$code_bucket-$region"; do
  [[ $bucket =~ ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$ ]] ||
    die "'$bucket' cannot be a bucket's name: 3 to 63 lower-case letters, digits, '.' and '-'"
done

# shellcheck source=environment.sh
source "$here/environment.sh"
make_environment venv "$here/requirements.txt"
python=$root/.mie/venv/bin/python
[ ${#machine[@]} -eq 0 ] || runtime=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
runtime=${runtime:-python3.13}
case $runtime in
  python3.11 | python3.12 | python3.13 | python3.14) ;;
  *) die "the runtime $runtime is not supported; python3.11 to python3.14 are" ;;
esac

mkdir -p "$output"
output=$(cd "$output" && pwd)
dist=$output/dist
rm -rf "$dist"
mkdir -p "$dist"
export PYTHONPATH=$here:$root/source/lib AWS_DEFAULT_REGION=$region

# the same bytes from the same files, also where no zip is installed
zip() { "$python" -m mie_build.zip_command "$@"; }

# ---------------------------------------------------------------------------------------------
# Make lambda package
#
# Operators that are written by hand in source/operators/operator-library.yaml are packed here;
# the packages of the others follow from their manifests. For an operator of your own add
#
#   cd "$root/source/operators/my_operator"
#   zip -r9 "$dist/my_operator.zip" my_operator.py
# ---------------------------------------------------------------------------------------------

cd "$root/source/operators/rekognition"
zip -r9 "$dist/generic_data_lookup.zip" generic_data_lookup.py

cd "$root"
exec "$python" -m mie_build --template-bucket "$template_bucket" --code-bucket "$code_bucket" \
  --version "$version" --region "$region" --python "${runtime#python}" --output "$output" \
  ${upload[@]+"${upload[@]}"} ${machine[@]+"${machine[@]}"}
