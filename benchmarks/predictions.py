"""How well the next weeks of a customer are foretold, beside simple rules and a peer.

Churn is no order in the next 90 days. Everything learns from days whose outcome was known before
the newest 90 days of the data began, and is measured on those: UCI Online Retail (CC BY 4.0) with
`--data FOLDER`, a folder with `online_retail/online_retail*.csv*`, and CDNOW, which comes with the
peer `lifetimes`.
"""

import argparse
import json
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from lifetimes import BetaGeoFitter
from lifetimes.utils import ConvergenceError
from rich.console import Console
from rich.table import Table
from sklearn.metrics import roc_auc_score

from crm_core.analytics.features import NAMES
from crm_core.analytics.propensity import CHURN, Target, score, train
from crm_core.analytics.snapshots import History, Snapshot
from crm_core.analytics.warehouse import Warehouse, from_tables

HORIZON = 90

# Rows without a customer say nothing of one; codes that do not start with five digits are postage,
# fees and corrections. A return is an invoice of its own, with negative quantities.
ONLINE_RETAIL = """
    SELECT
        dense_rank() OVER (ORDER BY InvoiceNo) AS order_id,
        dense_rank() OVER (ORDER BY StockCode) AS product_id,
        CAST(CustomerID AS BIGINT) AS customer_id,
        CAST(InvoiceDate AS TIMESTAMP) AS ordered_at,
        CAST(round(Quantity * UnitPrice * 100) AS BIGINT) AS amount
    FROM read_csv(?, types = {'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR'}, sample_size = -1)
    WHERE CustomerID IS NOT NULL AND regexp_matches(StockCode, '^[0-9]{5}')
"""
CDNOW = """
    SELECT
        row_number() OVER () AS order_id,
        1 AS product_id,
        CAST(words[1] AS BIGINT) AS customer_id,
        strptime(words[2], '%Y%m%d') AS ordered_at,
        CAST(round(CAST(words[4] AS DOUBLE) * 100) AS BIGINT) AS amount
    FROM (
        SELECT regexp_split_to_array(trim(line), ' +') AS words
        FROM read_csv(?, columns = {'line': 'VARCHAR'}, delim = '|', header = true)
    )
"""
TARGETS = {  # lookback in days -> area under the curve to reach
    "Online Retail": {None: 0.75, 90: 0.76},
    "CDNOW": {None: 0.84, 180: 0.73},
}


def sources(data: Path | None) -> Iterator[tuple[str, str, Path]]:
    """Yield the name, query and file of every data set at hand."""
    if data is not None:
        yield "Online Retail", ONLINE_RETAIL, min(data.glob("online_retail/online_retail*.csv*"))
    (package,) = find_spec("lifetimes").submodule_search_locations  # type: ignore[union-attr, misc]
    yield "CDNOW", CDNOW, Path(package) / "datasets" / "CDNOW_master.txt"


def tables(query: str, path: Path) -> dict[str, pa.Table]:
    """Read a data set into the tables of the warehouse; money is in hundredths."""
    with duckdb.connect() as duck:
        duck.execute(f"CREATE TABLE lines AS {query}", [str(path)])
        queries = {
            "customers": "SELECT DISTINCT customer_id AS id FROM lines",
            "orders": """
                SELECT
                    order_id AS id, customer_id, min(ordered_at) AS ordered_at,
                    CAST(sum(amount) AS BIGINT) AS total, 'XXX' AS currency
                FROM lines GROUP BY ALL
            """,
            "order_lines": "SELECT order_id, product_id, amount, 0 AS discount FROM lines",
        }
        return {name: duck.sql(text).to_arrow_table() for name, text in queries.items()}


def day_after_the_last(orders: pa.Table) -> date:
    last: date = max(orders["ordered_at"].to_pylist()).date()
    return last + timedelta(days=1)


def peer(everybody: Snapshot, lookback: int | None) -> dict[str, float | None]:
    """Fit BG/NBD (Fader, Hardie, Lee 2005) to the same past; return the areas of its two scores."""
    visits, span, tenure, recency = (
        everybody.X[:, NAMES.index(name)] for name in ("visits", "span", "tenure", "recency")
    )
    names = ("BG/NBD P(alive)", "BG/NBD expected orders")
    try:
        fitted = BetaGeoFitter().fit(visits - 1, span, tenure)
    except ConvergenceError:
        return dict.fromkeys(names)
    alive = fitted.conditional_probability_alive(visits - 1, span, tenure)
    expected = fitted.conditional_expected_number_of_purchases_up_to_time(
        HORIZON, visits - 1, span, tenure
    )
    among = recency <= (lookback or np.inf)
    stayed = everybody.next_orders[among] > 0
    return {
        name: float(roc_auc_score(stayed, np.asarray(number)[among]))
        for name, number in zip(names, (alive, expected), strict=True)
    }


def measured(warehouse: Warehouse, target: Target, as_of: date) -> dict[str, Any]:
    """Train and score; return the measures, the areas of the others and the time taken."""
    start = time.perf_counter()
    model = train(warehouse, target, as_of)
    scored = score(warehouse, model, as_of)
    seconds = time.perf_counter() - start
    everybody = History(warehouse).at(as_of - timedelta(days=target.horizon), target.horizon)
    found = model.metrics_
    return {
        "recency alone": found["alone"]["recency"],
        "frequency alone": found["alone"]["orders"],
        **peer(everybody, target.lookback),
        "ours": found["auc"],
        "seconds": seconds,
        "scored": len(scored.customers),
        "measures": found,
    }


def churn(data: Path | None) -> dict[str, dict[str, Any]]:
    """Measure every data set, for everybody and for those active lately."""
    found = {}
    for name, query, path in sources(data):
        history = tables(query, path)
        as_of = day_after_the_last(history["orders"])
        with from_tables(history) as warehouse:
            for lookback, goal in TARGETS[name].items():
                target = replace(CHURN, horizon=HORIZON, lookback=lookback)
                who = "everybody" if lookback is None else f"active in {lookback} days"
                found[f"{name}, {who}"] = {**measured(warehouse, target, as_of), "target": goal}
    return found


def show(found: dict[str, dict[str, Any]]) -> None:
    areas = Table("area under the curve", *found, title=f"Churn: no order in {HORIZON} days")
    for row in (
        *("recency alone", "frequency alone", "BG/NBD P(alive)", "BG/NBD expected orders", "ours"),
        "target",
    ):
        values = [each[row] for each in found.values()]
        sign = "≥ " if row == "target" else ""
        areas.add_row(row, *("no fit" if v is None else f"{sign}{v:.3f}" for v in values))
    measures = Table("ours, on the newest days", *found)
    lines: dict[str, Any] = {
        "95 % interval of the area": lambda m: "{:.3f}–{:.3f}".format(*m["auc_interval"]),
        "customers, did not order": lambda m: f"{m['customers']}, {m['base_rate']:.1%}",
        "average precision": lambda m: f"{m['average_precision']:.3f}",
        "Brier score / everybody at the base rate": lambda m: (
            f"{m['brier']:.4f} / {m['brier_base']:.4f}"
        ),
        "precision of the top tenth, lift": lambda m: f"{m['top_decile']:.3f}, {m['lift']:.2f}",
        "predicted → observed, by fifths": lambda m: "\n".join(
            f"{fifth['predicted']:.2f} → {fifth['observed']:.2f}" for fifth in m["reliability"]
        ),
    }
    for label, text in lines.items():
        measures.add_row(label, *(text(each["measures"]) for each in found.values()))
    measures.add_row("train and score, s", *(f"{each['seconds']:.2f}" for each in found.values()))
    console = Console()
    console.print(areas, measures)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, help="a folder with online_retail/*.csv.gz")
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    if options.data is None:
        print("Without --data FOLDER (with online_retail/online_retail*.csv*) only CDNOW is run.")
    warnings.simplefilter("ignore")  # the peer's own, on every fit
    found = churn(options.data)
    show(found)
    if options.json:
        options.json.write_text(json.dumps({"churn": found}, indent=2))


if __name__ == "__main__":
    main()
