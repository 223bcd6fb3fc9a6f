import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// One name for one thing, and one thing for one name.

const SRC = fileURLToPath(new URL('../src/', import.meta.url))
const EXPORT = /^export (?:abstract |async )?(?:function\*?|const|class|interface|type|enum) (\w+)/gm
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.startsWith('kernels/assembly'))
  .map(name => ({ name, text: readFileSync(join(SRC, name), 'utf8') }))
const exported = files.flatMap(({ name, text }) =>
  Array.from(new Set(Array.from(text.matchAll(EXPORT), ([, identifier]) => identifier)), identifier => ({
    identifier,
    file: name,
  })),
)

/** Words of names that the field and its systems call something else. */
const TERMS: { readonly [word: string]: string } = {
  anew: 'restart, or again',
  attempt: 'catchDataError',
  beside: 'side, or the name of the thing',
  hopeless: 'withoutRecords',
  lane: 'worker',
  lanes: 'workers',
  nobodys: 'withoutModel',
  pieces: 'batches',
  refuse: 'assert, check, or usageError',
  refused: 'checkpointMismatch',
  revive: 'fromPlain',
  seal: 'embedChecksum',
  sealed: 'hasValidChecksum',
  settle: 'flush',
  spine: 'highland',
  standing: 'foldState',
  tell: 'report',
  told: 'reported, or the name of the value',
  watch: 'monitor',
  whole: 'integer, complete, or all',
}

/** `kmerTable` has the words kmer and table. */
const wordsOf = (identifier: string) =>
  (identifier.match(/[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])/g) ?? []).map(word => word.toLowerCase())

/** Names that many modules have to export, so that others can load them, or that every format has of its own. */
const SHARED = ['makePass', 'prepare']
const isFormat = (file: string) => /^sources\/(arrow|bed|fasta|hdf5|numpy|parquet)\//.test(file)

it('finds the exported names', () => {
  expect(exported.length).toBeGreaterThan(1000)
  expect(exported).toContainEqual({ identifier: 'scoreAccumulator', file: 'metrics/score-accumulator.ts' })
  expect(wordsOf('NO_WINDOWS')).toEqual(['no', 'windows'])
  expect(wordsOf('kmerKLDOfRuns')).toEqual(['kmer', 'kld', 'of', 'runs'])
})

it('exported names use the terms of the field', () => {
  const found = exported.flatMap(({ identifier, file }) =>
    wordsOf(identifier)
      .filter(word => Object.hasOwn(TERMS, word))
      .map(word => `${file}: ${identifier}; instead of ${word} use ${TERMS[word]}`),
  )
  expect(found).toEqual([])
})

it('no two modules export different things by one name, but for formats, which do not know one another', () => {
  const homes = new Map<string, string[]>()
  for (const { identifier, file } of exported) {
    if (SHARED.includes(identifier) || isFormat(file)) continue
    homes.set(identifier, [...(homes.get(identifier) ?? []), file])
  }
  expect([...homes].filter(([, places]) => places.length > 1)).toEqual([])
})
