/** Options that belong together: their heading, and the word that `--help WORD` shows them by. */
export interface OptionGroup {
  readonly heading: string
  readonly topic: string
}

const group = (heading: string, topic: string): OptionGroup => ({ heading, topic })

const PIPELINE = group('Options of the pipeline', 'pipeline')
const SEQUENCES = group('Sequences', 'sequences')
const MAPS = group('Maps', 'maps')
const INPUT = group('Input', 'input')
const OUTPUT = group('Output', 'output')
const METRICS = group('Metrics', 'metrics')
const KMER = group('Metrics: k-mers', 'metrics')
const ANGULAR = group('Metrics: angles', 'metrics')
const TRUTH = group('Ground truth', 'truth')
const READOUT = group('Readout', 'readout')
const COMPARING = group('Comparing', 'comparing')
const FIGURE = group('Figure', 'figure')
const BAD = group('Bad records', 'records')
const PARTS = group('Parts', 'parts')
const RUNNING = group('Running', 'running')
const SHARDS = group('Shards', 'shards')

/** In the order in which people need them. */
export const OPTION_GROUPS: readonly OptionGroup[] = [
  PIPELINE,
  SEQUENCES,
  MAPS,
  INPUT,
  OUTPUT,
  METRICS,
  KMER,
  ANGULAR,
  TRUTH,
  READOUT,
  COMPARING,
  FIGURE,
  BAD,
  RUNNING,
  PARTS,
  SHARDS,
]

/** Groups by the heading that options are declared with. */
const DECLARED: { readonly [heading: string]: OptionGroup } = {
  'Pipeline:': PIPELINE,
  'Sequences:': SEQUENCES,
  'Maps:': MAPS,
  'Input:': INPUT,
  'k-mer metric:': KMER,
  'Angular metric:': ANGULAR,
  'Ground truth:': TRUTH,
  'Readout:': READOUT,
  'Comparing:': COMPARING,
  'Bad records:': BAD,
  'Running:': RUNNING,
  'Parts:': PARTS,
  'Shards:': SHARDS,
}

const OF_GROUP: readonly (readonly [OptionGroup, string])[] = [
  [INPUT, 'model s3-endpoint maps ids root list pipeline target'],
  [METRICS, 'convention'],
  [
    COMPARING,
    'thin until-se sweep performance by by-se lower filter strata truth-column consistency kmer-column angular-column front statistic metric pairs performance-column',
  ],
  [RUNNING, 'workers checkpoint restart verify seed plans records log debug verbose'],
  [FIGURE, 'panel scale dark palette kind'],
  [SHARDS, 'shards shard pass radii partial'],
]

/** The group of an option: that of its heading, else by its name, else output. */
export function optionGroupOf(name: string, heading: string | undefined): OptionGroup {
  const declared = heading === undefined ? undefined : DECLARED[heading]
  return declared ?? OF_GROUP.find(([, names]) => names.split(' ').includes(name))?.[0] ?? OUTPUT
}

/** Options of long commands that are shown unasked. */
const USUAL: { readonly [command: string]: string } = {
  score:
    'model sequences sequence-column attributions-column where out format report wide convention k motifs performance thin on-bad workers checkpoint',
  transform: 'model-column sequences where out format stages keep q window on-bad workers',
  convert: 'sequences sequence-column attributions-column where out to float16 on-bad checkpoint',
  run: 'model sequences where out format shard thin on-bad workers checkpoint',
  fold: 'pipeline model sequences where state part convention k thin on-bad workers checkpoint',
  plan: 'model sequences where out shards show convention k thin on-bad',
  merge: 'plan out format report list expect-parts expect-records partial quarantine state',
  plot: 'out performance performance-column metric model maps ids dark scale',
  inspect: 'sequences sequence-column attributions-column axes target format k',
}

/** Names of the options of a command that are shown unasked; undefined for all. */
export function usualOptions(command: string): ReadonlySet<string> | undefined {
  const names = USUAL[command]
  return names === undefined ? undefined : new Set(names.split(' '))
}
