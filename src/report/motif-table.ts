import { about } from './blocks.js'
import { element, formatNumber, named } from './markup.js'
import type { ModelView } from './models.js'
import { table, type TableCell } from './tables.js'

/** A motif counts as found where its best match among shuffled collections is this rare. */
const ALPHA = 0.01

/** Which known motifs each model's words and clusters are like: a row per motif, a column per model. '' where no motif was found. */
export function motifTable(models: readonly ModelView[]): string {
  const read = models.filter(({ readout }) => readout !== null)
  const found = new Map<string, { name: string; best: Map<ModelView, number> }>()
  for (const model of read) {
    for (const { match } of [...(model.readout?.words ?? []), ...(model.readout?.clusters ?? [])]) {
      if (match === null || match.p > ALPHA) continue
      const motif = found.get(match.id) ?? { name: match.name, best: new Map<ModelView, number>() }
      motif.best.set(model, Math.max(match.similarity, motif.best.get(model) ?? 0))
      found.set(match.id, motif)
    }
  }
  if (found.size === 0 || read.length < 2) return ''
  const total = ({ best }: { best: ReadonlyMap<ModelView, number> }) =>
    [...best.values()].reduce((sum, r) => sum + r, 0)
  const rows = [...found].toSorted(([, a], [, b]) => b.best.size - a.best.size || total(b) - total(a))
  return (
    element('h3', {}, 'Which models found which motif') +
    about(`Similarity r of the word or cluster that is most like the motif, where p is at most ${ALPHA}.`) +
    table(
      'motifs',
      'Known motifs by model',
      [
        { head: 'motif', numeric: false },
        { head: 'models', about: 'number of models that found it', numeric: true },
        ...read.map(({ name }) => ({ head: name, numeric: true })),
      ],
      rows.map(([id, { name, best }]) => ({
        cells: [
          { html: `${named(name)} <span class="se">${named(id)}</span>`, value: `${name} ${id}` },
          { html: String(best.size), value: best.size },
          ...read.map((model): TableCell => {
            const r = best.get(model)
            return r === undefined ? { html: '–', value: null } : { html: formatNumber(r, 2), value: r }
          }),
        ],
      })),
    )
  )
}
