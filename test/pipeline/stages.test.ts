import { describe, expect, it } from 'vitest'
import type { AttributionRecord } from '../../src/core/types.js'
import { metricOptions } from '../../src/metrics/options.js'
import { transformOf } from '../../src/pipeline/built-in/stages.js'
import { recordOf } from '../support/records.js'

const metrics = metricOptions()
const random = (
  (seed: number) => () =>
    (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32
)(3)
const record = recordOf(
  'one',
  'ACGTACGTACGTACG',
  Float32Array.from({ length: 60 }, () => random() - 0.3),
)

/** The map, or the rows, that come of stages. */
function through(stages: string, of: AttributionRecord = record): unknown {
  const made = transformOf(stages.split(','), metrics)
  const seen: unknown[] = []
  if (made.kind === 'maps') made.stage.connect(({ attribution }) => seen.push([...attribution]))(of)
  else made.stage.connect(row => seen.push(row))(of)
  return seen
}

describe('stages by name', () => {
  it('correct once, whichever of them it is that needs it', () => {
    expect(through('correct,normalise')).toEqual(through('normalise'))
    expect(through('correct,window')).toEqual(through('window'))
    expect(through('correct,correct')).toEqual(through('correct'))
    expect(through('correct,features')).toEqual(through('features'))
    expect(through('raw,runs')).toEqual(through('runs'))
    expect(through('raw')).toEqual([[...record.attribution]])
    expect(through('raw')).not.toEqual(through('correct'))
    const made = transformOf(['correct', 'normalise', 'window'], metrics)
    expect(made.stage.name).toBe('normalise-map | window-map')
  })
  it('go one after the other', () => {
    expect(through('window,runs')).not.toEqual(through('runs'))
    expect(through('normalise,runs')).toEqual(
      (through('runs') as { magnitude: number; peak: number }[]).map(row => ({
        ...row,
        magnitude: expect.any(Number),
        peak: expect.any(Number),
        relative_peak: expect.any(Number),
      })),
    )
  })
  it('that are unknown, or behind rows, are told so', () => {
    const known = 'expected raw, correct, normalise, window, runs, features'
    expect(() => transformOf(['runs', 'x'], metrics)).toThrow('runs makes rows, which x cannot take')
    expect(() => transformOf(['x'], metrics)).toThrow(`no stage is called "x", ${known}`)
    expect(() => transformOf([''], metrics)).toThrow(`no stage is called "", ${known}`)
    expect(() => transformOf(['toString'], metrics)).toThrow(known)
  })
})
