"""How well and how fast the intent classifier understands sentences it has not seen.

On CLINC150 (Larson et al. 2019, 150 intents and sentences out of scope) and BANKING77 (Casanueva
et al. 2020, 77 intents of one subject). The peer, fitted here too, is the usual baseline: tf-idf
of words and a linear support vector machine. With the extra `[encoder]` installed, the classifier
is measured with it as well.

`--data` takes a folder with `data_full.json` of CLINC150 and `train.csv` and `test.csv` of
BANKING77, or with the subfolders `clinc150` and `banking77`. Where a test split is missing, half
of CLINC150's validation split or a fifth of BANKING77's training split stands in; a note says so.
"""

import argparse
import csv
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.svm import LinearSVC

from bot.understanding.classifier import Encoder, IntentClassifier
from bot.understanding.encoder import MiniLM, available

DATA = Path(__file__).parents[2] / "shared" / "data"
FALSE_REJECTION = 0.05
SHOTS, DRAWS = 10, 3
TIMED = 500
LETTERS = "abcdefghijklmnopqrstuvwxyz"

# measure -> published figure, target without and with the encoder
MEASURES: dict[str, tuple[str, str, str]] = {
    "CLINC150 accuracy after rejecting, %": (
        "SVM 91.0, BERT 96.2",
        "≥ 90.5",
        "≥ 92.5",
    ),
    "out-of-scope recall, %": ("SVM 14.5, BERT 52.3", "≥ 79", "≥ 90"),
    "out-of-scope AUROC": ("", "≥ .950", "≥ .978"),
    "recall, out-of-scope examples given, %": ("", "", ""),
    "AUROC, out-of-scope examples given": ("", "", ""),
    "CLINC150 accuracy, %": ("", "", ""),
    "CLINC150 with one typo, %": ("", "≥ 89.5", "≥ 89"),
    "CLINC150 with two typos, %": ("", "≥ 86.0", "≥ 83"),
    "CLINC150 from 10 examples an intent, %": ("USE+ConveRT 93.3", "≥ 81", "≥ 90"),
    "BANKING77 accuracy, %": ("USE+ConveRT 93.4", "≥ 91.5", "≥ 93.9"),
    "BANKING77 from 10 examples an intent, %": ("USE+ConveRT 85.2", "≥ 74", "≥ 85.9"),
    "one sentence, p50 ms": ("", "", ""),
    "one sentence, p95 ms": ("", "≤ 3", "≤ 15"),
    "fit to CLINC150, s": ("", "", ""),
    "fitted to CLINC150, MB": ("", "", ""),
}


@dataclass(frozen=True)
class Examples:
    texts: list[str]
    labels: list[str]

    @classmethod
    def of(cls, pairs: Iterable[Sequence[str]]) -> Self:
        texts, labels = zip(*pairs, strict=True)
        return cls(list(texts), list(labels))

    def split(self, rng: np.random.Generator, take: Callable[[int], int]) -> tuple[Self, Self]:
        """Return `take(n)` of the n examples of every intent, and the others."""
        members = defaultdict(list)
        for pair in zip(self.texts, self.labels, strict=True):
            members[pair[1]].append(pair)
        taken, rest = [], []
        for pairs in members.values():
            shuffled = [pairs[i] for i in rng.permutation(len(pairs))]
            taken += shuffled[: take(len(pairs))]
            rest += shuffled[take(len(pairs)) :]
        return self.of(taken), self.of(rest)


@dataclass(frozen=True)
class Data:
    clinc: Examples
    tuning: Examples
    """Sentences in scope that set the threshold."""
    clinc_test: Examples
    outside: list[str]
    """Sentences out of scope that may be learnt from."""
    outside_test: list[str]
    banking: Examples
    banking_test: Examples
    notes: list[str]


class Model(Protocol):
    def fit(
        self, texts: Sequence[str], labels: Sequence[str], negatives: Sequence[str] = ()
    ) -> object: ...

    def predict(self, texts: Sequence[str]) -> tuple[list[str], NDArray[np.float64]]:
        """Return labels, and scores that are lower for what is out of scope."""
        ...


class Ours:
    def __init__(self, encoder: Encoder | None) -> None:
        self.classifier = IntentClassifier(encoder=encoder)
        self.fit = self.classifier.fit

    def predict(self, texts: Sequence[str]) -> tuple[list[str], NDArray[np.float64]]:
        found = self.classifier.predict_many(texts)
        return [c.guesses[0].label for c in found], np.array([c.in_scope for c in found])


class WordsOnly:
    def __init__(self) -> None:
        self.words, self.svm = TfidfVectorizer(), LinearSVC(random_state=0)

    def fit(
        self, texts: Sequence[str], labels: Sequence[str], negatives: Sequence[str] = ()
    ) -> None:
        # Those out of scope become an intent of their own, as one would try first.
        vectors = self.words.fit_transform([*texts, *negatives])
        self.svm.fit(vectors, [*labels, *["" for _ in negatives]])

    def predict(self, texts: Sequence[str]) -> tuple[list[str], NDArray[np.float64]]:
        margins = self.svm.decision_function(self.words.transform(texts))
        margins = margins[:, self.svm.classes_ != ""]
        labels = self.svm.classes_[self.svm.classes_ != ""]
        return list(labels[margins.argmax(axis=1)]), margins.max(axis=1)


class Remembered:
    """An encoder that reads a sentence once only, as many fits here share their sentences."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.vectors: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self.vectors]
        self.vectors.update(zip(new, self.encoder(new), strict=True))
        return np.stack([self.vectors[text] for text in texts])


def main() -> None:
    """Measure, print a table, and write it as JSON where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, default=DATA)
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--no-encoder", action="store_true", help="measure without it only")
    options = arguments.parse_args()

    data = read(options.data)
    columns = {
        "words only": measure(data, WordsOnly),
        "ours": measure(data, lambda: Ours(None)) | cost(data, None),
    }
    if available() and not options.no_encoder:
        minilm = MiniLM()
        remembered = Remembered(minilm)
        columns["ours, encoder"] = measure(data, lambda: Ours(remembered)) | cost(data, minilm)
    else:
        data.notes.append("The encoder was not measured: the extra [encoder] is not installed.")
    show(columns, data.notes)
    if options.json:
        rows = [
            {"measure": name, "published": published, "target": light, "target, encoder": heavy}
            | {column: values.get(name) for column, values in columns.items()}
            for name, (published, light, heavy) in MEASURES.items()
        ]
        options.json.write_text(json.dumps({"rows": rows, "notes": data.notes}, indent=2))


def read(folder: Path) -> Data:
    """Read both data sets, and make up for missing test splits."""
    notes: list[str] = []
    rng = np.random.default_rng(0)
    clinc = json.loads(
        find(folder, "clinc150", "data_full.json", "data_full_train_val.json").read_text()
    )
    train, validation = Examples.of(clinc["train"]), Examples.of(clinc["val"])
    outside = [text for text, _ in clinc["oos_train"]]
    if "test" in clinc:
        tuning, test = validation, Examples.of(clinc["test"])
        outside_test = [text for text, _ in clinc["oos_test"]]
    else:
        notes.append(
            "No test split of CLINC150: scored on one half of its validation split, the other half"
            " sets the threshold; out of scope are its 100 validation sentences."
        )
        tuning, test = validation.split(rng, lambda n: n // 2)
        outside_test = [text for text, _ in clinc["oos_val"]]

    training_file = find(folder, "banking77", "train.csv")
    banking = read_banking(training_file)
    if (test_file := training_file.with_name("test.csv")).exists():
        banking_test = read_banking(test_file)
    else:
        notes.append("No test split of BANKING77: scored on a fifth of its training split.")
        banking_test, banking = banking.split(rng, lambda n: n // 5)
    return Data(train, tuning, test, outside, outside_test, banking, banking_test, notes)


def find(folder: Path, subfolder: str, *names: str) -> Path:
    """Return the first of these files that exists."""
    paths = [place / name for name in names for place in (folder, folder / subfolder)]
    for path in paths:
        if path.exists():
            return path
    raise SystemExit(f"none of {', '.join(map(str, paths))} exists")


def read_banking(path: Path) -> Examples:
    with path.open(newline="", encoding="utf-8") as file:
        return Examples.of((row["text"], row["category"]) for row in csv.DictReader(file))


def measure(data: Data, make: Callable[[], Model]) -> dict[str, float]:
    """Return how well models of a kind understand."""
    test = data.clinc_test
    model = make()
    model.fit(data.clinc.texts, data.clinc.labels)
    with_negatives = make()
    with_negatives.fit(data.clinc.texts, data.clinc.labels, data.outside)
    kept, recall, auroc = rejection(model, data)
    _, recall_given, auroc_given = rejection(with_negatives, data)

    rng = np.random.default_rng(0)
    one_typo = [typo(text, rng) for text in test.texts]
    two_typos = [typo(text, rng) for text in one_typo]
    banking = make()
    banking.fit(data.banking.texts, data.banking.labels)
    return {
        "CLINC150 accuracy after rejecting, %": 100 * kept,
        "out-of-scope recall, %": 100 * recall,
        "out-of-scope AUROC": auroc,
        "recall, out-of-scope examples given, %": 100 * recall_given,
        "AUROC, out-of-scope examples given": auroc_given,
        "CLINC150 accuracy, %": accuracy(model, test),
        "CLINC150 with one typo, %": accuracy(model, Examples(one_typo, test.labels)),
        "CLINC150 with two typos, %": accuracy(model, Examples(two_typos, test.labels)),
        "CLINC150 from 10 examples an intent, %": few_shot(make, data.clinc, test),
        "BANKING77 accuracy, %": accuracy(banking, data.banking_test),
        "BANKING77 from 10 examples an intent, %": few_shot(make, data.banking, data.banking_test),
    }


def rejection(model: Model, data: Data) -> tuple[float, float, float]:
    """Return accuracy in scope, where rejected is wrong, recall out of scope, and AUROC.

    The threshold is the score below which one in twenty sentences in scope fall, of a split that
    is neither for training nor for testing (the rule of Larson et al.).
    """
    threshold = np.quantile(model.predict(data.tuning.texts)[1], FALSE_REJECTION)
    labels, inside = model.predict(data.clinc_test.texts)
    _, outside = model.predict(data.outside_test)
    right = np.array(labels) == np.array(data.clinc_test.labels)
    truth = np.r_[np.ones(len(inside)), np.zeros(len(outside))]
    return (
        float((right & (inside >= threshold)).mean()),
        float((outside < threshold).mean()),
        float(roc_auc_score(truth, np.r_[inside, outside])),
    )


def accuracy(model: Model, test: Examples) -> float:
    """Return the share of right labels in percent."""
    return 100 * float(np.mean(np.array(model.predict(test.texts)[0]) == np.array(test.labels)))


def few_shot(make: Callable[[], Model], examples: Examples, test: Examples) -> float:
    """Return the mean accuracy after learning from ten examples of every intent."""
    results = []
    for draw in range(DRAWS):
        few, _ = examples.split(np.random.default_rng(draw), lambda _: SHOTS)
        model = make()
        model.fit(few.texts, few.labels)
        results.append(accuracy(model, test))
    return float(np.mean(results))


def typo(text: str, rng: np.random.Generator) -> str:
    """Swap two letters, drop one, insert one or replace one."""
    i = int(rng.integers(len(text)))
    letter = LETTERS[rng.integers(len(LETTERS))]
    return str(
        rng.choice(
            [
                text[:i] + text[i + 1 : i + 2] + text[i : i + 1] + text[i + 2 :],
                text[:i] + text[i + 1 :],
                text[:i] + letter + text[i:],
                text[:i] + letter + text[i + 1 :],
            ]
        )
    )


def cost(data: Data, encoder: Encoder | None) -> dict[str, float]:
    """Return what a classifier costs: to fit, to keep, and for a sentence."""
    began = time.perf_counter()
    classifier = IntentClassifier(encoder=encoder).fit(data.clinc.texts, data.clinc.labels)
    fitted = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "intents.npz"
        classifier.save(path)
        size = path.stat().st_size
    times = []
    for text in data.clinc_test.texts[:TIMED]:
        began = time.perf_counter()
        classifier.predict(text)
        times.append(1000 * (time.perf_counter() - began))
    return {
        "one sentence, p50 ms": float(np.quantile(times, 0.5)),
        "one sentence, p95 ms": float(np.quantile(times, 0.95)),
        "fit to CLINC150, s": fitted,
        "fitted to CLINC150, MB": size / 1e6,
    }


def show(columns: dict[str, dict[str, float]], notes: Sequence[str]) -> None:
    """Print the table."""
    table = Table(title="Understanding")
    table.add_column("measure", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    for column in ("published", "target", "target, encoder"):
        table.add_column(column)
    for name, texts in MEASURES.items():
        cells = [f"{values[name]:.4g}" if name in values else "" for values in columns.values()]
        table.add_row(name, *cells, *texts)
    console = Console(width=max(Console().width, 120))
    console.print(table)
    for note in notes:
        console.print(note, markup=False)


if __name__ == "__main__":
    main()
