"""The same features on DuckDB and on Apache Spark, in local mode: `make spark` runs this."""

import asyncio
import shutil
from datetime import timedelta

import pyarrow as pa
import pytest

from crm_core.analytics.features import FEATURES, OUTCOMES, features, outcomes
from crm_core.analytics.warehouse import connect
from tests.office import NOW, Office

pytest.importorskip("pyspark", reason="the optional extra `spark` is not installed")
pytestmark = pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java")

DAYS = [NOW.date() - timedelta(days=days) for days in (0, 60, 200)]


def computed(office: Office, engine: str) -> tuple[pa.Table, pa.Table]:
    with connect(office.db.url, engine) as opened:
        order = ["look", "customer_id"]
        return (
            opened.read(features(opened, *DAYS).order_by(order)),
            opened.read(outcomes(opened, *((day, 45) for day in DAYS)).order_by(order)),
        )


async def test_features_are_those_of_duckdb(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYSPARK_PYTHON", "SPARK_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    ours = await asyncio.to_thread(computed, office, "duckdb")
    sparks = await asyncio.to_thread(computed, office, "spark")
    names = [feature.name for feature in FEATURES], OUTCOMES
    for our, spark, columns in zip(ours, sparks, names, strict=True):
        assert our.num_rows == spark.num_rows > 100
        for name in ("look", "customer_id"):
            assert our[name].to_pylist() == spark[name].to_pylist()
        for name in columns:
            expected = pytest.approx(our[name].to_pylist(), nan_ok=True)
            assert spark[name].to_pylist() == expected, name
