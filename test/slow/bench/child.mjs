/** One measured task in a process of its own: `node child.mjs TASK FILE...` prints what it counted as JSON. */
import { open } from 'node:fs/promises'
import { RecordBatchReader } from 'apache-arrow'

const [task, path, ...others] = process.argv.slice(2)

/** Reads the bytes of a file, 1 MiB at a time into one buffer. */
async function readBytes() {
  const file = await open(path)
  const buffer = new Uint8Array(2 ** 20)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, bytes)
    if (bytesRead === 0) break
    bytes += bytesRead
  }
  await file.close()
  return { bytes }
}

/** Reads records with attrstream's own source and sums every value. */
async function readAndSum() {
  const { openColumns } = await import('../../../dist/sources/open.js')
  const { attributionRecords } = await import('../../../dist/sources/records/records.js')
  let records = 0
  let positions = 0
  let sum = 0
  for (const file of [path, ...others]) {
    const source = attributionRecords(await openColumns(file))
    for await (const batch of source.read()) {
      batch.forEach(({ attribution, sequence }) => {
        records++
        positions += sequence.length
        sum += sumOf(attribution)
      })
    }
    await source.close()
  }
  return { records, positions, sum }
}

/** The same with apache-arrow's own reader. */
async function readAndSumByApacheArrow() {
  const file = await open(path)
  const reader = await RecordBatchReader.from(file)
  let records = 0
  let values = 0
  let sum = 0
  for await (const batch of reader) {
    const numbers = batch.getChild('attributions').data[0].children[0].values
    records += batch.numRows
    values += numbers.length
    sum += sumOf(numbers)
  }
  await file.close()
  return { records, positions: values / 4, sum }
}

function sumOf(values) {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum
}

const tasks = { bytes: readBytes, sum: readAndSum, 'apache-arrow': readAndSumByApacheArrow }
console.log(JSON.stringify(await tasks[task]()))
