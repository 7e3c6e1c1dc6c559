"""Nodes, edges and facts as files for databases: SQLite, Parquet and DuckDB."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from typing import Any

from vaultkit.export.contents import Contents, Sheet, sheets
from vaultkit.export.zipped import zipped

_SQL = {str: "TEXT NOT NULL", int: "INTEGER NOT NULL", float: "REAL", bool: "INTEGER NOT NULL", list: "TEXT NOT NULL"}
_INDEXES = (("edges", "source"), ("edges", "target"), ("edges", "role"), ("facts", "subject"), ("facts", "object"))


def sqlite(contents: Contents) -> bytes:
    """A database that is made in memory; lists are JSON, which SQLite itself can take apart."""
    with closing(sqlite3.connect(":memory:")) as made:
        for sheet in sheets(contents):
            first, *others = (f'"{name}" {_SQL[kind]}' for name, kind in sheet.columns)
            made.execute(f"CREATE TABLE {sheet.name} ({', '.join([f'{first} PRIMARY KEY', *others])}) WITHOUT ROWID")
            marks = ", ".join("?" * len(sheet.columns))
            made.executemany(f"INSERT INTO {sheet.name} VALUES ({marks})", map(_sql_row, sheet.rows))  # noqa: S608
        for table, column in _INDEXES:
            made.execute(f"CREATE INDEX {table}_by_{column} ON {table} ({column})")
        made.commit()
        made.execute("VACUUM")
        return made.serialize()


def _sql_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value for value in row)


def parquet(contents: Contents) -> bytes:
    """An archive of one file per kind of record."""
    from pyarrow import parquet as files

    made = []
    for sheet in sheets(contents):
        buffer = io.BytesIO()
        files.write_table(_arrow(sheet), buffer, compression="zstd")
        made.append((f"{sheet.name}.parquet", buffer.getvalue()))
    return zipped(made)


def _arrow(sheet: Sheet) -> Any:
    import pyarrow as pa

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), list: pa.list_(pa.string())}
    schema = pa.schema([pa.field(name, types[kind], nullable=kind is float) for name, kind in sheet.columns])
    columns = list(zip(*sheet.rows, strict=True)) or [()] * len(sheet.columns)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
