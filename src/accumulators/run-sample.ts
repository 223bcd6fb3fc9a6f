import type { Accumulator } from '../core/types.js'
import { groupOf, keyOf } from '../core/hash.js'
import type { RunsRecord } from '../dna/records.js'
import { packBases, RunSample, type SampledRuns } from '../stats/sums/run-sample.js'

/** A random sample of the records, dead maps left out: their sequences and attributed runs, by a hash of the id. */
export function runSample(): Accumulator<RunsRecord, RunSample, readonly SampledRuns[]> {
  return {
    name: 'run-sample',
    params: null,
    empty: () => new RunSample(),
    add(sample, { record, dead, runs, runCount }) {
      if (dead) return
      const { sequence, idHash } = record
      const key = keyOf(record)
      if (!sample.wants(key, sequence.length)) return
      sample.add({
        key,
        group: groupOf(idHash),
        length: sequence.length,
        packed: packBases(sequence),
        runs: Uint32Array.from(runs.subarray(0, 2 * runCount)),
      })
    },
    merge: (into, from) => into.merge(from),
    result: sample => sample.records(),
    save: sample => sample.save(),
    load: arrays => RunSample.load(arrays),
  }
}
