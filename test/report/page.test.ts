import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Figure } from '../../src/report/figures/figure.js'
import { performanceOf } from '../../src/report/front.js'
import { viewModels } from '../../src/report/models.js'
import { generalisationFigure } from '../../src/report/figures/overview-figures.js'
import type { PerformanceTable } from '../../src/results/load-performance.js'
import { report } from '../../src/report/report.js'
import { ALIKE } from '../../src/report/figures/symbols.js'
import { figureErrors } from '../../src/results/join-performance.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { selectModels } from '../../src/results/select.js'
import type { SelectOptions } from '../../src/results/selection.js'
import { elementsOf } from '../support/markup.js'
import { documentOf, HOSTILE, scoredModel, shownMap } from '../support/report.js'

let good: ModelScore
let poor: ModelScore
beforeAll(() => {
  good = scoredModel('good', 1, 2)
  poor = scoredModel('poor', 2, 0)
})

const pageOf = (models: readonly ModelScore[], more: Partial<Parameters<typeof report>[0]> = {}) =>
  report({ documents: [{ name: 'scores.json', document: documentOf(models) }], palette: 'classic', ...more })

const performance = (names: readonly string[]) => ({
  name: 'models.csv',
  columns: [
    { name: 'auroc', numeric: true },
    { name: 'activation', numeric: false },
  ],
  rows: new Map(
    names.map((name, i) => [name, { auroc: 0.9 + i / 1000, activation: i % 2 === 0 ? 'relu' : '<exp>' }]),
  ),
})

describe('the front', () => {
  /** The good model under another name, with another value and its parts by group, over ids of its own or common ones. */
  const like = (model: string, cv: number, shift: readonly number[], digest: string): ModelScore => ({
    ...good,
    model,
    ids: { count: 150, digest },
    kmer: { ...good.kmer, cv_nats: cv, cv_se_nats: 0.1 },
    jackknife: {
      groups: shift.map((_, group) => group),
      kmer: { ...good.jackknife.kmer, cv_nats: shift.map(part => cv / shift.length + part) },
      angular: good.jackknife.angular,
    },
  })
  const even = Array.from({ length: 10 }, () => 0)
  const uneven = Array.from({ length: 10 }, (_, group) => (group % 2 === 0 ? 0.03 : -0.03))
  const names = ['high', 'near', 'far', 'low'] as const
  const auroc = { high: 0.95, near: 0.95, far: 0.95, low: 0.9 }
  const loss = { high: 0.3, near: 0.28, far: 0.2, low: 0.4 }
  const table = {
    name: 'models.csv',
    columns: [
      { name: 'auroc', numeric: true },
      { name: 'loss', numeric: true },
    ],
    rows: new Map(names.map(name => [name, { auroc: auroc[name], loss: loss[name] }])),
  }
  const inputOf = (models: readonly ModelScore[], more: Partial<Parameters<typeof report>[0]>) => ({
    documents: [{ name: 'scores.json', document: documentOf(models) }],
    performance: table,
    palette: 'classic' as const,
    ...more,
  })
  const ringed = (models: readonly ModelScore[], more: Partial<Parameters<typeof report>[0]> = {}) => {
    const input = inputOf(models, more)
    const performance = performanceOf(input)
    const views = viewModels(input.documents)
    const { description, body } = generalisationFigure(views, 'kmer', ALIKE, performance) as Figure
    const called = new Map(
      Array.from(body.matchAll(/data-model="(m\d+)" data-tip="[^\w]?(\w+)/g), ([, id, name]) => [id, name]),
    )
    const rings = Array.from(body.matchAll(/class="unbeaten"[^>]*data-of="(m\d+)"/g), ([, id]) =>
      called.get(id),
    )
    const line = /class="front" d="([^"]*)"/.exec(body)?.[1] ?? ''
    return {
      description,
      body,
      rings: rings.map(String).toSorted((a, b) => (a < b ? -1 : 1)),
      corners: line.split(/[ML]/).length - 1,
    }
  }
  const chosen = (models: readonly ModelScore[], more: Partial<SelectOptions> = {}): string[] =>
    selectModels(models, table, { by: 'auroc', front: ['performance', 'kmer'], ...more })
      .models.flatMap(({ model, front }) => (front === true ? model : []))
      .toSorted()

  it('has rings round models that none beats by more than the error, as select finds them', () => {
    // The difference of 0.05 is less than half the 95% interval, 2.0 errors of 0.1 · √2; that of 0.8 is more.
    const apart = [
      like('high', 1, even, 'a'),
      like('near', 0.95, even, 'b'),
      like('far', 0.2, even, 'c'),
      like('low', 0.98, even, 'd'),
    ]
    const { description, rings } = ringed(apart)
    expect(rings).toEqual(['high', 'near'])
    expect(chosen(apart)).toEqual(rings)
    expect(description).toContain('by more than half the 95% interval of the difference')
  })
  it('takes models of the same records group by group', () => {
    const together = [like('high', 1, even, 'a'), like('near', 0.95, even, 'a'), like('far', 0.2, even, 'a')]
    expect(ringed(together).rings).toEqual(['high'])
    expect(chosen(together)).toEqual(['high'])
    const loose = [like('high', 1, even, 'a'), like('near', 0.95, uneven, 'a'), like('far', 0.2, even, 'a')]
    expect(ringed(loose).rings).toEqual(['high', 'near'])
    expect(chosen(loose)).toEqual(['high', 'near'])
  })
  it('takes less for better where asked to, and says so on the axis and in words', () => {
    const models = [
      like('high', 1, even, 'a'),
      like('near', 0.5, even, 'a'),
      like('far', 0.2, even, 'a'),
      like('low', 0.9, even, 'a'),
    ]
    const higher = { performanceColumn: 'loss' }
    const lower = { ...higher, lower: true }
    // Of high, with the highest consistency, only a better loss is not beaten: 0.4 where more is better, 0.28 and 0.2 where less is.
    expect(ringed(models, higher).rings).toEqual(['high', 'low'])
    expect(chosen(models, { by: 'loss' })).toEqual(['high', 'low'])
    expect(ringed(models, lower).rings).toEqual(['far', 'high', 'near'])
    expect(chosen(models, { by: 'loss', lower: true })).toEqual(['far', 'high', 'near'])
    expect([ringed(models, higher).corners, ringed(models, lower).corners]).toEqual([2, 3])
    expect(ringed(models, higher).body).toContain('>loss, better →<')
    expect(ringed(models, lower).body).toContain('>loss, better ←<')
    expect(ringed(models, lower).body).toContain('>k-mer: cross-validated consistency (nats), better →<')
    expect(ringed(models, higher).description).toContain('loss (higher is better)')
    expect(ringed(models, lower).description).toContain('loss (lower is better)')
  })
  it('counts the error of performance, with bars of it', () => {
    const models = [
      like('high', 1, even, 'a'),
      like('near', 0.5, even, 'a'),
      like('far', 0.2, even, 'a'),
      like('low', 1, even, 'a'),
    ]
    const frontWith = (se: number) => {
      const errors = { high: 0.01, near: 0.01, far: 0.01, low: se }
      const withErrors: PerformanceTable = {
        ...table,
        columns: [...table.columns, { name: 'se', numeric: true }],
        rows: new Map(names.map(name => [name, { ...table.rows.get(name), se: errors[name] }])),
      }
      const performanceErrors = figureErrors(models, withErrors, 'se')
      expect(Object.fromEntries(performanceErrors)).toEqual(errors)
      const options = { by: 'loss', lower: true, byError: 'se', front: ['performance', 'kmer'] } as const
      const found = selectModels(models, withErrors, options).models
      const figure = ringed(models, { performanceColumn: 'loss', lower: true, performanceErrors })
      expect(found.flatMap(({ model, front }) => (front === true ? model : [])).toSorted()).toEqual(
        figure.rings,
      )
      return figure
    }
    // high is as consistent as low, and its loss is 0.1 less: 1.96 √(0.01² + 0.04²) = 0.08, and √(0.01² + 0.06²) gives 0.12.
    expect(frontWith(0.04).rings).toEqual(['far', 'high', 'near'])
    const { rings, body, description } = frontWith(0.06)
    expect(rings).toEqual(['far', 'high', 'low', 'near'])
    expect(description).toContain('better in one of them by more than half the 95% interval')
    expect(body).toContain('loss 0.4000 ± 0.0600')
    const bars = /class="bar [^"]*" d="M[\d. ]+H[\d.]+M[\d. ]+V/g
    expect(body.match(bars)).toHaveLength(4)
    expect(ringed(models, { performanceColumn: 'loss' }).body).not.toMatch(bars)
  })
})

describe('the page', () => {
  it('has every section, figures that are not empty, and a name for each picture', () => {
    const html = pageOf([good, poor], {
      performance: performance(['good', 'poor']),
      maps: [shownMap('seq1', ['good', 'poor'])],
    })
    const elements = elementsOf(html)
    const sections = elements
      .filter(({ name }) => name === 'section')
      .map(({ attributes }) => attributes['id'])
    expect(sections).toEqual([
      'models',
      'consistency',
      'generalisation',
      'truth',
      'patterns',
      'sensitivity',
      'convergence',
      'maps',
      'made',
      'glossary',
    ])
    const pictures = elements.filter(({ name }) => name === 'svg')
    expect(pictures.length).toBeGreaterThan(15)
    for (const { attributes } of pictures) expect(attributes['aria-label']?.length).toBeGreaterThan(20)
    expect(html).toContain('<code>CCATATATGG</code>')
    expect(html).not.toMatch(/NaN|undefined|Infinity/)
    const ids = elements.flatMap(({ attributes }) => attributes['id'] ?? [])
    expect(new Set(ids).size).toBe(ids.length)
  })
  it('reads the pattern of a model that has one, and none of one that has none', () => {
    expect(good.readout?.words.map(({ match }) => match?.name)).toContain('<i>SRF</i>')
    expect(poor.readout?.words).toEqual([])
    expect(poor.readout?.clusters).toEqual([])
  })
  it('says how to get what is missing', () => {
    const { readout: _readout, ...plain } = good
    const html = pageOf([{ ...plain, convergence: [] }])
    for (const how of ['--performance', '--truth-column', '--readout', '--maps', '--sweep', 'score again']) {
      expect(html, how).toContain(how)
    }
  })
  it('shows a sweep: panels of one option, curves over the other, and where models are spread the most', () => {
    const row = (metric: string, setting: object, cv: number) => ({
      metric,
      cv_nats: cv,
      cv_se_nats: 0.01,
      ...setting,
    })
    const sweep = (step: number) =>
      [0.8, 0.9, 0.95].flatMap((q, i) => [
        row('kmer', { k: 5, q }, 1 + step * i),
        row('kmer', { k: 6, q }, 1 + step),
        row('angular', { window: 3, threshold_q: q }, 0.1 + step / 10),
      ])
    const swept = (model: string, step: number) =>
      ({ ...good, model, sweep: sweep(step) }) as unknown as ModelScore
    const html = pageOf([swept('a', 0.1), swept('b', 0.3)])
    const section = html.slice(html.indexOf('id="sensitivity"'), html.indexOf('id="convergence"'))
    expect(section.match(/<figure>/g)).toHaveLength(3)
    expect(section).toContain('K-mer metric, k = 5.')
    expect(section).toContain('Angular metric, window = 3.')
    expect(section).toContain('Models are spread the most at quantile q = 0.95 (standard deviation 0.283).')
  })
  it('has models in the order of consistency, and tells those of one name apart by their files', () => {
    const html = report({
      documents: [
        { name: 'a.json', document: documentOf([{ ...poor, model: 'm' }]) },
        { name: 'b.json', document: documentOf([{ ...good, model: 'm' }]) },
      ],
      palette: 'classic',
    })
    expect(html.indexOf('m (b.json)')).toBeGreaterThan(0)
    expect(html.indexOf('m (b.json)')).toBeLessThan(html.indexOf('m (a.json)'))
  })
  it('shows scores of an earlier version, which lack much', () => {
    const early = {
      model: 'early',
      records: 10,
      kmer: { kld_nats: 1, attributed_kmers: 5, options: { k: 6 } },
      angular: { kld_nats: null, points: 0, options: {} },
      warnings: [],
    } as unknown as ModelScore
    const html = pageOf([early])
    expect(() => elementsOf(html)).not.toThrow()
    expect(html).toContain('early')
  })
})

describe('hostile names', () => {
  it('are text and nothing else, wherever they are shown', () => {
    const models = HOSTILE.map((model, i) => ({ ...(i % 2 === 0 ? good : poor), model, warnings: [model] }))
    const html = pageOf(models, {
      performance: performance(HOSTILE),
      maps: HOSTILE.map(id => shownMap(id, HOSTILE, 40)),
    })
    const elements = elementsOf(html)
    expect(elements.filter(({ name }) => name === 'script')).toHaveLength(1)
    expect(elements.filter(({ name }) => name === 'style')).toHaveLength(2)
    expect(elements.filter(({ name }) => name === 'img' || name === 'i').length).toBeLessThanOrEqual(1)
    for (const { attributes } of elements) {
      expect(Object.keys(attributes).filter(name => name.startsWith('on') || name === 'style')).toEqual([])
      if (attributes['href'] !== undefined)
        expect(attributes['href']).toMatch(/^(#[\w-]+|data:image\/png;base64,[\w+/=]+)$/)
    }
    // oxlint-disable-next-line no-control-regex -- what must not be there
    expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u200e\u200f\u202a-\u202e\u2066\u2067]/)
    expect(html).toContain('\\u202egnp.exe')
    expect(Buffer.from(html).toString()).toBe(html) // no lone surrogate
    const marks = (mark: string) => html.split(mark).length
    expect(marks('\u2068')).toBe(marks('\u2069'))
  })
})

describe('the policy of the page', () => {
  it('lets nothing in but its own style and script', () => {
    const html = pageOf([good])
    const policy = /content="(default-src[^"]*)"/.exec(html)?.[1] ?? ''
    const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const [script] = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text)
    const styles = [...html.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, text]) => text)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src ${digest(script)};`)
    expect(policy).toContain(`style-src ${styles.map(digest).join(' ')};`)
    expect(policy).not.toContain('unsafe')
    expect(html).not.toMatch(/(src|href|url\()\s*=?\s*["']?(https?:)?\/\//)
  })
})

describe('a large report', () => {
  it('of 100 models and 200 maps stays under 10 MB', () => {
    const models = Array.from({ length: 100 }, (_, i) => ({ ...good, model: `model-${i}` }))
    const names = models.map(({ model }) => model)
    const html = pageOf(models, {
      performance: performance(names),
      maps: Array.from({ length: 200 }, (_, i) => shownMap(`sequence-${i}`, names.slice(0, 1))),
    })
    expect(Buffer.byteLength(html)).toBeLessThan(10 * 2 ** 20)
    expect(elementsOf(html).filter(({ name }) => name === 'figure').length).toBeGreaterThan(700)
  })
})
