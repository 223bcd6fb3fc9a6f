import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { cli, startCli } from './cli.js'
import { between, type DumpRecord, makeRecords, randomFrom, shuffled, writeDump } from './dumps.js'

// However a pipeline is run, its results are the same bytes: plans drawn at random, and datasets that are killed.

/** Pipelines of the package whose sums are compared. */
export const BUILT_IN = [
  'kmer-consistency',
  'angular-consistency',
  'consistency',
  'run-composition',
  'position-profile',
  'run-kmers',
  'branches',
]

export const RECORDS = makeRecords(240, 120, 5)

type Random = () => number

/** A pipeline of all accumulators, as a user would write it. */
const MINE = `import { correct, countsBy, distinct, fold, histogram, minMax, moments, pipe, pipeline, sample, sums, together, topK, withErrors } from 'attrstream'
   const magnitude = { name: 'magnitude', params: null, connect: next => ({ record, totals }) =>
     next({ id: record.id, idHash: record.idHash, idCheck: record.idCheck, value: totals.magnitude / 3 }) }
   const value = record => record.value
   export default pipeline({
     description: 'all accumulators at once',
     options: { bins: { describe: 'bins', default: 4 } },
     outputs: ({ bins }) => ({
       all: fold(pipe(correct(), magnitude, together({
         counts: countsBy(({ id }) => id.slice(0, 2)),
         distinct: distinct(({ id }) => id),
         histogram: histogram({ low: 0, high: 90, bins }, value),
         range: minMax(value),
         moments: moments(value),
         sample: sample(5, ({ id }) => id),
         sums: sums('value'),
         top: topK(3, value, ({ id, value }) => ({ id, value })),
         errors: withErrors(moments(value), ({ mean, variance }) => ({ mean, sd: Math.sqrt(variance) })),
       }))),
     }),
   })`

/** Pipelines and their data in a folder. */
export class Plans {
  readonly pipelines: readonly string[]
  readonly whole: string
  private readonly expected = new Map<string, string>()

  constructor(private readonly folder: string) {
    writeFileSync(join(folder, 'mine.mjs'), MINE)
    this.pipelines = [...BUILT_IN, join(folder, 'mine.mjs')]
    this.whole = this.write('whole.arrow', RECORDS, 64)
  }

  at(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, part: readonly DumpRecord[], rows: number): string {
    writeDump(this.at(name), part, { rows })
    return this.at(name)
  }

  async done(...args: string[]): Promise<void> {
    const { code, stderr } = await cli(args)
    expect({ code, args, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, args, stderr: '' })
  }

  /**
   * Runs a pipeline by a plan that is drawn at random: files, batches, workers, shards, parts, and trees of merges. All results must be
   * those of all records at once.
   *
   * @param byProcess Whether a part comes down a pipe, and a fold and a shard are killed by SIGKILL first.
   */
  async tryOne(pipeline: string, random: Random, byProcess: boolean): Promise<void> {
    const expected = await this.resultOfAll(pipeline)
    const mixed = shuffled(random, RECORDS)
    const cuts = [0, between(random, 20, 90), between(random, 100, 200), RECORDS.length]
    const rows = between(random, 5, 70)
    const endings = ['parquet', 'arrow', 'arrows']
    const pieces = endings.map((_, i) => mixed.slice(cuts[i], cuts[i + 1]))
    const [a, b] = [0, 1].map(i => this.write(`piece-${i}.${endings[i]}`, pieces[i], rows))
    const c = this.write('piece-2.arrow', pieces[2], rows)
    const files = [a, b, c]
    const workers = ['--workers', String(between(random, 1, 3))]
    rmSync(this.at('run'), { recursive: true, force: true })
    await this.done('run', pipeline, ...files, '--model', 'model', ...workers, '--out', this.at('run'))
    expect(this.resultIn('run'), pipeline).toBe(expected)

    const shards = between(random, 2, 4)
    const plan = this.at('plan.json')
    await this.done('plan', '--pipeline', pipeline, ...files, '--shards', String(shards), '--out', plan)
    const states = Array.from({ length: shards }, (_, i) => this.at(`shard-${i}.state`))
    for (const state of states)
      for (const file of [state, `${state}.checkpoint`]) rmSync(file, { force: true })
    for (const i of shuffled(random, [...states.keys()])) {
      const shard = [
        'shard',
        '--plan',
        plan,
        '--shard',
        `${i}/${shards}`,
        '--state',
        states[i],
        '--every',
        '1r',
      ]
      if (byProcess && i === 0) await this.killed(shard, random)
      await this.done(...shard)
    }
    const merged = await this.tree(states, ['--plan', plan], random)
    await this.done('merge', '--plan', plan, ...merged, '--out', this.at('sharded'))
    expect(this.resultIn('sharded'), pipeline).toBe(expected)

    const parts: string[] = []
    for (const [i, file] of files.entries()) {
      parts.push(this.at(`part-${i}.state`))
      const fold = ['--pipeline', pipeline, '--part', String(i), '--state', parts[i]]
      if (!byProcess || i === 0) await this.done('fold', file, ...fold)
      else if (i === 1) {
        const checkpoint = this.at('part.checkpoint')
        rmSync(checkpoint, { force: true })
        const resumable = ['fold', file, ...fold, '--checkpoint', checkpoint, '--every', '1r']
        await this.killed(resumable, random)
        await this.done(...resumable)
      } else {
        const input = readFileSync(this.write('piece-2.arrows', pieces[2], rows))
        const piped = await startCli(['fold', '-', ...fold], { input }).ended
        expect(piped.code, piped.stderr).toBe(0)
      }
    }
    const some = await this.tree(parts, ['--pipeline', pipeline], random)
    const whole = ['--expect-records', '240', '--expect-parts', '3']
    await this.done('merge', ...some, ...whole, '--out', this.at('merged'))
    expect(this.resultIn('merged'), pipeline).toBe(expected)
  }

  /** Kills a dataset at random moments, and lets the same command resume it; the files must be those of one run. */
  async killDataset(args: (out: string) => readonly string[], kills: number, random: Random): Promise<void> {
    const started = Date.now()
    const { code, stderr } = await startCli(args('whole-dataset')).ended
    expect(code, stderr).toBe(0)
    const took = Date.now() - started
    const expected = this.contentOf('whole-dataset')
    for (let kill = 0; kill < kills; kill++) {
      const out = `killed-${kill}`
      const { child, ended } = startCli(args(out))
      await setTimeout(took * (0.3 + 0.7 * random()))
      child.kill('SIGKILL')
      await ended
      await this.done(...args(out))
      expect(this.contentOf(out)).toEqual(expected)
    }
  }

  /** Names and digests of all files of a folder but those that tell which parts stand; temporary ones too. */
  contentOf(folder: string): string[] {
    return readdirSync(this.at(folder), { recursive: true, withFileTypes: true })
      .filter(({ parentPath, name }) => !parentPath.includes('.attrstream') || name.endsWith('.tmp'))
      .flatMap(entry => (entry.isFile() ? join(entry.parentPath, entry.name) : []))
      .map(file => {
        const digest = createHash('sha256').update(readFileSync(file)).digest('hex')
        return `${file.slice(this.at(folder).length)} ${digest}`
      })
      .toSorted()
  }

  /** Files of 20 records each, in a folder. */
  writeMany(): string {
    mkdirSync(this.at('many'))
    for (let i = 0; i < 12; i++) {
      this.write(`many/${String(i).padStart(2, '0')}.arrow`, RECORDS.slice(20 * i, 20 * i + 20), 10)
    }
    return this.at('many')
  }

  private async resultOfAll(pipeline: string): Promise<string> {
    let expected = this.expected.get(pipeline)
    if (expected === undefined) {
      rmSync(this.at('one'), { recursive: true, force: true })
      await this.done('run', pipeline, this.whole, '--model', 'model', '--out', this.at('one'))
      this.expected.set(pipeline, (expected = this.resultIn('one')))
    }
    return expected
  }

  private resultIn(out: string): string {
    return readFileSync(join(this.at(out), 'results.json'), 'utf8')
  }

  /** Merges two of the states at random, or none. */
  private async tree(
    states: readonly string[],
    options: readonly string[],
    random: Random,
  ): Promise<string[]> {
    const mixed = shuffled(random, states)
    if (random() < 0.5) return mixed
    const [a, b, ...others] = mixed
    const both = this.at('both.state')
    rmSync(both, { force: true })
    await this.done('merge', ...options, a, b, '--state', both)
    return shuffled(random, [both, ...others])
  }

  private async killed(args: readonly string[], random: Random): Promise<void> {
    const { child, ended } = startCli(args)
    await setTimeout(150 + 350 * random())
    child.kill('SIGKILL')
    await ended
  }
}

/** The arguments of a dataset of attributed runs, by chromosome. */
export const datasetOf =
  (plans: Plans, files: string, more: readonly string[] = []) =>
  (out: string): readonly string[] => [
    'run',
    'attributed-runs',
    files,
    '--out',
    plans.at(out),
    '--quiet',
    ...more,
  ]

export { randomFrom }
