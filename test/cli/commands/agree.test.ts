import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../../support/cli.js'
import { FIXTURES, fixtureJson, NETWORKS } from '../../support/fixtures.js'
import { gap } from '../../support/gap.js'
import { type JoinedMap, MADE_UP, writeMaps } from '../../support/joined.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const names = Object.keys(MADE_UP.input).toSorted()

interface Document {
  readonly models: readonly { readonly [key: string]: unknown }[]
  readonly agreement: {
    readonly models: readonly string[]
    readonly records: number
    readonly unmatched: number
    readonly all: { readonly [key: string]: number }
    readonly pairs: readonly { readonly [key: string]: unknown }[]
  }
  readonly warnings: readonly string[]
  readonly bad_records: number
}

async function agree(...args: readonly string[]): Promise<Document> {
  const { code, stdout, stderr } = await cli(['agree', ...args, '--format', 'json', '--quiet'], {
    cwd: folder,
  })
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Document
}

/** All but what tells how it was made. */
const numbers = ({ models, agreement }: Document) =>
  JSON.stringify([models.map(model => ({ ...model, files: undefined })), agreement])

const networkFiles = NETWORKS.map(name => join(FIXTURES, `synthetic/maps/${name}.npz`))
const sequences = join(FIXTURES, 'synthetic/sequences.npz')

beforeAll(async () => {
  for (const name of names) {
    await writeMaps(at(`${name}.arrow`), MADE_UP.input[name], { batch: 9 })
    mkdirSync(at(`parts/${name}`), { recursive: true })
    const half = Math.floor(MADE_UP.input[name].length / 2)
    await writeMaps(at(`parts/${name}/1.parquet`), MADE_UP.input[name].slice(0, half))
    await writeMaps(at(`parts/${name}/2.parquet`), MADE_UP.input[name].slice(half))
  }
  const mixed = names.flatMap(name => MADE_UP.input[name].map(map => ({ ...map, kept: { net: name } })))
  // Models take turns, as a loop over sequences would write them.
  const turns = mixed.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  await writeMaps(at('models.parquet'), mixed, { kept: { net: 'text' } })
  await writeMaps(at('turns.arrow'), turns, { kept: { net: 'text' }, batch: 13 })
})

describe('agree', () => {
  it('tells of two networks what NumPy says', async () => {
    const { agreement, models, warnings } = await agree(...networkFiles, '--sequences', sequences)
    const { pairs } = fixtureJson<{ pairs: readonly { [key: string]: number | string }[] }>(
      'synthetic/expected-agreement.json',
    )
    for (const [key, value] of Object.entries(pairs[0])) {
      if (typeof value === 'string') expect(agreement.pairs[0][key]).toBe(value)
      else expect(gap(agreement.pairs[0][key] as number, value), key).toBeLessThan(1e-9)
    }
    expect(models.map(({ model }) => model)).toEqual(NETWORKS)
    expect(agreement).toMatchObject({ models: NETWORKS, records: 1934, unmatched: 0 })
    expect(agreement.all['agreement']).toBe(agreement.pairs[0]['agreement'])
    expect(warnings).toEqual([])
  })

  it('gives the same numbers for files, folders, a folder of models, a pattern and a column of models', async () => {
    const files = await agree(...names.map(name => `${name}.arrow`))
    const { records, unmatched } = MADE_UP.expected
    expect(files.agreement).toMatchObject({ models: names, records, unmatched })
    const expected = numbers(files)
    expect(numbers(await agree(...names.toReversed().map(name => `${name}.arrow`)))).toBe(expected)
    expect(numbers(await agree(...names.map(name => `parts/${name}`)))).toBe(expected)
    expect(numbers(await agree('parts'))).toBe(expected)
    expect(numbers(await agree('{first,second,third}.arrow'))).toBe(expected)
    expect(numbers(await agree('models.parquet', '--model-column', 'net'))).toBe(expected)
    expect(numbers(await agree('turns.arrow', '--model-column', 'net'))).toBe(expected)
  })

  it('gives them by several workers, from a checkpoint, and merged from shards and parts', async () => {
    const files = names.map(name => `${name}.arrow`)
    const expected = numbers(await agree(...files))
    expect(numbers(await agree(...files, '--workers', '2'))).toBe(expected)
    const saved = ['--checkpoint', 'agree.state', '--every', '9r']
    expect(numbers(await agree(...files, ...saved))).toBe(expected)
    expect(numbers(await agree(...files, ...saved))).toBe(expected)
    const run = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await cli(args, { cwd: folder })
      expect(code, stderr).toBe(0)
      return stdout
    }
    await run('plan', '--pipeline', 'agreement', ...files, '--shards', '3', '--out', 'plan.json')
    for (const i of [2, 0, 1]) {
      await run('shard', '--plan', 'plan.json', '--shard', `${i}/3`, '--state', `${i}.state`)
    }
    const merged = await run(
      'merge',
      '--plan',
      'plan.json',
      ...[0, 1, 2].map(i => `${i}.state`),
      '--format',
      'json',
    )
    expect(numbers(JSON.parse(merged) as Document)).toBe(expected)
    await run('fold', '--pipeline', 'agreement', ...files, '--state', 'whole.state')
    const folded = await run('merge', 'whole.state', '--format', 'json')
    expect(numbers(JSON.parse(folded) as Document)).toBe(expected)
    const table = await run('run', 'agreement', ...files, '--format', 'csv')
    expect(table.split('\n')).toHaveLength(2 + 3)
    expect(await run('check', 'agreement', ...files)).toBe('')
  })

  it('writes files and a table, and warns of one model given twice', async () => {
    const { code, stdout, stderr } = await cli(
      ['agree', 'first.arrow', 'third.arrow', at('parts/first'), '--out', 'out', '--quiet'],
      { cwd: folder },
    )
    expect(code).toBe(0)
    expect(stderr).toMatch(/first\.arrow and .*parts\/first are the same maps twice/)
    expect(stdout).toMatch(/model\s+with others\s+/)
    const document = JSON.parse(readFileSync(at('out/agreement.json'), 'utf8')) as Document
    expect(document).toMatchObject({ schema: 'attrstream.agreement/1' })
    expect(readFileSync(at('out/agreement.csv'), 'utf8').split(/\r?\n/)[0]).toBe(
      'a,b,records,cosine,cosine_se,agreement,agreement_se,overlap,overlap_se,cosine_records,overlap_records',
    )
    expect(readFileSync(at('out/agreement.parquet')).length).toBeGreaterThan(100)
  })

  it('--replicates has the agreement within and between groups of models', async () => {
    const files = names.map(name => `${name}.arrow`)
    const document = await agree(...files, '--replicates', '^(first|third)$|.*')
    const { replicates, agreement } = document as Document & {
      replicates: readonly { [key: string]: unknown }[]
    }
    const pair = (a: string, b: string) =>
      agreement.pairs.find(of => of['a'] === a && of['b'] === b)?.['agreement']
    expect(replicates).toHaveLength(3)
    const all = await agree(...files, '--replicates', '()$')
    expect(all).toMatchObject({
      replicates: [
        {
          group_a: '',
          pairs: 3,
          agreement: expect.closeTo(
            ([pair('first', 'second'), pair('first', 'third'), pair('second', 'third')] as number[]).reduce(
              (sum, value) => sum + value / 3,
              0,
            ),
            12,
          ),
        },
      ],
    })
    const { code, stderr } = await cli(['agree', ...files, '--replicates', '('], { cwd: folder })
    expect(stderr).toMatch(/\( is not a regular expression/)
    expect(code).toBe(2)
  })

  it('leaves bad records out if it is asked to, and says what is wrong else', async () => {
    const bad: JoinedMap[] = MADE_UP.input['third'].map((map, i) =>
      i % 20 === 4
        ? { ...map, attributions: map.attributions.map((_, p) => (p % 2 === 0 ? 1e160 : 0)) }
        : map,
    )
    await writeMaps(at('bad.arrow'), bad)
    const failed = await cli(['agree', 'first.arrow', 'bad.arrow', '--quiet'], { cwd: folder })
    expect(failed.code).not.toBe(0)
    expect(failed.stderr).toMatch(/map of bad: attribution holds values whose squares overflow/)
    const common = MADE_UP.input['first'].filter(({ id }) => bad.some(map => map.id === id))
    const broken = bad.filter(({ id }, i) => i % 20 === 4 && common.some(map => map.id === id)).length
    const { agreement, bad_records } = await agree('first.arrow', 'bad.arrow', '--on-bad', 'skip')
    expect(bad_records).toBe(broken)
    expect(agreement.records).toBe(common.length - broken)
    for (const [args, message] of [
      [['first.arrow'], /needs the maps of two models or more, found one, first/],
      [['first.arrow', 'first.arrow'], /given twice/],
      [['first.arrow', '-'], /a pipe cannot be joined/],
      [['first.arrow', 'second.arrow', '--q', '2'], /q is 2, expected a quantile/],
      [['models.parquet', '--model-column', 'none'], /has no column none/],
    ] as const) {
      const { code, stderr } = await cli(['agree', ...args, '--quiet'], { cwd: folder })
      expect(stderr).toMatch(message)
      expect(code).not.toBe(0)
    }
  })
})

describe('score', () => {
  const score = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await cli(['score', ...args, '--format', 'json', '--quiet'], {
      cwd: folder,
    })
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout)
  }
  const files = names.map(name => `${name}.arrow`)

  it('--agree puts agreement into scores.json', async () => {
    const { models, agreement } = await score(...files, '--k', '2', '--agree')
    const alone = await agree(...files)
    expect(agreement).toEqual(alone.agreement)
    for (const [i, { model, agreement_with_others, agreement_with_others_se }] of models.entries()) {
      expect(alone.models[i]).toMatchObject({ model, agreement_with_others, agreement_with_others_se })
    }
    const byColumn = await score('models.parquet', '--model-column', 'net', '--k', '2', '--agree')
    expect(byColumn.agreement).toEqual(agreement)
    expect(
      byColumn.models.map((model: { agreement_with_others: number }) => model.agreement_with_others),
    ).toEqual(models.map((model: { agreement_with_others: number }) => model.agreement_with_others))
  })

  it('--average scores the mean, and tells its members, what is reproducible and what it gained', async () => {
    const { models, agreement } = await score(...files, '--k', '2', '--average', '--agree', '--model', 'mean')
    expect(models.map(({ model }: { model: string }) => model)).toEqual([...names, 'mean'])
    const { average, records } = models[3]
    expect(records).toBe(MADE_UP.expected.records)
    expect(average).toMatchObject({
      members: names,
      models: 3,
      norm: 'none',
      agreement: agreement.all.agreement,
    })
    const [alone] = (await score('parts', '--k', '2', '--average', 'l2')).models
    expect(alone).toMatchObject({ model: 'average', average: { norm: 'l2', kmer_cv_gain: null } })
  })

  it('--average is the score of the converted mean, also by workers and shards', async () => {
    const [mean] = (await score(...files, '--k', '2', '--average', '--workers', '2')).models
    await cli(['convert', ...files, '--average', '-o', 'mean.parquet', '--float64'], { cwd: folder })
    const [converted] = (await score('mean.parquet', '--k', '2')).models
    const { average: _, model: __, ...scores } = mean
    const { model: ___, ...same } = converted
    expect(scores).toEqual(same)
    await cli(['plan', ...files, '--average', '--k', '2', '--shards', '2', '--out', 'mean.plan'], {
      cwd: folder,
    })
    for (const i of [0, 1]) {
      await cli(['shard', '--plan', 'mean.plan', '--shard', `${i}/2`, '--state', `m${i}.state`], {
        cwd: folder,
      })
    }
    const merged = await cli(['merge', '--plan', 'mean.plan', 'm0.state', 'm1.state', '--format', 'json'], {
      cwd: folder,
    })
    const { average: members, ...whole } = JSON.parse(merged.stdout).models[0]
    expect(members).toEqual({ members: names, models: 3, norm: 'none' })
    expect(whole).toEqual({ ...scores, model: 'average' })
    const rows = await cli(
      ['transform', ...files, '--average', '--stages', 'raw', '--format', 'ndjson', '--float64'],
      {
        cwd: folder,
      },
    )
    const lines = rows.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines).toHaveLength(MADE_UP.expected.records)
    rmSync(at('mean.parquet'))
  })
})
