"""An evaluation of text models for reading: which figures count, and the table of them."""

from collections.abc import Mapping
from typing import Any, Literal

Task = Literal["sentiment", "topics", "segmentation", "keywords"]
_HEADLINE: Mapping[Task, str] = {
    "sentiment": "accuracy",
    "topics": "accuracy",
    "segmentation": "f1",
    "keywords": "f1",
}
#: figures where a text has several labels
SEVERAL = ("micro_f1", "macro_f1", "subset_accuracy", "ece", "label_ece", "coverage")
SHOWN: Mapping[Task, tuple[str, ...]] = {
    "sentiment": ("accuracy", "macro_f1", "auc", "ece"),
    "topics": ("accuracy", "macro_f1", "ece", "coverage", "accuracy_answered"),
    "segmentation": ("precision", "recall", "f1"),
    "keywords": ("precision", "recall", "f1"),
}


def table(result: Mapping[str, Any]) -> str:
    """The evaluation as text, the best model first."""
    task: Task = result["task"]
    data = result["data"]
    many = "labels_a_text" in data
    head, shown = ("micro_f1", SEVERAL) if many else (_HEADLINE[task], SHOWN[task])
    judged = f", judged on {data['test_file']}" if "test_file" in data else ""
    folds = f", {data['folds']} folds" if "folds" in data else ""
    costs = [name for name in result["models"][0] if name.endswith("_s")]
    lines = [
        f"{task}: {data['file']}, {data['n']} rows ({data['n_refused']} refused){judged}{folds}, "
        f"seed {result['seed']}",
        f"{'model':<18} {'n':>6} {'95 % of ' + head:>18} "
        + " ".join(f"{_short(name):>9}" for name in shown)
        + "".join(f" {_short(name):>11}" for name in costs)
        + "  zhiying's lead",
    ]
    for row in sorted(result["models"], key=lambda row: -(row[head] or 0.0)):
        low, high = row[f"{head}_ci95"]
        lines.append(
            f"{row['model']:<18} {row['n']:>6} {f'[{low:.4f}, {high:.4f}]':>18} "
            + " ".join(f"{_figure(row[name]):>9}" for name in shown)
            + "".join(f" {row[name]:>11.1f}" for name in costs)
            + f"  {_lead(row['zhiying_lead'].get(head))}"
        )
    return "\n".join([*lines, *(f"note: {note}" for note in result["notes"])])


def _short(name: str) -> str:
    names = {
        "accuracy_answered": "acc.sure",
        "subset_accuracy": "subset",
        "texts_per_s": "texts/s",
        "characters_per_s": "chars/s",
    }
    return names.get(name, name.replace("fit_s", "fit s"))


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _lead(lead: list[float | None] | None) -> str:
    if lead is None or None in lead:
        return ""
    gap, low, high = lead
    return f"{gap:+.4f} [{low:+.4f}, {high:+.4f}]"
