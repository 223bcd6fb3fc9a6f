import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'
import { datasetOf, Plans, randomFrom, RECORDS as records } from '../support/plans.js'

// `test/slow/e2e/plans.test.ts` tries many.

const PLANS = Number(process.env['ATTRSTREAM_PLANS'] ?? 1)
const KILLS = Number(process.env['ATTRSTREAM_KILLS'] ?? 2)
const folder = temporaryFolder()
const plans = new Plans(folder)
const { whole } = plans
const done = plans.done.bind(plans)
const write = plans.write.bind(plans)

it.each(plans.pipelines)('%s gives the same bytes by any plan', async pipeline => {
  const random = randomFrom(pipeline.length)
  for (let plan = 0; plan < PLANS; plan++) {
    await plans.tryOne(pipeline, random, plan === 0 && pipeline === 'kmer-consistency')
  }
})

it('scores of parts are those of all records at once', async () => {
  const [a, b] = [
    write('score-a.arrow', records.slice(0, 90), 40),
    write('score-b.arrow', records.slice(90), 40),
  ]
  await done('score', whole, '--model', 'model', '--out', join(folder, 'scores-one'))
  await done('fold', b, '--part', 'b', '--state', join(folder, 'b.state'))
  await done('fold', a, '--part', 'a', '--state', join(folder, 'a.state'))
  await done('merge', join(folder, 'b.state'), join(folder, 'a.state'), '--out', join(folder, 'scores-parts'))
  const models = (out: string) => JSON.parse(readFileSync(join(folder, out, 'scores.json'), 'utf8')).models
  expect(models('scores-parts')).toEqual(models('scores-one'))
  const twice = await cli(['merge', join(folder, 'a.state'), join(folder, 'a.state')])
  expect(twice).toMatchObject({ code: 4, stderr: expect.stringContaining('holds part a, counted') })
  await done('fold', a, '--part', 'c', '--state', join(folder, 'c.state'))
  const again = await cli(['merge', join(folder, 'a.state'), join(folder, 'c.state')])
  expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining('leave one of them out') })
  const lacking = await cli(['merge', join(folder, 'a.state'), '--expect-parts', '2'])
  expect(lacking).toMatchObject({ code: 3, stderr: expect.stringContaining('1 parts, expected 2') })
})

it('check names the law that an accumulator breaks', async () => {
  const path = join(folder, 'broken.mjs')
  writeFileSync(
    path,
    `import { fold, pipeline } from 'attrstream'
     export default pipeline({ description: '', outputs: () => ({ mean: fold({
       name: 'mean', params: null,
       empty: () => ({ sum: 0 }),
       add(state, record) { state.sum += record.attribution[40] / 3 },
       merge(into, from) { into.sum += from.sum },
       result: ({ sum }) => sum,
       save: ({ sum }) => ({ sum: Float64Array.of(sum) }),
       load: ({ sum: [sum] }) => ({ sum }),
     }) }) })`,
  )
  const { code, stderr } = await cli(['check', path, whole])
  expect(stderr).toMatch(
    /broken\.mjs: output mean: accumulator mean breaks a law: any split, order and merge tree/,
  )
  expect(code).toBe(2)
})

it('a dataset that is killed and resumed, or written in shards, is the same', {
  timeout: 600_000,
}, async () => {
  const args = datasetOf(plans, plans.writeMany())
  await plans.killDataset(args, KILLS, randomFrom(3))
  const expected = plans.contentOf('whole-dataset')
  expect(expected).toHaveLength(13)
  for (const shard of ['1/3', '0/3', '2/3']) await done(...args('shards'), '--shard', shard)
  expect(plans.contentOf('shards')).toEqual(expected)
  const other = await cli([...args('shards'), '--q', '0.5'])
  expect(other).toMatchObject({ code: 78, stderr: expect.stringContaining('options.q is 0.9, expected 0.5') })
})
