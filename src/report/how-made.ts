import type { ScoreDocument } from '../results/document.js'
import { element, escape, named, formatInteger } from './markup.js'
import { table, textCell, integerCell } from './tables.js'

/** One file of scores: what was run, on what, with which options. */
export function provenanceSection(
  { name, document }: { readonly name: string; readonly document: ScoreDocument },
  index: number,
): string {
  const { provenance, partial, failed } = document
  const { version, command, inputs, options, plan, wall_seconds } = provenance
  return [
    element('h3', {}, named(name)),
    facts([
      ['attrstream', version],
      ['schema', document.schema],
      ['models', document.models.length],
      ['not scored', failed?.map(({ model, message }) => `${model} (${message})`).join('; ')],
      ['plan', plan],
      ['missing shards', partial && `${partial.missing_shards.join(', ')} of ${partial.of}`],
      ['seconds', wall_seconds === undefined ? undefined : wall_seconds.toFixed(1)],
    ]),
    element(
      'pre',
      { 'aria-label': 'command', tabindex: 0 },
      escape(['attrstream', ...command].map(quoted).join(' ')),
    ),
    element(
      'details',
      {},
      element('summary', {}, `Inputs (${inputs.length})`),
      table(
        `inputs-${index}`,
        `Inputs of ${name}`,
        [
          { head: 'model', numeric: false },
          { head: 'file', numeric: false },
          { head: 'bytes', numeric: true },
          { head: 'fingerprint', numeric: false },
        ],
        inputs.map(input => ({
          cells: [
            textCell(input.model),
            textCell(input.name),
            integerCell(input.bytes),
            textCell(input.fingerprint ?? '–'),
          ],
        })),
      ),
    ),
    element('details', {}, element('summary', {}, 'Options in full'), facts(flatten(options))),
  ].join('')
}

/** Names and values; those that are undefined are left out. */
export function facts(
  list: readonly (readonly [name: string, value: string | number | undefined])[],
): string {
  return element(
    'dl',
    { class: 'facts' },
    ...list.flatMap(([name, value]) =>
      value === undefined
        ? []
        : [
            element('dt', {}, escape(name)),
            element('dd', {}, typeof value === 'number' ? formatInteger(value) : named(value)),
          ],
    ),
  )
}

/** Values of nested options by path; long lists are told by how many they hold. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value) && value.length > 20) return [[path, `${value.length} values`]]
  if (typeof value !== 'object' || value === null) return [[path, String(value)]]
  const entries = Object.entries(value)
  if (entries.length === 0) return path === '' ? [] : [[path, 'as found']]
  return entries.flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`))
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
