import { describe, expect, it } from 'vitest'
import { locusOf, spanAt } from '../../src/dna/locus.js'

describe('the place that an id names', () => {
  const place = { chrom: 'chr1', start: 100, end: 300, strand: '.' }

  it('is 0-based and half-open, or 1-based with its end, whichever gives the length', () => {
    expect(locusOf('chr1:100-300', 200)).toEqual(place)
    expect(locusOf('chr1:101-300', 200)).toEqual(place)
    expect(locusOf('chr1:99-300', 200)).toBeUndefined()
    expect(locusOf('chr1:0-200', 200)?.start).toBe(0)
  })

  it('may have thousands separators and a strand', () => {
    expect(locusOf('chr1:1,100-1,300(-)', 200)).toEqual({
      chrom: 'chr1',
      start: 1100,
      end: 1300,
      strand: '-',
    })
    expect(locusOf('HLA-A*01:01:100-300:+', 200)).toEqual({ ...place, chrom: 'HLA-A*01:01', strand: '+' })
  })

  it('is none for any other id', () => {
    for (const id of [
      '',
      'seq0001',
      'chr1',
      'chr1:x-y',
      'chr1:300-100',
      ':1-2',
      'chr1:-200',
      'a b:100-300',
    ]) {
      expect(locusOf(id, 200)).toBeUndefined()
    }
  })

  it('has spans that run backwards on the minus strand', () => {
    expect(spanAt({ chrom: 'chr1', start: 100, end: 300, strand: '+' }, 10, 20)).toMatchObject({
      start: 110,
      end: 120,
    })
    expect(spanAt({ chrom: 'chr1', start: 100, end: 300, strand: '-' }, 10, 20)).toMatchObject({
      start: 280,
      end: 290,
    })
  })
})
