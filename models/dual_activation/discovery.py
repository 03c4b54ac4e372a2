"""What discovery made of simulated days, as `card.py` prints it.

Reads what the example `untaught_days` printed, one file for each group of seeds, and
writes `discovery.json`; `make.sh` runs both.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent


def main():
    if not sys.argv[1:]:
        sys.exit(__doc__)
    runs = []
    for file in sys.argv[1:]:
        lines = pathlib.Path(file).read_text().splitlines()
        summaries = [json.loads(line) for line in lines if line.startswith("{")]
        for regimes in sorted({summary["regimes"] for summary in summaries}):
            runs.append(run(regimes, summaries))
    (FOLDER / "discovery.json").write_text(json.dumps({"runs": runs}, indent=1) + "\n")
    print(runs)


def run(regimes: int, summaries: list) -> dict:
    """All days with this many regimes in one group of seeds."""
    chosen = [summary for summary in summaries if summary["regimes"] == regimes]
    days = [
        (summary["seed"], day, outcome)
        for summary in chosen
        for day, outcome in enumerate(summary["outcomes"])
    ]
    outcomes = [outcome for _, _, outcome in days]
    seeds = sorted(summary["seed"] for summary in chosen)
    k_means = [day for summary in chosen for day in summary["baselines"]["k_means"]]
    noticed = [summary["baselines"]["softmax"]["noticed"] for summary in chosen]
    return {
        "seeds": f"{seeds[0]}-{seeds[-1]}",
        "hours": sorted({summary["hours"] for summary in chosen}),
        "regimes": regimes,
        "days": len(days),
        "wrong": sum(summary["wrong"] for summary in chosen),
        "invented": sum(outcome["invented"] for outcome in outcomes),
        "missed": sum(regimes - outcome["found"] for outcome in outcomes),
        "split": sum(outcome["split"] for outcome in outcomes),
        "shared": sum(outcome["shared"] for outcome in outcomes),
        "impure": sum(outcome["purity"] < 0.9 for outcome in outcomes),
        "ids_lost": sum(not outcome["ids_kept"] for outcome in outcomes),
        "failures": [
            f"seed {seed}, day {day}" for seed, day, outcome in days if is_wrong(regimes, outcome)
        ],
        "softmax_noticed": sum(noticed) / len(noticed) if regimes else None,
        "k_means_wrong": sum(not day["is_right"] for day in k_means),
        "k_means_invented": sum(day["invented"] for day in k_means),
        "k_means_missed": sum(regimes - day["found"] for day in k_means),
        "k_means_split": sum(day["split"] for day in k_means),
        "k_means_shared": sum(day["shared"] for day in k_means),
    }


def is_wrong(regimes: int, outcome: dict) -> bool:
    return (
        outcome["found"] != regimes
        or outcome["invented"] + outcome["split"] + outcome["shared"] > 0
        or outcome["purity"] < 0.9
        or not outcome["ids_kept"]
    )


if __name__ == "__main__":
    main()
