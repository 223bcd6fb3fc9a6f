import type { InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { RecordOptions } from '../../sources/records/records.js'
import type { PriorCounts } from '../../metrics/kmer/kld.js'
import type { MetricOptions } from '../../metrics/options.js'
import { loadPrior } from '../../scoring/prior.js'
import { SWEPT, type SweepOptions, sweepOptions, type Swept } from '../../metrics/sweep-options.js'

/** Settings scored in addition to the one asked for. */
export const SWEEP_FLAGS = {
  sweep: {
    string: true,
    array: true,
    nargs: 1,
    group: 'Comparing:',
    describe: `score several settings in one pass, e.g. --sweep k=5,6,7 --sweep window=1,3; options: ${SWEPT.join(', ')}`,
  },
} as const

export type SweepFlags = InferredOptionTypes<typeof SWEEP_FLAGS>

/** The settings that flags ask for; undefined for none. Errors: `usage`. */
export function sweepOf({ sweep }: SweepFlags, base: MetricOptions): SweepOptions | undefined {
  if (sweep === undefined) return undefined
  const values: { [name in Swept]?: number[] } = {}
  for (const text of sweep) {
    const found = /^([a-z-]+)=(.+)$/.exec(text)
    const name = SWEPT.find(swept => swept === found?.[1])
    const numbers = (found?.[2] ?? '')
      .split(',')
      .map(part => (part.trim() === '' ? Number.NaN : Number(part)))
    if (name === undefined || numbers.some(Number.isNaN)) {
      throw new DataError(
        'usage',
        `--sweep is ${text}, expected one of ${SWEPT.join(', ')} with values, e.g. k=5,6,7`,
      )
    }
    values[name] = [...new Set([...(values[name] ?? []), ...numbers])]
  }
  return sweepOptions(base, values)
}

/** The priors of every k of a sweep but the one asked for; undefined where a population has its own. */
export async function sweepPriorsOf(
  spec: string,
  base: MetricOptions,
  sweep: SweepOptions | undefined,
  records: RecordOptions,
): Promise<PriorCounts[] | undefined> {
  const others = new Set(sweep?.kmer.map(({ k }) => k))
  others.delete(base.kmer.k)
  const priors: PriorCounts[] = []
  for (const k of others) {
    const prior = await loadPrior(spec, { k, records })
    if (prior === undefined) return undefined
    priors.push(prior)
  }
  return priors.length === 0 ? undefined : priors
}
