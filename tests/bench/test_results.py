"""Tables of what was measured, and what is said of the targets."""

from benchmarks.results import Results
from benchmarks.targets import TARGETS, targets_table
from benchmarks.workloads import ALL


def results_of(*trials: tuple[str, str, dict]) -> Results:
    return Results(
        {"workload": workload, "server": server, **figures} for workload, server, figures in trials
    )


def test_a_table_has_medians_edges_and_ratios():
    results = results_of(
        ("w1", "node_ws_redis", {"cpu_us": 10.0}),
        ("w1", "ours", {"cpu_us": 4.0}),
        ("w1", "ours", {"cpu_us": 5.0}),
        ("w1", "ours", {"cpu_us": 9.0}),
    )
    assert "| this site | 5.0 (4.0–9.0) | 0.50 |" in results.tables()


def test_what_was_not_measured_is_not_shown():
    results = results_of(("w1", "ours", {"cpu_us": 4.0}))
    assert "W2" not in results.tables()
    assert "| this site | 4.0 | – |" in results.tables()
    assert targets_table(results) == ""


def test_a_target_is_met_missed_or_beyond_the_stretch():
    def table(ours: float) -> str:
        return targets_table(
            results_of(
                ("w1", "node_ws_redis", {"cpu_us": 10.0}),
                ("w1", "ours", {"cpu_us": ours}),
            )
        )

    assert "| 0.50 | ≤ 0.75 | ≤ 0.55 | beyond the stretch |" in table(5.0)
    assert "| 0.60 | ≤ 0.75 | ≤ 0.55 | met |" in table(6.0)
    assert "| 0.80 | ≤ 0.75 | ≤ 0.55 | missed |" in table(8.0)


def test_results_outlive_their_run(tmp_path):
    path = tmp_path / "results.jsonl"
    [workload] = [workload for workload in ALL if workload.name == "w1"]
    results = Results(path=path)
    results.add(workload, workload.servers[0], {"cpu_us": 3.5})
    assert Results.read([path]).values("w1", workload.servers[0].name, "cpu_us") == [3.5]


def test_every_target_is_computed_from_figures_that_some_workload_has():
    keys = {(workload.name, column.key) for workload in ALL for column in workload.columns}
    figures = [
        (workload, server, {key: 1.0})
        for workload, key in keys
        for server in ("ours", "ours_two", "node_ws_redis", "node_ws_redis_pg", "socketio_redis")
    ]
    results = results_of(*figures)
    assert all(target.value(results) is not None for target in TARGETS)
