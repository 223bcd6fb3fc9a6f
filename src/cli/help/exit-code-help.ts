/** What the program's exit codes mean, as README has them. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'Success.'],
  [
    '1',
    'The data cannot be scored: a missing file, an unsupported format, a missing column, a bad record, no records.',
  ],
  ['2', 'Wrong options.'],
  ['3', 'merge: shards or batches are missing.'],
  ['4', 'merge: batches are counted twice.'],
  ['65', 'A damaged or truncated file.'],
  ['70', 'A bug in attrstream.'],
  ['75', 'Reading or writing failed, or a worker died; run again.'],
  ['78', 'The checkpoint was made with another plan, other options or changed data.'],
  ['128 + n', 'Stopped by signal n; the checkpoint, if any, is saved.'],
]
