#!/bin/sh
# Compiles the shipped models for a Rockchip NPU, and measures them in the vendor's simulator.
#
#   models/convert.sh [rk3588]
#
# Writes target/rknn/<target>/<model>.rknn, and simulator.json and card.md of each model. Needs the
# data that each model's make.sh leaves under target/; makes it where it is missing. The toolkit is
# installed in an environment of its own, under TRIUNE_RKNN_ENVIRONMENT or target/rknn/environment:
# Python 3.11 on x86-64, 5.7 GB. It is Rockchip's, under Rockchip's licence; the product neither
# holds nor needs it.
set -eu
cd "$(dirname "$0")/.."
target=${1:-rk3588}
environment=${TRIUNE_RKNN_ENVIRONMENT:-target/rknn/environment}
out=target/rknn/$target
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet --requirement models/requirements-rknn.txt
mkdir -p "$out"
export OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=$PWD/models
export PYTHONPATH
for model in dual_activation scene_embedding; do
    if [ ! -d "target/$model" ]; then
        "models/$model/make.sh"
    fi
    # The toolkit leaves files of its own where it is started.
    python=$(realpath --no-symlinks "$environment")/bin/python
    (
        models=$PWD/models
        data=$PWD/target/$model
        cd "$out"
        "$python" "$models/$model/convert.py" --data "$data" --target "$target" --out .
    )
done
