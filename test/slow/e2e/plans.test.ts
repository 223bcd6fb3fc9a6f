import { it } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { datasetOf, Plans, randomFrom } from '../../support/plans.js'

// 40 plans in all, one pipeline after the other, every second with processes that are killed and a pipe; of each pipeline there are five.
// `ATTRSTREAM_PLANS=320` tries 40 of each.

const PLANS = Number(process.env['ATTRSTREAM_PLANS'] ?? 40)
const KILLS = Number(process.env['ATTRSTREAM_KILLS'] ?? 20)
const plans = new Plans(temporaryFolder())

it(`${PLANS} random plans give the bytes of one run`, { timeout: 1_800_000 }, async () => {
  const random = randomFrom(17)
  for (let plan = 0; plan < PLANS; plan++) {
    const pipeline = plans.pipelines[plan % plans.pipelines.length]
    await plans.tryOne(pipeline, random, Math.floor(plan / plans.pipelines.length) % 2 === 0)
  }
})

it(`a dataset that is killed ${KILLS} times is that of one run`, { timeout: 1_800_000 }, async () => {
  const args = datasetOf(plans, plans.writeMany(), ['--partition-by', 'file'])
  await plans.killDataset(args, KILLS, randomFrom(23))
})
