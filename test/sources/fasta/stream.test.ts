import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeBases, encodeBases } from '../../../src/dna/bases.js'
import { fnv1a } from '../../../src/core/hash.js'
import { countKmers } from '../../../src/dna/kmers.js'
import { type FastaOptions, openFasta } from '../../../src/sources/fasta/index.js'
import { openColumns, openSequences } from '../../../src/sources/open.js'

const folder = mkdtempSync(join(tmpdir(), 'attrstream-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function file(content: string | Uint8Array): string {
  const path = join(folder, `${files++}.fa`)
  writeFileSync(path, content)
  return path
}

async function read(path: string, options: FastaOptions = {}): Promise<[id: string, sequence: string][]> {
  const found: [string, string][] = []
  const source = await openFasta(path, options)
  for await (const batch of source.read()) {
    batch.forEach(({ id, idHash, sequence }) => {
      expect(idHash).toBe(fnv1a(new TextEncoder().encode(id)))
      found.push([id, decodeBases(sequence)])
    })
  }
  return found
}

describe('FASTA', () => {
  it('gives sequences over any number of lines, the first word of a header as id', async () => {
    const path = file('>one two three\nACGT\nacgt\n\n>second\tx\r\nAC\r\nNN-\r\n> \nRYK*\n>empty\n>last\nA')
    expect(await read(path)).toEqual([
      ['one', 'ACGTACGT'],
      ['second', 'ACNNN'],
      ['2', 'NNNN'],
      ['empty', ''],
      ['last', 'A'],
    ])
  })

  it('is told by signature, gzip of several members too', async () => {
    const path = file(Buffer.concat([gzipSync('>a\nACGT\n>b\nAC'), gzipSync('GT\n>c\nT\n')]))
    const source = await openSequences(path)
    expect(source.format).toBe('FASTA, gzip')
    expect(await read(path)).toEqual([
      ['a', 'ACGT'],
      ['b', 'ACGT'],
      ['c', 'T'],
    ])
  })

  it('in pieces has every k-mer once', async () => {
    const bases = fc.array(fc.constantFrom('A', 'C', 'G', 'T', 'N'), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(
        bases,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (text, k, size) => {
          const sequence = text.join('')
          const path = file(`>x\n${sequence}\n>y\n${sequence}`)
          const whole = new Float64Array(4 ** k)
          for (let i = 0; i < 2; i++) countKmers(encodeBases(sequence), 0, sequence.length, k, whole)
          const pieced = new Float64Array(4 ** k)
          for (const [, piece] of await read(path, { pieceBases: size, overlap: k - 1 })) {
            expect(piece.length).toBeLessThanOrEqual(Math.max(size, k))
            countKmers(encodeBases(piece), 0, piece.length, k, pieced)
          }
          expect(pieced).toEqual(whole)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('longer than what is read at once is whole', async () => {
    const line = `${'ACGTTGCA'.repeat(10)}\n`
    const found = await read(file(gzipSync(`>chr\n${line.repeat(50_000)}`)))
    expect(found).toHaveLength(1)
    expect(found[0][1]).toBe('ACGTTGCA'.repeat(500_000))
  })

  it('that is no FASTA is an error that says what was found', async () => {
    await expect(openFasta(join(folder, 'none.fa'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(read(file(''))).rejects.toMatchObject({ code: 'empty' })
    await expect(read(file('\n\n'))).rejects.toMatchObject({
      code: 'empty',
      what: 'holds no sequence, expected FASTA',
    })
    await expect(read(file('@read\nACGT\n+\nIIII\n'))).rejects.toMatchObject({
      code: 'format',
      what: 'starts with "@", expected FASTA, whose first line begins with ">"',
    })
    const path = file('>a\nAC1T')
    await expect(read(path)).rejects.toThrow(
      `${path} row 0 (a): has "1" at position 2, expected letters; check that the file is FASTA`,
    )
  })

  it('whose gzip is cut short or broken is damaged', async () => {
    const whole = gzipSync(
      `>a\n${Array.from({ length: 20_000 }, (_, i) => 'ACGT'[((i * i) % 7) & 3]).join('')}\n`,
    )
    const broken = Uint8Array.from(whole)
    broken[30] ^= 255
    for (const bytes of [whole.subarray(0, whole.length - 9), whole.subarray(0, 15), broken]) {
      await expect(read(file(bytes))).rejects.toMatchObject({ code: 'damaged' })
    }
  })

  it('is no input of maps', async () => {
    await expect(openColumns(file('>a\nACGT'))).rejects.toThrow('holds no attribution maps')
    await expect(openColumns(file(gzipSync('>a\nACGT')))).rejects.toThrow('--prior if it is FASTA')
  })
})

describe('a header line of any length', () => {
  it('gives its first word as the id', async () => {
    const path = file(`>one ${'word '.repeat(100_000)}\nACGT\n>two\nAC\n`)
    expect(await read(path)).toEqual([
      ['one', 'ACGT'],
      ['two', 'AC'],
    ])
  })

  it('is an error where its first word does not end, before all of it is read', async () => {
    const error = await read(file(`>${'A'.repeat(200_000)}\nACGT\n`)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'format',
      what: 'has a header line whose first word, the id, is longer than 65536 bytes; shorten it',
    })
  })
})
