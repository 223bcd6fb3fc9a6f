import { agreementFigure } from './figures/agreement-figure.js'
import { angularFigures } from './figures/angular-figure.js'
import { about, drawn, figureBlock, figures, hint } from './blocks.js'
import { findCards } from './finds.js'
import { generalisationSection } from './generalisation.js'
import { performanceOf } from './front.js'
import { glossary, methodsParagraph, termLink } from './glossary.js'
import { provenanceSection } from './how-made.js'
import { mapFigure } from './figures/map-figure.js'
import { motifTable } from './motif-table.js'
import { element, escape, named, formatNumber, formatInteger } from './markup.js'
import { NAMED_METRICS, type ModelView } from './models.js'
import { consistencyFigure, convergenceFigure, strataIn, truthFigure } from './figures/overview-figures.js'
import type { ReportInput } from './input.js'
import { rankFigure, spectrumFigure } from './figures/spectrum-figure.js'
import { sweepSection } from './sweeps.js'
import type { Strata } from './figures/symbols.js'
import { numberCell, table, type TableCell, type TableColumn, textCell, integerCell } from './tables.js'

export interface Section {
  readonly id: string
  readonly name: string
  readonly html: string
}

/** The sections of the report, in order. */
export function sectionsOf(input: ReportInput, models: readonly ModelView[]): Section[] {
  const strata = strataIn(input, models)
  return [
    { id: 'models', name: 'Models', html: modelTable(models, input) },
    { id: 'consistency', name: 'Consistency', html: consistencySection(models, strata) },
    { id: 'generalisation', name: 'Generalisation', html: generalisationSection(models, strata, input) },
    ...agreementSections(input, models),
    { id: 'truth', name: 'Ground truth', html: truthSection(models, strata) },
    { id: 'patterns', name: 'What they attribute to', html: patternSection(models) },
    { id: 'sensitivity', name: 'Sensitivity', html: sweepSection(models) },
    { id: 'convergence', name: 'Convergence', html: convergenceSection(models, strata) },
    { id: 'maps', name: 'Maps', html: mapSection(input.maps) },
    { id: 'made', name: 'How it was made', html: madeSection(input, models) + methodsParagraph(input) },
    { id: 'glossary', name: 'Glossary', html: glossary() },
  ]
}

function modelTable(models: readonly ModelView[], input: ReportInput): string {
  const { performance } = input
  const held = performanceOf(input)
  const columns: TableColumn[] = [{ head: 'model', numeric: false }]
  const cells: ((model: ModelView) => TableCell)[] = [
    model => ({
      html: `<a href="#${model.anchor}">${named(model.name)}</a>`,
      value: model.name,
    }),
  ]
  const add = (column: TableColumn, cell: (model: ModelView) => TableCell) => {
    columns.push(column)
    cells.push(cell)
  }
  for (const { name, numeric } of performance?.columns ?? []) {
    const better = held?.lower === true ? 'lower is better' : 'higher is better'
    const about = name === held?.column ? { about: better } : {}
    add({ head: name, group: 'performance', numeric, ...about }, model => {
      const value = performance?.rows.get(model.name)?.[name] ?? null
      if (typeof value !== 'number') return value === null ? { html: '–', value: null } : textCell(value)
      return Number.isInteger(value) ? integerCell(value) : numberCell(value, 4)
    })
  }
  for (const [metric, name] of NAMED_METRICS) {
    const number = (head: string, about: string, cell: (model: ModelView) => TableCell) =>
      add({ head, about, group: `${name} (nats)`, numeric: true }, cell)
    const more = (head: string, about: string, cell: (model: ModelView) => TableCell) =>
      add({ head, about, group: `${name} (nats)`, numeric: true, more: true }, cell)
    number(
      'cross-validated',
      'how much better other sequences predict than the prior does, ± its standard error',
      model => numberCell(model[metric].cv, 3, model[metric].cvSe),
    )
    if (metric === 'kmer' && models.some(({ composition }) => composition.share !== null)) {
      number(
        'composition',
        'share of the cross-validated value that base and dinucleotide composition explain, ± its standard error',
        ({ composition }) => numberCell(composition.share, 2, composition.se),
      )
    }
    more('excess', 'KLD minus what noise scores, ± its standard error', model =>
      numberCell(model[metric].excess, 3, model[metric].excessSe),
    )
    more('KLD', 'divergence from the prior, ± its standard error', model =>
      numberCell(model[metric].kld, 3, model[metric].se),
    )
    more('diversity', 'effective number of consistent patterns', model =>
      numberCell(model[metric].diversity, 0),
    )
  }
  if (models.some(({ truth }) => truth !== null)) {
    add(
      { head: 'SNR', about: 'signal to noise against ground truth', group: 'ground truth', numeric: true },
      model => numberCell(model.truth?.snr),
    )
    add(
      {
        head: 'AUROC',
        about: 'of positions of motifs over background',
        group: 'ground truth',
        numeric: true,
      },
      model => numberCell(model.truth?.auroc),
    )
  }
  add({ head: 'maps', group: 'data', numeric: true }, model => integerCell(model.records))
  add({ head: 'warnings', group: 'data', numeric: true }, model => ({
    html: model.warnings.length === 0 ? '0' : `<a href="#${model.anchor}">${model.warnings.length}</a>`,
    value: model.warnings.length,
  }))
  return (
    about(
      'Sorted by the cross-validated value of the k-mer metric; a click on a head sorts by it. Values ± one standard error over groups of records.',
    ) +
    table(
      'models',
      'Scores of the models',
      columns,
      models.map(model => ({ anchor: model.anchor, cells: cells.map(cell => cell(model)) })),
    )
  )
}

function consistencySection(models: readonly ModelView[], strata: Strata): string {
  return (
    about(
      `${termLink('cross-validated value', 'Cross-validated consistency')} asks how much better the maps of other sequences predict what a map attributes to than the prior does: noise scores 0 at any size. The ${termLink('excess', 'excess')} is the ${termLink('KLD', 'KLD')} minus what the same amount of noise scores.`,
    ) + figures(...NAMED_METRICS.map(([metric]) => figureBlock(consistencyFigure(models, metric, strata))))
  )
}

/** How far the maps of the models agree, where that was asked for. */
function agreementSections({ documents }: ReportInput, models: readonly ModelView[]): Section[] {
  const anchors = new Map(models.map(({ name, anchor }) => [name, anchor]))
  const blocks = documents.flatMap(({ document: { agreement } }) => {
    const figure = agreement && agreementFigure(agreement, name => anchors.get(name))
    if (agreement === undefined || figure === undefined) return []
    const { agreement: share, agreement_se: se, ensemble_agreement: ensemble } = agreement.all
    const summary =
      share === null
        ? ''
        : ` All together: ${formatNumber(share)}${se === null ? '' : ` ± ${formatNumber(se)}`} of a map is reproduced by another model${ensemble === null ? '' : `; the mean of these models would agree by ${formatNumber(ensemble)} with that of as many others`}.`
    return [
      about(
        `${termLink('agreement', 'Agreement')} of maps of the same sequences, sequence by sequence.${summary}`,
      ) + figures(figureBlock(figure)),
    ]
  })
  return blocks.length === 0 ? [] : [{ id: 'agreement', name: 'Agreement', html: blocks.join('') }]
}

function truthSection(models: readonly ModelView[], strata: Strata): string {
  const plots = drawn(metric => truthFigure(models, metric, strata))
  if (plots.length === 0) {
    return hint(
      'No ground truth was scored. If the positions of motifs are known, as in synthetic data, give them as a column <code>truth</code> of the files (or give its name: <code>attrstream score … --truth-column NAME</code>).',
    )
  }
  return (
    about('Consistency is computed without ground truth; if there is some, the two can be compared.') +
    figures(...plots)
  )
}

/** Models that lie open when the page is opened. */
const OPEN = 1
/** Words and clusters that are shown of each model: fewer where there are many models. */
const mostFinds = (models: number) => (models > 20 ? 6 : 12)

function patternSection(models: readonly ModelView[]): string {
  const without = models.filter(({ readout }) => readout === null).length
  const text = about(
    `${termLink('word', 'Words')} are assembled from k-mers that are attributed more often than the prior predicts, with p-values corrected for multiple testing. ${termLink('mode (cluster)', 'Clusters')} are hills of the density of directions, with the bases around their points. Similarity is Pearson’s r at the best offset and strand; p is from shuffled collections.`,
  )
  const ask = hint(
    `${without === models.length ? 'No model was' : `${formatInteger(without)} models were not`} read out. <code>attrstream score … --readout --motifs jaspar.pfm --out scores</code> adds k-mers, words and clusters to scores.json.`,
  )
  return [
    without < models.length ? text : '',
    motifTable(models),
    without > 0 ? ask : '',
    ...models.map((model, i) => modelDetails(model, i < OPEN, mostFinds(models.length))),
  ].join('')
}

function modelDetails(model: ModelView, open: boolean, most: number): string {
  const { readout, warnings, name } = model
  const gist =
    readout === null
      ? `k-mer KLD ${formatNumber(model.kmer.kld)}`
      : `${readout.words.length} words, ${readout.clusters.length} clusters`
  const body =
    readout === null
      ? ''
      : [
          element('h3', {}, 'Words'),
          readout.words.length === 0
            ? hint(
                `No ${model.k}-mer is attributed more often than the prior says beyond chance (p &lt; ${readout.options.alpha} after all were tried).`,
              )
            : findCards(model, readout, 'words', most),
          element('h3', {}, 'k-mers'),
          readout.kmers.length === 0
            ? hint('No k-mer is attributed.')
            : figures(figureBlock(spectrumFigure(model, readout)), figureBlock(rankFigure(model, readout))),
          element('h3', {}, 'Directions'),
          element(
            'div',
            { class: 'figures triple' },
            ...angularFigures(model, readout).map(figure => figureBlock(figure)),
          ),
          readout.clusters.length === 0
            ? hint(
                'No cluster of directions has bases around it that differ from those of the sequences beyond chance.',
              )
            : findCards(model, readout, 'clusters', most),
        ].join('')
  const counts = Object.entries(model.counts).filter(([, count]) => count > 0)
  return element(
    'details',
    { class: 'model', id: model.anchor, 'data-model': model.anchor, open: open ? '' : undefined },
    element('summary', {}, named(name), element('span', { class: 'gist' }, escape(gist))),
    element(
      'div',
      {},
      warnings.length === 0
        ? ''
        : element('ul', { class: 'warnings' }, ...warnings.map(warning => element('li', {}, named(warning)))),
      counts.length === 0
        ? ''
        : element(
            'p',
            { class: 'part' },
            escape(counts.map(([what, count]) => `${formatInteger(count)} ${what}`).join(', ')),
          ),
      body,
    ),
  )
}

function convergenceSection(models: readonly ModelView[], strata: Strata): string {
  const plots = drawn(metric => convergenceFigure(models, metric, strata))
  if (plots.length === 0) {
    return hint('These scores have no convergence data: score again with this version of attrstream.')
  }
  return figures(...plots)
}

function mapSection(maps: ReportInput['maps']): string {
  if (maps === undefined || maps.length === 0) {
    return hint(
      'No maps were chosen. <code>attrstream report … --maps model_a.arrow model_b.arrow --ids seq1,seq2</code> draws the maps of these sequences, one model below the other.',
    )
  }
  return (
    about('One model below the other for the same sequence, each on its own scale.') +
    figures(...maps.map((shownMap, i) => figureBlock(mapFigure(shownMap, i), undefined, true)))
  )
}

function madeSection({ documents }: ReportInput, models: readonly ModelView[]): string {
  const reasons = [...new Set(models.flatMap(({ counts }) => Object.keys(counts)))].filter(reason =>
    models.some(({ counts }) => (counts[reason] ?? 0) > 0),
  )
  const bad =
    reasons.length === 0
      ? element('p', {}, 'No map was bad, dead or projected, and no position unknown.')
      : table(
          'records',
          'Records that are not as they should be',
          [{ head: 'model', numeric: false }, ...reasons.map(head => ({ head, numeric: true }))],
          models.map(model => ({
            anchor: model.anchor,
            cells: [textCell(model.name), ...reasons.map(reason => integerCell(model.counts[reason] ?? 0))],
          })),
        )
  return bad + documents.map(provenanceSection).join('')
}
