"""What somebody does who may write into the ledger's file: a hundred votes more, by hand."""

import sqlite3

connection = sqlite3.connect("night.db")
connection.execute(
    "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT),"
    """ '"votes":1286', '"votes":1386') AS BLOB) WHERE rowid = 28"""
)
connection.commit()
