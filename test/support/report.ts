import { SCORES_SCHEMA, type ScoreDocument } from '../../src/results/document.js'
import type { ShownMap } from '../../src/report/figures/map-figure.js'
import { MotifIndex } from '../../src/readout/motif-match.js'
import { type MetricChoices, metricOptions } from '../../src/metrics/options.js'
import { scoreModel } from '../../src/metrics/score-model.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { ALL } from '../../src/metrics/by-model.js'
import type { PopulationStatistics } from '../../src/metrics/statistics.js'
import { scoreAccumulator } from '../../src/metrics/score-accumulator.js'
import { recordOf } from './records.js'
import { fold } from './score.js'

/** Names that try to run, to break out, to hide and to turn round what follows. */
export const HOSTILE = [
  '<script>document.title="owned"</script>',
  '"><img src=x onerror="document.title=\'owned\'">',
  "' onmouseover='document.title=1",
  '</script><script>document.title="owned"</script>',
  '</style><style>*{display:none}</style>',
  'javascript:document.title="owned"',
  '\u202egnp.exe\u2069\u2066',
  '&lt;b&gt;&amp;',
  'a,b"c\n=1+1',
  'מודל-ראשון',
  `${'long-'.repeat(60)}name`,
  '\u0000\u001b[31m\ud800',
  ']]>--><!--',
]

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
}

const MOTIF = 'CCATATATGG'
const known = new MotifIndex([
  {
    id: 'M<1>',
    name: '<i>SRF</i>',
    matrix: Array.from(MOTIF, letter => ['A', 'C', 'G', 'T'].map(base => (base === letter ? 9 : 1)) as never),
  },
  {
    id: 'M2',
    name: 'other',
    matrix: Array.from(
      'GGGCGGGG',
      letter => ['A', 'C', 'G', 'T'].map(base => (base === letter ? 9 : 1)) as never,
    ),
  },
])

/** A model that attributes to one motif in sequences of random letters, as strongly as asked for, read out. */
export function scoredModel(
  name: string,
  seed: number,
  strength: number,
  choices: MetricChoices = {},
): ModelScore {
  const next = generator(seed)
  const records = Array.from({ length: 150 }, (_, row) => {
    const sequence = Array.from({ length: 120 }, () => 'ACGT'[Math.floor(next() * 4)])
    const at = 20 + Math.floor(next() * 80)
    sequence.splice(at, MOTIF.length, ...Array.from(MOTIF))
    const map = sequence.flatMap((letter, i) =>
      Array.from(
        'ACGT',
        base => next() - 0.5 + (base === letter && i >= at && i < at + MOTIF.length ? strength : 0),
      ),
    )
    return recordOf(`seq${row}`, sequence.join(''), map)
  })
  const metrics = metricOptions(choices)
  const statistics = scoreAccumulator({ metrics, populationPrior: true, byModel: false, readout: true })
  const result = statistics.result(fold(statistics, records)).get(ALL) as PopulationStatistics
  return scoreModel(name, result, {
    metrics,
    readout: { fold: true, motifs: { name: 'known', index: known } },
  })
}

/** A document of these models. */
export function documentOf(models: readonly ModelScore[]): ScoreDocument {
  return {
    schema: SCORES_SCHEMA,
    models,
    provenance: {
      version: '0.0.0',
      command: ['score', '<script>alert(1)</script>', "it's"],
      inputs: models.map(({ model }) => ({
        model,
        name: `${model}.arrow`,
        bytes: 1000,
        fingerprint: 'f'.repeat(64),
      })),
      options: { kmer: { k: 6 }, note: '</pre><script>alert(1)</script>' },
      wall_seconds: 1.5,
    },
  }
}

/** Maps of one sequence by several models. */
export function shownMap(id: string, models: readonly string[], length = 200): ShownMap {
  const next = generator(id.length + 1)
  const sequence = Uint8Array.from({ length }, () => Math.floor(next() * 4))
  return {
    id,
    sequence,
    start: 0,
    length,
    truth: { kind: 'labels', values: Array.from(sequence, (_, i) => (i > 20 && i < 30 ? 1 : 0)) },
    maps: models.map(model => ({ model, scores: Float64Array.from({ length }, () => next() - 0.4) })),
  }
}
