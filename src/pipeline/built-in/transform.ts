import { BASES } from '../../dna/basis.js'
import { WINDOW_KINDS } from '../../dna/windows.js'
import { type Convention, CONVENTIONS, metricOptions } from '../../metrics/options.js'
import { NORMALISATIONS } from '../../stages/sum-windows.js'
import { maps, pipeline, rows } from '../define.js'
import { transformOf } from './stages.js'

const ELEMENTS = ['float32', 'float16', 'float64'] as const

/** Names in a list, as in `label,score`. */
const namesIn = (text: string | undefined) => (text ?? '').split(',').flatMap(name => name.trim() || [])

/** What `attrstream transform` runs: stages by name, in order, to maps or to rows. */
export const transform = pipeline({
  description: 'maps into other maps, attributed runs or features',
  shortest: 0,
  options: {
    stages: {
      describe: 'steps, in order: raw, correct, normalise, window; last runs or features, to write rows',
      default: 'correct',
    },
    keep: { describe: 'columns of the input to copy to the output, e.g. label,score' },
    element: { describe: 'how values of maps are stored', default: 'float32', choices: ELEMENTS },
    convention: {
      describe: 'bundle of options that the ones below are set over',
      default: 'paper',
      choices: Object.keys(CONVENTIONS) as Convention[],
    },
    k: { describe: 'length of the words, 1 to 10', type: 'number' },
    q: { describe: 'attributed positions lie above this quantile of magnitudes', type: 'number' },
    buffer: { describe: "positions by which a run's 3' end is extended", type: 'number' },
    window: { describe: 'positions in a window', type: 'number' },
    windowKind: { describe: 'which positions a window covers', choices: WINDOW_KINDS },
    reduce: { describe: 'mean or sum over a window', choices: ['mean', 'sum'] as const },
    basis: { describe: 'three axes of a corrected vector', choices: BASES },
    normalise: { describe: 'what a map is divided by', choices: NORMALISATIONS },
  },
  // Of all stages features alone look at ground truth, which is not read for the others.
  truth: ({ stages }) => (namesIn(stages).at(-1) === 'features' ? 'found' : false),
  outputs({
    stages,
    keep: kept,
    element,
    convention,
    k,
    q,
    buffer,
    window,
    windowKind,
    reduce,
    basis,
    normalise,
  }) {
    const names = stages.split(',').map(name => name.trim())
    const metrics = metricOptions({
      convention,
      kmer: given({ k, q, buffer }),
      angular: given({ window, windowKind, reduce, basis, normalise }),
    })
    const made = transformOf(names, metrics)
    const keep = namesIn(kept)
    return made.kind === 'rows'
      ? { [names.at(-1) as string]: rows(made.stage, made.table, { keep }) }
      : { maps: maps(made.stage, { element, keep }) }
  },
})

/** The entries that are not undefined. */
function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
