import {
  correct,
  fold,
  pipe,
  pipeline,
  type RunsRecord,
  selectRuns,
  type Stage,
  sums,
  withErrors,
} from 'attrstream'

/** Bases that are G or C, and all that are known, of a map's sequence and of its attributed runs. */
interface GcCounts {
  readonly idHash: number
  readonly gc: number
  readonly known: number
  readonly runGc: number
  readonly runKnown: number
}

/** A stage: takes each record, and hands on none, one or many of something else. */
const countGc: Stage<RunsRecord, GcCounts> = {
  name: 'count-gc',
  params: null,
  connect: next => map => {
    const { sequence, idHash } = map.record // A=0 C=1 G=2 T=3 N=4
    const counts = { idHash, gc: 0, known: 0, runGc: 0, runKnown: 0 }
    for (const base of sequence) {
      if (base < 4) counts.known++
      if (base === 1 || base === 2) counts.gc++
    }
    for (let j = 0; j < map.runCount; j++) {
      for (const base of sequence.subarray(map.runs[2 * j], map.runs[2 * j + 1])) {
        if (base < 4) counts.runKnown++
        if (base === 1 || base === 2) counts.runGc++
      }
    }
    next(counts)
  },
}

/** An accumulator: exact sums, and the GC content that follows from them, with its standard error. */
const gcContent = withErrors(sums('gc', 'known', 'runGc', 'runKnown'), ({ gc, known, runGc, runKnown }) => ({
  runs: runGc / runKnown,
  all: gc / known,
}))

/** It resumes, shards and merges like `attrstream score`; see `attrstream run pipeline.ts --help`. */
export default pipeline({
  description: 'GC content of attributed runs and of whole sequences, with standard errors',
  options: {
    q: { describe: 'attributed positions exceed this quantile of the magnitudes of their map', default: 0.9 },
  },
  outputs: ({ q }) => ({
    gc: fold(pipe(correct(), selectRuns({ q }), countGc, gcContent), {
      columns: { gc_of_runs: 'real', gc_of_runs_se: 'real', gc_of_all: 'real' },
      rows: ({ runs, all }) => [
        { gc_of_runs: runs.value ?? null, gc_of_runs_se: runs.se ?? null, gc_of_all: all.value ?? null },
      ],
    }),
  }),
})
