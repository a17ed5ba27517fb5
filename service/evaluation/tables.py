"""An evaluation of recommendations for reading: as text, or as a picture."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from service.errors import MissingExtraError

PICTURES = (".svg", ".png", ".pdf")

Line = dict[str, Any]


def table(result: dict[str, Any]) -> str:
    """The evaluation as text, the best model first, then a table a slice."""
    cut, data = _cut(result), result["data"]
    lines = [
        f"{data['n_users']} users, {data['n_items']} items, {data['n_interactions']} interactions; "
        f"split {result['split']}, seed {result['seed']}; {data['n_judged_users']} users judged"
        + (", texts shuffled" if data.get("shuffled_content") else ""),
        f"{'model':<16} {cut:>8}  {'95 % interval':^15} {'recall@20':>9} {'MRR':>6} "
        f"{'coverage':>8} {'lift':>5} {'breaks':>6} {'trials':>6} {'fit s':>6}  hybrid's lead",
    ]
    for row in _sorted(result["models"], cut):
        lift, breaks = row["popularity_lift"], row[f"prerequisite_violations@{cut.split('@')[1]}"]
        lines.append(
            f"{row['model']:<16} {_mean(row, cut)}"
            f" {row['recall@20']:9.4f} {row['mrr']:6.3f} {row['coverage']:8.3f}"
            f" {_number(lift):5.2f} {_number(breaks):6.3f} {row['n_trials']:6d}"
            f" {row['fit_s']:6.2f}  {_lead(row['hybrid_lead_ci95'])}"
        )
    for name in [part["slice"] for part in result["models"][0]["slices"]]:
        parts = [
            {"model": row["model"], **part}
            for row in result["models"]
            for part in row["slices"]
            if part["slice"] == name
        ]
        lines += ["", f"{name}: {parts[0]['n_users']} users"]
        lines.extend(
            f"{part['model']:<16} {_mean(part, cut)} {part['recall@20']:9.4f}"
            f"  {_lead(part['hybrid_lead_ci95'])}"
            for part in _sorted(parts, cut)
        )
    return "\n".join(lines)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def plot(result: dict[str, Any], path: Path) -> None:
    """Draw each model's nDCG with its interval, over all and by slice: one of `PICTURES`.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    require_plot()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    cut = _cut(result)
    names = [part["slice"] for part in result["models"][0]["slices"]]
    models = _sorted(result["models"], cut)[::-1]
    panels = {"all": models}
    for name in names:
        panels[name] = [next(p for p in m["slices"] if p["slice"] == name) for m in models]
    # ids from the content, and no date: the same table gives the same file
    with mpl.rc_context({"svg.hashsalt": "zhiying", "svg.fonttype": "none"}):
        height = 1.0 + 0.28 * len(models)
        figure = Figure(figsize=(2.2 + 2.2 * len(panels), height), layout="constrained")
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axis, (title, rows) in zip(axes, panels.items(), strict=True):
            means = [row[cut] or 0.0 for row in rows]
            ends = [row[f"{cut}_ci95"] for row in rows]
            low = [m - (e[0] or 0.0) for m, e in zip(means, ends, strict=True)]
            high = [(e[1] or 0.0) - m for m, e in zip(means, ends, strict=True)]
            colours = ["C1" if m["model"] == "hybrid" else "C0" for m in models]
            axis.barh(range(len(rows)), means, xerr=[low, high], color=colours, height=0.7)
            axis.set(title=title, xlabel=cut)
        axes[0].set_yticks(range(len(models)), [m["model"] for m in models])
        figure.suptitle(f"{result['split']} split, seed {result['seed']}, 95 % intervals")
        plain = {"Date": None} if path.suffix in (".svg", ".pdf") else None
        figure.savefig(path, metadata=plain)


def require_plot() -> None:
    """Raise `MissingExtraError` unless the extra ``plot`` is installed."""
    if find_spec("matplotlib") is None:
        raise MissingExtraError("--plot", "plot")


def _cut(result: dict[str, Any]) -> str:
    names: Sequence[str] = list(result["models"][0])
    return next(name for name in names if name.startswith("ndcg@"))


def _sorted(rows: Sequence[Line], cut: str) -> list[Line]:
    return sorted(rows, key=lambda row: -(row[cut] or 0.0))


def _mean(row: Line, cut: str) -> str:
    low, high = row[f"{cut}_ci95"]
    return f"{row[cut]:8.4f}  [{low:.4f}, {high:.4f}]"


def _lead(lead: list[float] | None) -> str:
    return "" if lead is None else f"{lead[0]:+.4f} [{lead[1]:+.4f}, {lead[2]:+.4f}]"
