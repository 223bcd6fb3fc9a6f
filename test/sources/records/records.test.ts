import { describe, expect, it } from 'vitest'
import type { ColumnSource, Element } from '../../../src/sources/columns/column.js'
import {
  attributionRecords,
  type RecordOptions,
  sequenceRecords,
} from '../../../src/sources/records/records.js'
import { DataError } from '../../../src/core/errors.js'
import type { AttributionRecord, Source } from '../../../src/core/types.js'
import { decodeBases, encodeBases } from '../../../src/dna/bases.js'
import { metricOptions } from '../../../src/metrics/options.js'
import { ALL } from '../../../src/metrics/by-model.js'
import { scoreAccumulator } from '../../../src/metrics/score-accumulator.js'
import { type ColumnData, memoryColumns } from '../../support/columns.js'
import { recordOf } from '../../support/records.js'

/** What a test looks at, copied out of the record before the next one takes its place. */
interface Seen {
  readonly id: string
  readonly idHash: number
  readonly idCheck: number
  readonly sequence: string
  readonly attribution: readonly number[]
  readonly truth: { readonly kind: string; readonly values: readonly number[] } | undefined
  readonly model: string | undefined
}

async function seen(source: Source<AttributionRecord>): Promise<Seen[]> {
  const all: Seen[] = []
  for await (const batch of source.read()) {
    batch.forEach(({ id, idHash, idCheck, sequence, attribution, truth, model }) =>
      all.push({
        id,
        idHash,
        idCheck,
        sequence: decodeBases(sequence),
        attribution: Array.from(attribution),
        truth: truth && { kind: truth.kind, values: Array.from(truth.values) },
        model,
      }),
    )
  }
  return all
}

/** The message of the DataError met on reading everything. */
async function failure(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
  } catch (error) {
    if (error instanceof DataError) return error.message
    throw error
  }
  throw new Error('nothing went wrong')
}
const readFailure = (columns: ColumnSource, options: RecordOptions = {}) =>
  failure(async () => seen(attributionRecords(columns, options)))

/** Maps of 5, 4 and 6 positions; value b of position i of map m is 100 m + 10 i + b. */
const SEQUENCES = ['ACGTA', 'NACG', 'ttgcan']
const MAPS = SEQUENCES.map((sequence, m) =>
  Array.from(sequence, (_, i) => [0, 1, 2, 3].map(b => 100 * m + 10 * i + b)),
)
const FLAT = MAPS.map(map => map.flat())
const TURNED = MAPS.map(map => [0, 1, 2, 3].map(b => map.map(row => row[b])))
const sequence: ColumnData = { values: SEQUENCES }

/** The first and last map: those that are not 4 x 4. */
const apart = <T>(list: readonly T[]): T[] => [list[0], list[2]]

/** Bits of half-precision numbers: whole numbers below 2048 are exact. */
function half(value: number): number {
  if (value === 0) return 0
  const exponent = Math.floor(Math.log2(value))
  return ((exponent + 15) << 10) | ((value / 2 ** exponent - 1) * 1024)
}

type Deep = number | readonly Deep[]
const halves = (value: Deep): Deep => (typeof value === 'number' ? half(value) : value.map(halves))

/** The maps of all rows. */
async function mapsOf(columns: { readonly [name: string]: ColumnData }, options: RecordOptions) {
  const all = await seen(attributionRecords(memoryColumns(columns), options))
  return all.map(({ attribution }) => attribution)
}

describe('a map is read', () => {
  for (const element of ['float16', 'float32', 'float64'] as const) {
    const as = (values: Deep): ColumnData['values'] =>
      (element === 'float16' ? halves(values) : values) as number[]

    it(`from flat lists of ${element} with declared axes`, async () => {
      expect(await mapsOf({ sequence, attributions: { element, values: as(FLAT) } }, { axes: 'L4' })).toEqual(
        FLAT,
      )
      const turned = TURNED.map(map => map.flat())
      expect(
        await mapsOf({ sequence, attributions: { element, values: as(turned) } }, { axes: '4L' }),
      ).toEqual(FLAT)
    })

    it(`from lists of positions of ${element}, their four values in lists or of fixed size`, async () => {
      const two = apart(FLAT)
      const columns = {
        sequence: { values: apart(SEQUENCES) },
        attributions: { element, values: as(apart(MAPS)) },
      }
      expect(await mapsOf(columns, {})).toEqual(two)
      expect(
        await mapsOf({ ...columns, attributions: { ...columns.attributions, nesting: ['list', 4] } }, {}),
      ).toEqual(two)
    })

    it(`from four lists of channels of ${element}, of any length or one of fixed size`, async () => {
      const two = apart(FLAT)
      const columns = {
        sequence: { values: apart(SEQUENCES) },
        attributions: { element, values: as(apart(TURNED)) },
      }
      expect(await mapsOf(columns, {})).toEqual(two)
      expect(
        await mapsOf({ ...columns, attributions: { ...columns.attributions, nesting: [4, 'list'] } }, {}),
      ).toEqual(two)
    })

    it(`from tensors of fixed shape of ${element}, in either axis order`, async () => {
      const columns = { sequence: { values: ['ACGTA', 'CCCCC'] } }
      const maps = [MAPS[0], MAPS[0].map(row => row.map(value => value + 1))]
      const flat = maps.map(map => map.flat())
      const turned = maps.map(map => [0, 1, 2, 3].map(b => map.map(row => row[b])))
      expect(
        await mapsOf({ ...columns, attributions: { element, values: as(maps), nesting: [5, 4] } }, {}),
      ).toEqual(flat)
      expect(
        await mapsOf({ ...columns, attributions: { element, values: as(turned), nesting: [4, 5] } }, {}),
      ).toEqual(flat)
      const lists = { element, values: as(flat), nesting: [20] }
      expect(await mapsOf({ ...columns, attributions: lists }, { axes: 'L4' })).toEqual(flat)
    })

    it(`from four columns of ${element}`, async () => {
      const [a, c, g, t] = [0, 1, 2, 3].map(b => ({ element, values: as(TURNED.map(map => map[b])) }))
      expect(await mapsOf({ sequence, t, g, a, c }, {})).toEqual(FLAT)
      expect(await mapsOf({ sequence, A: a, C: c, G: g, T: t }, {})).toEqual(FLAT)
    })

    it(`of another alphabet of ${element}, its channels put in the order A C G T`, async () => {
      const order = [3, 1, 0, 2] // of T C A G
      const permuted = MAPS.map(map => map.map(row => order.map(b => row[b])))
      const lists = { element, values: as(permuted.map(map => map.flat())) }
      expect(await mapsOf({ sequence, attributions: lists }, { axes: 'L4', alphabet: 'TCAG' })).toEqual(FLAT)
      const turned = permuted.map(map => [0, 1, 2, 3].flatMap(b => map.map(row => row[b])))
      expect(
        await mapsOf(
          { sequence, attributions: { element, values: as(turned) } },
          { axes: '4L', alphabet: 'tcag' },
        ),
      ).toEqual(FLAT)
      const nested = { element, values: as(apart(permuted)) }
      expect(
        await mapsOf({ sequence: { values: apart(SEQUENCES) }, attributions: nested }, { alphabet: 'TCAG' }),
      ).toEqual(apart(FLAT))
    })
  }

  it('with axes and alphabet as the metadata of the file declare them, and options over those', async () => {
    const metadata = { 'attrstream.axes': '4L', 'attrstream.alphabet': 'TGCA' }
    const values = MAPS.map(map => [3, 2, 1, 0].flatMap(b => map.map(row => row[b])))
    const columns = memoryColumns({ sequence, attributions: { values } }, { metadata })
    const all = await seen(attributionRecords(columns))
    expect(all.map(({ attribution }) => attribution)).toEqual(FLAT)
    const other = memoryColumns({ sequence, attributions: { values: FLAT } }, { metadata })
    const overridden = await seen(attributionRecords(other, { axes: 'L4', alphabet: 'ACGT' }))
    expect(overridden.map(({ attribution }) => attribution)).toEqual(FLAT)
  })

  it('of four positions where axes are declared', async () => {
    const square = { sequence: { values: [SEQUENCES[1]] } }
    expect(await mapsOf({ ...square, attributions: { values: [MAPS[1]] } }, { axes: 'L4' })).toEqual([
      FLAT[1],
    ])
    expect(await mapsOf({ ...square, attributions: { values: [TURNED[1]] } }, { axes: '4L' })).toEqual([
      FLAT[1],
    ])
  })

  it('with every half-precision number as it is', async () => {
    const bits = [
      0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0xc000, 0x7bff, 0x3555, 0xfbff, 0x3c01, 0x83ff,
    ]
    const values = [
      0,
      -0,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      1,
      -2,
      65504,
      0x555 * 2 ** -12,
      -65504,
      1 + 2 ** -10,
      -1023 * 2 ** -24,
    ]
    const columns = {
      sequence: { values: ['ACG'] },
      attributions: { element: 'float16' as const, values: [bits] },
    }
    expect(await mapsOf(columns, { axes: 'L4' })).toEqual([values])
  })
})

describe('a sequence is read', () => {
  const attributions = { values: FLAT }
  const bases = SEQUENCES.map(text => text.toUpperCase())
  const hot = SEQUENCES.map(text =>
    Array.from(text.toUpperCase(), letter => ['A', 'C', 'G', 'T'].map(base => Number(base === letter))),
  )
  const read = async (values: ColumnData, options: RecordOptions) => {
    const columns = memoryColumns({ sequence: values, attributions })
    return (await seen(attributionRecords(columns, options))).map(({ sequence }) => sequence)
  }

  it('from text of either case, letters that are no bases as N', async () => {
    const columns = memoryColumns({
      sequence: { values: ['aCgTu', 'R-.*'] },
      attributions: { values: FLAT.slice(0, 2) },
    })
    const all = await seen(attributionRecords(columns, { axes: 'L4' }))
    expect(all.map(({ sequence }) => sequence)).toEqual(['ACGTN', 'NNNN'])
  })
  for (const element of ['bool', 'int8', 'uint8', 'int64', 'uint64', 'float32', 'float64'] as const) {
    it(`from one-hot lists of ${element}, four zeros as N`, async () => {
      expect(await read({ element, values: hot }, { axes: 'L4' })).toEqual(bases)
      expect(await read({ element, values: hot.map(rows => rows.flat()) }, { axes: 'L4' })).toEqual(bases)
      expect(await read({ element, values: hot, nesting: ['list', 4] }, { axes: 'L4' })).toEqual(bases)
    })
  }
  it('from one-hot lists of float16', async () => {
    expect(await read({ element: 'float16', values: halves(hot) as number[] }, { axes: 'L4' })).toEqual(bases)
  })
  it('from one-hot channels', async () => {
    const turned = apart(hot).map(rows => [0, 1, 2, 3].map(b => rows.map(row => row[b])))
    const columns = memoryColumns({
      sequence: { element: 'uint8', values: turned },
      attributions: { values: apart(MAPS) },
    })
    const all = await seen(attributionRecords(columns))
    expect(all.map(({ sequence }) => sequence)).toEqual(apart(bases))
  })
  it('from one-hot of another alphabet', async () => {
    const columns = memoryColumns({
      sequence: { element: 'uint8', values: hot.map(rows => rows.flatMap(([a, c, g, t]) => [t, g, c, a])) },
      attributions,
    })
    const all = await seen(attributionRecords(columns, { axes: 'L4', alphabet: 'TGCA' }))
    expect(all.map(({ sequence }) => sequence)).toEqual(bases)
  })
  it('by itself, other columns unread, for a prior', async () => {
    const columns = memoryColumns({ sequence, attributions: { element: 'int32', values: [1, 2, 3] } })
    const texts: string[] = []
    for await (const batch of sequenceRecords(columns).read()) {
      batch.forEach(({ sequence }) => texts.push(decodeBases(sequence)))
    }
    expect(texts).toEqual(bases)
  })
  for (const [what, row] of [
    ['two ones', [1, 1, 0, 0]],
    ['a fraction', [0.5, 0.5, 0, 0]],
    ['a two', [2, 0, 0, 0]],
    ['numbers that add up to one', [1, 1, -1, 0]],
    ['numbers that add up to none', [1, -1, 0, 0]],
    ['NaN', [Number.NaN, 0, 0, 0]],
  ] as const) {
    it(`but not from ${what}`, async () => {
      const values = [[...hot[0].slice(0, 4), row]]
      const columns = memoryColumns({ sequence: { values }, attributions: { values: [MAPS[0]] } })
      expect(await readFailure(columns)).toBe(
        `maps.arrow batch 0 row 0 (0): sequence at position 4 is (${row.join(', ')}), expected one-hot: a single 1, or four equal values for N`,
      )
    })
  }
})

describe('an id', () => {
  const columns = { sequence, attributions: { values: FLAT } }

  it('is that of its column, text or whole numbers', async () => {
    const ids = ['chr1:1-5', 'ü 🧬', '']
    const text = await seen(
      attributionRecords(memoryColumns({ ...columns, id: { values: ids } }), { axes: 'L4' }),
    )
    expect(text.map(({ id }) => id)).toEqual(ids)
    const numbers = memoryColumns({ ...columns, id: { element: 'int64', values: [7, -1, 2 ** 53 - 1] } })
    expect((await seen(attributionRecords(numbers, { axes: 'L4' }))).map(({ id }) => id)).toEqual([
      '7',
      '-1',
      '9007199254740991',
    ])
  })
  it('is the number of the row, behind a prefix where files are several, where there is no column', async () => {
    const plain = await seen(attributionRecords(memoryColumns(columns), { axes: 'L4' }))
    expect(plain.map(({ id }) => id)).toEqual(['0', '1', '2'])
    const idPrefix = `${'ü'.repeat(127)}.arrow:`
    const led = await seen(attributionRecords(memoryColumns(columns), { axes: 'L4', idPrefix }))
    expect(led.map(({ id }) => id)).toEqual([0, 1, 2].map(row => idPrefix + row))
    expect(led.map(({ idHash, idCheck }) => [idHash, idCheck])).toEqual(
      led.map(({ id }) => recordOf(id, '', [])).map(({ idHash, idCheck }) => [idHash, idCheck]),
    )
  })
  it('has the same hashes wherever it comes from', async () => {
    const text = await seen(
      attributionRecords(memoryColumns({ ...columns, id: { values: ['0', '1', '2'] } }), { axes: 'L4' }),
    )
    const whole = await seen(
      attributionRecords(memoryColumns({ ...columns, id: { element: 'uint16', values: [0, 1, 2] } }), {
        axes: 'L4',
      }),
    )
    const rows = await seen(attributionRecords(memoryColumns(columns), { axes: 'L4' }))
    expect(whole).toEqual(rows)
    expect(text).toEqual(rows)
    const { idHash, idCheck } = recordOf('2', '', [])
    expect(rows[2]).toMatchObject({ idHash, idCheck })
  })
})

describe('ground truth', () => {
  const maps = { sequence, attributions: { values: FLAT } }
  const reads = async (truth: ColumnData, options: RecordOptions = {}) => {
    const columns = memoryColumns({ ...maps, truth })
    return (await seen(attributionRecords(columns, { axes: 'L4', truth: true, ...options }))).map(
      row => row.truth,
    )
  }

  it('is read as labels where a flat list has one for each position', async () => {
    const labels = SEQUENCES.map(text => Array.from(text, (_, i) => i % 2))
    for (const element of ['bool', 'uint8', 'int64', 'float32'] as const) {
      expect(await reads({ element, values: labels })).toEqual(
        labels.map(values => ({ kind: 'labels', values })),
      )
    }
  })
  it('is read as probabilities, flat or nested, in the axes and the alphabet of the map', async () => {
    const expected = FLAT.map(values => ({ kind: 'probabilities', values }))
    expect(await reads({ values: FLAT })).toEqual(expected)
    expect(await reads({ values: MAPS })).toEqual(expected)
    expect(await reads({ element: 'float16', values: halves(FLAT) as number[] })).toEqual(expected)
  })
  it('is not read where nobody asks', async () => {
    const columns = memoryColumns({ ...maps, truth: { values: [[0.5], null, [7]] } })
    const all = await seen(attributionRecords(columns, { axes: 'L4' }))
    expect(all.map(({ truth }) => truth)).toEqual([undefined, undefined, undefined])
  })
  it('of another type does not matter where nobody asks', async () => {
    const columns = memoryColumns({ ...maps, truth: { values: ['yes', 'no', 'yes'] } })
    expect(await seen(attributionRecords(columns, { axes: 'L4' }))).toHaveLength(3)
  })
  it('of another type is passed over where it is asked for only if found', async () => {
    const named = { truth: 'found' as const }
    const texts = memoryColumns({ ...maps, truth: { values: ['yes', 'no', 'yes'] } })
    const all = await seen(attributionRecords(texts, { axes: 'L4', ...named }))
    expect(all.map(({ truth }) => truth)).toEqual([undefined, undefined, undefined])
    const none = memoryColumns(maps)
    expect(await seen(attributionRecords(none, { axes: 'L4', ...named }))).toHaveLength(3)
    expect((await reads({ values: FLAT }, named)).map(truth => truth?.kind)).toEqual([
      'probabilities',
      'probabilities',
      'probabilities',
    ])
    await expect(
      reads({ values: ['a', 'b', 'c'] }, { ...named, columns: { truth: 'truth' } }),
    ).rejects.toThrow('column truth is utf8, expected L x 4 probabilities')
  })
  it('of a row that is null is none', async () => {
    const values = [FLAT[0], null, FLAT[2]]
    expect((await reads({ values })).map(truth => truth?.values)).toEqual([FLAT[0], undefined, FLAT[2]])
  })
  it('that is neither label nor probability is refused', async () => {
    await expect(reads({ values: [[0, 1, 2, 0, 0], [], []] })).rejects.toThrow(
      'maps.arrow batch 0 row 0 (0): truth at position 2 is 2, expected a label 0 or 1',
    )
    await expect(reads({ values: [[0, 1], [], []] })).rejects.toThrow(
      'maps.arrow batch 0 row 0 (0): truth has 2 values, expected 4·L = 20; dump map and sequence of the same window',
    )
    await expect(reads({ values: ['a', 'b', 'c'] })).rejects.toThrow(
      'maps.arrow: column truth is utf8, expected L x 4 probabilities or L labels 0/1, as lists of numbers; convert it or name another with --truth-column',
    )
  })
})

describe('a model', () => {
  it('is the value of the column that is asked for', async () => {
    const columns = memoryColumns({
      sequence,
      attributions: { values: FLAT },
      net: { values: ['a', 'b', 'a'] },
    })
    const all = await seen(attributionRecords(columns, { axes: 'L4', columns: { model: 'net' } }))
    expect(all.map(({ model }) => model)).toEqual(['a', 'b', 'a'])
    const without = await seen(attributionRecords(columns, { axes: 'L4' }))
    expect(without.map(({ model }) => model)).toEqual([undefined, undefined, undefined])
  })
})

describe('columns', () => {
  it('have the names that are given', async () => {
    const columns = memoryColumns({
      name: { values: ['x', 'y', 'z'] },
      dna: sequence,
      saliency: { values: FLAT },
      motif: { values: FLAT },
      attributions: { values: ['not', 'this', 'one'] },
    })
    const named = { id: 'name', sequence: 'dna', attributions: 'saliency', truth: 'motif' }
    const all = await seen(attributionRecords(columns, { axes: 'L4', truth: true, columns: named }))
    expect(all.map(({ id }) => id)).toEqual(['x', 'y', 'z'])
    expect(all.map(({ attribution }) => attribution)).toEqual(FLAT)
    expect(all.map(({ truth }) => truth?.values)).toEqual(FLAT)
  })

  const maps = { attributions: { values: FLAT } }
  const cases: {
    readonly [what: string]: [
      columns: { [name: string]: ColumnData },
      options: RecordOptions,
      message: string,
    ]
  } = {
    'that are missing': [
      maps,
      {},
      'maps.arrow: has no column sequence, found attributions (list<float32>); give it with --sequence-column, or give the file it is in with --sequences',
    ],
    'that are missing from nothing': [
      {},
      {},
      'maps.arrow: has no column sequence, found none; give it with --sequence-column, or give the file it is in with --sequences',
    ],
    'of maps that are missing': [
      { sequence },
      {},
      'maps.arrow: has no column attributions, found sequence (utf8); give it with --attributions-column',
    ],
    'of only three channels': [
      { sequence, a: { values: FLAT }, c: { values: FLAT }, g: { values: FLAT } },
      {},
      'maps.arrow: has no column attributions, found sequence (utf8), a (list<float32>), c (list<float32>), g (list<float32>); give it with --attributions-column',
    ],
    'that are named and missing': [
      { sequence, ...maps },
      { axes: 'L4', columns: { id: 'name' } },
      'maps.arrow: has no column name, found sequence (utf8), attributions (list<float32>); give it with --id-column',
    ],
    'of maps of whole numbers': [
      { sequence, attributions: { element: 'int32', values: FLAT } },
      { axes: 'L4' },
      'maps.arrow: column attributions is list<int32>, expected lists of float16, float32 or float64 numbers, flat or nested once; convert it or name another with --attributions-column',
    ],
    'of single numbers': [
      { sequence, attributions: { values: [1, 2, 3] } },
      {},
      'maps.arrow: column attributions is float32, expected lists of float16, float32 or float64 numbers, flat or nested once; convert it or name another with --attributions-column',
    ],
    'nested too deeply': [
      { sequence, attributions: { values: [MAPS] } },
      {},
      'maps.arrow: column attributions is list<list<list<float32>>>, expected lists of float16, float32 or float64 numbers, flat or nested once; convert it or name another with --attributions-column',
    ],
    'of sequences that are numbers': [
      { sequence: { values: [1, 2, 3] }, ...maps },
      {},
      'maps.arrow: column sequence is float32, expected text, or one-hot numbers of L x 4; convert it or name another with --sequence-column',
    ],
    'of ids that are fractions': [
      { sequence, id: { values: [1, 2, 3] }, ...maps },
      { axes: 'L4' },
      'maps.arrow: column id is float32, expected text or whole numbers; convert it or name another with --id-column',
    ],
    'of channels that are nested': [
      { sequence, a: { values: MAPS }, c: { values: FLAT }, g: { values: FLAT }, t: { values: FLAT } },
      {},
      'maps.arrow: column a is list<list<float32>>, expected a list of float16, float32 or float64; convert it or name another with --attributions-column',
    ],
    'of flat lists whose axes nothing declares': [
      { sequence, ...maps },
      {},
      'maps.arrow: column attributions is list<float32>, a flat list of unknown axis order; declare it with file metadata attrstream.axes, or with --axes L4 (position by channel) or --axes 4L (channel by position)',
    ],
    'of flat one-hot lists whose axes nothing declares': [
      { sequence: { values: FLAT }, attributions: { values: MAPS } },
      {},
      'maps.arrow: column sequence is list<float32>, a flat list of unknown axis order; declare it with file metadata attrstream.axes, or with --axes L4 (position by channel) or --axes 4L (channel by position)',
    ],
    'with axes that there are none of': [
      { sequence, ...maps },
      { axes: 'l4' },
      'maps.arrow: --axes is "l4", expected L4 (position by channel) or 4L (channel by position)',
    ],
    'with an alphabet of other letters': [
      { sequence, ...maps },
      { axes: 'L4', alphabet: 'ACGU' },
      'maps.arrow: --alphabet is "ACGU", expected the letters A, C, G, T in the order of the channels',
    ],
    'with a letter twice': [
      { sequence, ...maps },
      { axes: 'L4', alphabet: 'ACGA' },
      'maps.arrow: --alphabet is "ACGA", expected the letters A, C, G, T in the order of the channels',
    ],
  }
  for (const [what, [columns, options, message]] of Object.entries(cases)) {
    it(`${what} are refused before a row is read`, async () => {
      expect(await failure(async () => attributionRecords(memoryColumns(columns), options))).toBe(message)
    })
  }

  it('with metadata that declares what there is not are refused', () => {
    const columns = { sequence, ...maps }
    const odd = (metadata: { [key: string]: string }) => () =>
      attributionRecords(memoryColumns(columns, { metadata }))
    expect(odd({ 'attrstream.axes': 'NL4' })).toThrow(
      'maps.arrow: metadata attrstream.axes is "NL4", expected L4 (position by channel) or 4L (channel by position)',
    )
    expect(odd({ 'attrstream.axes': 'L4', 'attrstream.alphabet': 'ACG' })).toThrow(
      'maps.arrow: metadata attrstream.alphabet is "ACG", expected the letters A, C, G, T in the order of the channels',
    )
  })
})

describe('a row is refused, and named,', () => {
  const good = { sequence, attributions: { values: FLAT }, id: { values: ['x', 'y', 'z'] } }
  const refusal = (columns: { [name: string]: ColumnData }, options: RecordOptions = { axes: 'L4' }) =>
    readFailure(memoryColumns({ ...good, ...columns }), options)

  it('where its map is null', async () => {
    expect(await refusal({ attributions: { values: [FLAT[0], FLAT[1], null] } })).toBe(
      'maps.arrow batch 1 row 2 (z): column attributions is null, expected a value; fill it in or leave the row out',
    )
  })
  it('where its map holds a null', async () => {
    expect(await refusal({ attributions: { values: [FLAT[0], [null, ...FLAT[1].slice(1)], FLAT[2]] } })).toBe(
      'maps.arrow batch 0 row 1 (y): column attributions holds a null, expected numbers only; fill it in or leave the row out',
    )
  })
  it('where a list inside its map is null', async () => {
    expect(
      await refusal({
        attributions: { values: [[null, ...MAPS[0].slice(1)]] },
        sequence: { values: ['ACGTA'] },
      }),
    ).toBe(
      'maps.arrow batch 0 row 0 (x): column attributions holds a null, expected numbers only; fill it in or leave the row out',
    )
  })
  it('where its sequence is null', async () => {
    expect(await refusal({ sequence: { values: ['ACGTA', null, 'A'] } })).toBe(
      'maps.arrow batch 0 row 1 (y): column sequence is null, expected a value; fill it in or leave the row out',
    )
  })
  it('where its id is null, by its place alone', async () => {
    expect(await refusal({ id: { values: ['x', null, 'z'] } })).toBe(
      'maps.arrow batch 0 row 1: column id is null, expected a value; fill it in or leave the row out',
    )
  })
  it('where its model is null', async () => {
    expect(
      await refusal({ net: { values: ['a', 'a', null] } }, { axes: 'L4', columns: { model: 'net' } }),
    ).toBe(
      'maps.arrow batch 1 row 2 (z): column net is null, expected a value; fill it in or leave the row out',
    )
  })
  it('where a channel is null', () => {
    const channels = { a: FLAT, c: FLAT, g: [FLAT[0], null, null], t: FLAT }
    const columns = Object.fromEntries(Object.entries(channels).map(([name, values]) => [name, { values }]))
    return readFailure(
      memoryColumns({ sequence: { values: ['ACGTACGTACGTACGTACGT', 'A', 'A'] }, ...columns }),
    ).then(message =>
      expect(message).toBe(
        'maps.arrow batch 0 row 1 (1): column g is null, expected a value; fill it in or leave the row out',
      ),
    )
  })
  it('where map and sequence are of different lengths', async () => {
    expect(await refusal({ sequence: { values: ['ACGTA', 'NACGT', 'A'] } })).toBe(
      'maps.arrow batch 0 row 1 (y): attribution has 16 values, expected 4·L = 20; dump map and sequence of the same window',
    )
  })
  it('where a channel and the sequence are of different lengths', () => {
    const channel = { values: [[1, 2, 3]] }
    const columns = {
      sequence: { values: ['ACG'] },
      a: channel,
      c: channel,
      g: { values: [[1, 2]] },
      t: channel,
    }
    return readFailure(memoryColumns(columns)).then(message =>
      expect(message).toBe(
        'maps.arrow batch 0 row 0 (0): column g has 2 values, expected L = 3; dump map and sequence of the same window',
      ),
    )
  })
  it('where inner lists are of different lengths', async () => {
    expect(await refusal({ attributions: { values: [[...MAPS[0].slice(0, 4), [1, 2, 3]]] } }, {})).toBe(
      'maps.arrow batch 0 row 0 (x): attribution has inner lists of 4 and of 3 values, expected all of one length; dump the row again',
    )
  })
  it('where neither axis has four channels', async () => {
    expect(await refusal({ attributions: { values: [MAPS[0].map(row => row.slice(0, 3))] } }, {})).toBe(
      'maps.arrow batch 0 row 0 (x): attribution is 5 x 3, expected four channels on one axis',
    )
  })
  it('where both axes could be the channels', async () => {
    expect(await refusal({ attributions: { values: [MAPS[1]] }, sequence: { values: ['ACGT'] } }, {})).toBe(
      'maps.arrow batch 0 row 0 (x): attribution is 4 x 4, which fits both axis orders; give --axes L4 or --axes 4L',
    )
  })
  it('where the shape is against the declared axes', async () => {
    expect(await refusal({ attributions: { values: [TURNED[0]] } })).toBe(
      'maps.arrow batch 0 row 0 (x): attribution is 4 x 5, against the declared axes L4; declare the axes that the data has',
    )
  })
  it('where a one-hot sequence is no whole number of positions', async () => {
    expect(await refusal({ sequence: { values: [[1, 0, 0, 0, 1]] } })).toBe(
      'maps.arrow batch 0 row 0 (x): sequence has 5 values, expected a multiple of 4; dump the row again',
    )
  })

  const fold = (columns: { [name: string]: ColumnData }, kmer: object = {}) =>
    failure(async () => {
      const metrics = metricOptions({ kmer: { k: 4, ...kmer } })
      const accumulator = scoreAccumulator({ metrics, populationPrior: true, byModel: false })
      const state = accumulator.empty()
      const source = attributionRecords(memoryColumns({ ...good, ...columns }), { axes: 'L4' })
      for await (const batch of source.read()) batch.forEach(record => accumulator.add(state, record))
      accumulator.result(state).get(ALL)
    })
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    it(`where its map holds ${value}, also at an N`, async () => {
      const values = [FLAT[0], FLAT[1].with(2, value), FLAT[2]]
      expect(await fold({ attributions: { values } })).toBe(
        `maps.arrow batch 0 row 1 (y): attribution at position 0, base G is ${value}, expected a finite number; dump the map again or leave the record out`,
      )
    })
  }
  it('where its values are too large to square', async () => {
    const values = [FLAT[0], FLAT[1], FLAT[2].with(5, 1e200)]
    expect(await fold({ attributions: { element: 'float64', values } })).toBe(
      'maps.arrow batch 1 row 2 (z): attribution holds values whose squares overflow, expected magnitudes below 1e150; scale the map down',
    )
  })
  it('where its sequence is shorter than k', async () => {
    expect(await fold({}, { k: 5 })).toBe(
      'maps.arrow batch 0 row 1 (y): sequence has 4 bases, expected at least k = 5; leave the record out or score with a smaller k',
    )
  })
  it('where its sequence is empty, flat or nested', async () => {
    for (const values of [
      [[], FLAT[1], FLAT[2]],
      [[], MAPS[1], MAPS[2]],
    ]) {
      expect(await fold({ sequence: { values: ['', 'NACG', 'ttgcan'] }, attributions: { values } })).toBe(
        'maps.arrow batch 0 row 0 (x): sequence has 0 bases, expected at least k = 4; leave the record out or score with a smaller k',
      )
    }
  })
})

describe('rows', () => {
  it('are the same for every size of batch, and for a range of batches', async () => {
    const columns = { sequence, attributions: { values: FLAT } }
    const whole = await seen(attributionRecords(memoryColumns(columns, { batchSize: 3 }), { axes: 'L4' }))
    for (const batchSize of [1, 2]) {
      expect(await seen(attributionRecords(memoryColumns(columns, { batchSize }), { axes: 'L4' }))).toEqual(
        whole,
      )
    }
    const source = attributionRecords(memoryColumns(columns, { batchSize: 1 }), { axes: 'L4' })
    const ids: string[] = []
    for await (const batch of source.read({ start: 1, end: 3 })) batch.forEach(({ id }) => ids.push(id))
    expect(ids).toEqual(['1', '2'])
  })
  it('say where they lie', async () => {
    const source = attributionRecords(memoryColumns({ sequence, attributions: { values: FLAT } }), {
      axes: 'L4',
    })
    const places: unknown[] = []
    for await (const batch of source.read()) batch.forEach(({ where }) => places.push(where))
    expect(places[2]).toEqual({ file: 'maps.arrow', batch: 1, row: 2, id: '2' })
  })
  it('are views that cost no copy where single or double precision lies position-major', async () => {
    for (const element of ['float32', 'float64'] satisfies Element[]) {
      const source = attributionRecords(
        memoryColumns({ sequence, attributions: { element, values: FLAT } }),
        { axes: 'L4' },
      )
      for await (const batch of source.read()) {
        batch.forEach(({ attribution }) => expect(attribution.byteOffset).toBeGreaterThan(0))
      }
    }
  })
})

describe('sequences as text', () => {
  it('have the codes of their letters, whatever is next to them and wherever they start', async () => {
    const all = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
    const values = all.flatMap(letter => [
      `${letter}cgtacg`,
      `AC${letter}`,
      `acgT${letter}${letter}GTN`,
      'TGCAtgca',
    ])
    const source = sequenceRecords(memoryColumns({ sequence: { values } }))
    const read: string[] = []
    for await (const batch of source.read()) batch.forEach(({ sequence }) => read.push(decodeBases(sequence)))
    expect(read).toEqual(values.map(text => decodeBases(encodeBases(text))))
  })
})
