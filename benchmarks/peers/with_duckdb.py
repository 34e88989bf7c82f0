"""The same counts with DuckDB, which reads the SQLite file through its extension.

python with_duckdb.py DATABASE FIRST_DAY LAST_DAY
"""

import sys
from pathlib import Path

import duckdb

database, first, last = sys.argv[1:]
connection = duckdb.connect()
try:
    connection.load_extension("sqlite_scanner")
except duckdb.Error:  # installed as a package beside DuckDB
    import duckdb_extension_sqlite_scanner as extension

    (file,) = Path(extension.__file__).parent.rglob("*.duckdb_extension")
    connection.execute(f"LOAD '{file}'")
connection.execute(f"ATTACH '{database}' AS file (TYPE sqlite, READ_ONLY)")
connection.execute("USE file")
script = Path(__file__).with_name("duckdb.sql").read_text(encoding="utf-8")
for statement in script.replace(":first", f"'{first}'").replace(":last", f"'{last}'").split(";"):
    if statement.strip():
        found = connection.execute(statement).fetchall()
        for row in found if statement.lstrip().startswith("SELECT") else ():
            print(*row, sep=",")
