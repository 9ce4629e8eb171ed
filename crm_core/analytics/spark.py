"""Apache Spark as the engine of the warehouse: the optional extra `spark`, which needs Java.

Where it runs and with how much memory is said by Spark's own configuration (`SPARK_CONF_DIR`,
`spark.master`); without any it runs in this process, on all cores.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import URL

from crm_core.analytics.source import stream
from crm_core.analytics.warehouse import TABLES

if TYPE_CHECKING:
    import ibis

KINDS = {"int64": "BIGINT", "int32": "INT", "timestamp": "TIMESTAMP", "string": "STRING"}


@contextmanager
def spark(address: URL) -> Iterator["ibis.BaseBackend"]:
    """Hand the tables of an operational database to Spark, as Parquet files in a folder.

    On a cluster the temporary folder (`TMPDIR`) must be one that its machines share.
    """
    import ibis
    from pyarrow.parquet import ParquetWriter
    from pyspark.sql import SparkSession

    session = SparkSession.builder.appName("crm").getOrCreate()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    backend = ibis.pyspark.connect(session)
    try:
        with TemporaryDirectory(prefix="crm-spark-") as folder:
            for name, columns in TABLES.items():
                path = Path(folder) / f"{name}.parquet"
                with (
                    stream(address, name, columns) as rows,
                    ParquetWriter(path, rows.schema) as file,
                ):
                    for batch in rows:
                        file.write_batch(batch)
                typed = (
                    f"try_cast({column} AS {KINDS[kind]}) AS {column}"
                    for column, kind in columns.items()
                )
                table = session.read.parquet(str(path)).selectExpr(*typed)
                if "customer_id" in columns:
                    table = table.where("customer_id IS NOT NULL")
                table.createOrReplaceTempView(name)
            yield backend
    finally:
        backend.disconnect()
