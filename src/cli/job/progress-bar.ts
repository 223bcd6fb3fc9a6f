import type { ModelScore } from '../../metrics/model-score.js'

/** Shows how a run goes on. */
export interface Progress {
  /** A pass over so many further bytes begins; 0 if unknown. */
  expect(bytes: number): void
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
  let klds = ''
  const payload = () => {
    const seconds = (performance.now() - started) / 1000
    const left = total > 0 && bytes > 0 ? (seconds * (total - bytes)) / bytes : Number.NaN
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
      bar.setTotal(Math.max(1, total))
    },
    advance(moreRecords, moreBytes) {
      records += moreRecords
      bytes += moreBytes
      bar.update(total > 0 ? Math.min(bytes, total) : 0, payload())
    },
    interim(scores) {
      klds =
        scores.length === 1
          ? ` | k-mer ${short(scores[0].kmer.kld_nats)} angular ${short(scores[0].angular.kld_nats)} nats`
          : ''
    },
    note(text) {
      bar.stop()
      process.stderr.write(`${text}\n`)
      bar.start(Math.max(1, total), Math.min(bytes, total), payload())
    },
    end() {
      bar.update(total > 0 ? Math.min(bytes, total) : 0, payload())
      bar.stop()
    },
  }
}

function short(value: number | null): string {
  return value === null ? '-' : value.toFixed(4)
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?'
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes < 1) return `${whole} s`
  if (minutes < 60) return `${minutes} min ${whole % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
