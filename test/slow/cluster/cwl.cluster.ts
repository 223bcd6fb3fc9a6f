import { cpSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { blockWith } from '../../support/documents.js'
import { digestOfResults, makeDump, planAndScore, readerOf, SHARDS } from './dump.js'
import { haveAll, output, PIPELINES, userEnvironment, type Where } from './program.js'

describe.skipIf(!haveAll(['cwltool'], 'CWL'))('the recipe for CWL, by cwltool', () => {
  const folder = temporaryFolder()
  const where: Where = { cwd: folder, env: userEnvironment(folder) }
  let alone: string

  beforeAll(async () => {
    alone = (await makeDump(where)).digest
    cpSync(`${PIPELINES}cwl`, folder, { recursive: true })
  })

  const cwltool = (workflow: string, plan: string, out: string) =>
    output(
      `cwltool --quiet --preserve-environment PATH --outdir ${out} ${workflow} --plan ${plan}.json --shards ${SHARDS} --maps maps`.split(
        ' ',
      ),
      where,
    )

  it('runs all shards and their merge, to the bytes of one process', async () => {
    await cwltool('score.cwl', 'plan', 'whole')
    expect(digestOfResults(where, 'whole/results')).toBe(alone)
  })

  it('does what its README says', async () => {
    const { where: reader, alone, type } = await readerOf(where, 'readme')
    await type(blockWith('pipelines/cwl/README.md', 'cwltool'))
    expect(digestOfResults(reader, 'results')).toBe(alone)
  })

  it('finds a global threshold in a pass of its own', async () => {
    const digest = await planAndScore(where, 'global', '--convention', 'acme-atac')
    await cwltool('score-global.cwl', 'global', 'global')
    expect(digestOfResults(where, 'global/results')).toBe(digest)
  })
})
