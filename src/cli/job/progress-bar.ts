import type { ModelScore } from '../../metrics/model-score.js'

/** Shows how a run goes on. */
export interface Progress {
  /** A pass over this many further bytes begins; 0 if unknown. */
  expect(bytes: number): void
  /** The number of records to come, for a run that knows these rather than bytes. */
  expectRecords(records: number): void
  advance(records: number, bytes: number): void
  /** Scores so far. */
  interim(scores: readonly ModelScore[]): void
  /** A line that stays. */
  note(text: string): void
  end(): void
}

/** A bar on standard error where that is a terminal, with rate, time to go and running KLDs; else only notes. */
export async function showProgress(enabled: boolean): Promise<Progress> {
  if (!enabled || !process.stderr.isTTY) {
    return {
      expect: () => {},
      expectRecords: () => {},
      advance: () => {},
      interim: () => {},
      note: text => process.stderr.write(`${text}\n`),
      end: () => {},
    }
  }
  const { default: bars } = await import('cli-progress')
  const bar = new bars.SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage}% | {records} maps | {rate} maps/s | {left} left{klds}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 200,
    noTTYOutput: false,
    gracefulExit: false,
  })
  const started = performance.now()
  let records = 0
  let bytes = 0
  let total = 0
  let totalRecords = 0
  let klds = ''
  const models = new Set<string>()
  const [done, all] = [
    () => (totalRecords > 0 ? records : bytes),
    () => (totalRecords > 0 ? totalRecords : total),
  ]
  const payload = () => {
    const seconds = (performance.now() - started) / 1000
    const left = all() > 0 && done() > 0 ? (seconds * (all() - done())) / done() : Number.NaN
    return {
      records: records.toLocaleString('en'),
      rate: Math.round(records / Math.max(seconds, 0.001)).toLocaleString('en'),
      left: duration(left),
      klds,
    }
  }
  bar.start(1, 0, payload())
  return {
    expect(more) {
      total += more
      bar.setTotal(Math.max(1, all()))
    },
    expectRecords(more) {
      totalRecords += more
      bar.setTotal(Math.max(1, all()))
    },
    advance(moreRecords, moreBytes) {
      records += moreRecords
      bytes += moreBytes
      bar.update(all() > 0 ? Math.min(done(), all()) : 0, payload())
    },
    interim(scores) {
      for (const { model } of scores) models.add(model)
      if (scores.length > 0) klds = ` | ${running(scores, models.size > 1)}`
    },
    note(text) {
      bar.stop()
      process.stderr.write(`${text}\n`)
      bar.start(Math.max(1, all()), Math.min(done(), all()), payload())
    },
    end() {
      bar.update(all() > 0 ? Math.min(done(), all()) : 0, payload())
      bar.stop()
    },
  }
}

/** Values so far: of one model, which is named if there are several, or the range over all of a pass. */
function running(scores: readonly ModelScore[], several: boolean): string {
  const range = (of: (score: ModelScore) => number | null) => {
    const values = scores.flatMap(score => of(score) ?? [])
    if (values.length === 0) return '-'
    const [least, most] = [Math.min(...values), Math.max(...values)]
    return least === most ? short(least) : `${short(least)} to ${short(most)}`
  }
  const name = scores.length > 1 ? `${scores.length} models: ` : several ? `${scores[0].model}: ` : ''
  return `${name}k-mer ${range(({ kmer }) => kmer.kld_nats)} angular ${range(({ angular }) => angular.kld_nats)} nats`
}

function short(value: number): string {
  return value.toFixed(4)
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?'
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes < 1) return `${whole} s`
  if (minutes < 60) return `${minutes} min ${whole % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
