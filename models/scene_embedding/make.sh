#!/bin/sh
# Remakes the scene embedding from nothing: pictures, training, export, INT8, card, fixture.
# Needs Python 3.11 or newer with venv, and a package index that pip knows.
set -eu
cd "$(dirname "$0")/../.."
environment=.venv/scene_embedding
data=target/scene_embedding
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --requirement models/scene_embedding/requirements.txt
# One thread: the same sums in the same order, and a machine that is left for others.
export OPENBLAS_NUM_THREADS=1 NPROC=1 JAX_PLATFORMS=cpu
export XLA_FLAGS=--xla_cpu_multi_thread_eigen=false
export PYTHONPATH=models PYTHONDONTWRITEBYTECODE=1
"$environment/bin/python" models/scene_embedding/data.py --out "$data" --seed 1
"$environment/bin/python" models/scene_embedding/make.py --data "$data" --seed 1
