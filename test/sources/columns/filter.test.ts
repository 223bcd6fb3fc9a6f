import { describe, expect, it } from 'vitest'
import { attributionRecords, sequenceRecords } from '../../../src/sources/records/records.js'
import type { DataError } from '../../../src/core/errors.js'
import { type ColumnData, memoryColumns } from '../../support/columns.js'

const SEQUENCES = ['ACGT', 'ACG', 'ACGTACGT', 'AC', 'ACGTA']
const COLUMNS: { readonly [name: string]: ColumnData } = {
  id: { values: ['one', 'two', 'chr1:100-108(-)', 'four', 'chrX:7-12'] },
  sequence: { values: SEQUENCES },
  attributions: { values: SEQUENCES.map(text => Array.from({ length: 4 * text.length }, (_, p) => p)) },
  label: { values: ['enhancer', 'promoter', 'enhancer', null, 'enhancer "x"'] },
  score: { element: 'float64', values: [0.5, 1, null, -3, 200] },
  half: { element: 'float16', values: [0x3c00, 0x4000, 0x3400, 0xb800, 0] }, // 1, 2, 0.25, -0.5, 0
  count: { element: 'int32', values: [1, 2, 3, 4, 5] },
  kept: { element: 'bool', values: [1, 0, 1, 0, 1] },
  'odd name': { element: 'int32', values: [1, 2, 3, 4, 5] },
  in: { element: 'int32', values: [1, 2, 3, 4, 5] },
}

/** Numbers of the rows that an expression keeps, read in batches of two. */
async function kept(where: string, columns = COLUMNS): Promise<number[]> {
  const rows: number[] = []
  const source = attributionRecords(memoryColumns(columns, { batchSize: 2 }), { axes: 'L4', where })
  for await (const batch of source.read()) {
    batch.forEach(({ where: { row }, sequence, attribution }) => {
      rows.push(row ?? -1)
      expect(sequence).toHaveLength(SEQUENCES[row ?? -1].length)
      expect([...attribution]).toEqual(COLUMNS.attributions.values[row ?? -1])
    })
  }
  return rows
}

async function failure(where: string, columns = COLUMNS): Promise<DataError> {
  return kept(where, columns).then(
    rows => Promise.reject(new Error(`kept ${rows.join()}`)),
    (error: unknown) => error as DataError,
  )
}

describe('a filter', () => {
  it('keeps the records for which it is true', async () => {
    expect(await kept('label == "enhancer" && length >= 5')).toEqual([2])
    expect(await kept('length > 3 || count == 4')).toEqual([0, 2, 3, 4])
    expect(await kept('!kept')).toEqual([1, 3])
    expect(await kept('id.startsWith("chr")')).toEqual([2, 4])
    expect(await kept('id in ["one", "four"]')).toEqual([0, 3])
    expect(await kept('file == "maps.arrow"')).toEqual([0, 1, 2, 3, 4]) // that of the source in memory
    expect(await kept('label == "enhancer \\"x\\""')).toEqual([4])
    expect(await kept('false')).toEqual([])
  })

  it('compares whole numbers and doubles, and reads halves', async () => {
    expect(await kept('count == 2.0 || half == 1')).toEqual([0, 1])
    expect(await kept('half < 0.3 && half > 0')).toEqual([2])
    expect(await kept('count * 2 > 6.5 && count % 2 == 0')).toEqual([3])
    expect(await kept('half * 2 == 4 || count - 0.5 > 4')).toEqual([1, 4])
  })

  it('is asked for nulls in so many words, or the record is bad', async () => {
    expect(await kept('score != null && score > 0')).toEqual([0, 1, 4])
    expect(await kept('label == null')).toEqual([3])
    const error = await failure('score > 0')
    expect(error).toMatchObject({ code: 'record', reason: 'other' })
    expect(error.message).toMatch(
      /row 2 \(chr1:100-108\(-\)\): --where score > 0: no such overload: .*null.*; test for null first, e.g. x != null && x > 1$/,
    )
  })

  it('knows the place that an id tells, and a column of that name before it', async () => {
    expect(await kept('chrom == "chr1"')).toEqual([2])
    expect(await kept('chrom != null && start >= 7 && end <= 12')).toEqual([4])
    expect(await kept('strand == "-"')).toEqual([2])
    const columns = { ...COLUMNS, chrom: { values: ['a', 'b', 'c', 'd', 'e'] } }
    expect(await kept('chrom > "c"', columns)).toEqual([3, 4])
  })

  it('reaches columns that are no names, in quotes', async () => {
    expect(await kept('columns["odd name"] > 3 && count < 5')).toEqual([3])
    expect(await kept('columns["in"] == 2 || columns["label"] == null')).toEqual([1, 3])
    const columns = {
      ...COLUMNS,
      type: { values: ['a', 'b', 'a', 'b', 'a'] },
      length: { values: [9, 8, 7, 6, 5] },
    }
    expect(await kept('columns["type"] == "b"', columns)).toEqual([1, 3])
    expect(await kept('columns["length"] > 7 && length == 3', columns)).toEqual([1])
    expect((await failure('columns["other"] == 1')).message).toContain(
      '--where names other, found id, sequence, label,',
    )
    expect((await failure('columns[label] == 1')).message).toContain('columns takes a name in quotes')
  })

  it('that is none is refused with what is wrong, and the names there are', async () => {
    expect((await failure('lable == "x"')).message).toMatch(
      /--where names lable, found id, length, file, chrom, start, end, strand, sequence, label, score, half, count, kept; did you mean label\?$/,
    )
    for (const [where, found] of [
      ['label ==', 'unexpected token: EOF'],
      ['label == 5', 'no such overload: string == int'],
      ['length + 1', 'it is of type int, expected true or false'],
      ['label', 'it is of type string, expected true or false'],
      ['', 'unexpected'],
      ['label == "x" and kept', 'unexpected character'],
    ]) {
      const error = await failure(where)
      expect(error.code, where).toBe('usage')
      expect(error.message.toLowerCase(), where).toContain(found.toLowerCase())
    }
  })

  it('reaches nothing but what is declared', async () => {
    for (const name of [
      'constructor',
      'toString',
      'process',
      'globalThis',
      'attributions',
      'hasOwnProperty',
    ]) {
      expect(await failure(`${name} == 1`)).toMatchObject({ code: 'column' })
    }
    for (const where of [
      '__proto__ == null',
      'label.constructor == null',
      'id.length > 1',
      'in > 1',
      'label["constructor"] != null',
    ]) {
      expect(['usage', 'column', 'record'], where).toContain((await failure(where)).code)
    }
  })

  it('leaves the columns that it does not name unread, and the maps that it leaves out', async () => {
    const asked: (readonly string[])[] = []
    const columns = memoryColumns(COLUMNS, { batchSize: 2 })
    const source = attributionRecords(
      { ...columns, read: (names, ...more) => (asked.push(names), columns.read(names, ...more)) },
      { axes: 'L4', where: 'count > 9' },
    )
    for await (const batch of source.read()) batch.forEach(() => {})
    expect(asked).toEqual([['id', 'sequence', 'attributions', 'count']])
    const short = { ...COLUMNS, attributions: { values: [[1], [1], [1], [1], [1]] } }
    expect(await kept('count > 9', short)).toEqual([])
  })

  it('is not of the sequences of a prior', async () => {
    let count = 0
    for await (const batch of sequenceRecords(memoryColumns(COLUMNS), { where: 'nothing' }).read()) {
      batch.forEach(() => count++)
    }
    expect(count).toBe(5)
  })
})

describe('further columns', () => {
  it('reach the record as they are, of the row that it is', async () => {
    const extra = ['label', 'score', 'half', 'count', 'kept', 'odd name']
    const seen: unknown[] = []
    const source = attributionRecords(memoryColumns(COLUMNS, { batchSize: 2 }), { axes: 'L4', extra })
    expect(source.extra).toEqual({
      label: 'text',
      score: 'real',
      half: 'real',
      count: 'whole',
      kept: 'flag',
      'odd name': 'whole',
    })
    const objects = new Set<unknown>()
    for await (const batch of source.read()) {
      batch.forEach(record => {
        objects.add(record.extra)
        seen.push({ ...record.extra })
      })
    }
    expect(objects.size).toBe(1) // nothing is made a record
    expect(seen.slice(1, 4)).toEqual([
      { label: 'promoter', score: 1, half: 2, count: 2, kept: false, 'odd name': 2 },
      { label: 'enhancer', score: null, half: 0.25, count: 3, kept: true, 'odd name': 3 },
      { label: null, score: -3, half: -0.5, count: 4, kept: false, 'odd name': 4 },
    ])
  })

  it('are there only where they were asked for', async () => {
    const source = attributionRecords(memoryColumns(COLUMNS), { axes: 'L4' })
    expect(source).not.toHaveProperty('extra')
    for await (const batch of source.read()) batch.forEach(record => expect(record.extra).toBeUndefined())
  })

  it('that are not there, or hold lists, are refused', () => {
    const open = (name: string) =>
      attributionRecords(memoryColumns(COLUMNS), { axes: 'L4', extra: ['label', name] })
    expect(() => open('lable')).toThrow(
      'maps.arrow: has no column lable, expected one of text, numbers or flags: id,',
    )
    expect(() => open('attributions')).toThrow('column attributions is ')
  })
})

describe('matches', () => {
  it('is of regular expressions as RE2 has them, whose time goes by the length of the text', async () => {
    expect(await kept('id.matches("^chr[0-9X]+:")')).toEqual([2, 4])
    expect(await kept('!id.matches("e$") && id != null')).toEqual([1, 2, 3, 4])
    expect(await kept('label != null && label.matches("^en")')).toEqual([0, 2, 4])
    expect(await kept('columns["odd name"] > 1 && id.matches("o")')).toEqual([1, 3])
    // Such expressions take JavaScript's own more than the age of the universe.
    const long = { ...COLUMNS, id: { values: SEQUENCES.map(() => `${'a'.repeat(5000)}!`) } }
    expect(await kept('id.matches("^(a+)+$")', long)).toEqual([])
    expect(await kept('id.matches("^(a|aa)+$") || id.matches("(a*)*b")', long)).toEqual([])
  })

  it.each([
    ['id.matches("(a")', 'missing closing )'],
    ['id.matches("(?=a)a")', 'invalid or unsupported Perl syntax'],
    ['id.matches("((a{1000}){1000}){1000}")', 'invalid repeat count'],
    ['id.matches(5)', "no matching overload for 'string.matches(int)'"],
  ])('%s is refused before anything is read', async (where, said) => {
    const error = await failure(where)
    expect(error.code).toBe('usage')
    expect(error.message).toContain(said)
  })
})
