import type { ReportInput } from './input.js'
import { element, escape } from './markup.js'

const TERMS: readonly (readonly [term: string, meaning: string])[] = [
  [
    'attribution map',
    'the contribution of each base at each position of a sequence to a prediction: four values per position',
  ],
  [
    'attributed position',
    'a position whose corrected magnitude exceeds the quantile q of its map; runs of them hold the k-mers that are counted',
  ],
  [
    'cross-validated value',
    'how much better the k-mers (or directions) of other sequences predict those of a sequence than the prior does, in nats: 0 for noise',
  ],
  [
    'KLD',
    'Kullback-Leibler divergence of what is attributed from the prior, in nats: the score of the paper',
  ],
  ['excess', 'the KLD minus what the same amount of noise scores'],
  [
    'effective number (diversity)',
    'the number of equally frequent patterns that would give the same divergence: low for one strong motif',
  ],
  [
    'agreement',
    'mean cosine of two models’ maps of the same sequence, after the mean of each base is subtracted: 1 for the same map, 0 for nothing in common',
  ],
  ['motif', 'a recurring pattern of bases, shown as a sequence logo'],
  ['word', 'a motif assembled from k-mers that are attributed more often than the prior predicts'],
  [
    'mode (cluster)',
    'a peak of the density of directions, with the bases around its points; close to a seqlet cluster of TF-MoDISco',
  ],
  [
    'beaten',
    'another model is at least as high in every value that is compared, and higher in one by more than half the 95% interval of the difference',
  ],
]

/** A word of the page that leads to its term in the glossary. Errors: a term that the glossary lacks. */
export function termLink(term: string, text: string): string {
  if (!TERMS.some(([name]) => name === term)) throw new Error(`the glossary lacks ${term}`)
  return `<a class="term" href="#${anchorOf(term)}">${escape(text)}</a>`
}

const anchorOf = (term: string) =>
  `term-${term
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replace(/-$/, '')}`

/** Terms of the page in the words of the field. */
export function glossary(): string {
  const entries = TERMS.map(
    ([term, meaning]) =>
      element('dt', { id: anchorOf(term) }, escape(term)) + element('dd', {}, escape(meaning)),
  )
  return element('dl', { class: 'facts' }, entries.join(''))
}

/** A paragraph for the methods section of a paper, from the options that the first model was scored with. */
export function methodsParagraph({ documents }: ReportInput): string {
  const [first] = documents
  const [model] = first?.document.models ?? []
  // Scores of earlier versions may lack options.
  const threshold = model?.angular.options.threshold as typeof model.angular.options.threshold | undefined
  if (first === undefined || model === undefined || threshold === undefined) return ''
  const { kmer, angular } = model
  const cut =
    threshold.kind === 'per-sequence'
      ? `above the ${threshold.q} quantile of their map`
      : `in the top fraction ${threshold.top} of the population`
  const text = `Consistency of attribution maps was scored with attrstream ${first.document.provenance.version} by the k-mer and angular metrics of Majdandzic, Rajesh et al. (MLCB 2022, PMLR 200:131–149). k-mers of length ${kmer.options.k} were counted in runs of positions above the ${kmer.options.q} quantile of corrected magnitudes, against the prior “${kmer.options.prior}”; directions were those of windows of ${angular.options.window} positions ${cut}. Values are cross-validated over 64 groups of sequences, with delete-a-group jackknife standard errors.`
  return `${element('h3', {}, 'For a methods section')}${element('p', {}, escape(text))}`
}
