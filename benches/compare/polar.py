"""Questions of the comparison, asked of Polars, lazily, so that it reads in parallel and only the columns that it needs.

    python3 polar.py level|sales|visitor|session FILE
"""

import sys

import polars
from polars import col


def question(name: str, file: str) -> polars.LazyFrame:
    """The question as a plan."""
    match name:
        case "level":
            # An exact percentile by nearest rank: the smallest value that at least 99 % of the values do not exceed.
            rank = (polars.len() * 99 + 99) // 100 - 1
            return (
                polars.scan_ndjson(file, schema={"level": polars.String, "rt": polars.Float64})
                .group_by("level")
                .agg(count=polars.len(), avg_rt=col("rt").mean(), p99_rt=col("rt").sort().get(rank))
            )
        case "sales":
            return (
                polars.scan_csv(file, schema_overrides={"price": polars.Float64}, infer_schema=False)
                .group_by("product")
                .agg(count=polars.len(), sum_price=col("price").sum())
            )
        case _:
            return (
                polars.scan_csv(file, infer_schema=False)
                .group_by(name)
                .agg(count=polars.len())
                .sort(["count", name], descending=[True, False])
                .head(10)
            )


def main() -> None:
    """Prints the answer as TSV with a header."""
    name, file = sys.argv[1:]
    question(name, file).collect(engine="streaming").write_csv(sys.stdout.buffer, separator="\t")


if __name__ == "__main__":
    main()
