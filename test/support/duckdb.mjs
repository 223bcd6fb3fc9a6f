// DuckDB's command line, as far as documents need it: runs the SQL of standard input and prints the last result's rows.
import { DuckDBInstance } from '@duckdb/node-api'

let sql = ''
for await (const text of process.stdin.setEncoding('utf8')) sql += text
const connection = await (await DuckDBInstance.create()).connect()
const result = await connection.runAndReadAll(sql)
for (const row of result.getRowsJson()) console.log(JSON.stringify(row))
