import {
  type Accumulator,
  after,
  correct,
  eachFile,
  metricOptions,
  pipe,
  type RunsRecord,
  type Stage,
  selectRuns,
} from 'attrstream'

const { kmer, angular } = metricOptions({ convention: 'paper' })

/** Bases that are G or C, and all that are known, of whole sequences and of their attributed runs. */
interface GcCounts {
  gc: number
  known: number
  runGc: number
  runKnown: number
}

/** A stage: takes each record, and hands on none, one or many of something else. */
const countGc: Stage<RunsRecord, GcCounts> = {
  name: 'count-gc',
  params: null,
  connect: next => map => {
    const { sequence } = map.record // A=0 C=1 G=2 T=3 N=4
    const counts = { gc: 0, known: 0, runGc: 0, runKnown: 0 }
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

/** An accumulator: a sum that can be merged and saved. Whole numbers, so that no order of additions can show. */
const totalGc: Accumulator<GcCounts, GcCounts, GcCounts> = {
  name: 'total-gc',
  params: null,
  empty: () => ({ gc: 0, known: 0, runGc: 0, runKnown: 0 }),
  add: addCounts,
  merge: addCounts,
  result: total => ({ ...total }),
  save: ({ gc, known, runGc, runKnown }) => ({ counts: Float64Array.of(gc, known, runGc, runKnown) }),
  load({ counts: [gc, known, runGc, runKnown] }) {
    return { gc, known, runGc, runKnown }
  },
}

function addCounts(into: GcCounts, from: GcCounts): void {
  into.gc += from.gc
  into.known += from.known
  into.runGc += from.runGc
  into.runKnown += from.runKnown
}

/** A row a file; `eachFile` opens the files, runs the pass and writes the table to --out, or to standard output. */
export const pipeline = eachFile({
  description: 'GC content of attributed runs and of whole sequences, for each file',
  accumulator: after(pipe(pipe(correct(angular), selectRuns(kmer)), countGc), totalGc),
  columns: { gc_of_runs: 'real', gc_of_all: 'real' },
  row: ({ gc, known, runGc, runKnown }) => ({
    gc_of_runs: runKnown > 0 ? runGc / runKnown : null,
    gc_of_all: known > 0 ? gc / known : null,
  }),
})
