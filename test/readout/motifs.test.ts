import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { consensusOf, type MotifMatrix, preferredBases, reverseMatrix } from '../../src/readout/matrix.js'
import { MotifIndex } from '../../src/readout/motif-match.js'
import { parseMotifs } from '../../src/readout/parse-motifs.js'
import { FIXTURES } from '../support/fixtures.js'

const JASPAR = `
>MA0001.1	ONE
A  [ 1 0 4 ]
C  [ 0 5 0 ]
G  [ 4 0 1 ]
T  [ 0 0 0 ]

>MA0002.1
1 0
0 1
0 0
0 0
`
const MEME = `MEME version 4

ALPHABET= ACGT

strands: + -

MOTIF MA0001.1 ONE
letter-probability matrix: alength= 4 w= 3 nsites= 5 E= 0
 0.2  0  0.8  0
 0 1 0 0
0.8 0 0.2 0
URL http://example.org

MOTIF two
letter-probability matrix: alength= 4 w= 1
0.25 0.25 0.25 0.25
`

describe('motif files', () => {
  it('are JASPAR, with or without letters, brackets and names', () => {
    expect(parseMotifs(JASPAR, {})).toEqual([
      {
        id: 'MA0001.1',
        name: 'ONE',
        matrix: [
          [1, 0, 4, 0],
          [0, 5, 0, 0],
          [4, 0, 1, 0],
        ],
      },
      {
        id: 'MA0002.1',
        name: 'MA0002.1',
        matrix: [
          [1, 0, 0, 0],
          [0, 1, 0, 0],
        ],
      },
    ])
  })
  it('or MEME', () => {
    const motifs = parseMotifs(MEME.replaceAll('\n', '\r\n'), {})
    expect(motifs.map(({ id, name }) => `${id} ${name}`)).toEqual(['MA0001.1 ONE', 'two two'])
    expect(motifs[0].matrix).toEqual([
      [0.2, 0, 0.8, 0],
      [0, 1, 0, 0],
      [0.8, 0, 0.2, 0],
    ])
  })
  it('or refused, with what is wrong', () => {
    const refusal = (text: string) => {
      try {
        return parseMotifs(text, { file: 'm.txt' })
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(refusal('id,motif')).toBe(
      `m.txt: starts with "id,motif", expected motifs: JASPAR ('>ID NAME') or MEME ('MEME version 4')`,
    )
    expect(refusal('')).toContain('starts with ""')
    expect(refusal('MEME version 4\n')).toContain('holds no motif')
    expect(refusal('>a b\n1 2\n1 2\n1 2\n')).toContain(
      'motif "a" has rows of 2, 2, 2, expected four of one length',
    )
    expect(refusal('>a b\n1 2\n1 2\n1\n1 2')).toContain('has rows of 2, 2, 1, 2')
    expect(refusal('>a b\nA 1\nG 1\n')).toContain('row 1 is of G, expected the rows A, C, G, T')
    expect(refusal('>a b\nA 1 x\n')).toContain('motif "a b" has "x", expected numbers >= 0')
    expect(refusal('>a b\nA 1 -1\n')).toContain('has "-1"')
    expect(refusal(MEME.replace('w= 3', 'w= 4'))).toContain('motif "MA0001.1" has 3 rows, expected w = 4')
    expect(refusal(MEME.replace('= ACGT', '= ACDE'))).toContain('has ALPHABET= ACDE, expected ALPHABET= ACGT')
    expect(refusal('MEME version 4\nMOTIF x\nMOTIF y\n')).toContain(
      'motif "x" has no letter-probability matrix',
    )
  })
})

const of = (text: string, sure = 0.97): MotifMatrix =>
  Array.from(text).map(letter => {
    const column: [number, number, number, number] = [0, 0, 0, 0].map(() => (1 - sure) / 3) as never
    column['ACGT'.indexOf(letter)] = sure
    return column
  })

describe('a match', () => {
  const index = new MotifIndex([
    { id: 'a', name: 'A', matrix: of('TTGACGTCAACC') },
    { id: 'b', name: 'B', matrix: of('CCATATTAGGAC') },
  ])
  it('is the motif, offset and strand where shares agree best', () => {
    expect(index.best(of('ATATTAGG', 0.8))).toMatchObject({ id: 'b', offset: 2, strand: '+' })
    const reverse = index.best(reverseMatrix(of('GACGTCAACC')))
    expect(reverse).toMatchObject({ id: 'a', offset: 0, strand: '-' })
    expect(reverse?.similarity).toBeCloseTo(1, 12)
  })
  it("is Pearson's r, a motif that ends counting as 1/4 for every base", () => {
    // numpy.corrcoef of 8 positions of the query against the last six of CCATATTAGGAC and twice (.25, .25, .25, .25)
    expect(index.best(of('TTAGGACG'))?.similarity).toBeCloseTo(Math.sqrt(7 / 8), 12)
  })
  it('leaves ends out that tell nothing, and says its offset with them', () => {
    const flat: MotifMatrix = [
      [1, 1, 1, 1],
      [2, 2, 2, 2],
    ]
    expect(index.best([...flat, ...of('ATATTAGG'), ...flat])).toMatchObject({ id: 'b', offset: 0 })
    expect(index.best(flat)).toBeUndefined()
  })
  it('has a p-value from shuffled positions, the same at every call', () => {
    const query = of('CCATATTAGGAC')
    expect(index.best(query)?.p).toBe(1 / 200)
    expect(index.best(query)).toEqual(index.best(query))
    expect(index.best(of('AAAA'))?.p).toBeGreaterThan(0.2)
  })
})

describe('a consensus', () => {
  it('has codes of the IUPAC where no base has half', () => {
    const matrix: MotifMatrix = [
      [97, 1, 1, 1],
      [45, 5, 45, 5],
      [0, 40, 30, 30],
      [25, 25, 25, 25],
      [0, 0, 0, 0],
    ]
    expect(consensusOf(matrix)).toBe('ARBNN')
    expect(preferredBases(matrix)).toBe('ARBNN')
    expect(preferredBases(matrix.slice(3))).toBe(null)
    expect(preferredBases([])).toBe(null)
  })
})

it('the motifs of JASPAR 2016 find themselves', () => {
  const motifs = parseMotifs(readFileSync(`${FIXTURES}motifs/jaspar_2016_core_vertebrates.pfm`, 'utf8'), {})
  expect(motifs).toHaveLength(519)
  const index = new MotifIndex(motifs)
  for (const name of ['CTCF', 'SP1', 'YY1', 'Gabpa', 'SRF']) {
    const motif = motifs.find(motif => motif.name === name)
    expect(motif && index.best(motif.matrix)).toMatchObject({ name, p: 1 / 200 })
  }
})
