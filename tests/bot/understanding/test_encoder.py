from pathlib import Path

import numpy as np
import pytest

from bot.understanding import encoder
from bot.understanding.classifier import IntentClassifier
from bot.understanding.encoder import MiniLM

installed = pytest.mark.skipif(
    not encoder.available(), reason="the extra [encoder] is not installed"
)


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM()


@installed
def test_similarities_are_those_the_model_is_published_with(minilm: MiniLM) -> None:
    # The example on the model's card, computed there with PyTorch.
    happy, very_happy, sunny = minilm(
        ["That is a happy person", "That is a very happy person", "Today is a sunny day"]
    )
    assert happy @ very_happy == pytest.approx(0.943, abs=0.001)
    assert happy @ sunny == pytest.approx(0.257, abs=0.001)


@installed
def test_a_batch_gives_what_single_sentences_give(minilm: MiniLM) -> None:
    texts = ["how is my pipeline", "close it", "", "🎉", "who is about to leave us?"] * 20
    batch = minilm(texts)
    assert batch.shape == (100, encoder.SIZE)
    np.testing.assert_allclose(
        batch[:5], np.concatenate([minilm([t]) for t in texts[:5]]), atol=1e-5
    )
    np.testing.assert_allclose(np.linalg.norm(batch, axis=1), 1, rtol=1e-5)


@installed
def test_chinese_gets_no_vector(minilm: MiniLM) -> None:
    english, chinese, mixed = minilm(["my deals", "我的商机", "把Acme转给Nancy"])
    assert english.any()
    assert not chinese.any()
    assert not mixed.any()


@installed
def test_long_text_is_cut(minilm: MiniLM) -> None:
    assert minilm(["deal " * 5000]).shape == (1, encoder.SIZE)


@installed
def test_it_finds_the_meaning_of_words_never_seen(minilm: MiniLM) -> None:
    examples = {
        "ticket.create": ["the printer is broken", "I cannot log in", "something does not work"],
        "order.create": ["buy ten chairs", "we want to purchase desks", "order twenty lamps"],
        "talk.greet": ["hello there", "good morning", "hi, nice to see you"],
    }
    texts = [text for some in examples.values() for text in some]
    labels = [label for label, some in examples.items() for _ in some]
    classifier = IntentClassifier(encoder=minilm).fit(texts, labels)
    assert classifier.predict("a malfunctioning machine").guesses[0].label == "ticket.create"
    assert classifier.predict("acquire fifty stools").guesses[0].label == "order.create"


@installed
def test_other_weights_are_refused(tmp_path: Path) -> None:
    for name in encoder.SHA256:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ValueError, match="not the pinned file"):
        MiniLM(tmp_path)


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "REQUIRED", ("no_such_package",))
    assert not encoder.available()
    with pytest.raises(ImportError, match="no_such_package"):
        MiniLM()
