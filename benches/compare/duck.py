"""The comparison's questions, asked of DuckDB in the fastest way that gives the same answers.

    python3 duck.py status|path-bytes|top|level|sales|visitor|session FILE

Not called duckdb.py: Python would import this file instead of the module.

A line of combined format is read as CSV with a blank between fields and quotes around those with blanks; the time then is
two fields. The column types are given, so that nothing is sniffed, and DuckDB reads only the columns that a query needs.
Rows in any order let it work in parallel without putting chunks back in order. Lines cut off are left out. Percentiles are
exact, as jug's are here.
"""

import sys

import duckdb

COLUMNS = "ip ident user day zone request status bytes referer agent".split()
ACCESS = (
    "read_csv(?, delim = ' ', quote = '\"', escape = '\"', header = false, auto_detect = false, strict_mode = false, "
    "ignore_errors = true, columns = {" + ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS) + "})"
)
SALES = {name: "VARCHAR" for name in "id time region product quantity price customer note".split()} | {"price": "DECIMAL(12,2)"}
VISITS = {"visitor": "VARCHAR", "session": "VARCHAR", "bytes": "BIGINT"}


def table(columns: dict[str, str]) -> str:
    """Reads CSV with a header and these columns."""
    pairs = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return f"read_csv(?, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {{{pairs}}})"


QUERIES = {
    "status": f"SELECT status, count(*) AS count FROM {ACCESS} GROUP BY status",
    "path-bytes": "SELECT split_part(split_part(request, ' ', 2), '?', 1) AS path, count(*) AS count, "
    f"sum(TRY_CAST(bytes AS BIGINT)) AS sum_bytes FROM {ACCESS} GROUP BY path",
    "level": "SELECT level, count(*) AS count, avg(rt) AS avg_rt, quantile_disc(rt, 0.99) AS p99_rt "
    "FROM read_ndjson(?, columns = {'level': 'VARCHAR', 'rt': 'DOUBLE'}) GROUP BY level",
    "top": f"SELECT TRY_CAST(bytes AS BIGINT) AS bytes FROM {ACCESS} WHERE TRY_CAST(bytes AS BIGINT) IS NOT NULL "
    "ORDER BY 1 DESC LIMIT 10",
    "sales": f"SELECT product, count(*) AS count, sum(price) AS sum_price FROM {table(SALES)} GROUP BY product",
} | {
    key: f"SELECT {key}, count(*) AS count FROM {table(VISITS)} GROUP BY {key} ORDER BY count DESC, {key} LIMIT 10"
    for key in ("visitor", "session")
}


def main() -> None:
    """Prints the answer as TSV with a header."""
    query, file = sys.argv[1:]
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    result = connection.execute(QUERIES[query], [file])
    print("\t".join(column[0] for column in result.description))
    for row in result.fetchall():
        print("\t".join("" if value is None else str(value) for value in row))


if __name__ == "__main__":
    main()
