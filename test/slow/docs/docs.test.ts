import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { type Block, blocksOf, DOCUMENTS, textOf } from '../../support/documents.js'
import { FIXTURES } from '../../support/fixtures.js'
import { newReader, PYTHON, type Reader, typed } from '../../support/reader.js'
import { testServer } from '../../support/server.js'

// Every block of every document is run by a test: here, a document's blocks in order, as a reader would who has the files
// that it names; or by the tests listed. What nothing here can run is listed with the reason.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

interface Listed {
  readonly document: string
  /** All blocks of the document in this language; of them those that hold these words. */
  readonly language: string
  readonly words?: string
}

/** Blocks that another test runs, or compares. Its file names the document. */
const ELSEWHERE: readonly (Listed & { readonly by: string })[] = [
  { document: 'README.md', language: 'sh', words: 'npm ci && npm start', by: '.ci/run' },
  { document: 'README.md', language: 'sh', words: 'npm pack', by: 'test/slow/install/npm.install.ts' },
  { document: 'docs/install.md', language: 'sh', words: 'pip download', by: '.ci/run-container' },
  { document: 'docs/README.md', language: 'toml', by: 'test/cli/help.test.ts' },
  { document: 'docs/python.md', language: 'python', by: 'test/slow/python/test_documents.py' },
  { document: 'docs/python.md', language: 'text', by: 'test/slow/python/test_documents.py' },
  { document: 'src/python/README.md', language: 'python', by: 'test/slow/python/test_documents.py' },
  { document: 'README.md', language: 'text', by: 'test/readme.test.ts' },
  { document: 'docs/architecture.md', language: 'text', by: 'test/architecture-page.test.ts' },
  { document: 'README.md', language: 'ts', by: 'test/readme.test.ts' },
  { document: 'docs/dumping.md', language: 'python', by: 'test/slow/interop/recipes.py' },
  { document: 'pipelines/cwl/README.md', language: 'sh', by: 'test/slow/cluster/cwl.cluster.ts' },
  { document: 'pipelines/slurm/README.md', language: 'sh', by: 'test/slow/cluster/slurm.cluster.ts' },
  { document: 'pipelines/snakemake/README.md', language: 'sh', by: 'test/slow/cluster/snakemake.cluster.ts' },
  ...['dask', 'ray', 'spark', 'etl'].map(engine => ({
    document: `pipelines/${engine}/README.md`,
    language: 'sh',
    by: `test/slow/engines/test_${engine}.py`,
  })),
  {
    document: 'pipelines/nightly/README.md',
    language: 'sh',
    words: 'over_time.py',
    by: 'test/slow/engines/test_etl.py',
  },
  { document: 'docs/build-a-pipeline.md', language: 'ts', by: 'test/pipeline/guide.test.ts' },
  { document: 'pipelines/paper/README.md', language: 'sh', by: 'test/slow/paper/run.sh' },
  { document: 'pipelines/template/README.template.md', language: 'sh', by: 'test/e2e/init.test.ts' },
]

/** Blocks that no test runs. Their shell is parsed, and the files that they name must be there. */
const NOT_RUN: readonly (Listed & { readonly why: string })[] = [
  {
    document: 'pipelines/aws-batch/README.md',
    language: 'sh',
    words: 'docker build',
    why: 'it builds an image',
  },
  { document: 'pipelines/aws-batch/README.md', language: 'sh', words: 'aws batch', why: 'it needs AWS' },
  { document: 'pipelines/container/README.md', language: 'sh', why: 'it builds images' },
  { document: 'pipelines/dagster/README.md', language: 'sh', why: 'it starts a server' },
  {
    document: 'pipelines/submitit/README.md',
    language: 'sh',
    why: 'it needs Slurm; the script is run by the cluster tests',
  },
  {
    document: 'pipelines/wdl/README.md',
    language: 'sh',
    why: 'it needs containers; the workflow is run without them',
  },
  {
    document: 'pipelines/kubernetes/README.md',
    language: 'sh',
    words: 'kubectl',
    why: 'it needs Kubernetes',
  },
  {
    document: 'pipelines/nextflow/README.md',
    language: 'sh',
    words: 'nextflow run',
    why: 'it needs Nextflow',
  },
]

/** What documents need besides: where it is missing, they are not run, and that is said. */
const NEEDS: { readonly [document: string]: () => string | undefined } = {
  'pipelines/pytorch-pipe/README.md': () => withoutModules('numpy', 'pyarrow', 'torch'),
  'data-samples/README.md': () => withoutModules('numpy', 'pyarrow'),
}

/** What a document's reader has made before its first block. */
const BEFORE: { readonly [document: string]: (reader: Reader) => void } = {
  'docs/build-a-pipeline.md': ({ cwd }) => {
    const module = blocksOf('docs/build-a-pipeline.md').find(({ language }) => language === 'ts')
    writeFileSync(join(cwd, 'gc.ts'), module?.text ?? expect.fail('the guide has no module'))
  },
  'pipelines/pytorch-pipe/README.md': ({ cwd }) => {
    const model = `import torch
torch.manual_seed(0)
layers = torch.nn.Conv1d(4, 8, 9), torch.nn.ReLU(), torch.nn.AdaptiveMaxPool1d(1), torch.nn.Flatten(), torch.nn.Linear(8, 1)
torch.save(torch.nn.Sequential(*layers), "model.pt")`
    const { status, stderr } = spawnSync(PYTHON, ['-c', model], { cwd, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    writeFileSync(
      join(cwd, 'sequences.fa'),
      gunzipSync(readFileSync(join(cwd, 'data-samples/test-set.fasta.gz'))),
    )
  },
}

/** What must hold after a document's last block, besides that each ended well. */
const AFTER: { readonly [document: string]: (reader: Reader) => void } = {
  'data-samples/README.md': ({ cwd }) => {
    // The last bits are NumPy's affair.
    const numbers = (folder: string) =>
      JSON.parse(readFileSync(join(folder, 'data-samples/expected.json'), 'utf8'), (_, value) =>
        typeof value === 'number' ? value.toPrecision(12) : value,
      )
    expect(numbers(cwd)).toEqual(numbers(ROOT))
  },
  'docs/remote.md': () => {
    const asked = new Set(server.requests.map(({ name }) => name))
    expect([...asked].toSorted()).toEqual([
      'bucket/a.parquet',
      'bucket/b.parquet',
      'bucket/maps.arrow',
      'maps.parquet',
    ])
  },
}

function withoutModules(...names: string[]): string | undefined {
  const found = spawnSync(PYTHON, ['-c', `import ${names.join(', ')}`], { encoding: 'utf8' })
  return found.status === 0 ? undefined : `${PYTHON} has no ${names.join(', ')}; npm run test:interop has`
}

function isOf({ document, language, words }: Listed, block: Block): boolean {
  return (
    block.document === document &&
    block.language === language &&
    (words === undefined || block.text.includes(words))
  )
}

const listedOf = (block: Block) => [...ELSEWHERE, ...NOT_RUN].filter(listed => isOf(listed, block))
const server = testServer()
const folder = temporaryFolder()

/** The text of a block with the made-up addresses of documents replaced by what stands for them here. */
function here(text: string, { cwd }: Reader): string {
  const origin = server.url('').replace(/\/$/, '')
  return text
    .replaceAll('https://example.org', origin)
    .replaceAll('https://bucket.s3.amazonaws.com', `${origin}/bucket`)
    .replaceAll('http://localhost:8080', origin)
    .replaceAll(/(?<=[ =])\/data\//g, `${cwd}/data/`)
    .replaceAll('/opt/jobs/', `${cwd}/`)
}

/** How a block of each language is run. */
const RUN: { readonly [language: string]: (text: string, reader: Reader) => Promise<void> } = {
  async sh(text, reader) {
    const { code, said } = await typed(text, reader)
    expect(code, `${text}${said}`).toBe(0)
  },
  async sql(text, reader) {
    const { code, said } = await typed(`duckdb <<'SQL'\n${text}SQL`, reader)
    expect(code, `${text}${said}`).toBe(0)
    expect(said).toMatch(/^\[/)
  },
  async crontab(text, reader) {
    const lines = text.trimEnd().split('\n')
    for (const line of lines) {
      const [, command] =
        /^(?:[\d*/,-]+ +){5}(.+)$/.exec(line) ?? expect.fail(`no line of a crontab: ${line}`)
      await RUN.sh(command, reader)
    }
  },
}

for (const document of DOCUMENTS) {
  const blocks = blocksOf(document).filter(block => listedOf(block).length === 0)
  if (blocks.length === 0) continue
  const missing = NEEDS[document]?.()
  if (missing !== undefined) console.log(`${document}: SKIPPED: ${missing}`)
  describe.skipIf(missing !== undefined)(`the blocks of ${document}`, () => {
    let reader: Reader
    beforeAll(() => {
      reader = newReader(folder)
      serve(reader)
      mkdirSync(join(reader.cwd, 'test'))
      symlinkSync(FIXTURES, join(reader.cwd, 'test/fixtures'))
      BEFORE[document]?.(reader)
    })
    afterAll(() => AFTER[document]?.(reader))
    it.each(blocks)('at line $line do what they say', { timeout: 300_000 }, async ({ language, text }) => {
      await RUN[language](here(text, reader), reader)
    })
  })
}

/** Puts a reader's dumps on the server, by the names that documents give them on others. */
function serve({ cwd, env }: Reader): void {
  const bytes = (name: string) => ({ bytes: readFileSync(join(cwd, name)) })
  server.serve({
    'maps.parquet': bytes('maps.parquet'),
    'bucket/maps.arrow': bytes('maps.arrow'),
    'bucket/a.parquet': bytes('model_a.parquet'),
    'bucket/b.parquet': bytes('model_b.parquet'),
  })
  Object.assign(env, {
    AWS_ACCESS_KEY_ID: 'reader',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: server.url(''),
  })
}

describe('the census of blocks', () => {
  const all = DOCUMENTS.flatMap(blocksOf)

  it('finds a test for every block, or why there is none', () => {
    expect(all.length).toBeGreaterThan(45)
    for (const block of all) {
      const listed = listedOf(block)
      const where = `${block.document}:${block.line}, in ${block.language || 'no language'}`
      expect(listed.length, `${where} is listed more than once`).toBeLessThanOrEqual(1)
      if (listed.length === 0)
        expect(Object.keys(RUN), `${where} is run by no test`).toContain(block.language)
    }
    for (const listed of [...ELSEWHERE, ...NOT_RUN]) {
      expect(all.filter(block => isOf(listed, block)).length, JSON.stringify(listed)).toBeGreaterThan(0)
    }
  })

  it.each(ELSEWHERE)('$by has those of $document in $language', ({ document, by, words }) => {
    // CI's own steps and an installation are README's commands; any other file names the document whose blocks it reads.
    const isStep = /^\.ci\/|\/install\//.test(by)
    const needed = isStep ? (words ?? '').split(' && ') : [`'${document}'`, `"${document}"`]
    const has = needed.map(text => textOf(by).includes(text))
    expect(isStep ? has.every(Boolean) : has.some(Boolean), `${by} lacks ${needed[0]}`).toBe(true)
  })

  it('says of every other block why it is not run, whose shell and files are right', () => {
    for (const { why, ...listed } of NOT_RUN) {
      for (const { document, line, text } of all.filter(block => isOf(listed, block))) {
        console.log(`${document}:${line}: NOT RUN: ${why}`)
        const parsed = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })
        expect(parsed, `${document}:${line}`).toMatchObject({ status: 0, stderr: '' })
        for (const [name] of text.matchAll(/[\w-]+\.(?:yaml|json|sh|nf)\b|\bDockerfile\b/g)) {
          if (name !== 'plan.json') expect(existsSync(join(ROOT, document, '..', name)), name).toBe(true)
        }
      }
    }
  })

  it('sees them all: no command is indented, no fence is of another kind', () => {
    for (const document of DOCUMENTS) {
      const prose = textOf(document).replaceAll(/^```(\w*)\n([\s\S]*?)^```$/gm, '')
      expect(prose, `${document}: an indented block; fence it`).not.toMatch(/\n\n(?: {4}|\t)\S/)
      expect(prose, `${document}: a fence of another kind`).not.toMatch(/^\s*(?:```|~~~)/m)
    }
  })
})
