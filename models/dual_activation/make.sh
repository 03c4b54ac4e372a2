#!/bin/sh
# Remakes the dual activation model from nothing: data, training, export, INT8, card, fixture.
# Needs cargo, Python 3.11 or newer with venv, and a package index that pip knows.
set -eu
cd "$(dirname "$0")/../.."
environment=.venv/dual_activation
data=target/dual_activation
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --requirement models/dual_activation/requirements.txt
cargo run --quiet -p triune-npu --example dual_activation_data -- --out "$data" --seed 1
# The figures are of one thread, and the same on every machine with this linear algebra.
export OPENBLAS_NUM_THREADS=1 PYTHONPATH=models PYTHONDONTWRITEBYTECODE=1
"$environment/bin/python" models/dual_activation/make.py --data "$data" --seed 1
# What tells the taught from the rest, of days seen through the file that was just made.
cargo run --quiet -p triune-npu --example taught_days -- --out "$data/taught_days.npy"
"$environment/bin/python" models/dual_activation/known.py --segments "$data/taught_days.npy"
# What discovery makes of days that no constant was chosen on; a wrong one is told in the card.
days="$data/untaught_days.txt"
: > "$days"
for regimes in 0 1 3; do
    for seed in $(seq 101 130); do
        cargo run --quiet --release -p triune-npu --example untaught_days -- \
            --seed "$seed" --regimes "$regimes" --hours 4 >> "$days" || [ $? = 1 ]
    done
done
"$environment/bin/python" models/dual_activation/discovery.py "$days"
"$environment/bin/python" models/dual_activation/card.py
