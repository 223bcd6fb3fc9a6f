import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const attrstream = import.meta.resolve('attrstream')
const command = fileURLToPath(new URL('cli/main.js', attrstream))
const sample = fileURLToPath(new URL('../data-samples/tf-mindi.parquet', attrstream))

/** The rows that the pipeline prints for some files: a JSON object a line. */
function run(...inputs) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [command, 'run', '{{pipeline}}', '--format', 'ndjson', ...inputs],
    {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    },
  )
  assert.equal(stderr, '')
  assert.equal(status, 0)
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

void test('GC content of the maps that come with attrstream', () => {
  const [row] = run(sample)
  assert.equal(row.model, 'tf-mindi')
  // Counted with NumPy: 9,413 of 21,000 bases, and 1,671 of the 3,678 in attributed runs.
  assert.equal(row.gc_of_all, 9413 / 21000)
  assert.equal(row.gc_of_runs, 1671 / 3678)
})
