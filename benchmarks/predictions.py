"""How well analytics foretell and find, beside simple rules and peers: every figure and its target.

Churn is no order in the next 90 days. Everything learns from days whose outcome was known before
the newest 90 days of the data began, and is measured on those: UCI Online Retail (CC BY 4.0) with
`--data FOLDER`, a folder with `online_retail/online_retail*.csv*`, and CDNOW, which comes with the
peer `lifetimes`. Value is measured on CDNOW, baskets and recommendations on Online Retail, lift on
the Hillstrom e-mail test (`hillstrom/hillstrom*.csv*`).
"""

import argparse
import csv
import json
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
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
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from crm_core.analytics.baskets import Baskets, frequent_sets
from crm_core.analytics.baskets import rules as association
from crm_core.analytics.features import NAMES
from crm_core.analytics.lifetime import Spend, Visits
from crm_core.analytics.lift import means, rates, size_for_rates, targeting
from crm_core.analytics.propensity import CHURN, Target, score, train
from crm_core.analytics.recommend import Purchases, leave_last_out
from crm_core.analytics.snapshots import History, Snapshot
from crm_core.analytics.warehouse import from_tables

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
PURCHASES = """
    SELECT
        CAST(CustomerID AS BIGINT) AS customer,
        dense_rank() OVER (ORDER BY InvoiceNo) AS basket,
        dense_rank() OVER (ORDER BY upper(StockCode)) AS product,
        date_diff('day', DATE '2010-01-01', CAST(min(InvoiceDate) AS DATE)) AS day
    FROM read_csv(
        '{path}', types = {{'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR'}}, sample_size = -1
    )
    WHERE InvoiceNo NOT LIKE 'C%' AND Quantity > 0 AND UnitPrice > 0
        AND regexp_matches(StockCode, '^[0-9]{{5}}') AND {kept}
    GROUP BY CustomerID, InvoiceNo, StockCode
"""
LIFT = {  # visits, conversions, spend
    "Mens": ("+7.66 [6.99, 8.32]", "+.681 [.501, .864]", "+.770 [.485, 1.055]"),
    "Womens": ("+4.52 [3.89, 5.16]", "+.311 [.150, .475]", "+.424 [.169, .680]"),
}
Rows = dict[str, tuple[str, str, str]]  # ours, the peer's or what happened, the target
(PACKAGE,) = find_spec("lifetimes").submodule_search_locations  # type: ignore[union-attr, misc]
CDNOW_FILES = Path(PACKAGE) / "datasets"
TARGETS = {  # lookback in days -> area under the curve to reach
    "Online Retail": {None: 0.75, 90: 0.76},
    "CDNOW": {None: 0.84, 180: 0.73},
}


def sources(data: Path | None) -> Iterator[tuple[str, str, Path]]:
    """Yield the name, query and file of every data set at hand."""
    if data is not None:
        yield "Online Retail", ONLINE_RETAIL, min(data.glob("online_retail/online_retail*.csv*"))
    yield "CDNOW", CDNOW, CDNOW_FILES / "CDNOW_master.txt"


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


def measured(history: History, target: Target, as_of: date) -> dict[str, Any]:
    """Train and score; return the measures, the areas of the others and the time taken."""
    start = time.perf_counter()
    model = train(history, target, as_of)
    scored = score(history, model, as_of)
    seconds = time.perf_counter() - start
    everybody = history.at(as_of - timedelta(days=target.horizon), target.horizon)
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
                found[f"{name}, {who}"] = {
                    **measured(History(warehouse), target, as_of),
                    "target": goal,
                }
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


def value() -> Rows:
    """Measure visits and spend on CDNOW: 39 weeks to learn from, 39 to foretell."""
    folder = CDNOW_FILES / "cdnow_customers_summary_with_transactions.csv"
    with folder.open() as file:
        x, seen, age, mean = np.array(
            [list(row.values())[1:] for row in csv.DictReader(file)], float
        ).T
    Visits().fit(x, seen, age)  # imports what is imported once
    seconds, visits = timed(lambda: Visits().fit(x, seen, age))
    peer_seconds, _ = timed(lambda: BetaGeoFitter().fit(x, seen, age))
    spend = Spend().fit(x, mean)
    later = cdnow_holdout(len(x))
    expected = visits.expected(39, x, seen, age)
    many = [np.tile(each, 1_000_000 // len(x) + 1)[:1_000_000] for each in (x, seen, age)]
    million, _ = timed(lambda: Visits().fit(*many).expected(365, *many))
    return {
        "r, alpha, a, b": (
            f"{visits.r_:.3f} {visits.alpha_:.3f} {visits.a_:.3f} {visits.b_:.3f}",
            "",
            ".243 4.414 .793 2.426",
        ),
        "log-likelihood": (f"{visits.log_likelihood_:.2f}", "", "-9582.43 ± .01"),
        "Gamma-Gamma p, q, v": (
            f"{spend.p_:.2f} {spend.q_:.2f} {spend.v_:.2f}",
            "",
            "6.25 3.74 15.45",
        ),
        "expected of (2, 30.43, 38.86)": (
            f"{visits.expected(39, 2, 30.43, 38.86)[0]:.3f}",
            "",
            "1.226",
        ),
        "P(alive) of it": (f"{float(visits.alive(2, 30.43, 38.86)):.3f}", "", ".727"),
        "bought in 39 weeks, foretold": (f"{expected.sum():.0f}", f"{later.sum():.0f}", "1653"),
        "correlation": (f"{np.corrcoef(expected, later)[0, 1]:.3f}", "", ".626"),
        "mean absolute error": (f"{np.abs(expected - later).mean():.3f}", "", ".786"),
        "fit, s": (f"{seconds:.3f}", f"{peer_seconds:.3f}", "≤ .08"),
        "fit and foretell 1M customers, s": (f"{million:.2f}", "", "≤ 5"),
    }


def cdnow_holdout(customers: int) -> np.ndarray:
    """Count the days with a purchase in the 39 weeks from 1997-10-01, of the tenth published."""
    later: list[set[str]] = [set() for _ in range(customers)]
    seen: dict[str, int] = {}
    for line in (CDNOW_FILES / "CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, *_ = line.split()
        row = seen.setdefault(customer, len(seen))
        if day >= "19971001":
            later[row].add(day)
    return np.array([len(days) for days in later], float)


def lines_of(data: Path, kept: str) -> dict[str, np.ndarray]:
    """Read the purchases of Online Retail as arrays: customer, order, product, day."""
    path = min(data.glob("online_retail/online_retail*.csv*"))
    found: dict[str, np.ndarray] = duckdb.sql(PURCHASES.format(path=path, kept=kept)).fetchnumpy()
    return {name: np.asarray(column).astype(np.int64) for name, column in found.items()}


def rules(data: Path) -> Rows:
    """Find all association rules, beside mlxtend in the same run, and of ten times the baskets."""
    lines = lines_of(data, "true")
    once = Baskets(lines["basket"], lines["product"])
    seconds, found = timed(lambda: (len(frequent_sets(once, 0.01)), len(association(once, 0.01))))
    peer_seconds, peer = timed(lambda: mlxtend_rules(once))
    copies = [lines["basket"] + copy * 10**7 for copy in range(10)]
    tenfold = Baskets(np.concatenate(copies), np.tile(lines["product"], 10))
    seconds_10, _ = timed(lambda: association(tenfold, 0.01))
    baskets_, items = once.count, len(np.unique(once.products))
    return {
        "baskets × items": (f"{baskets_:,} × {items:,}", "", "whole year: 19,773 × 3,791"),
        "item sets, rules": (
            "{:,}, {:,}".format(*found),
            "{:,}, {:,}".format(*peer),
            "the same (whole year 2,026, 1,950)",
        ),
        "sets and rules, s": (f"{seconds:.2f}", f"{peer_seconds:.2f}", "≤ 4.2"),
        "ten times the baskets, s": (f"{seconds_10:.2f}", "", "≤ 10"),
    }


def mlxtend_rules(baskets: Baskets) -> tuple[int, int]:
    import pandas as pd
    from mlxtend.frequent_patterns import association_rules, fpgrowth
    from scipy.sparse import csr_matrix

    _, row = np.unique(baskets.orders, return_inverse=True)
    names, column = np.unique(baskets.products, return_inverse=True)
    table = pd.DataFrame.sparse.from_spmatrix(csr_matrix((np.ones(len(row), bool), (row, column))))
    table.columns = [str(name) for name in names]
    sets = fpgrowth(table, 0.01)
    return len(sets), len(association_rules(sets, metric="confidence", min_threshold=0.3))


def recommendations(data: Path) -> Rows:
    """Hide everybody's last basket, and count whose list of ten holds a part of it."""
    lines = lines_of(data, "CustomerID IS NOT NULL")
    bought = Purchases(
        lines["customer"], lines["basket"], lines["product"], lines["day"].max() - lines["day"]
    )
    seconds, hits = timed(lambda: leave_last_out(bought))
    return {
        "buy again": (f"{hits['buy again']:.3f}", f"{hits['popular']:.3f} popular", "≥ .72"),
        "new for you": (
            f"{hits['new for you']:.3f}",
            f"{hits['popular, new']:.3f} popular",
            "≥ .41",
        ),
        "seconds": (f"{seconds:.1f}", "", ""),
    }


def campaign(data: Path) -> Rows:
    """Compare the mails of the Hillstrom test with no mail; rates in points."""
    path = min(data.glob("hillstrom/hillstrom*.csv*"))
    rows = duckdb.sql(f"SELECT * FROM read_csv('{path}')").fetchnumpy()
    none = rows["segment"] == "No E-Mail"
    found: Rows = {}
    for mail, targets in LIFT.items():
        sent = rows["segment"] == f"{mail} E-Mail"
        for outcome, target in zip(("visit", "conversion"), targets, strict=False):
            events = [int(rows[outcome][group].sum()) for group in (sent, none)]
            effect = rates(events[0], int(sent.sum()), events[1], int(none.sum()))
            shown = [100 * each for each in (effect.difference, effect.low, effect.high)]
            found[f"{mail} {outcome}"] = ("{:+.3f} [{:.3f}, {:.3f}]".format(*shown), "", target)
        effect = means(rows["spend"][sent], rows["spend"][none])
        shown = [effect.difference, effect.low, effect.high]
        found[f"{mail} spend"] = ("{:+.3f} [{:.3f}, {:.3f}]".format(*shown), "", targets[2])
        ranked = targeting(*ranking(rows, sent, none))
        verdict = "evidence" if ranked.evident else "no targeting evidence"
        found[f"{mail} targeting by visits"] = (
            f"qini {ranked.qini:+.4f}, by chance up to {ranked.noise:.4f}: {verdict}",
            "",
            "no evidence" if mail == "Mens" else "",
        )
    sizes = [size_for_rates(*each)[0] for each in ((0.05, 0.06), (0.1, 0.12), (0.1, 0.15))]
    found["sizes an arm"] = ("{:,} {:,} {:,}".format(*sizes), "", "8,158 3,841 686")
    return found


def ranking(
    rows: dict[str, np.ndarray], sent: np.ndarray, none: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rank half of the customers by how much more likely they visit with a mail than without.

    Learnt from the other half: two logistic regressions, one of each group.
    """
    known = np.column_stack(
        [
            rows["recency"],
            np.log1p(rows["history"]),
            *(rows[name] for name in ("mens", "womens", "newbie")),
            *(rows[name] == value for name in ("zip_code", "channel") for value in set(rows[name])),
        ]
    ).astype(float)
    learns = np.arange(len(known)) % 2 == 0
    with_mail, without = (
        LogisticRegression(max_iter=1000).fit(known[group & learns], rows["visit"][group & learns])
        for group in (sent, none)
    )
    asked = (sent | none) & ~learns
    gained = with_mail.predict_proba(known[asked]) - without.predict_proba(known[asked])
    return gained[:, 1], sent[asked], rows["visit"][asked]


def timed(task: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = task()
    return time.perf_counter() - start, result


def show_rows(title: str, rows: Rows) -> None:
    table = Table(title, "ours", "peer, or what happened", "target")
    for name, cells in rows.items():
        table.add_row(name, *cells)
    Console().print(table)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, help="a folder with online_retail/*.csv.gz")
    arguments.add_argument("--json", type=Path)
    everything = ["value", "rules", "recommendations", "campaign", "churn"]
    arguments.add_argument("--only", nargs="+", choices=everything, default=everything)
    options = arguments.parse_args()
    if options.data is None:
        print("Without --data FOLDER only CDNOW is run.")
    warnings.simplefilter("ignore")  # the peer's own, on every fit
    parts: dict[str, Callable[[], Rows]] = {"value": value}
    if options.data is not None:
        for part in (rules, recommendations, campaign):
            parts[part.__name__] = partial(part, options.data)
    found: dict[str, Any] = {}
    for name, measure in parts.items():
        if name in options.only:
            found[name] = measure()
            show_rows(name, found[name])
    if "churn" in options.only:
        found["churn"] = churn(options.data)
        show(found["churn"])
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
