import { createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RecordBatchStreamWriter } from 'apache-arrow'
import { Compression, Table, transformParquetStream, WriterPropertiesBuilder } from 'parquet-wasm'

/**
 * Rows in a row group. The writer holds a whole one compressed, so not pyarrow's default of a million; pages are of 1 MB,
 * as pyarrow's are (DuckDB, the other writer at hand, makes them of 100 MB).
 */
const ROWS_PER_GROUP = 4096

/** Writes record batches as a Parquet file. `codec` is a name of parquet-wasm's: `ZSTD`, `SNAPPY`. */
export async function writeParquet(path, codec, batches) {
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression[codec])
    .setMaxRowGroupSize(ROWS_PER_GROUP)
    .setKeyValueMetadata(new Map([['attrstream.axes', 'L4']]))
    .build()
  async function* tables() {
    for (const batch of batches) {
      const stream = RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true)
      yield* Table.fromIPCStream(stream).recordBatches()
    }
  }
  const bytes = await transformParquetStream(ReadableStream.from(tables()), properties)
  await pipeline(Readable.fromWeb(bytes), createWriteStream(`${path}.part`))
  await rename(`${path}.part`, path)
}
