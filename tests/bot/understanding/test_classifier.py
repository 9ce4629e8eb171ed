import json
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.understanding import classifier as module
from bot.understanding.classifier import IntentClassifier

EXAMPLES = {
    "deal.move": """
        move the Acme deal to negotiation | push the Globex deal into proposal
        the Initech deal is now qualified | we lost the Umbrella deal | mark the renewal as won
        把阿里那单推进到谈判 | 华为的商机改成赢单 | 将腾讯的单子移到报价阶段 | 那个商机丢了
    """,
    "deal.pipeline": """
        how is my pipeline | show me the pipeline | what does our sales funnel look like
        pipeline for this quarter | how much is in the funnel | give me a pipeline summary
        销售漏斗怎么样 | 看一下我的销售漏斗 | 本季度漏斗 | 漏斗里有多少钱
    """,
    "ticket.resolve": """
        close ticket 1042 | resolve 1181 please | ticket 77 is done, close it
        mark 1042 as resolved | you can close the ticket | that ticket is solved
        关闭工单1042 | 把工单77关了 | 工单1181已经解决 | 结束这个工单
    """,
    "task.create": """
        remind me to call Acme tomorrow at 3pm | set a reminder to send the offer on Friday
        don't let me forget to email Dana | remind me next week to check the contract
        new task: prepare the slides | I have to ring Globex on Monday, remind me
        提醒我明天下午3点给华为打电话 | 下周五提醒我发报价 | 别忘了提醒我开会 | 新建任务：准备合同
    """,
    "order.list": """
        what did Acme buy last quarter | list the orders of Globex | all orders from March
        which orders did Initech place | show me this year's orders | orders still unpaid
        阿里上季度买了什么 | 华为的订单有哪些 | 列出三月份的订单 | 还没付款的订单
    """,
    "churn.list": """
        who is about to leave | which customers might churn | customers at risk of leaving us
        show me who we could lose | any accounts likely to churn | who is going to cancel soon
        哪些客户可能流失 | 谁快要离开我们了 | 有流失风险的客户 | 最近可能丢掉哪些客户
    """,
}
TEXTS, LABELS = zip(
    *(
        (text.strip(), label)
        for label, lines in EXAMPLES.items()
        for line in lines.strip().splitlines()
        for text in line.split("|")
    ),
    strict=True,
)
NEW = {
    "please move the Hooli deal to won": "deal.move",
    "what's in my funnel this month": "deal.pipeline",
    "please close 2044": "ticket.resolve",
    "remind me on Tuesday to call Dana": "task.create",
    "what did Umbrella buy this year": "order.list",
    "which accounts could we lose": "churn.list",
    "把百度那单推进到报价": "deal.move",
    "我的漏斗怎么样": "deal.pipeline",
    "工单2044可以关闭了": "ticket.resolve",
    "明天提醒我给Dana发邮件": "task.create",
    "Acme今年的订单": "order.list",
    "可能流失的客户有谁": "churn.list",
}
OUT_OF_SCOPE = [
    "how far is the moon",
    "tell me a joke about penguins",
    "boil two eggs",
    "为什么天空是蓝色",
    "🎉🎉🎉",
    "",
]


def letters(texts: Sequence[str]) -> NDArray[np.float32]:
    """Encode a sentence as its pairs of letters; it reads no Chinese."""
    vectors = np.zeros((len(texts), 26 * 26), dtype=np.float32)
    for vector, text in zip(vectors, texts, strict=True):
        if text.isascii():
            codes = [ord(letter) - ord("a") for letter in text.lower() if letter.isalpha()]
            for a, b in pairwise(codes):
                vector[26 * a + b] += 1
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
    return vectors


@pytest.fixture(scope="module")
def fitted() -> IntentClassifier:
    return IntentClassifier().fit(TEXTS, LABELS)


@pytest.fixture(scope="module")
def fitted_with_encoder() -> IntentClassifier:
    return IntentClassifier(encoder=letters).fit(TEXTS, LABELS)


@pytest.mark.parametrize(("sentence", "intent"), NEW.items())
def test_finds_the_intent_of_new_sentences(
    fitted: IntentClassifier, sentence: str, intent: str
) -> None:
    assert fitted.predict(sentence).guesses[0].label == intent


def test_guesses_are_the_best_few_and_their_confidences_probabilities(
    fitted: IntentClassifier,
) -> None:
    guesses = fitted.predict("close the deal").guesses
    assert len(guesses) == 3
    confidences = [guess.confidence for guess in guesses]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < sum(confidences) <= 1
    every = IntentClassifier(n_guesses=9).fit(TEXTS, LABELS).predict("close the deal").guesses
    assert {guess.label for guess in every} == set(EXAMPLES)
    assert sum(guess.confidence for guess in every) == pytest.approx(1)


def test_confidence_is_higher_for_a_known_sentence_than_for_an_ambiguous_one(
    fitted: IntentClassifier,
) -> None:
    clear = fitted.predict("which customers might churn").guesses[0]
    unclear = fitted.predict("close the deal").guesses[0]
    assert clear.confidence > unclear.confidence


@pytest.mark.parametrize("encoder", ["fitted", "fitted_with_encoder"])
def test_tells_what_is_out_of_scope(encoder: str, request: pytest.FixtureRequest) -> None:
    classifier: IntentClassifier = request.getfixturevalue(encoder)
    assert min(found.in_scope for found in classifier.predict_many(list(NEW))) > 0.5
    assert max(found.in_scope for found in classifier.predict_many(OUT_OF_SCOPE)) < 0.5


def test_negatives_lower_what_is_like_them() -> None:
    sentence = "how far is it to the moon"
    without = IntentClassifier().fit(TEXTS, LABELS).predict(sentence)
    negatives = ["how far is the moon", "how far is it to Paris", "how far away is the sun"]
    given = IntentClassifier().fit(TEXTS, LABELS, negatives).predict(sentence)
    assert given.in_scope < without.in_scope
    assert {guess.label for guess in given.guesses} <= set(EXAMPLES)


def test_a_typing_error_changes_little(fitted: IntentClassifier) -> None:
    rng = np.random.default_rng(0)
    garbled, labels = [], []
    for sentence, label in NEW.items():
        for i in rng.integers(len(sentence) - 1, size=5):
            before, a, b, after = sentence[:i], sentence[i], sentence[i + 1], sentence[i + 2 :]
            garbled += [before + b + a + after, before + b + after]
            labels += [label, label]
    found = [classification.guesses[0].label for classification in fitted.predict_many(garbled)]
    assert np.mean(np.array(found) == np.array(labels)) >= 0.95


def test_the_words_of_a_label_are_an_example() -> None:
    texts = ["alpha", "beta", "gamma"]
    classifier = IntentClassifier().fit(texts, ["deal.move", "order.list", "churn.list"])
    assert classifier.predict("move deal").guesses[0].label == "deal.move"


def test_equal_seeds_give_equal_classifiers(fitted: IntentClassifier) -> None:
    again = IntentClassifier().fit(TEXTS, LABELS)
    assert again.predict_many([*NEW, *OUT_OF_SCOPE]) == fitted.predict_many([*NEW, *OUT_OF_SCOPE])
    assert again.threshold_ == fitted.threshold_


@pytest.mark.parametrize("encoder", [None, letters])
def test_saved_and_loaded_it_predicts_the_same(
    encoder: module.Encoder | None, tmp_path: Path
) -> None:
    classifier = IntentClassifier(n_guesses=2, encoder=encoder).fit(TEXTS, LABELS)
    path = tmp_path / "new" / "intents.npz"
    classifier.save(path)
    loaded = IntentClassifier.load(path, encoder)
    assert loaded.predict_many([*NEW, *OUT_OF_SCOPE]) == classifier.predict_many(
        [*NEW, *OUT_OF_SCOPE]
    )
    assert loaded.threshold_ == classifier.threshold_
    assert [entry.name for entry in path.parent.iterdir()] == ["intents.npz"]


def test_the_file_holds_plain_numbers_only(fitted: IntentClassifier, tmp_path: Path) -> None:
    fitted.save(tmp_path / "intents.npz")
    with np.load(tmp_path / "intents.npz", allow_pickle=False) as file:
        kinds = {name: array.dtype.kind for name, array in file.items()}
    assert set(kinds.values()) <= {"f", "i", "u"}


def test_loading_and_predicting_need_neither_sklearn_nor_scipy(
    fitted: IntentClassifier, tmp_path: Path
) -> None:
    fitted.save(tmp_path / "intents.npz")
    program = """
import json, sys
from pathlib import Path
from bot.understanding.classifier import IntentClassifier
found = IntentClassifier.load(Path(sys.argv[1])).predict("close ticket 9")
print(json.dumps([found.guesses[0].label, [m for m in ("sklearn", "scipy") if m in sys.modules]]))
"""
    command = [sys.executable, "-c", program, str(tmp_path / "intents.npz")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(printed) == ["ticket.resolve", []]


def test_it_is_fitted_again_only_when_something_changed(tmp_path: Path) -> None:
    path = tmp_path / "intents.npz"
    first = IntentClassifier.load_or_fit(path, TEXTS, LABELS)
    written = path.stat().st_mtime_ns
    same = IntentClassifier.load_or_fit(path, TEXTS, LABELS)
    assert path.stat().st_mtime_ns == written
    assert same.fingerprint_ == first.fingerprint_

    fingerprints = {first.fingerprint_}
    others = [("deal.move", LABELS[:-1]), ("churn.list", LABELS[:-1])]
    for label, labels in others:
        texts = [*TEXTS[:-1], "something new"]
        changed = IntentClassifier.load_or_fit(path, texts, [*labels, label])
        fingerprints.add(changed.fingerprint_)
    fingerprints.add(IntentClassifier.load_or_fit(path, TEXTS, LABELS, ["joke"]).fingerprint_)
    fingerprints.add(IntentClassifier.load_or_fit(path, TEXTS, LABELS, C=0.5).fingerprint_)
    fingerprints.add(
        IntentClassifier.load_or_fit(path, TEXTS, LABELS, encoder=letters).fingerprint_
    )
    assert len(fingerprints) == 6
    assert IntentClassifier.load(path, letters).fingerprint_ in fingerprints


@pytest.mark.parametrize("content", [b"", b"not a zip file", b"PK\x03\x04broken"])
def test_an_unreadable_file_is_replaced(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "intents.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a saved classifier"):
        IntentClassifier.load(path)
    IntentClassifier.load_or_fit(path, TEXTS, LABELS)
    assert IntentClassifier.load(path).classes_ == sorted(EXAMPLES)


def test_a_file_of_another_version_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "intents.npz"
    old = IntentClassifier.load_or_fit(path, TEXTS, LABELS)
    monkeypatch.setattr(module, "VERSION", module.VERSION + 1)
    with pytest.raises(ValueError, match="version"):
        IntentClassifier.load(path)
    assert IntentClassifier.load_or_fit(path, TEXTS, LABELS).fingerprint_ != old.fingerprint_


def test_a_file_needs_its_encoder(fitted: IntentClassifier, tmp_path: Path) -> None:
    fitted.save(tmp_path / "intents.npz")
    with pytest.raises(ValueError, match="fitted without an encoder"):
        IntentClassifier.load(tmp_path / "intents.npz", letters)


def test_two_intents_are_too_few() -> None:
    with pytest.raises(ValueError, match="three intents"):
        IntentClassifier().fit(["a", "b"], ["x", "y"])


def test_every_text_needs_a_label() -> None:
    with pytest.raises(ValueError, match="4 texts have 3 labels"):
        IntentClassifier().fit(["a", "b", "c", "d"], ["x", "y", "z"])


def test_an_encoder_that_reads_nothing_does_no_harm() -> None:
    chinese = [pair for pair in zip(TEXTS, LABELS, strict=True) if not pair[0].isascii()]
    classifier = IntentClassifier(encoder=letters).fit(
        [text for text, _ in chinese], [label for _, label in chinese]
    )
    assert classifier.predict("我的漏斗怎么样").guesses[0].label == "deal.pipeline"


@pytest.mark.parametrize("encoder", ["fitted", "fitted_with_encoder"])
@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", "move " * 2000, "把" * 10_000, "🎉👍🏽" * 2000, "a" * 10_000, "\ud83d", "|||"],
    ids=["empty", "blank", "null", "words", "Chinese", "emoji", "letters", "surrogate", "bars"],
)
def test_odd_text_is_answered_at_once(
    encoder: str, text: str, request: pytest.FixtureRequest
) -> None:
    classifier: IntentClassifier = request.getfixturevalue(encoder)
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        found = classifier.predict(text)
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.020
    assert len(found.guesses) == 3
    assert 0 <= found.in_scope <= 1


def test_nothing_to_classify(fitted: IntentClassifier) -> None:
    assert fitted.predict_many([]) == []
