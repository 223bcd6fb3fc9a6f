import type { Json } from '../../core/types.js'

/** Options of the command line by the parameter that they set: the last two keys of its path. */
const OPTIONS: { readonly [parameter: string]: string } = {
  'require-length.k': 'k',
  'kmer-spectrum.k': 'k',
  'kmer-prior.k': 'k',
  'kmer-contexts.k': 'k',
  'select-runs.q': 'q',
  'select-runs.buffer': 'buffer',
  'sum-windows.width': 'window',
  'sum-windows.kind': 'window-kind',
  'sum-windows.reduce': 'reduce',
  'sum-windows.normalise': 'normalise',
  'threshold-per-sequence.q': 'angular-q',
  'correct.basis': 'basis',
  'position-profile.basis': 'basis',
  'rotate-vectors.basis': 'basis',
  'angular-grid.grid': 'grid',
  'angular-grid.weight': 'weight',
  'ground-truth.score': 'score',
  'columns.id': 'id-column',
  'columns.sequence': 'sequence-column',
  'columns.attributions': 'attributions-column',
  'columns.truth': 'truth-column',
  'columns.model': 'model-column',
  'records.where': 'where',
  'records.target': 'target',
  'records.axes': 'axes',
  'records.alphabet': 'alphabet',
  'records.match': 'match',
  'records.around': 'around',
  'records.truth': 'truth',
  'thin.fraction': 'thin',
}

/** Options that add or take away a whole part of what is summed up, by a word in its name. */
const PARTS: readonly (readonly [part: RegExp, option: string])[] = [
  [/threshold/, 'threshold'],
  [/rotat/, 'null-draws'],
  [/shift/, 'null'],
  [/sweep/, 'sweep'],
  [/truth/, 'truth'],
  [/prior/, 'prior'],
  [/context/, 'readout'],
  [/thin/, 'thin'],
]

/** The option that sets a parameter, by the path that `jsonDifferences` gives; undefined if none is known. */
function optionOf(path: string): string | undefined {
  const keys = path.split('.')
  return OPTIONS[keys.slice(-2).join('.')] ?? PARTS.find(([part]) => part.test(keys.at(-1) ?? ''))?.[1]
}

/** The options that parameters were set by, as they are typed: `--k 6 --q 0.9`. */
export function optionsText(params: Json): string {
  const options = new Map<string, string>()
  const walk = (value: Json, path: readonly string[]) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value as { readonly [key: string]: Json }))
        walk(inner, [...path, key])
      return
    }
    const option = OPTIONS[path.slice(-2).join('.')]
    if (option !== undefined && option !== 'truth' && value !== null) options.set(option, valueText(value))
  }
  walk(params, [])
  return [...options].map(([option, value]) => `--${option} ${value}`).join(' ')
}

function valueText(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[\w.,:/-]+$/.test(text) ? text : `'${text}'`
}

interface Changed {
  readonly path: string
  readonly a: Json | undefined
  readonly b: Json | undefined
}

/** `was made with --k 6, --q 0.9, now --k 5, --q 0.8`; parameters that no option is known of are given by name. */
export function changedOptions(
  differences: readonly Changed[],
  text: (value: Json | undefined) => string,
): string {
  const isPart = (value: Json | undefined) => typeof value === 'object' && value !== null
  const values = differences.filter(({ a, b }) => !isPart(a) && !isPart(b))
  const parts = differences.filter(({ a, b }) => isPart(a) || isPart(b))
  const side = (of: 'a' | 'b') =>
    values.map(({ path, ...sides }) => {
      const option = optionOf(path)
      const name = option === undefined ? shortPath(path) : `--${option}`
      const value = sides[of]
      if (value === undefined) return `default ${name}`
      return `${name} ${option !== undefined && typeof value === 'string' ? value : text(value)}`
    })
  const names = parts.map(({ path }) => {
    const option = optionOf(path)
    return option === undefined ? shortPath(path) : `--${option}`
  })
  const said = [
    ...(values.length === 0 ? [] : [`${listed(side('a'))}, now ${listed(side('b'))}`]),
    ...(names.length === 0 ? [] : [`other ${listed(names)}`]),
  ]
  return `was made with ${said.join(', and with ')}`
}

function listed(all: readonly string[]): string {
  const different = [...new Set(all)]
  const more = different.length - SHOWN
  return `${different.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** A line with more differences than this is not read. */
const SHOWN = 6

function shortPath(path: string): string {
  return path.split('.').slice(-2).join('.') || 'parameters'
}
